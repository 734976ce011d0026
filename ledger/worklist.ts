import type { Instant, LocalDate } from '../domain/calendar.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Sql } from './database.ts'
import type { TaskKind } from './tasks.ts'

/** What one person has to do about one customer. */
export interface WorklistRow {
  customer: string
  name: string
  branch: string
  owner: string
  /** Of the task that is due first. */
  dueOn: LocalDate
  /** What the customer owes beyond its due date, by currency, largest first. */
  overdue: { currency: string; amount: string }[]
  /** Of the customer's oldest overdue item; 0 when none is. */
  oldestDaysLate: number
  tasks: WorklistTask[]
}

export interface WorklistTask {
  id: number
  kind: TaskKind
  subject: string
  detail: Record<string, unknown>
  /** Whose it is; somebody else's than the row's while that one is away. */
  owner: string
  dueOn: LocalDate
  /** The oldest few; `count` says how many there are. */
  documents: string[]
  count: number
}

export interface WorklistQuestion {
  company: string
  /** Whose tasks; everybody's when not said. */
  analyst?: string
  branch?: string
  now: Instant
  limit: number
  /** `next` of the page before. */
  after?: string
}

const DOCUMENTS_SHOWN = 5

interface RowRead {
  customer_id: number
  code: string
  name: string
  branch: string
  owner: string
  due_on: LocalDate
  overdue: { currency: string; minor: string }[] | null
  largest_minor: bigint
  oldest_days_late: number
  tasks: WorklistTask[]
}

/** Place of a row in the order: due date, largest overdue amount (descending), customer, owner. */
type Place = [dueOn: LocalDate, largestMinor: string, customer: number, owner: string]

/*
 * The open tasks of one owner, and of those who are away, are few (partial index task_open_owner); whose they are today
 * says task_owner, which is asked only about those who are away. Overdue amounts are summed only for the
 * customers that can be on this page: those due on the cursor's day, and of the later ones as many as fit, with ties.
 * Amounts of several currencies aren't added: the largest counts for the order, in its own minor units.
 */
const PAGE = `
WITH day AS (
  SELECT (to_timestamp($4::float8 / 1000.0) AT TIME ZONE time_zone)::date AS today FROM company WHERE id = $1
), away AS (
  SELECT a.person FROM day, away_on($1, day.today) a
), held AS (
  SELECT t.id, t.customer_id, t.due_on,
    CASE WHEN a.person IS NULL THEN t.owner ELSE task_owner($1, t.owner, t.customer_id, day.today) END AS owner
  FROM day, task t LEFT JOIN away a ON a.person = t.owner
  WHERE t.company = $1 AND t.state = 'open' AND (t.resubmit_on IS NULL OR t.resubmit_on <= day.today)
    AND ($2::text IS NULL OR t.owner = ANY (ARRAY[$2] || ARRAY(SELECT person FROM away)))
), mine AS (
  SELECT h.customer_id, h.owner, min(h.due_on) AS due_on
  FROM held h JOIN customer c ON c.id = h.customer_id
  WHERE ($2::text IS NULL OR h.owner = $2) AND ($3::text IS NULL OR c.branch = $3)
  GROUP BY h.customer_id, h.owner
), near AS (
  SELECT * FROM mine WHERE due_on = $6
  UNION ALL
  (SELECT * FROM mine WHERE $6::date IS NULL OR due_on > $6 ORDER BY due_on FETCH FIRST $5 ROWS WITH TIES)
), late AS (
  SELECT r.customer_id, r.currency, sum(o.owed_minor)::bigint AS minor, max(day.today - r.due_on) AS days_late
  FROM (SELECT DISTINCT customer_id FROM near) n
  JOIN customer c ON c.id = n.customer_id
  CROSS JOIN LATERAL (SELECT (to_timestamp($4::float8 / 1000.0) AT TIME ZONE c.time_zone)::date AS today) day
  JOIN receivable r ON r.customer_id = n.customer_id AND r.closed_as IS NULL AND r.due_on < day.today
    AND NOT r.held AND r.kind IN ('invoice', 'debit_note', 'retention') AND (r.presented_on IS NOT NULL OR NOT c.requires_presentation)
  JOIN owed o ON o.receivable_id = r.id
  GROUP BY r.customer_id, r.currency
), placed AS (
  SELECT n.customer_id, n.owner, n.due_on, coalesce(l.largest, 0)::bigint AS largest_minor, coalesce(l.days_late, 0) AS oldest_days_late, l.overdue
  FROM near n LEFT JOIN (
    SELECT customer_id, max(minor) AS largest, max(days_late) AS days_late,
      jsonb_agg(jsonb_build_object('currency', currency, 'minor', minor::text) ORDER BY minor DESC, currency) AS overdue
    FROM late GROUP BY customer_id) l ON l.customer_id = n.customer_id
), page AS (
  SELECT * FROM placed
  WHERE $6::date IS NULL OR (due_on, -largest_minor, customer_id, owner) > ($6::date, -$7::bigint, $8::bigint, $9::text)
  ORDER BY due_on, largest_minor DESC, customer_id, owner LIMIT $5
)
SELECT page.customer_id::int, c.code, c.name, c.branch, page.owner, page.due_on, page.overdue, page.largest_minor, page.oldest_days_late::int,
  (SELECT jsonb_agg(jsonb_build_object('id', t.id, 'kind', t.kind, 'subject', t.subject, 'owner', t.owner, 'detail', t.detail, 'dueOn', t.due_on,
      'documents', coalesce(i.documents, '[]'), 'count', coalesce(i.count, 0)) ORDER BY t.due_on, t.id)
   FROM held h JOIN task t ON t.id = h.id CROSS JOIN LATERAL (
     SELECT jsonb_agg(f.name ORDER BY f.place) FILTER (WHERE f.place <= ${DOCUMENTS_SHOWN}) AS documents, count(*)::int AS count FROM (
       SELECT CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS name, row_number() OVER (ORDER BY r.due_on, r.id) AS place
       FROM task_item x JOIN receivable r ON r.id = x.receivable_id WHERE x.task_id = t.id) f) i
   WHERE h.customer_id = page.customer_id AND h.owner = page.owner) AS tasks
FROM page JOIN customer c ON c.id = page.customer_id
ORDER BY page.due_on, page.largest_minor DESC, page.customer_id, page.owner`

/**
 * Who is to be dealt with, most pressing first: one row per customer and owner with all that is open for the two.
 * @throws Refusal NotFound when `after` is no cursor of this list
 */
export async function worklist(
  sql: Sql,
  { company, analyst, branch, now, limit, after }: WorklistQuestion,
): Promise<{ rows: WorklistRow[]; next: string | null }> {
  const place = after === undefined ? [null, null, null, null] : placeOf(after)
  const read = await sql.rows<RowRead>(PAGE, [
    company,
    analyst ?? null,
    branch ?? null,
    now,
    limit + 1,
    ...place,
  ])
  const last = read.length > limit ? read[limit - 1] : undefined
  return {
    rows: read.slice(0, limit).map((row) => ({
      customer: row.code,
      name: row.name,
      branch: row.branch,
      owner: row.owner,
      dueOn: row.due_on,
      overdue: (row.overdue ?? []).map(({ currency, minor }) => ({
        currency,
        amount: toDecimal(BigInt(minor), currency),
      })),
      oldestDaysLate: row.oldest_days_late,
      tasks: row.tasks,
    })),
    next: last ? cursorOf([last.due_on, String(last.largest_minor), last.customer_id, last.owner]) : null,
  }
}

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(place) &&
      place.length === 4 &&
      /^\d{4}-\d\d-\d\d$/.test(String(place[0])) &&
      /^\d+$/.test(String(place[1])) &&
      Number.isInteger(place[2])
    )
      return [String(place[0]), String(place[1]), Number(place[2]), String(place[3])]
  } catch {
    // Said below.
  }
  throw new Refusal('NotFound', { what: 'page', id: cursor })
}
