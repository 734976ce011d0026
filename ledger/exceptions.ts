import type { Instant } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { journalCommand } from './commandScope.ts'
import { mustFind, type Sql } from './database.ts'
import type { CommandScope } from './scope.ts'

/** What couldn't be done by itself and waits for a person. */

export const EXCEPTION_KINDS = [
  'application',
  'balance_differs',
  'vanished',
  'due_differs',
  'presented_differs',
  'payer_changed',
  'staff_address',
  'role_unheld',
] as const
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number]

export interface OpenException {
  id: number
  kind: ExceptionKind
  customer: string | null
  document: string | null
  receipt: string | null
  load: string | null
  detail: Record<string, unknown>
  raisedAt: Instant
}

/** Open ones, oldest first, a page at a time: `after` is the id that the page before ended with. */
export const openExceptions = (
  sql: Sql,
  company: string,
  limit: number,
  after = 0,
): Promise<OpenException[]> =>
  sql.rows<OpenException>(
    `SELECT e.id::int, e.kind, c.code AS customer, r.document, q.number AS receipt, e.load_id AS load, e.detail, e.raised_at AS "raisedAt"
     FROM exception e LEFT JOIN customer c ON c.id = e.customer_id LEFT JOIN receivable r ON r.id = e.receivable_id LEFT JOIN receipt q ON q.id = e.receipt_id
     WHERE e.company = $1 AND e.resolved_at IS NULL AND e.id > $3 ORDER BY e.id LIMIT $2`,
    [company, limit, after],
  )

/** A person has dealt with it, in whatever way `why` says. */
export async function resolveException(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['resolveException'],
): Promise<Answer> {
  const { asking, customer } = scope
  const id = String(input.exception)
  const found = await mustFind<{ kind: string; receivable: number | null; resolved_at: Instant | null }>(
    sql,
    'exception',
    id,
    'SELECT kind, receivable_id::int AS receivable, resolved_at FROM exception WHERE id = $1 AND customer_id = $2 FOR UPDATE',
    [input.exception, customer.id],
  )
  if (found.resolved_at !== null) throw new Refusal('NotOpen', { what: 'exception', id, state: 'resolved' })
  await sql.rows(
    `UPDATE exception SET resolved_at = to_timestamp($2 / 1000.0), resolved_by = $3, resolved_why = $4 WHERE id = $1`,
    [input.exception, asking.now, asking.actor, input.why],
  )
  const result = { exception: input.exception, kind: found.kind }
  const about = found.receivable === null ? [] : [found.receivable]
  await journalCommand(sql, scope, 'exception resolved', about, result, input.why)
  return { result, cases: [] }
}
