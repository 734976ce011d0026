import { describe, expect, test } from 'vitest'
import { makeCalendar } from '../../domain/calendar.ts'
import { type AgencyFacts, inOrder, type ToPlace } from '../../domain/placement/agencyChoice.ts'
import {
  goesFurther,
  isOver,
  mayBecome,
  PLACEMENT_KINDS,
  PLACEMENT_STATES,
} from '../../domain/placement/placement.ts'
import { endOf, lookAtClock, warningDays } from '../../domain/placement/prescription.ts'
import { INSTRUMENTS, placementsSchema } from '../../domain/placement/rules.ts'

const mx = makeCalendar({
  id: 'mx',
  country: 'MX',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
})

describe('which agency is asked first', () => {
  const agency = (code: string, facts: Partial<AgencyFacts> = {}): AgencyFacts => ({
    id: 1,
    code,
    segments: [],
    branches: [],
    amounts: {},
    commissionUnits: 0,
    placed: {},
    ...facts,
  })
  const to: ToPlace = {
    segment: 'construction',
    branch: 'Norte',
    totals: [{ currency: 'MXN', minor: 500_000n }],
  }
  const codes = (agencies: AgencyFacts[], rules = placementsSchema.parse({}).choose_agency, what = to) =>
    inOrder(agencies, what, rules).map((a) => a.code)

  test('who is for it in particular comes before who has least', () => {
    expect(
      codes([
        agency('all', { placed: { MXN: 0n } }),
        agency('builders', { segments: ['construction'], placed: { MXN: 9_000n } }),
        agency('north-builders', {
          segments: ['construction'],
          branches: ['Norte'],
          placed: { MXN: 99_000n },
        }),
      ]),
    ).toEqual(['north-builders', 'builders', 'all'])
  })

  test('among equals the one with the least placed with it, in the currency of the placement; then by code', () => {
    expect(
      codes([
        agency('c', { placed: { MXN: 10n } }),
        agency('b', { placed: { USD: 1_000_000n } }),
        agency('a', { placed: {} }),
        agency('d', { placed: { MXN: 9n } }),
      ]),
    ).toEqual(['a', 'b', 'd', 'c'])
  })

  test('who does not take it is not asked: another segment, branch or amount', () => {
    const amounts = (fromMinor: bigint, toMinor: bigint | null) => ({ MXN: { fromMinor, toMinor } })
    expect(
      codes([
        agency('industry', { segments: ['industrial'] }),
        agency('south', { branches: ['Sur'] }),
        agency('large', { amounts: amounts(500_001n, null) }),
        agency('small', { amounts: amounts(0n, 499_999n) }),
        agency('fits', { amounts: amounts(500_000n, 500_000n) }),
        agency('dollars', { amounts: { USD: { fromMinor: 1n, toMinor: null } } }),
      ]),
    ).toEqual(['fits', 'dollars'])
  })

  test('the rules of the policy say what counts, in their order', () => {
    const agencies = [
      agency('cheap', { commissionUnits: 80_000, placed: { MXN: 5n } }),
      agency('idle', { commissionUnits: 150_000 }),
    ]
    expect(codes(agencies, ['lowest_commission'])).toEqual(['cheap', 'idle'])
    expect(codes(agencies, ['least_placed', 'lowest_commission'])).toEqual(['idle', 'cheap'])
  })
})

describe('the last day of a term', () => {
  const { prescription } = placementsSchema.parse({})

  test.each([
    ['pagare', '2026-03-31', '2029-03-31'],
    ['pagare', '2024-02-29', '2027-02-28'],
    ['pagare', '2025-02-28', '2028-02-28'],
    ['invoice', '2024-02-29', '2034-02-28'],
    ['cheque_same_place', '2026-02-20', '2026-03-07'],
    ['cheque_same_place', '2024-02-20', '2024-03-06'],
    ['cheque_elsewhere', '2026-01-31', '2026-02-28'],
    ['cheque_elsewhere', '2028-01-31', '2028-02-29'],
    ['cheque_abroad', '2026-11-30', '2027-02-28'],
    ['cheque', '2026-08-31', '2027-02-28'],
  ] as const)('%s from %s: %s', (instrument, from, end) => {
    expect(endOf(from, prescription[instrument]!)).toBe(end)
  })

  test('every instrument has a term, and warnings before it, unless the policy has its own table', () => {
    expect(Object.keys(prescription).sort()).toEqual([...INSTRUMENTS].sort())
    for (const { warn_days } of Object.values(prescription)) expect(warn_days).toHaveLength(3)
    const own = placementsSchema.parse({ prescription: { pagare: { years: 5 } } })
    expect(own.prescription).toEqual({ pagare: { years: 5, warn_days: [180, 90, 30] } })
    expect(() => placementsSchema.parse({ prescription: { pagare: {} } })).toThrow('longer than nothing')
  })
})

describe('early warning', () => {
  const clock = { endsOn: '2029-03-31', warnDays: [30, 180, 90], warnedDays: null as number | null }

  test('is given on a working day, the one before where the day itself is none', () => {
    expect(warningDays(clock.endsOn, clock.warnDays, mx)).toEqual([
      { days: 180, on: '2028-10-02' },
      // 31 December is a Sunday.
      { days: 90, on: '2028-12-29' },
      { days: 30, on: '2029-03-01' },
    ])
    // 2026-03-15 a Sunday, 16 March a holiday: Friday 13.
    expect(warningDays('2026-04-15', [30], mx)).toEqual([{ days: 30, on: '2026-03-13' }])
  })

  test('each once; after the last comes the day after the end', () => {
    expect(lookAtClock(clock, '2028-10-01', mx)).toEqual({ warn: null, expired: false, nextOn: '2028-10-02' })
    expect(lookAtClock(clock, '2028-10-02', mx)).toEqual({
      warn: { days: 180, left: 180 },
      expired: false,
      nextOn: '2028-12-29',
    })
    expect(lookAtClock({ ...clock, warnedDays: 180 }, '2028-10-02', mx).warn).toBeNull()
    expect(lookAtClock({ ...clock, warnedDays: 90 }, '2029-03-01', mx)).toEqual({
      warn: { days: 30, left: 30 },
      expired: false,
      nextOn: '2029-04-01',
    })
  })

  test('one that begins late warns once, by what is nearest; on its last day it is not lost yet', () => {
    expect(lookAtClock(clock, '2029-03-20', mx)).toEqual({
      warn: { days: 30, left: 11 },
      expired: false,
      nextOn: '2029-04-01',
    })
    expect(lookAtClock({ ...clock, warnedDays: 30 }, '2029-03-31', mx).expired).toBe(false)
    expect(lookAtClock(clock, '2029-04-01', mx)).toEqual({ warn: null, expired: true, nextOn: null })
  })
})

test('what is over stays so, and everything that is not can be taken back or paid', () => {
  for (const from of PLACEMENT_STATES)
    if (isOver(from)) for (const to of PLACEMENT_STATES) expect(mayBecome(from, to)).toBe(false)
    else for (const to of ['recalled', 'recovered', 'closed'] as const) expect(mayBecome(from, to)).toBe(true)
})

test('only who goes further takes over', () => {
  for (const kind of PLACEMENT_KINDS) expect(goesFurther(kind, kind)).toBe(false)
  expect(goesFurther('legal', 'agency')).toBe(true)
  expect(goesFurther('agency', 'legal')).toBe(false)
  expect(goesFurther('prelegal', 'demand')).toBe(true)
})
