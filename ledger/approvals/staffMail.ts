import { type Instant, localDateOf, nextContactInstant } from '../../domain/calendar.ts'
import type { Language } from '../../domain/notice.ts'
import { type Database, SHORT, type Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { isBeingSent, MARKING, retryAfterMs } from '../retries.ts'
import { type Calendars, rulesOfCompany } from '../scope.ts'
import { type AskedApproval, askedOf } from './asked.ts'

/** Mails to those who decide: one takes all along that a person was asked since the last one and that still waits. */

export interface StaffMail {
  person: { name: string; email: string }
  language: Language
  timeZone: string
  /** Those to be answered soonest first. */
  asked: AskedApproval[]
}

export interface MailDoing {
  company: string
  now: Instant
}

export type StaffClaim = { kind: 'send'; raw: Buffer; recipient: string } | { kind: 'nothing'; why: string }

interface Row {
  person: string
  state: 'pending' | 'sending' | 'sent' | 'skipped' | 'failed'
  attempts: number
  next_try_at: Instant
  mail_id: string
  raw: Buffer | null
  recipient: string | null
}

/**
 * Takes a mail for sending, in working hours: gathers what its person was asked, and stores the rendered bytes, so that
 * every further attempt sends these; unless all of it is decided by then. `leaseMs`: so long it is this attempt's alone.
 */
export async function claimStaffMail(
  database: Database,
  calendars: Calendars,
  { company, now }: MailDoing,
  id: number,
  render: (mail: StaffMail, mailId: string, at: Instant) => Promise<Buffer>,
  leaseMs: number,
): Promise<StaffClaim> {
  return database.transaction(async (sql) => {
    const mail = await lockMail(sql, company, id)
    if (mail?.state !== 'pending' && mail?.state !== 'sending') return nothing(mail?.state ?? 'unknown')
    if (isBeingSent(mail, now)) return nothing('being sent')
    const { policy, calendar } = await rulesOfCompany(sql, {
      asking: { company, now, actor: 'cartera', key: `staff mail ${id}` },
      calendars,
    })
    const timeZone = (await sql.one<{ time_zone: string }>('SELECT time_zone FROM company WHERE id = $1', [
      company,
    ]))!.time_zone
    const opensAt = nextContactInstant(now, { timeZone, ...policy.contact_hours }, calendar)
    if (opensAt > now) {
      await sql.rows('UPDATE staff_mail SET next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1', [
        id,
        opensAt,
      ])
      return nothing('outside the hours of work')
    }
    if (mail.state === 'pending')
      await sql.rows(
        `UPDATE approval_notice n SET mail_id = $1 FROM approval a
         WHERE n.mail_id IS NULL AND n.person = $3 AND a.id = n.approval_id AND a.company = $2`,
        [id, company, mail.person],
      )
    const asked = await askedOf(sql, company, mail.person, id, localDateOf(now, timeZone))
    if (asked.length === 0) return end(sql, id, 'skipped', 'nothing left to decide')
    if (mail.raw !== null) {
      await sql.rows(
        'UPDATE staff_mail SET attempts = attempts + 1, next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1',
        [id, now + leaseMs],
      )
      return { kind: 'send', raw: mail.raw, recipient: mail.recipient! }
    }
    const person = await sql.one<{
      name: string
      email: string | null
      language: Language
      refused: boolean
    }>(
      `SELECT name, email, language, refused_at IS NOT NULL AS refused FROM colleague WHERE company = $1 AND person = $2`,
      [company, mail.person],
    )
    if (!person?.email) return end(sql, id, 'failed', 'no address')
    if (person.refused) return end(sql, id, 'failed', 'refused before')
    const { name, email, language } = person
    const raw = await render({ person: { name, email }, language, timeZone, asked }, mail.mail_id, now)
    await sql.rows(
      `UPDATE staff_mail SET state = 'sending', attempts = attempts + 1, raw = $2, recipient = $3, next_try_at = to_timestamp($4 / 1000.0)
       WHERE id = $1`,
      [id, raw, email, now + leaseMs],
    )
    return { kind: 'send', raw, recipient: email }
  }, SHORT)
}

const nothing = (why: string): StaffClaim => ({ kind: 'nothing', why })

const lockMail = (sql: Sql, company: string, id: number): Promise<Row | null> =>
  sql.one<Row>(
    'SELECT person, state, attempts, next_try_at, mail_id, raw, recipient FROM staff_mail WHERE company = $1 AND id = $2 FOR UPDATE',
    [company, id],
  )

async function end(sql: Sql, id: number, state: 'skipped' | 'failed', reason: string): Promise<StaffClaim> {
  await sql.rows('UPDATE staff_mail SET state = $2, reason = $3 WHERE id = $1', [id, state, reason])
  return nothing(reason)
}

/** What came of an attempt. A refused address isn't written to again until another is given; somebody is told so. */
export async function markStaffMail(
  database: Database,
  { company, now }: MailDoing,
  id: number,
  outcome:
    | { kind: 'sent' }
    | { kind: 'deferred'; reason: string }
    | { kind: 'refused'; reason: string; scope: 'recipient' | 'message' },
): Promise<void> {
  await database.transaction(async (sql) => {
    const mail = await lockMail(sql, company, id)
    if (mail?.state !== 'sending') return
    if (outcome.kind === 'sent') {
      await sql.rows(
        `UPDATE staff_mail SET state = 'sent', sent_at = to_timestamp($2 / 1000.0), reason = NULL WHERE id = $1`,
        [id, now],
      )
      return
    }
    if (outcome.kind === 'deferred') {
      await sql.rows(
        'UPDATE staff_mail SET next_try_at = to_timestamp($2 / 1000.0), reason = $3 WHERE id = $1',
        [id, now + retryAfterMs(mail.attempts), outcome.reason],
      )
      return
    }
    await end(sql, id, 'failed', outcome.reason)
    if (outcome.scope === 'recipient') await refuseAddress(sql, { company, now }, mail, outcome.reason)
  }, MARKING)
}

async function refuseAddress(
  sql: Sql,
  { company, now }: MailDoing,
  { person, recipient }: Row,
  reason: string,
): Promise<void> {
  const refused = await sql.one(
    `UPDATE colleague SET refused_at = to_timestamp($3 / 1000.0), refused_reason = $4
     WHERE company = $1 AND person = $2 AND email = $5 AND refused_at IS NULL RETURNING person`,
    [company, person, now, reason, recipient],
  )
  if (!refused) return
  const data = { person, email: recipient, reason }
  await sql.rows(
    `INSERT INTO exception (company, kind, detail, raised_at) VALUES ($1, 'staff_address', $2, to_timestamp($3 / 1000.0))`,
    [company, JSON.stringify(data), now],
  )
  await appendToJournal(sql, company, null, {
    event: 'approval mail refused',
    actor: 'cartera',
    at: now,
    why: reason,
    data,
  })
}
