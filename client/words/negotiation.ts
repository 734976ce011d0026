import type { Codes, EventName, Words } from './words.ts'

/** What a language says of negotiations. */
export interface NegotiationWords {
  codes: Pick<Codes, 'negotiationStates' | 'guaranteeKinds' | 'sides'>
  refusals: Pick<
    Words['refusals'],
    | 'NegotiationExists'
    | 'NothingClaimed'
    | 'AwaitsPresentation'
    | 'TermsExceedClaim'
    | 'DiscountNotPaid'
    | 'TermsBeyondPolicy'
  >
  events: Pick<Words['events'], Extract<EventName, `negotiation ${string}`>>
}
