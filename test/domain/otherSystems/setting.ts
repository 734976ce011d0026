import type { LocalDate } from '../../../domain/calendar.ts'
import { decide } from '../../../domain/decide.ts'
import type { ReceivableFacts, StepRecord, Suspension } from '../../../domain/facts.ts'
import type { Policy } from '../../../domain/policy.ts'
import { at, caseAt, Diary, everyDay, policyOf } from '../diary.ts'

/** A case as the file has it; each system words its own. */
export interface DunningCase {
  id: string
  policy?: Record<string, unknown>
  items?: Record<string, string>[]
  steps?: Record<string, unknown>[]
  table?: Record<string, unknown>[]
  expect?: string
  given?: string
}

/** How Cartera treats a case. `expectations` is how many steps or rows it has: a changed case must be looked at. */
export interface Treatment {
  result: 'expressed' | 'differs'
  expectations: number
  check(one: DunningCase): void
}

/** Other systems know neither weekends nor gaps unless they say so. */
export const bare = (
  steps: { id: string; day: number; action: string; anchor?: string }[],
  changes = {},
): Policy =>
  policyOf({
    calendar: 'every-day',
    min_gap_days: 0,
    contact_gap_days: 0,
    suspension_grace_days: 0,
    tolerance: {},
    steps,
    ...changes,
  })

export const reminders = (...days: number[]): { id: string; day: number; action: string }[] =>
  days.map((day, index) => ({ id: `level${index + 1}`, day, action: 'remind' }))

export const diaryOf = (receivables: ReceivableFacts[], ways = {}): Diary =>
  new Diary(receivables, { calendar: everyDay, ...ways })

/** The steps that `decide` takes on a day, by the facts as they are. */
export const takenOn = (facts: ReceivableFacts, day: LocalDate, context = {}): string[] =>
  decide(facts, caseAt(at(day), { policy: facts.pinned, calendar: everyDay, ...context })).fired.map(
    (f) => f.step.id,
  )

export const minor = (amount: string): bigint => BigInt(amount.replace('.', ''))
export const levels = (one: DunningCase, key: string): number[] =>
  (one.policy!.levels as Record<string, number>[]).map((level) => level[key]!)

export const sentOn = (
  record: Record<string, LocalDate>,
): Pick<ReceivableFacts, 'steps' | 'lastContactOn'> => ({
  steps: Object.entries(record).map(([step, on]): StepRecord => ({ step, state: 'done', on })),
  lastContactOn: Object.values(record).sort().at(-1) ?? null,
})

export const pause = (from: LocalDate, endsOn: LocalDate | null): Suspension => ({
  kind: 'paused',
  from,
  endsOn,
  askAgainOn: null,
})
