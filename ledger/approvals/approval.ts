import type { ApprovalFacts, Vote } from '../../domain/approval.ts'
import type { ApprovalKind, AskedLevel } from '../../domain/authority.ts'
import type { Instant, LocalDate } from '../../domain/calendar.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { PutAside } from '../carriers.ts'
import { touchReceivables } from '../cases.ts'
import type { Sql } from '../database.ts'
import type { Effect } from './authority.ts'

export type ApprovalState = 'open' | 'approved' | 'refused' | 'withdrawn' | 'stale' | 'overtaken'

/** A request as it stands, its row locked. */
export interface Approval extends ApprovalFacts {
  company: string
  kind: ApprovalKind
  customer_id: number | null
  branch: string
  requester: string
  askers: string[]
  why: string
  currency: string | null
  amount_minor: bigint | null
  content: PutAside
  on_yes: Effect[]
  on_no: Effect[]
  levels: AskedLevel[]
  level: number
  level_since: Instant
  reminded: number
  state: ApprovalState
  requested_at: Instant
  requested_on: LocalDate
  votes: Vote[]
  receivables: number[]
}

/** @throws Refusal NotFound */
export async function lockApproval(sql: Sql, company: string, id: number): Promise<Approval> {
  const row = await sql.one<Omit<Approval, 'votes' | 'receivables'>>(
    `SELECT id::int, company, kind, customer_id::int, branch, requester, askers, why, currency, amount_minor, content, on_yes, on_no, levels, level,
       level_since, reminded, state, requested_at, requested_on FROM approval WHERE company = $1 AND id = $2 FOR UPDATE`,
    [company, id],
  )
  if (!row) throw new Refusal('NotFound', { what: 'approval', id: String(id) })
  const votes = await sql.rows<Vote>(
    'SELECT level, person, holder, agrees FROM approval_vote WHERE approval_id = $1 ORDER BY voted_at, person',
    [id],
  )
  const items = await sql.rows<{ id: number }>(
    'SELECT receivable_id::int AS id FROM approval_item WHERE approval_id = $1 ORDER BY 1',
    [id],
  )
  return { ...row, votes, receivables: items.map((i) => i.id) }
}

/**
 * It is over, and so are the steps of the ladder that waited for it: done, or left out; what was neither granted nor refused
 * is asked for anew when its turn comes. Their receivables go on with the next step: returns the keys of their cases.
 */
export async function closeApproval(
  sql: Sql,
  { id }: Pick<Approval, 'id'>,
  state: Exclude<ApprovalState, 'open'>,
  now: Instant,
  why: string | null,
): Promise<string[]> {
  await sql.rows(
    `UPDATE approval SET state = $2, closed_at = to_timestamp($3 / 1000.0), closed_why = $4 WHERE id = $1`,
    [id, state, now, why],
  )
  const over =
    state === 'approved' || state === 'refused'
      ? await sql.rows<{ receivable: number }>(
          `UPDATE receivable_step s SET state = $2, reason = $3, on_date = (to_timestamp($4 / 1000.0) AT TIME ZONE c.time_zone)::date
           FROM approval a JOIN company c ON c.id = a.company WHERE a.id = $1 AND s.approval_id = a.id AND s.state = 'pending'
           RETURNING s.receivable_id::int AS receivable`,
          [id, ...(state === 'approved' ? ['done', null] : ['skipped', 'not approved']), now],
        )
      : await sql.rows<{ receivable: number }>(
          `DELETE FROM receivable_step WHERE approval_id = $1 AND state = 'pending' RETURNING receivable_id::int AS receivable`,
          [id],
        )
  return touchReceivables(
    sql,
    over.map((step) => step.receivable),
  )
}

/** It is another level's turn. */
export const goToLevel = (sql: Sql, id: number, level: number, now: Instant): Promise<unknown> =>
  sql.rows(
    `UPDATE approval SET level = $2, level_since = to_timestamp($3 / 1000.0), reminded = 0, answer_by = NULL WHERE id = $1`,
    [id, level, now],
  )

/** Why what was asked doesn't fit any more; null when it still does. */
export async function staleBecause(
  sql: Sql,
  { id }: Pick<Approval, 'id'>,
): Promise<'more debt' | 'a new promise' | 'a new dispute' | null> {
  const row = await sql.one<{ debt: boolean; promise: boolean; dispute: boolean }>(
    `SELECT coalesce(bool_or(o.owed_minor > i.ceiling_minor), false) AS debt,
       coalesce(bool_or(EXISTS (SELECT FROM promise_item p WHERE p.receivable_id = i.receivable_id AND p.active AND p.promise_id <> ALL (i.promises))), false) AS promise,
       coalesce(bool_or(EXISTS (SELECT FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
         WHERE l.receivable_id = i.receivable_id AND d.resolved_on IS NULL AND l.dispute_id <> ALL (i.disputes))), false) AS dispute
     FROM approval_item i JOIN owed o ON o.receivable_id = i.receivable_id WHERE i.approval_id = $1`,
    [id],
  )
  if (row!.debt) return 'more debt'
  if (row!.promise) return 'a new promise'
  return row!.dispute ? 'a new dispute' : null
}
