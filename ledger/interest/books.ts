import { addDays, type LocalDate } from '../../domain/calendar.ts'
import { accrualDay } from '../../domain/interest/claim.ts'
import type { Sql } from '../database.ts'
import type { CaseScope } from '../scope.ts'
import type { Posting } from '../transfers.ts'
import { accrue, bearingIds } from './accrual.ts'

/**
 * What goes into the books by itself when a case is looked at: all of it once the policy's period is over; before that
 * what was paid, to its end, and what late or reversed money changed of the period before. Returns when the next
 * period is over; null without interest.
 */
export async function bookInterest(
  sql: Sql,
  doing: Posting,
  scope: CaseScope,
  looked: { touched: readonly number[]; paid: readonly number[] },
): Promise<LocalDate | null> {
  const rule = scope.policy.interest
  if (!rule) return null
  const { customer, today } = scope
  const through = accrualDay(rule, today)
  const before = scope.case.interest_through
  if (looked.paid.length > 0) await accrue(sql, doing, customer.id, looked.paid, today)
  if (before === null || before < through) {
    await accrue(sql, doing, customer.id, await bearingIds(sql, customer.id, scope.case.id), through)
    await sql.rows('UPDATE collection_case SET interest_through = $2 WHERE id = $1', [scope.case.id, through])
  } else await accrue(sql, doing, customer.id, looked.touched, before)
  return rule.accrue === 'daily' ? addDays(today, 1) : addDays(monthEnd(today), 1)
}

const monthEnd = (day: LocalDate): LocalDate =>
  addDays(`${addDays(`${day.slice(0, 8)}01`, 31).slice(0, 8)}01`, -1)
