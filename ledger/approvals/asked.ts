import type { ApprovalKind } from '../../domain/authority.ts'
import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'
import type { Effect } from './authority.ts'

/** An approval as somebody is asked for it. */
export interface AskedApproval {
  id: number
  kind: ApprovalKind
  customer: { code: string; name: string } | null
  branch: string
  amount: { currency: string; minor: bigint } | null
  daysPastDue: number
  documents: number
  requester: string
  why: string
  requestedAt: Instant
  answerBy: Instant | null
  role: string
  /** In whose place, where that isn't their own. */
  standsInFor: string | null
  reason: 'asked' | 'reminded' | 'escalated'
  onYes: Effect[]
  onNo: Effect[]
}

/** What a mail asks of its person and still waits for them on a day: those to be answered soonest first. */
export async function askedOf(
  sql: Sql,
  company: string,
  person: string,
  mail: number,
  on: LocalDate,
): Promise<AskedApproval[]> {
  const rows = await sql.rows<
    Omit<AskedApproval, 'customer' | 'amount'> & {
      code: string | null
      name: string | null
      currency: string | null
      minor: bigint | null
    }
  >(
    `WITH told AS (
       SELECT DISTINCT ON (n.approval_id) n.approval_id, n.level, n.holder, n.reason FROM approval_notice n
       WHERE n.mail_id = $3 ORDER BY n.approval_id, n.id DESC
     ), waiting AS (
       SELECT a.*, t.holder, t.reason, a.levels -> a.level ->> 'role' AS role
       FROM told t JOIN approval a ON a.id = t.approval_id AND a.level = t.level
       WHERE a.state = 'open' AND NOT EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = a.id
         AND (v.person IN ($2, t.holder) OR v.holder IN ($2, t.holder)))
     ), answering AS MATERIALIZED (
       SELECT q.branch, q.role, r.person, r.answers FROM (SELECT DISTINCT branch, role FROM waiting) q
       CROSS JOIN LATERAL role_answers($1, q.branch, q.role, $4) r
     )
     SELECT a.id::int, a.kind, c.code, c.name, a.branch, a.currency, a.amount_minor AS minor, a.days_past_due AS "daysPastDue",
       (SELECT count(*)::int FROM approval_item i WHERE i.approval_id = a.id) AS documents, a.requester, a.why,
       a.requested_at AS "requestedAt", a.answer_by AS "answerBy", a.role, nullif(a.holder, $2) AS "standsInFor", a.reason,
       a.on_yes AS "onYes", a.on_no AS "onNo"
     FROM waiting a LEFT JOIN customer c ON c.id = a.customer_id
     WHERE EXISTS (SELECT FROM answering r WHERE r.branch = a.branch AND r.role = a.role AND r.person = a.holder AND $2 IN (r.person, r.answers))
     ORDER BY a.answer_by NULLS LAST, a.id`,
    [company, person, mail, on],
  )
  return rows.map(({ code, name, currency, minor, ...row }) => ({
    ...row,
    customer: code === null ? null : { code, name: name! },
    amount: currency === null ? null : { currency, minor: minor! },
  }))
}
