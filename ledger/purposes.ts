import { brakeOn, type Reason } from '../domain/decide.ts'
import type { CaseContext } from '../domain/facts.ts'
import type { Notice } from '../domain/notice.ts'
import { type AskedConfirmation, askedBy } from './confirmationNotice.ts'
import type { Sql } from './database.ts'
import { readFacts } from './facts.ts'
import type { Purpose } from './outbox.ts'
import { type Demand, demandedBy, demandLeft, leaveOut } from './placements/demandLetter.ts'
import { notedOf, promiseNotedLeft } from './promiseConfirmations.ts'
import { remindedOf, remindersLeft } from './promiseReminders.ts'
import { openPromises } from './promiseStanding.ts'
import type { CaseScope } from './scope.ts'
import { statementLeft } from './statementDue.ts'

/** What the purposes of messages differ in: what of one is still to be said when its turn comes, and what it concerns. */

export type Dropped = { receivable: number; reason: Reason | 'moved' }

export interface Left {
  /** Why it isn't said at all; null when it is. */
  nothingLeft: string | null
  /** Receivables that it is about. */
  left: number[]
  /** Those that it was about and isn't any more. */
  dropped: Dropped[]
  promised?: Notice['promised']
  confirmation?: AskedConfirmation
  demand?: Demand
}

interface Rules {
  left(sql: Sql, scope: CaseScope, context: CaseContext, messageId: number): Promise<Left>
  /** Planned anew when it wasn't said. All else that an address refuses goes to the next contact, whatever the day. */
  comesAgain?: true
  /** Nobody plans it a second time: while who paid since isn't known it waits for the file that tells. */
  waitsForFile?: true
  /** Somebody agreed to it: with nobody to write to it waits until a person finds an address. */
  waitsForAddress?: true
  /** Receivables that look again when something becomes of the message. */
  concerns(sql: Sql, messageId: number): Promise<number[]>
  /** Lets receivables go that it was about and isn't any more. Without it, it has none. */
  letGo?(sql: Sql, messageId: number, receivables: readonly number[]): Promise<unknown>
}

export const PURPOSES: Record<Purpose, Rules> = {
  notice: {
    left: stepsLeft,
    comesAgain: true,
    concerns: async (sql, messageId) =>
      (
        await sql.rows<{ id: number }>(
          `SELECT receivable_id::int AS id FROM receivable_step WHERE message_id = $1 AND state = 'pending' ORDER BY 1`,
          [messageId],
        )
      ).map((r) => r.id),
    letGo: (sql, messageId, receivables) =>
      sql.rows(
        `DELETE FROM receivable_step WHERE message_id = $1 AND receivable_id = ANY($2) AND state = 'pending'`,
        [messageId, receivables],
      ),
  },
  promise: {
    async left(sql, scope, context, messageId) {
      const { receivables, due } = await remindersLeft(sql, scope, context, messageId)
      return {
        nothingLeft: receivables.length === 0 ? 'nothing left to say' : null,
        left: receivables,
        dropped: [],
        promised: due,
      }
    },
    waitsForFile: true,
    concerns: remindedOf,
  },
  promise_made: {
    left: (sql, _scope, _context, messageId) => promiseNotedLeft(sql, messageId),
    concerns: notedOf,
  },
  statement: {
    left: async (sql, scope, context) => ({
      nothingLeft: await statementLeft(sql, scope, context),
      left: [],
      dropped: [],
    }),
    concerns: async () => [],
  },
  demand: {
    left: demandLeft,
    waitsForFile: true,
    waitsForAddress: true,
    concerns: demandedBy,
    letGo: leaveOut,
  },
  confirmation: {
    left: (sql, _scope, _context, messageId) => confirmationLeft(sql, messageId),
    concerns: async () => [],
  },
}

/** The balance that a message asks about, while that waits for an answer. */
async function confirmationLeft(sql: Sql, messageId: number): Promise<Left> {
  const confirmation = await askedBy(sql, messageId)
  return confirmation
    ? { nothingLeft: null, left: [], dropped: [], confirmation }
    : { nothingLeft: 'nothing left to say', left: [], dropped: [] }
}

/** Which of a notice's receivables still have their step due, and which must not be chased now. */
async function stepsLeft(sql: Sql, scope: CaseScope, context: CaseContext, messageId: number): Promise<Left> {
  const bound = await sql.rows<{ receivable: number; here: boolean }>(
    `SELECT s.receivable_id::int AS receivable, r.case_id = $2 AS here FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id
     WHERE s.message_id = $1 AND s.state = 'pending'`,
    [messageId, scope.case.id],
  )
  const steps = bound.filter((b) => b.here)
  const promises = scope.case.promises ? await openPromises(sql, scope.customer.id) : []
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
  const why = [...new Set(dropped.map((d) => d.reason))].join(', ')
  return {
    nothingLeft: left.length > 0 ? null : why === '' ? 'nothing left to say' : `nothing left to say: ${why}`,
    left,
    dropped,
  }
}
