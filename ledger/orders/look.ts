import { addDays, type Instant, instantOf } from '../../domain/calendar.ts'
import { lockGroups } from '../customers.ts'
import type { Sql } from '../database.ts'
import { lookAtCalls } from '../erp/calls.ts'
import type { Looker } from '../looks.ts'
import type { Ask, CustomerScope } from '../scope.ts'
import { evaluate } from './check.ts'
import { isMet } from './condition.ts'
import { conditionOf, type Doing, isOver, mustFindOrder, type Order, writeOrder } from './orders.ts'
import { recheckHeld } from './recheck.ts'
import { released } from './release.ts'
import { isWanted, type Orderer, openOrderer } from './scope.ts'

/** When held orders are asked about again each day, whatever else happens: lines begin and end, cheques grow old. */
const EACH_MORNING = '06:00'

/**
 * Does what is due of an order: a condition is met or its time is over, it comes within the horizon, nobody wants it any
 * more, it can go out now. And says what of it is to be told.
 */
export const lookAtOrder: Looker = async (sql, { company, id, now, actor, calendars, scope }) => {
  const doing = { company, actor, now }
  const before = await mustFindOrder(sql, company, id)
  const settled = await settle(sql, { asking: { ...doing, key: `look:${id}` }, calendars }, before, scope!)
  const isHeld = settled.state === 'held'
  const processes =
    isHeld && (await isBehind(sql, company, settled, scope!))
      ? await recheckHeld(sql, doing, calendars, await lockGroups(sql, [before.customer_id]))
      : []
  const order = isHeld ? await mustFindOrder(sql, company, id) : settled
  const calls = await lookAtCalls(sql, { company, id, now, actor }, scope!)
  const next = nextOf(order, scope!)
  return {
    closed: next === null && calls.allKnown,
    outcome: order.state,
    nextAt: earliest(next, calls.nextTryAt),
    deliveries: calls.due,
    processes,
  }
}

/** What the clock, or money, has decided about it. */
async function settle(sql: Sql, ask: Ask, order: Order, scope: CustomerScope): Promise<Order> {
  const { company } = ask.asking
  if (order.state === 'conditionally_released') return settleCondition(sql, ask, order, scope)
  if (order.state === 'held' && !isWanted(order, scope)) return expire(sql, ask.asking, order, scope)
  if (!entersHorizon(order, scope)) return order
  await evaluate(sql, await openOrderer(sql, ask, scope.customer.code), order)
  return mustFindOrder(sql, company, order.number)
}

/** Something changed since its group was asked about last, or a day has begun. */
async function isBehind(sql: Sql, company: string, order: Order, { today }: CustomerScope): Promise<boolean> {
  if (order.checked_on < today) return true
  const row = await sql.one(
    `SELECT 1 FROM process WHERE company = $1 AND kind = 'order' AND id = $2 AND facts_version > seen_version`,
    [company, order.number],
  )
  return row !== null
}

/** Paid in time, it goes out for good; not paid, it is held again, unless nothing speaks against it any more. */
async function settleCondition(sql: Sql, ask: Ask, order: Order, scope: CustomerScope): Promise<Order> {
  const { asking } = ask
  const condition = conditionOf(order)!
  const orderer = await openOrderer(sql, ask, scope.customer.code)
  if (await isMet(sql, orderer.group, condition, orderer.facts.rates))
    return (await writeOrder(sql, asking, order, released(orderer, order, order.reasons))).order
  if (asking.now < condition.by) return order
  const notPaid = {
    code: 'not_paid' as const,
    data: { by: new Date(condition.by).toISOString(), timeZone: order.time_zone },
  }
  const held = await writeOrder(sql, asking, order, {
    state: 'held',
    reasons: [notPaid, ...order.reasons],
    reservedMinor: 0n,
    checkedOn: scope.today,
  })
  return held.order
}

/** A bulk order that was beyond the horizon when it was asked about. */
const entersHorizon = (order: Order, { today }: CustomerScope): boolean =>
  order.state === 'released' &&
  order.shipped_at === null &&
  order.counts_from !== null &&
  order.counts_from <= today &&
  order.checked_on < order.counts_from

const expire = async (sql: Sql, doing: Doing, order: Order, { today }: CustomerScope): Promise<Order> =>
  (
    await writeOrder(sql, doing, order, {
      state: 'expired',
      reasons: order.reasons,
      reservedMinor: 0n,
      checkedOn: today,
    })
  ).order

/** When something of it is due by the clock; null when nothing is. */
function nextOf(order: Order, { today, customer }: Pick<Orderer, 'today' | 'customer'>): Instant | null {
  const at = (on: string, time: string) => instantOf(on, time, customer.time_zone)
  if (order.state === 'conditionally_released') return order.condition_by
  if (order.state === 'held') {
    const morning = at(addDays(today, 1), EACH_MORNING)
    return earliest(morning, order.needed_by === null ? null : at(addDays(order.needed_by, 1), '00:00'))
  }
  const waitsForHorizon =
    !isOver(order) && order.state === 'released' && order.shipped_at === null && order.counts_from !== null
  return waitsForHorizon && order.counts_from! > today ? at(order.counts_from!, '00:00') : null
}

const earliest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
