import type { LocalDate } from '../domain/calendar.ts'
import { toDecimal } from '../domain/money.ts'
import { customerId } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { type KeptProof, proofsOf } from './proofs.ts'

/** A provisional receipt for people to read; amounts are decimal strings. */
export interface ShownProvisional {
  number: number
  customer: string
  amount: string
  currency: string
  form: string
  receivedFrom: string
  state: 'open' | 'converted' | 'cancelled'
  issuedOn: LocalDate
  issuedBy: string
  convertBy: LocalDate
  /** It is open and its last day has passed. */
  late: boolean
  /** The posted receipt that it became; null when the source settled it. */
  receipt: string | null
  closedOn: LocalDate | null
  documents: string[]
  proof: KeptProof[]
}

type Read = Omit<ShownProvisional, 'amount' | 'proof'> & { id: number; minor: bigint }

const PROVISIONALS = `SELECT p.id::int, p.number, c.code AS customer, p.currency, p.amount_minor AS minor, p.form, p.received_from AS "receivedFrom", p.state,
    p.issued_on AS "issuedOn", p.issued_by AS "issuedBy", p.convert_by AS "convertBy", p.state = 'open' AND p.convert_by < $2 AS late, q.number AS receipt, p.closed_on AS "closedOn",
    (SELECT array_agg(CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END ORDER BY r.due_on, r.id)
     FROM provisional_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.provisional_id = p.id) AS documents
  FROM provisional_receipt p JOIN customer c ON c.id = p.customer_id LEFT JOIN receipt q ON q.id = p.receipt_id`

async function shown(sql: Sql, { id, minor, ...row }: Read): Promise<ShownProvisional> {
  return { ...row, amount: toDecimal(minor, row.currency), proof: await proofsOf(sql, 'provisional', id) }
}

/** In the order of their numbers; the open ones unless `all`. */
export async function provisionals(
  sql: Sql,
  asked: {
    company: string
    today: LocalDate
    customer?: string
    all: boolean
    limit: number
    after?: number
  },
): Promise<ShownProvisional[]> {
  const customer = asked.customer === undefined ? null : await customerId(sql, asked.company, asked.customer)
  const rows = await sql.rows<Read>(
    `${PROVISIONALS} WHERE p.company = $1 AND ($3 OR p.state = 'open') AND ($4::bigint IS NULL OR p.customer_id = $4) AND p.number > $6
     ORDER BY p.number LIMIT $5`,
    [asked.company, asked.today, asked.all, customer, asked.limit, asked.after ?? 0],
  )
  return Promise.all(rows.map((row) => shown(sql, row)))
}

/** @throws Refusal NotFound */
export const showProvisional = async (
  sql: Sql,
  company: string,
  number: number,
  today: LocalDate,
): Promise<ShownProvisional> =>
  shown(
    sql,
    await mustFind<Read>(
      sql,
      'provisional receipt',
      String(number),
      `${PROVISIONALS} WHERE p.company = $1 AND p.number = $3`,
      [company, today, number],
    ),
  )
