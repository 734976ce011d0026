import { describe, expect, it } from 'vitest'
import { brakeOn, decide, suspendedDays } from '../../domain/decide.ts'
import type { Suspension } from '../../domain/facts.ts'
import { at, caseAt, Diary, done, policyOf, receivable } from './diary.ts'

const suspended = (changes: Partial<Suspension> = {}): Suspension => ({
  kind: 'paused',
  from: '2026-03-04',
  endsOn: '2026-03-20',
  askAgainOn: null,
  ...changes,
})

const reminded = done({ courtesy: '2026-02-27' })

describe('a suspension', () => {
  it.each(['promised', 'announced', 'cheque', 'disputed', 'paused', 'negotiating'] as const)(
    'of the kind "%s" stops contact from its first day and lifts itself',
    (kind) => {
      const facts = receivable({ ...reminded, suspensions: [suspended({ kind })] })
      expect(brakeOn(facts, caseAt(at('2026-03-03')))).toBeNull()
      expect(brakeOn(facts, caseAt(at('2026-03-04')))).toBe(kind)
      expect(brakeOn(facts, caseAt(at('2026-03-19')))).toBe(kind)
      expect(brakeOn(facts, caseAt(at('2026-03-20')))).toBeNull()
      const during = decide(facts, caseAt(at('2026-03-05')))
      expect(during).toMatchObject({ stage: 'overdue', chased: false, fired: [] })
      expect(during.next).toEqual({ step: null, at: at('2026-03-20'), reason: kind })
    },
  )

  it('leaves the ladder where it stood, and the next contact waits for the days of grace', () => {
    const diary = new Diary([receivable({ suspensions: [suspended()] })]).until('2026-03-31')
    expect(diary.entries).toEqual([
      '2026-02-27 courtesy',
      '2026-03-23 reminder', // free again on Friday the 20th, a day of grace, and the 21st is a Saturday
      '2026-03-30 firm', // in its turn, five days later: the 28th is a Saturday
    ])
    const free = decide(receivable({ ...reminded, suspensions: [suspended()] }), caseAt(at('2026-03-20')))
    expect(free.next).toEqual({ step: 'reminder', at: at('2026-03-23'), reason: 'after_suspension' })
  })

  it('that ends before a step is due anyway moves nothing', () => {
    const facts = receivable({
      ...done({ courtesy: '2026-02-27', reminder: '2026-03-05' }),
      suspensions: [suspended({ endsOn: '2026-03-09' })],
    })
    expect(decide(facts, caseAt(at('2026-03-10'))).next).toEqual({
      step: 'firm',
      at: at('2026-03-12'),
      reason: 'anchor',
    })
  })

  // 2026-11-25: a call that was open when a pause began stayed on the list until something else woke the case.
  it('that is to begin makes the case look on its first day, whatever it waits for', () => {
    const coming = suspended({ from: '2026-03-05', endsOn: '2026-03-20' })
    const waiting = receivable({ ...done({ courtesy: '2026-02-27' }), suspensions: [coming] })
    expect(decide(waiting, caseAt(at('2026-03-03', '15:00'))).next).toEqual({
      step: null,
      at: at('2026-03-05', '00:00'),
      reason: 'anchor',
    })
    // A step that is due before it stays where it is.
    const later = receivable({ ...reminded, suspensions: [{ ...coming, from: '2026-03-06' }] })
    expect(decide(later, caseAt(at('2026-03-02'))).next).toEqual({
      step: 'reminder',
      at: at('2026-03-05'),
      reason: 'anchor',
    })
    const never = { ...coming, endsOn: '2026-03-05' }
    expect(
      decide(receivable({ ...reminded, suspensions: [never] }), caseAt(at('2026-03-02'))).next.reason,
    ).toBe('anchor')
  })

  it('withdrawn before it began never was', () => {
    const facts = receivable({
      ...reminded,
      suspensions: [suspended({ from: '2026-03-05', endsOn: '2026-03-05' })],
    })
    expect(decide(facts, caseAt(at('2026-03-05'))).fired).toHaveLength(1)
  })

  it('takes back what was on its way, and says it later', () => {
    const diary = new Diary([receivable()], { sends: false, logs: false }).until('2026-02-27')
    expect(diary.facts().steps).toMatchObject([{ step: 'courtesy', state: 'pending' }])
    diary.change(at('2026-02-27', '10:00'), {
      suspensions: [suspended({ from: '2026-02-27', endsOn: '2026-03-10' })],
    })
    expect(diary.facts().steps).toEqual([])
    expect(diary.until('2026-03-11').entries).toEqual(['2026-02-27 courtesy', '2026-03-11 courtesy'])
  })

  it('is asked about on the day something is known, even if another one lasts longer', () => {
    const promise = suspended({ kind: 'promised', endsOn: null, askAgainOn: '2026-03-10' })
    const pause = suspended({ endsOn: '2026-04-08' })
    const facts = receivable({ ...reminded, suspensions: [promise, pause] })
    expect(decide(facts, caseAt(at('2026-03-05'))).next).toEqual({
      step: null,
      at: at('2026-03-10'),
      reason: 'paused',
    })
    const broken = receivable({ ...reminded, suspensions: [{ ...promise, endsOn: '2026-03-10' }, pause] })
    expect(decide(broken, caseAt(at('2026-03-10'))).next.at).toBe(at('2026-04-08'))
  })

  it('of which one ends while another holds is not over', () => {
    const facts = receivable({
      ...reminded,
      suspensions: [suspended(), suspended({ kind: 'disputed', endsOn: null })],
    })
    expect(decide(facts, caseAt(at('2026-03-20'))).next.reason).toBe('disputed')
  })

  it('that only an event ends is looked at again in due course', () => {
    const facts = receivable({ ...reminded, suspensions: [suspended({ kind: 'negotiating', endsOn: null })] })
    expect(decide(facts, caseAt(at('2026-03-05'))).next.at).toBe(at('2026-06-02')) // the 90 days of the cap are over
    const uncapped = caseAt(at('2026-03-05'), { policy: policyOf({ suspended_days_cap: 3650 }) })
    expect(decide(facts, uncapped).next.at).toBeGreaterThan(at('2026-03-05'))
  })

  it('whose day of reckoning has passed without an answer is not asked about at every moment', () => {
    const cheque = suspended({ kind: 'cheque', from: '2026-03-04', endsOn: null, askAgainOn: '2026-03-04' })
    const facts = receivable({ ...reminded, suspensions: [cheque] })
    const now = at('2026-03-05', '12:00')
    expect(decide(facts, caseAt(now)).next.at).toBeGreaterThan(now + 12 * 3_600_000)
  })
})

describe('suspended days', () => {
  it('are counted once where suspensions overlap, today included', () => {
    const ranges = [
      suspended({ from: '2026-03-02', endsOn: '2026-03-12' }),
      suspended({ from: '2026-03-10', endsOn: '2026-03-14' }),
      suspended({ from: '2026-03-11', endsOn: '2026-03-12' }),
      suspended({ from: '2026-03-20', endsOn: null }),
      suspended({ from: '2026-05-01', endsOn: '2026-05-09' }),
    ]
    expect(suspendedDays(ranges, '2026-03-01')).toBe(0)
    expect(suspendedDays(ranges, '2026-03-02')).toBe(1)
    expect(suspendedDays(ranges, '2026-03-15')).toBe(12)
    expect(suspendedDays(ranges, '2026-03-21')).toBe(14)
    expect(suspendedDays([], '2026-03-21')).toBe(0)
    // What isn't disputed of it was chased meanwhile.
    expect(suspendedDays([suspended({ kind: 'disputed' })], '2026-03-21')).toBe(0)
  })

  it('beyond the cap need an approval, noticed on the first working day after it', () => {
    const policy = policyOf({ suspended_days_cap: 10 })
    const long = suspended({ from: '2026-03-04', endsOn: '2026-12-01' })
    const facts = receivable({ pinned: policy, ...reminded, suspensions: [long] })
    const within = decide(facts, caseAt(at('2026-03-13'), { policy })) // the tenth day
    expect(within.suspendedTooLong).toBe(false)
    expect(within.next.at).toBe(at('2026-03-17')) // the 14th is a Saturday, the 16th a holiday
    const beyond = decide(facts, caseAt(at('2026-03-17'), { policy }))
    expect([beyond.suspendedTooLong, beyond.next.at]).toEqual([true, at('2026-12-01')])
  })

  it('that an approval allows are not asked about again', () => {
    const policy = policyOf({ suspended_days_cap: 10 })
    const facts = receivable({
      pinned: policy,
      suspensions: [suspended({ endsOn: '2026-12-01' })],
      suspendedDaysAllowed: 60,
    })
    const approved = decide(facts, caseAt(at('2026-03-17'), { policy }))
    expect([approved.suspendedTooLong, approved.next.at]).toEqual([false, at('2026-05-04')]) // 61st day: 3 May, a Sunday
  })

  it('of a receivable that is chased again are nobody’s concern', () => {
    const policy = policyOf({ suspended_days_cap: 5 })
    const facts = receivable({ pinned: policy, ...reminded, suspensions: [suspended()] })
    expect(decide(facts, caseAt(at('2026-03-23'), { policy })).suspendedTooLong).toBe(false)
  })
})
