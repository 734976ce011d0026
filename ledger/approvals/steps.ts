import type { stepCommands } from '../../domain/approvalCommand.ts'
import type { ApprovalKind } from '../../domain/authority.ts'
import { addDays } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import type { ApprovedAction } from '../../domain/policy.ts'
import type { Carriers } from '../carriers.ts'
import { touchCustomers } from '../cases.ts'
import { writeOffAll } from '../corrections.ts'
import { customersPaidWith } from '../customers.ts'
import type { Sql } from '../database.ts'
import type { Doing } from '../decisions.ts'
import { appendToJournal } from '../journal.ts'
import { placeByStep } from '../placements/begin.ts'
import { type CaseScope, caseOfCustomer, openCustomer } from '../scope.ts'
import { openTask } from '../tasks.ts'
import type { Approval } from './approval.ts'
import { askFor } from './authority.ts'

/** What the ladder asks for by itself: the steps that need somebody's yes, and more time for what isn't chased. */

const KIND_OF = {
  demand: 'demand',
  place_legal: 'place_legal',
  place_agency: 'place_agency',
  propose_write_off: 'write_off',
} as const satisfies Record<ApprovedAction, ApprovalKind>

/** Asks for a step on receivables, one currency at a time; returns the approval of each. The analyst asks with it. */
export async function askForStep(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  action: ApprovedAction,
  receivables: readonly number[],
  /** What it is asked about, where that isn't a step of the ladder. */
  subject?: string,
): Promise<{ approvals: Map<number, number>; processes: string[] }> {
  return askByCurrency(sql, doing, scope, KIND_OF[action], receivables, (amount, documents) => ({
    command: 'takeStep',
    input: { customer: scope.customer.code, action },
    onYes: [{ code: action, data: { documents, ...amount } }],
    onNo: [{ code: 'step_skipped', data: { action, documents } }],
    why: subject ?? `step ${action}`,
    ...(subject === undefined ? {} : { subject }),
  }))
}

/** Asks whether receivables may go on not being chased; not again soon after a no. */
export async function askForTime(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  receivables: readonly number[],
): Promise<string[]> {
  const days = scope.policy.suspended_days_cap
  const asked = await sql.rows<{ id: number }>(
    `SELECT DISTINCT i.receivable_id::int AS id FROM approval a JOIN approval_item i ON i.approval_id = a.id
     WHERE i.receivable_id = ANY($1) AND a.kind = 'suspension' AND (a.state = 'open' OR a.state <> 'approved' AND (a.closed_at AT TIME ZONE $2)::date > $3)`,
    [receivables, scope.customer.time_zone, addDays(scope.today, -scope.policy.review_every_days)],
  )
  const left = receivables.filter((id) => !asked.some((a) => a.id === id))
  const { processes } = await askByCurrency(sql, doing, scope, 'suspension', left, (amount, documents) => ({
    command: 'extendSuspension',
    input: { customer: scope.customer.code },
    onYes: [{ code: 'suspension', data: { documents, days, ...amount } }],
    onNo: [{ code: 'suspension_ends', data: { documents } }],
    why: 'suspended too long',
  }))
  return processes
}

type Wanted = Pick<Parameters<typeof askFor>[2], 'command' | 'input' | 'subject' | 'onYes' | 'onNo' | 'why'>

/** What is asked for already, by hand perhaps, is joined: each receivable by itself. */
async function askByCurrency(
  sql: Sql,
  { company, actor, now }: Doing,
  scope: CaseScope,
  kind: ApprovalKind,
  receivables: readonly number[],
  wanted: (amount: { amount: string; currency: string }, documents: string[]) => Wanted,
): Promise<{ approvals: Map<number, number>; processes: string[] }> {
  const waiting = await sql.rows<{ id: number; approval: number }>(
    `SELECT DISTINCT ON (i.receivable_id) i.receivable_id::int AS id, a.id::int AS approval FROM approval_item i JOIN approval a ON a.id = i.approval_id
     WHERE i.receivable_id = ANY($1) AND a.kind = $2 AND a.state = 'open' ORDER BY i.receivable_id, a.id`,
    [receivables, kind],
  )
  const approvals = new Map(waiting.map((w) => [w.id, w.approval]))
  const begun: string[] = []
  const rows = await sql.rows<{ id: number; name: string; currency: string; minor: bigint }>(
    `SELECT r.id::int, r.document AS name, r.currency, o.owed_minor AS minor FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.id = ANY($1) ORDER BY r.due_on, r.id`,
    [receivables.filter((id) => !approvals.has(id))],
  )
  for (const currency of [...new Set(rows.map((r) => r.currency))]) {
    const own = rows.filter((r) => r.currency === currency)
    const minor = own.reduce((sum, r) => sum + r.minor, 0n)
    const { approval, processes } = await askFor(
      sql,
      { ...scope, asking: { company, actor, now, key: '' } },
      {
        kind,
        ...wanted(
          { amount: toDecimal(minor, currency), currency },
          own.map((r) => r.name),
        ),
        items: own.map((r) => ({ receivable: r.id, ceilingMinor: r.minor })),
        amount: { currency, minor },
        alsoAsked: scope.customer.analyst === '' ? [] : [scope.customer.analyst],
      },
    )
    for (const { id } of own) approvals.set(id, approval)
    begun.push(...processes)
  }
  return { approvals, processes: begun }
}

/** What the ladder asked for, carried out when it is granted. */
export const stepCarriers: Carriers<typeof stepCommands> = {
  async takeStep(sql, ask, { customer: code, action }): Promise<Answer> {
    const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, code))
    const items = await openItems(sql, ask.approval?.id)
    if (action !== 'propose_write_off') return placeByStep(sql, scope, action, items)
    // Unused money of the payer covers other items than before, of its other customers too; the vote has locked them.
    const partners = await customersPaidWith(sql, scope.customer.id)
    await writeOffAll(sql, scope, items)
    return { result: { action, receivables: items.length }, cases: await touchCustomers(sql, partners) }
  },

  async extendSuspension(sql, ask, { customer: code }): Promise<Answer> {
    const { customer, today, asking, policy } = await openCustomer(sql, ask, code)
    const items = await openItems(sql, ask.approval?.id)
    await sql.rows(
      `INSERT INTO suspension_extension (receivable_id, approval_id, granted_on) SELECT unnest($1::bigint[]), $2, $3`,
      [items, ask.approval?.id ?? null, today],
    )
    const result = { days: policy.suspended_days_cap, receivables: items.length }
    await appendToJournal(sql, asking.company, customer.id, {
      event: 'suspension extended',
      actor: asking.actor,
      at: asking.now,
      receivables: items,
      data: result,
    })
    return { result, cases: await touchCustomers(sql, [customer.id]) }
  },
}

/** Receivables of an approval that aren't settled. */
export const openItems = async (sql: Sql, approval: number | undefined): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      `SELECT r.id::int FROM approval_item i JOIN receivable r ON r.id = i.receivable_id
       WHERE i.approval_id = $1 AND r.closed_as IS NULL ORDER BY r.id`,
      [approval ?? null],
    )
  ).map((r) => r.id)

/** More time was refused: somebody ends what keeps it from being chased. */
export async function endSuspension(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  approval: Approval,
): Promise<void> {
  const receivables = await openItems(sql, approval.id)
  if (receivables.length === 0) return
  await openTask(sql, doing, scope, {
    kind: 'review',
    subject: 'suspended too long',
    receivables,
    detail: { approval: approval.id },
  })
}
