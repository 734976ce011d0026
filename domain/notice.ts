import type { LocalDate } from './calendar.ts'
import type { Currency } from './money.ts'

export const LANGUAGES = ['es-MX', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** How firmly a line of a notice is worded; the notice as a whole takes its firmest. */
export const SEVERITIES = ['courtesy', 'reminder', 'firm', 'final'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface NoticeItem {
  document: string
  tranche: string
  issuedOn: LocalDate
  dueOn: LocalDate
  /** Whole days after the due date; 0 or less when not overdue. */
  daysLate: number
  originalMinor: bigint
  openMinor: bigint
  /** Part of the open amount that is in dispute. */
  disputedMinor: bigint
  /** Its own step is due in this notice; null for an item that is only listed. */
  severity: Severity | null
  /** Day of the promise that covers it. */
  promisedOn: LocalDate | null
  site: string | null
}

export interface NoticeCredit {
  document: string
  issuedOn: LocalDate
  /** Positive. */
  openMinor: bigint
}

/** What one currency of a notice says: its own table and totals. Items are sorted by due date. */
export interface NoticeSection {
  currency: Currency
  items: NoticeItem[]
  /** Items beyond the policy's limit, counted and summed but not listed; the list is attached as CSV. */
  notListed: { count: number; openMinor: bigint }
  /** The whole list, listed items included, sorted the same; needed when `notListed.count > 0`. */
  allItems?: NoticeItem[]
  credits: NoticeCredit[]
  unappliedMinor: bigint
  /** Sum of the open amounts of overdue items (listed or not). */
  overdueMinor: bigint
  /** Sum of the open amounts of all debit items of the section. */
  openMinor: bigint
  disputedMinor: bigint
  /** overdue − credits − unapplied − disputed, at least 0: what is asked for. */
  payableMinor: bigint
}

/** All that a message to a customer says, as read when it is claimed for sending. */
export interface Notice {
  /** Name of the template pair in config/templates/; its words are in <language>/words.yaml. */
  template: 'reminder' | 'statement'
  severity: Severity
  language: Language
  company: { name: string; replyTo: string; phone: string; bankReference: string }
  customer: { code: string; name: string }
  recipient: { name: string; email: string }
  analystName: string
  today: LocalDate
  sections: NoticeSection[]
}
