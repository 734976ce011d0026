/** Amounts of disputes. All in minor units of one currency. */

/**
 * Shares a total out by weight: each part rounded down or up, the parts together exactly the total. What rounding leaves
 * goes to those that lost most by it, the first of equals first.
 */
export function shareOut(total: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n)
  if (whole === 0n) return weights.map(() => 0n)
  const parts = weights.map((weight) => (total * weight) / whole)
  let left = total - parts.reduce((sum, part) => sum + part, 0n)
  const byLoss = weights
    .map((weight, index) => ({ index, lost: (total * weight) % whole }))
    .sort((a, b) => (b.lost > a.lost ? 1 : b.lost < a.lost ? -1 : a.index - b.index))
  for (const { index } of byLoss) {
    if (left === 0n) break
    parts[index]! += 1n
    left -= 1n
  }
  return parts
}

const PERCENT = /^(\d{1,3})(?:\.(\d{1,4}))?$/

/** `8` or `8.25`: above 0, at most 100, with up to four decimals. */
export const isPercent = (text: string): boolean => {
  const units = percentUnits(text)
  return units !== null && units > 0n && units <= 1_000_000n
}

/** In units of a ten-thousandth of a percent; null when it isn't one. */
export function percentUnits(text: string): bigint | null {
  const found = PERCENT.exec(text)
  return found ? BigInt(found[1]! + (found[2] ?? '').padEnd(4, '0')) : null
}

/** So much percent of an amount, half a cent up. */
export const percentOf = (minor: bigint, percent: string): bigint =>
  (minor * percentUnits(percent)! * 2n + 1_000_000n) / 2_000_000n

/** What moved the balance of a disputed receivable, as the books name it. */
export type MovementKind = 'paid' | 'credited' | 'cleared' | 'written_off'
export type DisputeOutcome = 'credit_note' | 'rebill' | 'rejected' | 'withdrawn'

/** In the order in which they happened. */
export type DisputeEvent =
  /** Less is owed by so much; more when negative. */
  | { type: 'movement'; kind: MovementKind; minor: bigint }
  /** A part of what is disputed was decided; `moves`: less is owed by it. */
  | { type: 'resolution'; outcome: DisputeOutcome; claimMinor: bigint; minor: bigint; moves: boolean }

/** They add up to `original`. */
export interface DisputeAmounts {
  original: bigint
  /** Still disputed. */
  disputed: bigint
  paid: bigint
  credited: bigint
  /** By re-invoicing, a cancellation, or in the source's books. */
  cleared: bigint
  writtenOff: bigint
  /** Found to be owed, or withdrawn: chased again. */
  rejected: bigint
}

/**
 * What became of a disputed amount. Payments and credits take the undisputed part of a receivable first; only what goes
 * beyond it makes the dispute smaller. What is decided in the dispute takes the disputed part.
 */
export function disputeAmounts(
  original: bigint,
  owedThen: bigint,
  events: readonly DisputeEvent[],
): DisputeAmounts {
  const amounts: DisputeAmounts = {
    original,
    disputed: 0n,
    paid: 0n,
    credited: 0n,
    cleared: 0n,
    writtenOff: 0n,
    rejected: 0n,
  }
  let claim = original
  let owed = owedThen
  const open = (): bigint => (claim < owed ? claim : owed)
  for (const event of events) {
    const before = open()
    if (event.type === 'resolution') {
      claim -= event.claimMinor
      if (event.moves) owed -= event.minor
      amounts[DECIDED[event.outcome]] += before - open()
    } else {
      owed -= event.minor
      amounts[MOVED[event.kind]] += before - open()
    }
  }
  return { ...amounts, disputed: open() }
}

const MOVED = {
  paid: 'paid',
  credited: 'credited',
  cleared: 'cleared',
  written_off: 'writtenOff',
} as const satisfies Record<MovementKind, keyof DisputeAmounts>

const DECIDED = {
  credit_note: 'credited',
  rebill: 'cleared',
  rejected: 'rejected',
  withdrawn: 'rejected',
} as const satisfies Record<DisputeOutcome, keyof DisputeAmounts>
