import { convert } from '../../domain/orders/rates.ts'
import type { Sql } from '../database.ts'
import type { Promoting } from '../promotion/promote.ts'
import { type Order, openOf, ordersByNumber, writeOrder } from './orders.ts'
import { ratesOn } from './rates.ts'

/** Any rate is better than none to tell how much of an order an invoice in another currency is. */
const ANY_AGE_DAYS = 3650

/**
 * Invoices that a load brings in take the place of what their orders had reserved, whatever the state of the order: what
 * has been delivered is owed. Their customers' locks are taken. An order of which nothing is left is over. Returns whose
 * orders they are: an invoice may be another customer's.
 */
export async function takeInvoices(sql: Sql, load: Promoting): Promise<number[]> {
  const invoiced = await sql.rows<{ number: string; currency: string; minor: bigint }>(
    `SELECT f.order_number AS number, f.currency, sum(f.original_minor)::bigint AS minor
     FROM fresh f JOIN sales_order o ON o.company = $1 AND o.number = f.order_number
     WHERE f.kind = 'invoice' GROUP BY 1, 2 ORDER BY 1, 2`,
    [load.company],
  )
  if (invoiced.length === 0) return []
  const orders = new Map(
    (
      await ordersByNumber(
        sql,
        load.company,
        invoiced.map((i) => i.number),
      )
    ).map((order) => [order.number, order]),
  )
  const rates = await ratesOn(sql, load.company, load.today, ANY_AGE_DAYS)
  const taken = invoiced.map(({ number, currency, minor }) => {
    const order = orders.get(number)!
    // Without a rate nobody knows how much of it that is: all of it, so that it doesn't count twice.
    return { id: order.id, minor: convert(minor, currency, order.currency, rates) ?? openOf(order) }
  })
  await sql.rows(
    `UPDATE sales_order o SET invoiced_minor = o.invoiced_minor + i.minor,
       reserved_minor = least(o.reserved_minor, greatest(0, o.amount_minor - o.invoiced_minor - i.minor))
     FROM (SELECT id, sum(minor)::bigint AS minor FROM jsonb_to_recordset($1::jsonb) AS t(id bigint, minor bigint) GROUP BY id) i
     WHERE o.id = i.id`,
    [JSON.stringify(taken.map(({ id, minor }) => ({ id, minor: Number(minor) })))],
  )
  await closeInvoiced(sql, load, [...orders.values()])
  return [...orders.values()].map((order) => order.customer_id)
}

const LIVE: readonly Order['state'][] = ['released', 'conditionally_released', 'held']

async function closeInvoiced(sql: Sql, load: Promoting, before: readonly Order[]): Promise<void> {
  const now = await ordersByNumber(
    sql,
    load.company,
    before.map((o) => o.number),
  )
  for (const order of now.filter((o) => openOf(o) === 0n && LIVE.includes(o.state)))
    await writeOrder(sql, load, order, {
      state: 'consumed',
      reasons: order.reasons,
      reservedMinor: 0n,
      checkedOn: order.checked_on,
    })
}
