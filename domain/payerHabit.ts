import type { LocalDate } from './calendar.ts'

/** How a payer has paid, from its payments: averages are days after the due date, weighted by amount, early ones negative. */

export interface PaidInTime {
  payments: number
  averageDaysLate: number
}

export interface PayerHabit {
  /** The one that most payments were in. */
  currency: string
  /** Twelve months up to today's. */
  lastYear: PaidInTime | null
  /** The twelve before. */
  yearBefore: PaidInTime | null
}

/** First days of the twelve months up to that of a day, and of the twelve before them. */
export function habitMonths(today: LocalDate): { lastYearFrom: LocalDate; yearBeforeFrom: LocalDate } {
  const [year, month] = today.split('-').map(Number) as [number, number]
  const from = (monthsBack: number): LocalDate => {
    const first = year * 12 + (month - 1) - monthsBack
    return `${Math.floor(first / 12)}-${String((first % 12) + 1).padStart(2, '0')}-01`
  }
  return { lastYearFrom: from(11), yearBeforeFrom: from(23) }
}

/** By how many days the average grew from one year to the next; null when one of them says nothing. */
export function trendDays({ lastYear, yearBefore }: PayerHabit, leastPayments: number): number | null {
  if (!says(lastYear, leastPayments) || !says(yearBefore, leastPayments)) return null
  return round(lastYear.averageDaysLate - yearBefore.averageDaysLate)
}

/**
 * Days that a payer is to be feared for: its average, and what that grew by. The year before speaks where the last one
 * has too few payments.
 *
 * @returns null when neither year has enough payments; 0 for who pays in time
 */
export function riskDays(habit: PayerHabit | null, leastPayments: number): number | null {
  if (habit === null) return null
  const spoken = [habit.lastYear, habit.yearBefore].find((year) => says(year, leastPayments))
  if (!spoken) return null
  return Math.max(0, round(spoken.averageDaysLate + Math.max(0, trendDays(habit, leastPayments) ?? 0)))
}

const says = (year: PaidInTime | null, leastPayments: number): year is PaidInTime =>
  year !== null && year.payments >= leastPayments

const round = (days: number): number => Math.round(days * 10) / 10
