import { createHash } from 'node:crypto'
import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'

/** The outbox of placements: what is to be written to agencies, before anything is. */

export const MAIL_PURPOSES = ['offer', 'handover', 'report_due', 'changed', 'recall', 'expired'] as const
export type MailPurpose = (typeof MAIL_PURPOSES)[number]

/** Plans a mail to an agency. One of the same purpose that nobody took for sending is this one. */
export async function planMail(
  sql: Sql,
  doing: { company: string; now: Instant },
  of: {
    placement: number
    agency: number
    purpose: MailPurpose
    on: LocalDate
    detail?: Record<string, unknown>
  },
): Promise<void> {
  const { count } = (await sql.one<{ count: number }>(
    'SELECT count(*)::int AS count FROM placement_mail WHERE placement_id = $1',
    [of.placement],
  ))!
  const mailId = createHash('sha256')
    .update([doing.company, 'placement', of.placement, of.agency, of.purpose, count].join('\n'))
    .digest('hex')
    .slice(0, 40)
  await sql.rows(
    `INSERT INTO placement_mail (company, placement_id, agency_id, purpose, planned_on, detail, state, next_try_at, mail_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'pending', to_timestamp($7 / 1000.0), $8, to_timestamp($7 / 1000.0))
     ON CONFLICT (placement_id, agency_id, purpose) WHERE state = 'pending' DO UPDATE SET detail = excluded.detail, planned_on = excluded.planned_on`,
    [
      doing.company,
      of.placement,
      of.agency,
      of.purpose,
      of.on,
      JSON.stringify(of.detail ?? {}),
      doing.now,
      mailId,
    ],
  )
}

/** What nobody took for sending is not sent any more: it would speak of what isn't so. */
export const dropMails = (sql: Sql, placement: number, purposes: readonly MailPurpose[], why: string) =>
  sql.rows(
    `UPDATE placement_mail SET state = 'skipped', reason = $3 WHERE placement_id = $1 AND purpose = ANY($2) AND state = 'pending'`,
    [placement, purposes, why],
  )

/** SQL: no earlier mail of the placement to the same agency as `m` is on its way. They arrive in the order of what they tell. */
export const IS_FIRST = `NOT EXISTS (SELECT FROM placement_mail e
  WHERE e.placement_id = m.placement_id AND e.agency_id = m.agency_id AND e.id < m.id AND e.state IN ('pending', 'sending'))`

/** Mails of a placement that are due now, and when the next of the others is: to each agency one after the other. */
export async function openMails(
  sql: Sql,
  placement: number,
  now: Instant,
): Promise<{ due: number[]; nextTryAt: Instant | null }> {
  const rows = await sql.rows<{ id: number; next_try_at: Instant }>(
    `SELECT id::int, next_try_at FROM placement_mail m WHERE placement_id = $1 AND state IN ('pending', 'sending') AND ${IS_FIRST}
     ORDER BY next_try_at, id`,
    [placement],
  )
  return {
    due: rows.filter((row) => row.next_try_at <= now).map((row) => row.id),
    nextTryAt: rows.find((row) => row.next_try_at > now)?.next_try_at ?? null,
  }
}

/** Whether a mail of this purpose was taken by the agency's mail server. */
export const wasSent = async (sql: Sql, placement: number, agency: number, purpose: MailPurpose) =>
  (await sql.one(
    `SELECT FROM placement_mail WHERE placement_id = $1 AND agency_id = $2 AND purpose = $3 AND state = 'sent'`,
    [placement, agency, purpose],
  )) !== null
