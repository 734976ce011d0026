import { type Instant, type LocalDate, localDateOf } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { type ContactResult, type Effect, effectOf } from '../domain/contactResult.ts'
import type { Policy } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers, touchReceivables } from './cases.ts'
import { linksGiven, type NewLink, writeLinks } from './contactLinks.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { keepProofs } from './proofs.ts'
import type { CommandScope } from './scope.ts'
import { finishTask, itemsOf, openTask } from './tasks.ts'

type Logged = CaseCommands['logContact']

interface AskedFor {
  id: number
  kind: 'call' | 'visit'
  subject: string
  owner: string
  by_hand: boolean
}

/**
 * Notes a conversation. Its result, as the policy has it, decides what becomes of the task that asked for it: its steps
 * are done, it comes back another day, or another task takes its place.
 */
export async function logContact(sql: Sql, scope: CommandScope, input: Logged): Promise<Answer> {
  const { asking, customer, today } = scope
  const rule = ruleFor(scope.policy, input.result)
  checkTimes(scope, input)
  const task = await taskOfContact(sql, scope, input)
  const links = await linksGiven(sql, customer.id, input)
  const contact = await insertContact(sql, scope, input, task, rule)
  const receivables = task ? await itemsOf(sql, task.id) : []
  const effect = effectOf(rule, task?.kind ?? null, task ? await timesOf(sql, task.id, rule.result) : 1)
  const became = await carryOut(sql, scope, input, { rule, effect, task, receivables })
  if (rule.reached)
    await sql.rows('UPDATE collection_case SET last_call_on = $2 WHERE id = $1', [scope.case.id, today])
  await writeLinks(sql, contact, [
    ...links,
    ...(became.madeTask === null ? [] : [{ what: 'task', id: became.madeTask } satisfies NewLink]),
  ])
  await keepProofs(sql, scope, 'contact', contact, input.proof)
  const result = {
    contact,
    channel: input.channel,
    person: input.person,
    result: input.result,
    ...(rule.words ? { words: rule.words } : {}),
    task: task?.id ?? null,
    ...became,
    ...(input.place === undefined ? {} : { place: input.place }),
    ...(input.beganAt === undefined ? {} : { beganAt: new Date(input.beganAt).toISOString() }),
    ...(links.length === 0 ? {} : { links }),
    ...(input.proof === undefined
      ? {}
      : { proof: input.proof.map(({ name, sha256 }) => ({ name, sha256 })) }),
  }
  await appendToJournal(sql, asking.company, customer.id, {
    event:
      input.channel === 'visit'
        ? 'visit logged'
        : input.channel === 'phone'
          ? 'call logged'
          : 'contact logged',
    actor: asking.actor,
    at: asking.now,
    ...(input.notes ? { why: input.notes } : {}),
    receivables: receivables.length > 0 ? receivables : await openOfCase(sql, scope.case.id),
    data: result,
  })
  return {
    result,
    cases:
      receivables.length > 0
        ? await touchReceivables(sql, receivables)
        : await touchCustomers(sql, [customer.id]),
  }
}

/** @throws Refusal UnknownResult naming those of the policy */
function ruleFor(policy: Policy, result: string): ContactResult {
  const rule = policy.contact_results.find((r) => r.result === result)
  if (!rule)
    throw new Refusal('UnknownResult', {
      result,
      known: policy.contact_results.map((r) => r.result).join(', '),
    })
  return rule
}

/** A conversation is over when it is logged, and a task comes back on a later day. */
function checkTimes({ asking, customer, today }: CommandScope, input: Logged): void {
  const day = (at: Instant) => localDateOf(at, customer.time_zone)
  for (const field of ['beganAt', 'endedAt'] as const) {
    const at = input[field]
    if (at !== undefined && at > asking.now)
      throw new Refusal('InvalidDate', { field, value: day(at), must: `not be after ${today}` })
  }
  if (input.beganAt !== undefined && input.endedAt !== undefined && input.endedAt < input.beganAt)
    throw new Refusal('InvalidDate', {
      field: 'endedAt',
      value: day(input.endedAt),
      must: `not be before ${day(input.beganAt)}`,
    })
  checkResubmission(input.resubmitOn, today)
}

export function checkResubmission(on: LocalDate | undefined, today: LocalDate): void {
  if (on !== undefined && on <= today)
    throw new Refusal('InvalidDate', { field: 'resubmitOn', value: on, must: `be after ${today}` })
}

async function insertContact(
  sql: Sql,
  scope: CommandScope,
  input: Logged,
  task: AskedFor | null,
  { words }: ContactResult,
): Promise<number> {
  const { asking, customer } = scope
  const row = await sql.one<{ id: number }>(
    `INSERT INTO contact_log (company, customer_id, case_id, task_id, channel, person, result, notes, actor, at, began_at, ended_at, place, result_words)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0), to_timestamp($11 / 1000.0), to_timestamp($12 / 1000.0), $13, $14)
     RETURNING id::int`,
    [
      asking.company,
      customer.id,
      scope.case.id,
      task?.id ?? null,
      input.channel,
      input.person,
      input.result,
      input.notes ?? '',
      asking.actor,
      asking.now,
      input.beganAt ?? null,
      input.endedAt ?? null,
      input.place ?? null,
      words === undefined ? null : JSON.stringify(words),
    ],
  )
  return row!.id
}

/** How often a task's conversations ended so, the one just logged included. */
const timesOf = async (sql: Sql, taskId: number, result: string): Promise<number> =>
  (await sql.one<{ n: number }>(
    'SELECT count(*)::int AS n FROM contact_log WHERE task_id = $1 AND result = $2',
    [taskId, result],
  ))!.n

/** What became of the task, as the journal and the answer tell it. */
interface Became {
  taskClosed: boolean
  resubmitOn: LocalDate | null
  madeTask: number | null
  madeKind: string | null
}

async function carryOut(
  sql: Sql,
  scope: CommandScope,
  input: Logged,
  of: { rule: ContactResult; effect: Effect; task: AskedFor | null; receivables: readonly number[] },
): Promise<Became> {
  const { rule, task, receivables } = of
  // Who talks to the customer knows best when to talk again.
  const effect: Effect =
    input.resubmitOn === undefined
      ? of.effect
      : { ...of.effect, closes: false, makes: null, takesOver: false }
  const made = effect.makes === null ? null : await makeTask(sql, scope, input, { ...of, effect })
  if (task === null) {
    const back = input.resubmitOn === undefined ? null : await callBack(sql, scope, input, input.resubmitOn)
    return {
      taskClosed: false,
      resubmitOn: input.resubmitOn ?? null,
      madeTask: made ?? back,
      madeKind: made ? effect.makes : back ? backKind(input) : null,
    }
  }
  const became = { madeTask: made, madeKind: made ? effect.makes : null, resubmitOn: null }
  if (effect.takesOver) {
    await sql.rows(
      `UPDATE receivable_step SET task_id = $2, on_date = $3 WHERE task_id = $1 AND state = 'pending'`,
      [task.id, made, scope.today],
    )
    await finishTask(sql, task.id, scope.asking.now, scope.today, input.result)
    return { ...became, taskClosed: true }
  }
  if (effect.closes) {
    await finishTask(sql, task.id, scope.asking.now, scope.today, input.result)
    return { ...became, taskClosed: true }
  }
  const resubmitOn =
    input.resubmitOn ??
    scope.calendar.addWorkingDays(scope.today, effect.returnsAfter ?? rule.after_working_days)
  await sql.rows('UPDATE task SET attempts = attempts + 1, resubmit_on = $2 WHERE id = $1', [
    task.id,
    resubmitOn,
  ])
  // It was spoken about all the same: the ladder goes on, the task is a reminder to speak again.
  if (rule.reached && receivables.length > 0)
    await sql.rows(
      `UPDATE receivable_step SET state = 'done', on_date = $2 WHERE task_id = $1 AND state = 'pending'`,
      [task.id, scope.today],
    )
  return { ...became, taskClosed: false, resubmitOn }
}

async function makeTask(
  sql: Sql,
  scope: CommandScope,
  input: Logged,
  of: { rule: ContactResult; effect: Effect; task: AskedFor | null; receivables: readonly number[] },
): Promise<number> {
  const kind = of.effect.makes!
  const { task } = of
  const follows = of.effect.takesOver && task !== null
  const made = await openTask(sql, scope.asking, scope, {
    kind,
    subject: follows ? task.subject : `after ${input.result}`,
    receivables: of.receivables,
    detail: { after: input.result, person: input.person, ...(of.rule.words ? { words: of.rule.words } : {}) },
    ...(kind === 'tell_supervisor' ? { owner: scope.policy.supervisor } : {}),
    ...(follows ? { owner: task.owner, byHand: task.by_hand } : {}),
  })
  return made.id
}

const backKind = (input: Logged): 'call' | 'visit' => (input.channel === 'visit' ? 'visit' : 'call')

/** "Call me on Friday", said when nobody was asked to call. */
const callBack = async (
  sql: Sql,
  scope: CommandScope,
  input: Logged,
  resubmitOn: LocalDate,
): Promise<number> =>
  (
    await openTask(sql, scope.asking, scope, {
      kind: backKind(input),
      subject: 'call back',
      receivables: [],
      detail: { person: input.person },
      owner: scope.asking.actor,
      dueOn: resubmitOn,
      resubmitOn,
      byHand: true,
    })
  ).id

async function taskOfContact(sql: Sql, scope: CommandScope, input: Logged): Promise<AskedFor | null> {
  if (input.task !== undefined) {
    const task = await mustFind<Omit<AskedFor, 'kind'> & { state: string; kind: string }>(
      sql,
      'task',
      String(input.task),
      'SELECT id::int, state, kind, subject, owner, by_hand FROM task WHERE id = $1 AND customer_id = $2',
      [input.task, scope.customer.id],
    )
    if (task.state !== 'open')
      throw new Refusal('NotOpen', { what: 'task', id: String(input.task), state: task.state })
    // An approval isn't given by talking to the customer.
    if (task.kind !== 'call' && task.kind !== 'visit')
      throw new Refusal('NotFound', { what: 'task', id: `${input.task} (call, visit)` })
    return { ...task, kind: task.kind }
  }
  return sql.one<AskedFor>(
    `SELECT id::int, kind, subject, owner, by_hand FROM task WHERE case_id = $1 AND kind = $2 AND state = 'open' ORDER BY due_on, id LIMIT 1`,
    [scope.case.id, backKind(input)],
  )
}

const openOfCase = async (sql: Sql, caseId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      'SELECT id::int FROM receivable WHERE case_id = $1 AND closed_as IS NULL ORDER BY id',
      [caseId],
    )
  ).map((r) => r.id)
