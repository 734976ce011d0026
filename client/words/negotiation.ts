import type { ToldTerms } from '../../ledger/negotiations/told.ts'
import type { Speech } from './speech.ts'
import type { Codes, EventName, Words } from './words.ts'

/** Titles and sentences of what is shown. */
export interface NegotiationPhrases {
  labels: Record<
    | 'claim'
    | 'interest'
    | 'paid'
    | 'discount'
    | 'given'
    | 'waived'
    | 'stillOpen'
    | 'cost'
    | 'daysLate'
    | 'givenUp'
    | 'exposure'
    | 'now'
    | 'asOffered'
    | 'payment'
    | 'left'
    | 'newDue'
    | 'paidOn'
    | 'round'
    | 'offeredBy'
    | 'terms'
    | 'validThrough'
    | 'agreed'
    | 'promise'
    | 'approval'
    | 'endsOn'
    | 'claimThen'
    | 'standing'
    | 'standings',
    string
  >
  /** A yearly rate. */
  cost(ratePercent: string): string
  terms(terms: ToldTerms, speech: Speech): string
  beyond(sentence: string): string
  noOffer: string
}

/** What a language says of negotiations. */
export interface NegotiationWords {
  codes: Pick<Codes, 'negotiationStates' | 'sides'>
  refusals: Pick<
    Words['refusals'],
    | 'NegotiationExists'
    | 'NothingClaimed'
    | 'AwaitsPresentation'
    | 'TermsExceedClaim'
    | 'DiscountNotPaid'
    | 'TermsBeyondPolicy'
  >
  phrases: NegotiationPhrases
  events: Pick<Words['events'], Extract<EventName, `negotiation ${string}`>>
}
