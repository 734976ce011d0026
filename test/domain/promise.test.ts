import { describe, expect, it } from 'vitest'
import {
  countsAgainst,
  type Instalment,
  type PaidTowards,
  type PromiseTerms,
  promiseDeadline,
  standingOfPromise,
} from '../../domain/promise.ts'
import { mx } from './diary.ts'

const instalment = (no: number, dueOn: string, minor: bigint): Instalment => ({
  no,
  dueOn,
  decidedAfter: promiseDeadline(dueOn, 2, mx),
  minor,
})

/** 100.00 promised for Friday 2026-03-13: counts until Wednesday the 18th, since the 16th is a holiday. */
const once: PromiseTerms = { instalments: [instalment(1, '2026-03-13', 10_000n)], thresholdPercent: 95 }
/** 100.00 by the 10th (counts until the 12th) and 100.00 by the 24th (counts until the 26th). */
const twice: PromiseTerms = {
  instalments: [instalment(1, '2026-03-10', 10_000n), instalment(2, '2026-03-24', 10_000n)],
  thresholdPercent: 95,
}
const paid = (minor: bigint, valueOn: string): PaidTowards => ({ minor, valueOn })

const outcome = (terms: PromiseTerms, money: PaidTowards[], today: string, stillOwed = 1n) =>
  standingOfPromise(terms, money, stillOwed, today).outcome

describe('the last day on which money counts', () => {
  it('is the promised day and so many working days of grace', () => {
    expect(promiseDeadline('2026-03-10', 2, mx)).toBe('2026-03-12')
    expect(promiseDeadline('2026-03-13', 2, mx)).toBe('2026-03-18')
    expect(promiseDeadline('2026-03-10', 0, mx)).toBe('2026-03-10')
  })

  it('of a promise for a day off counts from the next working day', () => {
    expect(promiseDeadline('2026-03-14', 0, mx)).toBe('2026-03-17')
    expect(promiseDeadline('2026-03-14', 1, mx)).toBe('2026-03-18')
  })
})

describe('a promise', () => {
  it('is open until its last day has passed', () => {
    expect(outcome(once, [], '2026-03-18')).toBe('open')
    expect(outcome(once, [], '2026-03-19')).toBe('broken')
  })

  it('is kept as soon as the threshold is paid, early too', () => {
    expect(outcome(once, [paid(9_499n, '2026-03-04')], '2026-03-04')).toBe('open')
    expect(outcome(once, [paid(9_500n, '2026-03-04')], '2026-03-04')).toBe('kept')
    expect(standingOfPromise(once, [paid(9_500n, '2026-03-04')], 500n, '2026-03-04').missing).toBeNull()
  })

  it('is kept by money of the last day of grace, not of the day after', () => {
    expect(outcome(once, [paid(10_000n, '2026-03-18')], '2026-03-19')).toBe('kept')
    expect(outcome(once, [paid(10_000n, '2026-03-19')], '2026-03-19')).toBe('broken')
  })

  it('goes by when the customer paid, however late it is recorded', () => {
    expect(outcome(once, [], '2026-03-20')).toBe('broken')
    expect(outcome(once, [paid(10_000n, '2026-03-12')], '2026-04-02')).toBe('kept')
  })

  it('of which a part came in time is partially kept; what came later does not soften it', () => {
    expect(outcome(once, [paid(5_000n, '2026-03-13')], '2026-03-19')).toBe('partially_kept')
    expect(outcome(once, [paid(5_000n, '2026-03-13'), paid(5_000n, '2026-03-20')], '2026-03-20')).toBe(
      'partially_kept',
    )
    expect(outcome(once, [paid(5_000n, '2026-03-20')], '2026-03-20')).toBe('broken')
  })

  it('is kept when nothing is owed any more, whatever settled it', () => {
    expect(outcome(once, [], '2026-03-10', 0n)).toBe('kept')
    // A settlement after the last day came too late for it.
    expect(outcome(once, [], '2026-03-19', 0n)).toBe('broken')
  })

  it('loses what was taken back', () => {
    const bounced = [paid(10_000n, '2026-03-12'), paid(-10_000n, '2026-03-12')]
    expect(outcome(once, bounced, '2026-03-13')).toBe('open')
    expect(outcome(once, bounced, '2026-03-19')).toBe('broken')
    // Twice paid and once taken back is paid.
    const corrected = [...bounced, paid(10_000n, '2026-03-17')]
    expect(outcome(once, corrected, '2026-03-19')).toBe('kept')
    // A late payment that is taken back never counted, and doesn't count against one in time.
    const twin = [paid(10_000n, '2026-03-12'), paid(10_000n, '2026-03-20'), paid(-10_000n, '2026-03-20')]
    expect(outcome(once, twin, '2026-03-21')).toBe('kept')
  })

  it('tells what was paid towards it', () => {
    expect(
      standingOfPromise(once, [paid(3_000n, '2026-03-04'), paid(2_000n, '2026-03-05')], 1n, '2026-03-06')
        .paidMinor,
    ).toBe(5_000n)
  })
})

describe('instalments', () => {
  it('are filled first in, first out: what is too much for one goes to the next', () => {
    expect(standingOfPromise(twice, [paid(15_000n, '2026-03-09')], 1n, '2026-03-13')).toMatchObject({
      outcome: 'open',
      missing: { no: 2 },
    })
    expect(outcome(twice, [paid(15_000n, '2026-03-09'), paid(5_000n, '2026-03-20')], '2026-03-20')).toBe(
      'kept',
    )
    expect(outcome(twice, [paid(20_000n, '2026-03-04')], '2026-03-04')).toBe('kept')
  })

  it('of which one is missed break the promise at once, though others are still to come', () => {
    expect(outcome(twice, [], '2026-03-12')).toBe('open')
    expect(outcome(twice, [], '2026-03-13')).toBe('broken')
    expect(outcome(twice, [paid(9_000n, '2026-03-10')], '2026-03-13')).toBe('partially_kept')
    // The second can't make up for the first, even paid in full before its own day.
    expect(outcome(twice, [paid(20_000n, '2026-03-16')], '2026-03-16')).toBe('broken')
  })

  it('each keep to the threshold of all that was promised by then', () => {
    expect(outcome(twice, [paid(9_500n, '2026-03-10'), paid(9_499n, '2026-03-24')], '2026-03-27')).toBe(
      'partially_kept',
    )
    expect(outcome(twice, [paid(9_500n, '2026-03-10'), paid(9_500n, '2026-03-24')], '2026-03-27')).toBe(
      'kept',
    )
  })

  it('name the one that is missing, and when its outcome is known', () => {
    const { missing } = standingOfPromise(twice, [paid(10_000n, '2026-03-10')], 1n, '2026-03-11')
    expect(missing).toMatchObject({ no: 2, decidedAfter: '2026-03-26' })
  })
})

describe('the level of a customer', () => {
  it('counts promises not kept and withdrawn', () => {
    const counted = (state: string) => countsAgainst({ state, supplierError: false })
    expect(['broken', 'partially_kept', 'withdrawn'].filter(counted)).toHaveLength(3)
    expect(['open', 'kept', 'replaced'].filter(counted)).toEqual([])
  })

  it('leaves out what failed through an error of the supplier', () => {
    expect(countsAgainst({ state: 'broken', supplierError: true })).toBe(false)
  })
})
