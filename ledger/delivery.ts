import { type Instant, type LocalDate, nextContactInstant } from '../domain/calendar.ts'
import { brakeOn, type Reason } from '../domain/decide.ts'
import type { Notice } from '../domain/notice.ts'
import type { Intent } from '../domain/plan.ts'
import { touchReceivables } from './cases.ts'
import type { Database, Sql } from './database.ts'
import { readContext, readFacts } from './facts.ts'
import { appendToJournal } from './journal.ts'
import { type NoticeSender, noticeOf } from './notice.ts'
import { planNotice } from './outbox.ts'
import { openPromises } from './promises.ts'
import { type Calendars, type CaseScope, openCase } from './scope.ts'
import { openTask } from './tasks.ts'

/** Messages on their way: claimed under the customer's lock, then sent, deferred or refused. */

type Doing = { company: string; actor: string; now: Instant }

/** By so much the clocks of two workers may differ. */
const CLOCK_SKEW_MS = 1_000
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 60 * 60_000
/** After so many tries a person is told; trying goes on. */
const TRIES_UNTIL_TOLD = 12

export type Claim =
  | {
      kind: 'send'
      raw: Buffer
      recipient: string
      caseKey: string
      /** An attempt was made with these bytes before, and nobody knows how it ended. */
      isRepeat: boolean
    }
  /** Nothing is to be sent (any more, or yet). */
  | { kind: 'nothing'; why: string; caseKey: string }

interface MessageRow {
  id: number
  key: string
  template: Intent['template']
  state: string
  contact_id: number | null
  attempts: number
  next_try_at: Instant
  mail_id: string
  raw: Buffer | null
  recipient: string | null
  sequence: number
  planned_on: LocalDate
}

/**
 * Takes a message for sending. Under the customer's lock it reads the facts again, gives back what must not be said
 * any more, and stores the rendered bytes, so that every further attempt sends these. Outside the contact hours it
 * waits for the next opening.
 */
export async function claimMessage(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  messageId: number,
  sender: NoticeSender,
  render: (notice: Notice, mailId: string, at: Instant) => Promise<Buffer>,
  /** So long the message is this attempt's alone; one whose sender is gone is tried again after it. */
  leaseMs = 5 * 60_000,
): Promise<Claim> {
  return database.transaction(async (sql) => {
    const { message, scope } = await openMessage(sql, calendars, doing, messageId)
    const nothing = (why: string): Claim => ({ kind: 'nothing', why, caseKey: scope.case.key })
    if (message.state !== 'pending' && message.state !== 'sending') return nothing(message.state)
    // Claimed by another attempt that may still be talking to the mail server.
    if (message.state === 'sending' && message.next_try_at > doing.now + CLOCK_SKEW_MS)
      return nothing('being sent')
    const context = await readContext(sql, scope, doing.now)
    const opensAt = nextContactInstant(doing.now, context.hours, scope.calendar, context.spreadMinutes)
    if (opensAt > doing.now) {
      await sql.rows('UPDATE message SET next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1', [
        messageId,
        opensAt,
      ])
      return nothing('outside the contact hours')
    }
    const { left, dropped } = await stillDue(sql, scope, messageId, context)
    await giveBack(sql, doing, scope, messageId, dropped)
    const contact = await contactOf(sql, scope, message.contact_id)
    if (left.length === 0 || (contact === null && message.raw === null)) {
      const why =
        left.length > 0
          ? 'no address'
          : dropped.length > 0
            ? `nothing left to say: ${[...new Set(dropped.map((d) => d.reason))].join(', ')}`
            : 'nothing left to say'
      await endMessage(sql, doing, scope, messageId, 'skipped', why, left)
      return nothing(why)
    }
    const nextTryAt = doing.now + leaseMs
    if (message.raw) {
      await sql.rows(
        'UPDATE message SET attempts = attempts + 1, next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1',
        [messageId, nextTryAt],
      )
      return {
        kind: 'send',
        raw: message.raw,
        recipient: message.recipient!,
        caseKey: scope.case.key,
        isRepeat: true,
      }
    }
    const notice = await noticeOf(sql, scope, sender, message.template, left, contact!)
    const raw = await render(notice, message.mail_id, doing.now)
    await sql.rows(
      `UPDATE message SET state = 'sending', attempts = attempts + 1, raw = $2, recipient = $3, contact_id = $4, next_try_at = to_timestamp($5 / 1000.0)
       WHERE id = $1`,
      [messageId, raw, contact!.email, contact!.id, nextTryAt],
    )
    return { kind: 'send', raw, recipient: contact!.email, caseKey: scope.case.key, isRepeat: false }
  })
}

async function openMessage(
  sql: Sql,
  calendars: Calendars,
  doing: Doing,
  id: number,
): Promise<{ message: MessageRow; scope: CaseScope }> {
  const read = () =>
    sql.one<MessageRow>(
      `SELECT m.id::int, k.key, m.template, m.state, m.contact_id::int, m.attempts, m.next_try_at, m.mail_id, m.raw, m.recipient, m.sequence, m.planned_on
       FROM message m JOIN collection_case k ON k.id = m.case_id WHERE m.id = $1`,
      [id],
    )
  const before = await read()
  if (!before) throw new Error(`message ${id} is not in the ledger`)
  const scope = await openCase(sql, calendars, doing.company, before.key, doing.now)
  return { message: (await read())!, scope: scope! }
}

type Dropped = { receivable: number; reason: Reason | 'moved' }

/** Which of a message's receivables still have their step due, and which must not be chased now. */
async function stillDue(
  sql: Sql,
  scope: CaseScope,
  messageId: number,
  context: Awaited<ReturnType<typeof readContext>>,
): Promise<{ left: number[]; dropped: Dropped[] }> {
  const bound = await sql.rows<{ receivable: number; here: boolean }>(
    `SELECT s.receivable_id::int AS receivable, r.case_id = $2 AS here FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id
     WHERE s.message_id = $1 AND s.state = 'pending'`,
    [messageId, scope.case.id],
  )
  const steps = bound.filter((b) => b.here)
  const promises = await openPromises(sql, scope.customer.id)
  const facts = await readFacts(
    sql,
    scope,
    promises,
    steps.map((s) => s.receivable),
  )
  const left: number[] = []
  // What was regrouped meanwhile is said by its new case.
  const dropped: Dropped[] = bound
    .filter((b) => !b.here)
    .map((b) => ({ receivable: b.receivable, reason: 'moved' }))
  for (const one of facts) {
    const brake = brakeOn(one, context)
    if (brake) dropped.push({ receivable: one.id, reason: brake })
    else left.push(one.id)
  }
  return { left, dropped }
}

async function giveBack(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  messageId: number,
  dropped: readonly Dropped[],
): Promise<void> {
  if (dropped.length === 0) return
  const ids = dropped.map((d) => d.receivable)
  await sql.rows(
    `DELETE FROM receivable_step WHERE message_id = $1 AND receivable_id = ANY($2) AND state = 'pending'`,
    [messageId, ids],
  )
  await touchReceivables(sql, ids)
  for (const reason of new Set(dropped.map((d) => d.reason)))
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: 'left out of notice',
      actor: doing.actor,
      at: doing.now,
      why: reason,
      receivables: dropped.filter((d) => d.reason === reason).map((d) => d.receivable),
      data: { message: messageId },
    })
}

/** A message that won't be sent, and why; its steps go back to their receivables. */
async function endMessage(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  messageId: number,
  state: 'skipped' | 'failed',
  why: string,
  receivables: readonly number[],
): Promise<void> {
  await sql.rows('UPDATE message SET state = $2, reason = $3 WHERE id = $1', [messageId, state, why])
  await sql.rows(`DELETE FROM receivable_step WHERE message_id = $1 AND state = 'pending'`, [messageId])
  await touchReceivables(sql, receivables)
  await sql.rows('UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $1', [
    scope.case.id,
  ])
  await appendToJournal(sql, doing.company, scope.customer.id, {
    event: `notice ${state}`,
    actor: doing.actor,
    at: doing.now,
    why,
    receivables: [...receivables],
    data: { message: messageId },
  })
}

interface Contact {
  id: number
  name: string
  email: string
}

/** Whom to write to: who was chosen for this message, else the first whose address works, the site's before the customer's. */
async function contactOf(sql: Sql, scope: CaseScope, chosen: number | null): Promise<Contact | null> {
  return sql.one<Contact>(
    `SELECT id::int, name, email FROM contact
     WHERE customer_id = $1 AND email IS NOT NULL AND refused_at IS NULL AND (site IN ('', $2) OR $2 = '')
     ORDER BY coalesce(id = $3, false) DESC, site = $2 DESC, rank, id LIMIT 1`,
    [scope.customer.id, scope.case.site, chosen],
  )
}

/** The mail server took the message: its steps have happened. Twice is once. */
export async function markSent(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  messageId: number,
  response: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    const { message, scope } = await openMessage(sql, calendars, doing, messageId)
    if (message.state === 'sent') return
    await sql.rows(
      `UPDATE message SET state = 'sent', sent_at = to_timestamp($2 / 1000.0), reason = NULL WHERE id = $1`,
      [messageId, doing.now],
    )
    const steps = await sql.rows<{ receivable: number; step: string; action: string; document: string }>(
      `UPDATE receivable_step s SET state = 'done', on_date = $2 FROM receivable r
       WHERE r.id = s.receivable_id AND s.message_id = $1 AND s.state = 'pending'
       RETURNING s.receivable_id::int AS receivable, s.step, s.action, r.document`,
      [messageId, scope.today],
    )
    await sql.rows('UPDATE collection_case SET last_notice_on = $2 WHERE id = $1', [
      scope.case.id,
      scope.today,
    ])
    await touchReceivables(
      sql,
      steps.map((s) => s.receivable),
    )
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: `${message.template} sent`,
      actor: doing.actor,
      at: doing.now,
      receivables: steps.map((s) => s.receivable).sort((a, b) => a - b),
      data: {
        message: messageId,
        mailId: message.mail_id,
        to: message.recipient,
        response,
        steps: Object.fromEntries(steps.map((s) => [s.document, s.step])),
      },
    })
  })
}

/**
 * The attempt failed for now. When the server certainly didn't take it, the next attempt reads the facts anew; when
 * nobody knows, the stored bytes go again under the same Message-ID.
 */
export async function markDeferred(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  messageId: number,
  outcome: { reason: string; delivered: 'no' | 'unknown' },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { message, scope } = await openMessage(sql, calendars, doing, messageId)
    if (message.state !== 'sending') return
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, message.attempts - 1))
    await sql.rows(
      `UPDATE message SET next_try_at = to_timestamp($2 / 1000.0), reason = $3,
         state = CASE WHEN $4 THEN 'pending' ELSE state END, raw = CASE WHEN $4 THEN NULL ELSE raw END WHERE id = $1`,
      [messageId, doing.now + wait, outcome.reason, outcome.delivered === 'no'],
    )
    const receivables = await pendingOf(sql, messageId)
    if (message.attempts === 1 || message.attempts === TRIES_UNTIL_TOLD)
      await appendToJournal(sql, doing.company, scope.customer.id, {
        event: 'notice deferred',
        actor: doing.actor,
        at: doing.now,
        why: outcome.reason,
        receivables,
        data: { message: messageId, attempts: message.attempts },
      })
    if (message.attempts === TRIES_UNTIL_TOLD)
      await openTask(sql, doing, scope, {
        kind: 'fix_contact',
        subject: `deferred ${message.recipient}`,
        owner: scope.customer.analyst,
        dueOn: scope.today,
        receivables,
        detail: { email: message.recipient, reason: outcome.reason },
      })
    await sql.rows('UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $1', [
      scope.case.id,
    ])
  })
}

/**
 * Refused for good. A refused address is not written to again until a person mends it, and the next contact gets the
 * message; a refused message says nothing against the address, so its steps come again another day.
 */
export async function markRefused(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  messageId: number,
  { reason, scope: refused }: { reason: string; scope: 'recipient' | 'message' },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { message, scope } = await openMessage(sql, calendars, doing, messageId)
    if (message.state !== 'sending') return
    if (refused === 'recipient')
      await sql.rows(
        'UPDATE contact SET refused_at = to_timestamp($2 / 1000.0), refused_reason = $3 WHERE id = $1',
        [message.contact_id, doing.now, reason],
      )
    const receivables = await pendingOf(sql, messageId)
    await openTask(sql, doing, scope, {
      kind: 'fix_contact',
      subject: `refused ${message.recipient}`,
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables,
      detail: { email: message.recipient, reason },
    })
    const next =
      refused === 'recipient' && message.planned_on === scope.today ? await contactOf(sql, scope, null) : null
    if (next) {
      await sql.rows(`UPDATE message SET state = 'failed', reason = $2 WHERE id = $1`, [messageId, reason])
      const fallback = await planNotice(sql, doing, scope, message.template, message.sequence + 1, next.id)
      await sql.rows(
        `UPDATE receivable_step SET message_id = $2 WHERE message_id = $1 AND state = 'pending'`,
        [messageId, fallback],
      )
      await appendToJournal(sql, doing.company, scope.customer.id, {
        event: 'notice refused',
        actor: doing.actor,
        at: doing.now,
        why: reason,
        receivables,
        data: { message: messageId, to: message.recipient, fallback: next.email },
      })
      await sql.rows('UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $1', [
        scope.case.id,
      ])
    } else await endMessage(sql, doing, scope, messageId, 'failed', reason, receivables)
  })
}

const pendingOf = async (sql: Sql, messageId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      `SELECT receivable_id::int AS id FROM receivable_step WHERE message_id = $1 AND state = 'pending' ORDER BY 1`,
      [messageId],
    )
  ).map((r) => r.id)
