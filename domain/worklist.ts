import { daysBetween, type LocalDate } from './calendar.ts'
import { isCurrency, parseAmount } from './money.ts'
import { type PayerHabit, riskDays } from './payerHabit.ts'
import type { WorklistPolicy } from './policy.ts'

/** Whom to deal with first: points of a policy, each with its reason. */

export const POINT_REASONS = [
  'amount',
  'days_late',
  'broken_promises',
  'resubmission',
  'payer_risk',
  'expected_effect',
] as const
export type PointReason = (typeof POINT_REASONS)[number]

/** What is known of a row: one customer, for one person. */
export interface WorklistFacts {
  /** The customer's day. */
  today: LocalDate
  /** Overdue by currency; `askable` is the part that isn't promised, announced, disputed, paused or otherwise kept back. */
  overdue: readonly { currency: string; minor: bigint; askableMinor: bigint }[]
  oldestDaysLate: number
  /** Promises that count against the customer. */
  broken: number
  /** Promises that were kept. */
  kept: number
  /** Day from which something of the row is to be done. */
  dueOn: LocalDate
  habit: PayerHabit | null
}

/** Why a row has points: out of how many, and what they were reckoned from. */
export interface Point {
  reason: PointReason
  points: number
  most: number
  /** How far it goes: days, promises, or a share of 1; null when nothing is known. */
  value: number | null
}

/** A row's points, one for each reason in their order; the row's sum is that of the parts. */
export function pointsOf(facts: WorklistFacts, policy: WorklistPolicy): Point[] {
  const { amount, days_late, broken_promises, resubmission, payer_risk, expected_effect } = policy
  const sizes = facts.overdue.map((o) => ({ ...o, full: fullMinor(amount.full, o.currency) }))
  const size = sizes.reduce((sum, s) => sum + shareOf(s.minor, s.full), 0)
  const askable = sizes.reduce((sum, s) => sum + shareOf(s.askableMinor, s.full), 0)
  const waits = Math.max(0, daysBetween(facts.dueOn, facts.today) + 1)
  const risk = riskDays(facts.habit, payer_risk.least_payments)
  // Who has promised nothing yet keeps every second promise, as far as anybody knows; each promise moves that.
  const kept = (facts.kept + 1) / (facts.kept + facts.broken + 2)
  const effect = size === 0 ? 0 : (askable / size) * kept
  return [
    point('amount', amount.points, size, 1),
    point('days_late', days_late.points, facts.oldestDaysLate, days_late.full_days),
    point('broken_promises', broken_promises.points, facts.broken, broken_promises.full_count),
    point('resubmission', resubmission.points, waits, resubmission.full_days),
    point('payer_risk', payer_risk.points, risk, payer_risk.full_days),
    point('expected_effect', expected_effect.points, effect, 1),
  ]
}

export const sumOfPoints = (points: readonly Point[]): number => points.reduce((sum, p) => sum + p.points, 0)

function point(reason: PointReason, most: number, value: number | null, full: number): Point {
  return { reason, points: Math.round(most * Math.min(1, (value ?? 0) / full)), most, value }
}

/** A currency without a full amount gives no points: nobody said how much of it is much. */
const shareOf = (minor: bigint, full: bigint | null): number =>
  full === null ? 0 : Number(minor) / Number(full)

function fullMinor(full: WorklistPolicy['amount']['full'], currency: string): bigint | null {
  const text = full[currency]
  if (text === undefined || !isCurrency(currency)) return null
  const parsed = parseAmount(text, currency, { decimal: '.' })
  return parsed.ok ? parsed.minor : null
}

/** What happened to a customer that brings a row back before its day: it isn't what it was when it was put off. */
export const ENDS_SNOOZE = [
  'promise broken',
  'promise partially kept',
  'announced payment lapsed',
  'receipt reversed',
  'provisional receipt overdue',
  'dispute resolved',
  'negotiation lapsed',
  'negotiation rejected',
  'negotiation broken',
  'confirmation differs',
  'hold orders task opened',
  'approval requested',
  'tell supervisor task opened',
  'visit task opened',
] as const
