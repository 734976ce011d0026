import type { Instant } from '../domain/calendar.ts'
import { decide, type ReceivableDecision } from '../domain/decide.ts'
import type { CaseContext, ReceivableFacts, Stage } from '../domain/facts.ts'
import { STAGES } from '../domain/facts.ts'
import type { Plan } from '../domain/plan.ts'
import { isWritten, needsApproval, type Step } from '../domain/policy.ts'
import { settleAnnouncements } from './agreements.ts'
import { touchReceivables } from './cases.ts'
import type { Database, Sql } from './database.ts'
import { dueReceivables, readContext, readFacts } from './facts.ts'
import { appendToJournal } from './journal.ts'
import { dropUnsent, openIntents, planNotice } from './outbox.ts'
import { settlePromises } from './promises.ts'
import { type Calendars, type CaseScope, openCase } from './scope.ts'
import { openTask, overtakeTasks, type TaskKind } from './tasks.ts'

const BY_ITSELF = 'cartera'

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
    const woken = await touchReceivables(sql, [...promises.changed, ...announced.changed])

    const due = await dueReceivables(sql, scope.case.id, now)
    const facts = await readFacts(sql, scope, promises.open, due.ids)
    const context = await readContext(sql, scope, now)
    const decisions = facts.map((f) => decide(f, context))
    const broken = [
      ...promises.notKept.map((p) => ({ ...p, kind: 'promise' })),
      ...announced.lapsed.map((a) => ({ ...a, kind: 'announcement' })),
    ]

    await takeOut(sql, doing, scope, decisions)
    await recordSkipped(sql, doing, scope, decisions)
    await carryOut(sql, doing, scope, context, facts, decisions)
    await followBroken(sql, doing, scope, broken, decisions)
    await storeDecisions(sql, decisions)
    return planOf(sql, scope, now, { facts, decisions, more: due.more, wake: woken.filter((k) => k !== key) })
  })
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

const CHASING: TaskKind[] = ['call', 'visit']
const WHILE_OPEN: TaskKind[] = [
  'call',
  'visit',
  'apply_cash',
  'hold_orders',
  'review',
  'request_approval',
  'tell_supervisor',
]

/** What is no longer chased leaves what was planned about it: unsent messages, calls, visits. */
async function takeOut(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const idle = decisions.filter((d) => !d.chased)
  await dropUnsent(
    sql,
    scope.case.id,
    idle.map((d) => d.id),
  )
  await overtakeTasks(
    sql,
    doing,
    scope,
    decisions.flatMap((d) => {
      const kinds =
        d.stage === 'closed'
          ? WHILE_OPEN
          : [...(d.chased ? [] : CHASING), ...(d.applyCash ? [] : ['apply_cash' as const])]
      return kinds.length > 0 ? [{ receivable: d.id, kinds }] : []
    }),
  )
}

type Doing = { company: string; actor: string; now: Instant }

async function recordSkipped(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const skipped = decisions.flatMap((d) => d.skipped.map((s) => ({ ...s, id: d.id })))
  if (skipped.length === 0) return
  await writeSteps(
    sql,
    scope,
    skipped.map((s) => ({ id: s.id, step: s.step, state: 'skipped', reason: s.reason })),
  )
  for (const [reason, entries] of groupBy(skipped, (s) => s.reason))
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: 'steps skipped',
      actor: doing.actor,
      at: doing.now,
      why: reason,
      receivables: [...new Set(entries.map((e) => e.id))],
      data: {
        steps: Object.fromEntries(
          [...groupBy(entries, (e) => String(e.id))].map(([id, es]) => [id, es.map((e) => e.step.id)]),
        ),
      },
    })
  const tell = (reason: string) => [...new Set(skipped.filter((s) => s.reason === reason).map((s) => s.id))]
  const late = tell('loaded late: a person decides')
  if (late.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'review',
      subject: 'loaded late',
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables: late,
    })
  const unlogged = tell('not logged in time')
  if (unlogged.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'tell_supervisor',
      subject: 'not logged',
      owner: scope.policy.supervisor,
      dueOn: scope.today,
      receivables: unlogged,
      detail: { analyst: scope.customer.analyst },
    })
  const gaveUp = skipped
    .filter((s) => s.reason === 'not logged in time')
    .map((s) => ({ receivable: s.id, kinds: CHASING }))
  await overtakeTasks(sql, doing, scope, gaveUp)
}

/** Steps that fire become one message, one task of a kind; each receivable's step is bound to what carries it. */
async function carryOut(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  context: CaseContext,
  facts: readonly ReceivableFacts[],
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const fired = decisions.flatMap((d) => d.fired.map((f) => ({ id: d.id, ...f })))
  const written = fired.filter((f) => isWritten(f.step.action) && !f.byPhone)
  if (written.length > 0) {
    const template = written.some((f) => f.step.action === 'remind') ? 'reminder' : 'statement'
    const message = await planNotice(sql, doing, scope, template)
    await writeSteps(
      sql,
      scope,
      written.map((f) => ({ id: f.id, step: f.step, state: 'pending', message })),
    )
  }
  const tasks = fired.filter((f) => f.byPhone || !isWritten(f.step.action))
  for (const [, group] of groupBy(tasks, (f) => taskOf(f.step, f.byPhone).join(' '))) {
    const [kind, subject] = taskOf(group[0]!.step, group[0]!.byPhone)
    const toSupervisor = kind === 'request_approval'
    const task = await openTask(sql, doing, scope, {
      kind,
      subject,
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables: group.map((f) => f.id),
      detail: toSupervisor ? { action: group[0]!.step.action, supervisor: scope.policy.supervisor } : {},
    })
    // Holding orders and reviewing bind nobody's waiting: they count when a person is told.
    const waits = kind === 'call' || kind === 'visit' || needsApproval(group[0]!.step.action)
    await writeSteps(
      sql,
      scope,
      group.map((f) => ({ id: f.id, step: f.step, state: waits ? 'pending' : 'done', task: task.id })),
    )
  }
  const cash = decisions.filter((d) => d.applyCash).map((d) => d.id)
  if (cash.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'apply_cash',
      subject: 'unused money',
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables: cash,
    })
  const long = decisions.filter((d) => d.suspendedTooLong).map((d) => d.id)
  if (long.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'request_approval',
      subject: 'suspended too long',
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables: long,
      detail: {
        action: 'extend_suspension',
        days: scope.policy.suspended_days_cap,
        supervisor: scope.policy.supervisor,
      },
    })
  if (!context.mailable && facts.length > 0 && decisions.some((d) => d.chased))
    await openTask(sql, doing, scope, {
      kind: 'fix_contact',
      subject: 'no address',
      owner: scope.customer.analyst,
      dueOn: scope.today,
      receivables: [],
    })
}

const taskOf = (step: Step, byPhone: boolean): [TaskKind, string] => {
  if (byPhone || step.action === 'call') return ['call', 'chase']
  if (step.action === 'visit') return ['visit', 'chase']
  if (step.action === 'hold_orders') return ['hold_orders', 'overdue']
  if (step.action === 'review') return ['review', 'periodic']
  return ['request_approval', step.action]
}

/** A promise that wasn't kept, or announced money that never came, triggers what the policy says. */
async function followBroken(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  broken: { id: number; kind: string; receivables: number[] }[],
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const kind = scope.policy.promise.on_broken
  if (kind === 'nothing') return
  const chased = new Set(decisions.filter((d) => d.chased).map((d) => d.id))
  for (const one of broken) {
    const receivables = one.receivables.filter((id) => chased.has(id))
    if (receivables.length > 0)
      await openTask(sql, doing, scope, {
        kind,
        subject: `broken ${one.kind} ${one.id}`,
        owner: scope.customer.analyst,
        dueOn: scope.today,
        receivables,
      })
  }
}

interface StepToWrite {
  id: number
  step: Step
  state: 'pending' | 'done' | 'skipped'
  reason?: string
  message?: number
  task?: number
}

/** A call that is skipped because nobody logged it had a pending record: that one is settled, not doubled. */
async function writeSteps(sql: Sql, scope: CaseScope, steps: readonly StepToWrite[]): Promise<void> {
  await sql.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason, message_id, task_id)
     SELECT id, step, action, state, $2, reason, message, task
     FROM jsonb_to_recordset($1::jsonb) AS s(id bigint, step text, action text, state text, reason text, message bigint, task bigint)
     ON CONFLICT (receivable_id, step) DO UPDATE SET state = excluded.state, reason = excluded.reason, on_date = excluded.on_date
     WHERE receivable_step.state = 'pending' AND excluded.state = 'skipped'`,
    [JSON.stringify(steps.map((s) => ({ ...s, step: s.step.id, action: s.step.action }))), scope.today],
  )
}

async function storeDecisions(sql: Sql, decisions: readonly ReceivableDecision[]): Promise<void> {
  await sql.rows(
    `UPDATE receivable r SET touched = false, stage = d.stage, next_action = d.step, next_reason = d.reason,
       next_action_at = to_timestamp(d.at / 1000.0)
     FROM jsonb_to_recordset($1::jsonb) AS d(id bigint, stage text, step text, reason text, at float8) WHERE r.id = d.id`,
    [JSON.stringify(decisions.map((d) => ({ id: d.id, stage: d.stage, ...d.next })))],
  )
}

async function planOf(
  sql: Sql,
  scope: CaseScope,
  now: Instant,
  seen: {
    facts: readonly ReceivableFacts[]
    decisions: readonly ReceivableDecision[]
    more: boolean
    wake: string[]
  },
): Promise<Plan> {
  const { intents, nextTryAt } = await openIntents(sql, scope.case.id, now)
  const row = await sql.one<{ open: number; tasks: number; next: number | null; stages: Stage[] | null }>(
    `SELECT count(*)::int AS open, array_agg(DISTINCT stage) AS stages, (extract(epoch FROM min(next_action_at)) * 1000)::float8 AS next,
       (SELECT count(*)::int FROM task WHERE case_id = $1 AND state = 'open') AS tasks
     FROM receivable WHERE case_id = $1 AND closed_as IS NULL AND NOT held AND kind IN ('invoice', 'debit_note', 'retention')`,
    [scope.case.id],
  )
  const nextAt = seen.more ? now : earliest(row!.next, nextTryAt)
  // While something is on its way the case wakes by itself; should its workflow be gone, the sweep asks again.
  const wakeAt = intents.length > 0 ? earliest(nextAt, now + 10 * 60_000) : nextAt
  await sql.rows(
    `UPDATE collection_case SET assessed_version = CASE WHEN $3 THEN assessed_version ELSE facts_version END,
       next_wake_at = to_timestamp($2 / 1000.0) WHERE id = $1`,
    [scope.case.id, wakeAt, seen.more],
  )
  const closed = row!.open === 0 && intents.length === 0 && nextTryAt === null && !seen.more
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
    shown: {
      customer: scope.customer.code,
      branch: scope.customer.branch,
      analyst: scope.customer.analyst,
      stage: row!.open === 0 ? 'closed' : worst,
      open: row!.open,
      tasks: row!.tasks,
    },
    lifecycle: seen.decisions.slice(0, 50).map((d, index) => ({
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

function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value])
  return groups
}
