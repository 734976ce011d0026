import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import { type Reason, type Reckoned, reckon } from '../../domain/orders/check.ts'
import { measure } from '../../domain/orders/exposure.ts'
import { type Customer, findCustomer, groupsSql } from '../customers.ts'
import { mustFind, type Sql } from '../database.ts'
import { policyFor } from '../policies.ts'
import { readCustomerFacts } from './customerFacts.ts'
import { readBooks } from './exposure.ts'
import type { OrderState } from './orders.ts'

/** Orders and standing as people look at them. */

export interface ShownOrder {
  id: number
  order: string
  customer: string
  type: string
  amount: string
  currency: string
  invoiced: string
  reserved: string
  state: OrderState
  stateSinceAt: Instant
  reasons: Reason[]
  passedAs: string | null
  neededBy: LocalDate | null
  shipOn: LocalDate | null
  countsFrom: LocalDate | null
  shippedAt: Instant | null
  conditionAmount: string | null
  conditionCurrency: string | null
  conditionByAt: Instant | null
  graceUntil: LocalDate | null
  timeZone: string
}

const SHOWN = `SELECT o.id::int, o.number AS order, c.code AS customer, o.document_type AS type, o.amount_minor AS amount, o.currency,
    o.invoiced_minor AS invoiced, o.reserved_minor AS reserved, o.state, o.state_since AS "stateSinceAt", o.reasons, o.passed_as AS "passedAs",
    o.needed_by AS "neededBy", o.ship_on AS "shipOn", o.counts_from AS "countsFrom", o.shipped_at AS "shippedAt", o.condition_minor AS "conditionAmount",
    o.condition_currency AS "conditionCurrency", o.condition_by AS "conditionByAt", o.grace_until AS "graceUntil", c.time_zone AS "timeZone"
  FROM sales_order o JOIN customer c ON c.id = o.customer_id`

type Row = Omit<ShownOrder, 'amount' | 'invoiced' | 'reserved' | 'conditionAmount'> & {
  amount: bigint
  invoiced: bigint
  reserved: bigint
  conditionAmount: bigint | null
}

const shown = (row: Row): ShownOrder => ({
  ...row,
  amount: toDecimal(row.amount, row.currency),
  invoiced: toDecimal(row.invoiced, row.currency),
  reserved: toDecimal(row.reserved, row.currency),
  conditionAmount:
    row.conditionAmount === null ? null : toDecimal(row.conditionAmount, row.conditionCurrency!),
})

/** Newest first, a page at a time: `before` is the id that the page before ended with. */
export const listOrders = async (
  sql: Sql,
  company: string,
  of: { customer?: string; states?: readonly OrderState[]; limit: number; before?: number },
): Promise<ShownOrder[]> =>
  (
    await sql.rows<Row>(
      `${SHOWN} WHERE o.company = $1 AND ($2::text IS NULL OR c.code = $2) AND ($3::text[] IS NULL OR o.state = ANY($3))
         AND ($4::bigint IS NULL OR o.id < $4) ORDER BY o.id DESC LIMIT $5`,
      [company, of.customer ?? null, of.states ?? null, of.before ?? null, of.limit],
    )
  ).map(shown)

/** @throws Refusal NotFound */
export const readOrder = async (sql: Sql, company: string, number: string): Promise<ShownOrder> =>
  shown(
    await mustFind<Row>(sql, 'order', number, `${SHOWN} WHERE o.company = $1 AND o.number = $2`, [
      company,
      number,
    ]),
  )

export interface ShownStanding {
  customer: string
  /** A person's word, else what arithmetic says. */
  standing: Reckoned | 'stop' | 'exempt'
  reckoned: Reckoned
  saidBy: string | null
  why: string | null
  /** The whole group, when there is one. */
  group: { head: string; members: string[] } | null
  currency: string
  owed: string
  reserved: string
  netted: string
  exposure: string
  limit: string | null
  available: string | null
  /** There is no rate of the day: the amounts aren't known. */
  noRate: { from: string; to: string } | null
  held: number
}

/** How a customer stands now: what its next order would meet. */
export async function readStanding(
  sql: Sql,
  company: string,
  code: string,
  asked: { now: Instant; currency: string },
): Promise<ShownStanding> {
  const customer = await findCustomer(sql, company, code)
  const group = await groupOf(sql, customer.id)
  const policy = await policyFor(sql, company, code)
  const today = localDateOf(asked.now, customer.time_zone)
  const leaves = [{ customer: customer.id, notCounted: policy.orders.not_counted }]
  const facts = await readCustomerFacts(
    sql,
    { customer, today, policy },
    await readBooks(sql, group, leaves, today),
  )
  const said = await sql.one<{ why: string | null; set_by: string | null }>(
    'SELECT why, set_by FROM customer_standing WHERE customer_id = $1',
    [customer.id],
  )
  const held = await sql.one<{ n: number }>(
    `SELECT count(*)::int AS n FROM sales_order WHERE customer_id = $1 AND state = 'held'`,
    [customer.id],
  )
  const reckoned = reckon(facts, policy.orders)
  const head = group.find((c) => c.head_id === null)!
  return {
    customer: code,
    standing: facts.byHand ?? reckoned,
    reckoned,
    saidBy: said?.set_by ?? null,
    why: said?.why ?? null,
    group:
      group.length === 1
        ? null
        : { head: head.code, members: group.filter((c) => c !== head).map((c) => c.code) },
    ...amountsOf(facts.exposure, asked.currency, facts.rates),
    held: held!.n,
  }
}

function amountsOf(...of: Parameters<typeof measure>) {
  const exposure = measure(...of)
  if ('missing' in exposure)
    return {
      currency: exposure.missing.to,
      owed: '',
      reserved: '',
      netted: '',
      exposure: '',
      limit: null,
      available: null,
      noRate: exposure.missing,
    }
  const { currency, limitMinor, minor } = exposure
  const left = limitMinor === null ? null : limitMinor > minor ? limitMinor - minor : 0n
  return {
    currency,
    owed: toDecimal(exposure.owedMinor, currency),
    reserved: toDecimal(exposure.reservedMinor, currency),
    netted: toDecimal(exposure.nettedMinor, currency),
    exposure: toDecimal(minor, currency),
    limit: limitMinor === null ? null : toDecimal(limitMinor, currency),
    available: left === null ? null : toDecimal(left, currency),
    noRate: null,
  }
}

/** Head first. */
async function groupOf(sql: Sql, customerId: number): Promise<Customer[]> {
  const rows = await sql.rows<{ company: string; code: string }>(
    `SELECT company, code FROM customer WHERE id IN (${groupsSql('$1::bigint[]')}) ORDER BY head_id IS NOT NULL, code`,
    [[customerId]],
  )
  const group = []
  for (const { company, code } of rows) group.push(await findCustomer(sql, company, code))
  return group
}

export interface ShownGroup {
  head: string
  members: { customer: string; name: string; subLimit: string | null; currency: string | null }[]
}

/** Null when the customer is in no group. */
export async function readGroup(sql: Sql, company: string, code: string): Promise<ShownGroup | null> {
  const group = await groupOf(sql, (await findCustomer(sql, company, code)).id)
  if (group.length === 1) return null
  const [head, ...members] = group as [Customer, ...Customer[]]
  return {
    head: head.code,
    members: members.map((m) => ({
      customer: m.code,
      name: m.name,
      subLimit: m.sub_limit_minor === null ? null : toDecimal(m.sub_limit_minor, m.sub_limit_currency!),
      currency: m.sub_limit_currency,
    })),
  }
}

export interface ShownRate {
  base: string
  quote: string
  on: LocalDate
  rate: string
  source: string
}

/** The last rates of each pair, the latest days first. */
export const listRates = (sql: Sql, company: string, limit: number): Promise<ShownRate[]> =>
  sql.rows<ShownRate>(
    `SELECT base, quote, on_date AS on, rate::text, source FROM exchange_rate WHERE company = $1 ORDER BY on_date DESC, id DESC LIMIT $2`,
    [company, limit],
  )
