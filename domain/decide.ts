import { addDays, type Instant, instantOf, type LocalDate } from './calendar.ts'
import type { CaseContext, ReceivableFacts, Stage, StepRecord } from './facts.ts'
import { isCurrency, parseAmount } from './money.ts'
import {
  isContact,
  isEscalation,
  isWritten,
  needsApproval,
  needsConversation,
  type Policy,
  type Step,
} from './policy.ts'
import { anchorDate, type Reason, stepDate, turnOf } from './stepDate.ts'
import { longestActive, nextAnswerOn, nextStart, suspendedDays } from './suspension.ts'

export { type Reason, stepDate, suspendedDays }

/**
 * `decide`: what is to be done about one receivable now, and when to look again. Pure: the same facts give
 * the same decision, and recording what it says changes the facts so that it isn't said twice.
 */

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
  /** A call or visit that nobody logged in time: the supervisor is told, whether or not the ladder goes on. */
  unlogged: Step | null
  /** Nothing keeps it from being chased: what is planned about it stays planned. */
  chased: boolean
  /** Unused money covers it: someone should apply that. */
  applyCash: boolean
  /** It was suspended for longer than the policy allows without approval. */
  suspendedTooLong: boolean
  next: { step: string | null; at: Instant | null; reason: Reason }
}

export function decide(facts: ReceivableFacts, context: CaseContext): ReceivableDecision {
  return untilFeedsEnd(untilSuspended(decideNow(facts, context), facts, context), context)
}

/**
 * What is open when a suspension begins is taken back on its first day, before anybody takes up the telephone: the case
 * looks again then, and goes on waiting for what it waits for.
 */
function untilSuspended(
  decision: ReceivableDecision,
  facts: ReceivableFacts,
  context: CaseContext,
): ReceivableDecision {
  const coming = nextStart(facts.suspensions, context.today)
  if (coming === null || decision.stage === 'closed' || longestActive(facts.suspensions, context.today))
    return decision
  const at = instantOf(coming.from, '00:00', context.hours.timeZone)
  const { next } = decision
  if (next.at === null || at < next.at) decision.next = { ...next, step: null, at }
  return decision
}

/** A call that is to be made is taken back as well when the feeds grow too old: the case looks again on that day. */
export function untilFeedsEnd(decision: ReceivableDecision, context: CaseContext): ReceivableDecision {
  const { feedsTellThrough, openCall, openVisit, today } = context
  const calls = openCall || openVisit || decision.fired.some((f) => f.byPhone || !isWritten(f.step.action))
  if (feedsTellThrough === null || feedsTellThrough < today || !decision.chased || !calls) return decision
  const at = instantOf(addDays(feedsTellThrough, 1), '00:00', context.hours.timeZone)
  const { next } = decision
  if (next.at === null || at < next.at) decision.next = { ...next, at }
  return decision
}

function decideNow(facts: ReceivableFacts, context: CaseContext): ReceivableDecision {
  const { today, policy } = context
  const decision: ReceivableDecision = {
    id: facts.id,
    stage: stageOf(facts, today),
    skipped: [],
    fired: [],
    unlogged: null,
    chased: false,
    applyCash: false,
    suspendedTooLong: false,
    next: { step: null, at: null, reason: 'closed' },
  }
  if (decision.stage === 'closed') return decision
  const suspended = longestActive(facts.suspensions, today) !== null
  const cap = facts.suspendedDaysAllowed ?? policy.suspended_days_cap
  decision.suspendedTooLong = suspended && suspendedDays(facts.suspensions, today) > cap
  decision.applyCash = !suspended && facts.nettedMinor > 0n
  const brake = brakeOn(facts, context)
  decision.chased = brake === null
  const answerOn = nextAnswerOn(facts.suspensions, today, cap)
  // What isn't conversation goes on inside the house.
  if (brake === null || brake === 'placed' || brake === 'unpresented')
    return untilAnswered(climb(facts, context, decision, brake), answerOn, facts, context)
  return waiting(decision, context, brake, answerOn ?? lookAgainOn(context))
}

/** An item that isn't accepted yet goes its own way while it is suspended: what becomes known then is looked at all the same. */
function untilAnswered(
  decision: ReceivableDecision,
  answerOn: LocalDate | null,
  facts: ReceivableFacts,
  context: CaseContext,
): ReceivableDecision {
  const suspension = longestActive(facts.suspensions, context.today)
  if (answerOn === null || suspension === null) return decision
  const at = turnOf(answerOn, context)
  const { next } = decision
  if (next.at === null || at < next.at) decision.next = { ...next, at, reason: suspension.kind }
  return decision
}

/** Whether who paid since the sources' last files isn't known. */
export const areFeedsTooOld = ({
  feedsTellThrough,
  today,
}: Pick<CaseContext, 'feedsTellThrough' | 'today'>): boolean =>
  feedsTellThrough !== null && feedsTellThrough < today

/** What keeps a receivable from being chased now, or null. Asked when planning and again at the moment of sending. */
export function brakeOn(facts: ReceivableFacts, context: CaseContext): Reason | null {
  const stage = stageOf(facts, context.today)
  if (stage === 'closed' || stage === 'unpresented') return stage
  const suspension = longestActive(facts.suspensions, context.today)
  if (suspension) return suspension.kind
  const undisputed = facts.owedMinor - smaller(facts.disputedMinor, facts.owedMinor)
  if (undisputed === 0n) return 'disputed'
  const chased = undisputed - smaller(facts.nettedMinor, undisputed)
  if (chased === 0n) return 'netted'
  if (chased < toleranceOf(context.policy, facts.currency)) return 'below_tolerance'
  // Whoever it was placed with speaks to the customer now.
  if (facts.placed || stage === 'legal' || stage === 'agency') return 'placed'
  // Who paid since isn't known.
  return areFeedsTooOld(context) ? 'feed_too_old' : null
}

/** Whether a step may be taken although the receivable isn't chased. */
function goesOn(step: Step, brake: 'placed' | 'unpresented' | null): boolean {
  if (brake === null) return true
  // The term runs from acceptance: what counts from the due date has time until then.
  if (brake === 'unpresented') return step.action === 'review' && step.anchor === 'issued'
  return !isContact(step.action) && !needsConversation(step.action)
}

/** The ladder: the first step without a record is the one that counts; those that are due fire. */
function climb(
  facts: ReceivableFacts,
  context: CaseContext,
  decision: ReceivableDecision,
  brake: 'placed' | 'unpresented' | null,
): ReceivableDecision {
  if (brake !== 'unpresented') decision.skipped.push(...loadedLate(facts))
  const recorded = new Set(
    [...facts.steps, ...decision.skipped.map((s) => ({ step: s.step.id }))].map((s) => s.step),
  )
  const open = facts.pinned.steps.filter((step) => !recorded.has(step.id) && goesOn(step, brake))
  const stopsAt = stopOf(facts, context, decision, open, brake)
  if (stopsAt?.step === null) return waiting(decision, context, stopsAt.reason, stopsAt.until)

  for (const [index, step] of open.entries()) {
    if (step === stopsAt?.step) return waiting(decision, context, stopsAt.reason, stopsAt.until, step.id)
    const { on, reason } = stepDate(facts, context, step)
    if (on === null) return waiting(decision, context, 'unpresented', lookAgainOn(context), step.id)
    const at = turnOf(on, context)
    if (at > context.now) {
      decision.next = { step: step.id, at, reason }
      return decision
    }
    const byPhone = isWritten(step.action) && !context.mailable
    decision.fired.push({ step, byPhone })
    const wait = waitFor(step, byPhone, context.today, context)
    if (wait) return waiting(decision, context, wait.reason, wait.until, open[index + 1]?.id ?? null)
  }
  return review(facts, context, decision)
}

/** A step that is on its way stops the ladder before `step`: the next one, or the first that may not pass it. */
interface Stop extends Wait {
  step: Step | null
}

/**
 * Where the ladder stops because a step is still on its way, or null. A call or visit that isn't logged in time
 * is told to the supervisor and given up, unless the next thing said would be a demand or a placement: neither
 * passes a conversation that didn't happen, only what is done inside the house does.
 */
function stopOf(
  facts: ReceivableFacts,
  context: CaseContext,
  decision: ReceivableDecision,
  open: readonly Step[],
  brake: Reason | null,
): Stop | null {
  const record = facts.steps.find((r) => r.state === 'pending')
  if (!record) return null
  const step = facts.pinned.steps.find((s) => s.id === record.step)
  // What was to be said is being taken back.
  if (brake !== null && (!step || isContact(step.action))) return null
  const next = open[0] ?? null
  // A step of another version of the policy: a notice, as far as this one knows, but looked at again.
  if (!step) return { step: next, reason: 'notice_on_its_way', until: lookAgainOn(context) }
  const wait = waitFor(step, isByPhone(record, step, context), record.on, context)
  if (wait === null) return null
  if (wait.until === null || wait.until > context.today) return { ...wait, step: next }

  decision.unlogged = step
  const saidNext = open.find((s) => s.action !== 'hold_orders' && s.action !== 'review')
  if (saidNext && needsConversation(saidNext.action))
    return { step: saidNext, reason: 'waits_for_log', until: lookAgainOn(context) }
  decision.skipped.push({ step, reason: 'not logged in time' })
  return null
}

interface Wait {
  reason: Reason
  /** Day to look again; null while only an event tells. */
  until: LocalDate | null
}

/** What the ladder waits for once a step was taken on a day, or null when it goes straight on. */
function waitFor(step: Step, byPhone: boolean, since: LocalDate, context: CaseContext): Wait | null {
  if (isWritten(step.action) && !byPhone) return { reason: 'notice_on_its_way', until: null }
  if (isContact(step.action)) {
    const logUntil = context.calendar.addWorkingDays(since, context.policy.max_wait_working_days)
    return { reason: 'waits_for_log', until: addDays(logUntil, 1) }
  }
  // Silence never decides an approval.
  return needsApproval(step.action) ? { reason: 'waits_for_approval', until: lookAgainOn(context) } : null
}

/** Without a note of how it was said: a notice can't be on its way to nobody. */
const isByPhone = (record: StepRecord, step: Step, context: CaseContext): boolean =>
  isWritten(step.action) && (record.byPhone ?? !context.mailable)

const lookAgainOn = (context: CaseContext): LocalDate =>
  addDays(context.today, context.policy.review_every_days)

const isPeriodic = (record: StepRecord): boolean => record.step.startsWith('review#')

/** After the last step a person looks every so many days: never silence. */
function review(
  facts: ReceivableFacts,
  context: CaseContext,
  decision: ReceivableDecision,
): ReceivableDecision {
  const recordedNow = decision.fired.length > 0 || decision.skipped.length > 0
  // What is still on its way here is being taken back.
  const days = recordedNow
    ? [context.today]
    : facts.steps.filter((s) => s.state !== 'pending').map((s) => s.on)
  const since = days.sort().at(-1) ?? facts.firstSeenOn
  const at = turnOf(addDays(since, context.policy.review_every_days), context)
  const number = facts.steps.filter(isPeriodic).length + 1
  if (at > context.now) {
    decision.next = { step: periodicReview(number).id, at, reason: 'periodic_review' }
    return decision
  }
  decision.fired.push({ step: periodicReview(number), byPhone: false })
  return waiting(decision, context, 'periodic_review', lookAgainOn(context), periodicReview(number + 1).id)
}

/** A step that no policy can name: `#` isn't allowed in theirs. */
const periodicReview = (number: number): Step => ({
  id: `review#${number}`,
  day: 0,
  anchor: 'due',
  action: 'review',
  channel: 'mail',
  severity: 'reminder',
})

/**
 * A receivable that came late starts at the most advanced contact that was due by then; what stood before it is
 * skipped, and of the escalations among what was due none happens by itself.
 */
function loadedLate(facts: ReceivableFacts): ReceivableDecision['skipped'] {
  if (facts.steps.some((record) => !isPeriodic(record) && !record.carried)) return []
  const dueAtLoad = facts.pinned.steps.filter((step) => {
    if (facts.steps.some((record) => record.step === step.id)) return false
    const on = anchorDate(facts, step)
    return on !== null && on <= facts.firstSeenOn
  })
  const start = dueAtLoad.findLast((step) => isContact(step.action))
  return dueAtLoad
    .filter((step) => step !== start)
    .map((step) => ({
      step,
      reason: isEscalation(step.action) ? 'loaded late: a person decides' : 'loaded late',
    }))
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

export function toleranceOf(policy: Policy, currency: string): bigint {
  const text = policy.tolerance[currency]
  if (text === undefined || !isCurrency(currency)) return 0n
  const parsed = parseAmount(text, currency, { decimal: '.' })
  return parsed.ok ? parsed.minor : 0n
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
