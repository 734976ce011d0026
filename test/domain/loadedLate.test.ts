import { describe, expect, it } from 'vitest'
import { at, Diary, done, policyOf, receivable } from './diary.ts'

const loaded = (firstSeenOn: string, more = {}) => new Diary([receivable({ firstSeenOn, ...more })])

describe('a receivable loaded late', () => {
  it('starts at the most advanced contact that is due; the earlier ones are recorded as skipped', () => {
    expect(loaded('2026-03-14').until('2026-03-23').entries).toEqual([
      '2026-03-14 courtesy skipped: loaded late',
      '2026-03-14 reminder skipped: loaded late',
      '2026-03-17 firm', // loaded on a Saturday, and Monday is a holiday
      '2026-03-23 call', // five days later is Sunday the 22nd
      '2026-03-23 hold',
    ])
  })

  it('on the very day of a step starts at that one, not at the one before', () => {
    expect(loaded('2026-03-12').until('2026-03-12').entries).toEqual([
      '2026-03-12 courtesy skipped: loaded late',
      '2026-03-12 reminder skipped: loaded late',
      '2026-03-12 firm',
    ])
  })

  it('never escalates by itself: one reason for one review of the case, and the last contact', () => {
    expect(loaded('2027-06-01').until('2027-06-01').entries).toEqual([
      '2027-06-01 courtesy skipped: loaded late',
      '2027-06-01 reminder skipped: loaded late',
      '2027-06-01 firm skipped: loaded late',
      '2027-06-01 call skipped: loaded late',
      '2027-06-01 hold skipped: loaded late: a person decides',
      '2027-06-01 visit skipped: loaded late',
      '2027-06-01 look skipped: loaded late',
      '2027-06-01 demand skipped: loaded late: a person decides',
      '2027-06-01 legal skipped: loaded late: a person decides',
      '2027-06-01 write_off skipped: loaded late: a person decides',
      '2027-06-01 final',
    ])
    expect(loaded('2027-06-01').until('2027-07-31').entries.slice(11)).toEqual(['2027-07-01 review#1'])
  })

  it('on the day of an escalation, or on the weekend it falls on, does not have it automatically either', () => {
    for (const day of ['2026-03-22', '2026-03-23'])
      expect(loaded(day).until(day).entries).toContain(`${day} hold skipped: loaded late: a person decides`)
  })

  it('before its first step is late for nothing', () => {
    expect(loaded('2026-02-26').until('2026-03-05').entries).toEqual([
      '2026-02-27 courtesy',
      '2026-03-05 reminder',
    ])
  })

  it('that nothing was said about yet keeps its place while it is suspended', () => {
    const suspensions = [
      { kind: 'promised' as const, from: '2026-03-14', endsOn: '2026-04-20', askAgainOn: null },
    ]
    const diary = loaded('2026-03-14', { suspensions }).until('2026-04-21')
    expect(diary.entries).toEqual([
      '2026-04-20 courtesy skipped: loaded late',
      '2026-04-20 reminder skipped: loaded late',
      '2026-04-21 firm', // where it stopped: the call that fell due meanwhile comes after it
    ])
  })

  it('with the progress that its load tells goes on from there', () => {
    const steps = done({
      courtesy: '2026-02-27',
      reminder: '2026-03-05',
      firm: '2026-03-12',
      call: '2026-03-17',
    })
    expect(loaded('2026-03-30', steps).until('2026-04-01').entries).toEqual([
      '2026-03-30 hold',
      '2026-04-01 visit',
    ])
  })

  it('whose steps are all inside the house is left to a person', () => {
    const pinned = policyOf({
      steps: [
        { id: 'hold', day: 5, action: 'hold_orders' },
        { id: 'look', day: 6, action: 'review' },
      ],
    })
    expect(loaded('2026-04-01', { pinned }).until('2026-05-04', at('2026-04-01')).entries).toEqual([
      '2026-04-01 hold skipped: loaded late: a person decides',
      '2026-04-01 look skipped: loaded late',
      '2026-05-04 review#1', // 1 May is a holiday
    ])
  })
})
