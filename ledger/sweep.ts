import type { Instant } from '../domain/calendar.ts'
import type { Sql } from './database.ts'

/** A wake that is this late was lost: a little slack lets the case's own timer come first. */
export const SLACK_MS = 30_000

/** Cases that should have looked at their facts and haven't: each is woken again. */
export async function casesBehind(
  sql: Sql,
  company: string,
  now: Instant,
  limit: number,
): Promise<{ key: string; lateMs: number }[]> {
  return sql.rows<{ key: string; lateMs: number }>(
    `SELECT key, coalesce($2::float8 - extract(epoch FROM next_wake_at)::float8 * 1000, 0)::float8 AS "lateMs" FROM (
       (SELECT key, next_wake_at FROM collection_case WHERE facts_version > assessed_version AND company = $1 ORDER BY id LIMIT $4)
       UNION
       (SELECT key, next_wake_at FROM collection_case WHERE next_wake_at <= to_timestamp(($2::float8 - $3::float8) / 1000.0) AND company = $1 ORDER BY next_wake_at LIMIT $4)) behind
     ORDER BY "lateMs" DESC LIMIT $4`,
    [company, now, SLACK_MS, limit],
  )
}

/**
 * Open receivables that nothing would ever wake: repaired by touching them, since a look reads no other that has no day of
 * its own. What waits for a message that its former case sends is woken by that one.
 */
export async function receivablesAsleep(
  sql: Sql,
  company: string,
  limit: number,
): Promise<{ id: number; key: string }[]> {
  return sql.rows<{ id: number; key: string }>(
    `SELECT r.id::int, k.key FROM receivable r JOIN collection_case k ON k.id = r.case_id
     WHERE r.company = $1 AND r.closed_as IS NULL AND NOT r.held AND r.kind IN ('invoice', 'debit_note', 'retention')
       AND r.next_action_at IS NULL AND k.next_wake_at IS NULL AND k.facts_version = k.assessed_version
       AND NOT EXISTS (SELECT FROM receivable_step s JOIN message m ON m.id = s.message_id
         WHERE s.receivable_id = r.id AND s.state = 'pending' AND m.state IN ('pending', 'sending') AND m.case_id <> r.case_id)
     LIMIT $2`,
    [company, limit],
  )
}

/** Keys of the cases whose facts changed and that haven't looked yet, a page at a time. */
export const casesToWake = (
  sql: Sql,
  company: string,
  after: string,
  limit: number,
): Promise<{ key: string }[]> =>
  sql.rows(
    `SELECT key FROM collection_case WHERE company = $1 AND facts_version > assessed_version AND key > $2 ORDER BY key LIMIT $3`,
    [company, after, limit],
  )
