import { describe, expect, test } from 'vitest'
import { addDays, type LocalDate } from '../../domain/calendar.ts'
import {
  accrualDay,
  type Claim,
  divided,
  feesThrough,
  interestThrough,
  segmentsOf,
} from '../../domain/interest/claim.ts'
import { countDays, DAY_COUNTS, type DayCount } from '../../domain/interest/dayCount.ts'
import { type InterestRule, interestSchema } from '../../domain/interest/rule.ts'
import { policySchema } from '../../domain/policy.ts'
import { testPolicy } from '../setup/ledger.ts'
import { randomOf } from './random.ts'

const rule = (changes: Record<string, unknown> = {}): InterestRule =>
  interestSchema.parse({ rates: [{ from: '2026-01-01', percent: '24' }], ...changes })

/** 100,000.00 due on 31 March. */
const claim = (changes: Partial<Claim> = {}): Claim => ({
  currency: 'MXN',
  originalMinor: 10_000_000n,
  dueOn: '2026-03-31',
  movements: [],
  disputed: [],
  steps: [],
  ...changes,
})

describe('days', () => {
  test.each<[DayCount, LocalDate, LocalDate, number]>([
    ['act/360', '2026-03-31', '2026-04-01', 1],
    ['act/365', '2026-01-01', '2027-01-01', 365],
    // 2028 has a 29 February.
    ['act/360', '2028-02-28', '2028-03-01', 2],
    ['30/360', '2026-01-01', '2027-01-01', 360],
    ['30/360', '2026-01-30', '2026-01-31', 0],
    ['30/360', '2026-01-31', '2026-02-28', 28],
    ['30/360', '2026-02-28', '2026-03-31', 32],
    ['30/360', '2028-02-29', '2028-03-01', 2],
    ['30/360', '2026-05-31', '2026-06-30', 30],
  ])('%s from %s to %s: %i', (count, from, to, days) => {
    expect(countDays(count, from, to)).toBe(days)
  })

  test.each(DAY_COUNTS)('%s adds up, wherever a time is cut', (count) => {
    const random = randomOf(1)
    for (let n = 0; n < 2000; n++) {
      const [a, b, c] = [0, 0, 0].map(() => addDays('2026-01-01', random.int(0, 1500))).sort() as [
        string,
        string,
        string,
      ]
      expect(countDays(count, a, b) + countDays(count, b, c)).toBe(countDays(count, a, c))
    }
  })
})

describe('simple interest, worked out by hand', () => {
  test.each<[string, Record<string, unknown>, Partial<Claim>, LocalDate, bigint]>([
    // 100,000.00 × 24 % × 30 / 360
    ['thirty days', {}, {}, '2026-04-30', 200_000n],
    // 100,000.00 × 24 % × 30 / 365 = 1,972.602…
    ['over 365', { day_count: 'act/365' }, {}, '2026-04-30', 197_260n],
    // 31 March counts as the 30th: 60 days to 31 May
    ['thirties', { day_count: '30/360' }, {}, '2026-05-31', 400_000n],
    ['nothing on the due date', {}, {}, '2026-03-31', 0n],
    // 66.666…
    ['one day after it', {}, {}, '2026-04-01', 6_667n],
    ['nothing before it', {}, {}, '2026-02-01', 0n],
    // 10 days of 24 % and 20 of 30 %: 666.67 + 1,666.67 = 2,333.33, rounded once
    [
      'a rate from a date',
      {
        rates: [
          { from: '2026-01-01', percent: '24' },
          { from: '2026-04-10', percent: '30' },
        ],
      },
      {},
      '2026-04-30',
      233_333n,
    ],
    // only 20 of 30 days
    [
      'no rate before the first',
      { rates: [{ from: '2026-04-10', percent: '24' }] },
      {},
      '2026-04-30',
      133_333n,
    ],
    // 10 days of 100,000 and 20 of 40,000: 666.67 + 533.33
    [
      'a part paid on the tenth day',
      {},
      { movements: [{ on: '2026-04-10', minor: -6_000_000n }] },
      '2026-04-30',
      120_000n,
    ],
    [
      'all paid on the due date',
      {},
      { movements: [{ on: '2026-03-31', minor: -10_000_000n }] },
      '2026-04-30',
      0n,
    ],
    [
      'paid on the last day of grace',
      { grace_days: 5 },
      { movements: [{ on: '2026-04-05', minor: -10_000_000n }] },
      '2026-04-30',
      0n,
    ],
    // 6 days of all
    [
      'paid a day after the grace',
      { grace_days: 5 },
      { movements: [{ on: '2026-04-06', minor: -10_000_000n }] },
      '2026-04-30',
      40_000n,
    ],
    ['within the grace', { grace_days: 5 }, {}, '2026-04-05', 0n],
    ['after it, from the due date', { grace_days: 5 }, {}, '2026-04-06', 40_000n],
    ['after it, from its end', { grace_days: 5, counts_from: 'grace_end' }, {}, '2026-04-06', 6_667n],
    // The part that was paid within the grace never bears any: 30 days of 40,000
    [
      'a part paid within the grace',
      { grace_days: 5 },
      { movements: [{ on: '2026-04-03', minor: -6_000_000n }] },
      '2026-04-30',
      80_000n,
    ],
    // 5 % of 100,000
    ['capped', { cap_percent: '5' }, {}, '2027-03-31', 500_000n],
    // 30,000 of it in dispute from the 10th: 10 days of 100,000, 20 of 70,000
    [
      'a part in dispute',
      {},
      { disputed: [{ from: '2026-04-10', until: null, minor: 3_000_000n }] },
      '2026-04-30',
      160_000n,
    ],
    [
      'where disputes bear interest',
      { disputed: 'bears' },
      { disputed: [{ from: '2026-04-10', until: null, minor: 3_000_000n }] },
      '2026-04-30',
      200_000n,
    ],
    // Found right on the 20th and credited: 30 days of 70,000
    [
      'what was never owed',
      {},
      {
        disputed: [{ from: null, until: '2026-04-20', minor: 3_000_000n }],
        movements: [{ on: '2026-04-20', minor: -3_000_000n }],
      },
      '2026-04-30',
      140_000n,
    ],
    // Payments take the undisputed part first: 10 days of 70,000, nothing then
    [
      'all but the disputed part paid',
      {},
      {
        disputed: [{ from: null, until: null, minor: 3_000_000n }],
        movements: [{ on: '2026-04-10', minor: -8_000_000n }],
      },
      '2026-04-30',
      46_667n,
    ],
    ['yen', {}, { currency: 'JPY', originalMinor: 100_000n }, '2026-04-30', 2_000n],
  ])('%s', (_, changes, of, through, minor) => {
    expect(interestThrough(rule(changes), claim(of), through)).toBe(minor)
  })

  test('half a cent goes away from zero', () => {
    expect([5n, 4n, -5n, -4n].map((minor) => divided(minor, 10n))).toEqual([1n, 0n, -1n, 0n])
    // 7.50 × 24 % × 1 / 360 = 0.005
    expect(interestThrough(rule(), claim({ originalMinor: 750n }), '2026-04-01')).toBe(1n)
  })

  test('its segments say how it came to be', () => {
    const paid = claim({ movements: [{ on: '2026-04-10', minor: -6_000_000n }] })
    expect(segmentsOf(rule(), paid, '2026-04-30')).toEqual([
      { from: '2026-03-31', to: '2026-04-10', days: 10, baseMinor: 10_000_000n, percent: '24' },
      { from: '2026-04-10', to: '2026-04-30', days: 20, baseMinor: 4_000_000n, percent: '24' },
    ])
  })
})

/** A claim to which anything may have happened, and a rule of any kind. */
function anything(seed: number): { rule: InterestRule; claim: Claim } {
  const random = randomOf(seed)
  const day = () => addDays('2026-03-31', random.int(-10, 200))
  const originalMinor = BigInt(random.int(1, 50_000_000))
  let left = originalMinor
  const movements = Array.from({ length: random.int(0, 6) }, () => {
    const minor = BigInt(random.int(0, Number(left)))
    left -= minor
    return { on: day(), minor: -minor }
  })
  const disputed = Array.from({ length: random.int(0, 2) }, () => {
    const [from, until] = [day(), day()].sort() as [string, string]
    return {
      from: random.chance(0.2) ? null : from,
      until: random.chance(0.3) ? null : until,
      minor: BigInt(random.int(1, Number(originalMinor))),
    }
  })
  return {
    claim: claim({ originalMinor, movements, disputed }),
    rule: rule({
      day_count: random.pick(DAY_COUNTS),
      grace_days: random.pick([0, 0, 3, 10]),
      counts_from: random.pick(['due', 'grace_end']),
      disputed: random.pick(['without', 'bears']),
      rates: [
        { from: random.pick(['2025-01-01', '2026-04-15']), percent: '28.5' },
        { from: '2026-05-01', percent: '0' },
        { from: '2026-06-15', percent: '36.123456' },
      ],
      ...(random.chance(0.3) ? { cap_percent: '4' } : {}),
    }),
  }
}

describe('whatever happened (400 claims)', () => {
  test('pieces add up to the whole: each day by itself comes to the segments reckoned at once', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { rule, claim } = anything(seed)
      const end = addDays(claim.dueOn, 220)
      let accrued = 0n
      for (let day = claim.dueOn; day <= end; day = addDays(day, 1)) {
        const total = interestThrough(rule, claim, day)
        const piece = total - accrued
        expect(piece, `seed ${seed}, ${day}`).toBeGreaterThanOrEqual(0n)
        accrued += piece
      }
      expect(accrued, `seed ${seed}`).toBe(interestThrough(rule, claim, end))
      // Day by day without rounding, as a person would check it.
      if (rule.cap_percent === undefined && rule.day_count !== '30/360') {
        const year = rule.day_count === 'act/360' ? 360 : 365
        const exact = segmentsOf(rule, claim, end).reduce(
          (sum, s) => sum + (Number(s.baseMinor) * (Number(s.percent) / 100) * s.days) / year,
          0,
        )
        expect(Math.abs(exact - Number(accrued)), `seed ${seed}`).toBeLessThanOrEqual(0.500001)
      }
    }
  })

  test('a payment that is taken back leaves what there was without it', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { rule, claim } = anything(seed)
      const through = addDays(claim.dueOn, seed % 220)
      const on = addDays(claim.dueOn, seed % 90)
      const paid = { ...claim, movements: [...claim.movements, { on, minor: -1_000n }] }
      const reversed = { ...paid, movements: [...paid.movements, { on, minor: 1_000n }] }
      expect(interestThrough(rule, reversed, through)).toBe(interestThrough(rule, claim, through))
      expect(interestThrough(rule, paid, through)).toBeLessThanOrEqual(interestThrough(rule, claim, through))
    }
  })
})

describe('fees', () => {
  const fee = { 'es-MX': 'Cargo', en: 'Charge', amount: { MXN: '150.00' } }
  const fees = rule({
    fees: [
      { ...fee, id: 'late', overdue_days: 30 },
      { ...fee, id: 'second_reminder', step: 'second' },
      { ...fee, id: 'returned_cheque' },
    ],
  })
  const due = (of: Partial<Claim>, through: LocalDate) =>
    feesThrough(fees, claim(of), through).map(({ id, minor }) => `${id} ${minor}`)

  test('once overdue so many days, and not when it was paid by then', () => {
    expect(due({}, '2026-04-29')).toEqual([])
    expect(due({}, '2026-04-30')).toEqual(['late 15000'])
    expect(due({ movements: [{ on: '2026-04-30', minor: -10_000_000n }] }, '2026-05-30')).toEqual([])
    expect(due({ movements: [{ on: '2026-05-01', minor: -10_000_000n }] }, '2026-05-30')).toEqual([
      'late 15000',
    ])
  })
  test('once a step was done, and in no other currency', () => {
    expect(due({ steps: [{ step: 'second', on: '2026-04-08' }] }, '2026-04-08')).toEqual([
      'second_reminder 15000',
    ])
    expect(due({ currency: 'USD' }, '2026-12-31')).toEqual([])
  })
})

test('goes into the books at the end of a month, or of each day', () => {
  expect(accrualDay(rule(), '2026-03-31')).toBe('2026-02-28')
  expect(accrualDay(rule(), '2026-04-01')).toBe('2026-03-31')
  expect(accrualDay(rule({ accrue: 'daily' }), '2026-04-01')).toBe('2026-03-31')
})

test('a policy says where its interest is wrong', () => {
  const text = (interest: unknown) =>
    policySchema
      .safeParse({ ...testPolicy(), interest })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const names = { 'es-MX': 'Cargo', en: 'Charge', amount: { MXN: '150' } }
  expect(
    text({
      rates: [
        { from: '2026-02-01', percent: '1' },
        { from: '2026-01-01', percent: '2' },
      ],
    }),
  ).toEqual(['interest.rates.1.from: must be after 2026-02-01 above it'])
  expect(text({ fees: [{ ...names, id: 'late', step: 'nowhere' }] })).toEqual([
    'interest.fees.0.step: no step of this policy has the id "nowhere"',
  ])
  expect(text({ fees: [{ ...names, id: 'late', step: 'first', overdue_days: 3 }] })?.[0]).toMatch(/either/)
  expect(text({ minimum: { MXN: '1.005' } })).toEqual([
    'interest.minimum.MXN: must be an amount of MXN such as "50"',
  ])
  expect(text({ rates: [{ from: '2026-02-01', percent: '-1' }] })?.[0]).toMatch(/yearly percentage/)
  expect(text({ rates: [{ from: '2026-02-01', percent: '24' }] })).toBeUndefined()
})
