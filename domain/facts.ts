import type { ContactHours, Instant, LocalDate, WorkingCalendar } from './calendar.ts'
import type { Policy } from './policy.ts'

/** What `decide` reads. Dates are local to the customer; amounts are minor units of the receivable's currency. */

export const STAGES = ['unpresented', 'current', 'overdue', 'prelegal', 'legal', 'agency', 'closed'] as const
export type Stage = (typeof STAGES)[number]

export const CLOSED_AS = ['paid', 'credited', 'written_off', 'cancelled', 'replaced'] as const
export type ClosedAs = (typeof CLOSED_AS)[number]

export type SuspensionKind =
  | 'promised'
  | 'announced'
  | 'provisional'
  | 'cheque'
  | 'disputed'
  | 'paused'
  | 'negotiating'

/** Time in which a receivable isn't chased. */
export interface Suspension {
  kind: SuspensionKind
  from: LocalDate
  /** First day that is free again; null while nobody knows. */
  endsOn: LocalDate | null
  /** When something is known for sure (a promise's deadline has passed); null when only an event tells. */
  askAgainOn: LocalDate | null
}

export interface StepRecord {
  step: string
  state: 'pending' | 'done' | 'skipped'
  on: LocalDate
  /** A written step that is told by telephone because no address worked: it waits for a log, not for a message. */
  byPhone?: boolean
  /** Taken in another system before the load. */
  carried?: boolean
}

export interface ReceivableFacts {
  id: number
  document: string
  currency: string
  stage: Stage
  issuedOn: LocalDate
  dueOn: LocalDate
  presentedOn: LocalDate | null
  /** Set on a replacement that keeps its predecessor's clock; else null. */
  anchorOn: LocalDate | null
  requiresPresentation: boolean
  firstSeenOn: LocalDate
  owedMinor: bigint
  /** Covered by unused money of the payer. */
  nettedMinor: bigint
  /** As claimed in open disputes; what counts is capped at what is owed. */
  disputedMinor: bigint
  suspensions: readonly Suspension[]
  /** An approval lets it be suspended for so many days; else the policy's cap holds. */
  suspendedDaysAllowed?: number
  /** A lawyer or an agency has taken it on. */
  placed?: boolean
  steps: readonly StepRecord[]
  /** Day of the last step that reached the customer about it. */
  lastContactOn: LocalDate | null
  /** The version it is pinned to: its steps. */
  pinned: Policy
}

export interface CaseContext {
  now: Instant
  today: LocalDate
  /** The customer's current policy: hours, gaps, tolerance. */
  policy: Policy
  calendar: WorkingCalendar
  hours: ContactHours
  /** Minutes after opening at which this case's turn comes. */
  spreadMinutes: number
  /** There is a contact whose address wasn't refused. */
  mailable: boolean
  lastNoticeOn: LocalDate | null
  lastCallOn: LocalDate | null
  /** A message planned for today that isn't sent yet can be joined. */
  noticePendingToday: boolean
  /** Before this day nobody speaks to the customer for the first time: a load brought many at once. */
  firstContactOn: LocalDate | null
  /** Last day for which the feeds that the policy requires tell enough; null when it requires none. */
  feedsTellThrough: LocalDate | null
  openCall: boolean
  openVisit: boolean
}
