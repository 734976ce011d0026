import { describe, expect, it } from 'vitest'
import { brakeOn, decide } from '../../domain/decide.ts'
import type { ReceivableFacts, Stage } from '../../domain/facts.ts'
import { at, caseAt, Diary, done, policyOf, receivable } from './diary.ts'

const reminded = done({ courtesy: '2026-02-27' })
const onReminderDay = caseAt(at('2026-03-05'))

const brakeOf = (changes: Partial<ReceivableFacts>) => brakeOn(receivable(changes), onReminderDay)

describe('what is paid', () => {
  it('is closed, and nothing is done about it any more', () => {
    expect(decide(receivable({ owedMinor: 0n }), onReminderDay)).toMatchObject({
      stage: 'closed',
      chased: false,
      fired: [],
      next: { step: null, at: null, reason: 'closed' },
    })
  })

  it('in part keeps its clock and its place: no step is skipped, none comes again', () => {
    const unpaid = new Diary([receivable()]).until('2026-06-30').entries
    const diary = new Diary([receivable()]).until('2026-03-06')
    diary.change(at('2026-03-06', '12:00'), { owedMinor: 60_000n })
    diary.until('2026-03-13')
    diary.change(at('2026-03-13', '12:00'), { owedMinor: 20_000n })
    expect(diary.until('2026-06-30').entries).toEqual(unpaid)
  })

  it('at eleven has no call at noon', () => {
    const diary = new Diary([receivable()], { logs: false }).until('2026-03-17')
    expect(diary.facts().steps.at(-1)).toMatchObject({ step: 'call', state: 'pending' })
    diary.change(at('2026-03-17', '11:00'), { owedMinor: 0n })
    expect(diary.decision()).toMatchObject({ stage: 'closed', chased: false })
    expect(diary.facts().steps.map((s) => s.step)).toEqual(['courtesy', 'reminder', 'firm'])
  })

  it('and then bounces re-opens where it stood', () => {
    const diary = new Diary([receivable()]).until('2026-03-13')
    diary.change(at('2026-03-13', '12:00'), { owedMinor: 0n })
    expect(diary.until('2026-03-31').entries.at(-1)).toBe('2026-03-12 firm')
    diary.change(at('2026-04-06', '12:00'), { owedMinor: 100_000n })
    expect(diary.decision().stage).toBe('overdue')
    expect(diary.until('2026-04-14').entries.slice(3)).toEqual([
      '2026-04-06 call',
      '2026-04-06 hold',
      '2026-04-13 visit', // five days after the call is Saturday the 11th
    ])
  })
})

describe('below tolerance', () => {
  it('nothing is said; from the tolerance on it is', () => {
    expect(brakeOf({ owedMinor: 4_999n })).toBe('below_tolerance')
    expect(brakeOf({ owedMinor: 5_000n })).toBeNull()
  })

  it('means the currency’s own; one without has none', () => {
    expect(brakeOf({ owedMinor: 499n, currency: 'USD' })).toBe('below_tolerance')
    expect(brakeOf({ owedMinor: 500n, currency: 'USD' })).toBeNull()
    expect(brakeOf({ owedMinor: 1n, currency: 'EUR' })).toBeNull()
  })

  it('is reckoned on what is chased: neither disputed nor covered by unused money', () => {
    expect(brakeOf({ owedMinor: 100_000n, disputedMinor: 60_000n, nettedMinor: 35_001n })).toBe(
      'below_tolerance',
    )
    expect(brakeOf({ owedMinor: 100_000n, disputedMinor: 60_000n, nettedMinor: 35_000n })).toBeNull()
  })

  it('is looked at again, with the ladder where it stood', () => {
    const diary = new Diary([receivable(reminded)]).until('2026-03-05', at('2026-03-04'))
    diary.change(at('2026-03-06'), { owedMinor: 100n })
    expect(diary.decision().next).toEqual({ step: null, at: at('2026-04-06'), reason: 'below_tolerance' })
    diary.change(at('2026-03-20'), { owedMinor: 100_000n })
    expect(diary.entries).toEqual(['2026-03-05 reminder', '2026-03-20 firm'])
  })
})

describe('unused money', () => {
  it('that covers a receivable keeps it from being chased: someone is asked to apply it', () => {
    const decision = decide(receivable({ ...reminded, nettedMinor: 100_000n }), onReminderDay)
    expect(decision).toMatchObject({ chased: false, applyCash: true, fired: [] })
    expect(decision.next.reason).toBe('netted')
  })

  it('that covers a part asks for both: the money to be applied, the rest to be paid', () => {
    const decision = decide(receivable({ ...reminded, nettedMinor: 50_000n }), onReminderDay)
    expect(decision).toMatchObject({ chased: true, applyCash: true, fired: [{ step: { id: 'reminder' } }] })
  })

  it('is not asked about while a suspension holds: the promise may be about that money', () => {
    const suspensions = [
      { kind: 'promised' as const, from: '2026-03-01', endsOn: null, askAgainOn: '2026-03-20' },
    ]
    expect(decide(receivable({ nettedMinor: 100_000n, suspensions }), onReminderDay).applyCash).toBe(false)
  })
})

describe('a dispute', () => {
  it('stops only what is disputed: the rest is chased', () => {
    expect(brakeOf({ disputedMinor: 40_000n })).toBeNull()
    expect(brakeOf({ disputedMinor: 100_000n })).toBe('disputed')
  })

  it('counts for no more than is owed: a payment takes the undisputed part first', () => {
    expect(brakeOf({ owedMinor: 40_000n, disputedMinor: 40_000n })).toBe('disputed')
    expect(brakeOf({ owedMinor: 30_000n, disputedMinor: 40_000n })).toBe('disputed')
  })

  it('and unused money together leave nothing to chase', () => {
    expect(brakeOf({ disputedMinor: 40_000n, nettedMinor: 60_000n })).toBe('netted')
  })
})

describe('the moment of sending', () => {
  it('re-reads what keeps a receivable from being chased, in order of weight', () => {
    const pause = { kind: 'paused' as const, from: '2026-03-05', endsOn: '2026-03-09', askAgainOn: null }
    const everything = { suspensions: [pause], disputedMinor: 100_000n, requiresPresentation: true }
    expect(brakeOf({ ...everything, owedMinor: 0n })).toBe('closed')
    expect(brakeOf(everything)).toBe('unpresented')
    expect(brakeOf({ ...everything, presentedOn: '2026-02-02' })).toBe('paused')
    expect(brakeOf({ ...everything, presentedOn: '2026-02-02', suspensions: [] })).toBe('disputed')
    expect(brakeOf({})).toBeNull()
  })

  it('takes the tolerance of the policy as it is then', () => {
    const stricter = caseAt(at('2026-03-05'), { policy: policyOf({ tolerance: { MXN: '2000' } }) })
    expect(brakeOn(receivable(), stricter)).toBe('below_tolerance')
  })
})

describe('an invoice that waits to be accepted', () => {
  const waiting = receivable({ requiresPresentation: true })

  it('is not chased: the customer does not owe yet, and nothing counts as late', () => {
    const decision = decide(waiting, caseAt(at('2026-04-30')))
    expect(decision).toMatchObject({ stage: 'unpresented', chased: false, skipped: [] })
    expect(decision.fired.map((f) => f.step.action)).toEqual(['review'])
  })

  // 2026-11-26, seed 10090 of the simulator: nobody was asked to apply the cash until the next review, weeks later.
  it('is looked at when its suspension ends, not only at its next review', () => {
    const suspensions = [
      { kind: 'paused' as const, from: '2026-03-03', endsOn: '2026-03-10', askAgainOn: null },
    ]
    const covered = { ...waiting, nettedMinor: 100_000n, suspensions }
    const paused = decide(covered, caseAt(at('2026-03-04')))
    expect(paused).toMatchObject({ applyCash: false, next: { at: at('2026-03-10'), reason: 'paused' } })
    expect(decide(covered, caseAt(at('2026-03-10'))).applyCash).toBe(true)
  })

  it('escalates inside the house: someone looks at it again and again', () => {
    expect(new Diary([waiting]).until('2026-05-15').entries).toEqual([
      '2026-03-03 review#1', // 30 days after it was first seen, on 1 February
      '2026-04-06 review#2', // 2 and 3 April are Easter
      '2026-05-06 review#3',
    ])
  })

  // 2026-11-26, seed 67610 of the simulator: a call that a replacement's predecessor had on its way put its review off.
  it('counts the days to its next review from what was done, not from what is taken back', () => {
    const { steps } = done({ reminder: '2026-02-20' })
    const call = { step: 'call', state: 'pending' as const, on: '2026-03-02' }
    const next = (more: typeof steps) =>
      decide({ ...waiting, steps: [...steps, ...more] }, caseAt(at('2026-03-03'))).next
    expect(next([call])).toEqual(next([]))
  })

  it('once accepted begins at the bottom of the ladder, by its new due date', () => {
    const diary = new Diary([waiting]).until('2026-04-09')
    diary.change(at('2026-04-10'), { presentedOn: '2026-04-10', dueOn: '2026-05-11' })
    expect(diary.decision().stage).toBe('current')
    expect(diary.until('2026-05-14').entries.slice(2)).toEqual(['2026-05-08 courtesy', '2026-05-14 reminder'])
  })

  it('may have a review of its own, counted from the issue', () => {
    const pinned = policyOf({
      steps: [
        { id: 'where_is_it', day: 10, anchor: 'issued', action: 'review' },
        { id: 'reminder', day: 3, action: 'remind' },
      ],
    })
    expect(
      new Diary([receivable({ pinned, requiresPresentation: true })]).until('2026-03-01').entries,
    ).toEqual(['2026-02-11 where_is_it'])
  })
})

describe('a placed receivable', () => {
  const steps = done({ courtesy: '2026-02-27', reminder: '2026-03-05' })

  it.each<Stage>(['legal', 'agency'])(
    'at the stage "%s" leaves the conversation: someone else speaks now',
    (stage) => {
      const facts = receivable({ ...steps, stage })
      expect(brakeOn(facts, caseAt(at('2026-03-12')))).toBe('placed')
      expect(decide(facts, caseAt(at('2026-03-12')))).toMatchObject({ stage, chased: false })
      // Neither reminders, calls, a demand nor a second placement; what concerns only the house goes on.
      expect(new Diary([facts]).until('2027-04-30', at('2026-03-12')).entries).toEqual([
        '2026-03-23 hold',
        '2026-04-21 look',
        '2027-03-02 write_off',
        '2027-04-02 review#1',
      ])
    },
  )

  it('takes what was on its way along', () => {
    const diary = new Diary([receivable(steps)], { logs: false, sends: false }).until(
      '2026-03-12',
      at('2026-03-11'),
    )
    diary.change(at('2026-03-12', '10:00'), { stage: 'legal' })
    expect(diary.facts().steps.map((s) => s.step)).toEqual(['courtesy', 'reminder'])
  })

  it('that comes back is chased from where it stood', () => {
    const diary = new Diary([receivable({ ...steps, stage: 'agency' })]).until('2026-03-20', at('2026-03-12'))
    diary.change(at('2026-03-20', '09:00'), { stage: 'overdue' })
    expect(diary.until('2026-03-25').entries).toEqual([
      '2026-03-20 firm',
      '2026-03-25 call',
      '2026-03-25 hold',
    ])
  })

  it('at the stage "prelegal" is still spoken to', () => {
    expect(brakeOn(receivable({ stage: 'prelegal' }), onReminderDay)).toBeNull()
  })
})
