import type { LocalDate } from './calendar.ts'
import type { ItemHistory } from './itemHistory.ts'
import type { Currency } from './money.ts'

/**
 * Kinds of receivable. The sign of `originalMinor` follows the kind: positive for what the customer
 * owes, negative for what the company owes the customer.
 */
export const DEBIT_KINDS = ['invoice', 'debit_note', 'retention'] as const
export const CREDIT_KINDS = ['credit_note', 'on_account_credit', 'down_payment'] as const
export const RECEIVABLE_KINDS = [...DEBIT_KINDS, ...CREDIT_KINDS] as const
export type ReceivableKind = (typeof RECEIVABLE_KINDS)[number]

export const isCreditKind = (kind: ReceivableKind): boolean =>
  (CREDIT_KINDS as readonly ReceivableKind[]).includes(kind)

/** What a file may say of the customer that an open item belongs to; what it doesn't say stays as it is. */
export interface CustomerColumns {
  code: string
  name?: string
  segment?: string
  branch?: string
  /** BCP 47: es-MX or en. */
  language?: string
  /** IANA name. */
  timeZone?: string
  /** When it takes invoices for review: `mon,thu`, `any` working day, or `none`: without review. */
  reviewDays?: string
  analyst?: string
  /** Code of who pays for the customer; itself when not said. */
  payer?: string
  contactName?: string
  email?: string
  phone?: string
  /** Digits: how many promises it didn't keep before an initial load. */
  brokenPromises?: string
}

/** One line of a file of open items, checked and typed. */
export interface OpenItem {
  /** Line of the file it came from, 1-based, the header included. */
  line: number
  customer: CustomerColumns
  document: string
  /** Instalment of the document; '1' when the source has none. */
  tranche: string
  kind: ReceivableKind
  currency: Currency
  /** Signed minor units, never 0. */
  originalMinor: bigint
  /** What is still open of it, same sign, |open| ≤ |original|; null when the source doesn't say (all of it). */
  openMinor: bigint | null
  issuedOn: LocalDate
  dueOn: LocalDate
  /** Day on which the customer accepted it, for customers with review days. */
  presentedOn: LocalDate | null
  /** Construction site or project. */
  site: string | null
  siteEmail: string | null
  orderNumber: string | null
  /** Only where the file says something of it. */
  history?: ItemHistory
}

/** A value of a file that can't be taken, and what to do about it. Line and column are 1-based; 0 = the whole file. */
export interface LineError {
  line: number
  /** The header's name, or '' when the whole line is meant. */
  column: string
  value: string
  /** What is wrong and what to do, in English; `code` is stable. */
  message: string
  code: string
}
