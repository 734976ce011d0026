import { daysBetween, type LocalDate } from '../calendar.ts'

/**
 * How the days between two dates are counted, and of how many days a year is.
 * - `act/360`, `act/365`: the days of the calendar (a leap day too), over 360 or 365.
 * - `30/360`: 30E/360 (ISDA 2006, 4.16(g)): every month has 30 days, the 31st counts as the 30th, the end of February as
 *   what it is.
 * Each adds up: the days from A to B and from B to C are those from A to C.
 */
export const DAY_COUNTS = ['act/360', 'act/365', '30/360'] as const
export type DayCount = (typeof DAY_COUNTS)[number]

export const yearDays = (count: DayCount): bigint => (count === 'act/365' ? 365n : 360n)

/** The first day isn't counted and the last one is: from a due date to the day after it is 1. */
export const countDays = (count: DayCount, from: LocalDate, to: LocalDate): number =>
  count === '30/360' ? thirties(to) - thirties(from) : daysBetween(from, to)

const thirties = (date: LocalDate): number =>
  360 * Number(date.slice(0, 4)) + 30 * Number(date.slice(5, 7)) + Math.min(30, Number(date.slice(8, 10)))
