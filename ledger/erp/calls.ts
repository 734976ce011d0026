import { createHash } from 'node:crypto'
import type { Instant } from '../../domain/calendar.ts'
import { ATTEMPTS_BEFORE_TASK, type ErpCall, pauseAfter, type Told } from '../../domain/erp.ts'
import type { Delivery } from '../../domain/process.ts'
import type { Database, Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import type { Looking } from '../looks.ts'
import type { Doing } from '../messages.ts'
import { MARKING } from '../retries.ts'
import { type Calendars, type CaseScope, type CustomerScope, caseOfCustomer, ownCase } from '../scope.ts'
import { closeAbout, openTask } from '../tasks.ts'

/** Calls to the ERP: of each order one after the other, each until it is known to have arrived. */

/** SQL: no earlier call of the same order as `c` is on its way. */
const IS_FIRST = `NOT EXISTS (SELECT FROM order_call e
  WHERE e.company = c.company AND e.order_number = c.order_number AND e.seq < c.seq AND e.state <> 'delivered')`

/**
 * What is to be told of an order now, and when else. What failed waits for a person, and so does all behind it. Tasks about
 * calls that the ERP has fetched meanwhile are over.
 */
export async function lookAtCalls(
  sql: Sql,
  { company, id: orderNumber, now, actor }: Pick<Looking, 'company' | 'id' | 'now' | 'actor'>,
  scope: CustomerScope,
): Promise<{ due: Delivery[]; nextTryAt: Instant | null; allKnown: boolean }> {
  const over = await sql.rows<{ subject: string }>(
    `SELECT t.subject FROM task t JOIN order_call c ON t.subject = 'erp call ' || c.id
     WHERE t.customer_id = $1 AND t.kind = 'tell_erp' AND t.state = 'open' AND c.company = $2 AND c.order_number = $3 AND c.state = 'delivered'`,
    [scope.customer.id, company, orderNumber],
  )
  if (over.length > 0) {
    const own = await caseOfCustomer(sql, scope)
    for (const { subject } of over) await closeAbout(sql, { company, now, actor }, own, 'tell_erp', subject)
  }
  const first = await sql.one<{ id: number; state: string; attempts: number; next_try_at: Instant }>(
    `SELECT id::int, state, attempts, next_try_at FROM order_call WHERE company = $1 AND order_number = $2 AND state <> 'delivered'
     ORDER BY seq LIMIT 1`,
    [company, orderNumber],
  )
  if (!first || first.state === 'failed') return { due: [], nextTryAt: null, allKnown: !first }
  // One that was never tried is due: whoever wrote it may be some milliseconds ahead of this workflow.
  const isDue = first.attempts === 0 || first.next_try_at <= now
  return {
    due: isDue ? [{ channel: 'erp', id: first.id }] : [],
    nextTryAt: isDue ? null : first.next_try_at,
    allKnown: false,
  }
}

/** A call for the length of one attempt. */
export interface ClaimedCall extends ErpCall {
  attempt: number
}

/** Takes a call for one attempt; null when it isn't its turn, or somebody else has it. */
export async function claimCall(
  database: Database,
  company: string,
  id: number,
  now: Instant,
  leaseMs: number,
): Promise<ClaimedCall | null> {
  const row = await database.one<{
    order_number: string
    seq: number
    event: string
    payload: Record<string, unknown>
    created_at: Instant
    attempts: number
  }>(
    `UPDATE order_call c SET state = 'sending', attempts = attempts + 1, next_try_at = to_timestamp($4 / 1000.0)
     WHERE company = $1 AND id = $2 AND state IN ('pending', 'sending') AND (attempts = 0 OR next_try_at <= to_timestamp($3 / 1000.0)) AND ${IS_FIRST}
     RETURNING order_number, seq, event, payload, created_at, attempts`,
    [company, id, now, now + leaseMs],
  )
  if (!row) return null
  return {
    id,
    messageId: messageIdOf(company, id, row),
    event: row.event,
    at: row.created_at,
    data: { company, order: row.order_number, ...row.payload },
    attempt: row.attempts,
  }
}

/** Not the row's number alone: a database that was set back gives it out again. */
const messageIdOf = (
  company: string,
  id: number,
  row: { order_number: string; seq: number; event: string; created_at: Instant },
): string =>
  `msg_${createHash('sha256')
    .update([company, id, row.order_number, row.seq, row.event, row.created_at].join('\n'))
    .digest('hex')
    .slice(0, 32)}`

/** Writes what came of an attempt. A later attempt that is under way isn't disturbed by an earlier one that took too long. */
export async function markCall(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  { id, attempt }: ClaimedCall,
  told: Told,
): Promise<void> {
  await database.transaction(async (sql) => {
    const { scope, call } = await openCall(sql, calendars, doing, id)
    if (call.state === 'delivered') return
    if (told.kind === 'delivered') {
      await sql.rows(
        `UPDATE order_call SET state = 'delivered', delivered_at = to_timestamp($2 / 1000.0), last_error = NULL WHERE id = $1`,
        [id, doing.now],
      )
      await note(sql, doing, scope, 'erp told', call)
      await closeAbout(sql, doing, scope, 'tell_erp', subjectOf(id))
      return
    }
    if (call.attempts !== attempt || call.state !== 'sending') return
    const isFinal = told.kind === 'refused'
    const nextTryAt = doing.now + pauseAfter(attempt, isFinal ? 0 : told.retryAfterMs)
    await sql.rows(
      `UPDATE order_call SET state = $2, next_try_at = to_timestamp($3 / 1000.0), last_error = $4 WHERE id = $1`,
      [id, isFinal ? 'failed' : 'pending', nextTryAt, told.reason],
    )
    if (isFinal) await note(sql, doing, scope, 'erp call failed', call, told.reason)
    if (isFinal || attempt === ATTEMPTS_BEFORE_TASK)
      await openTask(sql, doing, scope, {
        kind: 'tell_erp',
        subject: subjectOf(id),
        priority: 'high',
        dueOn: scope.calendar.nextWorkingDay(scope.today),
        receivables: [],
        detail: { call: id, order: call.order_number, event: call.event, reason: told.reason },
      })
  }, MARKING)
}

export const subjectOf = (id: number): string => `erp call ${id}`

export interface OpenCall {
  id: number
  customer_id: number
  order_number: string
  event: string
  state: 'pending' | 'sending' | 'delivered' | 'failed'
  attempts: number
}

/** A call with its customer locked. */
async function openCall(
  sql: Sql,
  calendars: Calendars,
  doing: Doing,
  id: number,
): Promise<{ scope: CaseScope; call: OpenCall }> {
  const CALL = `SELECT c.id::int, o.customer_id::int, c.order_number, c.event, c.state, c.attempts
    FROM order_call c JOIN sales_order o ON o.company = c.company AND o.number = c.order_number WHERE c.company = $1 AND c.id = $2`
  const found = await sql.one<OpenCall>(CALL, [doing.company, id])
  if (!found) throw new Error(`call ${id} is gone`)
  const scope = await ownCase(sql, calendars, found.customer_id, doing.now)
  // Only now: it may have changed while the lock was waited for.
  return { scope, call: (await sql.one<OpenCall>(CALL, [doing.company, id]))! }
}

export const note = (
  sql: Sql,
  doing: Doing,
  { customer }: { customer: { id: number } },
  event: 'erp told' | 'erp call failed' | 'erp call retried',
  call: Pick<OpenCall, 'id' | 'order_number' | 'event'>,
  why?: string,
) =>
  appendToJournal(sql, doing.company, customer.id, {
    event,
    actor: doing.actor,
    at: doing.now,
    ...(why === undefined ? {} : { why }),
    receivables: [],
    data: { call: call.id, order: call.order_number, event: call.event },
  })
