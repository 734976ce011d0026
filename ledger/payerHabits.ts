import type { LocalDate } from '../domain/calendar.ts'
import { habitMonths, type PaidInTime, type PayerHabit } from '../domain/payerHabit.ts'
import type { Sql } from './database.ts'

interface HabitRow {
  payer: number
  currency: string
  payments: number
  late: number | null
  payments_before: number
  late_before: number | null
}

/**
 * How these payers have paid, as of a day; without payments in the two years, a payer is missing. Read off the months
 * of `payer_habit`: some twenty rows for each payer, by its primary key.
 */
export async function payerHabits(
  sql: Sql,
  payers: readonly number[],
  today: LocalDate,
): Promise<Map<number, PayerHabit>> {
  const { lastYearFrom, yearBeforeFrom } = habitMonths(today)
  const average = (year: string) =>
    `round(sum(late_minor_days) FILTER (WHERE ${year}) / nullif(sum(amount_minor) FILTER (WHERE ${year}), 0), 1)::float8`
  const payments = (year: string) => `coalesce(sum(payments) FILTER (WHERE ${year}), 0)::int`
  const rows = await sql.rows<HabitRow>(
    `SELECT payer_id::int AS payer, currency, ${payments('month >= $2')} AS payments, ${average('month >= $2')} AS late,
       ${payments('month < $2')} AS payments_before, ${average('month < $2')} AS late_before
     FROM payer_habit WHERE payer_id = ANY($1) AND month BETWEEN $3 AND $4
     GROUP BY payer_id, currency ORDER BY payer_id, sum(payments) DESC, currency`,
    [payers, lastYearFrom, yearBeforeFrom, today],
  )
  const habits = new Map<number, PayerHabit>()
  for (const row of rows) {
    // The first of a payer is its busiest currency.
    if (habits.has(row.payer)) continue
    const lastYear = year(row.payments, row.late)
    const yearBefore = year(row.payments_before, row.late_before)
    if (lastYear || yearBefore) habits.set(row.payer, { currency: row.currency, lastYear, yearBefore })
  }
  return habits
}

/** What was paid and taken back again leaves nothing. */
const year = (payments: number, averageDaysLate: number | null): PaidInTime | null =>
  payments > 0 && averageDaysLate !== null ? { payments, averageDaysLate } : null
