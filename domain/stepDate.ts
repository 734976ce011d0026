import { addDays, contactWindow, type Instant, type LocalDate, nextContactInstant } from './calendar.ts'
import type { CaseContext, ReceivableFacts } from './facts.ts'
import { isContact, isWritten, reachesCustomer, type Step } from './policy.ts'
import { lastEnd } from './suspension.ts'

/** Why nothing happens before `next.at`; the client words it. */
export type Reason =
  | 'anchor'
  | 'min_gap'
  | 'contact_gap'
  | 'first_conversations'
  | 'after_suspension'
  | 'promised'
  | 'announced'
  | 'provisional'
  | 'cheque'
  | 'disputed'
  | 'paused'
  | 'negotiating'
  | 'netted'
  | 'below_tolerance'
  | 'unpresented'
  | 'placed'
  | 'feed_too_old'
  | 'notice_on_its_way'
  | 'waits_for_log'
  | 'waits_for_approval'
  | 'periodic_review'
  | 'closed'

/** Whether a receivable is asked for while it waits for that. */
const IS_ASKED_FOR: Record<Reason, boolean> = {
  anchor: true,
  min_gap: true,
  contact_gap: true,
  first_conversations: true,
  after_suspension: true,
  promised: false,
  announced: false,
  provisional: false,
  cheque: false,
  disputed: false,
  paused: false,
  negotiating: false,
  netted: false,
  below_tolerance: false,
  unpresented: false,
  placed: false,
  feed_too_old: false,
  notice_on_its_way: true,
  waits_for_log: true,
  waits_for_approval: true,
  periodic_review: true,
  closed: false,
}
export const NOT_ASKED_FOR: readonly string[] = Object.entries(IS_ASKED_FOR).flatMap(([reason, asked]) =>
  asked ? [] : [reason],
)

/** The day that the policy says, before anything moves it; null while the day it counts from isn't known. */
export const anchorDate = (facts: ReceivableFacts, step: Step): LocalDate | null => {
  const anchor = {
    due: facts.anchorOn ?? facts.dueOn,
    issued: facts.issuedOn,
    // Who needn't accept an invoice has it from its first day.
    presented: facts.presentedOn ?? (facts.requiresPresentation ? null : facts.issuedOn),
  }[step.anchor]
  return anchor === null ? null : addDays(anchor, step.day)
}

/**
 * The working day of a step and which bound put it there. Gaps bind what is said to the customer: never holding
 * orders, reviews and proposals inside the house.
 */
export function stepDate(
  facts: ReceivableFacts,
  context: CaseContext,
  step: Step,
): { on: LocalDate | null; reason: Reason } {
  const anchored = anchorDate(facts, step)
  if (anchored === null) return { on: null, reason: 'unpresented' }
  const { policy } = context
  const bounds: { on: LocalDate; reason: Reason }[] = [{ on: anchored, reason: 'anchor' }]
  const free = lastEnd(facts.suspensions, context.today)
  if (free) bounds.push({ on: addDays(free, policy.suspension_grace_days), reason: 'after_suspension' })
  if (facts.lastContactOn && reachesCustomer(step.action))
    bounds.push({ on: addDays(facts.lastContactOn, policy.min_gap_days), reason: 'min_gap' })
  if (isContact(step.action)) {
    const said = saidLast(context, step)
    // Never two of a kind to one customer on a day, whatever the policy's gap.
    if (context.firstContactOn) bounds.push({ on: context.firstContactOn, reason: 'first_conversations' })
    if (said) bounds.push({ on: addDays(said, Math.max(1, policy.contact_gap_days)), reason: 'contact_gap' })
  }
  const latest = bounds.reduce((a, b) => (b.on > a.on ? b : a))
  return { on: context.calendar.nextWorkingDay(latest.on), reason: latest.reason }
}

/** When the case was last spoken to in the way of this step; null when the step can join what is still open. */
function saidLast(context: CaseContext, step: Step): LocalDate | null {
  if (isWritten(step.action) && context.mailable)
    return context.noticePendingToday ? null : context.lastNoticeOn
  const joins = step.action === 'visit' ? context.openVisit : context.openCall
  return joins ? null : context.lastCallOn
}

/** The instant of a case's turn on a day: its place in the morning's spread, inside the contact hours. */
export function turnOf(on: LocalDate, context: CaseContext): Instant {
  const opensAt = contactWindow(on, context.hours).opensAt
  return nextContactInstant(
    Math.max(opensAt, context.now),
    context.hours,
    context.calendar,
    context.spreadMinutes,
  )
}
