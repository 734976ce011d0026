import type { LocalDate } from '../calendar.ts'
import type { Currency } from '../money.ts'
import { type Term, termOn } from './term.ts'

export const LINE_KINDS = ['base', 'temporary'] as const
export type LineKind = (typeof LINE_KINDS)[number]
export const GUARANTEE_KINDS = ['pagare', 'mortgage', 'deposit', 'insurance', 'guarantor'] as const
export type GuaranteeKind = (typeof GUARANTEE_KINDS)[number]

export interface LineTerm extends Term {
  what: 'granted' | 'reduced' | 'reviewed' | 'closed'
  /** When it is looked at again. */
  reviewOn: LocalDate | null
}

export interface CreditLine {
  id: number
  customerId: number
  kind: LineKind
  currency: Currency
  terms: LineTerm[]
}

export interface GuaranteeTerm extends Term {
  what: 'registered' | 'renewed' | 'realised' | 'released'
  coveragePercent: number
}

export interface Guarantee {
  id: number
  customerId: number
  kind: GuaranteeKind
  reference: string
  givenBy: string
  currency: Currency
  /** Of the paper: the years of a pagaré run from these. */
  signedOn: LocalDate | null
  maturesOn: LocalDate | null
  terms: GuaranteeTerm[]
}

/** How much a customer may owe in a currency, and of what that is made. */
export interface Limit {
  customerId: number
  currency: Currency
  minor: bigint
  lines: { line: number; kind: LineKind; minor: bigint; to: LocalDate | null }[]
  guarantees: {
    guarantee: number
    kind: GuaranteeKind
    reference: string
    /** What it is good for, and the part of it that counts. */
    amountMinor: bigint
    coveragePercent: number
    minor: bigint
    to: LocalDate | null
  }[]
}

/** The part of a guarantee that counts for the limit: never a cent more than the percentage. */
export const covered = (minor: bigint, coveragePercent: number): bigint =>
  (minor * BigInt(coveragePercent)) / 100n

/** The limits of customers on a day: what holds of their lines, and of their guarantees to the part that counts. */
export function limitsOn(
  lines: readonly CreditLine[],
  guarantees: readonly Guarantee[],
  on: LocalDate,
): Limit[] {
  const limits = new Map<string, Limit>()
  const limitOf = ({ customerId, currency }: { customerId: number; currency: Currency }): Limit => {
    const key = `${customerId} ${currency}`
    const found = limits.get(key) ?? { customerId, currency, minor: 0n, lines: [], guarantees: [] }
    limits.set(key, found)
    return found
  }
  for (const line of lines) {
    const term = termOn(line.terms, on)
    if (term === null) continue
    const limit = limitOf(line)
    limit.lines.push({ line: line.id, kind: line.kind, minor: term.minor, to: term.to })
    limit.minor += term.minor
  }
  for (const guarantee of guarantees) {
    const term = termOn(guarantee.terms, on)
    if (term === null) continue
    const limit = limitOf(guarantee)
    const minor = covered(term.minor, term.coveragePercent)
    limit.guarantees.push({
      guarantee: guarantee.id,
      kind: guarantee.kind,
      reference: guarantee.reference,
      amountMinor: term.minor,
      coveragePercent: term.coveragePercent,
      minor,
      to: term.to,
    })
    limit.minor += minor
  }
  return [...limits.values()].sort(
    (a, b) => a.customerId - b.customerId || (a.currency < b.currency ? -1 : 1),
  )
}
