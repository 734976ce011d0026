import { bucketIds, bucketOf, DEFAULT_BUCKETS, UNPRESENTED } from './aging.ts'
import type { LocalDate } from './calendar.ts'
import type { Texts } from './disputeLists.ts'
import type { Currency } from './money.ts'
import type { Language } from './notice.ts'

/** A statement of account: what a customer owes on a day, and everything that is to be said about it. */
export interface Statement {
  customer: { code: string; name: string }
  language: Language
  analystName: string
  /** Day of the books: what is posted up to it counts. */
  asOf: LocalDate
  /** Sorted by currency; none when nothing is open. */
  sections: StatementSection[]
}

export interface StatementSection {
  currency: Currency
  /** Sorted by due date. */
  items: StatementItem[]
  credits: StatementCredit[]
  /** Earmarked to their orders: shown, and taken off nothing. */
  downPayments: StatementCredit[]
  /** Money received and applied to nothing yet. */
  cash: { receipt: string; receivedOn: LocalDate; minor: bigint }[]
  /** Interest and fees that no note has charged yet: shown, and in no balance. Sorted by due date. */
  interest: StatementInterest[]
  disputes: {
    document: string
    reason: string
    /** What the policy called it, by language. */
    reasonWords?: Partial<Texts>
    openedOn: LocalDate
    minor: bigint
  }[]
  /** Sorted by day. */
  promises: PromisedPayment[]
}

export interface StatementItem {
  /** With its tranche, when it has several. */
  document: string
  site: string | null
  issuedOn: LocalDate
  dueOn: LocalDate
  /** Whole days after the due date; 0 or less when not overdue, and when it isn't presented yet. */
  daysLate: number
  /** Not yet accepted by a customer with review days: its term hasn't begun. */
  unpresented: boolean
  originalMinor: bigint
  openMinor: bigint
  /** What of it credits and unapplied cash cover. */
  coveredMinor: bigint
  /** What of the rest is in dispute. */
  disputedMinor: bigint
  /** Day of the next payment that was promised for it. */
  promisedOn: LocalDate | null
  /** Its payment was announced and hasn't arrived. */
  announced: boolean
}

export interface StatementCredit {
  document: string
  issuedOn: LocalDate
  /** Positive. */
  minor: bigint
}

export interface StatementInterest {
  /** What was, or is, overdue. */
  document: string
  dueOn: LocalDate
  /** Negative: to be given back. */
  minor: bigint
}

export interface PromisedPayment {
  on: LocalDate
  minor: bigint
  documents: string[]
  by: string
}

export interface StatementTotals {
  openMinor: bigint
  creditMinor: bigint
  cashMinor: bigint
  /** Open less credits and cash. */
  balanceMinor: bigint
  /** Open items after their due date. */
  overdueMinor: bigint
  disputedMinor: bigint
  downPaymentMinor: bigint
  interestMinor: bigint
  /** Open items by age, in the order of the aging report; `unpresented` only where there is any. */
  aging: { bucket: string; minor: bigint }[]
}

const sum = <T>(list: readonly T[], of: (one: T) => bigint): bigint =>
  list.reduce((total, one) => total + of(one), 0n)

export function statementTotals(section: StatementSection, asOf: LocalDate): StatementTotals {
  const { items, credits, downPayments, cash } = section
  const openMinor = sum(items, (item) => item.openMinor)
  const creditMinor = sum(credits, (credit) => credit.minor)
  const cashMinor = sum(cash, (part) => part.minor)
  const aged = new Map<string, bigint>()
  for (const item of items) {
    const bucket = item.unpresented ? UNPRESENTED : bucketOf(item.dueOn, asOf)
    aged.set(bucket, (aged.get(bucket) ?? 0n) + item.openMinor)
  }
  return {
    openMinor,
    creditMinor,
    cashMinor,
    balanceMinor: openMinor - creditMinor - cashMinor,
    overdueMinor: sum(items, (item) => (item.daysLate > 0 ? item.openMinor : 0n)),
    disputedMinor: sum(items, (item) => item.disputedMinor),
    downPaymentMinor: sum(downPayments, (payment) => payment.minor),
    interestMinor: sum(section.interest, (part) => part.minor),
    aging: bucketIds(DEFAULT_BUCKETS)
      .filter((bucket) => bucket !== UNPRESENTED || aged.has(bucket))
      .map((bucket) => ({ bucket, minor: aged.get(bucket) ?? 0n })),
  }
}

/**
 * What of a promise's instalments is still to come when so much of its items is open: what was paid went to the first
 * ones.
 */
export function stillPromised<I extends { minor: bigint }>(
  instalments: readonly I[],
  openMinor: bigint,
): I[] {
  const still: I[] = []
  let left = openMinor
  for (const instalment of [...instalments].reverse()) {
    const minor = instalment.minor < left ? instalment.minor : left
    left -= minor
    if (minor > 0n) still.unshift({ ...instalment, minor })
  }
  return still
}
