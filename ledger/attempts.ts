import { touchReceivables } from './cases.ts'
import { sayInstead } from './confirmationNotice.ts'
import type { Database } from './database.ts'
import { documentsOfMessage } from './documents.ts'
import { appendToJournal } from './journal.ts'
import { contactOf, type Doing, endMessage, openMessage } from './messages.ts'
import { planMessage } from './outbox.ts'
import { PURPOSES } from './purposes.ts'
import { MARKING, retryAfterMs, TRIES_UNTIL_TOLD } from './retries.ts'
import type { Calendars } from './scope.ts'
import { sendInstead } from './statementRuns.ts'
import { openTask } from './tasks.ts'

/** What came of an attempt to send a claimed message: taken, put off, or refused. */

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
    // Only the ladder chases: gaps aren't counted from a word about a promise, or from a statement. What it concerns may
    // be another case's; the one that sent it looks again all the same.
    await sql.rows(
      'UPDATE collection_case SET facts_version = facts_version + 1, last_notice_on = CASE WHEN $2 THEN $3::date ELSE last_notice_on END WHERE id = $1',
      [scope.case.id, message.purpose === 'notice', scope.today],
    )
    const receivables =
      message.purpose === 'notice'
        ? steps.map((s) => s.receivable)
        : await PURPOSES[message.purpose].concerns(sql, messageId)
    await touchReceivables(sql, receivables)
    const along = await documentsOfMessage(sql, messageId)
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: `${message.template.replaceAll('_', ' ')} sent`,
      actor: doing.actor,
      at: doing.now,
      receivables: [...receivables].sort((a, b) => a - b),
      data: {
        message: messageId,
        mailId: message.mail_id,
        to: message.recipient,
        response,
        steps: Object.fromEntries(steps.map((s) => [s.document, s.step])),
        ...(along.length > 0 ? { documents: along.map(({ id, name, hash }) => ({ id, name, hash })) } : {}),
      },
    })
  }, MARKING)
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
    await sql.rows(
      `UPDATE message SET next_try_at = to_timestamp($2 / 1000.0), reason = $3,
         state = CASE WHEN $4 THEN 'pending' ELSE state END, raw = CASE WHEN $4 THEN NULL ELSE raw END WHERE id = $1`,
      [messageId, doing.now + retryAfterMs(message.attempts), outcome.reason, outcome.delivered === 'no'],
    )
    const receivables = await PURPOSES[message.purpose].concerns(sql, messageId)
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
        receivables,
        detail: { email: message.recipient, reason: outcome.reason },
      })
    await sql.rows('UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $1', [
      scope.case.id,
    ])
  }, MARKING)
}

/**
 * Refused for good. A refused address is not written to again until a person mends it, and the next contact gets the
 * message, or it waits for an address; a refused message says nothing against the address. What comes again by itself
 * comes another day.
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
    const receivables = await PURPOSES[message.purpose].concerns(sql, messageId)
    await openTask(sql, doing, scope, {
      kind: 'fix_contact',
      subject: `refused ${message.recipient}`,
      receivables,
      detail: { email: message.recipient, reason },
    })
    const { comesAgain, waitsForAddress } = PURPOSES[message.purpose]
    const goesOn = refused === 'recipient' && (!comesAgain || message.planned_on === scope.today)
    const next = goesOn ? await contactOf(sql, scope, null) : null
    if (next || (goesOn && waitsForAddress)) {
      await sql.rows(`UPDATE message SET state = 'failed', reason = $2 WHERE id = $1`, [messageId, reason])
      const fallback = await planMessage(sql, doing, scope, message.template, next?.id)
      await sql.rows(
        `UPDATE receivable_step SET message_id = $2 WHERE message_id = $1 AND state = 'pending'`,
        [messageId, fallback],
      )
      for (const table of ['promise_reminder', 'promise_confirmation', 'placement'])
        await sql.rows(`UPDATE ${table} SET message_id = $2 WHERE message_id = $1`, [messageId, fallback])
      await sayInstead(sql, messageId, fallback)
      await sendInstead(sql, messageId, fallback)
      await appendToJournal(sql, doing.company, scope.customer.id, {
        event: 'notice refused',
        actor: doing.actor,
        at: doing.now,
        why: reason,
        receivables,
        data: { message: messageId, to: message.recipient, fallback: next?.email ?? null },
      })
    } else await endMessage(sql, doing, scope, messageId, 'failed', reason, receivables)
  }, MARKING)
}
