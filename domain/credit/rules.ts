import { z } from 'zod'
import { addDays, type LocalDate, type WorkingCalendar } from '../calendar.ts'
import type { GuaranteeKind } from './limit.ts'
import { nextChangeAfter, type Term, termOn } from './term.ts'

/** What a policy says of credit lines and guarantees. */

const percent = z.int().min(0).max(100)

export const creditSchema = z.strictObject({
  review_every_days: z
    .int()
    .min(1)
    .max(3650)
    .default(365)
    .describe('a credit line is looked at again after so many days at the latest'),
  temporary_longest_days: z
    .int()
    .min(1)
    .max(365)
    .default(90)
    .describe('so many days a temporary limit holds at most'),
  coverage_percent: z
    .strictObject({
      pagare: percent.default(50),
      mortgage: percent.default(70),
      deposit: percent.default(100),
      insurance: percent.default(90),
      guarantor: percent.default(30),
    } satisfies Record<GuaranteeKind, unknown>)
    .prefault({})
    .describe('so much of a guarantee of each kind counts for the limit, at most'),
  renew_days_before: z
    .array(z.int().min(1).max(365))
    .default([90, 60, 30])
    .describe('the analyst is asked to renew a guarantee so many days before its last day'),
})
export type CreditRules = z.infer<typeof creditSchema>

/** The last day of what holds now or is to hold, without a gap; null: it doesn't end by itself, or nothing holds. */
export function lastDay(terms: readonly Term[], today: LocalDate): LocalDate | null {
  let day = today
  while (termOn(terms, day) !== null) {
    const change = nextChangeAfter(terms, day)
    if (change === null) return null
    day = change
  }
  return day === today ? null : addDays(day, -1)
}

/** The working days on which somebody is asked to renew what ends on `last`: no later than the policy's days before it. */
export const renewalDays = (
  rules: CreditRules,
  calendar: WorkingCalendar,
  last: LocalDate,
): { daysBefore: number; on: LocalDate }[] =>
  [...new Set(rules.renew_days_before)]
    .sort((a, b) => b - a)
    .map((daysBefore) => ({ daysBefore, on: calendar.previousWorkingDay(addDays(last, -daysBefore)) }))

/** When a line is looked at again if nobody says: in time before it ends by itself. */
export function reviewDay(
  rules: CreditRules,
  calendar: WorkingCalendar,
  from: LocalDate,
  to: LocalDate | null,
): LocalDate | null {
  const latest = addDays(from, rules.review_every_days)
  const beforeEnd = to === null ? latest : addDays(to, -REVIEW_BEFORE_END_DAYS)
  const on = calendar.previousWorkingDay(beforeEnd < latest ? beforeEnd : latest)
  return on > from ? on : null
}
const REVIEW_BEFORE_END_DAYS = 30
