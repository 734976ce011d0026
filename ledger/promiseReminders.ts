import { type Instant, localDateOf } from '../domain/calendar.ts'
import type { CaseContext } from '../domain/facts.ts'
import type { Currency } from '../domain/money.ts'
import type { Notice } from '../domain/notice.ts'
import { missingOf, reminderOn } from '../domain/promise.ts'
import { turnOf } from '../domain/stepDate.ts'
import type { Sql } from './database.ts'
import type { Doing } from './decisions.ts'
import { planMessage } from './outbox.ts'
import { type PromiseSoFar, promisesSoFar } from './promiseStanding.ts'
import type { CaseScope } from './scope.ts'
import { suspensionsNow } from './showAgreements.ts'

/** The word to a customer shortly before a promised payment: once for each instalment, and never for one that is paid. */

interface Near {
  promise: PromiseSoFar
  no: number
}

/**
 * Plans the reminders of a case that are due, as one message. A promise over several cases is the business of that of
 * its first receivable.
 *
 * @returns when the next one is due; null when none is
 */
export async function planReminders(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  context: CaseContext,
  promises: readonly PromiseSoFar[],
): Promise<Instant | null> {
  const before = scope.policy.promise.remind_working_days_before
  if (before === 0 || promises.length === 0) return null
  const here = await withoutReminder(sql, scope, promises)
  const due: Near[] = []
  let next: Instant | null = null
  for (const { promise, no } of here) {
    const { dueOn } = promise.instalments.find((i) => i.no === no)!
    const on = reminderOn(dueOn, promise.madeOn, before, scope.calendar)
    if (on === null || dueOn <= scope.today || missingOf(promise, promise.paidMinor, no) === 0n) continue
    const at = turnOf(on, context)
    if (at <= context.now) due.push({ promise, no })
    else if (localDateOf(at, scope.customer.time_zone) < dueOn) next = next === null ? at : Math.min(next, at)
  }
  const said = context.mailable ? await asked(sql, scope, due) : []
  if (said.length > 0) {
    const message = await planMessage(sql, doing, scope, 'promise_reminder')
    await sql.rows(
      `INSERT INTO promise_reminder (promise_id, no, message_id)
       SELECT promise, no, $2 FROM jsonb_to_recordset($1::jsonb) AS r(promise bigint, no int)`,
      [JSON.stringify(said.map(({ promise, no }) => ({ promise: promise.id, no }))), message],
    )
  }
  return next
}

/** Instalments of promises of this case that nobody was reminded of yet. */
async function withoutReminder(
  sql: Sql,
  scope: CaseScope,
  promises: readonly PromiseSoFar[],
): Promise<Near[]> {
  const rows = await sql.rows<{ promise: number; no: number }>(
    `SELECT n.promise_id::int AS promise, n.no FROM promise_instalment n
     WHERE n.promise_id = ANY($1) AND NOT EXISTS (SELECT FROM promise_reminder m WHERE m.promise_id = n.promise_id AND m.no = n.no)
       AND $2 = (SELECT r.case_id FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = n.promise_id ORDER BY r.id LIMIT 1)
     ORDER BY n.promise_id, n.no`,
    [promises.map((p) => p.id), scope.case.id],
  )
  return rows.map(({ promise, no }) => ({ promise: promises.find((p) => p.id === promise)!, no }))
}

/** Those with a receivable that nothing else keeps from being asked for: a pause, a payment that is on its way. */
async function asked<N extends Near>(sql: Sql, scope: CaseScope, near: readonly N[]): Promise<N[]> {
  const suspensions = await suspensionsNow(
    sql,
    scope.customer.id,
    near.flatMap(({ promise }) => promise.receivables),
    scope.today,
  )
  return near.filter(({ promise }) =>
    promise.receivables.some((id) =>
      (suspensions.get(id) ?? []).every((s) => s.kind === 'promised' || s.kind === 'disputed'),
    ),
  )
}

/** What of a message is still to be said when it is claimed, by day; no receivables when nothing is. */
export async function remindersLeft(
  sql: Sql,
  scope: CaseScope,
  context: CaseContext,
  messageId: number,
): Promise<{ receivables: number[]; due: NonNullable<Notice['promised']> }> {
  const bound = await sql.rows<{ promise: number; no: number }>(
    'SELECT promise_id::int AS promise, no FROM promise_reminder WHERE message_id = $1 ORDER BY promise_id, no',
    [messageId],
  )
  const open = new Map((await promisesSoFar(sql, scope.customer.id)).map((p) => [p.id, p]))
  const near = bound.flatMap(({ promise, no }) => {
    const found = open.get(promise)
    return found ? [{ promise: found, ...found.instalments.find((i) => i.no === no)! }] : []
  })
  const left = context.mailable
    ? await asked(
        sql,
        scope,
        near.filter((n) => n.dueOn > scope.today && missingOf(n.promise, n.promise.paidMinor, n.no) > 0n),
      )
    : []
  const said = new Map<number, bigint>()
  return {
    receivables: [...new Set(left.flatMap(({ promise }) => promise.receivables))],
    due: left.map(({ promise, no, dueOn }) => {
      // What is missing of a later instalment holds what is missing of those before it.
      const missing = missingOf(promise, promise.paidMinor, no)
      const minor = missing - (said.get(promise.id) ?? 0n)
      said.set(promise.id, missing)
      return { dueOn, currency: promise.currency as Currency, minor }
    }),
  }
}

/** The receivables that a reminder speaks of. */
export const remindedOf = async (sql: Sql, messageId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      `SELECT DISTINCT i.receivable_id::int AS id FROM promise_reminder m JOIN promise_item i ON i.promise_id = m.promise_id
       WHERE m.message_id = $1 ORDER BY 1`,
      [messageId],
    )
  ).map((r) => r.id)
