import type { LocalDate } from '../../domain/calendar.ts'
import { addDays } from '../../domain/calendar.ts'
import type { CustomerFacts, OrderFacts } from '../../domain/orders/check.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Asking } from '../commands.ts'
import { type Customer, customerId, lockGroups } from '../customers.ts'
import { mustFind, type Sql } from '../database.ts'
import { type Ask, type Calendars, type CustomerScope, type Granted, rulesOf } from '../scope.ts'
import { readCustomerFacts } from './customerFacts.ts'
import { type GroupBooks, readBooks } from './exposure.ts'
import { isOver, mustFindOrder, type Order, openOf } from './orders.ts'

/** A customer that orders: locked with its group, with what the group owes and has ordered. */
export interface Orderer extends CustomerScope {
  asking: Asking
  approval?: Granted
  group: Customer[]
  books: GroupBooks
  facts: CustomerFacts
}

/** @throws Refusal NotFound */
export async function openOrderer(sql: Sql, ask: Ask, code: string): Promise<Orderer> {
  const id = await customerId(sql, ask.asking.company, code)
  const group = await lockGroups(sql, [id])
  const scope = await rulesOf(sql, ask.calendars, group.find((c) => c.id === id)!, ask.asking.now)
  const [first] = await readOrderers(sql, group, [scope])
  return { ...scope, ...first!, asking: ask.asking, ...(ask.approval ? { approval: ask.approval } : {}) }
}

/** What is known of several customers of one locked group, read once. */
export async function readOrderers(
  sql: Sql,
  group: Customer[],
  scopes: readonly CustomerScope[],
): Promise<(CustomerScope & Pick<Orderer, 'group' | 'books' | 'facts'>)[]> {
  const leaves = scopes.map((s) => ({ customer: s.customer.id, notCounted: s.policy.orders.not_counted }))
  const books = await readBooks(sql, group, leaves, scopes[0]!.today)
  const read = []
  for (const scope of scopes)
    read.push({ ...scope, group, books, facts: await readCustomerFacts(sql, scope, books) })
  return read
}

export const scopesOf = async (
  sql: Sql,
  calendars: Calendars,
  customers: readonly Customer[],
  now: number,
): Promise<CustomerScope[]> => {
  const scopes = []
  for (const customer of customers) scopes.push(await rulesOf(sql, calendars, customer, now))
  return scopes
}

/**
 * An order with its customer's group locked, to be decided about.
 * @throws Refusal NotFound, OrderOver
 */
export async function openOrder(
  sql: Sql,
  ask: Ask,
  number: string,
): Promise<{ orderer: Orderer; order: Order }> {
  const { company } = ask.asking
  const owner = await mustFind<{ code: string }>(
    sql,
    'order',
    number,
    'SELECT c.code FROM sales_order o JOIN customer c ON c.id = o.customer_id WHERE o.company = $1 AND o.number = $2',
    [company, number],
  )
  const orderer = await openOrderer(sql, ask, owner.code)
  // Only now: it may have been decided about while the lock was waited for.
  const order = await mustFindOrder(sql, company, number)
  if (isOver(order)) throw new Refusal('OrderOver', { order: number, state: order.state })
  return { orderer, order }
}

/** The day from which an order counts: beyond the horizon it takes nothing of the limit yet. Null: at once. */
export function countsFrom(
  { ship_on, needed_by }: Pick<Order, 'ship_on' | 'needed_by'>,
  { today, policy }: CustomerScope,
): LocalDate | null {
  const on = ship_on ?? needed_by
  if (on === null) return null
  const from = addDays(on, -policy.orders.horizon_days)
  return from > today ? from : null
}

/** Nobody wants it after the day on which it was needed. */
export const isWanted = ({ needed_by }: Order, { today }: Pick<CustomerScope, 'today'>): boolean =>
  needed_by === null || needed_by >= today

/** What the rules ask of an order; its own reservation is the caller's to leave out. */
export const orderFacts = (order: Order, scope: CustomerScope): OrderFacts => ({
  documentType: order.document_type,
  currency: order.currency,
  minor: openOf(order),
  prepaid: order.prepaid,
  shipped: order.shipped_at !== null,
  heldBy: order.held_by,
  counts: countsFrom(order, scope) === null,
  graced: order.graced,
  graceUntil: order.grace_until,
})

/** The same customer as it would stand without an order. */
export const without = (orderer: Orderer, order: Order): Orderer => ({
  ...orderer,
  facts: withReserved(orderer.facts, order, -takes(order, order.reserved_minor, orderer.today)),
})

/** The same facts with so much more of an order reserved, or less. */
export const withReserved = (facts: CustomerFacts, order: Order, minor: bigint): CustomerFacts => {
  if (minor === 0n) return facts
  const more = { currency: order.currency, minor }
  return {
    ...facts,
    exposure: { ...facts.exposure, reserved: [...facts.exposure.reserved, more] },
    own: facts.own && { ...facts.own, reserved: [...facts.own.reserved, more] },
  }
}

/** What an order takes of the limit on a day: nothing before it counts. */
export const takes = (
  { counts_from }: Pick<Order, 'counts_from'>,
  reservedMinor: bigint,
  today: LocalDate,
): bigint => (counts_from === null || counts_from <= today ? reservedMinor : 0n)
