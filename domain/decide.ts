import { addDays, contactWindow, daysBetween, type Instant, type LocalDate, nextContactInstant } from './calendar.ts'
import type { CaseContext, ReceivableFacts, Stage, Suspension } from './facts.ts'
import { isCurrency, parseAmount } from './money.ts'
import { isContact, isEscalation, isWritten, needsApproval, type Policy, type Step } from './policy.ts'

/**
 * `decide`: what is to be done about one receivable now, and when to look again. Pure: the same facts give
 * the same decision, and recording what it says changes the facts so that it isn't said twice.
 */

/** Why nothing happens before `next.at`; the client words it. */
export type Reason =
  | 'anchor'
  | 'min_gap'
  | 'contact_gap'
  | 'after_suspension'
  | 'promised'
  | 'announced'
  | 'cheque'
  | 'disputed'
  | 'paused'
  | 'negotiating'
  | 'netted'
  | 'below_tolerance'
  | 'unpresented'
  | 'notice_on_its_way'
  | 'waits_for_log'
  | 'periodic_review'
  | 'closed'

export interface FiredStep {
  step: Step
  /** Told by telephone because no address works. */
  byPhone: boolean
}

export interface ReceivableDecision {
  id: number
  stage: Stage
  /** Steps recorded as not going to happen. */
  skipped: { step: Step; reason: 'loaded late' | 'loaded late: a person decides' | 'not logged in time' }[]
  fired: FiredStep[]
  /** Nothing keeps it from being chased: what is planned about it stays planned. */
  chased: boolean
  /** Unused money covers it: someone should apply that. */
  applyCash: boolean
  /** It was suspended for longer than the policy allows without approval. */
  suspendedTooLong: boolean
  next: { step: string | null; at: Instant | null; reason: Reason }
}

export function decide(facts: ReceivableFacts, context: CaseContext): ReceivableDecision {
  const decision: ReceivableDecision = {
    id: facts.id,
    stage: stageOf(facts, context.today),
    skipped: [],
    fired: [],
    chased: false,
    applyCash: false,
    suspendedTooLong: false,
    next: { step: null, at: null, reason: 'closed' },
  }
  if (decision.stage === 'closed') return decision
  const suspension = longestActive(facts, context.today)
  decision.suspendedTooLong = suspension !== null && suspendedDays(facts.suspensions, context.today) > context.policy.suspended_days_cap
  decision.applyCash = suspension === null && facts.nettedMinor > 0n
  const brake = brakeOn(facts, context)
  if (brake) {
    const lookAgain = addDays(context.today, context.policy.review_every_days)
    return waiting(decision, context, brake, suspension?.endsOn ?? suspension?.askAgainOn ?? lookAgain)
  }
  decision.chased = true
  return climb(facts, context, decision)
}

/** What keeps a receivable from being chased now, or null. Asked when planning and again at the moment of sending. */
export function brakeOn(facts: ReceivableFacts, context: CaseContext): Reason | null {
  const stage = stageOf(facts, context.today)
  if (stage === 'closed' || stage === 'unpresented') return stage
  const suspension = longestActive(facts, context.today)
  if (suspension) return suspension.kind
  const undisputed = facts.owedMinor - smaller(facts.disputedMinor, facts.owedMinor)
  if (undisputed === 0n) return 'disputed'
  const chased = undisputed - smaller(facts.nettedMinor, undisputed)
  if (chased === 0n) return 'netted'
  return chased < toleranceOf(context.policy, facts.currency) ? 'below_tolerance' : null
}

/** The ladder: the first step without a record is the one that counts; those that are due fire. */
function climb(facts: ReceivableFacts, context: CaseContext, decision: ReceivableDecision): ReceivableDecision {
  const records = new Map(facts.steps.map((record) => [record.step, record]))
  for (const late of loadedLate(facts, context)) {
    decision.skipped.push(late)
    records.set(late.step.id, { step: late.step.id, state: 'skipped', on: context.today })
  }
  const open = facts.pinned.steps.filter((step) => !records.has(step.id))

  const pending = facts.steps.find((record) => record.state === 'pending')
  if (pending) {
    const step = facts.pinned.steps.find((s) => s.id === pending.step)
    if (!step || isWritten(step.action))
      return waiting(decision, context, 'notice_on_its_way', null, open[0]?.id ?? null)
    const waitsUntil = context.calendar.addWorkingDays(pending.on, context.policy.max_wait_working_days)
    // Silence never decides an approval, and never lets a demand or a placement pass an unlogged call.
    const blocksNext = needsApproval(step.action) || (open[0] !== undefined && needsApproval(open[0].action))
    if (context.today <= waitsUntil || blocksNext)
      return waiting(decision, context, 'waits_for_log', context.today <= waitsUntil ? addDays(waitsUntil, 1) : addDays(context.today, context.policy.review_every_days), open[0]?.id ?? null)
    decision.skipped.push({ step, reason: 'not logged in time' })
  }

  for (const step of open) {
    const { on, reason } = stepDate(facts, context, step)
    if (on === null)
      return waiting(decision, context, 'unpresented', addDays(context.today, context.policy.review_every_days), step.id)
    const at = turnOf(on, context)
    if (at > context.now) {
      decision.next = { step: step.id, at, reason }
      return decision
    }
    decision.fired.push({ step, byPhone: isWritten(step.action) && !context.mailable })
    if (isContact(step.action))
      return waiting(decision, context, isWritten(step.action) && context.mailable ? 'notice_on_its_way' : 'waits_for_log', addDays(context.today, 1), open[open.indexOf(step) + 1]?.id ?? null)
  }
  return review(facts, context, decision)
}

/** After the last step a person looks every so many days: never silence. */
function review(facts: ReceivableFacts, context: CaseContext, decision: ReceivableDecision): ReceivableDecision {
  const last = [...facts.steps.map((s) => s.on), ...(decision.fired.length || decision.skipped.length ? [context.today] : [])]
    .sort()
    .at(-1)
  const since = last ?? facts.firstSeenOn
  const on = context.calendar.nextWorkingDay(addDays(since, context.policy.review_every_days))
  const at = turnOf(on, context)
  const number = facts.steps.filter((s) => s.step.startsWith('review#')).length + 1
  const step: Step = { id: `review#${number}`, day: 0, anchor: 'due', action: 'review', channel: 'mail', severity: 'reminder' }
  if (at > context.now) decision.next = { step: step.id, at, reason: 'periodic_review' }
  else {
    decision.fired.push({ step, byPhone: false })
    const again = context.calendar.nextWorkingDay(addDays(context.today, context.policy.review_every_days))
    decision.next = { step: `review#${number + 1}`, at: turnOf(again, context), reason: 'periodic_review' }
  }
  return decision
}

/**
 * A receivable that came late starts at the most advanced contact that was due by then; what stood before it is
 * skipped, and of the escalations among what was due none happens by itself.
 */
function loadedLate(facts: ReceivableFacts, context: CaseContext): ReceivableDecision['skipped'] {
  if (facts.steps.length > 0) return []
  const dueAtLoad = facts.pinned.steps.filter((step) => {
    const on = anchorDate(facts, step)
    return on !== null && context.calendar.nextWorkingDay(on) < facts.firstSeenOn
  })
  const start = dueAtLoad.findLast((step) => isContact(step.action))
  return dueAtLoad
    .filter((step) => step !== start)
    .map((step) => ({ step, reason: isEscalation(step.action) ? 'loaded late: a person decides' : 'loaded late' }))
}

const anchorDate = (facts: ReceivableFacts, step: Step): LocalDate | null => {
  const anchor = {
    due: facts.anchorOn ?? facts.dueOn,
    issued: facts.issuedOn,
    presented: facts.presentedOn,
  }[step.anchor]
  return anchor === null ? null : addDays(anchor, step.day)
}

/** The working day of a step and which bound put it there. Gaps bind contacts only. */
export function stepDate(facts: ReceivableFacts, context: CaseContext, step: Step): { on: LocalDate | null; reason: Reason } {
  const anchored = anchorDate(facts, step)
  if (anchored === null) return { on: null, reason: 'unpresented' }
  const { policy } = context
  const bounds: { on: LocalDate; reason: Reason }[] = [{ on: anchored, reason: 'anchor' }]
  const free = lastEnd(facts.suspensions, context.today)
  if (free) bounds.push({ on: addDays(free, policy.suspension_grace_days), reason: 'after_suspension' })
  if (isContact(step.action)) {
    if (facts.lastContactOn) bounds.push({ on: addDays(facts.lastContactOn, policy.min_gap_days), reason: 'min_gap' })
    const said = saidLast(context, step)
    // Never two of a kind to one customer on a day, whatever the policy's gap.
    if (said) bounds.push({ on: addDays(said, Math.max(1, policy.contact_gap_days)), reason: 'contact_gap' })
  }
  const latest = bounds.reduce((a, b) => (b.on > a.on ? b : a))
  return { on: context.calendar.nextWorkingDay(latest.on), reason: latest.reason }
}

/** When the case was last spoken to in the way of this step; null when the step can join what is still open. */
function saidLast(context: CaseContext, step: Step): LocalDate | null {
  if (isWritten(step.action) && context.mailable) return context.noticePendingToday ? null : context.lastNoticeOn
  const joins = step.action === 'visit' ? context.openVisit : context.openCall
  return joins ? null : context.lastCallOn
}

/** The instant of a case's turn on a day: its place in the morning's spread, inside the contact hours. */
function turnOf(on: LocalDate, context: CaseContext): Instant {
  const opensAt = contactWindow(on, context.hours).opensAt
  const from = opensAt > context.now ? opensAt : context.now
  return nextContactInstant(from, context.hours, context.calendar, context.spreadMinutes)
}

function waiting(
  decision: ReceivableDecision,
  context: CaseContext,
  reason: Reason,
  until: LocalDate | null,
  step: string | null = null,
): ReceivableDecision {
  decision.next = { step, at: until === null ? null : turnOf(until, context), reason }
  return decision
}

function stageOf(facts: ReceivableFacts, today: LocalDate): Stage {
  if (facts.owedMinor === 0n) return 'closed'
  if (facts.stage === 'prelegal' || facts.stage === 'legal' || facts.stage === 'agency') return facts.stage
  if (facts.requiresPresentation && facts.presentedOn === null) return 'unpresented'
  return facts.dueOn < today ? 'overdue' : 'current'
}

const isActive = (s: Suspension, today: LocalDate): boolean => s.from <= today && (s.endsOn === null || s.endsOn > today)

/** Of the suspensions in force, the one that is known to hold longest. */
function longestActive(facts: ReceivableFacts, today: LocalDate): Suspension | null {
  const end = (s: Suspension) => s.endsOn ?? s.askAgainOn ?? '9999-12-31'
  const active = facts.suspensions.filter((s) => isActive(s, today))
  return active.length === 0 ? null : active.reduce((a, b) => (end(b) > end(a) ? b : a))
}

const lastEnd = (suspensions: readonly Suspension[], today: LocalDate): LocalDate | null =>
  suspensions.reduce<LocalDate | null>(
    (last, s) => (s.endsOn !== null && s.endsOn <= today && s.endsOn > s.from && (last === null || s.endsOn > last) ? s.endsOn : last),
    null,
  )

/** Days on which it was suspended, overlaps counted once, up to today. */
export function suspendedDays(suspensions: readonly Suspension[], today: LocalDate): number {
  const ranges = suspensions
    .filter((s) => s.from <= today)
    .map((s) => ({ from: s.from, to: s.endsOn !== null && s.endsOn <= today ? s.endsOn : addDays(today, 1) }))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
  let days = 0
  let covered = ''
  for (const range of ranges) {
    const from = range.from > covered ? range.from : covered
    if (range.to > from) days += daysBetween(from, range.to)
    if (range.to > covered) covered = range.to
  }
  return days
}

function toleranceOf(policy: Policy, currency: string): bigint {
  const text = policy.tolerance[currency]
  if (text === undefined || !isCurrency(currency)) return 0n
  const parsed = parseAmount(text, currency, { decimal: '.' })
  return parsed.ok ? parsed.minor : 0n
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
