import type { LocalDate } from '../domain/calendar.ts'
import type { Lot, Netted } from '../domain/netting.ts'
import { CREDIT_KINDS } from '../domain/openItem.ts'
import type { Sql } from './database.ts'

/** What was open of some payers on a day of the books, told from the history of transfers and terms. */

export interface OpenRow {
  id: number
  name: string
  customer: number
  payer: number
  case_id: number
  kind: string
  currency: string
  site: string
  issued_on: LocalDate
  due_on: LocalDate
  presented_on: LocalDate | null
  original_minor: bigint
  minor: bigint
}

/** Unused money; of a receipt's remainder also the receipt's number. */
export type Unused = Lot & { receipt?: string }

export const isDebit = ({ kind }: OpenRow): boolean => !(CREDIT_KINDS as readonly string[]).includes(kind)

export async function payersOf(sql: Sql, customerId: number): Promise<number[]> {
  const rows = await sql.rows<{ id: number }>(
    `SELECT payer_id::int AS id FROM customer WHERE id = $1 UNION SELECT payer_id::int FROM receivable WHERE customer_id = $1`,
    [customerId],
  )
  return rows.map((r) => r.id)
}

/**
 * What is open on the day of the customer, and of all that its payers pay for. Of closed receivables only those are
 * summed that something was posted to after the day: a customer may have years of them.
 */
export const openRows = (
  sql: Sql,
  customerId: number,
  payers: readonly number[],
  asOf: LocalDate,
): Promise<OpenRow[]> =>
  sql.rows<OpenRow>(
    `SELECT r.id::int, CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS name,
       r.customer_id::int AS customer, r.payer_id::int AS payer, r.case_id::int, r.kind, r.currency, r.site, r.issued_on,
       coalesce(term.due_on, r.due_on) AS due_on, term.presented_on, r.original_minor, open.minor
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     CROSS JOIN LATERAL (
       SELECT (coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = a.id AND posting_on <= $3), 0)
             - coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = a.id AND posting_on <= $3), 0))::bigint AS minor) open
     LEFT JOIN LATERAL (
       SELECT due_on, presented_on FROM receivable_term WHERE receivable_id = r.id AND effective_on <= $3
       ORDER BY effective_on DESC, seq DESC LIMIT 1) term ON true
     WHERE (r.customer_id = $1 OR r.payer_id = ANY($2)) AND NOT r.held AND open.minor <> 0
       AND (r.closed_as IS NULL OR EXISTS (SELECT FROM transfer WHERE credit_account = a.id AND posting_on > $3)
                                OR EXISTS (SELECT FROM transfer WHERE debit_account = a.id AND posting_on > $3))
     ORDER BY due_on, r.document, r.tranche`,
    [customerId, payers, asOf],
  )

/** Open credits, and of each receipt what nothing was paid with on the day. */
export async function unusedOf(
  sql: Sql,
  rows: readonly OpenRow[],
  payers: readonly number[],
  asOf: LocalDate,
): Promise<Unused[]> {
  const credits = rows
    .filter((r) => r.kind === 'credit_note' || r.kind === 'on_account_credit')
    .map(
      (r): Unused => ({
        payer: r.payer,
        customer: r.customer,
        currency: r.currency,
        creditId: r.id,
        receiptId: null,
        minor: -r.minor,
        valueOn: r.issued_on,
      }),
    )
    .sort((a, b) => (a.valueOn < b.valueOn ? -1 : a.valueOn > b.valueOn ? 1 : a.creditId! - b.creditId!))
  const cash = await sql.rows<Unused>(
    `SELECT a.payer_id::int AS payer, NULL::int AS customer, a.currency, NULL::int AS "creditId", c.id::int AS "receiptId", c.number AS receipt, c.value_on AS "valueOn",
       sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)::bigint AS minor
     FROM account a JOIN transfer t ON t.debit_account = a.id OR t.credit_account = a.id JOIN receipt c ON c.id = t.receipt_id
     WHERE a.kind = 'unapplied' AND a.payer_id = ANY($1) AND t.posting_on <= $2
     GROUP BY a.id, c.id HAVING sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END) > 0
     ORDER BY c.value_on, c.id`,
    [payers, asOf],
  )
  return [...credits, ...cash]
}

/** Of the customer's own payer: cash that nets nothing of anybody's. A payer of several customers shows it with one of them, as the aging report does. */
export async function leftOverOf(
  sql: Sql,
  customerId: number,
  lots: readonly Unused[],
  netted: ReadonlyMap<number, Netted[]>,
): Promise<Netted[]> {
  const used = new Map<number, bigint>()
  for (const part of [...netted.values()].flat())
    if (part.receiptId) used.set(part.receiptId, (used.get(part.receiptId) ?? 0n) + part.minor)
  const left = lots
    .filter((lot) => lot.receiptId)
    .map((lot) => ({ ...lot, receivableId: 0, minor: lot.minor - (used.get(lot.receiptId!) ?? 0n) }))
    .filter((lot) => lot.minor > 0n)
  if (left.length === 0) return []
  const shownHere = await sql.rows<{ payer: number }>(
    `SELECT p.id::int AS payer FROM payer p WHERE p.id = ANY($1) AND $2 =
       (SELECT c.id FROM customer c WHERE c.payer_id = p.id ORDER BY c.code = p.code DESC, c.id LIMIT 1)`,
    [left.map((lot) => lot.payer), customerId],
  )
  return left.filter((lot) => shownHere.some(({ payer }) => payer === lot.payer))
}
