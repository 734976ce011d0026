import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { NewLink } from './contactLinks.ts'
import { customerId } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { type KeptProof, proofsOf } from './proofs.ts'
import type { TaskKind, TaskPriority } from './tasks.ts'

/** Conversations and the tasks that asked for them, for people to read. */

export interface ShownContact {
  id: number
  channel: string
  person: string
  result: string
  /** What the policy calls the result, where it isn't one of the program's own. */
  words: Record<string, string> | null
  notes: string
  actor: string
  /** When it was logged. */
  at: Instant
  /** When it was, where that was said. */
  beganAt: Instant | null
  endedAt: Instant | null
  place: string | null
  task: number | null
  /** What came of it. */
  links: NewLink[]
  proof: KeptProof[]
}

const CONTACTS = `SELECT l.id::int, l.channel, l.person, l.result, l.notes, l.actor, l.at, l.began_at AS "beganAt", l.ended_at AS "endedAt", l.place, l.task_id::int AS task,
    l.result_words AS words,
    coalesce((SELECT jsonb_agg(jsonb_build_object('what', k.what, 'id', k.id) ORDER BY k.what, k.id) FROM contact_link k WHERE k.contact_id = l.id), '[]') AS links
  FROM contact_log l`

/**
 * Of a customer, the newest first; `before` is the id that the page before ended with.
 * @throws Refusal NotFound when the customer isn't known
 */
export async function contactsOfCustomer(
  sql: Sql,
  company: string,
  code: string,
  limit: number,
  before?: number,
): Promise<{ contacts: ShownContact[]; timeZone: string }> {
  const id = await customerId(sql, company, code)
  const customer = await sql.one<{ time_zone: string }>('SELECT time_zone FROM customer WHERE id = $1', [id])
  const rows = await sql.rows<Omit<ShownContact, 'proof'>>(
    `${CONTACTS} WHERE l.customer_id = $1 AND ($3::bigint IS NULL OR l.id < $3) ORDER BY l.id DESC LIMIT $2`,
    [id, limit, before ?? null],
  )
  return { contacts: await withProof(sql, rows), timeZone: customer!.time_zone }
}

async function withProof(sql: Sql, rows: Omit<ShownContact, 'proof'>[]): Promise<ShownContact[]> {
  const shown: ShownContact[] = []
  for (const row of rows) shown.push({ ...row, proof: await proofsOf(sql, 'contact', row.id) })
  return shown
}

export interface ShownTask {
  id: number
  customer: { code: string; name: string; timeZone: string }
  case: string
  kind: TaskKind
  subject: string
  detail: Record<string, unknown>
  state: 'open' | 'done' | 'overtaken'
  owner: string
  /** In whose worklist it is today: another's while the owner is away. */
  actingOwner: string
  priority: TaskPriority
  openedOn: LocalDate
  dueOn: LocalDate
  resubmitOn: LocalDate | null
  plannedAt: Instant | null
  place: string | null
  attempts: number
  closedWhy: string | null
  documents: string[]
  contacts: ShownContact[]
}

/** @throws Refusal NotFound */
export async function showTask(sql: Sql, company: string, id: number, today: LocalDate): Promise<ShownTask> {
  const task = await mustFind<Omit<ShownTask, 'contacts'>>(
    sql,
    'task',
    String(id),
    `SELECT t.id::int, jsonb_build_object('code', c.code, 'name', c.name, 'timeZone', c.time_zone) AS customer, k.key AS case, t.kind, t.subject, t.detail, t.state, t.owner,
       task_owner(t.company, t.owner, t.customer_id, $3) AS "actingOwner", t.priority, t.opened_on AS "openedOn", t.due_on AS "dueOn",
       t.resubmit_on AS "resubmitOn", t.planned_at AS "plannedAt", t.place, t.attempts, t.closed_why AS "closedWhy",
       coalesce((SELECT array_agg(CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END ORDER BY r.due_on, r.id)
         FROM task_item x JOIN receivable r ON r.id = x.receivable_id WHERE x.task_id = t.id), '{}') AS documents
     FROM task t JOIN customer c ON c.id = t.customer_id JOIN collection_case k ON k.id = t.case_id WHERE t.company = $1 AND t.id = $2`,
    [company, id, today],
  )
  const contacts = await sql.rows<Omit<ShownContact, 'proof'>>(
    `${CONTACTS} WHERE l.task_id = $1 ORDER BY l.id`,
    [id],
  )
  return { ...task, contacts: await withProof(sql, contacts) }
}
