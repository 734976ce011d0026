import type { LocalDate } from './calendar.ts'
import { type Came, take } from './came.ts'

/** Money that was announced, or signed for, for some items. */
export interface Claim {
  id: number
  minor: bigint
  items: readonly number[]
  /** The newest transfer of the books when it was written. */
  afterTransfer: bigint
  /** Found already, or over anyway: what there is of it is its own, even too little. */
  found: boolean
  closedOn: LocalDate | null
}

/** What the source settled of an item; negative where it opened it again. */
export interface Settlement extends Came {
  item: number
  on: LocalDate
}

/**
 * Which claims the source has settled: in whole or not at all, each unit of money once, in the order given, which is that
 * in which they were found and then that in which they were written. And what nobody has taken.
 */
export function settledAtSource(
  claims: readonly Claim[],
  movements: readonly Settlement[],
): { settled: Set<number>; left: Settlement[] } {
  const left = standing(movements)
  const settled = new Set<number>()
  for (const claim of claims) {
    const since = left.filter(
      (s) =>
        s.transfer > claim.afterTransfer &&
        claim.items.includes(s.item) &&
        (claim.closedOn === null || s.on <= claim.closedOn),
    )
    if (!claim.found && since.reduce((sum, s) => sum + s.minor, 0n) < claim.minor) continue
    take(since, claim.minor)
    settled.add(claim.id)
  }
  return { settled, left }
}

/** The settlements, less what was opened again: the newest of the item first. */
function standing(movements: readonly Settlement[]): Settlement[] {
  const settlements: Settlement[] = []
  for (const m of movements)
    if (m.minor > 0n) settlements.push({ ...m })
    else take(settlements.filter((s) => s.item === m.item).toReversed(), -m.minor)
  return settlements
}
