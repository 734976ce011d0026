import { expect } from 'vitest'
import { addDays } from '../../../domain/calendar.ts'
import { at, receivable } from '../diary.ts'
import { bare, type DunningCase, diaryOf, levels, pause, reminders, type Treatment } from './setting.ts'

const D0 = '2026-03-02'

function tryton1(one: DunningCase): void {
  const pinned = bare(reminders(...levels(one, 'overdueDays')))
  const item = (id: number) => receivable({ id, dueOn: D0, pinned })
  const diary = diaryOf([item(1), item(2)], { sends: false }).until(addDays(D0, -1))
  diary.change(at(D0), { owedMinor: 0n }, 1)
  expect(diary.until(addDays(D0, 4)).entries).toEqual([])
  expect(diary.until(addDays(D0, 5)).entries).toEqual([`${addDays(D0, 5)} level1 of 2`])
  expect(diary.until(addDays(D0, 30)).entries).toHaveLength(1)

  const today = addDays(D0, 30)
  diary.finish(at(today, '10:00'), 'level1', 2)
  expect(diary.facts(2).steps).toMatchObject([{ step: 'level1', state: 'done', on: today }])
  diary.change(at(today, '11:00'), { suspensions: [pause(today, addDays(today, 1))] }, 2)
  expect(diary.decision(2)).toMatchObject({ fired: [], next: { reason: 'paused' } })
  diary.change(at(today, '12:00'), { suspensions: [] }, 2)
  // There: at once. Here: never two messages on a day.
  expect(diary.entries).toHaveLength(1)
  expect(diary.until(addDays(today, 1)).entries.slice(1)).toEqual([`${addDays(today, 1)} level2 of 2`])

  diary.change(at(addDays(D0, 32)), { owedMinor: 0n }, 2)
  expect(diary.decision(2)).toMatchObject({ stage: 'closed', chased: false })
  expect(diary.until(addDays(D0, 50)).entries).toHaveLength(2)
}

function tryton2(one: DunningCase): void {
  const pinned = bare(reminders(...levels(one, 'overdueDays')))
  const diary = diaryOf([receivable({ dueOn: D0, firstSeenOn: addDays(D0, 1), pinned })], { sends: false })
  expect(diary.until(addDays(D0, 1)).entries).toEqual([`${addDays(D0, 1)} level1`])
  diary.finish(at(addDays(D0, 1), '12:00'), 'level1')
  diary.until(addDays(D0, 2))
  expect(diary.entries).toHaveLength(1)
  expect(diary.decision().next.reason).toBe('periodic_review')
}

export const treatments: Record<string, Treatment> = {
  'TRY-1': { result: 'differs', expectations: 8, check: tryton1 },
  'TRY-2': { result: 'expressed', expectations: 3, check: tryton2 },
}
