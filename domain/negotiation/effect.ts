import { daysBetween, type LocalDate } from '../calendar.ts'
import { percentUnits } from '../dispute.ts'
import { claimOf, interestOf, type NegotiatedItem, type Terms } from './terms.ts'

/** What terms would come to, told before they are sent, beside what is claimed now. */

export interface SimulationFacts {
  today: LocalDate
  items: readonly NegotiatedItem[]
  /** A year of 360 days. */
  costRatePercent: string
  /** Owed by the customer in the currency, what isn't negotiated included, less money that nobody applied yet. */
  exposureMinor: bigint
}

export interface Effect {
  claimMinor: bigint
  interestMinor: bigint
  /** What is paid, by day. */
  cash: { on: LocalDate; minor: bigint; leftMinor: bigint; exposureMinor: bigint }[]
  paidMinor: bigint
  discountMinor: bigint
  waivedMinor: bigint
  /** Of the claim, what the terms say nothing about: it stays open. */
  openMinor: bigint
  /** Paid now, it would have cost so much; as offered, so much. Both by the days after the old due dates. */
  costNowMinor: bigint
  costMinor: bigint
  /** What the terms cost beyond a payment today: the time, the discount and the interest given up. */
  givenUpMinor: bigint
  /** Days after the old due dates on which it is paid, weighed by amount, in tenths. */
  daysLateTenths: { now: bigint; offered: bigint }
  items: {
    document: string
    dueOn: LocalDate
    newDueOn: LocalDate
    claimMinor: bigint
    paidOn: LocalDate | null
  }[]
}

/** A part of an item that is paid on a day; the oldest item first. */
interface Part {
  item: NegotiatedItem
  on: LocalDate
  minor: bigint
}

export function simulate(terms: Terms, facts: SimulationFacts): Effect {
  const { items, today } = facts
  const claimMinor = claimOf(items)
  const discountMinor = terms.discount?.minor ?? 0n
  const payments = plannedPayments(terms, items)
  const parts = allocate(payments, items)
  const paidMinor = payments.reduce((sum, p) => sum + p.minor, 0n)
  const costMinor = costOf(parts, facts.costRatePercent)
  const costNowMinor = costOf(
    parts.map((part) => ({ ...part, on: today })),
    facts.costRatePercent,
  )
  const openMinor = claimMinor - paidMinor - discountMinor
  let left = claimMinor
  let exposure = facts.exposureMinor
  const cash = payments.map(({ dueOn: on, minor }, index) => {
    left -= minor
    exposure -= minor
    // The discount is given when everything else is paid.
    if (index === payments.length - 1) {
      left -= discountMinor
      exposure -= discountMinor
    }
    return { on, minor, leftMinor: left, exposureMinor: exposure }
  })
  return {
    claimMinor,
    interestMinor: interestOf(items),
    cash,
    paidMinor,
    discountMinor,
    waivedMinor: terms.waivedMinor,
    openMinor,
    costNowMinor,
    costMinor,
    givenUpMinor: costMinor - costNowMinor + discountMinor + terms.waivedMinor,
    daysLateTenths: {
      now: daysLate(parts.map((part) => ({ ...part, on: today }))),
      offered: daysLate(parts),
    },
    items: items.map((item) => ({
      document: item.document,
      dueOn: item.dueOn,
      newDueOn: terms.dueDates.find((d) => d.receivable === item.receivable)?.dueOn ?? item.dueOn,
      claimMinor: item.claimMinor,
      paidOn: paidOn(parts, item),
    })),
  }
}

/** Without payments, each item is paid when it is due anew. */
function plannedPayments(terms: Terms, items: readonly NegotiatedItem[]): Terms['payments'] {
  if (terms.payments.length > 0) return terms.payments
  const byDay = new Map<LocalDate, bigint>()
  for (const { receivable, dueOn } of terms.dueDates) {
    const item = items.find((i) => i.receivable === receivable)!
    byDay.set(dueOn, (byDay.get(dueOn) ?? 0n) + item.claimMinor)
  }
  return [...byDay].map(([dueOn, minor]) => ({ dueOn, minor })).sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1))
}

/** Payments in their order against the items, oldest first. */
function allocate(payments: Terms['payments'], items: readonly NegotiatedItem[]): Part[] {
  const open = [...items]
    .sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.receivable - b.receivable))
    .map((item) => ({ item, left: item.claimMinor }))
  const parts: Part[] = []
  for (const { dueOn, minor } of payments) {
    let money = minor
    for (const debt of open) {
      const used = money < debt.left ? money : debt.left
      if (used === 0n) continue
      parts.push({ item: debt.item, on: dueOn, minor: used })
      debt.left -= used
      money -= used
    }
  }
  return parts
}

const lateDays = ({ item, on }: Part): bigint => {
  const days = daysBetween(item.dueOn, on)
  return days > 0 ? BigInt(days) : 0n
}

/** Σ amount × days later than due × yearly rate / 360, half a cent up. */
function costOf(parts: readonly Part[], ratePercent: string): bigint {
  const amountDays = parts.reduce((sum, part) => sum + part.minor * lateDays(part), 0n)
  const whole = 1_000_000n * 360n
  return (amountDays * percentUnits(ratePercent)! * 2n + whole) / (whole * 2n)
}

function daysLate(parts: readonly Part[]): bigint {
  const minor = parts.reduce((sum, part) => sum + part.minor, 0n)
  if (minor === 0n) return 0n
  return (parts.reduce((sum, part) => sum + part.minor * lateDays(part), 0n) * 20n + minor) / (minor * 2n)
}

/** The day of an item's last part; null when a part of it is left open. */
function paidOn(parts: readonly Part[], item: NegotiatedItem): LocalDate | null {
  const own = parts.filter((part) => part.item === item)
  const paid = own.reduce((sum, part) => sum + part.minor, 0n)
  return paid < item.claimMinor ? null : (own.at(-1)?.on ?? null)
}
