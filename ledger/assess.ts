import { addDays, type Instant, type LocalDate } from '../domain/calendar.ts'
import { decide, type ReceivableDecision } from '../domain/decide.ts'
import { type CaseContext, type ReceivableFacts, STAGES, type Stage } from '../domain/facts.ts'
import type { Plan } from '../domain/plan.ts'
import { turnOf } from '../domain/stepDate.ts'
import { settleAnnouncements } from './announcements.ts'
import { touchReceivables } from './cases.ts'
import { BY_ITSELF } from './commands.ts'
import { settleConfirmation } from './confirmations.ts'
import { type Database, SHORT, type Sql } from './database.ts'
import { writeDecisions } from './decisions.ts'
import { settleDisputes } from './disputeDeadlines.ts'
import { dueReceivables, readContext, readFacts } from './facts.ts'
import { bookInterest } from './interest/books.ts'
import { openIntents } from './outbox.ts'
import { touchProcessesOf } from './processes.ts'
import { planReminders } from './promiseReminders.ts'
import { settlePromises } from './promiseStanding.ts'
import { settleProvisionals } from './provisionals.ts'
import { type Calendars, type CaseScope, openCase } from './scope.ts'

/** Every assessment's answer stays in the workflow's history: so many receivables tell how a case stands. */
const MOST_SHOWN = 10

/**
 * Looks at a case: reads the facts, decides, and writes what was decided, its intents and its journal entries in one
 * transaction under the customer's lock. Twice at the same instant changes nothing.
 */
export async function assess(
  database: Database,
  calendars: Calendars,
  company: string,
  key: string,
  now: Instant,
): Promise<Plan> {
  return database.transaction(async (sql) => {
    const scope = await openCase(sql, calendars, company, key, now)
    if (!scope) return unknownCase
    const doing = { company, actor: BY_ITSELF, now }
    const promises = await settlePromises(sql, doing, scope.customer.id, scope.today)
    const announced = await settleAnnouncements(sql, doing, scope.customer.id, scope.today)
    const provisional = await settleProvisionals(sql, doing, scope)
    const disputes = await settleDisputes(sql, doing, scope)
    const woken = await touchReceivables(sql, [
      ...promises.changed,
      ...announced.changed,
      ...provisional.changed,
      ...disputes.changed,
    ])

    const due = await dueReceivables(sql, scope.case.id, now, scope.today)
    const facts = await readFacts(sql, scope, promises.open, due.ids)
    const context = await readContext(sql, scope, now)
    const decisions = facts.map((f) => decide(f, context))

    const asked = await writeDecisions(sql, doing, scope, context, decisions)
    const paid = facts.filter((f) => f.owedMinor <= 0n).map((f) => f.id)
    const interest = await bookInterest(sql, doing, scope, { touched: due.ids, paid })
    const remindAt = await planReminders(sql, doing, scope, context, promises.open)
    const confirmOn = await settleConfirmation(sql, doing, scope)
    const turns = [provisional.askAgainOn, disputes.lookAgainOn, confirmOn].map((on) =>
      on === null ? null : turnOf(on, context),
    )
    return planOf(sql, scope, context, {
      facts,
      decisions,
      more: due.more || interest.more,
      wake: woken.filter((k) => k !== key),
      // A promise that was broken, money that didn't come: whatever waits about the customer may stand otherwise now.
      processes: [
        ...asked.processes,
        ...(woken.length > 0 ? await touchProcessesOf(sql, [scope.customer.id]) : []),
      ],
      agreementAt: [remindAt, ...turns].reduce(earliest, null),
      interestAt: interest.nextOn === null ? null : turnOf(interest.nextOn, context),
    })
  }, SHORT)
}

const unknownCase: Plan = {
  intents: [],
  more: false,
  nextAt: null,
  closed: true,
  outcome: 'unknown',
  wake: [],
  shown: { customer: '', branch: '', analyst: '', stage: 'closed', open: 0, tasks: 0 },
  lifecycle: [],
}

async function planOf(
  sql: Sql,
  scope: CaseScope,
  context: CaseContext,
  seen: {
    facts: readonly ReceivableFacts[]
    decisions: readonly ReceivableDecision[]
    more: boolean
    wake: string[]
    processes: string[]
    /** When something agreed with the customer, taken from them, asked or disputed is to be looked at. */
    agreementAt: Instant | null
    /** When interest of what is open goes into the books. */
    interestAt: Instant | null
  },
): Promise<Plan> {
  const { now } = context
  const { intents, nextTryAt } = await openIntents(sql, scope.case.id, now)
  const row = await sql.one<{
    open: number
    tasks: number
    next: number | null
    due: LocalDate | null
    stages: Stage[] | null
  }>(
    `SELECT count(*)::int AS open, min(due_on) FILTER (WHERE stage = 'current') AS due, array_agg(DISTINCT stage) AS stages, (extract(epoch FROM min(next_action_at)) * 1000)::float8 AS next,
       (SELECT count(*)::int FROM task WHERE case_id = $1 AND state = 'open') AS tasks
     FROM receivable WHERE case_id = $1 AND closed_as IS NULL AND NOT held AND kind IN ('invoice', 'debit_note', 'retention')`,
    [scope.case.id],
  )
  // What becomes overdue shows as that, whether or not a step is due that day.
  const overdueAt = row!.due === null ? null : turnOf(addDays(row!.due, 1), context)
  const interestAt = row!.open === 0 ? null : seen.interestAt
  const nextAt = seen.more
    ? now
    : [row!.next, nextTryAt, overdueAt, interestAt, seen.agreementAt].reduce(earliest, null)
  // While something is on its way the case wakes by itself; should its workflow be gone, the sweep asks again.
  const wakeAt = intents.length > 0 ? earliest(nextAt, now + 10 * 60_000) : nextAt
  await sql.rows(
    `UPDATE collection_case SET assessed_version = CASE WHEN $3 THEN assessed_version ELSE facts_version END,
       next_wake_at = to_timestamp($2 / 1000.0) WHERE id = $1`,
    [scope.case.id, wakeAt, seen.more],
  )
  const closed =
    row!.open === 0 && intents.length === 0 && nextTryAt === null && seen.agreementAt === null && !seen.more
  const worst = (row!.stages ?? []).reduce<Stage>(
    (w, s) => (STAGES.indexOf(s) > STAGES.indexOf(w) ? s : w),
    'unpresented',
  )
  return {
    intents,
    more: seen.more,
    nextAt,
    closed,
    outcome: closed ? 'settled' : 'open',
    wake: seen.wake,
    ...(seen.processes.length > 0 ? { processes: seen.processes } : {}),
    shown: {
      customer: scope.customer.code,
      branch: scope.customer.branch,
      analyst: scope.customer.analyst,
      stage: row!.open === 0 ? 'closed' : worst,
      open: row!.open,
      tasks: row!.tasks,
    },
    lifecycle: seen.decisions.slice(0, MOST_SHOWN).map((d, index) => ({
      document: seen.facts[index]!.document,
      stage: d.stage,
      last: d.fired.at(-1)?.step.id ?? seen.facts[index]!.steps.at(-1)?.step ?? null,
      next: d.next.step,
      nextAt: d.next.at,
      reason: d.next.reason,
    })),
  }
}

const earliest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
