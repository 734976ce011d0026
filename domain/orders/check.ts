import { daysBetween, type LocalDate } from '../calendar.ts'
import { type Currency, isCurrency, parseAmount, toDecimal } from '../money.ts'
import { type Amount, type Exposure, type ExposureParts, measure } from './exposure.ts'
import { documentTypeOf, type OrderRule, type OrdersPolicy } from './policy.ts'
import { convert, type Rates } from './rates.ts'

/** Whether an order may go out: a pure answer from what is known of its customer. */

/** What is known of a customer when its order is looked at. Exposure and limit are those of its group. */
export interface CustomerFacts {
  today: LocalDate
  byHand: 'stop' | 'exempt' | null
  /** Overdue documents for which the ladder has said that orders are held. */
  dunned: readonly string[]
  /** What is overdue and held against an order, by due date. */
  overdue: readonly (Amount & { dueOn: LocalDate })[]
  /** Promises not kept about what is still open. */
  broken: number
  /** Days on which a bank took a cheque back. */
  returnedCheques: readonly LocalDate[]
  lapsedGuarantees: readonly string[]
  /** Receivables in the hands of a lawyer or an agency. */
  placed: number
  exposure: ExposureParts
  /** A member's own, when it has a limit within that of its group. */
  own: ExposureParts | null
  rates: Rates
}

export interface OrderFacts {
  documentType: string
  currency: Currency
  /** What of it isn't invoiced yet. */
  minor: bigint
  prepaid: boolean
  shipped: boolean
  /** A person's hold. */
  heldBy: string | null
  /** Beyond the horizon it takes nothing of the limit. */
  counts: boolean
  /** Reasons that it was released in spite of, through a day. */
  graced: readonly string[]
  graceUntil: LocalDate | null
}

export const REASONS = [
  'by_hand',
  'stopped',
  'dunned',
  'placed',
  'returned_cheque',
  'overdue',
  'oldest',
  'broken_promises',
  'lapsed_guarantee',
  'limit',
  'own_limit',
  'no_limit',
  'no_rate',
  'not_paid',
] as const
export type ReasonCode = (typeof REASONS)[number]

/** Why not: a code, and what its sentence needs, amounts as decimals. */
export interface Reason {
  code: ReasonCode
  data: Record<string, string | number>
}

export const PASSES = ['shipped', 'prepaid', 'exempt', 'small', 'never_checked'] as const
export type Pass = (typeof PASSES)[number]

export interface Verdict {
  outcome: 'released' | 'held'
  /** Let go without asking the rules. */
  passedAs: Pass | null
  /** What the rules say against it, in their order: why it is held, or what is warned of. */
  reasons: Reason[]
  /** So much of it, in its own currency, counts as exposure when it goes out. */
  reservesMinor: bigint
}

export function checkOrder(order: OrderFacts, facts: CustomerFacts, policy: OrdersPolicy): Verdict {
  const type = documentTypeOf(policy, order.documentType)
  const reservesMinor = type.counts && !order.prepaid ? order.minor : 0n
  const released = (passedAs: Pass | null, reasons: Reason[] = []): Verdict => ({
    outcome: 'released',
    passedAs,
    reasons,
    reservesMinor,
  })
  if (order.shipped) return released('shipped')
  if (order.heldBy !== null) return held([{ code: 'by_hand', data: { actor: order.heldBy } }])
  const pass = exclusionOf(order, facts, policy, type.check)
  if (pass) return released(pass)
  const forgiven = order.graceUntil !== null && facts.today <= order.graceUntil ? order.graced : []
  const reasons = customerReasons(facts, policy, () => limitReasons(order, facts, policy)).filter(
    (r) => !forgiven.includes(r.code),
  )
  return reasons.length === 0 || type.check === 'warn' ? released(null, reasons) : held(reasons)
}

const held = (reasons: Reason[]): Verdict => ({ outcome: 'held', passedAs: null, reasons, reservesMinor: 0n })

function exclusionOf(
  order: OrderFacts,
  { byHand }: CustomerFacts,
  policy: OrdersPolicy,
  check: 'hold' | 'warn' | 'never',
): Pass | null {
  if (order.prepaid) return 'prepaid'
  if (byHand === 'exempt') return 'exempt'
  if (check === 'never') return 'never_checked'
  const small = amountOf(policy.small_amount, order.currency)
  return small !== null && order.minor <= small ? 'small' : null
}

const amountOf = (amounts: Record<string, string>, currency: Currency): bigint | null => {
  const text = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined
  if (text === undefined || !isCurrency(currency)) return null
  const parsed = parseAmount(text, currency, { decimal: '.' })
  return parsed.ok ? parsed.minor : null
}

/**
 * What speaks against a customer's orders: first what a person said, then what the ladder did, then the policy's rules in
 * their order; `ofLimit` says what that about the limit does.
 */
function customerReasons(facts: CustomerFacts, { rules }: OrdersPolicy, ofLimit: () => Reason[]): Reason[] {
  return [
    ...(facts.byHand === 'stop' ? [{ code: 'stopped' as const, data: {} }] : []),
    ...(facts.dunned.length > 0
      ? [{ code: 'dunned' as const, data: { document: facts.dunned[0]!, count: facts.dunned.length } }]
      : []),
    ...rules.flatMap((rule) => (rule.rule === 'limit' ? ofLimit() : saidBy(rule, facts))),
  ]
}

function saidBy(rule: Exclude<OrderRule, { rule: 'limit' }>, facts: CustomerFacts): Reason[] {
  switch (rule.rule) {
    case 'overdue':
      return overdueReasons(rule, facts)
    case 'oldest': {
      const days = Math.max(0, ...facts.overdue.map((o) => daysBetween(o.dueOn, facts.today)))
      return days > rule.days ? [{ code: 'oldest', data: { days, allowed: rule.days } }] : []
    }
    case 'broken_promises':
      return facts.broken >= rule.count
        ? [{ code: 'broken_promises', data: { count: facts.broken, allowed: rule.count - 1 } }]
        : []
    case 'returned_cheque': {
      const last = facts.returnedCheques
        .filter((on) => daysBetween(on, facts.today) <= rule.days)
        .sort()
        .at(-1)
      return last === undefined ? [] : [{ code: 'returned_cheque', data: { on: last } }]
    }
    case 'lapsed_guarantee':
      return facts.lapsedGuarantees.slice(0, 1).map((reference) => ({
        code: 'lapsed_guarantee',
        data: { reference, count: facts.lapsedGuarantees.length },
      }))
    case 'placed':
      return facts.placed > 0 ? [{ code: 'placed', data: { count: facts.placed } }] : []
  }
}

/** Days and amount together: much that is a little late, or a little that is very late, holds nothing. */
function overdueReasons(
  { days, amount }: Extract<OrderRule, { rule: 'overdue' }>,
  { overdue, today }: CustomerFacts,
): Reason[] {
  const late = overdue.filter((o) => daysBetween(o.dueOn, today) > days)
  return [...new Set(late.map((o) => o.currency))].sort().flatMap((currency): Reason[] => {
    const minor = late.reduce((sum, o) => (o.currency === currency ? sum + o.minor : sum), 0n)
    if (minor <= (amountOf(amount, currency) ?? 0n)) return []
    return [{ code: 'overdue', data: { amount: toDecimal(minor, currency), currency, days } }]
  })
}

function limitReasons(order: OrderFacts, facts: CustomerFacts, policy: OrdersPolicy): Reason[] {
  if (!order.counts || !documentTypeOf(policy, order.documentType).counts) return []
  if (facts.exposure.limit === null && facts.own === null)
    return policy.without_line === 'hold' ? [{ code: 'no_limit', data: {} }] : []
  return [
    ...(facts.exposure.limit === null ? [] : beyond('limit', facts.exposure, order, facts.rates)),
    ...(facts.own === null ? [] : beyond('own_limit', facts.own, order, facts.rates)),
  ]
}

function beyond(
  code: 'limit' | 'own_limit',
  parts: ExposureParts,
  order: OrderFacts,
  rates: Rates,
): Reason[] {
  const exposure = measure(parts, order.currency, rates)
  if ('missing' in exposure) return [{ code: 'no_rate', data: exposure.missing }]
  const { currency } = exposure
  const minor = convert(order.minor, order.currency, currency, rates)
  if (minor === null) return [{ code: 'no_rate', data: { from: order.currency, to: currency } }]
  if (exposure.minor + minor <= exposure.limitMinor!) return []
  return [
    {
      code,
      data: {
        limit: toDecimal(exposure.limitMinor!, currency),
        exposure: toDecimal(exposure.minor, currency),
        order: toDecimal(minor, currency),
        currency,
      },
    },
  ]
}

/** How a customer stands by arithmetic: what its next order would meet. */
export type Reckoned = 'ok' | 'watch' | 'hold'

export function reckon(facts: CustomerFacts, policy: OrdersPolicy): Reckoned {
  if (customerReasons({ ...facts, byHand: null }, policy, () => []).length > 0) return 'hold'
  const measured = [facts.exposure, facts.own].flatMap((parts) =>
    parts?.limit ? [measure(parts, parts.limit[0]?.currency ?? 'MXN', facts.rates)] : [],
  )
  return measured.reduce<Reckoned>((worst, exposure) => {
    const now = usedUp(exposure, policy)
    return ORDER_OF[now] > ORDER_OF[worst] ? now : worst
  }, 'ok')
}

const ORDER_OF = { ok: 0, watch: 1, hold: 2 }

function usedUp(exposure: Exposure | { missing: object }, { watch_percent }: OrdersPolicy): Reckoned {
  if ('missing' in exposure) return 'watch'
  const limit = exposure.limitMinor!
  if (exposure.minor > limit) return 'hold'
  return exposure.minor > 0n && exposure.minor * 100n >= limit * BigInt(watch_percent) ? 'watch' : 'ok'
}
