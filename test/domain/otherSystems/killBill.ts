import { expect } from 'vitest'
import { addDays, type LocalDate } from '../../../domain/calendar.ts'
import type { ReceivableFacts } from '../../../domain/facts.ts'
import type { Policy } from '../../../domain/policy.ts'
import { at, type Diary, receivable } from '../diary.ts'
import { bare, type DunningCase, diaryOf, pause, type Treatment } from './setting.ts'

/**
 * The state of an account in Kill Bill: that of its oldest unpaid invoice. Here each receivable has its own steps,
 * and an account is where its most advanced one is; what isn't chased counts for nothing.
 */
const stateOf = (diary: Diary, ids: number[]): string => {
  const furthest = ids
    .filter((id) => diary.decision(id).chased)
    .map((id) => diary.facts(id).steps.length)
    .reduce((a, b) => Math.max(a, b), 0)
  return furthest === 0 ? 'CLEAR' : diary.facts(ids[0]!).pinned.steps[furthest - 1]!.id.toUpperCase()
}

const states = (one: DunningCase): { id: string; day: number; action: string; anchor: string }[] =>
  (one.policy!.states as Record<string, string | number>[]).map((state) => ({
    id: String(state.name).toLowerCase(),
    day: Number(state.daysSinceEarliestUnpaid ?? state.days),
    anchor: 'issued',
    action: 'hold_orders',
  }))

const invoice = (id: number, issuedOn: LocalDate, pinned: Policy): ReceivableFacts =>
  receivable({ id, issuedOn, dueOn: issuedOn, firstSeenOn: issuedOn, pinned })

function killBill1(one: DunningCase): void {
  const pinned = bare(states(one))
  const receivables = one.items!.map((item, index) => invoice(index + 1, item.date!, pinned))
  const diary = diaryOf(receivables)
  for (const step of one.steps!) {
    if (step.asOf) diary.until(step.asOf as LocalDate)
    else for (const id of [1, 2]) diary.change(at('2012-07-20', '12:00'), { owedMinor: 0n }, id)
    expect((step.expect as string).split(/[ (]/)[0], JSON.stringify(step)).toBe(stateOf(diary, [1, 2]))
  }
}

function killBill3(one: DunningCase): void {
  const pinned = bare(states(one))
  const issued = ['2012-05-31', '2012-05-31', '2012-06-02', '2012-06-03']
  const diary = diaryOf(issued.map((day, index) => invoice(index + 1, day, pinned)))
  for (const step of one.steps!) {
    const day = step.at as LocalDate
    diary.until(day)
    if (day === '2012-06-02') for (const id of [1, 2]) diary.change(at(day, '12:00'), { owedMinor: 0n }, id)
    expect((step.expect as string).split(/[ (]/)[0], day).toBe(stateOf(diary, [1, 2, 3, 4]))
  }
}

function killBill4(one: DunningCase): void {
  const pinned = bare(states(one))
  const later = addDays('2012-05-31', 6)
  const untilLater = () => {
    const diary = diaryOf([invoice(1, '2012-05-31', pinned)]).until('2012-06-01')
    const state = () => stateOf(diary, [1])
    return { diary, state }
  }
  const writtenOff = untilLater()
  writtenOff.diary.change(at('2012-06-01'), { owedMinor: 0n })
  expect(writtenOff.diary.until(later) && writtenOff.state()).toBe('CLEAR')
  writtenOff.diary.change(at(later, '12:00'), { owedMinor: 24_995n })
  expect(writtenOff.state()).toBe('OD1')

  const exempt = untilLater()
  exempt.diary.change(at('2012-06-01'), { suspensions: [pause('2012-06-01', null)] })
  expect(exempt.diary.until(later) && exempt.state()).toBe('CLEAR')
  exempt.diary.change(at(later, '12:00'), { suspensions: [pause('2012-06-01', later)] })
  expect(exempt.state()).toBe('OD1')

  const overdue = untilLater()
  expect(overdue.diary.until(later) && overdue.state()).toBe('OD1')
  overdue.diary.change(at(later, '12:00'), { suspensions: [pause(later, null)] })
  expect(overdue.state()).toBe('CLEAR')
  overdue.diary.change(at(later, '13:00'), { suspensions: [] })
  expect(overdue.state()).toBe('OD1')
  expect(overdue.diary.entries).toHaveLength(1)
}

export const treatments: Record<string, Treatment> = {
  'KB-1': { result: 'expressed', expectations: 10, check: killBill1 },
  'KB-3': { result: 'expressed', expectations: 7, check: killBill3 },
  'KB-4': { result: 'expressed', expectations: 5, check: killBill4 },
}
