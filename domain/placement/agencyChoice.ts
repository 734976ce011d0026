import type { AgencyRule } from './rules.ts'

/** Which agency, or lawyer, is asked first. */

export interface AgencyFacts {
  id: number
  code: string
  /** What it takes; an empty list takes all. */
  segments: readonly string[]
  branches: readonly string[]
  /** By currency, what a placement's total must be within; a currency that isn't named is taken. */
  amounts: Readonly<Record<string, { fromMinor: bigint; toMinor: bigint | null }>>
  commissionUnits: number
  /** Open with it now, by currency. */
  placed: Readonly<Record<string, bigint>>
}

export interface ToPlace {
  segment: string
  branch: string
  totals: readonly { currency: string; minor: bigint }[]
}

/** Whether it takes such a placement at all. */
export const takes = (agency: AgencyFacts, { segment, branch, totals }: ToPlace): boolean =>
  (agency.segments.length === 0 || agency.segments.includes(segment)) &&
  (agency.branches.length === 0 || agency.branches.includes(branch)) &&
  totals.every(({ currency, minor }) => {
    const limits = agency.amounts[currency]
    return (
      limits === undefined ||
      (minor >= limits.fromMinor && (limits.toMinor === null || minor <= limits.toMinor))
    )
  })

/** Of how many things it says that it is for them in particular. */
const speciality = (agency: AgencyFacts, { totals }: ToPlace): number =>
  [
    agency.segments.length > 0,
    agency.branches.length > 0,
    totals.some(({ currency }) => agency.amounts[currency] !== undefined),
  ].filter(Boolean).length

/** Less is asked first. */
const MEASURES: Record<AgencyRule, (agency: AgencyFacts, to: ToPlace) => bigint> = {
  specialised: (agency, to) => -BigInt(speciality(agency, to)),
  least_placed: (agency, { totals }) =>
    totals.reduce((sum, { currency }) => sum + (agency.placed[currency] ?? 0n), 0n),
  lowest_commission: ({ commissionUnits }) => BigInt(commissionUnits),
}

/** Those that take it, in the order of the rules; equals in the order of their codes. */
export const inOrder = <A extends AgencyFacts>(
  agencies: readonly A[],
  to: ToPlace,
  rules: readonly AgencyRule[],
): A[] =>
  agencies
    .filter((agency) => takes(agency, to))
    .sort((a, b) => {
      for (const rule of rules) {
        const [left, right] = [MEASURES[rule](a, to), MEASURES[rule](b, to)]
        if (left !== right) return left < right ? -1 : 1
      }
      return a.code < b.code ? -1 : a.code > b.code ? 1 : 0
    })
