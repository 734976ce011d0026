import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Intent } from '../domain/plan.ts'
import { touchReceivables } from './cases.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { Purpose } from './outbox.ts'
import { type Calendars, type CaseScope, openCase } from './scope.ts'

/** A message of the outbox with its case locked; whom it goes to; how it ends unsent. */

export type Doing = { company: string; actor: string; now: Instant }

export interface MessageRow {
  id: number
  purpose: Purpose
  template: Intent['template']
  state: string
  contact_id: number | null
  attempts: number
  next_try_at: Instant
  mail_id: string
  /** Bytes were stored for it: every further attempt sends these. */
  rendered: boolean
  recipient: string | null
  planned_on: LocalDate
}

export async function openMessage(
  sql: Sql,
  calendars: Calendars,
  doing: Doing,
  id: number,
): Promise<{ message: MessageRow; scope: CaseScope }> {
  const of = await sql.one<{ key: string }>(
    'SELECT k.key FROM message m JOIN collection_case k ON k.id = m.case_id WHERE m.id = $1',
    [id],
  )
  if (!of) throw new Error(`message ${id} is not in the ledger`)
  const scope = await openCase(sql, calendars, doing.company, of.key, doing.now)
  const message = await sql.one<MessageRow>(
    `SELECT id::int, purpose, template, state, contact_id::int, attempts, next_try_at, mail_id, raw IS NOT NULL AS rendered, recipient, planned_on
     FROM message WHERE id = $1`,
    [id],
  )
  return { message: message!, scope: scope! }
}

/** A message that won't be sent, and why; its steps go back to their receivables. */
export async function endMessage(
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

export interface Contact {
  id: number
  name: string
  email: string
}

/** Whom to write to: who was chosen for this message, else the first whose address works, the site's before the customer's. */
export async function contactOf(sql: Sql, scope: CaseScope, chosen: number | null): Promise<Contact | null> {
  return sql.one<Contact>(
    `SELECT id::int, name, email FROM contact
     WHERE customer_id = $1 AND email IS NOT NULL AND refused_at IS NULL AND (site IN ('', $2) OR $2 = '')
     ORDER BY coalesce(id = $3, false) DESC, site = $2 DESC, rank, id LIMIT 1`,
    [scope.customer.id, scope.case.site, chosen],
  )
}
