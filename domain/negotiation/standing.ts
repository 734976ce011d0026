import type { LocalDate } from '../calendar.ts'
import { type CustomerFacts, type Reckoned, reckon } from '../orders/check.ts'
import type { OrdersPolicy } from '../orders/policy.ts'
import type { NegotiatedItem, Terms } from './terms.ts'

export type Standing = Reckoned | NonNullable<CustomerFacts['byHand']>

/** How a customer stands for orders: now, once it is agreed, and once all of it is paid. */
export interface Standings {
  now: Standing
  agreed: Standing
  paid: Standing
}

/** What a person has said about a customer's orders holds, whatever is agreed. */
export function standingsUnder(
  facts: CustomerFacts,
  policy: OrdersPolicy,
  terms: Terms,
  items: readonly NegotiatedItem[],
): Standings {
  const { currency } = terms
  const promised = terms.payments.length > 0 && policy.not_counted.includes('promised')
  const moved = items.filter((item) =>
    terms.dueDates.some((d) => d.receivable === item.receivable && d.dueOn >= facts.today),
  )
  const paidMinor = items.reduce((sum, item) => sum + item.claimMinor, 0n)
  const less = <P extends CustomerFacts['exposure'] | null>(parts: P): P =>
    parts && { ...parts, owed: [...parts.owed, { currency, minor: -paidMinor }] }
  const paid = without(facts, items, currency)
  const standing = (of: CustomerFacts): Standing => facts.byHand ?? reckon(of, policy)
  return {
    now: standing(facts),
    agreed: standing(without(facts, promised ? items : moved, currency)),
    paid: standing({ ...paid, exposure: less(paid.exposure), own: less(paid.own) }),
  }
}

/** The same without these items among what is overdue. */
function without(facts: CustomerFacts, items: readonly NegotiatedItem[], currency: string): CustomerFacts {
  const gone = (dueOn: LocalDate): bigint =>
    items.reduce((sum, item) => (item.dueOn === dueOn ? sum + item.claimMinor : sum), 0n)
  return {
    ...facts,
    overdue: facts.overdue
      .map((part) => (part.currency === currency ? { ...part, minor: part.minor - gone(part.dueOn) } : part))
      .filter((part) => part.minor > 0n),
    dunned: facts.dunned.filter((document) => !items.some((item) => item.document === document)),
  }
}
