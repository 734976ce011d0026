import { describe, expect, it } from 'vitest'
import { decide } from '../../domain/decide.ts'
import type { StepRecord } from '../../domain/facts.ts'
import { at, caseAt, Diary, done, policyOf, receivable } from './diary.ts'

const upTo = {
  firm: done({ courtesy: '2026-02-27', reminder: '2026-03-05', firm: '2026-03-12' }),
  final: done({
    courtesy: '2026-02-27',
    reminder: '2026-03-05',
    firm: '2026-03-12',
    call: '2026-03-17',
    hold: '2026-03-23',
    visit: '2026-04-01',
    final: '2026-04-13',
    look: '2026-04-21',
  }),
}

const withPending = (before: ReturnType<typeof done>, record: Omit<StepRecord, 'state'>) => ({
  ...before,
  steps: [...before.steps, { ...record, state: 'pending' as const }],
})

describe('a notice on its way', () => {
  it('lets no later step fire until it is sent, however long that takes', () => {
    const diary = new Diary([receivable()], { sends: false }).until('2026-12-31')
    expect(diary.entries).toEqual(['2026-02-27 courtesy'])
    expect(diary.decision().next).toEqual({ step: 'reminder', at: null, reason: 'notice_on_its_way' })
  })

  it('once sent counts from the day it was sent', () => {
    const diary = new Diary([receivable()], { sends: false }).until('2026-03-04')
    diary.finish(at('2026-03-04', '11:00'), 'courtesy')
    expect(diary.decision().next).toEqual({ step: 'reminder', at: at('2026-03-09'), reason: 'min_gap' })
  })

  it('says the same when it has just been decided and when it is read again', () => {
    const facts = receivable(done({ courtesy: '2026-02-27' }))
    const first = decide(facts, caseAt(at('2026-03-05')))
    const again = decide(
      receivable(withPending(done({ courtesy: '2026-02-27' }), { step: 'reminder', on: '2026-03-05' })),
      caseAt(at('2026-03-05'), { noticePendingToday: true }),
    )
    expect(again.fired).toEqual([])
    expect(again.next).toEqual(first.next)
  })

  it('of a version of the policy that is no longer read is looked at again, not waited for in silence', () => {
    const facts = receivable(withPending(done({}), { step: 'from_before', on: '2026-03-05' }))
    expect(decide(facts, caseAt(at('2026-03-06'))).next).toEqual({
      step: 'courtesy',
      at: at('2026-04-06'), // 30 days are the 5th, a Sunday
      reason: 'notice_on_its_way',
    })
  })
})

describe('a written step of a customer without an address', () => {
  it('is told by telephone, and waits for its log', () => {
    const diary = new Diary([receivable()], { mailable: false, logs: false }).until('2026-03-02')
    expect(diary.entries).toEqual(['2026-02-27 courtesy by phone'])
    expect(diary.decision().next.reason).toBe('waits_for_log')
  })

  it('that nobody logs goes to the supervisor like any other call, and the ladder goes on', () => {
    const diary = new Diary([receivable()], { mailable: false, logs: false }).until('2026-03-09')
    expect(diary.entries).toEqual([
      '2026-02-27 courtesy by phone',
      '2026-03-09 courtesy skipped: not logged in time', // after 5 working days, on the next one
      '2026-03-09 reminder by phone',
      '2026-03-09 supervisor told: courtesy',
    ])
  })

  it('still waits for its log when an address is found meanwhile', () => {
    const told = receivable(withPending(done({}), { step: 'courtesy', on: '2026-02-27', byPhone: true }))
    expect(decide(told, caseAt(at('2026-03-02'))).next.reason).toBe('waits_for_log')
  })

  it('keeps to the gap between calls, not between messages', () => {
    const facts = receivable(done({ courtesy: '2026-02-27' }))
    const none = { mailable: false }
    expect(
      decide(facts, caseAt(at('2026-03-05'), { ...none, lastNoticeOn: '2026-03-05' })).fired,
    ).toMatchObject([{ byPhone: true }])
    expect(decide(facts, caseAt(at('2026-03-05'), { ...none, lastCallOn: '2026-03-04' })).next.reason).toBe(
      'contact_gap',
    )
  })
})

describe('a call or visit', () => {
  const called = withPending(upTo.firm, { step: 'call', on: '2026-03-17' })

  it('counts when it is logged: until then nothing else is done', () => {
    const { fired, next } = decide(receivable(called), caseAt(at('2026-03-24')))
    expect(fired).toEqual([])
    expect(next).toEqual({ step: 'hold', at: at('2026-03-25'), reason: 'waits_for_log' })
  })

  it('not logged after max_wait is told to the supervisor, and the ladder goes on', () => {
    const last = decide(receivable(called), caseAt(at('2026-03-24', '17:59')))
    expect([last.unlogged, last.skipped]).toEqual([null, []])
    const { unlogged, skipped, fired } = decide(receivable(called), caseAt(at('2026-03-25')))
    expect(unlogged?.id).toBe('call')
    expect(skipped.map((s) => [s.step.id, s.reason])).toEqual([['call', 'not logged in time']])
    expect(fired.map((f) => f.step.id)).toEqual(['hold'])
  })

  it('not logged is not a contact: the gap runs from the last time the customer really heard something', () => {
    const diary = new Diary([receivable()], { logs: false }).until('2026-04-14')
    expect(diary.entries.slice(3)).toEqual([
      '2026-03-17 call',
      '2026-03-25 call skipped: not logged in time',
      '2026-03-25 hold',
      '2026-03-25 supervisor told: call',
      '2026-04-01 visit',
      '2026-04-13 visit skipped: not logged in time', // five working days without Easter’s 2 and 3 April
      '2026-04-13 final',
      '2026-04-13 supervisor told: visit',
    ])
  })

  it('logged late stands where it was logged', () => {
    const diary = new Diary([receivable(called)], { logs: false }).until('2026-03-20', at('2026-03-18'))
    diary.finish(at('2026-03-20', '10:00'), 'call')
    expect(diary.decision().next).toEqual({ step: 'hold', at: at('2026-03-23'), reason: 'anchor' })
    diary.until('2026-04-01')
    expect(diary.entries).toEqual(['2026-03-23 hold', '2026-04-01 visit'])
  })

  describe('before a demand or a placement', () => {
    const pinned = policyOf({
      steps: [
        { id: 'call', day: 1, action: 'call' },
        { id: 'hold', day: 12, action: 'hold_orders' },
        { id: 'look', day: 14, action: 'review' },
        { id: 'demand', day: 15, action: 'demand' },
      ],
    })

    it('must be logged, for ever: only what is done inside the house passes it', () => {
      const diary = new Diary([receivable({ pinned })], { logs: false }).until('2026-08-31')
      expect(diary.entries).toEqual([
        '2026-03-03 call',
        '2026-03-11 supervisor told: call',
        '2026-03-17 hold', // the 14th is a Saturday, the 16th a holiday
        '2026-03-17 look',
      ])
      expect(diary.decision()).toMatchObject({ unlogged: { id: 'call' }, skipped: [] })
      expect(diary.decision().next).toMatchObject({ step: 'demand', reason: 'waits_for_log' })
      expect(diary.decision().next.at).toBeGreaterThan(at('2026-08-31'))
      diary.finish(at('2026-09-01'), 'call')
      diary.until('2026-09-30')
      expect(diary.entries.slice(4)).toEqual(['2026-09-07 demand'])
    })

    it.each(['place_legal', 'place_agency'])('stops %s as it stops a demand', (action) => {
      const steps = [
        { id: 'call', day: 1, action: 'call' },
        { id: 'next', day: 15, action },
      ]
      const diary = new Diary([receivable({ pinned: policyOf({ steps }) })], { logs: false }).until(
        '2026-08-31',
      )
      expect(diary.entries).toEqual(['2026-03-03 call', '2026-03-11 supervisor told: call'])
    })
  })
})

describe('an approval', () => {
  it('is asked for before a demand, a placement and a proposal to write off, and silence never gives it', () => {
    const diary = new Diary([receivable()], { approves: false }).until('2028-12-31')
    expect(diary.entries.slice(-2)).toEqual(['2026-04-21 look', '2026-05-04 demand'])
    expect(diary.decision()).toMatchObject({ skipped: [], unlogged: null })
    expect(diary.decision().next).toMatchObject({ step: 'legal', reason: 'waits_for_approval' })
  })

  it('is waited for: what has fallen due behind it is not asked for on the same day', () => {
    const late = decide(receivable(upTo.final), caseAt(at('2027-06-01')))
    expect(late.fired.map((f) => f.step.id)).toEqual(['demand'])
    expect(late.next).toMatchObject({ step: 'legal', reason: 'waits_for_approval' })
    const pending = withPending(upTo.final, { step: 'demand', on: '2027-06-01' })
    expect(decide(receivable(pending), caseAt(at('2027-06-02'))).fired).toEqual([])
  })
})

describe('after the last step', () => {
  it('a person looks every so many days, for ever', () => {
    const pinned = policyOf({ review_every_days: 7, steps: [{ id: 'only', day: 1, action: 'remind' }] })
    const diary = new Diary([receivable({ pinned })]).until('2026-04-06')
    expect(diary.entries).toEqual([
      '2026-03-03 only',
      '2026-03-10 review#1',
      '2026-03-17 review#2',
      '2026-03-24 review#3',
      '2026-03-31 review#4',
    ])
    expect(diary.until('2026-04-07').entries.slice(5)).toEqual(['2026-04-07 review#5'])
  })

  it('an unlogged call ends with the supervisor and a review, not in silence', () => {
    const pinned = policyOf({ steps: [{ id: 'call', day: 1, action: 'call' }] })
    const diary = new Diary([receivable({ pinned })], { logs: false }).until('2026-04-10')
    expect(diary.entries).toEqual([
      '2026-03-03 call',
      '2026-03-11 call skipped: not logged in time',
      '2026-03-11 supervisor told: call',
      '2026-04-10 review#1',
    ])
  })
})
