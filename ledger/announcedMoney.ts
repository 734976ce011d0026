import { type Arrival, arrivalsOf, type Received, stillToCome } from '../domain/announced.ts'
import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Amount } from '../domain/orders/exposure.ts'
import { findAtSource } from './atSource.ts'
import type { Sql } from './database.ts'

export interface OpenAnnouncement {
  id: number
  currency: string
  amount_minor: bigint
  tracking_key: string | null
  after_transfer: bigint
  lapses_after: LocalDate
  recorded_at: Instant
}

/** What has come of a customer's open announced payments: which have arrived, and as what of which receipts. */
export interface Announced {
  open: OpenAnnouncement[]
  arrivals: Arrival[]
  /** By receipts, at the source, or because none of its items is open any more. */
  arrived: ReadonlySet<number>
  /** What of the others is still to come. */
  toCome: (Amount & { recordedAt: Instant })[]
}

/** Looks for the money of a customer's open announced payments: among what was received, then among what the source settled. */
export async function findAnnounced(sql: Sql, company: string, customerId: number): Promise<Announced> {
  // And those found at the source while one that is open waited: what it settled then was theirs.
  const rows = await sql.rows<
    OpenAnnouncement & { state: string; closed_on: LocalDate | null; items: number[]; items_open: boolean }
  >(
    `SELECT n.id::int, n.currency, n.amount_minor, n.tracking_key, n.after_transfer, n.lapses_after, (extract(epoch FROM n.recorded_at) * 1000)::float8 AS recorded_at,
       n.state, n.closed_on, i.items, i.items_open
     FROM announced_payment n CROSS JOIN LATERAL (
       SELECT array_agg(r.id::int) AS items, bool_or(r.closed_as IS NULL) AS items_open
       FROM announced_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.announced_id = n.id) i
     WHERE n.customer_id = $1 AND (n.state = 'open' OR n.state = 'arrived'
       AND n.closed_on >= (SELECT min(o.announced_on) FROM announced_payment o WHERE o.customer_id = $1 AND o.state = 'open')
       AND NOT EXISTS (SELECT FROM announced_money m WHERE m.announced_id = n.id))
     ORDER BY n.closed_on NULLS LAST, n.id`,
    [customerId],
  )
  const open = rows.filter((n) => n.state === 'open')
  if (open.length === 0) return { open, arrivals: [], arrived: new Set(), toCome: [] }
  const received = await receivedFor(sql, company, customerId, open)
  const arrivals = [...new Set(open.map((n) => n.currency))].flatMap((currency) =>
    arrivalsOf(
      open
        .filter((n) => n.currency === currency)
        .map((n) => ({
          id: n.id,
          minor: n.amount_minor,
          trackingKey: n.tracking_key,
          afterTransfer: n.after_transfer,
        })),
      received.filter((r) => r.currency === currency),
    ),
  )
  const seen = new Set(arrivals.map((a) => a.announcedId))
  const { settled, left } = await findAtSource(
    sql,
    rows
      .filter((n) => !seen.has(n.id))
      .map((n) => ({
        id: n.id,
        minor: n.amount_minor,
        items: n.items,
        afterTransfer: n.after_transfer,
        found: n.state !== 'open' || !n.items_open,
        closedOn: n.closed_on,
      })),
  )
  const arrived = new Set([...seen, ...settled])
  const waiting = rows.filter((n) => !arrived.has(n.id))
  const toCome = stillToCome(
    waiting.map((n) => ({
      minor: n.amount_minor,
      afterTransfer: n.after_transfer,
      currency: n.currency,
      items: n.items,
    })),
    received.map((r) => ({
      ...r,
      minor: arrivals
        .filter((a) => a.receiptId === r.receiptId)
        .reduce((minor, a) => minor - a.minor, r.minor),
    })),
    left,
  )
  return {
    open,
    arrivals,
    arrived,
    toCome: waiting.map((n, index) => ({
      currency: n.currency,
      minor: toCome[index]!,
      recordedAt: n.recorded_at,
    })),
  }
}

/** What customers have announced since and is still to come: what has come is counted as that. */
export async function stillAnnounced(
  sql: Sql,
  company: string,
  customerIds: readonly number[],
  since: Instant,
): Promise<Amount[]> {
  const announcing = await sql.rows<{ id: number }>(
    `SELECT DISTINCT customer_id::int AS id FROM announced_payment
     WHERE customer_id = ANY($1) AND state = 'open' AND recorded_at >= to_timestamp($2 / 1000.0) ORDER BY 1`,
    [customerIds, since],
  )
  const amounts: Amount[] = []
  for (const { id } of announcing) {
    const { toCome } = await findAnnounced(sql, company, id)
    amounts.push(...toCome.filter((n) => n.recordedAt >= since))
  }
  return amounts
}

/** SQL of what of each receipt came to the account of the payer of customer $3, and by which transfer last. */
const CAME = `SELECT t.receipt_id, max(t.id) AS transfer, sum(t.amount_minor)::bigint AS minor
  FROM account a JOIN transfer t ON t.credit_account = a.id AND t.code IN ('receipt', 'identification') AND t.reverses_id IS NULL
  WHERE a.kind = 'unapplied' AND a.payer_id = (SELECT payer_id FROM customer WHERE id = $3) GROUP BY t.receipt_id`

/**
 * What came to the payer's account since the first of them was said, posted or identified, less what is others' already. What
 * has an announcement's tracking key is that one's, wherever it came.
 */
async function receivedFor(
  sql: Sql,
  company: string,
  customerId: number,
  open: readonly OpenAnnouncement[],
): Promise<(Received & { currency: string })[]> {
  const trackingKeys = open.flatMap((n) => n.tracking_key ?? [])
  // Another customer of the payer may look for the same money now: so the receipts first, then what is taken of them.
  const candidates = await sql.rows<{ id: number }>(
    `SELECT q.id::int FROM receipt q
     WHERE q.reversed_at IS NULL AND q.id = ANY (ARRAY(
       SELECT k.id FROM receipt k WHERE k.company = $1 AND k.tracking_key = ANY($2) UNION SELECT c.receipt_id FROM (${CAME}) c WHERE c.transfer > $4))
       AND (q.tracking_key = ANY($2)
         OR NOT EXISTS (SELECT FROM announced_payment x WHERE x.company = $1 AND x.tracking_key = q.tracking_key AND x.customer_id <> $3))
     ORDER BY q.id FOR NO KEY UPDATE`,
    [
      company,
      trackingKeys,
      customerId,
      open.map((n) => n.after_transfer).reduce((first, id) => (id < first ? id : first)),
    ],
  )
  return sql.rows<Received & { currency: string }>(
    `SELECT q.id::int AS "receiptId", q.currency, q.tracking_key AS "trackingKey", coalesce(c.transfer, 0) AS transfer,
       least(q.amount_minor - taken.minor, CASE WHEN q.tracking_key = ANY($2) THEN q.amount_minor ELSE c.minor - taken.own_minor END) AS minor
     FROM receipt q LEFT JOIN (${CAME}) c ON c.receipt_id = q.id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(m.amount_minor), 0)::bigint AS minor,
         coalesce(sum(m.amount_minor) FILTER (WHERE p.payer_id = (SELECT payer_id FROM customer WHERE id = $3)), 0)::bigint AS own_minor
       FROM announced_money m JOIN announced_payment n ON n.id = m.announced_id JOIN customer p ON p.id = n.customer_id WHERE m.receipt_id = q.id) taken
     WHERE q.id = ANY($1) ORDER BY q.id`,
    [candidates.map((c) => c.id), trackingKeys, customerId],
  )
}
