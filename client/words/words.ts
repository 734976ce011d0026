import type { EffectCode } from '../../domain/approval.ts'
import type { ApprovalKind } from '../../domain/authority.ts'
import type {
  CaseCommands,
  CONTACT_CHANNELS,
  PROOF_KINDS,
  RECEIPT_FORMS,
  REVERSAL_REASONS,
  TASK_PRIORITIES,
} from '../../domain/command.ts'
import type { ConfirmationMode, ConfirmationState } from '../../domain/confirmation.ts'
import type { KnownResult } from '../../domain/contactResult.ts'
import type { Reason, ReceivableDecision } from '../../domain/decide.ts'
import type { DISPUTE_REASONS, ROOT_CAUSES } from '../../domain/disputeLists.ts'
import type { ClosedAs, Stage } from '../../domain/facts.ts'
import type { LoadReport } from '../../domain/load.ts'
import type { NegotiationState } from '../../domain/negotiation/agreement.ts'
import type { Side } from '../../domain/negotiationCommand.ts'
import type { Language, Severity } from '../../domain/notice.ts'
import type { ReceivableKind } from '../../domain/openItem.ts'
import type { Intent } from '../../domain/plan.ts'
import type { Action, Policy } from '../../domain/policy.ts'
import type { RefusalName, Refusals } from '../../domain/refusal.ts'
import type { ApprovalState } from '../../ledger/approvals/approval.ts'
import type { ExceptionKind } from '../../ledger/exceptions.ts'
import type { CaseView, ReceivableView } from '../../ledger/show.ts'
import type { RunItem } from '../../ledger/statementRuns.ts'
import type { TaskKind } from '../../ledger/tasks.ts'
import { CREDIT_EVENTS, type CreditCodes } from './credit.ts'
import { ORDER_EVENTS, type OrderWords } from './orders.ts'
import type { Phrases } from './phrases.ts'
import { PLACEMENT_EVENTS, type PlacementCodes, type PlacementSubjects } from './placements.ts'
import type { Speech } from './speech.ts'

/**
 * Everything that clients say, by language. A closed list of the domain is a record over it, so that a language
 * lacks nothing: the compiler asks for every key.
 */

/** What the journal calls its events; those of tasks are `<kind> task <what>` and have their own table. */
export const EVENTS = [
  'loaded',
  'load released',
  'statement run begun',
  'account statement sent',
  'steps skipped',
  'call logged',
  'visit logged',
  'contact logged',
  'contact completed',
  'task planned',
  'task assigned',
  'absence recorded',
  'absence ended',
  'promise recorded',
  'promise replaced',
  'promise kept',
  'promise partially kept',
  'promise broken',
  'promise withdrawn',
  'promise excused',
  'promise reminder sent',
  'promise confirmation sent',
  'payment announced',
  'announced payment withdrawn',
  'announced payment arrived',
  'announced payment lapsed',
  'announced payment reopened',
  'provisional receipt issued',
  'provisional receipt converted',
  'provisional receipt cancelled',
  'provisional receipt overdue',
  'provisional receipt reopened',
  'dispute opened',
  'dispute resolved',
  'dispute split',
  'dispute changed',
  'dispute owner reminded',
  'presented',
  'review days set',
  'paused',
  'resumed',
  'snoozed',
  'unsnoozed',
  'confirmation asked',
  'confirmation sent',
  'confirmation agreed',
  'confirmation differs',
  'confirmation unopposed',
  'confirmation withdrawn',
  'credited',
  'written off',
  'interest accrued',
  'interest charged',
  'interest waived',
  'interest restored',
  'fee charged',
  'recovered',
  'cancelled',
  'replaced',
  'receipt posted',
  'receipt applied',
  'receipt reversed',
  'credit applied',
  'reminder sent',
  'statement sent',
  'notice skipped',
  'notice failed',
  'notice deferred',
  'notice refused',
  'left out of notice',
  'regrouped',
  'policy adopted',
  'customer changed',
  'tasks handed over',
  'source changed',
  'exception resolved',
  'contact added',
  'documents made',
  'documents received',
  'policies published',
  'negotiation proposed',
  'negotiation countered',
  'negotiation agreed',
  'negotiation withdrawn',
  'negotiation lapsed',
  'negotiation rejected',
  'negotiation fulfilled',
  'negotiation broken',
  'receipt tied',
  'policy activated',
  'role granted',
  'role revoked',
  'approval requested',
  'approval given',
  'approval refused',
  'approval withdrawn',
  'approval escalated',
  'approval reminded',
  'approval stale',
  'approval overtaken',
  ...PLACEMENT_EVENTS,
  'approval mail refused',
  'suspension extended',
  ...CREDIT_EVENTS,
  ...ORDER_EVENTS,
] as const
export type EventName = (typeof EVENTS)[number]

export const TASK_EVENTS = ['opened', 'extended', 'overtaken', 'done'] as const
export type TaskEvent = (typeof TASK_EVENTS)[number]

/** What an event or an answer says of itself, as stored. */
export type Data = Readonly<Record<string, unknown>>

export type SkipReason = ReceivableDecision['skipped'][number]['reason']
/** `mixed`: parts ended otherwise than others; `settled`: nothing was open any more. */
export type DisputeOutcome = CaseCommands['resolveDispute']['outcome'] | 'mixed' | 'settled'
export type ReplaceReason = CaseCommands['replace']['why']
export type PromiseState = 'open' | 'kept' | 'partially_kept' | 'broken' | 'withdrawn' | 'replaced'

/** What a refusal or a task may be about. */
export const THINGS = [
  'receivable',
  'case',
  'customer',
  'payer',
  'receipt',
  'promise',
  'dispute',
  'negotiation',
  'pause',
  'task',
  'snooze',
  'confirmation',
  'announced payment',
  'provisional receipt',
  'contact',
  'absence',
  'exception',
  'statement run',
  'load',
  'policy',
  'message',
  'page',
  'document',
  'approval',
  'role',
  'credit line',
  'guarantee',
  'erp call',
  'order',
  'group',
  'placement',
  'agency',
  'prescription',
] as const
export type Thing = (typeof THINGS)[number]

/** Words of codes: plain tables. */
export interface Codes extends CreditCodes, PlacementCodes {
  things: Record<Thing, string>
  approvalKinds: Record<ApprovalKind, string>
  approvalStates: Record<ApprovalState, string>
  noticeReasons: Record<'asked' | 'reminded' | 'escalated', string>
  roles: Record<'supervisor' | 'manager' | 'director' | 'legal' | 'credit', string>
  exceptionKinds: Record<ExceptionKind, string>
  taskKinds: Record<TaskKind, string>
  /** What a task is about, by the subject that the ledger keeps; those with an id or address behind it are made. */
  taskSubjects: Record<
    | 'chase'
    | 'overdue'
    | 'loaded late'
    | 'not logged'
    | 'unused money'
    | 'suspended too long'
    | 'no address'
    | 'periodic'
    | 'call back'
    | 'next review day',
    string
  > &
    PlacementSubjects & {
      provisional: (number: string) => string
      after: (result: string) => string
      approval: (id: string) => string
      dispute: (id: string) => string
      'dispute late': (id: string) => string
      broken: (what: 'promise' | 'announcement' | 'agreement', id: string) => string
      line: (id: string) => string
      guarantee: (id: string) => string
      'guarantee lapsed': (id: string) => string
      'erp call': (id: string) => string
      refused: (address: string) => string
      confirmation: (id: string) => string
      deferred: (address: string) => string
    }
  reasons: Record<Reason, string>
  skips: Record<SkipReason | 'before the load' | 'adopted later' | 'not approved', string>
  stages: Record<Stage, string>
  closedAs: Record<ClosedAs, string>
  actions: Record<Action, string>
  severities: Record<Severity, string>
  kinds: Record<ReceivableKind, string>
  callResults: Record<KnownResult, string>
  priorities: Record<(typeof TASK_PRIORITIES)[number], string>
  taskStates: Record<'open' | 'done' | 'overtaken', string>
  provisionalStates: Record<'open' | 'converted' | 'cancelled', string>
  proofKinds: Record<(typeof PROOF_KINDS)[number], string>
  channels: Record<(typeof CONTACT_CHANNELS)[number], string>
  disputeReasons: Record<keyof typeof DISPUTE_REASONS, string>
  rootCauses: Record<keyof typeof ROOT_CAUSES, string>
  disputeOutcomes: Record<DisputeOutcome, string>
  receiptForms: Record<(typeof RECEIPT_FORMS)[number], string>
  reversalReasons: Record<(typeof REVERSAL_REASONS)[number], string>
  replaceReasons: Record<ReplaceReason, string>
  promiseStates: Record<PromiseState, string>
  messageStates: Record<CaseView['messages'][number]['state'], string>
  stepStates: Record<ReceivableView['steps'][number]['state'], string>
  templates: Record<Intent['template'], string>
  negotiationStates: Record<NegotiationState, string>
  sides: Record<Side, string>
  confirmationModes: Record<ConfirmationMode, string>
  confirmationStates: Record<ConfirmationState, string>
  groupings: Record<Policy['grouping'], string>
  loadStates: Record<LoadReport['state'], string>
  runItemStates: Record<RunItem['state'], string>
  /** Reasons that the engine itself gives, in the ledger's own words. */
  whys: Record<
    | 'nothing left to say'
    | 'nothing left to do'
    | 'no address'
    | 'nothing owed'
    | 'another run wrote today'
    | 'contact mended'
    | 'weekend'
    | 'the payment that kept it bounced'
    | 'money valued in time was recorded late'
    | 'no answer in time'
    | 'nobody there'
    | 'nothing left to decide'
    | 'more debt'
    | 'a new promise'
    | 'a new dispute'
    | 'refused before',
    string
  >
}

/** What follows from the answer to an approval. */
export type Effects = Record<EffectCode, (data: Data, speech: Speech) => string>

export interface Words extends Codes {
  effects: Effects
  language: Language
  refusals: { [N in RefusalName]: (data: Refusals[N], speech: Speech) => string }
  events: Record<EventName, (data: Data, speech: Speech) => string>
  taskEvents: Record<TaskEvent, (kind: string, data: Data, speech: Speech) => string>
  phrases: Phrases
  orders: OrderWords
}
