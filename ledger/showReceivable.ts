import { daysBetween, type Instant, type LocalDate, localDateOf } from '../domain/calendar.ts'
import type { ClosedAs, Stage } from '../domain/facts.ts'
import { toDecimal } from '../domain/money.ts'
import { documentName } from './cases.ts'
import type { Sql } from './database.ts'
import { interestAsOf } from './interest/accrual.ts'
import { type ShownInterest, shownInterest } from './interest/show.ts'
import { type TimelineRow, timelineOf } from './journal.ts'
import { policiesById } from './policies.ts'
import { findReceivable } from './receivables.ts'
import { type ShownSuspension, suspensionsNow } from './showAgreements.ts'

export interface ShownStep {
  step: string
  action: string
  /** `ahead`: its turn hasn't come. */
  state: 'done' | 'pending' | 'skipped' | 'ahead'
  /** When it happened or was planned; of the next step ahead, when it will be. */
  on: LocalDate | null
  /** Why it was skipped; of the next step ahead, what it waits for. */
  why: string | null
}

export interface ReceivableView {
  document: string
  kind: string
  /** Its diary is told in the customer's time. */
  customer: { code: string; name: string; timeZone: string }
  case: string
  currency: string
  original: string
  /** What is owed; negative for an open credit. */
  open: string
  disputed: string
  /** On top of it, never in it; null without any. */
  interest: ShownInterest | null
  stage: Stage
  closedAs: ClosedAs | null
  issuedOn: LocalDate
  dueOn: LocalDate
  presentedOn: LocalDate | null
  /** When somebody is to present it to the customer. */
  reviewOn: LocalDate | null
  /** After the due date; 0 when it isn't overdue or is closed. */
  daysLate: number
  site: string
  orderNumber: string | null
  held: boolean
  load: string | null
  policy: { id: string; version: number }
  replaces: string | null
  replacedBy: string | null
  suspensions: ShownSuspension[]
  /** In the order of the policy it is pinned to, then the periodic reviews. */
  steps: ShownStep[]
  next: { step: string | null; at: Instant | null; reason: string | null }
  /** All that the journal says of it, oldest first. */
  timeline: TimelineRow[]
}

interface FactsRow {
  stage: Stage
  closed_as: ClosedAs | null
  presented_on: LocalDate | null
  review_on: LocalDate | null
  unpresented: boolean
  owed_minor: bigint
  disputed_minor: bigint
  site: string
  order_number: string | null
  held: boolean
  load_id: string | null
  policy_id: number
  policy_code: string
  policy_version: number
  next_action: string | null
  next_action_at: Instant | null
  next_reason: string | null
  code: string
  name: string
  time_zone: string
  replaces: string | null
  replaced_by: string | null
}

/**
 * A receivable with its facts, the steps of its ladder and its history.
 * @throws Refusal NotFound
 */
export async function showReceivable(
  sql: Sql,
  company: string,
  name: string,
  now: Instant,
): Promise<ReceivableView> {
  const found = await findReceivable(sql, company, name)
  const facts = (await sql.one<FactsRow>(
    `SELECT r.stage, r.closed_as, r.presented_on, r.site, r.order_number, r.held, r.load_id, r.policy_id::int, v.code AS policy_code, v.version AS policy_version,
       r.next_action, r.next_action_at, r.next_reason, c.code, c.name, c.time_zone, c.requires_presentation AND r.presented_on IS NULL AS unpresented,
       (SELECT min(t.due_on) FROM task t JOIN task_item i ON i.task_id = t.id WHERE i.receivable_id = r.id AND t.kind = 'present' AND t.state = 'open') AS review_on,
       o.owed_minor,
       greatest(0, least(o.owed_minor, coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0)))::bigint AS disputed_minor,
       old.document AS replaces, (SELECT min(x.document) FROM receivable x WHERE x.replaces_id = r.id) AS replaced_by
     FROM receivable r JOIN customer c ON c.id = r.customer_id JOIN policy_version v ON v.id = r.policy_id JOIN owed o ON o.receivable_id = r.id
     LEFT JOIN receivable old ON old.id = r.replaces_id
     WHERE r.id = $1`,
    [found.id],
  ))!
  const today = localDateOf(now, facts.time_zone)

  const [interest] = await interestAsOf(sql, [found.id], today)
  const { currency } = found
  return {
    document: documentName(found),
    kind: found.kind,
    customer: { code: facts.code, name: facts.name, timeZone: facts.time_zone },
    case: found.case_key,
    currency,
    original: toDecimal(found.original_minor, currency),
    open: toDecimal(facts.owed_minor, currency),
    disputed: toDecimal(facts.disputed_minor, currency),
    interest: interest ? shownInterest(interest) : null,
    stage: facts.stage,
    closedAs: facts.closed_as,
    issuedOn: found.issued_on,
    dueOn: found.due_on,
    presentedOn: facts.presented_on,
    reviewOn: facts.unpresented ? facts.review_on : null,
    daysLate: facts.unpresented || facts.closed_as ? 0 : Math.max(0, daysBetween(found.due_on, today)),
    site: facts.site,
    orderNumber: facts.order_number,
    held: facts.held,
    load: facts.load_id,
    policy: { id: facts.policy_code, version: facts.policy_version },
    replaces: facts.replaces,
    replacedBy: facts.replaced_by,
    suspensions: (await suspensionsNow(sql, found.customer_id, [found.id], today)).get(found.id) ?? [],
    steps: await stepsOf(sql, found.id, facts),
    next: { step: facts.next_action, at: facts.next_action_at, reason: facts.next_reason },
    timeline: await timelineOf(sql, found.customer_id, found.id),
  }
}

type StepRow = ShownStep & { on: LocalDate }

async function stepsOf(sql: Sql, id: number, facts: FactsRow): Promise<ShownStep[]> {
  const records = await sql.rows<StepRow>(
    `SELECT step, action, state, on_date AS on, reason AS why FROM receivable_step WHERE receivable_id = $1 ORDER BY on_date, step`,
    [id],
  )
  const policy = (await policiesById(sql, [facts.policy_id])).get(facts.policy_id)!
  const ladder = policy.steps.map((step): ShownStep => {
    const record = records.find((r) => r.step === step.id)
    if (record) return record
    const isNext = facts.next_action === step.id && facts.closed_as === null
    return {
      step: step.id,
      action: step.action,
      state: 'ahead',
      on: isNext && facts.next_action_at !== null ? localDateOf(facts.next_action_at, facts.time_zone) : null,
      why: isNext ? facts.next_reason : null,
    }
  })
  // What is closed has nothing ahead of it.
  const shown = facts.closed_as === null ? ladder : ladder.filter((step) => step.state !== 'ahead')
  return [...shown, ...records.filter((r) => !policy.steps.some((s) => s.id === r.step))]
}
