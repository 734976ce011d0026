import { type LocalDate, localDateOf } from '../../domain/calendar.ts'
import type { CustomerFacts } from '../../domain/orders/check.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import type { CustomerScope } from '../scope.ts'
import { alone, type GroupBooks, together } from './exposure.ts'
import { ratesOn } from './rates.ts'

/** What is held against one customer's orders, whichever they are; the books are those of its group. */
export async function readCustomerFacts(
  sql: Sql,
  scope: CustomerScope,
  books: GroupBooks,
): Promise<CustomerFacts> {
  const { customer, today, policy } = scope
  const own = books.open.filter((row) => row.customer === customer.id)
  return {
    today,
    byHand: await byHandOf(sql, customer.id),
    dunned: await dunnedOf(sql, customer.id, today, books),
    overdue: own.flatMap(({ currency, dueOn, askedMinor, nettedMinor }) => {
      const minor = askedMinor - nettedMinor
      return dueOn < today && minor > 0n ? [{ currency, dueOn, minor }] : []
    }),
    broken: await brokenOf(sql, customer.id),
    returnedCheques: await returnedOf(sql, customer),
    lapsedGuarantees: await lapsedOf(sql, customer.id, today),
    placed: own.reduce((sum, row) => sum + row.placed, 0),
    exposure: together(books),
    own:
      customer.sub_limit_minor === null
        ? null
        : alone(books, customer.id, {
            currency: customer.sub_limit_currency!,
            minor: customer.sub_limit_minor,
          }),
    rates: await ratesOn(sql, customer.company, today, policy.orders.rate_days),
  }
}

async function byHandOf(sql: Sql, customerId: number): Promise<CustomerFacts['byHand']> {
  const row = await sql.one<{ by_hand: CustomerFacts['byHand'] }>(
    'SELECT by_hand FROM customer_standing WHERE customer_id = $1',
    [customerId],
  )
  return row?.by_hand ?? null
}

/** Overdue documents for which the ladder holds orders; what unused money settles isn't one any more. */
async function dunnedOf(
  sql: Sql,
  customerId: number,
  today: LocalDate,
  { netted }: GroupBooks,
): Promise<string[]> {
  const rows = await sql.rows<{ id: number; document: string; owed: bigint }>(
    `SELECT r.id::int, r.document, o.owed_minor AS owed FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id
     JOIN owed o ON o.receivable_id = r.id
     WHERE s.action = 'hold_orders' AND s.state = 'done' AND r.customer_id = $1 AND r.closed_as IS NULL AND NOT r.held AND r.due_on < $2
     ORDER BY r.due_on, r.id`,
    [customerId, today],
  )
  return rows.filter((row) => row.owed > (netted.get(row.id) ?? 0n)).map((row) => row.document)
}

/** Promises not kept, and announced money that never came, about something that is still open: paying it ends that. */
async function brokenOf(sql: Sql, customerId: number): Promise<number> {
  const row = await sql.one<{ n: number }>(
    `SELECT (SELECT count(*) FROM promise p WHERE p.customer_id = $1 AND p.state IN ('broken', 'partially_kept', 'withdrawn') AND NOT p.supplier_error
         AND EXISTS (SELECT FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = p.id AND r.closed_as IS NULL))::int
       + (SELECT count(*) FROM announced_payment n WHERE n.customer_id = $1 AND n.state = 'lapsed'
         AND EXISTS (SELECT FROM announced_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.announced_id = n.id AND r.closed_as IS NULL))::int AS n`,
    [customerId],
  )
  return row!.n
}

/** Days on which a payment of the customer's payer bounced, and of cheques that came back and aren't replaced. */
async function returnedOf(sql: Sql, { payer_id, time_zone }: Customer): Promise<LocalDate[]> {
  const bounced = await sql.rows<{ at: number }>(
    `SELECT reversed_at AS at FROM receipt WHERE payer_id = $1 AND reversed_as = 'bounced'`,
    [payer_id],
  )
  const cheques = await sql.rows<{ on: LocalDate }>(
    `SELECT matures_on AS on FROM cheque WHERE payer_id = $1 AND state = 'returned'`,
    [payer_id],
  )
  return [...bounced.map((row) => localDateOf(row.at, time_zone)), ...cheques.map((row) => row.on)]
}

/** Guarantees whose last term is over, and that nobody renewed, released or realised. */
async function lapsedOf(sql: Sql, customerId: number, today: LocalDate): Promise<string[]> {
  const rows = await sql.rows<{ reference: string }>(
    `SELECT g.reference FROM guarantee g CROSS JOIN LATERAL (
       SELECT t.amount_minor, t.valid_to FROM guarantee_term t WHERE t.guarantee_id = g.id AND t.valid_from <= $2 ORDER BY t.seq DESC LIMIT 1) t
     WHERE g.customer_id = $1 AND t.amount_minor > 0 AND t.valid_to < $2 ORDER BY t.valid_to, g.id`,
    [customerId, today],
  )
  return rows.map((row) => row.reference)
}
