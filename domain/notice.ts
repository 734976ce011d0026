import type { LocalDate } from './calendar.ts'
import type { ConfirmationMode } from './confirmation.ts'
import type { Currency } from './money.ts'

export const LANGUAGES = ['es-MX', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language in which a customer is written to, by the tag that is on file. */
export const languageFor = (tag: string): Language =>
  LANGUAGES.find((language) => language === tag) ?? (tag.startsWith('en') ? 'en' : 'es-MX')

/** How firmly a line of a notice is worded; the notice as a whole takes its firmest. */
export const SEVERITIES = ['courtesy', 'reminder', 'firm', 'final'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Why an item isn't asked for now: agreed or announced with the customer, or held back by us. */
export const WAITS = ['promised', 'announced', 'provisional', 'cheque', 'negotiating', 'paused'] as const
export type Wait = (typeof WAITS)[number]

export interface NoticeItem {
  document: string
  tranche: string
  issuedOn: LocalDate
  dueOn: LocalDate
  /** Whole days after the due date; 0 or less when not overdue. */
  daysLate: number
  originalMinor: bigint
  openMinor: bigint
  /** Part of the open amount that open credits, or cash nobody applied yet, cover already. */
  creditMinor: bigint
  cashMinor: bigint
  /** Part of what is left then that is in dispute. */
  disputedMinor: bigint
  /** Its own step is due in this notice; null for an item that is only listed. */
  severity: Severity | null
  /** It isn't asked for now; the day for which payment is expected, where one is known. */
  waits: { kind: Wait; on: LocalDate | null } | null
  site: string | null
}

export interface NoticeCredit {
  document: string
  issuedOn: LocalDate
  /** Positive: so much of it covers items of this notice. */
  usedMinor: bigint
}

/** An open amount and the parts it falls into. */
export interface Breakdown {
  openMinor: bigint
  creditMinor: bigint
  cashMinor: bigint
  disputedMinor: bigint
  /** Of items that aren't asked for now. */
  waitingMinor: bigint
  /** What is asked for: the rest. */
  payableMinor: bigint
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
  /** Interest and fees that no note has charged yet: said beside what is asked for, never in it. */
  interestMinor?: bigint
}

/** Each item belongs wholly to what is asked for, but for what is covered or disputed; or it waits. */
export function breakDown(items: readonly NoticeItem[]): Breakdown {
  const sum = (part: (item: NoticeItem) => bigint) => items.reduce((total, item) => total + part(item), 0n)
  return {
    openMinor: sum((item) => item.openMinor),
    creditMinor: sum((item) => item.creditMinor),
    cashMinor: sum((item) => item.cashMinor),
    disputedMinor: sum((item) => item.disputedMinor),
    waitingMinor: sum((item) => (item.waits ? restOf(item) : 0n)),
    payableMinor: sum((item) => (item.waits ? 0n : restOf(item))),
  }
}

const restOf = (item: NoticeItem): bigint =>
  item.openMinor - item.creditMinor - item.cashMinor - item.disputedMinor

/** All that a message to a customer says, as read when it is claimed for sending. */
export interface Notice {
  /** Name of the template pair in config/templates/; its words are in <language>/words.yaml. */
  template: 'reminder' | 'statement' | 'promise_reminder' | 'promise_confirmation' | 'confirmation' | 'demand'
  severity: Severity
  language: Language
  company: { name: string; replyTo: string; phone: string; bankReference: string }
  customer: { code: string; name: string }
  recipient: { name: string; email: string }
  analystName: string
  today: LocalDate
  /**
   * Instalments of promises: those that are near, with what isn't paid yet, of a reminder; all, each with a name that stays,
   * of a confirmation.
   */
  promised?: { id?: string; dueOn: LocalDate; currency: Currency; minor: bigint }[]
  /** What a confirmation asks: its items are those of the day asked about. */
  confirmation?: {
    id: number
    mode: ConfirmationMode
    asOf: LocalDate
    again: boolean
    closesOn: LocalDate | null
    /** Paid and not applied by then: taken off the balance of its currency. */
    cash: { currency: Currency; minor: bigint }[]
  }
  /** Of a formal demand: the last day to pay. */
  payBy?: LocalDate
  sections: NoticeSection[]
}
