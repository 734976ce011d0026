import { describe, expect, it } from 'vitest'
import { localDateOf } from '../../domain/calendar.ts'
import { decide, stepDate } from '../../domain/decide.ts'
import { at, caseAt, Diary, done, everyDay, hours, mx, policyOf, receivable } from './diary.ts'

const say = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().slice(0, 16)

describe('the ladder', () => {
  it('of a receivable that nobody pays is climbed step by step, and then never falls silent', () => {
    const diary = new Diary([receivable()]).until('2027-05-31')
    expect(diary.entries).toEqual([
      '2026-02-27 courtesy',
      '2026-03-05 reminder',
      '2026-03-12 firm',
      '2026-03-17 call',
      '2026-03-23 hold', // the 22nd is a Sunday
      '2026-04-01 visit',
      '2026-04-13 final', // the 11th is a Saturday
      '2026-04-21 look',
      '2026-05-04 demand', // 1 May is a holiday
      '2026-06-01 legal', // 31 May is a Sunday
      '2027-03-02 write_off',
      '2027-04-02 review#1', // 30 days after the approval of 3 March
      '2027-05-03 review#2',
    ])
  })

  it('names the next step, its instant and why it is not sooner', () => {
    const before = decide(receivable(), caseAt(at('2026-02-02')))
    expect(before.next).toEqual({ step: 'courtesy', at: at('2026-02-27'), reason: 'anchor' })
    const after = decide(receivable(done({ courtesy: '2026-03-02' })), caseAt(at('2026-03-02')))
    expect(after.next).toEqual({ step: 'reminder', at: at('2026-03-09'), reason: 'min_gap' })
  })

  it('asked twice with the same facts says the same', () => {
    const facts = receivable()
    const context = caseAt(at('2026-03-05'))
    expect(decide(facts, context)).toEqual(decide(facts, context))
  })

  it('is overdue from the day after the due date, and current on it', () => {
    expect(decide(receivable(), caseAt(at('2026-03-02', '23:59'))).stage).toBe('current')
    expect(decide(receivable(), caseAt(at('2026-03-03', '00:00'))).stage).toBe('overdue')
  })

  it('reaches a step on the very day its number says: thresholds are >=', () => {
    const facts = receivable({ ...done({ courtesy: '2026-02-27' }) })
    expect(decide(facts, caseAt(at('2026-03-04', '17:00'))).fired).toEqual([])
    expect(decide(facts, caseAt(at('2026-03-05'))).fired.map((f) => f.step.id)).toEqual(['reminder'])
  })

  it('waits for the contact hours and for the turn of its case in the morning', () => {
    const facts = receivable(done({ courtesy: '2026-02-27' }))
    expect(decide(facts, caseAt(at('2026-03-05', '08:59'))).next.at).toBe(at('2026-03-05', '09:00'))
    const spread = { spreadMinutes: 25 }
    const early = decide(facts, caseAt(at('2026-03-05', '09:00'), spread))
    expect([early.fired.length, early.next.at]).toEqual([0, at('2026-03-05', '09:25')])
    expect(decide(facts, caseAt(at('2026-03-05', '09:25'), spread)).fired).toHaveLength(1)
    const late = decide(facts, caseAt(at('2026-03-05', '18:00')))
    expect([late.fired.length, late.next.at]).toEqual([0, at('2026-03-06')])
  })

  it('keeps to the customer’s own day and hours, wherever the server stands', () => {
    const inTijuana = { hours: { ...hours, timeZone: 'America/Tijuana' } }
    const facts = receivable(done({ courtesy: '2026-02-27' }))
    const decision = decide(facts, caseAt(at('2026-03-04'), inTijuana))
    expect(say(decision.next.at)).toBe('2026-03-05T17:00')
    expect(localDateOf(decision.next.at!, 'America/Tijuana')).toBe('2026-03-05')
  })

  it('counts a step from the day that it says: due, issued or presented', () => {
    const context = caseAt(at('2026-02-02'))
    const pinned = policyOf({
      steps: [
        { id: 'welcome', day: 5, anchor: 'issued', action: 'statement' },
        { id: 'accepted', day: 5, anchor: 'presented', action: 'remind' },
        { id: 'late', day: 5, action: 'remind' },
      ],
    })
    const facts = receivable({ pinned, presentedOn: '2026-02-10', requiresPresentation: true })
    expect(pinned.steps.map((step) => stepDate(facts, context, step).on)).toEqual([
      '2026-02-06',
      '2026-02-16', // the 15th is a Sunday
      '2026-03-09', // the 7th is a Saturday
    ])
    // Who needn't accept invoices has them from the day of issue: such a step doesn't stop the ladder for ever.
    const plain = receivable({ pinned, presentedOn: null })
    expect(stepDate(plain, context, pinned.steps[1]!).on).toBe('2026-02-06')
  })

  it('of a replacement that keeps the clock counts from its predecessor’s due date', () => {
    const facts = receivable({ dueOn: '2026-05-04', anchorOn: '2026-03-02' })
    const diary = new Diary([facts]).until('2026-03-12')
    expect(diary.entries).toEqual(['2026-02-27 courtesy', '2026-03-05 reminder', '2026-03-12 firm'])
    expect(diary.decision().stage).toBe('current')
  })
})

describe('gaps', () => {
  it('keep two contacts about a receivable apart, exactly min_gap_days', () => {
    const facts = receivable(done({ courtesy: '2026-02-27', reminder: '2026-03-10' }))
    expect(decide(facts, caseAt(at('2026-03-12'))).next).toEqual({
      step: 'firm',
      at: at('2026-03-17'), // the 15th is a Sunday, the 16th a holiday
      reason: 'min_gap',
    })
    expect(
      decide(facts, caseAt(at('2026-03-15'), { calendar: everyDay })).fired.map((f) => f.step.id),
    ).toEqual(['firm'])
  })

  it('never hold back holding orders, reviews or a proposal inside the house', () => {
    const steps = done({
      courtesy: '2026-02-27',
      reminder: '2026-03-05',
      firm: '2026-03-12',
      call: '2026-03-20',
    })
    const diary = new Diary([receivable(steps)]).until('2026-03-23', at('2026-03-20'))
    expect(diary.entries).toEqual(['2026-03-23 hold'])
    const proposal = policyOf({
      steps: [
        { id: 'final', day: 10, action: 'remind' },
        { id: 'write_off', day: 11, action: 'propose_write_off' },
      ],
    })
    expect(new Diary([receivable({ pinned: proposal })]).until('2026-03-13').entries).toEqual([
      '2026-03-12 final',
      '2026-03-13 write_off',
    ])
  })

  it('keep a demand away from the last word, since the customer gets both', () => {
    const pinned = policyOf({
      steps: [
        { id: 'final', day: 10, action: 'remind', severity: 'final' },
        { id: 'demand', day: 11, action: 'demand' },
      ],
    })
    const diary = new Diary([receivable({ pinned })]).until('2026-03-31')
    expect(diary.entries).toEqual(['2026-03-12 final', '2026-03-17 demand'])
  })

  it('of the case let what falls due meanwhile join the next message', () => {
    const other = receivable({ id: 2, document: 'F-2', dueOn: '2026-03-04' })
    const diary = new Diary([receivable(), other]).until('2026-03-13')
    expect(diary.entries).toEqual([
      '2026-02-27 courtesy of 1',
      '2026-03-02 courtesy of 2', // due on 1 March, a Sunday; the message of the 27th is three days old
      '2026-03-05 reminder of 1',
      '2026-03-09 reminder of 2', // due on the 7th, a Saturday
      '2026-03-12 firm of 1',
    ])
    expect(diary.until('2026-03-17').entries.slice(5)).toEqual([
      '2026-03-17 call of 1',
      '2026-03-17 firm of 2', // the 14th is a Saturday, the 16th a holiday; a call is another channel
    ])
  })

  it('of the case do not part what is due on the same day: it is one message', () => {
    const other = receivable({ id: 2, document: 'F-2' })
    expect(new Diary([receivable(), other]).until('2026-02-27').entries).toEqual([
      '2026-02-27 courtesy of 1',
      '2026-02-27 courtesy of 2',
    ])
    const facts = receivable(done({ courtesy: '2026-02-20' }))
    const joins = { lastNoticeOn: '2026-03-04', noticePendingToday: true }
    expect(decide(facts, caseAt(at('2026-03-05'), joins)).fired).toHaveLength(1)
  })

  it('never allow two messages of a case on a day, even if the policy has no gap', () => {
    const context = caseAt(at('2026-03-05', '12:00'), {
      policy: policyOf({ contact_gap_days: 0 }),
      lastNoticeOn: '2026-03-05',
    })
    expect(decide(receivable(done({ courtesy: '2026-02-27' })), context).next).toEqual({
      step: 'reminder',
      at: at('2026-03-06'),
      reason: 'contact_gap',
    })
  })

  it('let a call join the one that is open, else keep conversations apart', () => {
    const facts = receivable(done({ courtesy: '2026-02-27', reminder: '2026-03-05', firm: '2026-03-12' }))
    const yesterday = { lastCallOn: '2026-03-16' }
    expect(decide(facts, caseAt(at('2026-03-17'), yesterday)).next).toMatchObject({
      at: at('2026-03-19'),
      reason: 'contact_gap',
    })
    expect(decide(facts, caseAt(at('2026-03-17'), { ...yesterday, openCall: true })).fired).toHaveLength(1)
    expect(decide(facts, caseAt(at('2026-03-17'), { ...yesterday, openVisit: true })).fired).toHaveLength(0)
  })

  it('are those of the customer’s current policy, the steps those of the receivable’s', () => {
    const steps = done({ courtesy: '2026-02-27', reminder: '2026-03-11' })
    const context = caseAt(at('2026-03-12'), {
      policy: policyOf({ min_gap_days: 1, steps: [{ id: 'x', day: 0, action: 'call' }] }),
    })
    expect(decide(receivable(steps), context).fired.map((f) => f.step.id)).toEqual(['firm'])
  })
})

describe('working days', () => {
  it('are those of the calendar of the customer', () => {
    const facts = receivable({
      ...done({ courtesy: '2026-02-27', reminder: '2026-03-05', firm: '2026-03-09' }),
      dueOn: '2026-03-01',
    })
    expect(decide(facts, caseAt(at('2026-03-13'), { calendar: mx })).next.at).toBe(at('2026-03-17'))
    expect(decide(facts, caseAt(at('2026-03-13'), { calendar: everyDay })).next.at).toBe(at('2026-03-16'))
  })
})
