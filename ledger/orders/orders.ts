import type { Instant, LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Pass, Reason } from '../../domain/orders/check.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { beginProcess } from '../processes.ts'

export const ORDER_STATES = [
  'released',
  'conditionally_released',
  'held',
  'rejected',
  'expired',
  'consumed',
  'cancelled',
] as const
export type OrderState = (typeof ORDER_STATES)[number]

/** What nobody decides about any more. */
const OVER: readonly OrderState[] = ['rejected', 'consumed', 'cancelled']
export const isOver = ({ state }: { state: OrderState }): boolean => OVER.includes(state)

/** Released if so much is paid from `since` on and by then. */
export interface Condition {
  currency: string
  minor: bigint
  since: Instant
  by: Instant
  announced: boolean
  afterTransfer: bigint
}

export interface Order {
  id: number
  number: string
  customer_id: number
  document_type: string
  currency: string
  amount_minor: bigint
  invoiced_minor: bigint
  needed_by: LocalDate | null
  ship_on: LocalDate | null
  prepaid: boolean
  shipped_at: Instant | null
  state: OrderState
  reasons: Reason[]
  passed_as: Pass | null
  reserved_minor: bigint
  counts_from: LocalDate | null
  checked_on: LocalDate
  held_by: string | null
  condition_currency: string | null
  condition_minor: bigint | null
  condition_since: Instant | null
  condition_by: Instant | null
  condition_announced: boolean | null
  condition_after: bigint | null
  grace_until: LocalDate | null
  graced: string[]
  /** The customer's. */
  time_zone: string
}

export const COLUMNS = `id::int, number, customer_id::int, document_type, currency, amount_minor, invoiced_minor, needed_by, ship_on, prepaid,
  shipped_at, state, reasons, passed_as, reserved_minor, counts_from, checked_on, held_by, condition_currency, condition_minor,
  condition_since, condition_by, condition_announced, condition_after, grace_until, graced,
  (SELECT c.time_zone FROM customer c WHERE c.id = sales_order.customer_id) AS time_zone`
const ORDER = `SELECT ${COLUMNS} FROM sales_order`

export const findOrder = (sql: Sql, company: string, number: string): Promise<Order | null> =>
  sql.one<Order>(`${ORDER} WHERE company = $1 AND number = $2`, [company, number])

export const ordersByNumber = (sql: Sql, company: string, numbers: readonly string[]): Promise<Order[]> =>
  sql.rows<Order>(`${ORDER} WHERE company = $1 AND number = ANY($2) ORDER BY id`, [
    company,
    [...new Set(numbers)],
  ])

/** @throws Refusal NotFound */
export async function mustFindOrder(sql: Sql, company: string, number: string): Promise<Order> {
  const order = await findOrder(sql, company, number)
  if (!order) throw new Refusal('NotFound', { what: 'order', id: number })
  return order
}

/** The held orders of customers, those first that are needed first. */
export const heldOrders = (sql: Sql, customerIds: readonly number[]): Promise<Order[]> =>
  sql.rows<Order>(
    `${ORDER} WHERE customer_id = ANY($1) AND state = 'held' ORDER BY needed_by NULLS LAST, id`,
    [customerIds],
  )

export const conditionOf = (order: Order): Condition | null =>
  order.condition_minor === null
    ? null
    : {
        currency: order.condition_currency!,
        minor: order.condition_minor,
        since: order.condition_since!,
        by: order.condition_by!,
        announced: order.condition_announced!,
        afterTransfer: order.condition_after!,
      }

/** A condition as it is told. */
export const conditionData = ({ time_zone }: Order, { minor, currency, by }: Condition) => ({
  conditionAmount: toDecimal(minor, currency),
  conditionCurrency: currency,
  conditionBy: new Date(by).toISOString(),
  timeZone: time_zone,
})

/** What of an order isn't invoiced yet. */
export const openOf = ({ amount_minor, invoiced_minor }: Order): bigint =>
  amount_minor > invoiced_minor ? amount_minor - invoiced_minor : 0n

export interface Doing {
  company: string
  actor: string
  now: Instant
}

/** What was decided about an order; what isn't named stays as it is. */
export interface Decided {
  state: OrderState
  reasons: readonly Reason[]
  passedAs?: Pass | null
  reservedMinor: bigint
  checkedOn: LocalDate
  countsFrom?: LocalDate | null
  heldBy?: string | null
  condition?: Condition | null
  grace?: { until: LocalDate; of: readonly string[] }
}

/** What else is told of it. */
export interface Told {
  why?: string | undefined
  isNew?: boolean
  approvedBy?: readonly string[] | undefined
}

const EVENTS: Record<OrderState, string> = {
  released: 'order released',
  conditionally_released: 'order released conditionally',
  held: 'order held',
  rejected: 'order rejected',
  expired: 'order expired',
  consumed: 'order invoiced',
  cancelled: 'order cancelled',
}

/**
 * Writes what was decided. A new state, or a person's hold, is journalled, told to order entry (a row first), and looked after from now on by
 * the order's process, whose key is returned; a state that stays is only brought up to date, and looked after again when it
 * comes within the horizon on another day. Returns the order as it is now.
 */
export async function writeOrder(
  sql: Sql,
  doing: Doing,
  order: Order,
  decided: Decided,
  told: Told = {},
): Promise<{ order: Order; processes: string[] }> {
  const condition = decided.condition === undefined ? conditionOf(order) : decided.condition
  const kept = decided.state === 'conditionally_released' ? condition : null
  const changes = told.isNew === true || decided.state !== order.state
  // What the rules hold already and a person holds too is held for another reason.
  const isTold = changes || (decided.heldBy ?? null) !== order.held_by
  const now = await sql.one<Order>(
    `UPDATE sales_order SET state = $2, reasons = $3, passed_as = $4, reserved_minor = $5, checked_on = $6, held_by = $7,
       condition_currency = $8, condition_minor = $9, condition_since = to_timestamp($10 / 1000.0), condition_by = to_timestamp($11 / 1000.0),
       condition_announced = $12, condition_after = $13, grace_until = $14, graced = $15,
       state_since = CASE WHEN $16 THEN to_timestamp($17 / 1000.0) ELSE state_since END, counts_from = $18
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      order.id,
      decided.state,
      JSON.stringify(decided.reasons),
      decided.passedAs ?? null,
      decided.reservedMinor,
      decided.checkedOn,
      decided.heldBy ?? null,
      kept?.currency ?? null,
      kept?.minor ?? null,
      kept?.since ?? null,
      kept?.by ?? null,
      kept?.announced ?? null,
      kept?.afterTransfer ?? null,
      decided.grace?.until ?? order.grace_until,
      decided.grace?.of ?? order.graced,
      changes,
      doing.now,
      decided.countsFrom === undefined ? order.counts_from : decided.countsFrom,
    ],
  )
  const process = { kind: 'order' as const, id: order.number, customer: order.customer_id }
  if (!isTold) {
    // Beyond the horizon it is to be asked about on another day, though nobody may look after it any more.
    const moved = now!.counts_from !== null && now!.counts_from !== order.counts_from
    return { order: now!, processes: moved ? [await beginProcess(sql, doing.company, process)] : [] }
  }
  const data = {
    order: order.number,
    amount: toDecimal(order.amount_minor, order.currency),
    currency: order.currency,
    reasons: decided.reasons,
    ...(decided.passedAs ? { passedAs: decided.passedAs } : {}),
    ...(kept ? conditionData(order, kept) : {}),
    ...(decided.grace ? { graceUntil: decided.grace.until } : {}),
    ...(told.approvedBy ? { approvedBy: told.approvedBy } : {}),
  }
  await appendToJournal(sql, doing.company, order.customer_id, {
    event: EVENTS[decided.state],
    actor: doing.actor,
    at: doing.now,
    ...(told.why === undefined ? {} : { why: told.why }),
    receivables: [],
    data,
  })
  // An order that is invoiced was told by where it is kept.
  if (decided.state !== 'consumed') await call(sql, doing, order, decided.state, { ...data, why: told.why })
  return { order: now!, processes: [await beginProcess(sql, doing.company, process)] }
}

async function call(
  sql: Sql,
  doing: Doing,
  order: Order,
  event: OrderState,
  data: Record<string, unknown>,
): Promise<void> {
  await sql.rows(
    `INSERT INTO order_call (company, order_number, seq, event, payload, next_try_at, created_at)
     SELECT $1, $2, coalesce(max(seq), 0) + 1, $3,
       $4::jsonb || jsonb_build_object('seq', coalesce(max(seq), 0) + 1, 'event', $3::text, 'customer', (SELECT code FROM customer WHERE id = $6)),
       to_timestamp($5 / 1000.0), to_timestamp($5 / 1000.0)
     FROM order_call WHERE company = $1 AND order_number = $2`,
    [
      doing.company,
      order.number,
      event,
      JSON.stringify({ ...data, at: new Date(doing.now).toISOString() }),
      doing.now,
      order.customer_id,
    ],
  )
}
