import type { LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import { checkOrder as check, type Verdict } from '../../domain/orders/check.ts'
import type { OrderCommands } from '../../domain/orders/command.ts'
import { measure } from '../../domain/orders/exposure.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import { touchProcessesOf } from '../processes.ts'
import type { Ask, CustomerScope } from '../scope.ts'
import {
  COLUMNS,
  conditionOf,
  type Decided,
  findOrder,
  isOver,
  type Order,
  openOf,
  type Told,
  writeOrder,
} from './orders.ts'
import {
  countsFrom,
  isWanted,
  type Orderer,
  openOrder,
  openOrderer,
  orderFacts,
  takes,
  without,
  withReserved,
} from './scope.ts'
import { keepStanding } from './standing.ts'

/** May it go out? What goes out takes its part of the limit in the same transaction, under the lock of the group. */
export async function checkOrder(sql: Sql, ask: Ask, input: OrderCommands['checkOrder']): Promise<Answer> {
  const orderer = await openOrderer(sql, ask, input.customer)
  const made = await insertOrder(sql, orderer, input)
  const order = made ?? (await knownOrder(sql, orderer, input.order))
  if (isOver(order)) return answered(orderer, { order, processes: [] })
  const changed = made ?? (await bringUpToDate(sql, order, input))
  if (changed.state === 'expired' && !isWanted(changed, orderer))
    return answered(orderer, { order: changed, processes: [] })
  return evaluate(sql, orderer, changed, { before: order, isNew: made !== null })
}

async function insertOrder(
  sql: Sql,
  { asking, customer, today }: Orderer,
  input: OrderCommands['checkOrder'],
): Promise<Order | null> {
  const { company, now } = asking
  return sql.one<Order>(
    `INSERT INTO sales_order (company, number, customer_id, document_type, currency, amount_minor, needed_by, ship_on, prepaid, state, state_since,
       checked_on, created_at, invoiced_minor)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 'held', to_timestamp($10 / 1000.0), $11, to_timestamp($10 / 1000.0),
       coalesce((SELECT sum(r.original_minor) FROM receivable r WHERE r.company = $1 AND r.order_number = $2 AND r.customer_id = $3
         AND r.currency = $5 AND r.kind = 'invoice' AND r.closed_as IS DISTINCT FROM 'cancelled' AND r.replaces_id IS NULL), 0)
     ON CONFLICT (company, number) DO NOTHING RETURNING ${COLUMNS}`,
    [
      company,
      input.order,
      customer.id,
      input.documentType,
      input.amount.currency,
      input.amount.minor,
      input.neededBy ?? null,
      input.shipOn ?? null,
      input.prepaid,
      now,
      today,
    ],
  )
}

/** @throws Refusal WrongCustomer when the number is another customer's */
async function knownOrder(sql: Sql, { asking, customer }: Orderer, number: string): Promise<Order> {
  const order = (await findOrder(sql, asking.company, number))!
  if (order.customer_id !== customer.id)
    throw new Refusal('WrongCustomer', { document: number, customer: customer.code })
  return order
}

type Changes = {
  [N in 'amount' | 'documentType' | 'neededBy' | 'shipOn' | 'prepaid']?:
    | OrderCommands['checkOrder'][N]
    | undefined
}

/** An order as order entry has it now. */
async function bringUpToDate(sql: Sql, order: Order, input: Changes): Promise<Order> {
  if (input.amount && input.amount.currency !== order.currency)
    throw new Refusal('WrongCurrency', {
      document: order.number,
      expected: order.currency,
      given: input.amount.currency,
    })
  const now = await sql.one<Order>(
    `UPDATE sales_order SET amount_minor = coalesce($2, amount_minor), reserved_minor = least(reserved_minor, coalesce($2, reserved_minor)),
       document_type = coalesce($3, document_type), needed_by = coalesce($4, needed_by), ship_on = coalesce($5, ship_on), prepaid = coalesce($6, prepaid)
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      order.id,
      input.amount?.minor ?? null,
      input.documentType ?? null,
      input.neededBy ?? null,
      input.shipOn ?? null,
      input.prepaid ?? null,
    ],
  )
  return now!
}

/** Another amount or another day. More than was released is looked at anew: no grace, no condition covers it. */
export async function changeOrder(
  sql: Sql,
  ask: Ask,
  { order: number, why, ...changes }: OrderCommands['changeOrder'],
): Promise<Answer> {
  const { orderer, order } = await openOrder(sql, ask, number)
  const changed = await bringUpToDate(sql, order, changes)
  return evaluate(sql, orderer, changed, { before: order, why })
}

/** Asks the rules, and writes what they say. `before` is the order as it was when the books were read. */
export async function evaluate(
  sql: Sql,
  orderer: Orderer,
  order: Order,
  { before = order, ...told }: { before?: Order; isNew?: boolean; why?: string | undefined } = {},
): Promise<Answer> {
  const { today, policy } = orderer
  const counts = countsFrom(order, orderer)
  const grown = order.amount_minor > before.amount_minor
  const asked = grown ? { ...order, grace_until: null, graced: [] } : order
  const alone = without(orderer, before)
  const verdict = check(orderFacts(asked, orderer), alone.facts, policy.orders)
  const decided = openOf(order) === 0n ? invoiced(orderer) : decide(asked, verdict, today, grown)
  return conclude(sql, alone, before, asked, { ...decided, countsFrom: counts }, told)
}

/**
 * Writes what was decided, and how the customer stands now, who without the order would stand as given. What it takes less
 * of the limit is for others of the group.
 */
export async function conclude(
  sql: Sql,
  alone: Orderer,
  before: Order,
  order: Order,
  decided: Decided,
  told: Told,
): Promise<Answer> {
  const { asking, customer, today } = alone
  const written = await writeOrder(sql, asking, order, decided, told)
  const minor = takes(written.order, decided.reservedMinor, today)
  await keepStanding(sql, asking, { ...alone, facts: withReserved(alone.facts, order, minor) })
  const isLess = minor < takes(before, before.reserved_minor, today)
  const others = isLess ? await touchProcessesOf(sql, [customer.id]) : []
  return answered(alone, { ...written, processes: [...new Set([...written.processes, ...others])].sort() })
}

const invoiced = ({ today }: CustomerScope): Decided => ({
  state: 'consumed',
  reasons: [],
  reservedMinor: 0n,
  checkedOn: today,
})

/** A verdict on an order as it stands: what went out under a condition stays so until its time is over. */
export function decide(order: Order, verdict: Verdict, today: LocalDate, anew = false): Decided {
  const conditional = order.state === 'conditionally_released' && !anew && verdict.outcome === 'held'
  return {
    state: conditional ? 'conditionally_released' : verdict.outcome,
    reasons: verdict.reasons,
    passedAs: verdict.passedAs,
    reservedMinor: conditional ? order.reserved_minor : verdict.reservesMinor,
    checkedOn: today,
    heldBy: order.held_by,
  }
}

/** What whoever asked is told. */
export function answered(
  orderer: Orderer,
  { order, processes }: { order: Order; processes: string[] },
): Answer {
  const { facts, customer } = orderer
  const condition = conditionOf(order)
  const exposure = measure(facts.exposure, order.currency, facts.rates)
  return {
    result: {
      order: order.number,
      customer: customer.code,
      state: order.state,
      amount: toDecimal(order.amount_minor, order.currency),
      currency: order.currency,
      reasons: order.reasons,
      ...(order.passed_as === null ? {} : { passedAs: order.passed_as }),
      ...(order.counts_from === null ? {} : { countsFrom: order.counts_from }),
      ...(condition
        ? {
            conditionAmount: toDecimal(condition.minor, condition.currency),
            conditionCurrency: condition.currency,
            conditionBy: new Date(condition.by).toISOString(),
            timeZone: order.time_zone,
          }
        : {}),
      ...('missing' in exposure || exposure.limitMinor === null
        ? {}
        : {
            // As it was when it was asked, without this order.
            exposure: toDecimal(exposure.minor, exposure.currency),
            limit: toDecimal(exposure.limitMinor, exposure.currency),
            limitCurrency: exposure.currency,
          }),
    },
    cases: [],
    processes,
  }
}
