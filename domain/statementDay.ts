import { z } from 'zod'
import { addDays, type LocalDate, type WorkingCalendar } from './calendar.ts'

/** When the customers of a policy get a statement of account, and how. */
export const statementsSchema = z
  .strictObject({
    day_of_month: z
      .int()
      .min(1)
      .max(31)
      .optional()
      .describe('31 is the last of any month; a day off moves to the next working day'),
    working_day: z
      .int()
      .min(-10)
      .max(20)
      .refine((n) => n !== 0, 'must be 1 for the first working day of the month, -1 for the last, and so on')
      .optional(),
    zero_balance: z.boolean().default(false).describe('also to who owes nothing'),
    delivery: z.enum(['mail', 'print']).default('mail'),
    without_address: z
      .enum(['print', 'skip'])
      .default('print')
      .describe('who is to get it by mail and has no address that works'),
  })
  .refine(
    ({ day_of_month, working_day }) => day_of_month === undefined || working_day === undefined,
    'only one of day_of_month and working_day',
  )
export type StatementRules = z.infer<typeof statementsSchema>

/** Whether statements go out on a day. Never, where the policy names no day. */
export function isStatementDay(
  { day_of_month, working_day }: StatementRules,
  day: LocalDate,
  calendar: WorkingCalendar,
): boolean {
  if (!calendar.isWorkingDay(day)) return false
  if (working_day !== undefined) {
    const first = `${day.slice(0, 7)}-01`
    const nth =
      working_day > 0
        ? calendar.addWorkingDays(addDays(first, -1), working_day)
        : calendar.addWorkingDays(addDays(lastOfMonth(first), 1), working_day)
    return nth === day
  }
  if (day_of_month === undefined) return false
  // The day itself, or one since the last working day that was off.
  for (let on = day; on === day || !calendar.isWorkingDay(on); on = addDays(on, -1))
    if (on === dayOfMonth(on, day_of_month)) return true
  return false
}

const lastOfMonth = (day: LocalDate): LocalDate => {
  const next = addDays(`${day.slice(0, 7)}-28`, 4)
  return addDays(`${next.slice(0, 7)}-01`, -1)
}

/** The n-th of a day's month, or its last. */
function dayOfMonth(day: LocalDate, n: number): LocalDate {
  const last = lastOfMonth(day)
  const nth = `${day.slice(0, 7)}-${String(n).padStart(2, '0')}`
  return nth < last ? nth : last
}
