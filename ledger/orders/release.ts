import { daysBetween, type Instant } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import { checkOrder, type Reason } from '../../domain/orders/check.ts'
import type { OrderCommands } from '../../domain/orders/command.ts'
import { documentTypeOf } from '../../domain/orders/policy.ts'
import { Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import type { Sql } from '../database.ts'
import type { Ask } from '../scope.ts'
import { conclude, evaluate } from './check.ts'
import { COLUMNS, type Condition, conditionData, type Decided, type Order, openOf } from './orders.ts'
import { type Orderer, openOrder, orderFacts, without } from './scope.ts'

/** What people decide about an order, whatever the rules say. */

/** Lets a held order go out in spite of what speaks against it: by whoever has the authority. */
export async function releaseOrder(
  sql: Sql,
  ask: Ask,
  input: OrderCommands['releaseOrder'],
): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, input.order)
  if (order.state !== 'held' && order.state !== 'conditionally_released') throw notHeld(order)
  return override(
    sql,
    orderer,
    order,
    { command: 'releaseOrder', input, effect: 'order_released' },
    (reasons) => ({
      ...released(orderer, order, reasons),
      condition: null,
    }),
  )
}

/** Lets it go out now; it is held again when so much isn't paid in time. */
export async function releaseConditionally(
  sql: Sql,
  ask: Ask,
  input: OrderCommands['releaseConditionally'],
): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, input.order)
  if (order.state !== 'held') throw notHeld(order)
  const { now } = orderer.asking
  if (input.by <= now)
    throw new Refusal('DeadlinePassed', {
      by: new Date(input.by).toISOString(),
      timeZone: orderer.customer.time_zone,
    })
  const condition: Condition = {
    currency: input.amount.currency,
    minor: BigInt(input.amount.minor),
    ...(await askedAt(sql, orderer)),
    by: input.by,
    announced: input.announcedCounts ?? orderer.policy.orders.announced_meets_condition,
  }
  return override(
    sql,
    orderer,
    order,
    {
      command: 'releaseConditionally',
      input,
      effect: 'order_released_conditionally',
      data: {
        ...conditionData(order, condition),
        since: condition.since,
        afterTransfer: String(condition.afterTransfer),
      },
    },
    (reasons) => {
      // What isn't paid in time is held again for the same reasons.
      const { grace: _, ...decided } = released(orderer, order, reasons)
      return { ...decided, state: 'conditionally_released', condition }
    },
  )
}

/** Money that came since the condition was asked for meets it, however long that waited for its yes. */
async function askedAt(
  sql: Sql,
  { asking, approval }: Orderer,
): Promise<Pick<Condition, 'since' | 'afterTransfer'>> {
  const { since, afterTransfer }: Partial<Agreed['data']> = approval
    ? (await agreedTo(sql, approval.id)).data
    : {}
  if (since !== undefined && afterTransfer !== undefined)
    return { since, afterTransfer: BigInt(afterTransfer) }
  const last = await sql.one<{ id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM transfer')
  return { since: asking.now, afterTransfer: last!.id }
}

const notHeld = ({ number, state }: Order) => new Refusal('OrderNotHeld', { order: number, state })

/** What goes out in spite of reasons, which don't hold it again for a while. */
export function released(orderer: Orderer, order: Order, reasons: readonly Reason[]): Decided {
  const { today, policy, calendar } = orderer
  const reserves = !order.prepaid && documentTypeOf(policy.orders, order.document_type).counts
  return {
    state: 'released',
    reasons,
    reservedMinor: reserves ? openOf(order) : 0n,
    checkedOn: today,
    heldBy: null,
    grace: {
      until: calendar.addWorkingDays(today, policy.orders.grace_working_days),
      of: reasons.map((r) => r.code),
    },
  }
}

/** Nobody has to agree when nothing but a person's own hold speaks against it any more. */
async function override(
  sql: Sql,
  orderer: Orderer,
  order: Order,
  asked: {
    command: 'releaseOrder' | 'releaseConditionally'
    input: { why: string }
    effect: 'order_released' | 'order_released_conditionally'
    data?: Record<string, unknown>
  },
  decided: (reasons: readonly Reason[]) => Decided,
): Promise<Answer> {
  const { policy, today, approval } = orderer
  const alone = without(orderer, order)
  const { facts } = alone
  const { reasons } = checkOrder({ ...orderFacts(order, orderer), heldBy: null }, facts, policy.orders)
  const carryOut = () =>
    conclude(sql, alone, order, order, decided(reasons), {
      why: asked.input.why,
      approvedBy: approval?.by,
    })
  const against: Reason[] =
    order.held_by === null ? reasons : [{ code: 'by_hand', data: { actor: order.held_by } }, ...reasons]
  if (approval) await refuseOther(sql, order, against, approval.id)
  if (reasons.length === 0) return carryOut()
  const data = {
    order: order.number,
    amount: toDecimal(order.amount_minor, order.currency),
    currency: order.currency,
    reasons: against,
  }
  return withAuthority(
    sql,
    orderer,
    {
      kind: 'order_release',
      command: asked.command,
      input: asked.input,
      subject: order.number,
      items: [],
      amount: { currency: order.currency, minor: openOf(order) },
      daysPastDue: Math.max(0, ...facts.overdue.map((o) => daysBetween(o.dueOn, today))),
      onYes: [{ code: asked.effect, data: { ...data, ...asked.data } }],
      onNo: [{ code: 'order_stays_held', data }],
      why: asked.input.why,
    },
    carryOut,
  )
}

/** What an approval of a release told those who agreed. */
interface Agreed {
  minor: bigint
  data: { reasons: Reason[]; since?: Instant; afterTransfer?: string }
}

const agreedTo = async (sql: Sql, approval: number): Promise<Agreed> =>
  (await sql.one<Agreed>(
    `SELECT amount_minor AS minor, on_yes -> 0 -> 'data' AS data FROM approval WHERE id = $1`,
    [approval],
  ))!

/** @throws Refusal OrderGrown, OrderMoreAgainst when it is more, or more speaks against it, than was agreed to */
async function refuseOther(
  sql: Sql,
  order: Order,
  against: readonly Reason[],
  approval: number,
): Promise<void> {
  const agreed = await agreedTo(sql, approval)
  if (openOf(order) > agreed.minor)
    throw new Refusal('OrderGrown', {
      order: order.number,
      approved: toDecimal(agreed.minor, order.currency),
      amount: toDecimal(openOf(order), order.currency),
    })
  // Another person's hold is another reason.
  const isKnown = ({ code, data }: Reason) =>
    agreed.data.reasons.some((r) => r.code === code && (code !== 'by_hand' || r.data.actor === data.actor))
  const more = against.filter((reason) => !isKnown(reason))
  if (more.length > 0) throw new Refusal('OrderMoreAgainst', { order: order.number, reasons: more })
}

/** A person's hold: it stays until a person releases it. */
export async function holdOrder(sql: Sql, ask: Ask, input: OrderCommands['holdOrder']): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, input.order)
  refuseShipped(order)
  const decided: Decided = {
    state: 'held',
    reasons: [{ code: 'by_hand', data: { actor: ask.asking.actor } }],
    reservedMinor: 0n,
    checkedOn: orderer.today,
    heldBy: ask.asking.actor,
  }
  return conclude(sql, without(orderer, order), order, order, decided, { why: input.why })
}

export const rejectOrder = (sql: Sql, ask: Ask, input: OrderCommands['rejectOrder']): Promise<Answer> =>
  end(sql, ask, input, 'rejected')

/** Order entry, or the customer, doesn't want it any more. */
export const cancelOrder = (sql: Sql, ask: Ask, input: OrderCommands['cancelOrder']): Promise<Answer> =>
  end(sql, ask, input, 'cancelled')

async function end(
  sql: Sql,
  ask: Ask,
  input: { order: string; why: string },
  state: 'rejected' | 'cancelled',
): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, input.order)
  refuseShipped(order)
  const decided: Decided = { state, reasons: order.reasons, reservedMinor: 0n, checkedOn: orderer.today }
  return conclude(sql, without(orderer, order), order, order, decided, { why: input.why })
}

/** The goods are out: it is never held, and counts until it is invoiced. */
export async function shipOrder(sql: Sql, ask: Ask, input: OrderCommands['shipOrder']): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, input.order)
  const shipped = await sql.one<Order>(
    `UPDATE sales_order SET shipped_at = coalesce(shipped_at, to_timestamp($2 / 1000.0)) WHERE id = $1 RETURNING ${COLUMNS}`,
    [order.id, ask.asking.now],
  )
  return evaluate(sql, orderer, shipped!)
}

function refuseShipped(order: Order): void {
  if (order.shipped_at !== null) throw new Refusal('OrderShipped', { order: order.number })
}
