import { type Lot, type Netted, netAll, type Owed } from '../domain/netting.ts'
import type { Sql } from './database.ts'

/**
 * SQL of the receipts of a payer that aren't wholly applied, each with its remainder. Lateral, so that the planner
 * begins with the account whatever it knows about the tables: most payers have no cash left, and that is the end of it.
 */
export const unappliedReceiptsSql = (payer: string): string => `
  SELECT left_over.* FROM account a CROSS JOIN LATERAL (
    SELECT c.payer_id, c.currency, c.id, c.number, c.value_on,
      sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)::bigint AS minor
    FROM transfer t JOIN receipt c ON c.id = t.receipt_id
    WHERE (t.debit_account = a.id OR t.credit_account = a.id) AND c.reversed_at IS NULL
    GROUP BY c.id
    HAVING sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END) > 0) left_over
  WHERE a.payer_id = ${payer} AND a.kind = 'unapplied' AND a.balance_minor < 0`

/**
 * What the unused money of these payers would settle if it were applied: by receivable. Credits net only what
 * the same customer owes; cash, whatever the payer pays for. Down payments belong to their order and net nothing.
 */
export async function nettedOf(sql: Sql, payerIds: readonly number[]): Promise<Map<number, Netted[]>> {
  const money = await sql.rows<Lot>(
    `SELECT r.payer_id::int AS payer, r.customer_id::int AS customer, r.currency, r.id::int AS "creditId", NULL::int AS "receiptId", -a.balance_minor AS minor, r.issued_on AS "valueOn"
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.payer_id = ANY($1) AND r.closed_as IS NULL AND NOT r.held AND r.kind IN ('credit_note', 'on_account_credit') AND a.balance_minor < 0
     UNION ALL
     SELECT q.payer_id::int, NULL, q.currency, NULL, q.id::int, q.minor, q.value_on FROM (${unappliedReceiptsSql('ANY($1)')}) q
     ORDER BY "valueOn", "receiptId", "creditId"`,
    [payerIds],
  )
  if (money.length === 0) return new Map()
  const debits = await sql.rows<Owed>(
    `SELECT r.id::int AS "receivableId", r.payer_id::int AS payer, r.customer_id::int AS customer, r.currency, o.owed_minor - o.uncleared_minor AS minor
     FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.payer_id = ANY($1) AND r.closed_as IS NULL AND NOT r.held AND o.balance_minor > 0
     ORDER BY r.due_on, r.id`,
    [payerIds],
  )
  return netAll(money, debits)
}
