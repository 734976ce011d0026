import { type AgingBucket, bucketBounds, bucketIds, DEFAULT_BUCKETS, UNPRESENTED } from '../domain/aging.ts'
import type { Instant, LocalDate } from '../domain/calendar.ts'
import { type Currency, toDecimal } from '../domain/money.ts'
import type { Sql } from './database.ts'

/** Amounts are decimal strings of the currency, positive in every column. */
export interface AgingCurrency {
  currency: Currency
  /** Open debit items: the sum over the buckets. */
  open: { count: number; amount: string }
  /** Every bucket, in order, and last what isn't presented yet. */
  buckets: { bucket: string; count: number; amount: string }[]
  /** Open credit notes, credits on account and down payments: not taken off the buckets. */
  credits: { count: number; amount: string }
  /** Cash of known payers that isn't applied; money of unknown payers belongs to nobody's account yet. */
  unappliedCash: string
}

export interface AgingReport {
  asOf: LocalDate
  /** Sorted by currency. */
  currencies: AgingCurrency[]
  /** By customer code or branch, sorted. */
  groups?: { group: string; name: string; currencies: AgingCurrency[] }[]
}

export interface AgingQuestion {
  company: string
  /** Day of the books: what is posted up to it counts. */
  asOf: LocalDate
  /** What was recorded up to then counts, so that a report shown before comes out the same; everything when not said. */
  knownAt?: Instant
  by?: 'customer' | 'branch'
  buckets?: readonly AgingBucket[]
}

interface Line {
  group: string
  name: string
  currency: Currency
  /** A bucket's id, `credits` or `cash`. */
  bucket: string
  count: number
  minor: bigint
}

const CREDITS = '#credits'
const CASH = '#cash'

/*
 * Plan at 500,000 receivables (a million transfers): one sequential pass over `transfer`, each row taken to its two
 * accounts, and one hash aggregate by account; closed receivables sum to zero and are gone after it. What is open is
 * hash-joined to account, receivable and customer. Terms come in the order of their primary key, so the newest one
 * per receivable needs no big sort (an incremental sort within each receivable). Nothing is looked up row by row: an
 * index probe per receivable would take several times as long. Both scans and the aggregate may run in parallel.
 *
 * The sums are of the transfers, never of the kept balances: a report of any past day, as known at any time, and a
 * control of the balances at the same time. A customer's branch and review days are today's: they have no history.
 *
 * An uncleared cheque keeps its item owed (view `owed`). Once receiving a cheque moves money, its cover as of the day
 * is added to `minor` of the item here, by the original due date; until then nothing leaves a receivable for a cheque.
 */
const SUMS = `
WITH side AS (
  SELECT s.account, s.minor
  FROM transfer t CROSS JOIN LATERAL (VALUES (t.debit_account, t.amount_minor), (t.credit_account, -t.amount_minor)) s(account, minor)
  WHERE t.company = $1 AND t.posting_on <= $2 AND ($3::float8 IS NULL OR t.recorded_at <= to_timestamp($3::float8 / 1000.0))
), open AS (
  SELECT account, sum(minor)::bigint AS minor FROM side GROUP BY account HAVING sum(minor) <> 0
), term AS (
  SELECT DISTINCT ON (receivable_id) receivable_id, due_on, presented_on
  FROM receivable_term
  WHERE effective_on <= $2 AND ($3::float8 IS NULL OR recorded_at <= to_timestamp($3::float8 / 1000.0))
  ORDER BY receivable_id, effective_on DESC, seq DESC
), item AS (
  SELECT r.customer_id, r.currency, open.minor,
    CASE
      WHEN r.kind NOT IN ('invoice', 'debit_note', 'retention') THEN '${CREDITS}'
      WHEN c.requires_presentation AND (term.presented_on IS NULL OR term.presented_on > $2) THEN '${UNPRESENTED}'
      ELSE ($5::text[])[1 + width_bucket($2::date - coalesce(term.due_on, r.due_on), $4::int[])]
    END AS bucket
  FROM open
  JOIN account a ON a.id = open.account AND a.kind = 'receivable'
  JOIN receivable r ON r.id = a.receivable_id
  JOIN customer c ON c.id = r.customer_id
  LEFT JOIN term ON term.receivable_id = r.id
), cash AS (
  -- A payer of several customers is shown once: with the customer of its own code, else with its first.
  SELECT (SELECT c.id FROM customer c WHERE c.payer_id = p.id ORDER BY c.code = p.code DESC, c.id LIMIT 1) AS customer_id,
    a.currency, open.minor, '${CASH}' AS bucket
  FROM open
  JOIN account a ON a.id = open.account AND a.kind = 'unapplied'
  JOIN payer p ON p.id = a.payer_id
), line AS (
  SELECT * FROM item UNION ALL SELECT * FROM cash
)
SELECT coalesce(CASE $6::text WHEN 'customer' THEN c.code WHEN 'branch' THEN c.branch END, '') AS group,
  coalesce(CASE $6::text WHEN 'customer' THEN c.name WHEN 'branch' THEN c.branch END, '') AS name,
  line.currency, line.bucket, count(*)::int AS count, sum(line.minor)::bigint AS minor
FROM line LEFT JOIN customer c ON c.id = line.customer_id
GROUP BY 1, 2, 3, 4`

/** Receivables by age on a day of the books, told from the history of transfers and terms. Held loads count: they are in the books. */
export async function agingAsOf(
  sql: Sql,
  { company, asOf, knownAt, by, buckets = DEFAULT_BUCKETS }: AgingQuestion,
): Promise<AgingReport> {
  const lines = await sql.rows<Line>(SUMS, [
    company,
    asOf,
    knownAt ?? null,
    bucketBounds(buckets),
    buckets.map((b) => b.id),
    by ?? null,
  ])
  const columns = bucketIds(buckets)
  const report: AgingReport = { asOf, currencies: currenciesOf(lines, columns) }
  if (by === undefined) return report
  const groups = new Map<string, Line[]>()
  for (const line of lines) groups.set(line.group, [...(groups.get(line.group) ?? []), line])
  return {
    ...report,
    groups: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, own]) => ({ group, name: own[0]!.name, currencies: currenciesOf(own, columns) })),
  }
}

function currenciesOf(lines: readonly Line[], columns: readonly string[]): AgingCurrency[] {
  const currencies = [...new Set(lines.map((line) => line.currency))].sort()
  return currencies.map((currency) => {
    const sumOf = (...wanted: string[]) => {
      let count = 0
      let minor = 0n
      for (const line of lines)
        if (line.currency === currency && wanted.includes(line.bucket)) {
          count += line.count
          minor += line.minor
        }
      return { count, minor }
    }
    const told = ({ count, minor }: { count: number; minor: bigint }) => ({
      count,
      amount: toDecimal(minor, currency),
    })
    const credits = sumOf(CREDITS)
    return {
      currency,
      open: told(sumOf(...columns)),
      buckets: columns.map((bucket) => ({ bucket, ...told(sumOf(bucket)) })),
      credits: told({ count: credits.count, minor: -credits.minor }),
      unappliedCash: toDecimal(-sumOf(CASH).minor, currency),
    }
  })
}
