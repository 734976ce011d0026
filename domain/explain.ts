import {
  addDays,
  type ContactHours,
  contactWindow,
  daysBetween,
  type Instant,
  instantOf,
  type LocalDate,
  localDateOf,
  type Weekday,
  type WorkingCalendar,
  weekday,
} from './calendar.ts'
import { decide, type FiredStep } from './decide.ts'
import type { CaseContext, ReceivableFacts, Stage, StepRecord } from './facts.ts'
import { type Action, isContact, isWritten, needsApproval, type Policy, type Step } from './policy.ts'
import { anchorDate, type Reason, stepDate } from './stepDate.ts'

/** One line of a policy's dated plan. */
export interface PlanRow {
  /** The customer's day. */
  on: LocalDate
  weekday: Weekday
  /** Start of the contact hours of that day: the spread over the morning is left out. */
  at: Instant
  step: string
  action: Action
  /** How firmly it is worded; null when nothing is written. */
  severity: Step['severity'] | null
  /** How the customer is reached; null for what happens inside the house. */
  channel: Step['channel'] | 'phone' | 'visit' | null
  /**
   * Why it isn't on the day that the policy says: a `Reason`, the name of the holiday, `weekend` or `loaded late`;
   * null when it is. A day off that a later bound would have passed over anyway isn't named.
   */
  movedBecause: string | null
  /** Negative before the due date. */
  daysAfterDue: number
}

/** The dates of the sample receivable. */
export interface SampleReceivable {
  issuedOn: LocalDate
  dueOn: LocalDate
  /** First day on which it is known; the day of issue when not given. Later, it starts in the middle. */
  from?: LocalDate
}

/** A decision that comes later than the steps of any policy could. */
const TOO_MANY_LOOKS = 2_000

/**
 * What a policy does, by date, about a receivable that nobody pays: every notice is sent and every call and visit
 * logged on its day, every approval given on the next working day. Runs `decide` itself, so that it can't say
 * anything else, until the first periodic review after the last step.
 */
export function explainPolicy(
  policy: Policy,
  calendar: WorkingCalendar,
  hours: ContactHours,
  sample: SampleReceivable,
): PlanRow[] {
  const rows: PlanRow[] = []
  let facts = sampleFacts(policy, sample)
  let now = instantOf(facts.firstSeenOn, '00:00', hours.timeZone)
  let approvedOn: LocalDate | null = null
  let waitedFor: Reason = 'anchor'
  let said: Pick<CaseContext, 'lastNoticeOn' | 'lastCallOn'> = { lastNoticeOn: null, lastCallOn: null }
  for (let look = 0; look < TOO_MANY_LOOKS; look++) {
    const today = localDateOf(now, hours.timeZone)
    if (approvedOn !== null && approvedOn <= today) {
      facts = approved(facts, today)
      approvedOn = null
    }
    const context = { ...quietCase, ...said, now, today, policy, calendar, hours }
    const decision = decide(facts, context)
    for (const { step } of decision.fired) rows.push(rowOf(step, facts, context, waitedFor))
    if (decision.fired.some((f) => f.step.id === 'review#1')) return rows

    facts = recorded(facts, decision, today)
    for (const { step } of decision.fired) {
      if (needsApproval(step.action)) approvedOn = calendar.addWorkingDays(today, 1)
      if (isWritten(step.action)) said = { ...said, lastNoticeOn: today }
      else if (isContact(step.action)) said = { ...said, lastCallOn: today }
    }
    // What happened may make the next step due at once.
    if (decision.fired.length > 0) continue
    waitedFor = decision.next.reason
    const approval = approvedOn === null ? null : contactWindow(approvedOn, hours).opensAt
    now = Math.min(decision.next.at ?? Number.POSITIVE_INFINITY, approval ?? Number.POSITIVE_INFINITY)
  }
  throw new Error(`the plan of policy "${policy.id}" doesn't end`)
}

const sampleFacts = (policy: Policy, sample: SampleReceivable): ReceivableFacts => ({
  id: 0,
  document: '',
  currency: 'XXX',
  stage: 'current',
  issuedOn: sample.issuedOn,
  dueOn: sample.dueOn,
  presentedOn: sample.issuedOn,
  anchorOn: null,
  requiresPresentation: false,
  firstSeenOn: sample.from ?? sample.issuedOn,
  owedMinor: 1n,
  nettedMinor: 0n,
  disputedMinor: 0n,
  suspensions: [],
  steps: [],
  lastContactOn: null,
  pinned: policy,
})

/** A case in which nothing else is going on. */
const quietCase = {
  spreadMinutes: 0,
  mailable: true,
  noticePendingToday: false,
  firstContactOn: null,
  feedsTellThrough: null,
  openCall: false,
  openVisit: false,
}

/** The facts after what was decided has happened; what needs an approval is on its way. */
function recorded(
  facts: ReceivableFacts,
  decision: { fired: readonly FiredStep[]; skipped: readonly { step: Step }[] },
  today: LocalDate,
): ReceivableFacts {
  const records = [
    ...decision.skipped.map(({ step }): StepRecord => ({ step: step.id, state: 'skipped', on: today })),
    ...decision.fired.map(
      ({ step }): StepRecord => ({
        step: step.id,
        state: needsApproval(step.action) ? 'pending' : 'done',
        on: today,
      }),
    ),
  ]
  const contacted = decision.fired.some(({ step }) => isContact(step.action))
  return {
    ...facts,
    steps: [...facts.steps, ...records],
    lastContactOn: contacted ? today : facts.lastContactOn,
  }
}

const STAGE_AFTER: Partial<Record<Action, Stage>> = {
  demand: 'prelegal',
  place_legal: 'legal',
  place_agency: 'agency',
}

function approved(facts: ReceivableFacts, today: LocalDate): ReceivableFacts {
  const pending = facts.steps.find((record) => record.state === 'pending')
  const action = facts.pinned.steps.find((step) => step.id === pending?.step)?.action
  return {
    ...facts,
    stage: (action && STAGE_AFTER[action]) ?? facts.stage,
    steps: facts.steps.map((record) =>
      record === pending ? { ...record, state: 'done', on: today } : record,
    ),
  }
}

function rowOf(step: Step, facts: ReceivableFacts, context: CaseContext, waitedFor: Reason): PlanRow {
  return {
    on: context.today,
    weekday: weekday(context.today),
    at: context.now,
    step: step.id,
    action: step.action,
    severity: isWritten(step.action) ? step.severity : null,
    channel: channelOf(step),
    movedBecause: causeOf(step, facts, context, waitedFor),
    daysAfterDue: daysBetween(facts.dueOn, context.today),
  }
}

function channelOf(step: Step): PlanRow['channel'] {
  if (isWritten(step.action)) return step.channel
  if (step.action === 'call') return 'phone'
  return step.action === 'visit' ? 'visit' : null
}

function causeOf(step: Step, facts: ReceivableFacts, context: CaseContext, waitedFor: Reason): string | null {
  if (waitedFor === 'periodic_review') return waitedFor
  const planned = anchorDate(facts, step)
  if (planned === null || planned === context.today) return null
  const dated = stepDate(facts, context, step)
  // It could have been earlier, but for a step before it.
  if (dated.on !== context.today) return waitedFor === 'anchor' ? 'loaded late' : waitedFor
  if (dated.reason !== 'anchor') return dated.reason
  for (let day = planned; day < context.today; day = addDays(day, 1)) {
    const holiday = context.calendar.holidayName(day)
    if (holiday !== null) return holiday
  }
  return 'weekend'
}
