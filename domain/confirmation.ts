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
    const ours = items.reduce((sum, i) => (i.currency === currency ? sum + i.minor : sum), 0n)
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

/** What of a difference the customer contests: it says that it owes less of a document than we do. */
export const contestedMinor = ({ receivable, oursMinor, theirsMinor }: ConfirmationDifference): bigint =>
  receivable !== null && oursMinor > 0n && theirsMinor < oursMinor ? oursMinor - theirsMinor : 0n
