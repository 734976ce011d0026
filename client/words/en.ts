import { enCodes } from './codes.en.ts'
import { enCreditRefusals } from './credit.en.ts'
import { enEffects } from './effects.en.ts'
import { enEvents, enTaskEvents } from './events.en.ts'
import { negotiationEn } from './negotiation.en.ts'
import { enOrders } from './orders.en.ts'
import { enPhrases } from './phrases.en.ts'
import { enPlacements } from './placements.en.ts'

import type { Words } from './words.ts'

const thing = (name: string): string => (enCodes.things as Record<string, string>)[name] ?? name

const refusals: Words['refusals'] = {
  ...negotiationEn.refusals,
  ...enPlacements.refusals,
  KeyConflict: ({ key, command }) =>
    `The key ${key} was used before for "${command}" with other content. Use another key.`,
  NotFound: ({ what, id }) => `There is no ${thing(what)} "${id}".`,
  ConfirmationExists: ({ case: key, confirmation }) =>
    `Confirmation ${confirmation} of ${key} waits for its answer. Record that, or withdraw it.`,
  AnswerUnclear: ({ confirmation }) =>
    `Say either that confirmation ${confirmation} agrees, or what their books have.`,
  CaseMoved: ({ to }) => `It moved to case ${to}. Ask there.`,
  InvalidAmount: ({ value, currency }) => `"${value}" is not an amount of ${currency}.`,
  InvalidDate: ({ field, value, must }, say) =>
    `${fields[field] ?? field} ${say.date(value)} must ${must.replace(/\d{4}-\d{2}-\d{2}/g, say.date)}.`,
  WrongCurrency: ({ document, expected, given }) => `${document} is in ${expected}, not in ${given}.`,
  WrongCustomer: ({ document, customer }) =>
    customer
      ? `${document} is not a receivable of customer ${customer}.`
      : `${document} belongs to another customer or payer.`,
  AlreadyClosed: ({ document, closedAs }) =>
    `${document} is closed already: ${(enCodes.closedAs as Record<string, string>)[closedAs] ?? closedAs}.`,
  OverApplied: ({ document, open, given }, say) =>
    `Only ${say.number(open)} of ${document} are open; ${say.number(given)} can't be applied to it.`,
  NotEnoughUnapplied: ({ available, given }, say) =>
    `Only ${say.number(available)} are not applied yet; ${say.number(given)} were asked for.`,
  AlreadyReversed: ({ receipt }) => `Receipt ${receipt} was reversed already.`,
  DuplicateReceipt: ({ receipt, trackingKey }) =>
    `This money is in the books already as receipt ${receipt}${trackingKey ? ` (tracking key ${trackingKey})` : ''}.`,
  DuplicateDocument: ({ document }) =>
    `There is a document ${document} already. Give the new one another number.`,
  BooksClosed: ({ through }, say) =>
    `The books are closed through ${say.date(through)}. Give a later posting date.`,
  PromiseExists: ({ document, promise }) =>
    `${document} is covered by promise ${promise}. Withdraw or replace that one.`,
  PromiseTooFar: ({ latest }, say) => `The promised date is too far away: ${say.date(latest)} is the latest.`,
  PromiseExceedsOpen: ({ open, given }, say) =>
    `Only ${say.number(open)} are open; ${say.number(given)} can't be promised.`,
  TooManyBroken: ({ broken, allowed }) =>
    `The customer has not kept ${broken} promises; the policy takes new ones up to ${allowed}.`,
  NotOpen: ({ what, id, state }) => `The ${thing(what)} ${id} is not open: ${stateOf(state, what)}.`,
  DisputeExceedsOpen: ({ document, open, given }, say) =>
    `Only ${say.number(open)} of ${document} are open; ${say.number(given)} can't be disputed.`,
  NoInterest: ({ customer, document, open, minimum }, say) =>
    open !== undefined && minimum !== undefined
      ? `Only ${say.number(open)} of interest are open at ${customer}; a note is made from ${say.number(minimum)}. It stays open.`
      : document !== undefined
        ? `${document} bears no interest and takes no fees.`
        : `No interest is open at ${customer}.`,
  UnknownCode: ({ list, code, known }) =>
    `"${code}" is not a ${list === 'reason' ? 'reason' : list === 'fee' ? 'fee' : 'root cause'} of the customer's policy. There are: ${known.join(', ') || 'none'}.`,
  SplitsAll: ({ dispute }) =>
    `Nothing would be left of dispute ${dispute}. Split a part of it, or change its owner.`,
  RebillsOne: ({ documents }) =>
    `A new invoice stands for one document: resolve ${documents.join(', ')} one by one.`,
  EndsWithDispute: ({ task, dispute }) =>
    `Task ${task} ends when dispute ${dispute} is resolved ("dispute resolve").`,
  PresentationNotNeeded: ({ customer }) =>
    `${customer} takes invoices without review. Set its review days first.`,
  PresentationBlocked: ({ document, dispute }) =>
    `${document} can't be presented before dispute ${dispute} is resolved.`,
  AlreadyPresented: ({ document, on }, say) =>
    `${document} was accepted on ${say.date(on)}. Say why (--why) to correct that.`,
  PauseOverlaps: ({ from, to }, say) =>
    `There is a pause from ${say.date(from)} to ${say.date(to)} already. Resume that one first.`,
  PauseNotActive: ({ id }) => `The pause ${id} is over or was resumed.`,
  LoggedByContact: ({ task, kind }) =>
    `Task ${task} is a ${kind}: it is completed by logging the conversation ("contact log").`,
  SameActor: ({ actor }) => `Somebody else than ${actor}, who asks for it, has to decide it.`,
  UnknownResult: ({ result, known }) =>
    `"${result}" is not a result of the customer's policy. It has: ${known}.`,
  AbsenceOverlaps: ({ person, from, to }, say) =>
    `${cap(person)} is away from ${say.date(from)} to ${say.date(to)} already. End that absence first.`,
  StandInNeeded: ({ person }) =>
    `Somebody else has to stand in for ${person}: without a stand-in the tasks go to the supervisor.`,
  ProvisionalExceedsOpen: ({ open, given }, say) =>
    `Only ${say.number(open)} are open and not taken yet; ${say.number(given)} can't be received for it.`,
  WrongReceipt: ({ receipt, must, available }) =>
    `Receipt ${receipt} can't be what became of it: ${
      {
        'same payer': 'another payer paid it',
        'same currency': 'it is in another currency',
        later: 'it was in the books before that was written',
        'large enough': `only ${available} of it are free`,
      }[must]
    }.`,
  NotCounted: ({ promise, state }) =>
    `Promise ${promise} (${stateOf(state)}) does not count against the customer: there is nothing to excuse.`,
  ProvisionalOpen: ({ provisional }) =>
    `The task is over when provisional receipt ${provisional} is converted or cancelled ("provisional convert", "provisional cancel").`,
  HasApplications: ({ document }) =>
    `Money is applied to ${document}. Reverse or move that first, or replace the document.`,
  ApprovalExists: ({ approval }) => `That was asked for already: approval ${approval} waits for an answer.`,
  AlreadyVoted: ({ approval, person }) =>
    `${cap(person)} has answered approval ${approval} already, or somebody did in their place: it takes another person.`,
  NotAnApprover: ({ approval, person, role }) =>
    `Approval ${approval} waits for somebody with the role "${role}"; ${person} doesn't hold it, nor stands in for who does.`,
  NotTheRequester: ({ approval, requester }) =>
    `Only ${requester} can take approval ${approval} back, who asked for it.`,
  ...enCreditRefusals,
  ...enOrders.refusals,
}

const cap = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
const fields: Record<string, string> = {
  valueOn: 'The value date',
  postingOn: 'The posting date',
  on: 'The day',
  dueOn: 'The due date',
  issuedOn: 'The issue date',
  acceptedOn: 'The day of acceptance',
  from: 'The first day',
  to: 'The last day',
  asOf: 'The day of the books',
  answeredOn: 'The day of the answer',
  until: 'The day of coming back',
  backOn: 'The first day back',
  resubmitOn: 'The day to come back to it',
  beganAt: 'The time of the conversation',
  endedAt: 'The end of the conversation',
  extension: 'The new due date',
  paidBy: "The discount's date",
  validThrough: 'The last day of the offer',
  reviewOn: 'The day of the review',
  signedOn: 'The day of signing',
  maturesOn: 'The day of maturity',
  through: 'The last day of the interest',
  incurredOn: 'The day of the cost',
  paidOn: 'The day of the payment',
}
const known = (table: Readonly<Record<string, string>>, code: string): string | undefined => table[code]
const stateOf = (state: string, what = ''): string =>
  (what === 'negotiation' ? known(enCodes.negotiationStates, state) : undefined) ??
  (
    {
      ...enCodes.promiseStates,
      ...enCodes.creditStates,
      ...enCodes.callStates,
      ...enCodes.disputeOutcomes,
      ...enCodes.loadStates,
      done: 'done',
      overtaken: 'nothing left to do',
      open: 'open',
      converted: 'in the books',
      cancelled: 'cancelled',
      over: 'over',
      arrived: 'the money came',
      lapsed: 'lapsed',
      ...enCodes.confirmationStates,
      ...enCodes.placementStates,
      ...enCodes.clockStates,
    } as Record<string, string>
  )[state] ??
  state

export const en: Words = {
  ...enCodes,
  language: 'en',
  effects: enEffects,
  refusals,
  events: enEvents,
  taskEvents: enTaskEvents,
  phrases: enPhrases,
  orders: enOrders,
}
