import type { LocalDate, WorkingCalendar } from './calendar.ts'
import type { Policy } from './policy.ts'

/**
 * Balance confirmation: a customer is asked whether its books have what ours have. Auditors know three ways of asking:
 * an answer wanted in any case, one wanted only when it differs, and the customer stating its balance without seeing ours.
 */

export const CONFIRMATION_MODES = ['confirmation', 'notification', 'request'] as const
export type ConfirmationMode = (typeof CONFIRMATION_MODES)[number]

export const CONFIRMATION_STATES = ['asked', 'agreed', 'differs', 'unopposed', 'withdrawn'] as const
export type ConfirmationState = (typeof CONFIRMATION_STATES)[number]

/** What happens when nobody answers, and when. Of a notification silence is an answer. */
export interface ConfirmationDays {
  remindOn: LocalDate | null
  callOn: LocalDate | null
  closesOn: LocalDate | null
}

export function daysOfConfirmation(
  mode: ConfirmationMode,
  askedOn: LocalDate,
  policy: Policy['confirmation'],
  calendar: WorkingCalendar,
): ConfirmationDays {
  if (mode === 'notification')
    return {
      remindOn: null,
      callOn: null,
      closesOn: calendar.addWorkingDays(askedOn, policy.silence_working_days),
    }
  const remindOn = calendar.addWorkingDays(askedOn, policy.remind_after_working_days)
  return {
    remindOn,
    callOn: calendar.addWorkingDays(remindOn, policy.call_after_working_days),
    closesOn: null,
  }
}

/** A document that was open on the day asked about; a credit is negative. */
export interface ConfirmationItem {
  receivable: number
  document: string
  currency: string
  minor: bigint
}

/** Money that the customer had paid and nobody had applied: the balance is less by it, no document is. */
export interface UnappliedCash {
  currency: string
  minor: bigint
}

/** What a customer says its books have. A credit is told by its size. */
export interface ConfirmationAnswer {
  documents: readonly { document: string; currency: string; minor: bigint }[]
  totals: readonly { currency: string; minor: bigint }[]
}

export interface ConfirmationDifference {
  /** Null for a document that only the customer has. */
  receivable: number | null
  /** Null for what no document explains of a total. */
  document: string | null
  currency: string
  oursMinor: bigint
  theirsMinor: bigint
}

/**
 * Where an answer differs from the books. Who was shown our documents agrees to those that it doesn't name; who stated
 * its own has only those that it names. A total is compared with what the documents already explain.
 */
export function differencesOf(
  mode: ConfirmationMode,
  items: readonly ConfirmationItem[],
  answer: ConfirmationAnswer,
  cash: readonly UnappliedCash[] = [],
): ConfirmationDifference[] {
  const named = new Map(answer.documents.map((d) => [d.document, d]))
  const listed = mode === 'request' && named.size > 0
  const differences: ConfirmationDifference[] = []
  for (const { receivable, document, currency, minor } of items) {
    const said = named.get(document)?.minor ?? (listed ? 0n : null)
    const theirs = said === null ? minor : minor < 0n ? -said : said
    if (theirs !== minor)
      differences.push({ receivable, document, currency, oursMinor: minor, theirsMinor: theirs })
    named.delete(document)
  }
  for (const { document, currency, minor } of named.values())
    if (minor !== 0n)
      differences.push({ receivable: null, document, currency, oursMinor: 0n, theirsMinor: minor })
  for (const { currency, minor } of answer.totals) {
    const ours = sumIn(currency, items) - sumIn(currency, cash)
    const explained = differences.reduce(
      (sum, d) => (d.currency === currency ? sum + d.theirsMinor - d.oursMinor : sum),
      ours,
    )
    if (explained !== minor)
      differences.push({
        receivable: null,
        document: null,
        currency,
        oursMinor: explained,
        theirsMinor: minor,
      })
  }
  return differences
}

const sumIn = (currency: string, parts: readonly { currency: string; minor: bigint }[]): bigint =>
  parts.reduce((sum, part) => (part.currency === currency ? sum + part.minor : sum), 0n)

/** A part of a document that is contested. */
export interface ContestedPart {
  receivable: number
  document: string
  currency: string
  minor: bigint
}

/**
 * What the customer contests: that it owes as much of a document as we have. Money of its that isn't applied yet explains
 * such differences first, in the order of the documents; only what it leaves is contested.
 */
export function contestedParts(
  differences: readonly ConfirmationDifference[],
  cash: readonly UnappliedCash[],
): ContestedPart[] {
  const left = new Map(cash.map(({ currency, minor }) => [currency, minor]))
  return differences.flatMap(({ receivable, document, currency, oursMinor, theirsMinor }) => {
    if (receivable === null || document === null || oursMinor <= 0n || theirsMinor >= oursMinor) return []
    const less = oursMinor - theirsMinor
    const money = left.get(currency) ?? 0n
    const explained = money < less ? money : less
    left.set(currency, money - explained)
    return explained === less ? [] : [{ receivable, document, currency, minor: less - explained }]
  })
}
