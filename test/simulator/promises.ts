import type { LocalDate } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { Broken } from './broken.ts'
import { NETTED } from './rules.ts'

/**
 * A small model of what comes of promises, of its own making: money valued by the last day that counts, to the threshold
 * of each instalment in turn. Looked at right after the program has closed one.
 */
interface Closed {
  id: number
  state: string
  documents: string
  closed: LocalDate
  threshold: number
  /** By last day that counts: promised up to there, and paid by then. */
  instalments: { last: LocalDate; promised: number; paid: number }[]
  open: number
}

const CLOSED = `
SELECT p.id::int, p.state, p.closed_on::text AS closed, p.threshold_percent AS threshold,
  (SELECT string_agg(r.document, ' ' ORDER BY r.id) FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = p.id) AS documents,
  (SELECT sum(a.balance_minor)::float8 FROM promise_item i JOIN account a ON a.receivable_id = i.receivable_id WHERE i.promise_id = p.id) AS open,
  (SELECT jsonb_agg(jsonb_build_object('last', n.decided_after, 'promised', n.promised, 'paid', (
      SELECT coalesce(sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)
      FROM promise_item i JOIN account a ON a.receivable_id = i.receivable_id
      JOIN transfer t ON a.id IN (t.debit_account, t.credit_account) LEFT JOIN transfer o ON o.id = t.reverses_id
      WHERE i.promise_id = p.id AND t.code IN ('application', 'source_settlement', 'source_reopening') AND t.value_on <= n.decided_after
        AND coalesce(t.moves_id, o.moves_id, o.id, t.id) > p.after_transfer)) ORDER BY n.no)
   FROM (SELECT no, decided_after, sum(amount_minor) OVER (ORDER BY no) AS promised FROM promise_instalment WHERE promise_id = p.id) n) AS instalments
FROM promise p WHERE p.customer_id = ANY (ARRAY(SELECT id FROM customer WHERE company = $1)) AND p.state IN ('kept', 'partially_kept', 'broken') ORDER BY p.id`

export class Promises {
  #seen = new Map<number, string>()

  /** Those that were closed since the last look. Unused money counts as paid too: then only what nobody paid is sure. */
  async look(sql: Database, company: string, now: number): Promise<void> {
    const all = await sql.rows<Closed>(CLOSED, [company])
    const closed = all.filter((p) => this.#seen.get(p.id) !== p.state)
    if (closed.length === 0) return
    const unused = (await sql.rows(NETTED, [company, now])).length > 0
    for (const promise of closed) {
      // Money that is recorded late, or bounces, corrects the outcome afterwards.
      const corrected = this.#seen.has(promise.id)
      this.#seen.set(promise.id, promise.state)
      const { state, instalments, open, threshold } = promise
      const short = instalments.find((i) => i.paid * 100 < i.promised * threshold)
      const should =
        !short || (!corrected && open === 0 && promise.closed <= short.last)
          ? 'kept'
          : short.paid > 0
            ? 'partially_kept'
            : 'broken'
      // What was netted when it was closed can't be seen any more: it can only have helped.
      const better = ['broken', 'partially_kept', 'kept']
      const fits = unused ? better.indexOf(state) >= better.indexOf(should) : state === should
      if (!fits)
        throw new Broken(
          'a promise comes to what was paid in time',
          `${promise.documents} is ${state}, not ${should} ${JSON.stringify(instalments)}`,
        )
      if (!corrected && short && should !== 'kept' && state !== 'kept' && promise.closed <= short.last)
        throw new Broken(
          'a promise is not broken before its last day',
          `${promise.documents} on ${promise.closed}`,
        )
    }
  }
}
