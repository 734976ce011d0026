import { addDays, type LocalDate } from '../calendar.ts'
import type { HowPaid, PromiseOutcome } from '../promise.ts'

/** How negotiations stand, and how an agreement stands by the money that came. */

/** `countered`: the customer's offer is on the table; `submitted`: agreed to, and waiting for an approval. */
export const NEGOTIATION_STATES = [
  'proposed',
  'countered',
  'submitted',
  'agreed',
  'fulfilled',
  'broken',
  'lapsed',
  'rejected',
  'withdrawn',
] as const
export type NegotiationState = (typeof NEGOTIATION_STATES)[number]

/** While it is talked about, what it covers isn't chased. */
export const isTalking = (state: NegotiationState): boolean =>
  state === 'proposed' || state === 'countered' || state === 'submitted'

export interface AgreementFacts {
  state: 'agreed' | 'fulfilled' | 'broken'
  /** What came of the promise that it made; null when it made none. */
  promise: PromiseOutcome | 'withdrawn' | 'replaced' | null
  /** Of a promise that was kept, whether what was paid for it still is. */
  promisePaid: HowPaid
  /** First day on which more is known of an open promise. */
  askAgainOn: LocalDate | null
  /** Of the items, what neither money nor the agreed discount covers, given or not. */
  uncoveredMinor: bigint
  /** New due dates: until when a payment counts, and whether the item is paid by money valued until then. */
  extended: readonly { countsUntil: LocalDate; paid: boolean }[]
  /** After it nothing breaks the agreement any more. */
  watchedThrough: LocalDate
}

export interface AgreementStanding {
  state: AgreementFacts['state']
  /** Looked at again then; null: it is over. */
  lookAgainOn: LocalDate | null
}

/**
 * Kept: what was promised and what was due anew is paid, or nothing is left but the discount. Broken: the promise isn't
 * kept, or what was due anew isn't paid, or what had been paid is owed again: a payment that is taken back otherwise leaves
 * the promise kept, and the agreement not. Money that came in time and is recorded late makes a broken one kept, as it does
 * a promise.
 */
export function standingOfAgreement(facts: AgreementFacts, today: LocalDate): AgreementStanding {
  // A waiver or a guarantee alone: nothing is waited for.
  if (facts.promise === null && facts.extended.length === 0) return { state: 'fulfilled', lookAgainOn: null }
  const state = stateOf(facts, today)
  const over = addDays(facts.watchedThrough, 1)
  if (today >= over) return { state, lookAgainOn: null }
  if (state !== 'agreed') return { state, lookAgainOn: over }
  const days = [
    facts.askAgainOn,
    ...facts.extended.filter((e) => !e.paid).map((e) => addDays(e.countsUntil, 1)),
    over,
  ]
  return { state, lookAgainOn: days.filter((day) => day !== null && day > today).sort()[0] ?? over }
}

function stateOf(
  { state, promise, promisePaid, uncoveredMinor, extended }: AgreementFacts,
  today: LocalDate,
): AgreementFacts['state'] {
  if (promise !== null && promise !== 'open' && promise !== 'kept') return 'broken'
  const unpaid = extended.filter((e) => !e.paid)
  if (unpaid.some((e) => e.countsUntil < today)) return 'broken'
  // Once it was owed again, only money valued in time makes it kept; before, whatever pays it in the place of that.
  if (promise === 'kept' && promisePaid === 'late' && state === 'broken') return 'broken'
  // A credit note may have settled what all of it was for.
  if (uncoveredMinor <= 0n) return 'fulfilled'
  if (promise === 'kept' && promisePaid === 'no') return 'broken'
  if (promise !== 'open' && unpaid.length === 0) return 'fulfilled'
  return state === 'agreed' ? 'agreed' : 'broken'
}
