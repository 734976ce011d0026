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

/** SQL of these customers and all others of their groups. */
export const groupsSql = (customers: string): string => `
  SELECT unnest(${customers}) AS id
  UNION SELECT head_id FROM customer WHERE id = ANY(${customers}) AND head_id IS NOT NULL
  UNION SELECT id FROM customer WHERE head_id = ANY(ARRAY(SELECT coalesce(head_id, id) FROM customer WHERE id = ANY(${customers})))`

const withGroups = async (sql: Sql, ids: readonly number[]): Promise<number[]> =>
  (await sql.rows<{ id: number }>(`SELECT id::int FROM (${groupsSql('$1::bigint[]')}) g`, [ids])).map(
    (g) => g.id,
  )

/**
 * Takes the locks of customers and of all others of their groups, heads first: what a group owes and has ordered counts
 * together.
 */
export async function lockGroups(sql: Sql, customerIds: readonly number[]): Promise<Customer[]> {
  for (;;) {
    const ids = await withGroups(sql, customerIds)
    const locked = await lockCustomers(sql, ids)
    // Who joined or left while the locks were waited for.
    const now = await withGroups(sql, customerIds)
    if (now.length === ids.length && now.every((id) => ids.includes(id))) return locked
  }
}

/** The same of a customer and of all that unused money is shared with: what changes its claims concerns them too. */
export const lockPaidWith = async (sql: Sql, customer: number): Promise<Customer[]> =>
  lockGroups(sql, await customersPaidWith(sql, customer))

/** A customer and all others of its group, for reading. */
export const readGroup = (sql: Sql, id: number): Promise<Customer[]> =>
  sql.rows<Customer>(`${CUSTOMER} WHERE id IN (${groupsSql('ARRAY[$1::bigint]')}) ORDER BY id`, [id])

/** The lock of one customer, which is given back, taken like that. */
export const lockWithGroup = async (sql: Sql, id: number): Promise<Customer> =>
  (await lockGroups(sql, [id])).find((customer) => customer.id === id)!

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
