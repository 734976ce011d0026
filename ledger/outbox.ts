import { createHash } from 'node:crypto'
import type { Instant } from '../domain/calendar.ts'
import type { Intent } from '../domain/plan.ts'
import { raiseCases } from './cases.ts'
import type { Sql } from './database.ts'
import type { CaseScope } from './scope.ts'

/** The outbox: what is to be said, before anything is. */

type Doing = { company: string; actor: string; now: Instant }

/** At most so many messages are handed out in one assessment. */
const MOST_INTENTS = 100

/**
 * Why something is said: what is due of the ladder, a promised payment that is near, a promise that was noted, a day's
 * statement of account, whether a balance is right, a formal demand. Each is a message of its own.
 */
export type Purpose = 'notice' | 'promise' | 'promise_made' | 'statement' | 'confirmation' | 'demand'
export const purposeOf = (template: Intent['template']): Purpose => PURPOSE_OF[template] ?? 'notice'
const PURPOSE_OF: Partial<Record<Intent['template'], Purpose>> = {
  promise_reminder: 'promise',
  promise_confirmation: 'promise_made',
  account_statement: 'statement',
  confirmation: 'confirmation',
  demand: 'demand',
}

/**
 * The message of the case that waits, of whatever day: two would ask for the same twice. With none, another one of today,
 * behind what was said before. The case that sends it may be another than its receivables': with a new one it is behind,
 * so that the sweep finds it should its wake be lost.
 */
export async function planMessage(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  template: Intent['template'],
  contactId: number | null = null,
): Promise<number> {
  const purpose = purposeOf(template)
  const found = await sql.one<{ joined: number | null; next: number }>(
    `WITH joined AS (
       UPDATE message SET template = CASE WHEN $2 = 'reminder' THEN $2 ELSE template END
       WHERE id = (SELECT id FROM message WHERE case_id = $1 AND purpose = $3 AND state = 'pending' ORDER BY planned_on DESC, sequence DESC LIMIT 1)
       RETURNING id::int)
     SELECT (SELECT id FROM joined) AS joined,
       (SELECT coalesce(max(sequence) + 1, 0) FROM message WHERE case_id = $1 AND purpose = $3 AND planned_on = $4) AS next`,
    [scope.case.id, template, purpose, scope.today],
  )
  const { joined, next: sequence } = found!
  if (joined !== null) return joined
  const mailId = createHash('sha256')
    .update([doing.company, scope.case.key, purpose, scope.today, 'mail', sequence].join('\n'))
    .digest('hex')
    .slice(0, 40)
  const row = await sql.one<{ id: number }>(
    `WITH raised AS (UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $2)
     INSERT INTO message (company, case_id, purpose, planned_on, channel, sequence, template, state, contact_id, next_try_at, mail_id, created_at)
     VALUES ($1, $2, $3, $4, 'mail', $5, $6, 'pending', $7, to_timestamp($8 / 1000.0), $9, to_timestamp($8 / 1000.0)) RETURNING id::int`,
    [doing.company, scope.case.id, purpose, scope.today, sequence, template, contactId, doing.now, mailId],
  )
  return row!.id
}

/** Every message of a case that waits to be sent now, and when the next of the others is due. */
export async function openIntents(
  sql: Sql,
  caseId: number,
  now: Instant,
): Promise<{ intents: Intent[]; nextTryAt: Instant | null }> {
  const rows = await sql.rows<Intent & { next_try_at: Instant }>(
    `SELECT id::int, template, next_try_at FROM message WHERE case_id = $1 AND state IN ('pending', 'sending') ORDER BY next_try_at, id`,
    [caseId],
  )
  const due = rows.filter((row) => row.next_try_at <= now)
  return {
    intents: due.slice(0, MOST_INTENTS).map(({ id, template }) => ({ id, template })),
    nextTryAt: rows.find((row) => row.next_try_at > now)?.next_try_at ?? null,
  }
}

/** Gives the steps of receivables back that wait in messages nobody claimed yet. */
export async function dropUnsent(sql: Sql, caseId: number, receivableIds: readonly number[]): Promise<void> {
  if (receivableIds.length === 0) return
  await sql.rows(
    `DELETE FROM receivable_step s USING message m
     WHERE m.id = s.message_id AND m.case_id = $1 AND m.state = 'pending' AND s.state = 'pending' AND s.receivable_id = ANY($2)`,
    [caseId, receivableIds],
  )
}

/** A message that waits and has no step left is skipped. Asked last, since what fires may still join it. */
export async function skipEmptied(sql: Sql, caseId: number): Promise<void> {
  await sql.rows(
    `UPDATE message m SET state = 'skipped', reason = 'nothing left to say'
     WHERE m.case_id = $1 AND m.purpose = 'notice' AND m.state = 'pending' AND NOT EXISTS (SELECT FROM receivable_step s WHERE s.message_id = m.id)`,
    [caseId],
  )
}

/** Why a message waits that the next file of a source may let go. */
export const WAITS_FOR_FILE = 'feed_too_old'

/** Why a message waits that a contact may let go. */
export const WAITS_FOR_ADDRESS = 'no address'

/** What waits for an address of these customers is asked about again; their cases look anyway. */
export const askAgainForAddress = (sql: Sql, customers: readonly number[], now: Instant): Promise<unknown> =>
  sql.rows(
    `UPDATE message SET next_try_at = to_timestamp($2 / 1000.0), reason = NULL
     WHERE case_id IN (SELECT id FROM collection_case WHERE customer_id = ANY($1)) AND state = 'pending' AND reason = '${WAITS_FOR_ADDRESS}'`,
    [customers, now],
  )

/** What waits for a source's file is asked about again, and its cases look. */
export const wakeWaitingForFile = (sql: Sql, company: string, now: Instant): Promise<string[]> =>
  raiseCases(
    sql,
    `UPDATE message SET next_try_at = to_timestamp($2 / 1000.0), reason = NULL
     WHERE company = $1 AND state IN ('pending', 'sending') AND reason = '${WAITS_FOR_FILE}' RETURNING case_id`,
    'SELECT case_id FROM touched',
    [company, now],
  )
