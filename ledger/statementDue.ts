import { areFeedsTooOld } from '../domain/decide.ts'
import type { CaseContext } from '../domain/facts.ts'
import type { Sql } from './database.ts'
import type { CaseScope } from './scope.ts'

/** When a statement of account isn't sent, whatever was planned: asked when it is planned, and again when it leaves. */

/** SQL: customer `c` owes or is owed something. */
export const HAS_OPEN =
  'EXISTS (SELECT FROM receivable r WHERE r.customer_id = c.id AND r.closed_as IS NULL AND NOT r.held)'

/** SQL: nobody contacts customer `c` on a day. */
export const isPaused = (day: string): string =>
  `EXISTS (SELECT FROM pause p WHERE p.customer_id = c.id AND p.receivable_id IS NULL AND ${day} BETWEEN p.from_on AND p.to_on
     AND (p.resumed_on IS NULL OR p.resumed_on > ${day}))`

/** Why a planned statement stays unsaid; null when it is to be said. Figures of an old file would be wrong. */
export async function statementLeft(
  sql: Sql,
  scope: CaseScope,
  context: CaseContext,
): Promise<string | null> {
  const row = await sql.one<{ open: boolean; paused: boolean }>(
    `SELECT ${HAS_OPEN} AS open, ${isPaused('$2')} AS paused FROM customer c WHERE c.id = $1`,
    [scope.customer.id, context.today],
  )
  if (row!.paused) return 'nothing left to say: paused'
  if (areFeedsTooOld(context)) return 'nothing left to say: feed_too_old'
  return row!.open || scope.policy.statements.zero_balance ? null : 'nothing left to say'
}
