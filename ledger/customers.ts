import type { Sql } from './database.ts'
import { mustFind } from './database.ts'

export interface Customer {
  id: number
  company: string
  code: string
  name: string
  segment: string
  branch: string
  language: string
  time_zone: string
  calendar: string | null
  analyst: string
  payer_id: number
  requires_presentation: boolean
  /** See `domain/reviewDays.ts`. */
  review_days: string
}

const CUSTOMER = `SELECT id::int, company, code, name, segment, branch, language, time_zone, calendar, analyst, payer_id::int, requires_presentation, review_days
  FROM customer`

/**
 * Takes the customers' locks, in ascending order of id so that no two transactions wait for each other. Whoever
 * changes a customer's facts comes through here first.
 */
export const lockCustomers = (sql: Sql, ids: readonly number[]): Promise<Customer[]> =>
  sql.rows<Customer>(`${CUSTOMER} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, [ids])

/** Takes the lock of a case's customer; null when nobody knows the case. */
export const lockCustomerOfCase = (sql: Sql, company: string, key: string): Promise<Customer | null> =>
  sql.one<Customer>(
    `${CUSTOMER} WHERE id = (SELECT customer_id FROM collection_case WHERE company = $1 AND key = $2) FOR NO KEY UPDATE`,
    [company, key],
  )

/**
 * A customer as it stands, for reading.
 * @throws Refusal NotFound
 */
export const findCustomer = (sql: Sql, company: string, code: string): Promise<Customer> =>
  mustFind<Customer>(sql, 'customer', code, `${CUSTOMER} WHERE company = $1 AND code = $2`, [company, code])

export async function customerId(sql: Sql, company: string, code: string): Promise<number> {
  const row = await mustFind<{ id: bigint }>(
    sql,
    'customer',
    code,
    'SELECT id FROM customer WHERE company = $1 AND code = $2',
    [company, code],
  )
  return Number(row.id)
}

/** Customers whose cash is one: all that share a payer with the given ones. */
export async function customersOfPayers(sql: Sql, payerIds: readonly number[]): Promise<number[]> {
  const rows = await sql.rows<{ id: bigint }>(
    `SELECT id FROM customer WHERE payer_id = ANY($1)
     UNION SELECT customer_id FROM receivable WHERE payer_id = ANY($1) AND closed_as IS NULL ORDER BY 1`,
    [payerIds],
  )
  return rows.map((row) => Number(row.id))
}

/** The customers that unused money is shared with by a customer, itself too: who pays for it pays for them. */
export async function customersPaidWith(sql: Sql, customer: number): Promise<number[]> {
  const payers = await sql.rows<{ id: bigint }>(
    `SELECT payer_id AS id FROM customer WHERE id = $1
     UNION SELECT payer_id FROM receivable WHERE customer_id = $1 AND closed_as IS NULL`,
    [customer],
  )
  return customersOfPayers(
    sql,
    payers.map((p) => Number(p.id)),
  )
}
