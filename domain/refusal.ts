/**
 * Why a command was not carried out: a closed list, in the order in which they are checked. Each has one
 * sentence of cause; `data` says what would be accepted. The client maps names to sentences in the user's
 * language and to exit codes.
 */
export interface Refusals {
  /** The same key was used before with other content. */
  KeyConflict: { key: string; command: string }
  NotFound: { what: string; id: string }
  /** The case has one that waits for its answer. */
  ConfirmationExists: { case: string; confirmation: number }
  /** Says that it agrees and where it doesn't, or neither. */
  AnswerUnclear: { confirmation: number }
  /** The receivable moved to another case: ask there. */
  CaseMoved: { to: string }
  InvalidAmount: { value: string; currency: string }
  InvalidDate: { field: string; value: string; must: string }
  WrongCurrency: { document: string; expected: string; given: string }
  WrongCustomer: { document: string; customer: string }
  AlreadyClosed: { document: string; closedAs: string }
  OverApplied: { document: string; open: string; given: string }
  NotEnoughUnapplied: { available: string; given: string }
  AlreadyReversed: { receipt: string }
  DuplicateReceipt: { receipt: string; trackingKey: string }
  DuplicateDocument: { document: string }
  BooksClosed: { through: string }
  PromiseExists: { document: string; promise: number }
  PromiseTooFar: { latest: string }
  PromiseExceedsOpen: { open: string; given: string }
  TooManyBroken: { broken: number; allowed: number }
  NotOpen: { what: string; id: string; state: string }
  /** Nothing of it is open, or too little for a note; or it never bears any: a credit, a note of interest itself. */
  NoInterest: { customer: string; document?: string; open?: string; minimum?: string }
  DisputeExceedsOpen: { document: string; open: string; given: string }
  /** A code that isn't on the list of the customer's policy. */
  UnknownCode: { list: 'reason' | 'rootCause' | 'fee'; code: string; known: string[] }
  /** Splitting takes a part; all of it would be another owner. */
  SplitsAll: { dispute: number }
  /** A new invoice stands for one old one. */
  RebillsOne: { documents: string[] }
  /** Over when its dispute is resolved, not when somebody says it is done. */
  EndsWithDispute: { task: string; dispute: string }
  PresentationNotNeeded: { customer: string }
  PresentationBlocked: { document: string; dispute: number }
  AlreadyPresented: { document: string; on: string }
  PauseOverlaps: { from: string; to: string }
  PauseNotActive: { id: string }
  /** A call or visit counts when the conversation is logged, not when somebody says it is done. */
  LoggedByContact: { task: string; kind: string }
  SameActor: { actor: string }
  HasApplications: { document: string }
  /** `known` are the results of the customer's policy. */
  UnknownResult: { result: string; known: string }
  AbsenceOverlaps: { person: string; from: string; to: string }
  /** A supervisor, to whom everything goes in the end, is away only with somebody standing in. */
  StandInNeeded: { person: string }
  ProvisionalExceedsOpen: { open: string; given: string }
  /** The receipt can't be what became of the provisional one. */
  WrongReceipt: {
    receipt: string
    must: 'same payer' | 'same currency' | 'later' | 'large enough'
    available: string
  }
  /** The promise doesn't count against the customer, so that there is nothing to excuse. */
  NotCounted: { promise: number; state: string }
  /** One negotiation about a receivable at a time, until what was agreed is over. */
  NegotiationExists: { document: string; negotiation: number }
  /** Nothing is open of it that isn't disputed. */
  NothingClaimed: { document: string }
  /** Its term runs from acceptance: there is no due date yet. */
  AwaitsPresentation: { document: string }
  TermsExceedClaim: { part: 'instalments' | 'discount' | 'waiver'; claim: string; given: string }
  /** With a discount the instalments are together what it leaves. */
  DiscountNotPaid: { payable: string; given: string }
  /** `limit` and `given`: a day, a number, or amounts of `currency`. */
  TermsBeyondPolicy: {
    term: 'furthest' | 'instalments' | 'discount' | 'waiver' | 'down_payment'
    limit: string
    given: string
    currency?: string
  }
  /** Its task is over when the money is in the books, or the receipt cancelled. */
  ProvisionalOpen: { provisional: number }
  /** Reducing lowers; more is asked for. */
  NotLower: { line: number; currency: string; current: string; given: string }
  /** The customer has given it already. */
  GuaranteeExists: { guarantee: number; reference: string }
  /** The policy lets less of the kind count. */
  CoverageTooHigh: { kind: string; most: number; given: number }
  GuaranteeTooSmall: { guarantee: number; currency: string; available: string; given: string }
  /** The same was asked for already and waits. */
  ApprovalExists: { approval: number }
  AlreadyVoted: { approval: number; person: string }
  /** Doesn't hold the role whose turn it is, nor stands in for who does. */
  NotAnApprover: { approval: number; person: string; role: string }
  /** Only who asked takes a request back. */
  NotTheRequester: { approval: number; requester: string }
  /** Nobody decides about it any more. */
  OrderOver: { order: string; state: string }
  /** The goods are out. */
  OrderShipped: { order: string }
  OrderNotHeld: { order: string; state: string }
  DeadlinePassed: { by: string; timeZone: string }
  /** It is more than was agreed to. */
  OrderGrown: { order: string; approved: string; amount: string }
  /** More speaks against it than when it was agreed to. */
  OrderMoreAgainst: { order: string; reasons: { code: string; data: Record<string, string | number> }[] }
  /** A group has one head, and members that are nobody's head. */
  NotAGroup: { customer: string; head: string; because: 'itself' | 'has a head' | 'is a head' }
  /** Leave that group first. */
  InGroup: { customer: string; head: string }
  /** Somebody has it already, or is to get it, who goes as far. */
  AlreadyPlaced: { document: string; placement: number }
  /** Nothing of the customer can be placed: nothing is overdue that isn't placed. */
  NothingToPlace: { customer: string }
  /** A document, for that reason; an agency that is asked no more; or a demand to an agency. */
  NotPlaceable: { what: string; because?: NotPlaceableBecause }
  /** A person speaks for one agency. */
  SpeaksForOther: { person: string; agency: string }
  OwnPeopleOnly: { person: string }
  /** More than the agency holds, or keeps more than it is owed. */
  RemitsTooMuch: { held: string; owed: string; given: string }
  ClockRuns: { document: string; clock: number }
  /** The customer's policy has no term for it. */
  NoTerm: { instrument: string; known: string[] }
}

export const NOT_PLACEABLE = ['credit', 'held', 'nothing_owed', 'not_presented', 'not_overdue'] as const
export type NotPlaceableBecause = (typeof NOT_PLACEABLE)[number]

export type RefusalName = keyof Refusals

/** Thrown where a rule says no; never retried. */
export class Refusal<N extends RefusalName = RefusalName> extends Error {
  readonly refusal: N
  readonly data: Refusals[N]
  constructor(refusal: N, data: Refusals[N]) {
    super(`${refusal} ${JSON.stringify(data)}`)
    this.name = 'Refusal'
    this.refusal = refusal
    this.data = data
  }
}
