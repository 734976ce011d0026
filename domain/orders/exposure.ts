import type { Currency } from '../money.ts'
import { convert, type Rates } from './rates.ts'

export interface Amount {
  currency: Currency
  minor: bigint
}

/** What a customer, or a group, stands for: in the currencies in which it owes, has ordered, has paid, may owe. */
export interface ExposureParts {
  /** Of debits, uncleared cheques included. */
  owed: readonly Amount[]
  /** Of released orders that aren't invoiced yet, within the horizon. */
  reserved: readonly Amount[]
  /** Unused money that settles a part of what is owed. */
  netted: readonly Amount[]
  /** Null: never had a limit. */
  limit: readonly Amount[] | null
}

/** The same in one currency. */
export interface Exposure {
  currency: Currency
  owedMinor: bigint
  reservedMinor: bigint
  nettedMinor: bigint
  /** Owed + reserved − netted. */
  minor: bigint
  limitMinor: bigint | null
}

/** Measures everything in one currency: that of the limit, and of several limits the one asked for, if it is among them. */
export function measure(
  parts: ExposureParts,
  asked: Currency,
  rates: Rates,
): Exposure | { missing: { from: Currency; to: Currency } } {
  const limits = parts.limit ?? []
  const currency = limits.some((l) => l.currency === asked) ? asked : (limits[0]?.currency ?? asked)
  let missing: Currency | null = null
  // What is owed is rounded up to the cent, what is set against it down.
  const sum = (amounts: readonly Amount[], sign: bigint): bigint =>
    amounts.reduce((total, { currency: from, minor }) => {
      const converted = convert(sign * minor, from, currency, rates)
      if (converted === null) missing ??= from
      return total + sign * (converted ?? 0n)
    }, 0n)
  const [owedMinor, reservedMinor] = [sum(parts.owed, 1n), sum(parts.reserved, 1n)]
  const [nettedMinor, limitMinor] = [sum(parts.netted, -1n), sum(limits, -1n)]
  if (missing !== null) return { missing: { from: missing, to: currency } }
  return {
    currency,
    owedMinor,
    reservedMinor,
    nettedMinor,
    minor: owedMinor + reservedMinor - nettedMinor,
    limitMinor: parts.limit === null ? null : limitMinor,
  }
}
