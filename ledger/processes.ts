import type { Instant } from '../domain/calendar.ts'
import { type ProcessId, type ProcessKind, processKey } from '../domain/process.ts'
import { groupsSql } from './customers.ts'
import type { Sql } from './database.ts'

/** What waits by itself beside the collection cases. */

interface Row {
  kind: ProcessKind
  id: string
}
const keys = (rows: readonly Row[]): string[] => rows.map(processKey).sort()

/** From now on it is looked after, or again. Returns its key: whoever is answered wakes it. */
export async function beginProcess(
  sql: Sql,
  company: string,
  { kind, id, customer }: ProcessId & { customer: number | null },
): Promise<string> {
  await sql.rows(
    `INSERT INTO process (company, kind, id, customer_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (company, kind, id) DO UPDATE SET facts_version = process.facts_version + 1, closed_at = NULL`,
    [company, kind, id, customer],
  )
  return processKey({ kind, id })
}

/** What it looks at changed: part of the transaction that changes it. Returns its key, none when it is over. */
export async function touchProcess(sql: Sql, company: string, { kind, id }: ProcessId): Promise<string[]> {
  return keys(
    await sql.rows<Row>(
      `UPDATE process SET facts_version = facts_version + 1 WHERE company = $1 AND kind = $2 AND id = $3 AND closed_at IS NULL
       RETURNING kind, id`,
      [company, kind, id],
    ),
  )
}

/** SQL: of these customers and all others of their groups, whose limit is one. In one order, since nobody locks them all. */
const touchSql = (customers: string) => `
  UPDATE process p SET facts_version = facts_version + 1 FROM (
    SELECT company, kind, id FROM process WHERE closed_at IS NULL AND customer_id IN (${groupsSql(customers)})
    ORDER BY company, kind, id FOR UPDATE) q
  WHERE p.company = q.company AND p.kind = q.kind AND p.id = q.id RETURNING p.kind, p.id`

/** The same for everything that waits about these customers, and those of their groups. */
export async function touchProcessesOf(sql: Sql, customerIds: readonly number[]): Promise<string[]> {
  return keys(await sql.rows<Row>(touchSql('$1::bigint[]'), [customerIds]))
}

/** The same by the customers of cases whose facts changed. */
export async function touchProcessesOfCases(
  sql: Sql,
  company: string,
  caseKeys: readonly string[],
): Promise<string[]> {
  if (caseKeys.length === 0) return []
  return keys(
    await sql.rows<Row>(
      touchSql('ARRAY(SELECT customer_id FROM collection_case WHERE company = $1 AND key = ANY($2))'),
      [company, caseKeys],
    ),
  )
}

/** Keys of those whose facts changed and that haven't looked yet, a page at a time. */
export const processesToWake = (
  sql: Sql,
  company: string,
  after: string,
  limit: number,
): Promise<{ key: string }[]> =>
  sql.rows(
    `SELECT key FROM (
       SELECT kind || ':' || id AS key FROM process WHERE company = $1 AND closed_at IS NULL AND facts_version > seen_version) behind
     WHERE key > $2 ORDER BY key LIMIT $3`,
    [company, after, limit],
  )

/** Those that should have looked and haven't, most late first. */
export async function processesBehind(
  sql: Sql,
  company: string,
  now: Instant,
  slackMs: number,
  limit: number,
): Promise<{ key: string; lateMs: number }[]> {
  const rows = await sql.rows<Row & { late_ms: number }>(
    `SELECT kind, id, coalesce($2::float8 - extract(epoch FROM next_look_at)::float8 * 1000, 0)::float8 AS late_ms FROM (
       (SELECT kind, id, next_look_at FROM process WHERE company = $1 AND closed_at IS NULL AND facts_version > seen_version LIMIT $4)
       UNION
       (SELECT kind, id, next_look_at FROM process
        WHERE company = $1 AND closed_at IS NULL AND next_look_at <= to_timestamp(($2::float8 - $3::float8) / 1000.0)
        ORDER BY next_look_at LIMIT $4)) behind
     ORDER BY late_ms DESC LIMIT $4`,
    [company, now, slackMs, limit],
  )
  return rows.map((row) => ({ key: processKey(row), lateMs: row.late_ms }))
}
