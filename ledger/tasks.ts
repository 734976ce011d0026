import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers, touchReceivables } from './cases.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { CaseScope, CommandScope } from './scope.ts'

export const TASK_KINDS = [
  'call',
  'visit',
  'fix_contact',
  'apply_cash',
  'hold_orders',
  'release_orders',
  'review',
  'request_approval',
  'tell_supervisor',
] as const
export type TaskKind = (typeof TASK_KINDS)[number]

/** Tasks that are over when none of their receivables is open, or in the case, any more. */
export const ABOUT_RECEIVABLES: readonly TaskKind[] = [
  'call',
  'visit',
  'apply_cash',
  'hold_orders',
  'review',
  'request_approval',
  'tell_supervisor',
]

/** SQL of whose worklist the task named by an alias is on. The one place that knows. */
export const ownerSql = (task: string): string => `${task}.owner`

export interface NewTask {
  kind: TaskKind
  /** One task of a kind and subject is open at a time; what comes later joins it. */
  subject: string
  detail?: Record<string, unknown>
  /** The customer's analyst, when nobody else. */
  owner?: string
  receivables: readonly number[]
}

type Doing = Pick<Asking, 'company' | 'actor' | 'now'>

/** Opens a task that is due today, or adds to the one that is open already; says which. */
export async function openTask(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  task: NewTask,
): Promise<{ id: number; opened: boolean }> {
  const owner = task.owner ?? scope.customer.analyst
  const inserted = await sql.one<{ id: number }>(
    `INSERT INTO task (company, customer_id, case_id, kind, subject, detail, owner, state, opened_on, opened_at, due_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, to_timestamp($9 / 1000.0), $8)
     ON CONFLICT (case_id, kind, subject) WHERE state = 'open' DO NOTHING RETURNING id::int`,
    [
      doing.company,
      scope.customer.id,
      scope.case.id,
      task.kind,
      task.subject,
      JSON.stringify(task.detail ?? {}),
      owner,
      scope.today,
      doing.now,
    ],
  )
  const id =
    inserted?.id ??
    (await sql.one<{ id: number }>(
      `SELECT id::int FROM task WHERE case_id = $1 AND kind = $2 AND subject = $3 AND state = 'open'`,
      [scope.case.id, task.kind, task.subject],
    ))!.id
  const joined = await sql.rows<{ id: number }>(
    'INSERT INTO task_item (task_id, receivable_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING RETURNING receivable_id::int AS id',
    [id, task.receivables],
  )
  if (inserted || joined.length > 0)
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: `${task.kind.replace('_', ' ')} task ${inserted ? 'opened' : 'extended'}`,
      actor: doing.actor,
      at: doing.now,
      receivables: inserted ? [...task.receivables] : joined.map((j) => j.id),
      data: { task: id, subject: task.subject, owner, dueOn: scope.today, ...task.detail },
    })
  return { id, opened: inserted !== null }
}

/**
 * Takes receivables out of the open tasks that no longer concern them, gives their unlogged steps back, and closes
 * the tasks that have nothing left: paid at eleven, no call at noon.
 */
export async function overtakeTasks(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  out: readonly { receivable: number; kinds: readonly TaskKind[] }[],
): Promise<void> {
  if (out.length === 0) return
  const left = await sql.rows<{ task: number; receivable: number }>(
    `DELETE FROM task_item i USING task t, jsonb_to_recordset($2::jsonb) AS o(receivable bigint, kinds jsonb)
     WHERE t.id = i.task_id AND t.case_id = $1 AND t.state = 'open' AND i.receivable_id = o.receivable AND o.kinds ? t.kind
     RETURNING t.id::int AS task, i.receivable_id::int AS receivable`,
    [scope.case.id, JSON.stringify(out)],
  )
  if (left.length === 0) return
  await sql.rows(
    `DELETE FROM receivable_step s USING unnest($1::bigint[], $2::bigint[]) AS o(task, receivable)
     WHERE s.task_id = o.task AND s.receivable_id = o.receivable AND s.state = 'pending'`,
    [left.map((l) => l.task), left.map((l) => l.receivable)],
  )
  const closed = await sql.rows<{ id: number; kind: string }>(
    `UPDATE task t SET state = 'overtaken', closed_at = to_timestamp($2 / 1000.0), closed_why = 'nothing left to do'
     WHERE t.id = ANY($1) AND NOT EXISTS (SELECT FROM task_item i WHERE i.task_id = t.id) RETURNING id::int, kind`,
    [[...new Set(left.map((l) => l.task))], doing.now],
  )
  for (const task of closed)
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: `${task.kind.replace('_', ' ')} task overtaken`,
      actor: doing.actor,
      at: doing.now,
      receivables: left.filter((l) => l.task === task.id).map((l) => l.receivable),
      data: { task: task.id },
    })
}

/** Open tasks of a customer go from its analyst to the next one; what somebody else has taken on stays there. */
export async function followAnalyst(
  sql: Sql,
  doing: Doing,
  changes: readonly { customer: number; from: string; to: string }[],
): Promise<void> {
  if (changes.length === 0) return
  const moved = await sql.rows<{ customer: number; from: string; to: string; tasks: number[] }>(
    `WITH moved AS (
       UPDATE task t SET owner = c."to" FROM jsonb_to_recordset($2::jsonb) AS c(customer bigint, "from" text, "to" text)
       WHERE t.company = $1 AND t.customer_id = c.customer AND t.owner = c."from" AND t.state = 'open' RETURNING t.id, c.*)
     SELECT customer::int, "from", "to", array_agg(id::int ORDER BY id) AS tasks FROM moved GROUP BY customer, "from", "to" ORDER BY customer`,
    [doing.company, JSON.stringify(changes)],
  )
  for (const { customer, ...data } of moved)
    await appendToJournal(sql, doing.company, customer, {
      event: 'tasks handed over',
      actor: doing.actor,
      at: doing.now,
      receivables: [],
      data,
    })
}

/** Results after which the customer still has to be reached: the task stays open. */
const NOT_REACHED = ['no_answer', 'wrong_number']

/** Notes a conversation. A call or visit task counts when this is logged; its steps are then done. */
export async function logContact(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['logContact'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  const task = await taskOfContact(sql, scope, input)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO contact_log (company, customer_id, case_id, task_id, channel, person, result, notes, actor, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0)) RETURNING id::int`,
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
    ],
  )
  const closes = task !== null && !NOT_REACHED.includes(input.result)
  const receivables = task ? await itemsOf(sql, task.id) : []
  if (closes) await finishTask(sql, task.id, asking.now, today, input.result)
  else if (task) await sql.rows('UPDATE task SET attempts = attempts + 1 WHERE id = $1', [task.id])
  if (!NOT_REACHED.includes(input.result))
    await sql.rows('UPDATE collection_case SET last_call_on = $2 WHERE id = $1', [scope.case.id, today])
  const result = {
    contact: row!.id,
    channel: input.channel,
    person: input.person,
    result: input.result,
    task: task?.id ?? null,
    taskClosed: closes,
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
    cases: task ? await touchReceivables(sql, receivables) : await touchCustomers(sql, [customer.id]),
  }
}

async function taskOfContact(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['logContact'],
): Promise<{ id: number } | null> {
  if (input.task !== undefined) {
    const task = await mustFind<{ id: number; state: string; kind: string }>(
      sql,
      'task',
      String(input.task),
      'SELECT id::int, state, kind FROM task WHERE id = $1 AND customer_id = $2',
      [input.task, scope.customer.id],
    )
    if (task.state !== 'open')
      throw new Refusal('NotOpen', { what: 'task', id: String(input.task), state: task.state })
    // An approval isn't given by talking to the customer.
    if (task.kind !== 'call' && task.kind !== 'visit')
      throw new Refusal('NotFound', { what: 'task', id: `${input.task} (call, visit)` })
    return task
  }
  const kind = input.channel === 'visit' ? 'visit' : 'call'
  return sql.one<{ id: number }>(
    `SELECT id::int FROM task WHERE case_id = $1 AND kind = $2 AND state = 'open' ORDER BY due_on, id LIMIT 1`,
    [scope.case.id, kind],
  )
}

/**
 * Closes a task that isn't a conversation: orders are held, the cash is applied, the approval is given. Not by who
 * owns the request: nobody approves what they ask for.
 */
export async function closeTask(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['closeTask'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  const task = await mustFind<{ id: number; state: string; kind: string; owner: string }>(
    sql,
    'task',
    String(input.task),
    'SELECT id::int, state, kind, owner FROM task WHERE id = $1 AND customer_id = $2',
    [input.task, customer.id],
  )
  if (task.state !== 'open')
    throw new Refusal('NotOpen', { what: 'task', id: String(input.task), state: task.state })
  if (task.kind === 'call' || task.kind === 'visit')
    throw new Refusal('LoggedByContact', { task: String(task.id), kind: task.kind })
  if (task.kind === 'request_approval' && task.owner === asking.actor)
    throw new Refusal('SameActor', { actor: asking.actor })
  const receivables = await itemsOf(sql, task.id)
  await finishTask(sql, task.id, asking.now, today, input.why)
  await appendToJournal(sql, asking.company, customer.id, {
    event: `${task.kind.replace('_', ' ')} task done`,
    actor: asking.actor,
    at: asking.now,
    why: input.why,
    receivables,
    data: { task: task.id },
  })
  return { result: { task: task.id, state: 'done' }, cases: await touchCustomers(sql, [customer.id]) }
}

async function finishTask(sql: Sql, id: number, now: Instant, today: LocalDate, why: string): Promise<void> {
  await sql.rows(
    `UPDATE task SET state = 'done', closed_at = to_timestamp($2 / 1000.0), closed_why = $3 WHERE id = $1`,
    [id, now, why],
  )
  await sql.rows(
    `UPDATE receivable_step SET state = 'done', on_date = $2 WHERE task_id = $1 AND state = 'pending'`,
    [id, today],
  )
}

const itemsOf = async (sql: Sql, taskId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM task_item WHERE task_id = $1 ORDER BY 1',
      [taskId],
    )
  ).map((r) => r.id)

const openOfCase = async (sql: Sql, caseId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      'SELECT id::int FROM receivable WHERE case_id = $1 AND closed_as IS NULL ORDER BY id',
      [caseId],
    )
  ).map((r) => r.id)
