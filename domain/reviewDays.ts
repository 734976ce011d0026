import { addDays, type LocalDate, type WorkingCalendar, weekday } from './calendar.ts'

/** On which days a customer takes invoices for review: `mon,thu`, or some of them in a month, `1mon,3mon`. */

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const DAY = /^([1-5])?(mon|tue|wed|thu|fri|sat|sun)$/

/** '' is any working day. */
export const isReviewDays = (text: string): boolean =>
  text === '' || text.split(',').every((day) => DAY.test(day))

/** The days as they are kept: lower case, without blanks. */
export const plainReviewDays = (text: string): string => text.toLowerCase().replaceAll(/\s/g, '')

/** No day of a month comes later than this after another. */
const FURTHEST_DAYS = 70

/**
 * The first review day on or after a day. One that falls on a holiday is held on the next working day.
 * @throws RangeError when the text names no days
 */
export function nextReviewDay(reviewDays: string, from: LocalDate, calendar: WorkingCalendar): LocalDate {
  if (reviewDays === '') return calendar.nextWorkingDay(from)
  // One before `from` may have been put off to it.
  for (let day = addDays(from, -7), n = 0; n < FURTHEST_DAYS; day = addDays(day, 1), n++) {
    if (!isOneOf(reviewDays, day)) continue
    const held = calendar.nextWorkingDay(day)
    if (held >= from) return held
  }
  throw new RangeError(`"${reviewDays}" names no review day`)
}

function isOneOf(reviewDays: string, day: LocalDate): boolean {
  const name = WEEKDAYS[weekday(day) - 1]
  const week = Math.ceil(Number(day.slice(8)) / 7)
  return reviewDays.split(',').some((each) => {
    const [, number, dayName] = DAY.exec(each) ?? []
    return dayName === name && (number === undefined || Number(number) === week)
  })
}

/** The day on which an accepted invoice falls due: its term runs from acceptance, and ends on a working day. */
export const dueAfterAcceptance = (
  acceptedOn: LocalDate,
  termDays: number,
  calendar: WorkingCalendar,
  endsOnWorkingDay: boolean,
): LocalDate => {
  const due = addDays(acceptedOn, termDays)
  return endsOnWorkingDay ? calendar.nextWorkingDay(due) : due
}
