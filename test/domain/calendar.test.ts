import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { shippedFile } from '../../config/paths.ts'
import {
  addDays,
  type CalendarData,
  calendarSchema,
  contactWindow,
  daysBetween,
  inContactWindow,
  instantOf,
  isLocalDate,
  localDateOf,
  makeCalendar,
  nextContactInstant,
  timeZoneOf,
  type WorkingCalendar,
  weekday,
} from '../../domain/calendar.ts'

const shipped = (id: string): WorkingCalendar =>
  makeCalendar(
    calendarSchema.parse(parse(readFileSync(shippedFile('config', 'calendars', `${id}.yaml`), 'utf8'))),
  )

const bare = (more: Partial<CalendarData> = {}): CalendarData => ({
  id: 'test',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
  ...more,
})

const daysOf = (year: number): string[] =>
  Array.from({ length: 366 }, (_, i) => addDays(`${year}-01-01`, i)).filter((date) =>
    date.startsWith(`${year}`),
  )

const at = (iso: string): number => Date.parse(iso)
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16)

describe('dates', () => {
  it('that do not exist are not dates', () => {
    const wrong = [
      '2026-02-29',
      '1900-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '0000-01-01',
    ]
    const malformed = [
      '2026-1-1',
      '26-01-01',
      '2026-01-01T00:00',
      ' 2026-01-01',
      '2026/01/01',
      '2026-01-01\n',
      '',
    ]
    expect([...wrong, ...malformed].filter(isLocalDate)).toEqual([])
    expect(['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'].every(isLocalDate)).toBe(true)
    expect(() => addDays('2026-02-29', 1)).toThrow(RangeError)
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError)
    expect(() => addDays('2026-01-01', 0.5)).toThrow(RangeError)
  })

  it('count as the proleptic Gregorian calendar does, all the way', () => {
    for (let day = -719162; day < 2932896; day += 1733) {
      const expected = new Date(day * 86_400_000)
      const date = addDays('1970-01-01', day)
      expect(date).toBe(expected.toISOString().slice(0, 10))
      expect(daysBetween('1970-01-01', date)).toBe(day)
      expect(weekday(date)).toBe(expected.getUTCDay() || 7)
    }
    expect(daysBetween('2026-03-01', '2026-02-01')).toBe(-28)
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
  })

  it('name the days of the week from Monday 1 to Sunday 7', () => {
    expect(['2026-11-16', '2026-12-12', '2026-11-15'].map(weekday)).toEqual([1, 6, 7])
  })
})

describe('zones', () => {
  it('decide which day an instant is', () => {
    const instant = at('2026-01-01T05:30:00Z')
    expect(localDateOf(instant, 'America/Mexico_City')).toBe('2025-12-31')
    expect(localDateOf(instant, 'America/New_York')).toBe('2026-01-01')
    expect(localDateOf(instant, 'Pacific/Kiritimati')).toBe('2026-01-01')
  })

  it('are IANA names, not offsets', () => {
    const names = ['America/Mexico_City', 'America/Tijuana', 'UTC', 'America/Port_of_Spain', 'Asia/Kolkata']
    expect(names.map(timeZoneOf)).toEqual(names)
    const others = ['+05:00', 'Mexico', 'CDMX', '', 'America/Nowhere', '2026-01-01T00:00[UTC]']
    expect(others.filter((name) => timeZoneOf(name) !== null)).toEqual([])
  })

  it('are kept as they are spelled', () => {
    const written = ['america/mexico_city', 'AMERICA/PORT_OF_SPAIN', 'utc', 'us/central', 'etc/gmt+5']
    expect(written.map(timeZoneOf)).toEqual([
      'America/Mexico_City',
      'America/Port_of_Spain',
      'UTC',
      'US/Central',
      'Etc/GMT+5',
    ])
  })

  it('Mexico City has had no summer time since October 2022', () => {
    expect(iso(instantOf('2022-07-01', '09:00', 'America/Mexico_City'))).toBe('2022-07-01T14:00')
    expect(iso(instantOf('2026-07-01', '09:00', 'America/Mexico_City'))).toBe('2026-07-01T15:00')
    expect(iso(instantOf('2026-01-02', '09:00', 'America/Mexico_City'))).toBe('2026-01-02T15:00')
  })

  it('Tijuana changes its clocks with the United States', () => {
    expect(iso(instantOf('2026-03-06', '09:00', 'America/Tijuana'))).toBe('2026-03-06T17:00')
    expect(iso(instantOf('2026-03-09', '09:00', 'America/Tijuana'))).toBe('2026-03-09T16:00')
    expect(iso(instantOf('2026-11-02', '09:00', 'America/Tijuana'))).toBe('2026-11-02T17:00')
  })

  it('a time that the clocks skip is later by the length of the gap', () => {
    expect(iso(instantOf('2026-03-08', '02:30', 'America/New_York'))).toBe('2026-03-08T07:30')
    expect(instantOf('2026-03-08', '02:30', 'America/New_York')).toBe(
      instantOf('2026-03-08', '03:30', 'America/New_York'),
    )
  })

  it('a time that the clocks show twice is the first of the two', () => {
    expect(iso(instantOf('2026-11-01', '01:30', 'America/New_York'))).toBe('2026-11-01T05:30')
  })

  it('refuse dates and times that are none', () => {
    for (const time of ['24:00', '9:00', '09:60', '09:00:00', ''])
      expect(() => instantOf('2026-01-02', time, 'UTC'), time).toThrow(RangeError)
    expect(() => instantOf('2026-02-30', '09:00', 'UTC')).toThrow(RangeError)
    expect(() => instantOf('2026-02-20', '09:00', 'Nowhere')).toThrow(RangeError)
  })
})

describe('the Mexican calendar', () => {
  const mx = shipped('mx')
  // Disposiciones de la CNBV: days on which banks are closed in 2026.
  const CNBV_2026 = '01-01 02-02 03-16 04-02 04-03 05-01 09-16 11-02 11-16 12-12 12-25'
    .split(' ')
    .map((day) => `2026-${day}`)

  it('has exactly the bank holidays of 2026 that the CNBV published', () => {
    expect(daysOf(2026).filter((date) => mx.holidayName(date) !== null)).toEqual(CNBV_2026)
  })

  it('works on every other weekday of 2026, and on no weekend', () => {
    const working = daysOf(2026).filter((date) => weekday(date) < 6 && !CNBV_2026.includes(date))
    expect(daysOf(2026).filter((date) => mx.isWorkingDay(date))).toEqual(working)
  })

  it('does not move 12 December, a Saturday in 2026, to another day', () => {
    expect(mx.holidayName('2026-12-12')).toBe('Día de la Virgen de Guadalupe')
    expect([mx.isWorkingDay('2026-12-11'), mx.isWorkingDay('2026-12-14')]).toEqual([true, true])
    expect(mx.nextWorkingDay('2026-12-12')).toBe('2026-12-14')
  })

  it('rests on 1 October when a President takes office, no longer on 1 December', () => {
    expect(mx.isWorkingDay('2024-10-01')).toBe(false)
    expect(mx.isWorkingDay('2030-10-01')).toBe(false)
    expect([mx.isWorkingDay('2036-10-01'), mx.isWorkingDay('2036-12-01')]).toEqual([false, true])
  })

  it('steps over Holy Week in both directions', () => {
    expect(mx.nextWorkingDay('2026-04-01')).toBe('2026-04-01')
    expect(mx.nextWorkingDay('2026-04-02')).toBe('2026-04-06')
    expect(mx.previousWorkingDay('2026-04-05')).toBe('2026-04-01')
    expect(mx.previousWorkingDay('2026-04-06')).toBe('2026-04-06')
    expect(mx.addWorkingDays('2026-04-01', 1)).toBe('2026-04-06')
    expect(mx.addWorkingDays('2026-04-06', -1)).toBe('2026-04-01')
  })

  it('counts working days after a day, itself not counted, wherever it starts', () => {
    expect(mx.addWorkingDays('2026-12-12', 1)).toBe('2026-12-14')
    expect(mx.addWorkingDays('2026-12-11', 1)).toBe('2026-12-14')
    expect(mx.addWorkingDays('2026-12-12', 0)).toBe('2026-12-14')
    expect(mx.addWorkingDays('2026-12-12', -1)).toBe('2026-12-11')
    expect(mx.addWorkingDays('2026-01-01', 250)).toBe(
      daysOf(2026).filter((date) => mx.isWorkingDay(date))[249],
    )
    expect(() => mx.addWorkingDays('2026-01-01', 1.5)).toThrow(RangeError)
  })

  it('is the same wherever the machine stands', () => {
    const here = process.env.TZ
    try {
      for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata']) {
        process.env.TZ = zone
        const there = shipped('mx')
        expect(daysOf(2026).filter((date) => there.holidayName(date) !== null)).toEqual(CNBV_2026)
        expect(localDateOf(at('2026-01-01T05:30:00Z'), 'America/Mexico_City')).toBe('2025-12-31')
        expect(iso(instantOf('2026-07-01', '09:00', 'America/Mexico_City'))).toBe('2026-07-01T15:00')
      }
    } finally {
      if (here === undefined) delete process.env.TZ
      else process.env.TZ = here
    }
  })

  it('answers a hundred thousand questions in well under a second', () => {
    const started = performance.now()
    for (let i = 0; i < 100_000; i++) mx.nextWorkingDay(addDays('2026-01-01', i % 365))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('other calendars', () => {
  it('the United States keep the Friday before a holiday on a Saturday, also across New Year', () => {
    const us = shipped('us')
    expect([
      us.isWorkingDay('2026-07-03'),
      us.isWorkingDay('2026-11-26'),
      us.isWorkingDay('2026-11-27'),
    ]).toEqual([false, false, true])
    expect(us.isWorkingDay('2021-12-31')).toBe(false)
  })

  it('a state has its own days', () => {
    const massachusetts = makeCalendar(bare({ country: 'US', state: 'MA' }))
    expect(massachusetts.holidayName('2026-04-20')).toBe("Patriots' Day")
    expect(shipped('us').holidayName('2026-04-20')).toBeNull()
  })

  it('an override wins over weekend and holiday', () => {
    const calendar = makeCalendar(
      bare({
        country: 'MX',
        overrides: [
          { date: '2026-05-02', working: true, name: 'inventory' },
          { date: '2026-05-01', working: true, name: 'agreed' },
          { date: '2026-05-04', working: false, name: 'bridge' },
        ],
      }),
    )
    expect(['2026-05-01', '2026-05-02', '2026-05-04'].map((date) => calendar.isWorkingDay(date))).toEqual([
      true,
      true,
      false,
    ])
    expect(calendar.holidayName('2026-05-01')).toBeNull()
    expect(calendar.holidayName('2026-05-04')).toBe('bridge')
  })

  it('without a country there are only weekends', () => {
    const calendar = makeCalendar(bare({ weekend: [5] }))
    expect(calendar.isWorkingDay('2026-12-25')).toBe(false)
    expect(calendar.isWorkingDay('2026-12-24')).toBe(true)
    expect(calendar.nextWorkingDay('2026-12-25')).toBe('2026-12-26')
  })

  it('refuse countries and states that nobody knows, and a week without work', () => {
    expect(() => makeCalendar(bare({ country: 'ZZ' }))).toThrow(/country ZZ/)
    expect(() => makeCalendar(bare({ country: 'US', state: 'ZZ' }))).toThrow(/state ZZ/)
    expect(() => makeCalendar(bare({ weekend: [1, 2, 3, 4, 5, 6, 7] })).nextWorkingDay('2026-01-01')).toThrow(
      RangeError,
    )
    const wrong: unknown[] = [
      bare({ weekend: [1, 2, 3, 4, 5, 6, 7] }),
      bare({ weekend: [0] }),
      bare({ state: 'CA' }),
      bare({ overrides: [{ date: '2026-02-30', working: true, name: 'x' }] }),
      { ...bare(), holidays: [] },
    ]
    for (const data of wrong) expect(calendarSchema.safeParse(data).success).toBe(false)
  })
})

describe('contact hours', () => {
  const mx = shipped('mx')
  const city = { timeZone: 'America/Mexico_City', from: '09:00', to: '18:00' }

  it('open at from and are over at to', () => {
    expect(inContactWindow(at('2026-01-05T14:59:59Z'), city, mx)).toBe(false)
    expect(inContactWindow(at('2026-01-05T15:00:00Z'), city, mx)).toBe(true)
    expect(inContactWindow(at('2026-01-05T23:59:59Z'), city, mx)).toBe(true)
    expect(inContactWindow(at('2026-01-06T00:00:00Z'), city, mx)).toBe(false)
  })

  it('are closed on holidays and weekends of the customer, whatever day it is elsewhere', () => {
    expect(inContactWindow(at('2026-02-02T18:00:00Z'), city, mx)).toBe(false)
    expect(inContactWindow(at('2026-01-03T18:00:00Z'), city, mx)).toBe(false)
  })

  it('a message due inside them goes at once', () => {
    const now = at('2026-01-05T17:12:34Z')
    expect(nextContactInstant(now, city, mx)).toBe(now)
  })

  it('one due before them waits for the morning, one after them for the next working day', () => {
    expect(iso(nextContactInstant(at('2026-01-05T12:00:00Z'), city, mx))).toBe('2026-01-05T15:00')
    expect(iso(nextContactInstant(at('2026-01-06T00:00:00Z'), city, mx))).toBe('2026-01-06T15:00')
    // Wednesday evening before Holy Thursday and Good Friday.
    expect(iso(nextContactInstant(at('2026-04-02T02:00:00Z'), city, mx))).toBe('2026-04-06T15:00')
  })

  it('the spread delays the morning, never what is due later in the day', () => {
    expect(iso(nextContactInstant(at('2026-01-05T12:00:00Z'), city, mx, 25))).toBe('2026-01-05T15:25')
    expect(iso(nextContactInstant(at('2026-01-05T15:10:00Z'), city, mx, 25))).toBe('2026-01-05T15:25')
    expect(iso(nextContactInstant(at('2026-01-05T15:25:00Z'), city, mx, 25))).toBe('2026-01-05T15:25')
    expect(iso(nextContactInstant(at('2026-01-05T20:00:00Z'), city, mx, 25))).toBe('2026-01-05T20:00')
  })

  it('a spread longer than the window stays inside it', () => {
    const short = { ...city, to: '09:30' }
    expect(iso(nextContactInstant(at('2026-01-05T12:00:00Z'), short, mx, 45))).toBe('2026-01-05T15:15')
    expect(() => nextContactInstant(0, city, mx, -1)).toThrow(RangeError)
  })

  it('keep to the wall clock when the clocks change', () => {
    const border = { ...city, timeZone: 'America/Tijuana' }
    expect(iso(nextContactInstant(at('2026-03-07T20:00:00Z'), border, mx))).toBe('2026-03-09T16:00')
    const { opensAt, closesAt } = contactWindow('2026-03-08', { ...border, from: '01:00', to: '05:00' })
    expect((closesAt - opensAt) / 3_600_000).toBe(3)
  })

  it('a window that the change of the clocks swallows is passed over', () => {
    const nightly = { timeZone: 'America/New_York', from: '02:30', to: '03:00' }
    const always = makeCalendar(bare({ weekend: [] }))
    expect(iso(nextContactInstant(at('2026-03-08T06:00:00Z'), nightly, always))).toBe('2026-03-09T06:30')
  })

  it('that end before they begin are refused', () => {
    expect(() => contactWindow('2026-01-05', { ...city, from: '18:00', to: '09:00' })).toThrow(RangeError)
  })
})
