import { addDays, daysBetween, type LocalDate } from './calendar.ts'
import type { Suspension } from './facts.ts'

/** Time in which a receivable isn't chased: which suspension counts, how long it has been, when to ask again. */

const isActive = (s: Suspension, today: LocalDate): boolean =>
  s.from <= today && (s.endsOn === null || s.endsOn > today)

/** Of the suspensions in force, the one that is known to hold longest; null when none is. */
export function longestActive(suspensions: readonly Suspension[], today: LocalDate): Suspension | null {
  const end = (s: Suspension) => s.endsOn ?? s.askAgainOn ?? '9999-12-31'
  const active = suspensions.filter((s) => isActive(s, today))
  return active.length === 0 ? null : active.reduce((a, b) => (end(b) > end(a) ? b : a))
}

/** The day on which the last of the suspensions that are over ended. One that ended before it began never was. */
export const lastEnd = (suspensions: readonly Suspension[], today: LocalDate): LocalDate | null =>
  suspensions.reduce<LocalDate | null>(
    (last, s) =>
      s.endsOn !== null && s.endsOn <= today && s.endsOn > s.from && (last === null || s.endsOn > last)
        ? s.endsOn
        : last,
    null,
  )

/** The next suspension that is known to begin after today; null when none is. */
export const nextStart = (suspensions: readonly Suspension[], today: LocalDate): Suspension | null =>
  suspensions
    .filter((s) => s.from > today && (s.endsOn === null || s.endsOn > s.from))
    .reduce<Suspension | null>((first, s) => (first === null || s.from < first.from ? s : first), null)

/**
 * Days on which it was suspended, overlaps counted once, up to today. Not those of disputes: what isn't disputed of it
 * was chased meanwhile.
 */
export function suspendedDays(suspensions: readonly Suspension[], today: LocalDate): number {
  const ranges = suspensions
    .filter((s) => s.from <= today && s.kind !== 'disputed')
    .map((s) => ({ from: s.from, to: s.endsOn !== null && s.endsOn <= today ? s.endsOn : addDays(today, 1) }))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
  let days = 0
  let covered = ''
  for (const range of ranges) {
    const from = range.from > covered ? range.from : covered
    if (range.to > from) days += daysBetween(from, range.to)
    if (range.to > covered) covered = range.to
  }
  return days
}

/**
 * The first day after today on which something about the suspensions in force is known: the outcome of a promise,
 * even if a pause outlasts it; the end of the last one; the day on which `cap` days are exceeded. A day that
 * has passed without an answer isn't asked for again: then only an event tells.
 *
 * @returns null when none of these is ahead
 */
export function nextAnswerOn(
  suspensions: readonly Suspension[],
  today: LocalDate,
  cap: number,
): LocalDate | null {
  const active = suspensions.filter((s) => isActive(s, today))
  if (active.length === 0) return null
  const known = [
    ...active.map((s) => s.askAgainOn),
    active.some((s) => s.endsOn === null)
      ? null
      : active
          .map((s) => s.endsOn)
          .sort()
          .at(-1)!,
    addDays(today, cap - suspendedDays(suspensions, today) + 1),
  ]
  return known.filter((day) => day !== null && day > today).sort()[0] ?? null
}
