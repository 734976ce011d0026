import { expect, test } from 'vitest'
import { addDays, makeCalendar } from '../../domain/calendar.ts'
import { isStatementDay, statementsSchema } from '../../domain/statementDay.ts'

const mx = makeCalendar({
  id: 'mx',
  country: 'MX',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
})

const daysOf = (rules: object, from: string, to: string): string[] => {
  const parsed = statementsSchema.parse(rules)
  const found: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) if (isStatementDay(parsed, day, mx)) found.push(day)
  return found
}

test('without a day nobody gets a statement', () => {
  expect(daysOf({}, '2026-01-01', '2026-12-31')).toEqual([])
})

test('a day of the month, or the next working day after it', () => {
  // 2026-02-01 is a Sunday, 02-02 the Constitution; 2026-05-01 Labour Day, a Friday; 2026-08-01 a Saturday.
  expect(daysOf({ day_of_month: 1 }, '2026-01-02', '2026-08-31')).toEqual([
    '2026-01-02',
    '2026-02-03',
    '2026-03-02',
    '2026-04-01',
    '2026-05-04',
    '2026-06-01',
    '2026-07-01',
    '2026-08-03',
  ])
})

test('the 31st is the last of every month, also when that moves into the next one', () => {
  // 2026-01-31 is a Saturday and 02-02 a holiday; 2026-02-28 a Saturday.
  expect(daysOf({ day_of_month: 31 }, '2026-01-20', '2026-04-30')).toEqual([
    '2026-02-03',
    '2026-03-02',
    '2026-03-31',
    '2026-04-30',
  ])
})

test('a holiday after a weekend moves it further', () => {
  expect(daysOf({ day_of_month: 14 }, '2026-11-10', '2026-11-20')).toEqual(['2026-11-17'])
})

test('a working day of the month, from its beginning or its end', () => {
  expect(daysOf({ working_day: 2 }, '2026-01-01', '2026-03-31')).toEqual([
    '2026-01-05',
    '2026-02-04',
    '2026-03-03',
  ])
  expect(daysOf({ working_day: -1 }, '2026-01-01', '2026-05-31')).toEqual([
    '2026-01-30',
    '2026-02-27',
    '2026-03-31',
    '2026-04-30',
    '2026-05-29',
  ])
})

test('a working day that a month does not have is in no month', () => {
  expect(daysOf({ working_day: 20 }, '2026-02-01', '2026-02-28')).toEqual([])
})

test.each([[{ working_day: 0 }], [{ day_of_month: 32 }], [{ day_of_month: 1, working_day: 1 }]])(
  'rules that mean nothing are refused: %j',
  (rules) => {
    expect(statementsSchema.safeParse(rules).success).toBe(false)
  },
)
