import { type Currency, minorDigits } from '../money.ts'

/** How much of `quote` one `base` is worth on a day. */
export interface Rate {
  base: Currency
  quote: Currency
  /** A plain decimal, above 0. */
  rate: string
}

/** The day's rates, said in one direction or the other. */
export type Rates = readonly Rate[]

/** A plain decimal above 0, as a person or a bank's file writes it. */
export const isRate = (text: string): boolean => /^\d{1,12}(\.\d{1,12})?$/.test(text) && /[1-9]/.test(text)

/** An amount in another currency, rounded up. Null when no rate says. */
export function convert(minor: bigint, from: Currency, to: Currency, rates: Rates): bigint | null {
  if (from === to || minor === 0n) return minor
  const straight = rates.find((r) => r.base === from && r.quote === to)
  const inverse = rates.find((r) => r.base === to && r.quote === from)
  if (!straight && !inverse) return null
  const { units, scale } = exactly((straight ?? inverse)!.rate)
  const [times, by] = straight ? [units, scale] : [scale, units]
  return upwards(minor * times * power(minorDigits(to)), by * power(minorDigits(from)))
}

const power = (digits: number): bigint => 10n ** BigInt(digits)

function exactly(rate: string): { units: bigint; scale: bigint } {
  const [whole = '', fraction = ''] = rate.split('.')
  return { units: BigInt(whole + fraction), scale: power(fraction.length) }
}

const upwards = (value: bigint, by: bigint): bigint => {
  const down = value / by
  return value % by > 0n ? down + 1n : down
}
