import { addDays, type LocalDate } from '../calendar.ts'

/**
 * What holds from a day to a day. A line or a guarantee is a sequence of terms, in the order in which they were decided;
 * nothing of it is ever altered, so that it can be told of any day.
 */
export interface Term {
  seq: number
  minor: bigint
  from: LocalDate
  /** Last day; null: until something else is decided. */
  to: LocalDate | null
}

/** The term decided last of those that have begun, whether or not it is over. */
export const begunOn = <T extends Term>(terms: readonly T[], on: LocalDate): T | null =>
  terms.reduce<T | null>(
    (last, term) => (term.from <= on && (last === null || term.seq > last.seq) ? term : last),
    null,
  )

/** What holds on a day; null when nothing does. */
export function termOn<T extends Term>(terms: readonly T[], on: LocalDate): T | null {
  const term = begunOn(terms, on)
  return term === null || term.minor === 0n || (term.to !== null && term.to < on) ? null : term
}

/** How something stands on a day: it holds, is to begin, ended on its last day, or was ended by somebody. */
export const CREDIT_STATES = ['in_force', 'ahead', 'lapsed', 'closed'] as const
export type CreditState = (typeof CREDIT_STATES)[number]

export function stateOn(terms: readonly Term[], on: LocalDate): CreditState {
  if (termOn(terms, on) !== null) return 'in_force'
  if (nextChangeAfter(terms, on) !== null) return 'ahead'
  return begunOn(terms, on)?.minor === 0n ? 'closed' : 'lapsed'
}

/** The first day after this one on which something else holds; null: never, unless somebody decides. */
export function nextChangeAfter(terms: readonly Term[], on: LocalDate): LocalDate | null {
  const begun = begunOn(terms, on)
  const coming = terms.filter((t) => t.from > on && t.seq > (begun?.seq ?? 0)).map((t) => t.from)
  const holding = termOn(terms, on)
  return [...coming, ...(holding?.to ? [addDays(holding.to, 1)] : [])].sort()[0] ?? null
}

/** What holds from this day on as far as it is decided, one after the other, each to the day before the next. */
export function heldFrom<T extends Term>(terms: readonly T[], on: LocalDate): T[] {
  const held: T[] = []
  for (let day: LocalDate | null = on; day !== null; ) {
    const term: T | null = termOn(terms, day)
    const next: LocalDate | null = nextChangeAfter(terms, day)
    if (term !== null) held.push({ ...term, from: day, to: next === null ? null : addDays(next, -1) })
    day = next
  }
  return held
}

/** The same with never more than so much of it. */
export function cappedAt<T extends Term>(held: readonly T[], most: bigint): T[] {
  const capped: T[] = []
  for (const term of held) {
    const minor = term.minor < most ? term.minor : most
    const last = capped.at(-1)
    // Where nothing changes any more nothing begins.
    if (last && last.minor === minor && last.to && addDays(last.to, 1) === term.from) last.to = term.to
    else capped.push({ ...term, minor })
  }
  return capped
}

/** The days up to this one on which something else began to hold, the first of all included. */
export function changesUntil(terms: readonly Term[], on: LocalDate): LocalDate[] {
  const days: LocalDate[] = []
  const first = terms.map((t) => t.from).sort()[0]
  for (
    let day: LocalDate | null = first ?? null;
    day !== null && day <= on;
    day = nextChangeAfter(terms, day)
  )
    days.push(day)
  return days
}
