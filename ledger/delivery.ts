import { addDays, type Instant, nextContactInstant } from '../domain/calendar.ts'
import { areFeedsTooOld } from '../domain/decide.ts'
import type { Notice } from '../domain/notice.ts'
import type { Intent } from '../domain/plan.ts'
import { type AttachmentFormat, attachedFormats } from '../domain/policy.ts'
import type { Statement } from '../domain/statement.ts'
import { turnOf } from '../domain/stepDate.ts'
import { touchReceivables } from './cases.ts'
import { confirmationNotice } from './confirmationNotice.ts'
import { type Database, SHORT, type Sql } from './database.ts'
import { readContext } from './facts.ts'
import { appendToJournal } from './journal.ts'
import { contactOf, type Doing, endMessage, type MessageRow, openMessage } from './messages.ts'
import { type NoticeSender, noticeOf } from './notice.ts'
import { WAITS_FOR_ADDRESS, WAITS_FOR_FILE } from './outbox.ts'
import type { Demand } from './placements/demandLetter.ts'
import { type Dropped, PURPOSES } from './purposes.ts'
import { isBeingSent } from './retries.ts'
import type { Calendars, CaseScope } from './scope.ts'
import { statementOfMessage } from './statement.ts'
import { openTask } from './tasks.ts'

/** A message is claimed under its customer's lock; what comes of the attempt is in `attempts`. */

export type Claim =
  | {
      kind: 'send'
      raw: Buffer
      recipient: string
      caseKey: string
      /** An attempt was made with these bytes before, and nobody knows how it ended. */
      isRepeat: boolean
    }
  /** What goes along with it isn't made, or was made of facts that have changed: make it, then claim again. */
  | { kind: 'unprepared'; caseKey: string }
  /** Nothing is to be sent (any more, or yet). */
  | { kind: 'nothing'; why: string; caseKey: string }

/** A document that was made to go along with a message, read from the store. */
export interface Attached {
  id: number
  name: string
  mediaType: string
  source: string | null
  content: Buffer
}

/** How a message becomes bytes; none of it may wait for anybody, since the customer is locked. */
export interface Writing {
  render: (notice: Notice, mailId: string, at: Instant, attached: readonly Attached[]) => Promise<Buffer>
  /** What a document of the statement is made of, now. */
  sourceOf: (statement: Statement, format: AttachmentFormat) => string
  /** The same of the letter of a formal demand. */
  sourceOfDemand: (demand: Demand) => string
  attached: readonly Attached[]
}

/**
 * Takes a message for sending. Under the customer's lock it reads the facts again, gives back what must not be said
 * any more, and stores the rendered bytes, so that every further attempt sends these. Outside the contact hours it
 * waits for the next opening, and what waits for a source's file or an address for that, or the next working day.
 */
export async function claimMessage(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  messageId: number,
  sender: NoticeSender,
  writing: Writing,
  /** So long the message, or the making of its documents, is this attempt's alone; after it, it is tried again. */
  leaseMs = 5 * 60_000,
): Promise<Claim> {
  return database.transaction(async (sql) => {
    const { message, scope } = await openMessage(sql, calendars, doing, messageId)
    const nothing = (why: string): Claim => ({ kind: 'nothing', why, caseKey: scope.case.key })
    if (message.state !== 'pending' && message.state !== 'sending') return nothing(message.state)
    if (isBeingSent(message, doing.now)) return nothing('being sent')
    const context = await readContext(sql, scope, doing.now)
    const opensAt = nextContactInstant(doing.now, context.hours, scope.calendar, context.spreadMinutes)
    if (opensAt > doing.now) {
      await putOff(sql, messageId, opensAt)
      return nothing('outside the contact hours')
    }
    const purpose = PURPOSES[message.purpose]
    const waitsForFile = purpose.waitsForFile === true && areFeedsTooOld(context)
    const { nothingLeft, left, dropped, promised, confirmation, demand } = await purpose.left(
      sql,
      scope,
      waitsForFile ? { ...context, feedsTellThrough: null } : context,
      messageId,
    )
    await giveBack(sql, doing, scope, message, dropped)
    const contact = await contactOf(sql, scope, message.contact_id)
    const noAddress = contact === null && !message.rendered
    const why = nothingLeft ?? (noAddress && !purpose.waitsForAddress ? 'no address' : null)
    if (why !== null) {
      await endMessage(sql, doing, scope, messageId, 'skipped', why, left)
      return nothing(why)
    }
    if (noAddress)
      await openTask(sql, doing, scope, { kind: 'fix_contact', subject: 'no address', receivables: left })
    if (waitsForFile || noAddress) {
      const what = waitsForFile ? WAITS_FOR_FILE : WAITS_FOR_ADDRESS
      await putOff(sql, messageId, turnOf(addDays(scope.today, 1), context), what)
      return nothing(what)
    }
    const nextTryAt = doing.now + leaseMs
    if (message.rendered) {
      const stored = await sql.one<{ raw: Buffer; recipient: string }>(
        'UPDATE message SET attempts = attempts + 1, next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1 RETURNING raw, recipient',
        [messageId, nextTryAt],
      )
      return {
        kind: 'send',
        ...stored!,
        caseKey: scope.case.key,
        isRepeat: true,
      }
    }
    const sources = demand
      ? [writing.sourceOfDemand(demand)]
      : await statementSources(sql, scope, message.template, writing)
    const along = sources.map((source) => writing.attached.find((d) => d.source === source))
    if (along.includes(undefined)) {
      await putOff(sql, messageId, nextTryAt, 'waits for its documents')
      return { kind: 'unprepared', caseKey: scope.case.key }
    }
    const notice = confirmation
      ? await confirmationNotice(sql, scope, sender, confirmation, contact!)
      : await noticeOf(sql, scope, sender, message.template, left, contact!, promised)
    if (demand) notice.payBy = demand.deadline
    const raw = await writing.render(notice, message.mail_id, doing.now, along as Attached[])
    await keepAttached(sql, messageId, along as Attached[])
    await sql.rows(
      `UPDATE message SET state = 'sending', attempts = attempts + 1, raw = $2, recipient = $3, contact_id = $4, next_try_at = to_timestamp($5 / 1000.0)
       WHERE id = $1`,
      [messageId, raw, contact!.email, contact!.id, nextTryAt],
    )
    return { kind: 'send', raw, recipient: contact!.email, caseKey: scope.case.key, isRepeat: false }
  }, SHORT)
}

const putOff = (sql: Sql, messageId: number, until: Instant, reason: string | null = null) =>
  sql.rows(
    'UPDATE message SET next_try_at = to_timestamp($2 / 1000.0), reason = coalesce($3, reason) WHERE id = $1',
    [messageId, until, reason],
  )

/** Told anew and compared: what goes along must say what the message says. */
async function statementSources(
  sql: Sql,
  scope: CaseScope,
  template: Intent['template'],
  { sourceOf }: Writing,
): Promise<string[]> {
  const formats = attachedFormats(scope.policy, template)
  if (formats.length === 0) return []
  const statement = await statementOfMessage(sql, scope, template)
  return formats.map((format) => sourceOf(statement, format))
}

/** What was made for it before, and doesn't go along any more. */
const keepAttached = (sql: Sql, messageId: number, along: readonly Attached[]) =>
  sql.rows('DELETE FROM message_document WHERE message_id = $1 AND document_id <> ALL($2)', [
    messageId,
    along.map(({ id }) => id),
  ])

async function giveBack(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  { id, purpose }: MessageRow,
  dropped: readonly Dropped[],
): Promise<void> {
  if (dropped.length === 0) return
  const ids = dropped.map((d) => d.receivable)
  await PURPOSES[purpose].letGo?.(sql, id, ids)
  await touchReceivables(sql, ids)
  for (const reason of new Set(dropped.map((d) => d.reason)))
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: 'left out of notice',
      actor: doing.actor,
      at: doing.now,
      why: reason,
      receivables: dropped.filter((d) => d.reason === reason).map((d) => d.receivable),
      data: { message: id },
    })
}
