import type { Instant } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'

/** A call to the ERP, as people look at it. */
export interface ShownCall {
  id: number
  order: string
  customer: string
  seq: number
  event: string
  state: 'pending' | 'sending' | 'delivered' | 'failed'
  attempts: number
  createdAt: Instant
  /** Null when it arrived, or waits for a person. */
  nextTryAt: Instant | null
  deliveredAt: Instant | null
  error: string | null
}

/** Newest first, a page at a time: `before` is the id that the page before ended with. */
export const listCalls = (
  sql: Sql,
  company: string,
  of: { order?: string; state?: string; open?: boolean; limit: number; before?: number },
): Promise<ShownCall[]> =>
  sql.rows<ShownCall>(
    `SELECT c.id::int, c.order_number AS order, u.code AS customer, c.seq, c.event, c.state, c.attempts, c.created_at AS "createdAt",
       CASE WHEN c.state IN ('pending', 'sending') THEN c.next_try_at END AS "nextTryAt", c.delivered_at AS "deliveredAt", c.last_error AS error
     FROM order_call c JOIN sales_order o ON o.company = c.company AND o.number = c.order_number JOIN customer u ON u.id = o.customer_id
     WHERE c.company = $1 AND ($2::text IS NULL OR c.order_number = $2) AND ($3::text IS NULL OR c.state = $3)
       AND (NOT $4 OR c.state <> 'delivered') AND ($5::bigint IS NULL OR c.id < $5)
     ORDER BY c.id DESC LIMIT $6`,
    [company, of.order ?? null, of.state ?? null, of.open ?? false, of.before ?? null, of.limit],
  )
