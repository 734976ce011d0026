import { addDays, type LocalDate } from '../../domain/calendar.ts'
import { accrualDay } from '../../domain/interest/claim.ts'
import type { Sql } from '../database.ts'
import { BATCH } from '../facts.ts'
import type { CaseScope } from '../scope.ts'
import type { Posting } from '../transfers.ts'
import { accrue, BEFORE_ALL, bearingIds } from './accrual.ts'

/** When a period is over next; `more`: there is more to book of the one that is. */
export interface BookedInterest {
  nextOn: LocalDate | null
  more: boolean
}

/**
 * What goes into the books by itself when a case is looked at: what was paid, to its end; all of it once the policy's
 * period is over, so many receivables at a look; before that, what late or reversed money changed of the period before:
 * that also when the current policy knows no interest any more, since the one that a receivable is pinned to may.
 */
export async function bookInterest(
  sql: Sql,
  doing: Posting,
  scope: CaseScope,
  looked: { touched: readonly number[]; paid: readonly number[] },
): Promise<BookedInterest> {
  const rule = scope.policy.interest
  const { customer, today } = scope
  const { id, interest_through: before, interest_until: until, interest_after: after } = scope.case
  if (!rule && before === null && !scope.case.interest) return { nextOn: null, more: false }
  if (looked.paid.length > 0) await accrue(sql, doing, customer.id, looked.paid, today)
  if (!rule) {
    // What is booked is corrected, and no day is added.
    await accrue(sql, doing, customer.id, looked.touched, before ?? BEFORE_ALL)
    return { nextOn: null, more: false }
  }
  const through = accrualDay(rule, today)
  const nextOn = rule.accrue === 'daily' ? addDays(today, 1) : firstOfNextMonth(today)
  if (before !== null && before >= through) {
    await accrue(sql, doing, customer.id, looked.touched, before)
    return { nextOn, more: false }
  }
  const from = until === through ? after : 0
  const left = (await bearingIds(sql, customer.id, id)).filter((receivable) => receivable > from)
  const batch = left.sort((a, b) => a - b).slice(0, BATCH)
  await accrue(sql, doing, customer.id, batch, through)
  const more = left.length > batch.length
  await sql.rows(
    `UPDATE collection_case SET interest_through = CASE WHEN $3 THEN interest_through ELSE $2 END,
       interest_until = CASE WHEN $3 THEN $2::date END, interest_after = $4 WHERE id = $1`,
    [id, through, more, more ? batch.at(-1) : 0],
  )
  return { nextOn, more }
}

const firstOfNextMonth = (day: LocalDate): LocalDate => `${addDays(`${day.slice(0, 8)}01`, 31).slice(0, 8)}01`
