import { describe, expect, it } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { explainPolicy, type SampleReceivable } from '../../domain/explain.ts'
import { hours, mx, policyOf } from './diary.ts'

const plan = (changes: Record<string, unknown>, sample: SampleReceivable) =>
  explainPolicy(policyOf(changes), mx, hours, sample)

const short = (changes: Record<string, unknown>, sample: SampleReceivable) =>
  plan(changes, sample).map(
    (row) => `${row.on} ${row.step}${row.movedBecause === null ? '' : `: ${row.movedBecause}`}`,
  )

/** Due on Wednesday 2026-11-11; the 16th is the day of the Revolution. */
const november = { issuedOn: '2026-10-12', dueOn: '2026-11-11' }

describe('the plan of a policy', () => {
  it('says each step’s day, hour, wording and channel, and how late the receivable is by then', () => {
    const rows = plan(
      {
        review_every_days: 7,
        steps: [
          { id: 'firm', day: 1, action: 'remind', severity: 'firm' },
          { id: 'visit', day: 8, action: 'visit' },
          { id: 'hold', day: 8, action: 'hold_orders' },
        ],
      },
      november,
    )
    const at = (day: string) => instantOf(day, '09:00', hours.timeZone)
    expect(rows).toEqual([
      {
        on: '2026-11-12',
        weekday: 4,
        at: at('2026-11-12'),
        step: 'firm',
        action: 'remind',
        severity: 'firm',
        channel: 'mail',
        movedBecause: null,
        daysAfterDue: 1,
      },
      {
        on: '2026-11-19',
        weekday: 4,
        at: at('2026-11-19'),
        step: 'visit',
        action: 'visit',
        severity: null,
        channel: 'visit',
        movedBecause: null,
        daysAfterDue: 8,
      },
      {
        on: '2026-11-19',
        weekday: 4,
        at: at('2026-11-19'),
        step: 'hold',
        action: 'hold_orders',
        severity: null,
        channel: null,
        movedBecause: null,
        daysAfterDue: 8,
      },
      {
        on: '2026-11-26',
        weekday: 4,
        at: at('2026-11-26'),
        step: 'review#1',
        action: 'review',
        severity: null,
        channel: null,
        movedBecause: 'periodic_review',
        daysAfterDue: 15,
      },
    ])
  })

  it('names the holiday, the weekend or the gap that moves a step', () => {
    const steps = [
      { id: 'holiday', day: 5, action: 'remind' }, // Monday the 16th, a holiday
      { id: 'gap', day: 8, action: 'remind' }, // Thursday the 19th, two days after the one before
      { id: 'weekend', day: 17, action: 'call' }, // Saturday the 28th
    ]
    expect(short({ steps }, november).slice(0, 3)).toEqual([
      '2026-11-17 holiday: Día de la Revolución',
      '2026-11-23 gap: min_gap', // five days are Sunday the 22nd
      '2026-11-30 weekend: weekend',
    ])
  })

  it('names the holiday also when a weekend leads to it', () => {
    const steps = [{ id: 'only', day: 3, action: 'remind' }] // Saturday the 14th, then Sunday, then the holiday
    expect(short({ steps }, november)[0]).toBe('2026-11-17 only: Día de la Revolución')
  })

  it('waits for approvals until the next working day', () => {
    const steps = [
      { id: 'demand', day: 2, action: 'demand' }, // Friday the 13th: approved on Tuesday the 17th
      { id: 'legal', day: 2, action: 'place_legal' },
      { id: 'write_off', day: 6, action: 'propose_write_off' }, // asked for when the placement is approved
    ]
    expect(short({ steps, review_every_days: 10 }, november)).toEqual([
      '2026-11-13 demand',
      '2026-11-17 legal: waits_for_approval',
      '2026-11-18 write_off: waits_for_approval',
      '2026-11-30 review#1: periodic_review', // 10 days after the approval of the 19th are Sunday the 29th
    ])
  })

  it('leaves out what is not said any more once it is placed', () => {
    const steps = [
      { id: 'legal', day: 3, action: 'place_legal' },
      { id: 'reminder', day: 30, action: 'remind' },
    ]
    expect(short({ steps }, november).map((row) => row.split(' ')[1])).toEqual(['legal:', 'review#1:'])
  })

  it('of a receivable that comes late starts in the middle', () => {
    const late = short({}, { issuedOn: '2026-02-01', dueOn: '2026-03-02', from: '2026-03-18' })
    expect(late.slice(0, 3)).toEqual([
      '2026-03-18 call: loaded late',
      '2026-03-23 hold: weekend',
      '2026-04-01 visit',
    ])
  })

  it('is what happens to a receivable that nobody pays', () => {
    expect(short({}, { issuedOn: '2026-02-01', dueOn: '2026-03-02' })).toEqual([
      '2026-02-27 courtesy',
      '2026-03-05 reminder',
      '2026-03-12 firm',
      '2026-03-17 call',
      '2026-03-23 hold: weekend',
      '2026-04-01 visit',
      '2026-04-13 final: weekend',
      '2026-04-21 look',
      '2026-05-04 demand: Día del Trabajador',
      '2026-06-01 legal: weekend',
      '2027-03-02 write_off',
      '2027-04-02 review#1: periodic_review',
    ])
  })
})
