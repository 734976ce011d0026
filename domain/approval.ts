import type { AskedLevel } from './authority.ts'
import { type ContactHours, type Instant, instantOf, localDateOf, type WorkingCalendar } from './calendar.ts'
import { Refusal } from './refusal.ts'

/** One request that waits for people with the authority: whose turn it is, who may answer, what an answer decides. */

export interface Vote {
  level: number
  /** Who answered. */
  person: string
  /** In whose place: themselves, or whoever they stand in for. */
  holder: string
  agrees: boolean
}

export interface ApprovalFacts {
  id: number
  /** Who asked, and everybody else who asked with them: none of them decides. */
  askers: readonly string[]
  levels: readonly AskedLevel[]
  /** Whose turn it is. */
  level: number
  votes: readonly Vote[]
}

/** Somebody who holds the role of a level, and who answers for them today: themselves, a stand-in, or nobody. */
export interface Holder {
  person: string
  answers: string | null
}

/**
 * In whose place a person answers at the level whose turn it is.
 * @throws Refusal SameActor, AlreadyVoted, NotAnApprover
 */
export function placeOf(approval: ApprovalFacts, holders: readonly Holder[], person: string): string {
  const { askers, votes, levels, level, id } = approval
  if (askers.includes(person)) throw new Refusal('SameActor', { actor: person })
  if (votes.some((v) => v.person === person || v.holder === person))
    throw new Refusal('AlreadyVoted', { approval: id, person })
  const free = freeHolders(approval, holders).filter((h) => h.answers === person)
  const place = free.find((h) => h.person === person) ?? free[0]
  if (!place) throw new Refusal('NotAnApprover', { approval: id, person, role: levels[level]!.role })
  return place.person
}

/** Those of a level who can still answer, with who does so for them. */
export const freeHolders = ({ askers, votes }: ApprovalFacts, holders: readonly Holder[]): Holder[] => {
  const used = new Set([...askers, ...votes.flatMap((v) => [v.person, v.holder])])
  return holders.filter((h) => !used.has(h.person) && h.answers !== null && !used.has(h.answers))
}

export type Step = { state: 'waits'; level: number } | { state: 'approved' } | { state: 'refused' }

/** What stands once the votes are counted. One no is enough; a level agrees when its quorum does. */
export function afterVotes({ levels, level, votes }: ApprovalFacts): Step {
  if (votes.some((v) => !v.agrees)) return { state: 'refused' }
  const agreed = votes.filter((v) => v.level === level && v.agrees).length
  if (agreed < levels[level]!.quorum) return { state: 'waits', level }
  const next = levels.findIndex((l, index) => index > level && !l.onSilence)
  return next === -1 ? { state: 'approved' } : { state: 'waits', level: next }
}

/** The level that is asked when this one is silent, or has nobody who could answer; null after the last. */
export const above = ({ levels, level }: Pick<ApprovalFacts, 'levels' | 'level'>): number | null =>
  level + 1 < levels.length ? level + 1 : null

/** The instant that so many hours of work are over, counted from an instant: in opening hours of working days. */
export function afterWorkingHours(
  from: Instant,
  hours: number,
  calendar: WorkingCalendar,
  { timeZone, from: opens, to: closes }: ContactHours,
): Instant {
  let left = hours * 3_600_000
  let on = localDateOf(from, timeZone)
  if (!calendar.isWorkingDay(on)) on = calendar.nextWorkingDay(on)
  for (;;) {
    const start = Math.max(from, instantOf(on, opens, timeZone))
    const end = instantOf(on, closes, timeZone)
    if (end - start >= left) return start + left
    left -= Math.max(0, end - start)
    on = calendar.addWorkingDays(on, 1)
  }
}
