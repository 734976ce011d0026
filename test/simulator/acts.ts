import type { Instant, LocalDate } from '../../domain/calendar.ts'

/**
 * What can happen to a portfolio, as data: a script is made from a seed before anything runs, and any of its acts can
 * be left out. Acts name documents, receipts and credits by their numbers; what the ledger numbers itself (promises,
 * disputes …) is named by the `no` of the act that made it. An act whose subject isn't there is passed over.
 */

export interface Item {
  customer: string
  document: string
  kind: 'invoice' | 'debit_note' | 'on_account_credit'
  currency: string
  minor: number
  /** Percent of it that was settled before it was loaded. */
  settled: number
  issuedOn: LocalDate
  dueOn: LocalDate
  site: string
  /** Whether the customer has accepted it, where that must be. */
  presented: boolean
  /** What was done about it before it was taken over; only an initial load says so. */
  history: Past | null
}

export interface Past {
  step: { id: string; on: LocalDate } | null
  promisedFor: LocalDate | null
  disputed: boolean
}

export interface MailWeather {
  outcome: 'sent' | 'deferred' | 'stalled' | 'taken_unsaid' | 'refused' | 'refused_content' | 'crashed'
  /** Minutes that an attempt waits in the queue, and that the answer of the server takes to be written down. */
  waits: number
  marks: number
  /** The attempt is run a second time by a worker that doesn't know of the first. */
  twice: boolean
  /** So many attempts fare like this; then the weather is fine again. */
  attempts: number
}

export type Act =
  | { kind: 'load'; items: Item[]; hold: boolean; initial: boolean }
  | { kind: 'release'; load: number }
  /** The source's file has a document again: open for so many percent of the original (null: as the books), due so much later. */
  | { kind: 'restate'; document: string; percent: number | null; later: number }
  /** The source's file of all that is open, as of some days ago, and of what it no longer has. */
  | { kind: 'snapshot'; lacks: string[]; daysBack: number }
  /** The source says that somebody else pays for a customer. */
  | { kind: 'movePayer'; document: string; payer: string }
  | { kind: 'present'; document: string }
  /** The books are closed up to so many days ago. */
  | { kind: 'closeBooks'; daysBack: number }
  | { kind: 'resolveException'; customer: string }
  | {
      kind: 'receipt'
      number: string
      named: 'customer' | 'payer' | 'nobody'
      customer: string
      documents: string[]
      /** Of what is open of the documents. */
      percent: number
      apply: boolean
      daysBack: number
    }
  | { kind: 'apply'; receipt: string; documents: string[] }
  | { kind: 'reverse'; receipt: string; bounced: boolean }
  | { kind: 'credit'; document: string; number: string; percent: number }
  | { kind: 'applyCredit'; credit: string; document: string }
  | { kind: 'promise'; documents: string[]; percent: number; days: number[]; replaces: number | null }
  | { kind: 'withdraw'; promise: number; supplierError: boolean }
  | { kind: 'announce'; documents: string[]; percent: number; days: number }
  | { kind: 'withdrawAnnouncement'; announcement: number }
  | { kind: 'dispute'; document: string; percent: number }
  | { kind: 'resolve'; dispute: number; outcome: 'credit_note' | 'rejected' | 'withdrawn' }
  | { kind: 'pause'; customer: string; document: string | null; inDays: number; days: number }
  | { kind: 'resume'; pause: number }
  | { kind: 'writeOff'; document: string }
  | { kind: 'cancel'; document: string }
  | {
      kind: 'replace'
      document: string
      by: string
      percent: number
      dueInDays: number
      ours: boolean
    }
  | { kind: 'chargeInterest'; customer: string }
  | { kind: 'waiveInterest'; customer: string; percent: number }
  | { kind: 'fee'; document: string; minor: number }
  | { kind: 'publish'; changes: PolicyChanges }
  | { kind: 'adopt'; customer: string; document: string | null }
  | { kind: 'regroup'; customer: string }
  | { kind: 'talk'; customer: string; reached: boolean; task: boolean }
  | {
      kind: 'closeTask'
      customer: string
      task: 'apply_cash' | 'hold_orders' | 'review'
    }
  | { kind: 'addContact'; customer: string; mends: boolean }
  | ({ kind: 'mail' } & MailWeather)
  /** The next transaction is aborted before its n-th statement; with fewer of them its answer is lost. */
  | { kind: 'crash'; of: Crashing; statement: number }
  | { kind: 'outage'; minutes: number }
  | { kind: 'wakesLost'; minutes: number }
  | { kind: 'holiday'; on: LocalDate }

/** Whose transaction. */
export type Crashing = 'assess' | 'command' | 'claim' | 'mark'

export type ActKind = Act['kind']

export const ACTS = [
  'load',
  'release',
  'restate',
  'snapshot',
  'movePayer',
  'present',
  'closeBooks',
  'resolveException',
  'receipt',
  'apply',
  'reverse',
  'credit',
  'applyCredit',
  'promise',
  'withdraw',
  'announce',
  'withdrawAnnouncement',
  'dispute',
  'resolve',
  'pause',
  'resume',
  'writeOff',
  'cancel',
  'replace',
  'chargeInterest',
  'waiveInterest',
  'fee',
  'publish',
  'adopt',
  'regroup',
  'talk',
  'closeTask',
  'addContact',
  'mail',
  'crash',
  'outage',
  'wakesLost',
  'holiday',
] as const satisfies readonly ActKind[]

export interface Happening {
  no: number
  at: Instant
  act: Act
  /** A command is asked again under its key. */
  again: boolean
}

export interface PolicyChanges {
  grouping: 'customer' | 'site' | 'payer' | 'invoice'
  calendar: 'five-days' | 'six-days'
  contact_hours: { from: string; to: string }
  min_gap_days: number
  contact_gap_days: number
  first_conversations_per_day: number
  spread_minutes: number
  tolerance: { MXN: string }
  suspended_days_cap: number
  /** Working days after which nobody is spoken to without a file of the source; null: whatever its age. */
  feed_age: number | null
  /** Of the ladder: which of the optional steps it has, and by how many days it is shifted. */
  extra: boolean
  later: number
  on_broken: 'call' | 'visit' | 'nothing'
  /** Of overdue items; without it they bear none. */
  interest?: { percent: string; grace: number; disputed: 'without' | 'bears'; accrue: 'monthly' | 'daily' }
}

export interface Party {
  code: string
  payer: string
  timeZone: string
  /** Addresses, asked in this order. */
  emails: string[]
  /** It has to accept each invoice first. */
  presents: boolean
}

export interface Script {
  seed: number
  startsOn: LocalDate
  endsOn: LocalDate
  parties: Party[]
  policy: PolicyChanges
  /** Who keeps the books for money. */
  authority: 'source' | 'cartera'
  /** After how many days the people log a call or visit, and decide what they are asked; null: only as acts say. */
  staff: { logsAfter: number | null; decidesAfter: number | null }
  /** Minutes that every message waits in the queue of the mail; less than the contact hours last. */
  queue: number
  happenings: Happening[]
}
