import { expect } from 'vitest'
import { addDays, type LocalDate } from '../../../domain/calendar.ts'
import { brakeOn } from '../../../domain/decide.ts'
import { at, caseAt, receivable } from '../diary.ts'
import {
  bare,
  type DunningCase,
  diaryOf,
  levels,
  pause,
  reminders,
  sentOn,
  type Treatment,
  takenOn,
} from './setting.ts'

function metasfresh1(one: DunningCase): void {
  const pinned = bare(reminders(...levels(one, 'daysAfterDue')))
  const today = '2012-03-01'
  const late = (days: number, more = {}) =>
    receivable({
      pinned,
      firstSeenOn: '2011-12-01',
      issuedOn: '2011-12-01',
      dueOn: addDays(today, -days),
      ...more,
    })
  const [candidate, processed, never, notIssued] = one.table!.map((row) => row.daysDue as number)
  expect(takenOn(late(candidate!), today)).toEqual(['level1'])
  expect(takenOn(late(processed!, sentOn({ level1: addDays(today, -1) })), today)).toEqual([])
  expect(takenOn(late(never!), today)).not.toContain('level2')
  expect(
    takenOn(
      late(notIssued!, { steps: [{ step: 'level1', state: 'pending', on: addDays(today, -1) }] }),
      today,
    ),
  ).toEqual([])
  const inTurn = late(35)
  expect(takenOn({ ...inTurn, dueOn: addDays('2012-02-01', -35) }, '2012-02-01')).toEqual(['level1'])
  expect(takenOn({ ...inTurn, ...sentOn({ level1: '2012-02-01' }) }, '2012-02-20')).toEqual(['level2'])
  expect(takenOn({ ...inTurn, ...sentOn({ level1: '2012-02-01', level2: '2012-02-20' }) }, today)).toEqual([
    'level3',
  ])
}

function metasfresh2(one: DunningCase): void {
  const pinned = bare(reminders(1, 2), { min_gap_days: 10 })
  const facts = receivable({
    pinned,
    dueOn: '2012-01-01',
    firstSeenOn: '2011-12-01',
    issuedOn: '2011-12-01',
    ...sentOn({ level1: '2012-02-01' }),
  })
  for (const row of one.table!)
    expect(takenOn(facts, row.on as LocalDate)).toEqual(
      (row.expect as string).startsWith('candidate') ? ['level2'] : [],
    )
}

function metasfresh7(): void {
  const today = '2013-01-10'
  const spaced = (days: number, more = {}) =>
    receivable({
      pinned: bare(reminders(1, 2), { min_gap_days: days }),
      dueOn: '2012-12-01',
      issuedOn: '2012-11-01',
      firstSeenOn: '2012-11-01',
      ...more,
    })
  expect(takenOn(spaced(3, sentOn({ level1: addDays(today, 1) })), today)).toEqual([])
  expect(takenOn(spaced(15, sentOn({ level1: '2013-01-01' })), today)).toEqual([])
  expect(takenOn(spaced(1000), today)).toEqual(['level1'])
  const grace = spaced(0, { suspensions: [pause(today, addDays(today, 5))] })
  expect(brakeOn(grace, caseAt(at(today)))).toBe('paused')

  const steps = [...reminders(1), { id: 'write_off', day: 2, action: 'propose_write_off' }]
  const unsent = diaryOf([spaced(0, { pinned: bare(steps) })], { sends: false }).until(today)
  expect(unsent.entries).toEqual(['2012-12-02 level1'])
  unsent.finish(at(today, '12:00'), 'level1')
  expect(unsent.entries.slice(1)).toEqual([`${today} write_off`])
}

/** What isn't decided from the facts of a receivable: said in the decision record, nothing to run. */
const elsewhere = (): void => undefined

/** Foreign invoices are asked for as they are: the amount and its currency come from the receivable. */
function metasfresh5(): void {
  const inEuro = receivable({ currency: 'EUR', pinned: bare(reminders(1), { tolerance: { CHF: '1000' } }) })
  expect(takenOn(inEuro, '2026-03-10')).toEqual(['level1'])
}

export const treatments: Record<string, Treatment> = {
  'MF-1': { result: 'expressed', expectations: 5, check: metasfresh1 },
  'MF-2': { result: 'expressed', expectations: 3, check: metasfresh2 },
  'MF-4': { result: 'differs', expectations: 1, check: elsewhere },
  'MF-5': { result: 'differs', expectations: 1, check: metasfresh5 },
  'MF-7': { result: 'expressed', expectations: 5, check: metasfresh7 },
}
