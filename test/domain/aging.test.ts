import { expect, test } from 'vitest'
import { bucketBounds, bucketIds, bucketOf, DEFAULT_BUCKETS } from '../../domain/aging.ts'
import { addDays } from '../../domain/calendar.ts'

test.each([
  [-400, 'current'],
  [-1, 'current'],
  [0, 'current'],
  [1, '1-30'],
  [30, '1-30'],
  [31, '31-60'],
  [60, '31-60'],
  [61, '61-90'],
  [90, '61-90'],
  [91, '90+'],
  [4000, '90+'],
])('%d days after its due date an item is in %s', (daysLate, bucket) => {
  expect(bucketOf('2024-02-28', addDays('2024-02-28', daysLate))).toBe(bucket)
})

test('buckets are data', () => {
  const buckets = [
    { id: 'not due', fromDaysLate: null },
    { id: 'week', fromDaysLate: 1 },
    { id: 'late', fromDaysLate: 8 },
  ]
  expect([0, 7, 8].map((days) => bucketOf('2026-03-01', addDays('2026-03-01', days), buckets))).toEqual([
    'not due',
    'week',
    'late',
  ])
  expect(bucketIds(buckets)).toEqual(['not due', 'week', 'late', 'unpresented'])
})

test('buckets that leave a gap or overlap are refused', () => {
  expect(bucketBounds(DEFAULT_BUCKETS)).toEqual([1, 31, 61, 91])
  for (const bounds of [[], [1], [null, 31, 31], [null, 31, 1], [null, null], [null, 1.5]])
    expect(() => bucketBounds(bounds.map((fromDaysLate, i) => ({ id: `${i}`, fromDaysLate })))).toThrow(
      RangeError,
    )
})
