import { expect } from 'vitest'
import { addDays, type LocalDate } from '../../../domain/calendar.ts'
import { brakeOn } from '../../../domain/decide.ts'
import type { ReceivableFacts } from '../../../domain/facts.ts'
import type { Policy } from '../../../domain/policy.ts'
import { at, caseAt, everyDay, receivable } from '../diary.ts'
import {
  bare,
  type DunningCase,
  diaryOf,
  minor,
  pause,
  reminders,
  sentOn,
  type Treatment,
  takenOn,
} from './setting.ts'

const lagoPolicy = (one: DunningCase, attempts: number, days: number): Policy =>
  bare(reminders(...Array.from({ length: attempts }, () => 1)), {
    min_gap_days: days + 1,
    tolerance: one.policy!.threshold,
  })

function lago1(one: DunningCase): void {
  const pinned = lagoPolicy(one, one.policy!.maxAttempts as number, one.policy!.daysBetween as number)
  const owes = (id: number, amount: string, dueOn: LocalDate) =>
    receivable({
      id,
      currency: 'EUR',
      owedMinor: minor(amount),
      issuedOn: '2025-01-01',
      firstSeenOn: '2025-01-01',
      dueOn,
      pinned,
    })
  // There, 149.00 and 6.00 make 155.00 ≥ 150.00 on the 7th. Here neither is worth a word.
  const small = diaryOf([owes(1, '149.00', '2025-01-03'), owes(2, '6.00', '2025-01-06')]).until('2025-01-13')
  expect(small.entries).toEqual([])
  // What is above it is told twice, more than two days apart, and no third time.
  const large = diaryOf([owes(1, '155.00', '2025-01-06')]).until('2025-01-13')
  expect(large.entries).toEqual(['2025-01-07 level1', '2025-01-10 level2'])
}

function lago2(one: DunningCase): void {
  const pinned = lagoPolicy(one, one.policy!.maxAttempts as number, one.policy!.daysBetween as number)
  const owes = (id: number, currency: string, amount: string) =>
    receivable({
      id,
      currency,
      owedMinor: minor(amount),
      issuedOn: '2024-12-01',
      firstSeenOn: '2024-12-01',
      dueOn: '2025-01-02',
      pinned,
    })
  const diary = diaryOf([owes(1, 'EUR', '149.00'), owes(2, 'USD', '120.00')]).until('2025-01-05')
  expect(diary.entries).toEqual(['2025-01-03 level1 of 2'])
  // There, a second invoice of 10.00 lifts the customer above 150.00 EUR; here, only this one’s own amount can.
  diary.change(at('2025-01-05', '18:00'), { owedMinor: minor('159.00') }, 1)
  expect(diary.until('2025-01-12').entries.slice(1)).toEqual([
    '2025-01-06 level1 of 1',
    '2025-01-06 level2 of 2',
    '2025-01-09 level2 of 1',
  ])
}

function lago4(one: DunningCase): void {
  const [sum, below, otherCurrency, attempts, tooSoon, , excluded, customers, atSending] = one.table!
  const today = '2026-03-10'
  const owing = (amount: string, tolerance: Record<string, string>, more: Partial<ReceivableFacts> = {}) =>
    receivable({
      currency: 'EUR',
      owedMinor: minor(amount),
      pinned: bare(reminders(1), { tolerance }),
      ...more,
    })
  const notified = (facts: ReceivableFacts, context = {}) => takenOn(facts, today, context).length > 0
  const amountOf = (row: Record<string, unknown>) => (row.overdue as string[])[0]!

  // Differs: there, the two together pass.
  const parts = (sum!.overdue as string[]).map((amount) =>
    notified(owing(amount, { EUR: sum!.threshold as string })),
  )
  expect(parts).toEqual([false, false])
  expect(notified(owing(amountOf(below!), { EUR: below!.threshold as string }))).toBe(false)
  // Differs: there, a currency without threshold is never asked for.
  expect(
    notified(owing(amountOf(otherCurrency!), { [otherCurrency!.thresholdCurrency as string]: '50.99' })),
  ).toBe(true)

  const tries = reminders(1, 2, 3, 4, 5)
  const exhausted = sentOn(Object.fromEntries(tries.map((t, index) => [t.id, addDays('2026-03-03', index)])))
  expect(tries).toHaveLength(attempts!.max as number)
  expect(takenOn(receivable({ pinned: bare(tries), ...exhausted }), today)).toEqual([])

  const spaced = { pinned: bare(reminders(1, 2), { min_gap_days: tooSoon!.daysBetween }) }
  expect(takenOn(receivable({ ...spaced, ...sentOn({ level1: addDays(today, -3) }) }), today)).toEqual([])
  // On the fourth day, where there it takes a second more.
  expect(takenOn(receivable({ ...spaced, ...sentOn({ level1: addDays(today, -4) }) }), today)).toEqual([
    'level2',
  ])

  expect(excluded!.customerExcluded).toBe(true)
  expect(notified(owing('50.00', {}, { suspensions: [pause('2026-01-01', null)] }))).toBe(false)
  const tolerance = (row: unknown) => ({
    policy: bare(reminders(1), { tolerance: { EUR: (row as { threshold: string }).threshold } }),
  })
  const fifty = owing(amountOf(customers!), {})
  expect(notified(fifty, tolerance(customers!.customerPolicy))).toBe(true)
  expect(notified(fifty, tolerance(customers!.entityPolicy))).toBe(false)

  // Asked again when it is sent, by the policy of that moment.
  const sending = (amount: string, threshold: string) =>
    brakeOn(owing(amount, {}), caseAt(at(today), { calendar: everyDay, ...tolerance({ threshold }) }))
  expect(sending(amountOf(atSending!), atSending!.threshold as string)).toBe('below_tolerance')
  expect(sending('50.00', '49.99')).toBeNull()
  expect(sending('50.00', '50.01')).toBe('below_tolerance')
  expect(notified(owing('50.00', {}, { dueOn: today }))).toBe(false)
}

export const treatments: Record<string, Treatment> = {
  'LAGO-1': { result: 'differs', expectations: 7, check: lago1 },
  'LAGO-2': { result: 'differs', expectations: 7, check: lago2 },
  'LAGO-4': { result: 'differs', expectations: 12, check: lago4 },
}
