import type { ApprovalKind } from '../../domain/authority.ts'
import type { Instant } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Sql } from '../database.ts'

/** An approval in a list of those that wait. */
export interface WaitingApproval {
  id: number
  kind: ApprovalKind
  customer: string | null
  name: string | null
  branch: string
  amount: string | null
  currency: string | null
  daysPastDue: number
  requester: string
  why: string
  requestedAt: Instant
  answerBy: Instant | null
  /** Whose turn it is. */
  role: string
  /** For whom the asker would answer, where that isn't themselves; null in the list of all. */
  standsInFor: string | null
}

export interface WaitingAsked {
  company: string
  now: Instant
  /** Only what this person can answer: in their own place, or of whom they stand in for. */
  person?: string
  branch?: string
  kind?: ApprovalKind
  limit: number
  /** The id that the page before ended with. */
  after?: number
}

const COLUMNS = `a.id, a.kind, a.customer_id, a.branch, a.amount_minor, a.currency, a.days_past_due, a.requester, a.why, a.requested_at,
  a.answer_by, a.levels -> a.level ->> 'role' AS role`

/** What both lists leave out: `$1` company, `$2` after, `$3` branch, `$4` kind, `$5` limit. */
const ASKED = `a.company = $1 AND a.state = 'open' AND a.id > $2 AND ($3::text IS NULL OR a.branch = $3) AND ($4::text IS NULL OR a.kind = $4)`

const ALL = `SELECT ${COLUMNS}, NULL::text AS holder FROM approval a WHERE ${ASKED} ORDER BY a.id LIMIT $5`

/** Of each place that the person answers in (`$6` the person, `$7` now) a page by the index of whose turn it is. */
const THEIRS = `
  SELECT DISTINCT ON (w.id) w.*, p.holder FROM (
    WITH away AS MATERIALIZED (
      SELECT a.person, a.stand_in FROM company c, away_on(c.id, (to_timestamp($7::float8 / 1000.0) AT TIME ZONE c.time_zone)::date) a WHERE c.id = $1)
    SELECT DISTINCT h.role, h.branch, h.person AS holder FROM role_holder h
    WHERE h.company = $1 AND h.revoked_at IS NULL AND (h.person = $6
      OR h.person IN (SELECT person FROM away WHERE stand_in = $6) AND $6 NOT IN (SELECT person FROM away))) p
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM approval a
    WHERE ${ASKED} AND a.levels -> a.level ->> 'role' = p.role AND (p.branch = '' OR a.branch = p.branch)
      AND NOT a.askers && ARRAY[$6, p.holder]
      AND NOT EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = a.id
        AND (v.person IN ($6, p.holder) OR v.holder IN ($6, p.holder)))
    ORDER BY a.id LIMIT $5) w
  ORDER BY w.id, p.holder = $6 DESC LIMIT $5`

/** Those that wait, oldest first, a page at a time. */
export async function waitingApprovals(sql: Sql, asked: WaitingAsked): Promise<WaitingApproval[]> {
  const { company, now, person, branch, kind, limit, after = 0 } = asked
  const rows = await sql.rows<Omit<WaitingApproval, 'amount'> & { minor: bigint | null }>(
    `SELECT w.id::int, w.kind, c.code AS customer, c.name, w.branch, w.amount_minor AS minor, w.currency, w.days_past_due AS "daysPastDue",
       w.requester, w.why, w.requested_at AS "requestedAt", w.answer_by AS "answerBy", w.role, nullif(w.holder, ${person === undefined ? 'NULL' : '$6'}) AS "standsInFor"
     FROM (${person === undefined ? ALL : THEIRS}) w LEFT JOIN customer c ON c.id = w.customer_id ORDER BY w.id`,
    [company, after, branch ?? null, kind ?? null, limit, ...(person === undefined ? [] : [person, now])],
  )
  return rows.map(({ minor, ...row }) => ({
    ...row,
    amount: minor === null ? null : toDecimal(minor, row.currency!),
  }))
}
