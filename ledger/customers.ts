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
  /** Head of its group; null: it is one itself, or has no group. */
  head_id: number | null
  /** A member's own limit within that of the group. */
  sub_limit_currency: string | null
  sub_limit_minor: bigint | null
  requires_presentation: boolean
  /** See `domain/reviewDays.ts`. */
  review_days: string
}

const CUSTOMER = `SELECT id::int, company, code, name, segment, branch, language, time_zone, calendar, analyst, payer_id::int, head_id::int,
    sub_limit_currency, sub_limit_minor, requires_presentation, review_days
  FROM customer`

/** The order in which locks are taken, so that no two transactions wait for each other: heads before members. */
export const LOCK_ORDER = '(head_id IS NOT NULL), id'

/** Takes the customers' locks. Whoever changes a customer's facts comes through here first. */
export const lockCustomers = (sql: Sql, ids: readonly number[]): Promise<Customer[]> =>
  sql.rows<Customer>(`${CUSTOMER} WHERE id = ANY($1) ORDER BY ${LOCK_ORDER} FOR NO KEY UPDATE`, [ids])

const GROUP = `SELECT m.id::int FROM customer c JOIN customer m
  ON m.id = c.id OR m.id = c.head_id OR m.head_id = coalesce(c.head_id, c.id) WHERE c.id = $1`

/**
 * Takes the locks of a customer and of all others of its group, of whom it is the only one when it has none. The head
 * comes first.
 */
export async function lockGroup(sql: Sql, id: number): Promise<Customer[]> {
  for (;;) {
    const ids = (await sql.rows<{ id: number }>(GROUP, [id])).map((row) => row.id)
    const group = await lockCustomers(sql, ids)
    // Who joined or left while the locks were waited for.
    const now = (await sql.rows<{ id: number }>(GROUP, [id])).map((row) => row.id)
    if (now.length === ids.length && now.every((member) => ids.includes(member))) return group
  }
}

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

/** The customers that unused money is shared with by the customer of a case: who pays for it pays for them too. */
export async function customersPaidWith(sql: Sql, company: string, caseKey: string): Promise<number[]> {
  const payers = await sql.rows<{ id: bigint }>(
    `WITH asked AS (SELECT customer_id AS id FROM collection_case WHERE company = $1 AND key = $2)
     SELECT payer_id AS id FROM customer WHERE id IN (SELECT id FROM asked)
     UNION SELECT payer_id FROM receivable WHERE customer_id IN (SELECT id FROM asked) AND closed_as IS NULL`,
    [company, caseKey],
  )
  return customersOfPayers(
    sql,
    payers.map((p) => Number(p.id)),
  )
}
