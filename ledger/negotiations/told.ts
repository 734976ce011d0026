import { toDecimal } from '../../domain/money.ts'
import type { Terms } from '../../domain/negotiation/terms.ts'

/** Terms as answers, the journal and approvals keep them: amounts as decimal strings. */
export interface ToldTerms {
  currency: string
  payments: { dueOn: string; amount: string }[]
  dueDates: { document: string; dueOn: string }[]
  discount: { amount: string; paidBy: string } | null
  waived: string | null
  guarantee: { kind: string; amount: string; coverage: string } | null
}

export function toldTerms(
  terms: Terms,
  items: readonly { receivable: number; document: string }[],
): ToldTerms {
  const { currency, discount, guarantee } = terms
  return {
    currency,
    payments: terms.payments.map(({ dueOn, minor }) => ({ dueOn, amount: toDecimal(minor, currency) })),
    dueDates: terms.dueDates.map(({ receivable, dueOn }) => ({
      document: items.find((item) => item.receivable === receivable)!.document,
      dueOn,
    })),
    discount: discount && { amount: toDecimal(discount.minor, currency), paidBy: discount.paidBy },
    waived: terms.waivedMinor > 0n ? toDecimal(terms.waivedMinor, currency) : null,
    guarantee: guarantee && {
      kind: guarantee.kind,
      amount: toDecimal(guarantee.minor, currency),
      coverage: guarantee.coverage,
    },
  }
}
