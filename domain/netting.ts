import type { LocalDate } from './calendar.ts'

/** Money the company already has and nobody applied yet: a receipt's remainder, or an open credit. */
export interface UnusedMoney {
  /** The open credit that it is; null for what is left of a receipt. */
  creditId: number | null
  /** The receipt that it is left of. */
  receiptId?: number | null
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
  receiptId?: number | null
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
      netted.push({ ...money[lot]!, receivableId: debit.receivableId, minor: used })
      uncovered -= used
      left -= used
      if (left === 0n) left = money[++lot]?.minor ?? 0n
    }
    if (lot >= money.length) break
  }
  return netted
}

/** Unused money with whose it is: a credit nets what its customer owes; cash (customer null), whatever its payer pays for. */
export interface Lot extends UnusedMoney {
  payer: number
  customer: number | null
  currency: string
}

/** An open item with who owes it and who pays for it. */
export interface Owed extends OpenDebit {
  payer: number
  customer: number
  currency: string
}

/**
 * The same for all the money and items of some payers, each list in the order in which it is to be used, credits before
 * cash: what nets each receivable.
 */
export function netAll(money: readonly Lot[], debits: readonly Owed[]): Map<number, Netted[]> {
  const left = new Map(debits.map((d) => [d.receivableId, d.minor]))
  const netted = new Map<number, Netted[]>()
  for (const lots of pools(money)) {
    const { payer, customer, currency } = lots[0]!
    const among = debits.filter(
      (d) => d.payer === payer && d.currency === currency && (customer === null || d.customer === customer),
    )
    for (const part of netVirtually(
      lots.map(({ creditId, receiptId, minor, valueOn }) => ({
        creditId,
        receiptId: receiptId ?? null,
        minor,
        valueOn,
      })),
      among.map(({ receivableId }) => ({ receivableId, minor: left.get(receivableId)! })),
    )) {
      left.set(part.receivableId, left.get(part.receivableId)! - part.minor)
      netted.set(part.receivableId, [...(netted.get(part.receivableId) ?? []), part])
    }
  }
  return netted
}

/** Lots that may be used for the same items, credits before cash. */
function pools(money: readonly Lot[]): Lot[][] {
  const byPool = new Map<string, Lot[]>()
  for (const lot of [
    ...money.filter((m) => m.customer !== null),
    ...money.filter((m) => m.customer === null),
  ]) {
    const pool = `${lot.payer} ${lot.customer ?? 'cash'} ${lot.currency}`
    byPool.set(pool, [...(byPool.get(pool) ?? []), lot])
  }
  return [...byPool.values()]
}
