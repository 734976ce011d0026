import { type CustomerFacts, checkOrder } from '../../domain/orders/check.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import type { Calendars } from '../scope.ts'
import { decide } from './check.ts'
import { alone, together } from './exposure.ts'
import { type Doing, heldOrders, type Order, writeOrder } from './orders.ts'
import { countsFrom, type Orderer, orderFacts, readOrderers, scopesOf } from './scope.ts'
import { keepStanding } from './standing.ts'

/**
 * Asks the rules again about every held order of a group, its locks taken, those first that are needed first: each that
 * goes out takes its part of the limit before the next is asked about, and a smaller later one may pass where a larger
 * didn't. Returns the keys of the processes of those whose state changed.
 */
export async function recheckHeld(
  sql: Sql,
  doing: Doing,
  calendars: Calendars,
  group: Customer[],
): Promise<string[]> {
  const held = await heldOrders(
    sql,
    group.map((c) => c.id),
  )
  if (held.length === 0) return []
  const ordering = group.filter((c) => held.some((o) => o.customer_id === c.id))
  const orderers = await readOrderers(sql, group, await scopesOf(sql, calendars, ordering, doing.now))
  const processes: string[] = []
  for (const order of held) {
    const orderer = orderers.find((o) => o.customer.id === order.customer_id)!
    if (order.needed_by !== null && order.needed_by < orderer.today) continue
    const { books, customer } = orderer
    const facts = asItStands(orderer)
    const verdict = checkOrder(orderFacts(order, orderer), facts, orderer.policy.orders)
    const decided = decide(order, verdict, orderer.today)
    if (decided.state === 'held' && sameReasons(order, verdict.reasons)) continue
    const counts = countsFrom(order, orderer)
    await sql.rows('UPDATE sales_order SET counts_from = $2 WHERE id = $1', [order.id, counts])
    processes.push(...(await writeOrder(sql, doing, order, decided)))
    if (decided.reservedMinor > 0n && counts === null)
      books.reserved.push({ customer: customer.id, currency: order.currency, minor: decided.reservedMinor })
  }
  for (const orderer of orderers) await keepStanding(sql, doing, { ...orderer, facts: asItStands(orderer) })
  return processes
}

/** With what has gone out since the books were read. */
const asItStands = ({
  facts,
  books,
  customer,
}: Pick<Orderer, 'facts' | 'books' | 'customer'>): CustomerFacts => ({
  ...facts,
  exposure: together(books),
  own: facts.own && alone(books, customer.id, facts.own.limit![0]!),
})

const sameReasons = (order: Order, reasons: readonly object[]): boolean =>
  order.reasons.length === reasons.length &&
  order.reasons.every((r, index) => JSON.stringify(sorted(r)) === JSON.stringify(sorted(reasons[index]!)))

/** jsonb keeps its own order of keys. */
const sorted = (value: object): unknown =>
  Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, typeof inner === 'object' && inner !== null ? sorted(inner) : inner])
