import type { LocalDate } from '../domain/calendar.ts'
import { type Netted, netVirtually, type UnusedMoney } from '../domain/netting.ts'
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
  const money = await sql.rows<{
    payer: number
    customer: number | null
    currency: string
    credit: number | null
    receipt: number | null
    minor: bigint
    value_on: LocalDate
  }>(
    `SELECT r.payer_id::int AS payer, r.customer_id::int AS customer, r.currency, r.id::int AS credit, NULL::int AS receipt, -a.balance_minor AS minor, r.issued_on AS value_on
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.payer_id = ANY($1) AND r.closed_as IS NULL AND NOT r.held AND r.kind IN ('credit_note', 'on_account_credit') AND a.balance_minor < 0
     UNION ALL
     SELECT q.payer_id::int, NULL, q.currency, NULL, q.id::int, q.minor, q.value_on FROM (${unappliedReceiptsSql('ANY($1)')}) q
     ORDER BY value_on, receipt, credit`,
    [payerIds],
  )
  if (money.length === 0) return new Map()
  const debits = await sql.rows<{
    id: number
    payer: number
    customer: number
    currency: string
    minor: bigint
  }>(
    `SELECT r.id::int, r.payer_id::int AS payer, r.customer_id::int AS customer, r.currency, o.owed_minor - o.uncleared_minor AS minor
     FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.payer_id = ANY($1) AND r.closed_as IS NULL AND NOT r.held AND o.balance_minor > 0
     ORDER BY r.due_on, r.id`,
    [payerIds],
  )
  const left = new Map(debits.map((d) => [d.id, d.minor]))
  const netted = new Map<number, Netted[]>()
  const use = (lots: UnusedMoney[], among: typeof debits) => {
    for (const part of netVirtually(
      lots,
      among.map((d) => ({ receivableId: d.id, minor: left.get(d.id)! })),
    )) {
      left.set(part.receivableId, left.get(part.receivableId)! - part.minor)
      netted.set(part.receivableId, [...(netted.get(part.receivableId) ?? []), part])
    }
  }
  for (const lots of pools(money)) {
    const { payer, customer, currency } = lots[0]!
    use(
      lots.map((m) => ({ creditId: m.credit, minor: m.minor, valueOn: m.value_on })),
      debits.filter(
        (d) => d.payer === payer && d.currency === currency && (customer === null || d.customer === customer),
      ),
    )
  }
  return netted
}

/** Lots that may be used for the same items, credits before cash. */
function pools<M extends { payer: number; customer: number | null; currency: string }>(money: M[]): M[][] {
  const byPool = new Map<string, M[]>()
  for (const lot of [
    ...money.filter((m) => m.customer !== null),
    ...money.filter((m) => m.customer === null),
  ]) {
    const pool = `${lot.payer} ${lot.customer ?? 'cash'} ${lot.currency}`
    byPool.set(pool, [...(byPool.get(pool) ?? []), lot])
  }
  return [...byPool.values()]
}
