import type { LocalDate } from '../../domain/calendar.ts'
import type { CustomerFacts } from '../../domain/orders/check.ts'
import type { Sql } from '../database.ts'
import type { CustomerScope } from '../scope.ts'
import { alone, type GroupBooks, together } from './exposure.ts'
import { ratesOn } from './rates.ts'

interface FactsRow {
  byHand: CustomerFacts['byHand']
  dunned: { id: number; document: string; owed: string }[]
  broken: number
  returned: LocalDate[]
  lapsed: string[]
}

/*
 * One statement, since every order waits for it: what a person said; overdue documents for which the ladder holds orders;
 * promises not kept, and announced money that never came, about something that is still open (paying it ends that); days
 * on which a payment bounced, and of cheques that came back and aren't replaced; guarantees whose last term is over and
 * that nobody renewed, released or realised.
 */
const FACTS = `
SELECT (SELECT by_hand FROM customer_standing WHERE customer_id = $1) AS "byHand",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'document', r.document, 'owed', o.owed_minor::text) ORDER BY r.due_on, r.id), '[]')
   FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id JOIN owed o ON o.receivable_id = r.id
   WHERE s.action = 'hold_orders' AND s.state = 'done' AND r.customer_id = $1 AND r.closed_as IS NULL AND NOT r.held AND r.due_on < $2) AS dunned,
  ((SELECT count(*) FROM promise p WHERE p.customer_id = $1 AND p.state IN ('broken', 'partially_kept', 'withdrawn') AND NOT p.supplier_error
      AND EXISTS (SELECT FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = p.id AND r.closed_as IS NULL))
   + (SELECT count(*) FROM announced_payment n WHERE n.customer_id = $1 AND n.state = 'lapsed'
      AND EXISTS (SELECT FROM announced_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.announced_id = n.id AND r.closed_as IS NULL)))::int AS broken,
  ARRAY(SELECT (reversed_at AT TIME ZONE $3)::date::text FROM receipt WHERE payer_id = $4 AND reversed_as = 'bounced'
        UNION ALL SELECT matures_on::text FROM cheque WHERE payer_id = $4 AND state = 'returned') AS returned,
  ARRAY(SELECT g.reference FROM guarantee g CROSS JOIN LATERAL (
          SELECT t.amount_minor, t.valid_to FROM guarantee_term t WHERE t.guarantee_id = g.id AND t.valid_from <= $2 ORDER BY t.seq DESC LIMIT 1) t
        WHERE g.customer_id = $1 AND t.amount_minor > 0 AND t.valid_to < $2 ORDER BY t.valid_to, g.id) AS lapsed`

/** What is held against one customer's orders, whichever they are; the books are those of its group. */
export async function readCustomerFacts(
  sql: Sql,
  { customer, today, policy }: Pick<CustomerScope, 'customer' | 'today' | 'policy'>,
  books: GroupBooks,
): Promise<CustomerFacts> {
  const row = (await sql.one<FactsRow>(FACTS, [customer.id, today, customer.time_zone, customer.payer_id]))!
  const own = books.open.filter((open) => open.customer === customer.id)
  return {
    today,
    byHand: row.byHand,
    // What unused money settles isn't overdue any more.
    dunned: row.dunned.filter((d) => BigInt(d.owed) > (books.netted.get(d.id) ?? 0n)).map((d) => d.document),
    overdue: own.flatMap(({ currency, dueOn, askedMinor, nettedMinor }) => {
      const minor = askedMinor - nettedMinor
      return dueOn < today && minor > 0n ? [{ currency, dueOn, minor }] : []
    }),
    broken: row.broken,
    returnedCheques: row.returned,
    lapsedGuarantees: row.lapsed,
    placed: own.reduce((sum, open) => sum + open.placed, 0),
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
