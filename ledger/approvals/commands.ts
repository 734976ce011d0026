import { afterVotes, placeOf } from '../../domain/approval.ts'
import type { approvalCommands } from '../../domain/approvalCommand.ts'
import type { Answer } from '../../domain/command.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Carriers, CarryOut } from '../carriers.ts'
import { touchCustomers } from '../cases.ts'
import { BY_ITSELF } from '../commands.ts'
import { companyToday } from '../company.ts'
import { lockPaidWith } from '../customers.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { touchProcess } from '../processes.ts'
import { type Ask, ownCase } from '../scope.ts'
import { openTask } from '../tasks.ts'
import { type Approval, closeApproval, goToLevel, lockApproval, staleBecause } from './approval.ts'
import { DECLINED } from './declined.ts'
import { holdersOn } from './holders.ts'
import { openItems } from './steps.ts'

/** What is done with approvals. `carryOut` carries a command out that was put aside. */
export const approvalCarriers = (carryOut: CarryOut): Carriers<typeof approvalCommands> => ({
  decideApproval: (sql, ask, input) => decide(sql, ask, input, carryOut),
  withdrawApproval: withdraw,
})

type Input<N extends keyof typeof approvalCommands> = Parameters<Carriers<typeof approvalCommands>[N]>[2]

/**
 * Customers first, as everywhere; then what looks after the request, then the request itself: a look takes them in the same
 * order. Returns the key of its process too, which looks again.
 */
async function lock(
  sql: Sql,
  { asking: { company } }: Ask,
  id: number,
): Promise<{ approval: Approval; processes: string[] }> {
  const row = await sql.one<{ customer: number | null }>(
    'SELECT customer_id::int AS customer FROM approval WHERE company = $1 AND id = $2',
    [company, id],
  )
  if (row?.customer) await lockPaidWith(sql, row.customer)
  const processes = await touchProcess(sql, company, { kind: 'approval', id: String(id) })
  const approval = await lockApproval(sql, company, id)
  if (approval.state !== 'open')
    throw new Refusal('NotOpen', { what: 'approval', id: String(id), state: approval.state })
  return { approval, processes }
}

/** One person's answer. The last yes that it takes carries out what was asked for; one no ends it. */
async function decide(
  sql: Sql,
  ask: Ask,
  { approval: id, agrees, why }: Input<'decideApproval'>,
  carryOut: CarryOut,
): Promise<Answer> {
  const { company, actor, now } = ask.asking
  const { approval, processes } = await lock(sql, ask, id)
  const today = await companyToday(sql, company, now)
  const { role } = approval.levels[approval.level]!
  const holder = placeOf(approval, await holdersOn(sql, company, approval.branch, role, today), actor)
  await sql.rows(
    `INSERT INTO approval_vote (approval_id, level, person, holder, agrees, why, voted_on, voted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0))`,
    [id, approval.level, actor, holder, agrees, why, today, now],
  )
  const vote = { level: approval.level, person: actor, holder, agrees }
  const votes = [...approval.votes, vote]
  const step = afterVotes({ ...approval, votes })
  await tell(sql, ask, approval, agrees ? 'approval given' : 'approval refused', why, {
    role,
    by: actor,
    inPlaceOf: holder,
  })
  const answered = (state: string, more: object = {}): Record<string, unknown> => ({
    approval: id,
    kind: approval.kind,
    agrees,
    state,
    role,
    by: actor,
    inPlaceOf: holder,
    ...more,
  })
  if (step.state === 'waits') {
    if (step.level !== approval.level) await goToLevel(sql, id, step.level, now)
    return { result: answered('open', { next: approval.levels[step.level]!.role }), cases: [], processes }
  }
  if (step.state === 'refused') {
    await closeApproval(sql, approval, 'refused', now, why)
    await DECLINED[approval.kind]?.(sql, ask, approval, why)
    return { result: answered('refused'), cases: await touched(sql, approval), processes }
  }
  const by = votes.filter((v) => v.agrees).map((v) => v.person)
  const done = await effectOf(sql, ask, approval, by, carryOut)
  if ('stale' in done) {
    await closeApproval(sql, approval, 'stale', now, done.stale)
    await backToRequester(sql, ask, approval, done.stale)
    await DECLINED[approval.kind]?.(sql, ask, approval, done.stale)
    return { result: answered('stale', { why: done.stale }), cases: await touched(sql, approval), processes }
  }
  const cases = await closeApproval(sql, approval, 'approved', now, why)
  return {
    result: answered('approved', { done: done.answer.result }),
    cases: [...new Set([...cases, ...done.answer.cases])].sort(),
    processes: [...processes, ...(done.answer.processes ?? [])],
  }
}

/** Carried out as it was asked for, by who asked; or why that can't be any more, and then nothing of it is. */
async function effectOf(
  sql: Sql,
  { asking, calendars }: Ask,
  approval: Approval,
  by: string[],
  carryOut: CarryOut,
): Promise<{ answer: Answer } | { stale: string }> {
  const stale = await staleBecause(sql, approval)
  if (stale) return { stale }
  await sql.rows('SAVEPOINT effect')
  try {
    const answer = await carryOut(
      sql,
      {
        asking: { ...asking, actor: approval.requester, key: `approval:${approval.id}` },
        calendars,
        approval: { id: approval.id, by },
      },
      approval.content,
    )
    await sql.rows('RELEASE SAVEPOINT effect')
    return { answer }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await sql.rows('ROLLBACK TO SAVEPOINT effect')
    return { stale: error.message }
  }
}

/** Who asked takes it back. */
async function withdraw(
  sql: Sql,
  ask: Ask,
  { approval: id, why }: Input<'withdrawApproval'>,
): Promise<Answer> {
  const { actor, now } = ask.asking
  const { approval, processes } = await lock(sql, ask, id)
  if (actor !== approval.requester)
    throw new Refusal('NotTheRequester', { approval: id, requester: approval.requester })
  await closeApproval(sql, approval, 'withdrawn', now, why)
  await tell(sql, ask, approval, 'approval withdrawn', why, {})
  await DECLINED[approval.kind]?.(sql, ask, approval, why)
  return {
    result: { approval: id, kind: approval.kind, state: 'withdrawn' },
    cases: await touched(sql, approval),
    processes,
  }
}

const touched = async (sql: Sql, { customer_id }: Approval): Promise<string[]> =>
  customer_id === null ? [] : touchCustomers(sql, [customer_id])

export const tell = (
  sql: Sql,
  { asking }: Pick<Ask, 'asking'>,
  approval: Approval,
  event: string,
  why: string,
  data: Record<string, unknown>,
) =>
  appendToJournal(sql, asking.company, approval.customer_id, {
    event,
    actor: asking.actor,
    at: asking.now,
    ...(why === '' ? {} : { why }),
    receivables: approval.receivables,
    data: { approval: approval.id, kind: approval.kind, ...data },
  })

/** It was granted and isn't as it was asked any more: whoever asked looks again. What the ladder asked, it asks anew. */
async function backToRequester(sql: Sql, ask: Ask, approval: Approval, why: string): Promise<void> {
  await tell(sql, ask, approval, 'approval stale', why, {})
  if (approval.customer_id === null || approval.requester === BY_ITSELF) return
  const scope = await ownCase(sql, ask.calendars, approval.customer_id, ask.asking.now)
  await openTask(sql, ask.asking, scope, {
    kind: 'review',
    subject: `approval ${approval.id}`,
    owner: approval.requester,
    receivables: await openItems(sql, approval.id),
    detail: { approval: approval.id, kind: approval.kind, why },
  })
}
