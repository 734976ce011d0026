import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { PlacementKind, PlacementState } from '../../domain/placement/placement.ts'
import { isHeld } from '../../domain/placement/placement.ts'
import { type Database, SHORT, type Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { touchProcess } from '../processes.ts'
import { CLAIMED } from '../receivables.ts'
import { isBeingSent, MARKING, retryAfterMs } from '../retries.ts'
import { IS_FIRST, type MailPurpose } from './mails.ts'
import { placementProcess } from './placement.ts'

/** Mails to agencies are claimed under their customer's lock; what comes of an attempt stands on the row. */

export interface PlacementNotice {
  purpose: MailPurpose
  language: string
  agency: { name: string; email: string }
  customer: { code: string; name: string }
  placement: number
  kind: PlacementKind
  /** The customer's day. */
  today: LocalDate
  commission: string | null
  answerBy: LocalDate | null
  reportDueOn: LocalDate | null
  why: string | null
  /** Still to be collected, the oldest first. */
  items: { document: string; dueOn: LocalDate; currency: string; minor: bigint }[]
  /** Documents that aren't placed any more. */
  gone: string[]
}

export type MailClaim =
  | { kind: 'send'; raw: Buffer; recipient: string; isRepeat: boolean }
  | { kind: 'nothing'; why: string }

interface MailRow {
  state: string
  purpose: MailPurpose
  agency_id: number
  placement_id: number
  customer_id: number
  planned_on: LocalDate
  next_try_at: Instant
  mail_id: string
  raw: Buffer | null
  recipient: string | null
  attempts: number
  detail: { why?: string }
  is_first: boolean
}

/** Whether it still says what is so. */
function isStill(purpose: MailPurpose, state: PlacementState, isTheirs: boolean): boolean {
  if (purpose === 'recall' || purpose === 'expired') return true
  if (!isTheirs) return false
  return purpose === 'offer' ? state === 'offered' : isHeld(state)
}

const openMail = async (sql: Sql, id: number): Promise<MailRow> => {
  await sql.rows(
    'SELECT FROM customer WHERE id = (SELECT p.customer_id FROM placement_mail m JOIN placement p ON p.id = m.placement_id WHERE m.id = $1) FOR NO KEY UPDATE',
    [id],
  )
  const row = await sql.one<MailRow>(
    `SELECT m.state, m.purpose, m.agency_id::int, m.placement_id::int, p.customer_id::int, m.planned_on, m.next_try_at, m.mail_id, m.raw, m.recipient, m.attempts, m.detail, ${IS_FIRST} AS is_first
     FROM placement_mail m JOIN placement p ON p.id = m.placement_id WHERE m.id = $1 FOR UPDATE OF m`,
    [id],
  )
  if (!row) throw new Error(`mail ${id} of a placement is not in the ledger`)
  return row
}

/** Of what a mail hands over, the purpose: read before the claim, to make what goes along. */
export const purposeOfMail = async (
  sql: Sql,
  id: number,
): Promise<{ purpose: MailPurpose; placement: number; rendered: boolean } | null> =>
  sql.one(
    `SELECT purpose, placement_id::int AS placement, raw IS NOT NULL AS rendered FROM placement_mail WHERE id = $1 AND state IN ('pending', 'sending')`,
    [id],
  )

/** Takes a mail for sending: reads the facts again and stores the bytes, which every further attempt sends while they hold. */
export async function claimPlacementMail(
  database: Database,
  doing: { company: string; now: Instant },
  id: number,
  render: (notice: PlacementNotice, mailId: string, at: Instant) => Promise<Buffer>,
  leaseMs: number,
): Promise<MailClaim> {
  return database.transaction(async (sql) => {
    const mail = await openMail(sql, id)
    if (mail.state !== 'pending' && mail.state !== 'sending') return { kind: 'nothing', why: mail.state }
    if (isBeingSent(mail, doing.now)) return { kind: 'nothing', why: 'being sent' }
    if (!mail.is_first) return { kind: 'nothing', why: 'not its turn' }
    const isRepeat = mail.raw !== null
    const placement = (await sql.one<{ state: PlacementState; agency_id: number | null }>(
      'SELECT state, agency_id::int FROM placement WHERE id = $1',
      [mail.placement_id],
    ))!
    if (!isStill(mail.purpose, placement.state, placement.agency_id === mail.agency_id)) {
      await sql.rows(
        `UPDATE placement_mail SET state = 'skipped', reason = 'nothing left to say' WHERE id = $1`,
        [id],
      )
      await touchProcess(sql, doing.company, placementProcess(mail.placement_id))
      return { kind: 'nothing', why: 'nothing left to say' }
    }
    const notice = isRepeat ? null : await noticeOf(sql, mail)
    const raw = mail.raw ?? (await render(notice!, mail.mail_id, doing.now))
    const recipient = mail.recipient ?? notice!.agency.email
    await sql.rows(
      `UPDATE placement_mail SET state = 'sending', attempts = attempts + 1, raw = $2, recipient = $3, next_try_at = to_timestamp($4 / 1000.0) WHERE id = $1`,
      [id, raw, recipient, doing.now + leaseMs],
    )
    return { kind: 'send', raw, recipient, isRepeat }
  }, SHORT)
}

async function noticeOf(sql: Sql, mail: MailRow): Promise<PlacementNotice> {
  const row = (await sql.one<{
    name: string
    email: string
    language: string
    code: string
    customer: string
    kind: PlacementKind
    commission: string | null
    answer_by: LocalDate | null
    report_due_on: LocalDate | null
  }>(
    `SELECT a.name, a.email, a.language, c.code, c.name AS customer, p.kind, p.commission_percent AS commission, p.answer_by, p.report_due_on
     FROM placement p JOIN customer c ON c.id = p.customer_id JOIN agency a ON a.id = $2 WHERE p.id = $1`,
    [mail.placement_id, mail.agency_id],
  ))!
  const items = await sql.rows<PlacementNotice['items'][number] & { active: boolean }>(
    `SELECT CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS document, r.due_on AS "dueOn", r.currency,
       greatest(o.claimed_minor, 0)::bigint AS minor, i.active
     FROM placement_item i JOIN receivable r ON r.id = i.receivable_id JOIN ${CLAIMED} o ON o.receivable_id = r.id
     WHERE i.placement_id = $1 ORDER BY r.due_on, r.id`,
    [mail.placement_id],
  )
  return {
    purpose: mail.purpose,
    language: row.language,
    agency: { name: row.name, email: row.email },
    customer: { code: row.code, name: row.customer },
    placement: mail.placement_id,
    kind: row.kind,
    today: mail.planned_on,
    commission: row.commission,
    answerBy: row.answer_by,
    reportDueOn: row.report_due_on,
    why: mail.detail.why ?? null,
    items: items.filter((i) => i.active).map(({ active: _, ...item }) => item),
    gone: items.filter((i) => !i.active).map((i) => i.document),
  }
}

export type MailOutcome =
  | { kind: 'sent'; response: string }
  | { kind: 'deferred'; reason: string; delivered: 'no' | 'unknown' }
  | { kind: 'refused'; reason: string }

/** What came of an attempt. Twice is once. */
export async function markPlacementMail(
  database: Database,
  doing: { company: string; actor: string; now: Instant },
  id: number,
  outcome: MailOutcome,
): Promise<void> {
  await database.transaction(async (sql) => {
    const mail = await openMail(sql, id)
    if (mail.state !== 'sending') return
    if (outcome.kind === 'sent')
      await sql.rows(
        `UPDATE placement_mail SET state = 'sent', sent_at = to_timestamp($2 / 1000.0), response = $3, reason = NULL WHERE id = $1`,
        [id, doing.now, outcome.response],
      )
    else if (outcome.kind === 'deferred')
      // What certainly didn't arrive is written anew; else the same bytes go again.
      await sql.rows(
        `UPDATE placement_mail SET next_try_at = to_timestamp($2 / 1000.0), reason = $3, raw = CASE WHEN $4 THEN NULL ELSE raw END,
           recipient = CASE WHEN $4 THEN NULL ELSE recipient END WHERE id = $1`,
        [id, doing.now + retryAfterMs(mail.attempts), outcome.reason, outcome.delivered === 'no'],
      )
    else
      await sql.rows(`UPDATE placement_mail SET state = 'failed', reason = $2 WHERE id = $1`, [
        id,
        outcome.reason,
      ])
    if (outcome.kind !== 'deferred')
      await appendToJournal(sql, doing.company, mail.customer_id, {
        event: outcome.kind === 'sent' ? 'agency told' : 'agency not told',
        actor: doing.actor,
        at: doing.now,
        ...(outcome.kind === 'refused' ? { why: outcome.reason } : {}),
        data: {
          placement: mail.placement_id,
          purpose: mail.purpose,
          to: mail.recipient,
          mailId: mail.mail_id,
          ...(outcome.kind === 'sent' ? { response: outcome.response } : {}),
        },
      })
    await touchProcess(sql, doing.company, placementProcess(mail.placement_id))
  }, MARKING)
}
