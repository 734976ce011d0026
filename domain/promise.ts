import { addDays, type LocalDate, type WorkingCalendar } from './calendar.ts'

/** A payment, or unused money netted virtually, towards the items a promise covers. */
export interface PaidTowards {
  /** Negative when a payment was taken back. */
  minor: bigint
  /** When the customer paid. Of a payment taken back, that of the payment: then both count or neither does. */
  valueOn: LocalDate
}

export interface Instalment {
  no: number
  dueOn: LocalDate
  /** Last day on which money still counts for it: dueOn + grace. */
  decidedAfter: LocalDate
  minor: bigint
}

export interface PromiseTerms {
  instalments: readonly Instalment[]
  thresholdPercent: number
}

export type PromiseOutcome = 'open' | 'kept' | 'partially_kept' | 'broken'

export interface PromiseStanding {
  outcome: PromiseOutcome
  /** First instalment that isn't paid to the threshold; null when all are. */
  missing: Instalment | null
  paidMinor: bigint
}

/** The last day on which a payment promised for `dueOn` still counts. */
export const promiseDeadline = (
  dueOn: LocalDate,
  graceWorkingDays: number,
  calendar: WorkingCalendar,
): LocalDate => calendar.addWorkingDays(calendar.nextWorkingDay(dueOn), graceWorkingDays)

/**
 * How a promise stands on `today`. Money fills the instalments first in, first out; each counts by its value
 * date, whenever it was recorded. Kept as soon as every instalment is paid to the threshold in time (early
 * included) or nothing is owed any more; otherwise it isn't kept on the first day after a missed deadline.
 */
export function standingOfPromise(
  terms: PromiseTerms,
  paid: readonly PaidTowards[],
  stillOwedMinor: bigint,
  today: LocalDate,
): PromiseStanding {
  const paidBy = (day: LocalDate) => paid.reduce((sum, p) => (p.valueOn <= day ? sum + p.minor : sum), 0n)
  const paidMinor = paid.reduce((sum, p) => sum + p.minor, 0n)
  let promised = 0n
  let missing: Instalment | null = null
  for (const instalment of terms.instalments) {
    promised += instalment.minor
    const enough = paidBy(instalment.decidedAfter) * 100n >= promised * BigInt(terms.thresholdPercent)
    if (enough) continue
    missing = instalment
    break
  }
  if (missing === null || (stillOwedMinor === 0n && today <= missing.decidedAfter))
    return { outcome: 'kept', missing: null, paidMinor }
  if (today <= missing.decidedAfter) return { outcome: 'open', missing, paidMinor }
  // Money that came after the last day doesn't soften what had been broken by then.
  return { outcome: paidBy(missing.decidedAfter) > 0n ? 'partially_kept' : 'broken', missing, paidMinor }
}

/**
 * What of an instalment, and of those before it, isn't paid yet; 0 when it is, to the threshold. What the customer is
 * reminded of.
 */
export function missingOf(terms: PromiseTerms, paidMinor: bigint, no: number): bigint {
  const promised = terms.instalments.reduce((sum, i) => (i.no <= no ? sum + i.minor : sum), 0n)
  return paidMinor * 100n >= promised * BigInt(terms.thresholdPercent) ? 0n : promised - paidMinor
}

/** Whether all that was promised is paid, to the threshold: by money valued in time, or by that of later too. */
export type HowPaid = 'in_time' | 'late' | 'no'

export function howPaid(terms: PromiseTerms, paid: readonly PaidTowards[]): HowPaid {
  const last = terms.instalments.at(-1)!
  const { outcome, paidMinor } = standingOfPromise(terms, paid, 0n, addDays(last.decidedAfter, 1))
  if (outcome === 'kept') return 'in_time'
  return missingOf(terms, paidMinor, last.no) === 0n ? 'late' : 'no'
}

/**
 * The working day on which a customer is reminded of an instalment; null when nobody needs reminding: it was promised on
 * that day or later.
 */
export function reminderOn(
  dueOn: LocalDate,
  madeOn: LocalDate,
  workingDaysBefore: number,
  calendar: WorkingCalendar,
): LocalDate | null {
  if (workingDaysBefore === 0) return null
  const on = calendar.addWorkingDays(dueOn, -workingDaysBefore)
  return on > madeOn ? on : null
}

/** Promises that count against the customer: not kept or withdrawn, except through an error of the supplier. */
export const countsAgainst = (promise: { state: string; supplierError: boolean }): boolean =>
  !promise.supplierError && ['broken', 'partially_kept', 'withdrawn'].includes(promise.state)
