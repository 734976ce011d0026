import { expect, test } from 'vitest'
import { habitMonths, type PayerHabit, riskDays, trendDays } from '../../domain/payerHabit.ts'
import { policySchema, type WorklistPolicy } from '../../domain/policy.ts'
import { pointsOf, sumOfPoints, type WorklistFacts } from '../../domain/worklist.ts'

const policyWith = (worklist: unknown = {}): WorklistPolicy =>
  policySchema.parse({
    id: 'p',
    name: 'p',
    calendar: 'mx',
    contact_hours: { from: '09:00', to: '18:00' },
    steps: [{ id: 'a', day: 1, action: 'call' }],
    worklist,
  }).worklist

const nothing: WorklistFacts = {
  today: '2026-03-10',
  overdue: [],
  oldestDaysLate: 0,
  broken: 0,
  kept: 0,
  dueOn: '2026-03-11',
  habit: null,
}
const owes = (minor: bigint, askableMinor = minor, currency = 'MXN') => ({ currency, minor, askableMinor })

const points = (facts: Partial<WorklistFacts>, worklist?: unknown) =>
  Object.fromEntries(
    pointsOf({ ...nothing, ...facts }, policyWith(worklist)).map((p) => [p.reason, p.points]),
  )

test('a customer of whom there is nothing to say has no points', () => {
  expect(sumOfPoints(pointsOf(nothing, policyWith()))).toBe(0)
})

test('each reason gives points in proportion, up to its most', () => {
  expect(points({ overdue: [owes(125_000_00n)] }).amount).toBe(15)
  expect(points({ overdue: [owes(900_000_00n)] }).amount).toBe(30)
  expect(points({ oldestDaysLate: 15 }).days_late).toBe(5)
  expect(points({ oldestDaysLate: 61 }).days_late).toBe(20)
  expect(points({ broken: 2 }).broken_promises).toBe(10)
  expect(points({ broken: 9 }).broken_promises).toBe(15)
})

test('amounts of several currencies count by their own measures, and one without a measure not at all', () => {
  const overdue = [owes(125_000_00n), owes(3_000_00n, 3_000_00n, 'USD'), owes(999_999_99n, 0n, 'EUR')]
  expect(points({ overdue }).amount).toBe(21)
  expect(points({ overdue: [owes(1_000n, 1_000n, 'EUR')] }).expected_effect).toBe(0)
})

test('what is due tomorrow isn’t pressing yet; every day that it waits from its own on counts', () => {
  expect(points({ dueOn: '2026-03-11' }).resubmission).toBe(0)
  expect(points({ dueOn: '2026-03-10' }).resubmission).toBe(3)
  expect(points({ dueOn: '2026-03-07' }).resubmission).toBe(12)
  expect(points({ dueOn: '2026-01-01' }).resubmission).toBe(15)
})

test('the expected effect is the part that can be asked for times the part of promises kept', () => {
  const effect = (askable: bigint, kept: number, broken: number) =>
    points({ overdue: [owes(100n, askable)], kept, broken }, { expected_effect: { points: 100 } })
      .expected_effect
  expect(effect(100n, 0, 0)).toBe(50)
  expect(effect(100n, 8, 0)).toBe(90)
  expect(effect(100n, 0, 8)).toBe(10)
  expect(effect(50n, 8, 0)).toBe(45)
  expect(effect(0n, 8, 0)).toBe(0)
})

const habit = (last: [number, number] | null, before: [number, number] | null): PayerHabit => ({
  currency: 'MXN',
  lastYear: last && { averageDaysLate: last[0], payments: last[1] },
  yearBefore: before && { averageDaysLate: before[0], payments: before[1] },
})

test('the risk of a payer is its average, and what that grew by in a year', () => {
  expect(riskDays(habit([12.5, 40], [4, 30]), 3)).toBe(21)
  expect(trendDays(habit([12.5, 40], [4, 30]), 3)).toBe(8.5)
  expect(riskDays(habit([12.5, 40], [20, 30]), 3)).toBe(12.5)
  expect(riskDays(habit([-4, 40], [-9, 30]), 3)).toBe(1)
  expect(riskDays(habit([-4, 40], null), 3)).toBe(0)
  expect(points({ habit: habit([12.5, 40], [4, 30]) }).payer_risk).toBe(7)
})

test('few payments say nothing; then the year before speaks, or nobody', () => {
  expect(riskDays(habit([90, 2], [6, 30]), 3)).toBe(6)
  expect(trendDays(habit([90, 2], [6, 30]), 3)).toBeNull()
  expect(riskDays(habit([90, 3], [6, 2]), 3)).toBe(90)
  expect(riskDays(habit([90, 2], null), 3)).toBeNull()
  expect(riskDays(null, 3)).toBeNull()
  expect(points({ habit: habit([90, 2], null) }).payer_risk).toBe(0)
})

test('a year is twelve months with that of the day', () => {
  expect(habitMonths('2026-03-10')).toEqual({ lastYearFrom: '2025-04-01', yearBeforeFrom: '2024-04-01' })
  expect(habitMonths('2026-12-31')).toEqual({ lastYearFrom: '2026-01-01', yearBeforeFrom: '2025-01-01' })
})

test('a policy gives other weights, and 0 switches a reason off', () => {
  const worklist = {
    amount: { points: 0 },
    days_late: { points: 50, full_days: 10 },
    broken_promises: { full_count: 1 },
  }
  const facts = { overdue: [owes(900_000_00n)], oldestDaysLate: 5, broken: 1 }
  expect(points(facts, worklist)).toMatchObject({ amount: 0, days_late: 25, broken_promises: 15 })
})
