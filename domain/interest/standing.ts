import type { LocalDate } from '../calendar.ts'
import { type Claim, feesThrough, interestThrough } from './claim.ts'
import type { InterestRule } from './rule.ts'

/** What is in the books of a receivable's interest. */
export interface Booked {
  interestMinor: bigint
  /** By the id of the fee. */
  fees: ReadonlyMap<string, bigint>
  chargedMinor: bigint
  waivedMinor: bigint
}

/** How interest and fees of a receivable stand on a day, whatever of it is in the books. */
export interface Standing {
  interestMinor: bigint
  feesMinor: bigint
  /** By notes, less what was given back. */
  chargedMinor: bigint
  waivedMinor: bigint
  /**
   * Neither charged nor waived. Negative: more was charged than turned out to be owed, and is to be given back. What was
   * waived is given back to nobody, so that it never makes this negative.
   */
  openMinor: bigint
  /** What is to be posted so that the books say the same. */
  toPost: { interestMinor: bigint; fees: { id: string; minor: bigint }[] }
}

/**
 * @param rule null: no longer any; what was booked stays as it is
 */
export function standingOn(rule: InterestRule | null, claim: Claim, booked: Booked, on: LocalDate): Standing {
  const interestMinor = rule === null ? booked.interestMinor : interestThrough(rule, claim, on)
  const due = rule === null ? [] : feesThrough(rule, claim, on)
  // Fees by hand, and those of a rule that is gone, stay; those that come by themselves go when their reason does.
  const automatic =
    rule === null ? [] : rule.fees.filter((fee) => fee.step !== undefined || fee.overdue_days !== undefined)
  const fees = automatic
    .map(({ id }) => ({
      id,
      minor: (due.find((fee) => fee.id === id)?.minor ?? 0n) - (booked.fees.get(id) ?? 0n),
    }))
    .filter(({ minor }) => minor !== 0n)
  const feesMinor =
    [...booked.fees.values()].reduce((sum, minor) => sum + minor, 0n) +
    fees.reduce((sum, { minor }) => sum + minor, 0n)
  const { chargedMinor, waivedMinor } = booked
  const uncharged = interestMinor + feesMinor - chargedMinor
  return {
    interestMinor,
    feesMinor,
    chargedMinor,
    waivedMinor,
    openMinor: uncharged <= 0n ? uncharged : uncharged > waivedMinor ? uncharged - waivedMinor : 0n,
    toPost: { interestMinor: interestMinor - booked.interestMinor, fees },
  }
}
