import type { Instant } from '../domain/calendar.ts'
import type { Stage } from '../domain/facts.ts'
import { Refusal } from '../domain/refusal.ts'
import { customerId } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { findReceivables } from './receivables.ts'

export interface CustomerCase {
  key: string
  grouping: string
  site: string
  open: number
  stages: Partial<Record<Stage, number>>
  nextWakeAt: Instant | null
}

/**
 * The collection cases of a customer, those without open receivables too.
 * @throws Refusal NotFound when the customer isn't known
 */
export const casesOfCustomer = async (sql: Sql, company: string, code: string): Promise<CustomerCase[]> =>
  (await casesOfCustomers(sql, [await customerId(sql, company, code)])).map(({ customer: _, ...one }) => one)

/** The same for customers by id: by the index of each one's cases, and of what is open in a case. */
export const casesOfCustomers = (
  sql: Sql,
  ids: readonly number[],
): Promise<(CustomerCase & { customer: number })[]> =>
  sql.rows(
    `SELECT k.customer_id::int AS customer, k.key, k.grouping, k.site, k.next_wake_at AS "nextWakeAt", coalesce(sum(s.n), 0)::int AS open,
       coalesce(jsonb_object_agg(s.stage, s.n) FILTER (WHERE s.stage IS NOT NULL), '{}') AS stages
     FROM collection_case k LEFT JOIN LATERAL (
       SELECT r.stage, count(*)::int AS n FROM receivable r WHERE r.case_id = k.id AND r.closed_as IS NULL AND r.kind IN ('invoice', 'debit_note', 'retention') GROUP BY r.stage) s ON true
     WHERE k.customer_id = ANY($1) GROUP BY k.id ORDER BY k.key`,
    [ids],
  )

/** What a command is about: the first that is said decides. */
export interface CommandAbout {
  documents?: string[]
  customer?: string
  task?: number
  promise?: number
  dispute?: number
  pause?: number
  announcement?: number
  exception?: number
  /** A conversation that was logged. */
  contact?: number
  /** Number of a provisional receipt. */
  provisional?: number
  confirmation?: number
}

/**
 * The key of the case to send a command to.
 * @throws Refusal NotFound
 */
export async function findCaseFor(sql: Sql, company: string, about: CommandAbout): Promise<string> {
  const [document] = about.documents ?? []
  if (document !== undefined) return (await findReceivables(sql, company, [document]))[0]!.case_key
  if (about.task !== undefined)
    return caseOf(
      sql,
      company,
      'task',
      about.task,
      'SELECT k.key FROM task t JOIN collection_case k ON k.id = t.case_id WHERE t.company = $1 AND t.id = $2',
    )
  if (about.contact !== undefined)
    return caseOf(
      sql,
      company,
      'contact',
      about.contact,
      'SELECT k.key FROM contact_log l JOIN collection_case k ON k.id = l.case_id WHERE l.company = $1 AND l.id = $2',
    )
  if (about.provisional !== undefined)
    return caseOf(
      sql,
      company,
      'provisional receipt',
      about.provisional,
      ofItems('provisional_receipt', 'provisional_item', 'provisional_id', 'number'),
    )
  if (about.promise !== undefined)
    return caseOf(sql, company, 'promise', about.promise, ofItems('promise', 'promise_item', 'promise_id'))
  if (about.dispute !== undefined)
    return caseOf(sql, company, 'dispute', about.dispute, ofItems('dispute', 'dispute_line', 'dispute_id'))
  if (about.announcement !== undefined)
    return caseOf(
      sql,
      company,
      'announced payment',
      about.announcement,
      ofItems('announced_payment', 'announced_item', 'announced_id'),
    )
  if (about.confirmation !== undefined)
    return caseOf(
      sql,
      company,
      'confirmation',
      about.confirmation,
      'SELECT k.key FROM confirmation x JOIN collection_case k ON k.id = x.case_id WHERE x.company = $1 AND x.id = $2',
    )
  if (about.exception !== undefined)
    return caseOf(
      sql,
      company,
      'exception',
      about.exception,
      `SELECT k.key FROM exception e LEFT JOIN receivable r ON r.id = e.receivable_id JOIN collection_case k ON k.customer_id = e.customer_id
       WHERE e.company = $1 AND e.id = $2 ORDER BY k.id = r.case_id DESC, k.key LIMIT 1`,
    )
  if (about.pause !== undefined) {
    const found = await mustFind<{ key: string | null; code: string }>(
      sql,
      'pause',
      String(about.pause),
      `SELECT k.key, c.code FROM pause p JOIN customer c ON c.id = p.customer_id LEFT JOIN receivable r ON r.id = p.receivable_id
       LEFT JOIN collection_case k ON k.id = r.case_id WHERE p.company = $1 AND p.id = $2`,
      [company, about.pause],
    )
    return found.key ?? caseOfCustomer(sql, company, found.code)
  }
  if (about.customer !== undefined) return caseOfCustomer(sql, company, about.customer)
  throw new Refusal('NotFound', { what: 'case', id: '' })
}

const caseOf = async (sql: Sql, company: string, what: string, id: number, text: string): Promise<string> =>
  (await mustFind<{ key: string }>(sql, what, String(id), text, [company, id])).key

const ofItems = (table: string, items: string, column: string, name = 'id'): string =>
  `SELECT k.key FROM ${table} x JOIN ${items} i ON i.${column} = x.id JOIN receivable r ON r.id = i.receivable_id JOIN collection_case k ON k.id = r.case_id
   WHERE x.company = $1 AND x.${name} = $2 ORDER BY r.due_on, r.id LIMIT 1`

/** What concerns the customer as a whole goes to the case of its own; without one, to the one that has most to do. */
async function caseOfCustomer(sql: Sql, company: string, code: string): Promise<string> {
  const cases = await casesOfCustomer(sql, company, code)
  const own = cases.find((c) => c.key === code) ?? [...cases].sort((a, b) => b.open - a.open)[0]
  if (!own) throw new Refusal('NotFound', { what: 'case', id: code })
  return own.key
}
