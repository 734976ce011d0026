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
 * Plan, measured with a million receivables, half of them open, and two million transfers: 6 s on two cores; 4 s for a
 * day two months back. `transfer` is read twice, once per side, each time into a hash aggregate by account: grouped by a
 * column of the table, so that the planner knows how many groups there will be. Taking both sides in one pass hides
 * that number and led to nested loops of minutes. Accounts, receivables and terms are merged in the order of their
 * primary keys; the newest term per receivable comes out of that order by an incremental sort. Nothing is looked up row
 * by row, so missing statistics (a first load) cost half as much again and no more.
 *
 * The sums are of the transfers, never of the kept balances: a report of any past day, as known at any time, and a
 * control of the balances at the same time. A customer's branch and review days are today's: they have no history.
 *
 * An uncleared cheque keeps its item owed (view `owed`). Once receiving a cheque moves money, its cover as of the day
 * is added to `minor` of the item here, by the original due date; until then nothing leaves a receivable for a cheque.
 */
const KNOWN = `($3::float8 IS NULL OR recorded_at <= to_timestamp($3::float8 / 1000.0))`
const SUMS = `
WITH debit AS (
  SELECT debit_account AS account, sum(amount_minor) AS minor FROM transfer
  WHERE company = $1 AND posting_on <= $2 AND ${KNOWN} GROUP BY debit_account
), credit AS (
  SELECT credit_account AS account, sum(amount_minor) AS minor FROM transfer
  WHERE company = $1 AND posting_on <= $2 AND ${KNOWN} GROUP BY credit_account
), term AS (
  SELECT DISTINCT ON (receivable_id) receivable_id, due_on, presented_on FROM receivable_term
  WHERE effective_on <= $2 AND ${KNOWN} ORDER BY receivable_id, effective_on DESC, seq DESC
), open AS (
  SELECT a.kind, a.currency, a.receivable_id, a.payer_id, (coalesce(debit.minor, 0) - coalesce(credit.minor, 0))::bigint AS minor
  FROM account a LEFT JOIN debit ON debit.account = a.id LEFT JOIN credit ON credit.account = a.id
  WHERE a.company = $1 AND a.kind IN ('receivable', 'unapplied') AND coalesce(debit.minor, 0) <> coalesce(credit.minor, 0)
), line AS (
  SELECT open.kind AS account, open.currency, open.minor, r.kind, coalesce(term.due_on, r.due_on) AS due_on, term.presented_on,
    -- A payer of several customers is shown once: with the customer of its own code, else with its first.
    CASE WHEN open.kind = 'receivable' THEN r.customer_id ELSE
      (SELECT c.id FROM customer c JOIN payer p ON p.id = c.payer_id WHERE c.payer_id = open.payer_id ORDER BY c.code = p.code DESC, c.id LIMIT 1)
    END AS customer_id
  FROM open LEFT JOIN receivable r ON r.id = open.receivable_id LEFT JOIN term ON term.receivable_id = open.receivable_id
)
SELECT coalesce(CASE $6::text WHEN 'customer' THEN c.code WHEN 'branch' THEN c.branch END, '') AS group,
  coalesce(CASE $6::text WHEN 'customer' THEN c.name WHEN 'branch' THEN c.branch END, '') AS name,
  line.currency,
  CASE
    WHEN line.account = 'unapplied' THEN '${CASH}'
    WHEN line.kind NOT IN ('invoice', 'debit_note', 'retention') THEN '${CREDITS}'
    WHEN c.requires_presentation AND (line.presented_on IS NULL OR line.presented_on > $2) THEN '${UNPRESENTED}'
    ELSE ($5::text[])[1 + width_bucket($2::date - line.due_on, $4::int[])]
  END AS bucket,
  count(*)::int AS count, sum(line.minor)::bigint AS minor
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
