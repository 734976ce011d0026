import { expect } from 'vitest'
import { addDays } from '../../../domain/calendar.ts'
import { at, receivable } from '../diary.ts'
import { bare, type DunningCase, diaryOf, minor, reminders, type Treatment, takenOn } from './setting.ts'

function erpnext1(one: DunningCase): void {
  const [plain] = one.table as { outstanding: string; overdueDays: number; expect: { total: string } }[]
  expect(plain!.expect.total).toBe(plain!.outstanding)
  const facts = receivable({
    owedMinor: minor(plain!.outstanding),
    pinned: bare(reminders(plain!.overdueDays)),
  })
  expect(takenOn(facts, addDays(facts.dueOn, plain!.overdueDays))).toEqual(['level1'])
}

function erpnext2(): void {
  const pinned = bare(reminders(1))
  const today = '2026-03-07'
  const instalment = (id: number, days: number) =>
    receivable({
      id,
      owedMinor: 5_000n,
      issuedOn: '2026-03-01',
      firstSeenOn: '2026-03-01',
      dueOn: addDays('2026-03-01', days),
      pinned,
    })
  const diary = diaryOf([instalment(1, 5), instalment(2, 10)]).until(today)
  expect(diary.entries).toEqual([`${today} level1 of 1`])
  expect([diary.decision(1).stage, diary.decision(2).stage]).toEqual(['overdue', 'current'])
  diary.change(at(today, '12:00'), { owedMinor: 0n }, 1)
  expect(diary.decision(1).stage).toBe('closed')
  diary.change(at(today, '13:00'), { owedMinor: 5_000n }, 1)
  expect(diary.decision(1)).toMatchObject({ stage: 'overdue', chased: true })
}

export const treatments: Record<string, Treatment> = {
  'ERP-1': { result: 'differs', expectations: 2, check: erpnext1 },
  'ERP-2': { result: 'expressed', expectations: 1, check: erpnext2 },
}
