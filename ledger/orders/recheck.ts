import { type CustomerFacts, checkOrder } from '../../domain/orders/check.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import type { Calendars } from '../scope.ts'
import { decide } from './check.ts'
import { alone, together } from './exposure.ts'
import { type Doing, heldOrders, type Order, writeOrder } from './orders.ts'
import { countsFrom, isWanted, type Orderer, orderFacts, readOrderers, scopesOf, takes } from './scope.ts'
import { keepStanding } from './standing.ts'

/**
 * Asks the rules again about every held order of a group, its locks taken, those first that are needed first: each that
 * goes out takes its part of the limit before the next is asked about, and a smaller later one may pass where a larger
 * didn't. Returns the keys of the processes of those whose state changed. The others' have seen what they had to see: what
 * they have to tell, and a timer that they have still to set, is due by the clock.
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
  // Before anything is read: what changes after that is still to be seen.
  const seen = await sql.rows<{ id: string; version: string }>(
    `SELECT id, facts_version::text AS version FROM process WHERE company = $1 AND kind = 'order' AND id = ANY($2)`,
    [doing.company, held.map((o) => o.number)],
  )
  const ordering = group.filter((c) => held.some((o) => o.customer_id === c.id))
  const orderers = await readOrderers(sql, group, await scopesOf(sql, calendars, ordering, doing.now))
  const processes: string[] = []
  for (const order of held) {
    const orderer = orderers.find((o) => o.customer.id === order.customer_id)!
    if (!isWanted(order, orderer)) continue
    const { books, customer } = orderer
    const facts = asItStands(orderer)
    const verdict = checkOrder(orderFacts(order, orderer), facts, orderer.policy.orders)
    const decided = decide(order, verdict, orderer.today)
    if (decided.state === 'held' && sameReasons(order, verdict.reasons)) continue
    const written = await writeOrder(sql, doing, order, {
      ...decided,
      countsFrom: countsFrom(order, orderer),
    })
    processes.push(...written.processes)
    const minor = takes(written.order, decided.reservedMinor, orderer.today)
    if (minor > 0n) books.reserved.push({ customer: customer.id, currency: order.currency, minor })
  }
  await sql.rows(
    `UPDATE process p SET seen_version = s.version, next_look_at = least(coalesce(p.next_look_at, to_timestamp($3 / 1000.0)), (
       SELECT min(c.next_try_at) FROM order_call c WHERE c.company = $1 AND c.order_number = p.id AND c.state IN ('pending', 'sending')))
     FROM jsonb_to_recordset($2::jsonb) AS s(id text, version bigint) WHERE p.company = $1 AND p.kind = 'order' AND p.id = s.id`,
    [doing.company, JSON.stringify(seen), doing.now],
  )
  await sql.rows(
    'UPDATE sales_order o SET checked_on = c.today FROM unnest($1::bigint[], $2::date[]) AS c(customer, today) WHERE o.customer_id = c.customer AND o.state = $3',
    [orderers.map((o) => o.customer.id), orderers.map((o) => o.today), 'held'],
  )
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
