import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { TASK_PRIORITIES } from '../domain/command.ts'
import type { Asking } from './commands.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { CaseScope } from './scope.ts'

export const TASK_KINDS = [
  'call',
  'visit',
  'fix_contact',
  'apply_cash',
  'hold_orders',
  'release_orders',
  'review',
  'tell_supervisor',
  'resolve_dispute',
  'present',
  'review_line',
  'renew_guarantee',
  'tell_erp',
] as const
export type TaskKind = (typeof TASK_KINDS)[number]

/** Tasks that are over when none of their receivables is open, or in the case, any more. */
export const ABOUT_RECEIVABLES: readonly TaskKind[] = [
  'call',
  'visit',
  'apply_cash',
  'hold_orders',
  'review',
  'tell_supervisor',
  'resolve_dispute',
  'present',
]

/**
 * SQL of a company's open tasks at an instant, those left out that are to be taken up again later: the columns of `task`,
 * and in whose worklist each is (`holder`), which is its owner unless that one is away. Those of one holder are found by
 * the index of owners: theirs, and those of the few who are away.
 */
export const heldTasksSql = (company: string, now: string, holder: string): string => `(
  WITH day AS (
    SELECT (to_timestamp(${now}::float8 / 1000.0) AT TIME ZONE time_zone)::date AS today FROM company WHERE id = ${company}
  ), away AS MATERIALIZED (
    SELECT a.person FROM day, away_on(${company}, day.today) a
  )
  SELECT t.*, CASE WHEN a.person IS NULL THEN t.owner ELSE task_owner(${company}, t.owner, t.customer_id, day.today) END AS holder
  FROM day, task t LEFT JOIN away a ON a.person = t.owner
  WHERE t.company = ${company} AND t.state = 'open' AND (t.resubmit_on IS NULL OR t.resubmit_on <= day.today)
    AND (${holder}::text IS NULL OR t.owner = ANY (ARRAY[${holder}] || ARRAY(SELECT person FROM away))))`

export interface NewTask {
  kind: TaskKind
  /** One task of a kind and subject is open at a time; what comes later joins it. */
  subject: string
  detail?: Record<string, unknown>
  /** The customer's analyst, when nobody else. */
  owner?: string | undefined
  receivables: readonly number[]
  /** Today when not said. */
  dueOn?: LocalDate | undefined
  /** Taken up again then, not before. */
  resubmitOn?: LocalDate | undefined
  priority?: TaskPriority | undefined
  plannedAt?: Instant | undefined
  place?: string | undefined
  /** A person asked for it, not the engine. */
  byHand?: boolean
}
export type TaskPriority = (typeof TASK_PRIORITIES)[number]

type Doing = Pick<Asking, 'company' | 'actor' | 'now'>

/** Opens a task, or adds to the one that is open already; says which. */
export async function openTask(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  task: NewTask,
): Promise<{ id: number; opened: boolean }> {
  const owner = task.owner ?? scope.customer.analyst
  const dueOn = task.dueOn ?? scope.today
  const inserted = await sql.one<{ id: number }>(
    `INSERT INTO task (company, customer_id, case_id, kind, subject, detail, owner, state, opened_on, opened_at, due_on,
       resubmit_on, priority, planned_at, place, by_hand)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, to_timestamp($9 / 1000.0), $10, $11, $12, to_timestamp($13 / 1000.0), $14, $15)
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
      dueOn,
      task.resubmitOn ?? null,
      task.priority ?? 'normal',
      task.plannedAt ?? null,
      task.place ?? null,
      task.byHand ?? false,
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
      data: {
        task: id,
        subject: task.subject,
        owner,
        dueOn,
        ...task.detail,
      },
    })
  return { id, opened: inserted !== null }
}

/**
 * Takes receivables out of the customer's open tasks, in whichever case, that no longer concern them, gives their unlogged steps back, and closes
 * the tasks that have nothing left: paid at eleven, no call at noon. What a person asked for stays until its receivables
 * are closed.
 */
export async function overtakeTasks(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  out: readonly { receivable: number; kinds: readonly TaskKind[]; closed?: boolean }[],
): Promise<void> {
  if (out.length === 0) return
  const left = await sql.rows<{ task: number; receivable: number }>(
    `DELETE FROM task_item i USING task t, jsonb_to_recordset($2::jsonb) AS o(receivable bigint, kinds jsonb, closed boolean)
     WHERE t.id = i.task_id AND t.customer_id = $1 AND t.state = 'open' AND i.receivable_id = o.receivable AND o.kinds ? t.kind
       AND (NOT t.by_hand OR coalesce(o.closed, false))
     RETURNING t.id::int AS task, i.receivable_id::int AS receivable`,
    [scope.customer.id, JSON.stringify(out)],
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

/** Closes what was to be done about something that is over; nothing when nothing was. */
export async function closeAbout(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  kind: TaskKind,
  subject: string,
): Promise<void> {
  const closed = await sql.one<{ id: number }>(
    `UPDATE task SET state = 'overtaken', closed_at = to_timestamp($4 / 1000.0), closed_why = 'nothing left to do'
     WHERE case_id = $1 AND kind = $2 AND subject = $3 AND state = 'open' RETURNING id::int`,
    [scope.case.id, kind, subject, doing.now],
  )
  if (!closed) return
  await appendToJournal(sql, doing.company, scope.customer.id, {
    event: `${kind.replace('_', ' ')} task overtaken`,
    actor: doing.actor,
    at: doing.now,
    receivables: [],
    data: { task: closed.id },
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

/** The task is over, and the steps behind it have happened. */
export async function finishTask(
  sql: Sql,
  id: number,
  now: Instant,
  today: LocalDate,
  why: string,
): Promise<void> {
  await sql.rows(
    `UPDATE task SET state = 'done', closed_at = to_timestamp($2 / 1000.0), closed_why = $3 WHERE id = $1`,
    [id, now, why],
  )
  await sql.rows(
    `UPDATE receivable_step SET state = 'done', on_date = $2 WHERE task_id = $1 AND state = 'pending'`,
    [id, today],
  )
}

export const itemsOf = async (sql: Sql, taskId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM task_item WHERE task_id = $1 ORDER BY 1',
      [taskId],
    )
  ).map((r) => r.id)
