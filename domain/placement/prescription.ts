import { addDays, daysBetween, isLocalDate, type LocalDate, type WorkingCalendar } from '../calendar.ts'
import type { Term } from './rules.ts'

/** Clocks on claims: after the last day the claim, or the quick way to court, is lost. */

/**
 * Last day of a term that began on a day. Months and years end on the day of the same number, or on the last of a month
 * that has none (29 February + 3 years is 28 February): never later than a court would count. A last day that nobody
 * works on isn't moved: the law may add days, a warning must not count on them.
 */
export function endOf(
  startedOn: LocalDate,
  { years = 0, months = 0, days = 0 }: Omit<Term, 'warn_days'>,
): LocalDate {
  const [year, month, day] = startedOn.split('-').map(Number) as [number, number, number]
  const count = year * 12 + (month - 1) + years * 12 + months
  const on = (d: number) =>
    `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-${String(d).padStart(2, '0')}`
  let last = day
  while (!isLocalDate(on(last))) last--
  return addDays(on(last), days)
}

/** Day of each warning, the first one first: so many days before the last, or the working day before that. */
export const warningDays = (
  endsOn: LocalDate,
  warnDays: readonly number[],
  calendar: WorkingCalendar,
): { days: number; on: LocalDate }[] =>
  [...warnDays]
    .sort((a, b) => b - a)
    .map((days) => ({ days, on: calendar.previousWorkingDay(addDays(endsOn, -days)) }))

export interface ClockLook {
  /** The warning that is due: the nearest of those whose day has come and that weren't given. */
  warn: { days: number; left: number } | null
  expired: boolean
  /** When to look again; null when nothing comes any more. */
  nextOn: LocalDate | null
}

/** `warnedDays`: the nearest warning that was given. A clock begun late gives one warning, not all that it missed. */
export function lookAtClock(
  clock: { endsOn: LocalDate; warnDays: readonly number[]; warnedDays: number | null },
  today: LocalDate,
  calendar: WorkingCalendar,
): ClockLook {
  const { endsOn } = clock
  if (today > endsOn) return { warn: null, expired: true, nextOn: null }
  const left = warningDays(endsOn, clock.warnDays, calendar).filter(
    ({ days }) => clock.warnedDays === null || days < clock.warnedDays,
  )
  const due = left.filter(({ on }) => on <= today).at(-1)
  const next = left.find(({ on }) => on > today)
  return {
    warn: due ? { days: due.days, left: daysBetween(today, endsOn) } : null,
    expired: false,
    nextOn: next?.on ?? addDays(endsOn, 1),
  }
}
