import type { AskedLevel } from './authority.ts'
import { type ContactHours, type Instant, instantOf, localDateOf, type WorkingCalendar } from './calendar.ts'
import { Refusal } from './refusal.ts'

/** One request that waits for people with the authority: whose turn it is, who may answer, what an answer decides. */

/** What follows from an answer: a code of the words, and what its sentence needs. */
export const EFFECTS = [
  'write_off',
  'propose_write_off',
  'credit_note',
  'claim_stays',
  'chasing_goes_on',
  'pause',
  'demand',
  'place_legal',
  'place_agency',
  'step_skipped',
  'suspension',
  'suspension_ends',
  'receipt_posted',
  'receipt_not_posted',
  'policy_holds',
  'policy_stays',
  'order_released',
  'order_released_conditionally',
  'order_stays_held',
  'credit_line',
  'limit_stays',
  'guarantee_counts',
  'guarantee_ends',
  'guarantee_given_back',
  'interest_waived',
  'interest_stays',
  'negotiation_agreed',
  'negotiation_rejected',
] as const
export type EffectCode = (typeof EFFECTS)[number]

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
 * In whose place a person answers at the level whose turn it is: their own when they hold its role, even while away.
 * @throws Refusal SameActor, AlreadyVoted, NotAnApprover
 */
export function placeOf(approval: ApprovalFacts, holders: readonly Holder[], person: string): string {
  const { askers, levels, level, id } = approval
  if (askers.includes(person)) throw new Refusal('SameActor', { actor: person })
  if (haveVoted(approval).has(person)) throw new Refusal('AlreadyVoted', { approval: id, person })
  if (holders.some((h) => h.person === person)) return person
  const place = placesLeft(approval, holders).find((h) => h.answers === person)
  if (!place) throw new Refusal('NotAnApprover', { approval: id, person, role: levels[level]!.role })
  return place.person
}

/** Those of a level who are there and can still answer, each once, with in whose place: their own before another's. */
export function whoCanAnswer(approval: ApprovalFacts, holders: readonly Holder[]): Map<string, string> {
  const places = new Map<string, string>()
  for (const { person, answers } of placesLeft(approval, holders))
    if (person === answers || !places.has(answers)) places.set(answers, person)
  return places
}

const haveVoted = ({ votes }: ApprovalFacts): Set<string> =>
  new Set(votes.flatMap((v) => [v.person, v.holder]))

function placesLeft(approval: ApprovalFacts, holders: readonly Holder[]) {
  const out = new Set([...approval.askers, ...haveVoted(approval)])
  return holders.flatMap(({ person, answers }) =>
    answers === null || out.has(person) || out.has(answers) ? [] : [{ person, answers }],
  )
}

/** How many more have to agree at the level whose turn it is. */
export const yesesMissing = ({ levels, level, votes }: ApprovalFacts): number =>
  levels[level]!.quorum - votes.filter((v) => v.level === level && v.agrees).length

export type Step = { state: 'waits'; level: number } | { state: 'approved' } | { state: 'refused' }

/** What stands once the votes are counted. One no is enough; a level agrees when its quorum does. */
export function afterVotes(approval: ApprovalFacts): Step {
  const { levels, level, votes } = approval
  if (votes.some((v) => !v.agrees)) return { state: 'refused' }
  if (yesesMissing(approval) > 0) return { state: 'waits', level }
  const next = levels.findIndex((l, index) => index > level && !l.onSilence)
  return next === -1 ? { state: 'approved' } : { state: 'waits', level: next }
}

/** The level that is asked when this one is silent, or has nobody who could answer; null after the last. */
export const above = ({ levels, level }: Pick<ApprovalFacts, 'levels' | 'level'>): number | null =>
  level + 1 < levels.length ? level + 1 : null

/**
 * The instant that so many hours (more than none) of work are over, counted from an instant: in the hours of working
 * days. What ends with the day ends at its close, not at the next opening.
 */
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
