import type { Instant } from '../domain/calendar.ts'
import { type ReceivableDecision, untilFeedsEnd } from '../domain/decide.ts'
import type { CaseContext } from '../domain/facts.ts'
import { isWritten, needsApproval, type Step } from '../domain/policy.ts'
import { askForStep, askForTime } from './approvals/steps.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { dropUnsent, planMessage, skipEmptied } from './outbox.ts'
import { askToPresent } from './presentation.ts'
import type { CaseScope } from './scope.ts'
import { ABOUT_RECEIVABLES, openTask, overtakeTasks, type TaskKind } from './tasks.ts'

/** Writes what was decided about the receivables of a case: messages, tasks, approvals, steps, and when to look again. */

export interface Doing {
  company: string
  actor: string
  now: Instant
}

export async function writeDecisions(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  context: CaseContext,
  decisions: readonly ReceivableDecision[],
): Promise<{ processes: string[] }> {
  await takeOut(sql, doing, scope, decisions)
  await recordSkipped(sql, doing, scope, decisions)
  await tellSupervisor(sql, doing, scope, decisions)
  const asked = await carryOut(sql, doing, scope, decisions)
  const more = await askForMore(sql, doing, scope, context, decisions)
  const broken = await followBroken(sql, doing, scope, context, decisions)
  await askToPresent(sql, doing, scope, decisions)
  await skipEmptied(sql, scope.case.id)
  await storeDecisions(sql, decisions)
  return { processes: [...asked, ...more, ...broken] }
}

const CHASING: TaskKind[] = ['call', 'visit']

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
          ? ABOUT_RECEIVABLES
          : [
              ...(d.chased ? [] : CHASING),
              ...(d.applyCash ? [] : ['apply_cash' as const]),
              ...(d.stage === 'unpresented' ? [] : ['present' as const]),
            ]
      return kinds.length > 0 ? [{ receivable: d.id, kinds, closed: d.stage === 'closed' }] : []
    }),
  )
}

/** Steps that won't happen, and why; a person is told of those that the program may not begin by itself. */
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
      receivables: late,
    })
  const gaveUp = skipped
    .filter((s) => s.reason === 'not logged in time')
    .map((s) => ({ receivable: s.id, kinds: CHASING }))
  await overtakeTasks(sql, doing, scope, gaveUp)
}

/** A call or visit that nobody logged in time: the supervisor is told, once about each. */
async function tellSupervisor(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const unlogged = decisions.flatMap((d) => (d.unlogged ? [{ id: d.id, step: d.unlogged.id }] : []))
  for (const [step, group] of groupBy(unlogged, (u) => u.step)) {
    const subject = `not logged: ${step}`
    const told = await sql.rows<{ id: number }>(
      `SELECT i.receivable_id::int AS id FROM task t JOIN task_item i ON i.task_id = t.id
       WHERE t.case_id = $1 AND t.kind = 'tell_supervisor' AND t.subject = $2 AND i.receivable_id = ANY($3)`,
      [scope.case.id, subject, group.map((u) => u.id)],
    )
    const receivables = group.map((u) => u.id).filter((id) => !told.some((t) => t.id === id))
    if (receivables.length > 0)
      await openTask(sql, doing, scope, {
        kind: 'tell_supervisor',
        subject,
        owner: scope.policy.supervisor,
        receivables,
        detail: { analyst: scope.customer.analyst, step },
      })
  }
}

/** Steps that fire become one message, one task of a kind; each receivable's step is bound to what carries it. */
async function carryOut(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  decisions: readonly ReceivableDecision[],
): Promise<string[]> {
  const fired = decisions.flatMap((d) => d.fired.map((f) => ({ id: d.id, ...f })))
  const written = fired.filter((f) => isWritten(f.step.action) && !f.byPhone)
  if (written.length > 0) {
    const template = written.some((f) => f.step.action === 'remind') ? 'reminder' : 'statement'
    const message = await planMessage(sql, doing, scope, template)
    await writeSteps(
      sql,
      scope,
      written.map((f) => ({ id: f.id, step: f.step, state: 'pending', message })),
    )
  }
  const approved = fired.flatMap(({ id, step }) =>
    needsApproval(step.action) ? [{ id, step, action: step.action }] : [],
  )
  const tasks = fired.filter((f) => f.byPhone || !(isWritten(f.step.action) || needsApproval(f.step.action)))
  for (const [, group] of groupBy(tasks, (f) => taskOf(f.step, f.byPhone).join(' '))) {
    const [kind, subject] = taskOf(group[0]!.step, group[0]!.byPhone)
    const task = await openTask(sql, doing, scope, {
      kind,
      subject,
      receivables: group.map((f) => f.id),
    })
    // Holding orders and reviewing bind nobody's waiting: they count when a person is told.
    const waits = kind === 'call' || kind === 'visit'
    await writeSteps(
      sql,
      scope,
      group.map((f) => ({ id: f.id, step: f.step, state: waits ? 'pending' : 'done', task: task.id })),
    )
  }
  const begun: string[] = []
  for (const [action, group] of groupBy(approved, (f) => f.action)) {
    const { approvals, processes } = await askForStep(
      sql,
      doing,
      scope,
      action,
      group.map((f) => f.id),
    )
    begun.push(...processes)
    await writeSteps(
      sql,
      scope,
      group.map((f) => ({ id: f.id, step: f.step, state: 'pending', approval: approvals.get(f.id)! })),
    )
  }
  return begun
}

/** What only a person can do beside the steps: apply cash, extend a suspension, find an address. */
async function askForMore(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  context: CaseContext,
  decisions: readonly ReceivableDecision[],
): Promise<string[]> {
  const cash = decisions.filter((d) => d.applyCash).map((d) => d.id)
  if (cash.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'apply_cash',
      subject: 'unused money',
      receivables: cash,
    })
  if (!context.mailable && decisions.some((d) => d.chased))
    await openTask(sql, doing, scope, {
      kind: 'fix_contact',
      subject: 'no address',
      receivables: [],
    })
  const long = decisions.filter((d) => d.suspendedTooLong).map((d) => d.id)
  return long.length === 0 ? [] : askForTime(sql, doing, scope, long)
}

const taskOf = (step: Step, byPhone: boolean): [TaskKind, string] => {
  if (byPhone || step.action === 'call') return ['call', 'chase']
  if (step.action === 'visit') return ['visit', 'chase']
  if (step.action === 'hold_orders') return ['hold_orders', 'overdue']
  return ['review', 'periodic']
}

/**
 * A promise or an agreement that wasn't kept, or announced money that never came, triggers what the policy says: one task
 * in each case that it concerns, whichever case noticed, as soon as its receivables are chased again.
 */
async function followBroken(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  context: CaseContext,
  decisions: readonly ReceivableDecision[],
): Promise<string[]> {
  const { promises, announcements, negotiations: talks } = scope.case
  const chased = decisions.filter((d) => d.chased).map((d) => d.id)
  if (chased.length === 0 || !(promises || announcements || talks)) return []
  const begun: string[] = []
  const broken = await sql.rows<{ subject: string; agreed: boolean; receivables: number[] }>(
    `SELECT subject, agreed, array_agg(receivable::int ORDER BY receivable) AS receivables FROM (
       SELECT 'broken promise ' || p.id AS subject, false AS agreed, i.receivable_id AS receivable FROM promise_item i JOIN promise p ON p.id = i.promise_id
       WHERE i.receivable_id = ANY($2) AND p.state IN ('broken', 'partially_kept') AND NOT p.supplier_error
         AND NOT EXISTS (SELECT FROM negotiation n WHERE n.promise_id = p.id)
       UNION ALL
       SELECT 'broken announcement ' || n.id, false, i.receivable_id FROM announced_item i JOIN announced_payment n ON n.id = i.announced_id
       WHERE i.receivable_id = ANY($2) AND n.state = 'lapsed'
       UNION ALL
       SELECT 'broken agreement ' || n.id, true, i.receivable_id FROM negotiation_item i JOIN negotiation n ON n.id = i.negotiation_id
       WHERE i.receivable_id = ANY($2) AND n.state = 'broken') found
     WHERE NOT EXISTS (SELECT FROM task t WHERE t.case_id = $1 AND t.subject = found.subject)
       AND NOT EXISTS (SELECT FROM approval a WHERE a.customer_id = $3 AND a.subject = found.subject) GROUP BY subject, agreed ORDER BY subject`,
    [scope.case.id, chased, scope.customer.id],
  )
  const { promise, negotiations } = scope.policy
  for (const { subject, agreed, receivables } of broken) {
    const then = agreed ? negotiations.on_breach : promise.on_broken
    if (then === 'nothing') continue
    if (then === 'demand') {
      begun.push(...(await askForStep(sql, doing, scope, then, receivables, subject)).processes)
      continue
    }
    await openTask(sql, doing, scope, { kind: then, subject, receivables })
    if (then === 'review') continue
    // No step fired and none was open: that there is one to take back now, `decide` couldn't know.
    for (const decision of decisions.filter((d) => receivables.includes(d.id)))
      untilFeedsEnd(decision, { ...context, openCall: true })
  }
  return begun
}

interface StepToWrite {
  id: number
  step: Step
  state: 'pending' | 'done' | 'skipped'
  reason?: string
  message?: number
  task?: number
  approval?: number
}

/** A call that is skipped because nobody logged it had a pending record: that one is settled, not doubled. */
async function writeSteps(sql: Sql, scope: CaseScope, steps: readonly StepToWrite[]): Promise<void> {
  await sql.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason, message_id, task_id, approval_id)
     SELECT id, step, action, state, $2, reason, message, task, approval
     FROM jsonb_to_recordset($1::jsonb) AS s(id bigint, step text, action text, state text, reason text, message bigint, task bigint, approval bigint)
     ON CONFLICT (receivable_id, step) DO UPDATE SET state = excluded.state, reason = excluded.reason, on_date = excluded.on_date
     WHERE receivable_step.state = 'pending' AND excluded.state = 'skipped'`,
    [JSON.stringify(steps.map((s) => ({ ...s, step: s.step.id, action: s.step.action }))), scope.today],
  )
}

async function storeDecisions(sql: Sql, decisions: readonly ReceivableDecision[]): Promise<void> {
  if (decisions.length === 0) return
  await sql.rows(
    `UPDATE receivable r SET touched = false, stage = d.stage, next_action = d.step, next_reason = d.reason,
       next_action_at = to_timestamp(d.at / 1000.0)
     FROM jsonb_to_recordset($1::jsonb) AS d(id bigint, stage text, step text, reason text, at float8) WHERE r.id = d.id`,
    [JSON.stringify(decisions.map((d) => ({ id: d.id, stage: d.stage, ...d.next })))],
  )
}

function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value])
  return groups
}
