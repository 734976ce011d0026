import type { Sql } from './database.ts'

/**
 * Lets the planner know what a load brought, when that is more than a tenth of what it knows: what autovacuum would do
 * a minute later, when the cases of the load have been through.
 */
export async function refreshStatistics(sql: Sql, created: number): Promise<void> {
  await sql.rows(
    `SELECT refresh_statistics() FROM pg_class WHERE oid = 'receivable'::regclass AND $1 > greatest(reltuples, 0) / 10`,
    [created],
  )
}
