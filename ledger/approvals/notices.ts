import { createHash } from 'node:crypto'
import {
  type ContactHours,
  type Instant,
  nextContactInstant,
  type WorkingCalendar,
} from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'
import type { Approval } from './approval.ts'

/** What people are told about approvals. All that is asked of a person within a few minutes goes into one mail. */

const JOIN_MS = 10 * 60_000

/** When those who are asked now are written to. */
export const mailAt = (now: Instant, hours: ContactHours, calendar: WorkingCalendar): Instant =>
  nextContactInstant(now + JOIN_MS, hours, calendar)

/**
 * Notes for everybody whose turn it is what they are to be told: once when it becomes their turn, once with each
 * reminder. `places`: who answers, and in whose place.
 */
export async function askPeople(
  sql: Sql,
  approval: Approval,
  places: ReadonlyMap<string, string>,
  { now, reminders, sendAt }: { now: Instant; reminders: number; sendAt: Instant },
): Promise<void> {
  const told = await sql.rows<{ person: string }>(
    `INSERT INTO approval_notice (approval_id, level, person, holder, reason, turn, created_at)
     SELECT $1, $2, p.person, p.holder, $5, $6, to_timestamp($7 / 1000.0) FROM unnest($3::text[], $4::text[]) AS p(person, holder)
     ON CONFLICT (approval_id, level, person, turn) DO NOTHING RETURNING person`,
    [
      approval.id,
      approval.level,
      [...places.keys()],
      [...places.values()],
      reasonOf(approval, reminders),
      reminders,
      now,
    ],
  )
  for (const person of told.map((t) => t.person).sort()) {
    const mailId = createHash('sha256')
      .update([approval.company, 'approval', approval.id, approval.level, person, reminders].join('\n'))
      .digest('hex')
      .slice(0, 40)
    // One that waits takes this along. Its row is taken: should it be on its way out just now, another is begun.
    await sql.rows(
      `INSERT INTO staff_mail (company, person, approval_id, state, next_try_at, mail_id, created_at)
       VALUES ($1, $2, $3, 'pending', to_timestamp($4 / 1000.0), $5, to_timestamp($6 / 1000.0))
       ON CONFLICT (company, person) WHERE state = 'pending' DO UPDATE SET next_try_at = staff_mail.next_try_at`,
      [approval.company, person, approval.id, sendAt, mailId, now],
    )
  }
}

const reasonOf = ({ levels, level }: Approval, reminders: number): string => {
  if (reminders > 0) return 'reminded'
  return levels[level]!.onSilence ? 'escalated' : 'asked'
}

/** Mails that an approval's workflow sends: those due, and when the next one is. */
export async function staffMailOf(
  sql: Sql,
  approval: number,
  now: Instant,
): Promise<{ due: number[]; nextTryAt: Instant | null }> {
  const rows = await sql.rows<{ id: number; at: Instant }>(
    `SELECT id::int, next_try_at AS at FROM staff_mail WHERE approval_id = $1 AND state IN ('pending', 'sending') ORDER BY next_try_at, id`,
    [approval],
  )
  return {
    due: rows.filter((r) => r.at <= now).map((r) => r.id),
    nextTryAt: rows.find((r) => r.at > now)?.at ?? null,
  }
}
