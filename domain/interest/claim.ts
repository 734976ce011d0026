import { addDays, type LocalDate } from '../calendar.ts'
import { parseAmount } from '../money.ts'
import { countDays, yearDays } from './dayCount.ts'
import type { Fee, InterestRule } from './rule.ts'

/*
 * Simple interest on the overdue principal. A day runs from a date to the next: the first is that from the due date to
 * the day after; money counts from its value date on, a rate from its own. Interest bears none itself.
 */

/** What interest runs on. Amounts in minor units of one currency. */
export interface Claim {
  currency: string
  originalMinor: bigint
  /** From when it is overdue. */
  dueOn: LocalDate
  /** What changed the principal, by value date: less when negative. */
  movements: readonly { on: LocalDate; minor: bigint }[]
  disputed: readonly DisputedTime[]
  /** When steps of the policy were done. */
  steps: readonly { step: string; on: LocalDate }[]
}

/** A part in dispute from a day (null: it was never owed) until a day (null: still). */
export interface DisputedTime {
  from: LocalDate | null
  until: LocalDate | null
  minor: bigint
}

/** Days on which base and rate were the same. */
export interface Segment {
  from: LocalDate
  to: LocalDate
  days: number
  baseMinor: bigint
  /** A year. */
  percent: string
}

const RATE_UNITS = 1_000_000n
const rateUnits = (percent: string): bigint => {
  const [whole, fraction = ''] = percent.split('.')
  return BigInt(whole! + fraction.padEnd(6, '0'))
}

/** Half away from zero; `divisor` is positive. */
export const divided = (value: bigint, divisor: bigint): bigint =>
  value < 0n ? -divided(-value, divisor) : (2n * value + divisor) / (2n * divisor)

/** How interest of a claim came to be, up to a day. */
export function segmentsOf(rule: InterestRule, claim: Claim, through: LocalDate): Segment[] {
  const graceEnd = addDays(claim.dueOn, rule.grace_days)
  if (through <= graceEnd && rule.grace_days > 0) return []
  const start = rule.counts_from === 'due' ? claim.dueOn : graceEnd
  const turns = [
    start,
    graceEnd,
    through,
    ...claim.movements.map(({ on }) => on),
    ...rule.rates.map(({ from }) => from),
    ...claim.disputed.flatMap(({ from, until }) => [from, until]),
  ].filter((day): day is LocalDate => day !== null && day >= start && day <= through)
  const days = [...new Set(turns)].sort()
  const segments: Segment[] = []
  for (const [index, to] of days.entries()) {
    const from = days[index - 1]
    if (from === undefined) continue
    const percent = rateOn(rule, from)
    const baseMinor = baseOn(rule, claim, from, graceEnd)
    const count = countDays(rule.day_count, from, to)
    if (percent === null || baseMinor <= 0n || count === 0) continue
    const last = segments.at(-1)
    if (last && last.to === from && last.baseMinor === baseMinor && last.percent === percent) {
      last.to = to
      last.days += count
    } else segments.push({ from, to, days: count, baseMinor, percent })
  }
  return segments
}

const rateOn = (rule: InterestRule, day: LocalDate): string | null =>
  rule.rates.findLast(({ from }) => from <= day)?.percent ?? null

/** What bears interest from a day on. What was paid within the grace never does. */
function baseOn(rule: InterestRule, claim: Claim, day: LocalDate, graceEnd: LocalDate): bigint {
  const open =
    day < graceEnd ? least(principalOn(claim, day), principalOn(claim, graceEnd)) : principalOn(claim, day)
  if (rule.disputed === 'bears') return open
  const disputed = claim.disputed
    .filter(({ from, until }) => (from === null || from <= day) && (until === null || until > day))
    .reduce((sum, { minor }) => sum + minor, 0n)
  return open > disputed ? open - disputed : 0n
}

const principalOn = (claim: Claim, day: LocalDate): bigint =>
  claim.movements.reduce((sum, { on, minor }) => (on <= day ? sum + minor : sum), claim.originalMinor)

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/**
 * All interest of a claim up to a day, rounded once: what accrues between two days is the difference of two totals, so
 * that pieces add up to the whole whatever the days were.
 */
export function interestThrough(rule: InterestRule, claim: Claim, through: LocalDate): bigint {
  const exact = segmentsOf(rule, claim, through).reduce(
    (sum, { baseMinor, percent, days }) => sum + baseMinor * rateUnits(percent) * BigInt(days),
    0n,
  )
  const total = divided(exact, 100n * RATE_UNITS * yearDays(rule.day_count))
  if (rule.cap_percent === undefined) return total
  return least(total, divided(claim.originalMinor * rateUnits(rule.cap_percent), 100n * RATE_UNITS))
}

/** The fees that came due by themselves up to a day. */
export const feesThrough = (
  rule: InterestRule,
  claim: Claim,
  through: LocalDate,
): { id: string; minor: bigint }[] =>
  rule.fees
    .filter((fee) => cameDue(rule, fee, claim, through))
    .map((fee) => ({ id: fee.id, minor: feeIn(fee, claim.currency) }))
    .filter(({ minor }) => minor > 0n)

function cameDue(rule: InterestRule, fee: Fee, claim: Claim, through: LocalDate): boolean {
  const counts = (on: LocalDate) => on <= through && on >= (fee.from ?? on)
  if (fee.step !== undefined) return claim.steps.some(({ step, on }) => step === fee.step && counts(on))
  if (fee.overdue_days === undefined) return false
  const on = addDays(claim.dueOn, fee.overdue_days)
  return counts(on) && baseOn(rule, claim, on, on) > 0n
}

export const feeIn = (fee: Fee, currency: string): bigint => amountIn(fee.amount, currency)

/** Of a table by currency; nothing where it doesn't name the currency. */
export const amountIn = (table: Readonly<Record<string, string>>, currency: string): bigint => {
  const parsed = parseAmount(table[currency] ?? '0', currency, { decimal: '.' })
  return parsed.ok ? parsed.minor : 0n
}

/** The last day up to which interest is to be in the books when this day has come. */
export const accrualDay = (rule: InterestRule, today: LocalDate): LocalDate =>
  rule.accrue === 'daily' ? addDays(today, -1) : addDays(`${today.slice(0, 8)}01`, -1)
