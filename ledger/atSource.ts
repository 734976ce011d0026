import { type Claim, type Settlement, settledAtSource } from '../domain/atSource.ts'
import type { Sql } from './database.ts'

/** Looks for money that was announced, or signed for, among what the source settled of its items since. */
export async function findAtSource(
  sql: Sql,
  claims: readonly Claim[],
): Promise<ReturnType<typeof settledAtSource>> {
  const movements = await sql.rows<Settlement>(
    `SELECT a.receivable_id::int AS item, coalesce(t.moves_id, t.id) AS transfer, (t.recorded_at AT TIME ZONE c.time_zone)::date AS on,
       CASE t.code WHEN 'source_settlement' THEN t.amount_minor ELSE -t.amount_minor END AS minor
     FROM account a JOIN receivable r ON r.id = a.receivable_id JOIN customer c ON c.id = r.customer_id
     JOIN transfer t ON t.credit_account = a.id AND t.code = 'source_settlement' OR t.debit_account = a.id AND t.code = 'source_reopening'
     WHERE a.receivable_id = ANY($1) AND coalesce(t.moves_id, t.id) > (SELECT min(first) FROM unnest($2::bigint[]) first) ORDER BY t.id`,
    [[...new Set(claims.flatMap((c) => c.items))], claims.map((c) => c.afterTransfer)],
  )
  return settledAtSource(claims, movements)
}
