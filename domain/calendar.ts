import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

/** A day without zone, `YYYY-MM-DD`, years 0001 to 9999; such strings sort as dates. */
export type LocalDate = string
/** Milliseconds since the epoch. */
export type Instant = number
/** Day of the week as ISO 8601 counts it: 1 Monday … 6 Saturday, 7 Sunday. */
export type Weekday = number
/** Wall clock `HH:MM`, 00:00 to 23:59. */
export type ClockTime = string

// ---- Dates: plain integer arithmetic, because it runs hundreds of thousands of times in an assessment.

const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const FIRST_DAY = -719162 // 0001-01-01
const LAST_DAY = 2932896 // 9999-12-31

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Days since 1970-01-01, or NaN when the text isn't a day of the calendar. */
function dayNumber(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN
  const year = Number(date.slice(0, 4))
  const month = Number(date.slice(5, 7))
  const day = Number(date.slice(8, 10))
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const leapDayBefore = month > 2 && isLeapYear(year) ? 1 : 0
  return FIRST_DAY + before * 365 + leapDays + DAYS_BEFORE_MONTH[month]! + leapDayBefore + day - 1
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function checkedDayNumber(date: LocalDate): number {
  const day = dayNumber(date)
  if (Number.isNaN(day)) throw new RangeError(`${JSON.stringify(date)} is not a date (YYYY-MM-DD)`)
  return day
}

/** The civil date of a day number, after Howard Hinnant's `civil_from_days`: years start in March. */
function dateOfDay(day: number): LocalDate {
  if (!(day >= FIRST_DAY && day <= LAST_DAY))
    throw new RangeError(`day ${day} is outside the years 1 to 9999`)
  const shifted = day + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${dayOfMonth < 10 ? '0' : ''}${dayOfMonth}`
}

const weekdayOfDay = (day: number): Weekday => ((((day + 3) % 7) + 7) % 7) + 1

/** A day that exists: 2026-02-29 doesn't. */
export const isLocalDate = (text: string): boolean => !Number.isNaN(dayNumber(text))

/** The date `days` (whole, may be negative) later. */
export function addDays(date: LocalDate, days: number): LocalDate {
  if (!Number.isInteger(days)) throw new RangeError(`${days} is not a whole number of days`)
  return dateOfDay(checkedDayNumber(date) + days)
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: LocalDate, to: LocalDate): number =>
  checkedDayNumber(to) - checkedDayNumber(from)

/** 1 Monday … 7 Sunday. */
export const weekday = (date: LocalDate): Weekday => weekdayOfDay(checkedDayNumber(date))

// ---- Zones

const knownZones = new Set<string>()

/**
 * An IANA name as it is spelled (`America/Mexico_City`), since not everybody who reads it overlooks its capitals; null of
 * what is none. Bare offsets such as `+05:00` are none, they know no rules.
 */
export function timeZoneOf(name: string): string | null {
  if (knownZones.has(name)) return name
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return null
  try {
    const spelled = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId
    // Only good names are kept: they come from files, and the cache must not grow with what is wrong in them.
    knownZones.add(spelled)
    return spelled
  } catch {
    return null
  }
}

export const localDateOf = (instant: Instant, timeZone: string): LocalDate =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()

export const isClockTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)

/**
 * The instant at which clocks in the zone show `time` on `date`. A time that doesn't exist (clocks go
 * forward) is moved later by the length of the gap; one that exists twice (clocks go back) is the first.
 */
export function instantOf(date: LocalDate, time: ClockTime, timeZone: string): Instant {
  const key = `${date} ${time} ${timeZone}`
  const known = instants.get(key)
  if (known !== undefined) return known
  checkedDayNumber(date)
  if (!isClockTime(time)) throw new RangeError(`${JSON.stringify(time)} is not a time (HH:MM)`)
  const instant = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  }).epochMilliseconds
  if (instants.size >= INSTANTS_MAX) instants.clear()
  instants.set(key, instant)
  return instant
}

/** The receivables of a case ask for the same few instants again and again. */
const instants = new Map<string, Instant>()
const INSTANTS_MAX = 1_000

// ---- Working days

/** A calendar as its file says it. */
export interface CalendarData {
  id: string
  /** ISO 3166 country whose holidays are taken, as `date-holidays` knows them; none without it. */
  country?: string
  /** Its state or region, as `date-holidays` codes it (`JAL`, `CA`). */
  state?: string
  types: ('public' | 'bank')[]
  /** Days of the week on which nobody works: 1 Monday … 7 Sunday. */
  weekend: Weekday[]
  /** Says of a day what the official list says, and wins over weekend and holidays. */
  overrides: { date: LocalDate; working: boolean; name: string }[]
}

const localDateSchema = z.string().refine(isLocalDate, 'must be a date that exists, written YYYY-MM-DD')

export const calendarSchema: z.ZodType<CalendarData> = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code such as MX')
      .exactOptional(),
    state: z.string().min(1).max(10).exactOptional(),
    types: z.array(z.enum(['public', 'bank'])),
    weekend: z
      .array(z.int().min(1).max(7))
      .refine((days) => new Set(days).size < 7, 'must leave a working day'),
    overrides: z.array(
      z.strictObject({ date: localDateSchema, working: z.boolean(), name: z.string().min(1).max(100) }),
    ),
  })
  .refine((data) => data.state === undefined || data.country !== undefined, {
    path: ['state'],
    message: 'needs a country',
  })

export interface WorkingCalendar {
  id: string
  isWorkingDay(date: LocalDate): boolean
  /** Name of the holiday on that day, also when it falls on a weekend; null on all other days. */
  holidayName(date: LocalDate): string | null
  /** The day itself if it is a working day, else the first one after it. */
  nextWorkingDay(date: LocalDate): LocalDate
  /** The day itself if it is a working day, else the last one before it. */
  previousWorkingDay(date: LocalDate): LocalDate
  /**
   * The `n`-th working day after `date`, which itself isn't counted; backwards when negative.
   * With 0, `nextWorkingDay`.
   */
  addWorkingDays(date: LocalDate, n: number): LocalDate
}

/** Throws RangeError when the country or state isn't known, or no working day is left in a year. */
export function makeCalendar(data: CalendarData): WorkingCalendar {
  const holidaysOfYear = holidaySource(data)
  const overrides = new Map(data.overrides.map((entry) => [entry.date, entry]))
  const weekend = new Set(data.weekend)

  const holidayName = (date: LocalDate): string | null => {
    const override = overrides.get(date)
    if (override) return override.working ? null : override.name
    return holidaysOfYear(Number(date.slice(0, 4))).get(date) ?? null
  }
  const isWorking = (date: LocalDate, day: number): boolean => {
    const override = overrides.get(date)
    if (override) return override.working
    return !weekend.has(weekdayOfDay(day)) && !holidaysOfYear(Number(date.slice(0, 4))).has(date)
  }
  const seek = (date: LocalDate, step: 1 | -1): LocalDate => {
    const start = checkedDayNumber(date)
    for (let day = start; Math.abs(day - start) <= 366; day += step) {
      const candidate = day === start ? date : dateOfDay(day)
      if (isWorking(candidate, day)) return candidate
    }
    throw new RangeError(`calendar ${data.id} has no working day within a year of ${date}`)
  }

  return {
    id: data.id,
    isWorkingDay: (date) => isWorking(date, checkedDayNumber(date)),
    holidayName: (date) => {
      checkedDayNumber(date)
      return holidayName(date)
    },
    nextWorkingDay: (date) => seek(date, 1),
    previousWorkingDay: (date) => seek(date, -1),
    addWorkingDays: (date, n) => {
      if (!Number.isInteger(n)) throw new RangeError(`${n} is not a whole number of working days`)
      if (n === 0) return seek(date, 1)
      const step = n > 0 ? 1 : -1
      let found = date
      for (let left = Math.abs(n); left > 0; left--) found = seek(addDays(found, step), step)
      return found
    },
  }
}

/** Holidays by year, each year computed once: date → name. */
function holidaySource(data: CalendarData): (year: number) => ReadonlyMap<LocalDate, string> {
  const none: ReadonlyMap<LocalDate, string> = new Map()
  const { country, state, types } = data
  if (country === undefined || types.length === 0) return () => none
  const countries = new Holidays()
  if (!(country in countries.getCountries()))
    throw new RangeError(`no holidays are known for country ${country}`)
  if (state !== undefined && !(state in (countries.getStates(country) ?? {})))
    throw new RangeError(`no holidays are known for state ${state} of ${country}`)
  const source =
    state === undefined ? new Holidays(country, { types }) : new Holidays(country, state, { types })

  const years = new Map<number, ReadonlyMap<LocalDate, string>>()
  return (year) => {
    let holidays = years.get(year)
    if (!holidays) {
      // The neighbours too: New Year's Day may be observed on 31 December, a long holiday may span the turn.
      const around = [year - 1, year, year + 1].flatMap((each) => source.getHolidays(each))
      holidays = new Map(around.flatMap(daysOff).filter(([date]) => Number(date.slice(0, 4)) === year))
      years.set(year, holidays)
    }
    return holidays
  }
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * The days a holiday takes: those whose noon it covers, so that one from 14:00 leaves a working morning.
 * Reads the wall clock of `date`, never the fields of a Date, which depend on the host's zone.
 */
function daysOff(holiday: { date: string; start: Date; end: Date; name: string }): [LocalDate, string][] {
  const first = holiday.date.slice(0, 10)
  if (!isLocalDate(first)) return []
  const [hours = 0, minutes = 0] = holiday.date.slice(11, 16).split(':').map(Number)
  const from = hours * HOUR_MS + minutes * 60_000
  const to = from + (holiday.end.getTime() - holiday.start.getTime())
  const days: [LocalDate, string][] = []
  for (let noon = DAY_MS / 2, offset = 0; noon < to; noon += DAY_MS, offset++)
    if (noon >= from) days.push([addDays(first, offset), holiday.name])
  return days
}

// ---- Contact hours

/** When a customer may be contacted on a working day: from `from` until before `to`, in their zone. */
export interface ContactHours {
  timeZone: string
  from: ClockTime
  to: ClockTime
}

/** The contact window of a day; `closesAt` is the first instant outside. Throws RangeError unless from < to. */
export function contactWindow(date: LocalDate, hours: ContactHours): { opensAt: Instant; closesAt: Instant } {
  if (!(hours.from < hours.to)) throw new RangeError(`contact hours ${hours.from}–${hours.to} are empty`)
  return {
    opensAt: instantOf(date, hours.from, hours.timeZone),
    closesAt: instantOf(date, hours.to, hours.timeZone),
  }
}

export function inContactWindow(now: Instant, hours: ContactHours, calendar: WorkingCalendar): boolean {
  const today = localDateOf(now, hours.timeZone)
  if (!calendar.isWorkingDay(today)) return false
  const { opensAt, closesAt } = contactWindow(today, hours)
  return opensAt <= now && now < closesAt
}

/**
 * `now` when the day's window is open and its first `spreadMinutes` are over, else the first instant after
 * `now` that is a window's opening + spread on a working day. The spread keeps thousands of customers from
 * being contacted at the stroke of nine; one longer than the window is wrapped into it.
 */
export function nextContactInstant(
  now: Instant,
  hours: ContactHours,
  calendar: WorkingCalendar,
  spreadMinutes = 0,
): Instant {
  if (!(spreadMinutes >= 0)) throw new RangeError(`a spread of ${spreadMinutes} minutes`)
  for (
    let date = calendar.nextWorkingDay(localDateOf(now, hours.timeZone)), tries = 0;
    tries < 366;
    tries++
  ) {
    const { opensAt, closesAt } = contactWindow(date, hours)
    const length = closesAt - opensAt
    // A window swallowed by a change of the clocks (from 02:30 to 03:00) is no window.
    if (length > 0) {
      const startsAt = opensAt + (Math.round(spreadMinutes * 60_000) % length)
      if (now < startsAt) return startsAt
      if (now < closesAt) return now
    }
    date = calendar.nextWorkingDay(addDays(date, 1))
  }
  throw new RangeError(`calendar ${calendar.id} has no contact window after ${now}`)
}
