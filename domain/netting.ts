import type { LocalDate } from './calendar.ts'

/** Money the company already has and nobody applied yet: a receipt's remainder, or an open credit. */
export interface UnusedMoney {
  /** The open credit that it is; null for what is left of a receipt. */
  creditId: number | null
  minor: bigint
  valueOn: LocalDate
}

/** An open item of the payer, oldest due first as passed in. */
export interface OpenDebit {
  receivableId: number
  minor: bigint
}

export interface Netted {
  receivableId: number
  creditId: number | null
  minor: bigint
  valueOn: LocalDate
}

/**
 * Virtual netting: unused money against the payer's oldest items, each unit of it once. Both lists must be
 * of one payer and one currency, in the order in which they are to be used. Nothing moves in the books.
 */
export function netVirtually(unused: readonly UnusedMoney[], debits: readonly OpenDebit[]): Netted[] {
  // An overdrawn lot is nobody's money: it must not enlarge what another one nets.
  const money = unused.filter((lot) => lot.minor > 0n)
  const netted: Netted[] = []
  let lot = 0
  let left = money[0]?.minor ?? 0n
  for (const debit of debits) {
    let uncovered = debit.minor
    while (uncovered > 0n && lot < money.length) {
      const used = left < uncovered ? left : uncovered
      const { creditId, valueOn } = money[lot]!
      netted.push({ receivableId: debit.receivableId, creditId, minor: used, valueOn })
      uncovered -= used
      left -= used
      if (left === 0n) left = money[++lot]?.minor ?? 0n
    }
    if (lot >= money.length) break
  }
  return netted
}
