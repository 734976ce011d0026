import { daysBetween, type LocalDate } from './calendar.ts'

/** A column of an aging report: items so many days late or more, up to the next bucket. */
export interface AgingBucket {
  id: string
  /** Days after the due date from which an item is in it; null for the first, which takes all that isn't late. */
  fromDaysLate: number | null
}

/** Due today is current; an item is overdue from the day after. In ascending order. */
export const DEFAULT_BUCKETS: readonly AgingBucket[] = [
  { id: 'current', fromDaysLate: null },
  { id: '1-30', fromDaysLate: 1 },
  { id: '31-60', fromDaysLate: 31 },
  { id: '61-90', fromDaysLate: 61 },
  { id: '90+', fromDaysLate: 91 },
]

/** Not yet accepted by a customer with review days: its term hasn't begun, so no due date counts. */
export const UNPRESENTED = 'unpresented'

/** The ids of a report's columns, in order: the buckets, then what isn't presented. */
export const bucketIds = (buckets: readonly AgingBucket[]): string[] => [
  ...buckets.map((b) => b.id),
  UNPRESENTED,
]

/** The days late at which a next bucket begins, ascending. Throws RangeError when the buckets leave gaps or overlap. */
export function bucketBounds(buckets: readonly AgingBucket[]): number[] {
  const [first, ...rest] = buckets
  const bounds = rest.map((b) => b.fromDaysLate ?? Number.NaN)
  const ascending = bounds.every((bound, i) => Number.isInteger(bound) && (i === 0 || bound > bounds[i - 1]!))
  if (first?.fromDaysLate !== null || !ascending)
    throw new RangeError('aging buckets start with one that has no bound and go on in ascending days')
  return bounds
}

/** The bucket of an item due on a day, as of another. */
export function bucketOf(
  dueOn: LocalDate,
  asOf: LocalDate,
  buckets: readonly AgingBucket[] = DEFAULT_BUCKETS,
): string {
  const daysLate = daysBetween(dueOn, asOf)
  const index = bucketBounds(buckets).findLastIndex((bound) => daysLate >= bound) + 1
  return buckets[index]!.id
}
