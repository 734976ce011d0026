import { addDays, type LocalDate } from '../calendar.ts'
import { percentOf, shareOut } from '../dispute.ts'
import { type MoneyJson, toDecimal } from '../money.ts'
import { Refusal, type Refusals } from '../refusal.ts'
import type { Offer } from './offer.ts'
import type { NegotiationRules } from './rules.ts'

/** What an offer comes to: every amount in minor units of one currency, every date a day. */

/** A receivable that is negotiated about. */
export interface NegotiatedItem {
  receivable: number
  document: string
  dueOn: LocalDate
  /** What is open of it and not disputed. */
  claimMinor: bigint
  /** Interest that has accrued on it and isn't paid. */
  interestMinor: bigint
  /** It waits for the customer's acceptance: its term hasn't begun. */
  unpresented: boolean
}

export interface Payment {
  dueOn: LocalDate
  minor: bigint
}

export interface Terms {
  currency: string
  /** What the customer pays, and when: the instalments, or what a discount leaves. Empty when only a due date moves. */
  payments: Payment[]
  dueDates: { receivable: number; dueOn: LocalDate }[]
  discount: { minor: bigint; paidBy: LocalDate } | null
  waivedMinor: bigint
  guarantee: { kind: string; minor: bigint; coverage: string } | null
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, minor) => total + minor, 0n)

export const claimOf = (items: readonly NegotiatedItem[]): bigint => sum(items.map((item) => item.claimMinor))
export const interestOf = (items: readonly NegotiatedItem[]): bigint =>
  sum(items.map((item) => item.interestMinor))

/**
 * Makes amounts and dates of an offer. No more interest is waived than `waivesUpTo`, when that is said.
 * @throws Refusal when its parts contradict each other or the claim
 */
export function resolveOffer(
  offer: Offer,
  items: readonly NegotiatedItem[],
  currency: string,
  today: LocalDate,
  waivesUpTo?: MoneyJson,
): Terms {
  const minorOf = (amount: { currency: string; minor: number }): bigint => {
    if (amount.currency !== currency)
      throw new Refusal('WrongCurrency', {
        document: items[0]!.document,
        expected: currency,
        given: amount.currency,
      })
    return BigInt(amount.minor)
  }
  const claim = claimOf(items)
  const discount = discountOf(offer, claim, currency, today, minorOf)
  const waived = waivedOf(offer, interestOf(items), currency, minorOf)
  const most = waivesUpTo ? minorOf(waivesUpTo) : waived
  return {
    currency,
    payments: paymentsOf(offer, claim, discount, currency, today, minorOf),
    dueDates: dueDatesOf(offer, items, today),
    discount,
    waivedMinor: waived < most ? waived : most,
    guarantee: offer.guarantee
      ? {
          kind: offer.guarantee.kind,
          minor: minorOf(offer.guarantee.amount),
          coverage: offer.guarantee.coverage ?? '',
        }
      : null,
  }
}

type MinorOf = (amount: { currency: string; minor: number }) => bigint

function discountOf(
  { discount }: Offer,
  claim: bigint,
  currency: string,
  today: LocalDate,
  minorOf: MinorOf,
): Terms['discount'] {
  if (!discount) return null
  const minor =
    discount.percent === undefined ? minorOf(discount.amount!) : percentOf(claim, discount.percent)
  // All of it would be a write-off.
  if (minor === 0n || minor >= claim)
    throw new Refusal('TermsExceedClaim', {
      part: 'discount',
      claim: toDecimal(claim, currency),
      given: toDecimal(minor, currency),
    })
  mustBeAfter('paidBy', discount.paidBy, today, 'not be before')
  return { minor, paidBy: discount.paidBy }
}

/** With a discount the instalments are together what it leaves, the last of them by its date. */
function paymentsOf(
  { instalments }: Offer,
  claim: bigint,
  discount: Terms['discount'],
  currency: string,
  today: LocalDate,
  minorOf: MinorOf,
): Payment[] {
  const payable = claim - (discount?.minor ?? 0n)
  if (!instalments) return discount ? [{ dueOn: discount.paidBy, minor: payable }] : []
  const payments = instalments.map(({ dueOn, amount }) => ({ dueOn, minor: minorOf(amount) }))
  let previous: LocalDate | null = null
  for (const { dueOn } of payments) {
    if (previous === null) mustBeAfter('dueOn', dueOn, today, 'not be before')
    else mustBeAfter('dueOn', dueOn, previous, 'be after the instalment before it,')
    previous = dueOn
  }
  const promised = sum(payments.map((p) => p.minor))
  const given = toDecimal(promised, currency)
  if (promised > payable)
    throw new Refusal('TermsExceedClaim', { part: 'instalments', claim: toDecimal(payable, currency), given })
  if (discount && promised !== payable)
    throw new Refusal('DiscountNotPaid', { payable: toDecimal(payable, currency), given })
  if (discount && previous! > discount.paidBy)
    throw new Refusal('InvalidDate', {
      field: 'dueOn',
      value: previous!,
      must: `not be after ${discount.paidBy}`,
    })
  return payments
}

function mustBeAfter(
  field: string,
  value: LocalDate,
  bound: LocalDate,
  must: 'not be before' | 'be after the instalment before it,',
): void {
  if (must === 'not be before' ? value < bound : value <= bound)
    throw new Refusal('InvalidDate', { field, value, must: `${must} ${bound}` })
}

function dueDatesOf(
  { extension }: Offer,
  items: readonly NegotiatedItem[],
  today: LocalDate,
): Terms['dueDates'] {
  if (!extension) return []
  const named = extension.each ?? items.map(({ document }) => ({ document, dueOn: extension.dueOn }))
  return named.map(({ document, dueOn: said }) => {
    const item = items.find((i) => i.document === document)
    if (!item) throw new Refusal('NotFound', { what: 'receivable', id: document })
    // Its term runs from acceptance: there is no due date yet that could move.
    if (item.unpresented) throw new Refusal('AwaitsPresentation', { document })
    const dueOn = said ?? addDays(item.dueOn, extension.days ?? 0)
    const least = item.dueOn > today ? item.dueOn : today
    if (dueOn <= least)
      throw new Refusal('InvalidDate', { field: 'extension', value: dueOn, must: `be after ${least}` })
    return { receivable: item.receivable, dueOn }
  })
}

function waivedOf({ waiver }: Offer, interest: bigint, currency: string, minorOf: MinorOf): bigint {
  if (!waiver) return 0n
  const minor = waiver.percent === undefined ? minorOf(waiver.amount!) : percentOf(interest, waiver.percent)
  if (minor === 0n || minor > interest)
    throw new Refusal('TermsExceedClaim', {
      part: 'waiver',
      claim: toDecimal(interest, currency),
      given: toDecimal(minor, currency),
    })
  return minor
}

/** The parts of the discount by receivable, in the order of the items: together exactly that. */
export const discountShares = (terms: Pick<Terms, 'discount'>, items: readonly NegotiatedItem[]): bigint[] =>
  shareOut(
    terms.discount?.minor ?? 0n,
    items.map((item) => item.claimMinor),
  )

/** The same of the waived interest. */
export const waiverShares = (terms: Pick<Terms, 'waivedMinor'>, items: readonly NegotiatedItem[]): bigint[] =>
  shareOut(
    terms.waivedMinor,
    items.map((item) => item.interestMinor),
  )

/** Last day on which something that was agreed is due; null when nothing is. */
export const lastDateOf = (terms: Pick<Terms, 'payments' | 'dueDates'>): LocalDate | null =>
  [...terms.payments, ...terms.dueDates]
    .map(({ dueOn }) => dueOn)
    .sort()
    .at(-1) ?? null

/** Where terms go further than the policy lets anybody offer; empty when they don't. */
export function beyondRules(
  terms: Terms,
  items: readonly NegotiatedItem[],
  rules: NegotiationRules,
  today: LocalDate,
): Refusals['TermsBeyondPolicy'][] {
  const beyond: Refusals['TermsBeyondPolicy'][] = []
  const { payments, discount, waivedMinor } = terms
  const latest = addDays(today, rules.furthest_days)
  const last = lastDateOf(terms)
  if (last !== null && last > latest) beyond.push({ term: 'furthest', limit: latest, given: last })
  if (payments.length > rules.max_instalments)
    beyond.push({
      term: 'instalments',
      limit: String(rules.max_instalments),
      given: String(payments.length),
    })
  const most = (whole: bigint, percent: number) => (whole * BigInt(percent)) / 100n
  const amounts = (limit: bigint, given: bigint) => ({
    limit: toDecimal(limit, terms.currency),
    given: toDecimal(given, terms.currency),
    currency: terms.currency,
  })
  const discountLimit = most(claimOf(items), rules.max_discount_percent)
  if (discount && discount.minor > discountLimit)
    beyond.push({ term: 'discount', ...amounts(discountLimit, discount.minor) })
  const waiverLimit = most(interestOf(items), rules.max_waiver_percent)
  if (waivedMinor > waiverLimit) beyond.push({ term: 'waiver', ...amounts(waiverLimit, waivedMinor) })
  const least = (sum(payments.map((p) => p.minor)) * BigInt(rules.min_down_payment_percent) + 99n) / 100n
  if (payments.length > 1 && payments[0]!.minor < least)
    beyond.push({ term: 'down_payment', ...amounts(least, payments[0]!.minor) })
  return beyond
}

/**
 * What of a discount is given on each item: its share as far as that is open, the rest where something else is. Whatever
 * the customer said its money was for, the discount closes what is left.
 */
export function grantedParts(shares: readonly bigint[], uncovered: readonly bigint[]): bigint[] {
  const parts = shares.map((share, i) => (share < uncovered[i]! ? share : uncovered[i]!))
  let left = sum(shares) - sum(parts)
  for (const [i, part] of parts.entries()) {
    const more = left < uncovered[i]! - part ? left : uncovered[i]! - part
    parts[i] = part + more
    left -= more
  }
  return parts
}
