import type { LocalDate } from '../domain/calendar.ts'
import type { Currency } from '../domain/money.ts'
import type { Sql } from './database.ts'
import type { Doing } from './messages.ts'
import { planMessage } from './outbox.ts'
import type { Left } from './purposes.ts'
import type { CaseScope } from './scope.ts'

/** The word to a customer that a promise was noted, with its days for their calendar: once for each promise. */

/** Plans the confirmation of a promise that was just made; several before it leaves are one message. */
export async function planConfirmation(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  promise: number,
): Promise<void> {
  if (!scope.policy.promise.confirm) return
  const message = await planMessage(sql, doing, scope, 'promise_confirmation')
  await sql.rows('INSERT INTO promise_confirmation (promise_id, message_id) VALUES ($1, $2)', [
    promise,
    message,
  ])
}

/** What of a confirmation is still to be said: of the promises that stand, all they say. */
export async function promiseNotedLeft(sql: Sql, messageId: number): Promise<Left> {
  const rows = await sql.rows<{
    promise: number
    no: number
    dueOn: LocalDate
    currency: Currency
    minor: bigint
    receivables: number[]
  }>(
    `SELECT p.id::int AS promise, n.no, n.due_on AS "dueOn", p.currency, n.amount_minor AS minor,
       (SELECT array_agg(i.receivable_id::int ORDER BY i.receivable_id) FROM promise_item i WHERE i.promise_id = p.id) AS receivables
     FROM promise_confirmation c JOIN promise p ON p.id = c.promise_id JOIN promise_instalment n ON n.promise_id = p.id
     WHERE c.message_id = $1 AND p.state = 'open' ORDER BY n.due_on, p.id, n.no`,
    [messageId],
  )
  return {
    nothingLeft: rows.length === 0 ? 'nothing left to say' : null,
    left: [...new Set(rows.flatMap(({ receivables }) => receivables))],
    dropped: [],
    promised: rows.map(({ promise, no, dueOn, currency, minor }) => ({
      id: `${promise}-${no}`,
      dueOn,
      currency,
      minor,
    })),
  }
}

/** The receivables that a confirmation speaks of. */
export const notedOf = async (sql: Sql, messageId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      `SELECT DISTINCT i.receivable_id::int AS id FROM promise_confirmation c JOIN promise_item i ON i.promise_id = c.promise_id
       WHERE c.message_id = $1 ORDER BY 1`,
      [messageId],
    )
  ).map((r) => r.id)
