import type { LocalDate } from '../domain/calendar.ts'
import type { Sql } from './database.ts'
import type { CaseScope } from './scope.ts'

/** How old the books are: the day that the newest file of a source tells of. */

/** A load without a day of its own tells of the day on which it was taken. */
const AS_OF = `coalesce(l.as_of, (l.finished_at AT TIME ZONE k.time_zone)::date)`

/** A day before every other: a feed that never came tells nothing. */
const NEVER: LocalDate = '0001-01-01'

/**
 * The last day for which the feeds that the customer's policy requires tell enough: the day of the oldest of them and
 * the working days that the policy allows. Null when it requires none.
 */
export async function feedsTellThrough(
  sql: Sql,
  { customer, policy, calendar }: CaseScope,
): Promise<LocalDate | null> {
  if (policy.required_feeds.length === 0) return null
  const rows = await sql.rows<{ as_of: LocalDate | null }>(
    `SELECT (SELECT max(${AS_OF}) FROM load l JOIN company k ON k.id = l.company
             WHERE l.company = $1 AND l.source = required.source AND l.state IN ('held', 'released')
               AND (NOT l.scope ? 'branches' OR l.scope -> 'branches' ? $3) AND (NOT l.scope ? 'customers' OR l.scope -> 'customers' ? $4)) AS as_of
     FROM unnest($2::text[]) AS required(source)`,
    [customer.company, policy.required_feeds, customer.branch, customer.code],
  )
  return rows
    .map(({ as_of }) =>
      as_of === null ? NEVER : calendar.addWorkingDays(as_of, policy.max_feed_age_working_days),
    )
    .sort()[0]!
}

export interface FeedStanding {
  source: string
  authority: 'source' | 'cartera'
  /** Day that the newest file tells of, whatever its scope; null when none was taken. */
  asOf: LocalDate | null
  fileName: string | null
  takenAt: number | null
  /** Receivables that are not chased because it is too old. */
  waiting: number
}

/** Every source of a company, with its newest file. */
export const feedsOf = (sql: Sql, company: string): Promise<FeedStanding[]> =>
  sql.rows<FeedStanding>(
    `SELECT s.code AS source, s.authority, n.as_of AS "asOf", n.file_name AS "fileName", n.finished_at AS "takenAt",
       (SELECT count(*)::int FROM receivable r
        WHERE r.company = s.company AND r.source = s.code AND r.next_reason = 'feed_too_old' AND r.closed_as IS NULL) AS waiting
     FROM source s LEFT JOIN LATERAL (
       SELECT ${AS_OF} AS as_of, l.file_name, l.finished_at FROM load l JOIN company k ON k.id = l.company
       WHERE l.company = s.company AND l.source = s.code AND l.state IN ('held', 'released') ORDER BY 1 DESC, l.finished_at DESC LIMIT 1) n ON true
     WHERE s.company = $1 ORDER BY s.code`,
    [company],
  )
