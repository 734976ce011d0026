import { addDays, type LocalDate } from '../domain/calendar.ts'
import type { Sql } from './database.ts'
import type { Doing } from './decisions.ts'
import { endDisputeTasks } from './disputeLines.ts'
import { appendToJournal } from './journal.ts'
import type { CaseScope } from './scope.ts'
import { openTask } from './tasks.ts'

/**
 * What time does to the disputes of a case: one whose receivables are all closed is over by itself; one that is open
 * after its service level is asked for again, and then told to the supervisor. Returns the receivables of those that are
 * over, and the next day on which one is to be looked at.
 */
export async function settleDisputes(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
): Promise<{ changed: number[]; lookAgainOn: LocalDate | null }> {
  const { today, calendar, policy } = scope
  const disputes = await sql.rows<{
    id: number
    owner: string
    due_on: LocalDate | null
    reminded_on: LocalDate | null
    escalated_on: LocalDate | null
    receivables: number[]
    is_open: boolean
  }>(
    `SELECT d.id::int, d.owner, d.due_on, d.reminded_on, d.escalated_on, array_agg(r.id::int ORDER BY r.id) AS receivables,
       bool_or(r.closed_as IS NULL) AS is_open
     FROM dispute d JOIN dispute_line l ON l.dispute_id = d.id AND l.resolved_minor < l.amount_minor JOIN receivable r ON r.id = l.receivable_id
     WHERE d.customer_id = $1 AND d.resolved_on IS NULL GROUP BY d.id HAVING bool_or(r.case_id = $2) ORDER BY d.id`,
    [scope.customer.id, scope.case.id],
  )
  const changed: number[] = []
  const next: LocalDate[] = []
  for (const dispute of disputes) {
    const { id, receivables, due_on: dueOn, reminded_on: remindedOn } = dispute
    if (!dispute.is_open) {
      await settle(sql, doing, scope, id, receivables)
      changed.push(...receivables)
    } else if (dueOn !== null && remindedOn === null) {
      if (dueOn < today) next.push(await remind(sql, doing, scope, { ...dispute, due_on: dueOn }))
      else next.push(addDays(dueOn, 1))
    } else if (remindedOn !== null && dispute.escalated_on === null) {
      const on = calendar.addWorkingDays(remindedOn, policy.disputes.escalate_after_working_days)
      if (on > today) next.push(on)
      else await escalate(sql, doing, scope, dispute)
    }
  }
  return { changed, lookAgainOn: next.sort()[0] ?? null }
}

async function settle(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  id: number,
  receivables: number[],
): Promise<void> {
  await sql.rows(
    `UPDATE dispute SET resolved_on = $2, resolved_at = to_timestamp($3 / 1000.0), outcome = 'settled' WHERE id = $1`,
    [id, scope.today, doing.now],
  )
  await sql.rows(
    'UPDATE dispute_line SET resolved_minor = amount_minor, resolved_on = $2 WHERE dispute_id = $1 AND resolved_minor < amount_minor',
    [id, scope.today],
  )
  await note(sql, doing, scope, 'dispute resolved', receivables, {
    dispute: id,
    outcome: 'settled',
    open: false,
  })
  await endDisputeTasks(sql, doing, scope.customer.id, id, 'nothing left to do')
}

/** Returns the day on which the supervisor is told. */
async function remind(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  {
    id,
    owner,
    due_on: dueOn,
    receivables,
  }: { id: number; owner: string; due_on: LocalDate; receivables: number[] },
): Promise<LocalDate> {
  await sql.rows('UPDATE dispute SET reminded_on = $2 WHERE id = $1', [id, scope.today])
  const task = await openTask(sql, doing, scope, {
    kind: 'resolve_dispute',
    subject: `dispute ${id}`,
    owner,
    dueOn,
    receivables,
    detail: { dispute: id },
  })
  await sql.rows('UPDATE task SET attempts = attempts + 1 WHERE id = $1', [task.id])
  await note(sql, doing, scope, 'dispute owner reminded', receivables, { dispute: id, owner, dueOn })
  return scope.calendar.addWorkingDays(scope.today, scope.policy.disputes.escalate_after_working_days)
}

async function escalate(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  {
    id,
    owner,
    due_on,
    receivables,
  }: { id: number; owner: string; due_on: LocalDate | null; receivables: number[] },
): Promise<void> {
  await sql.rows('UPDATE dispute SET escalated_on = $2 WHERE id = $1', [id, scope.today])
  await openTask(sql, doing, scope, {
    kind: 'tell_supervisor',
    subject: `dispute late ${id}`,
    owner: scope.policy.supervisor,
    receivables,
    detail: { dispute: id, disputeOwner: owner, serviceDueOn: due_on },
  })
}

const note = (
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  event: string,
  receivables: number[],
  data: Record<string, unknown>,
) =>
  appendToJournal(sql, doing.company, scope.customer.id, {
    event,
    actor: doing.actor,
    at: doing.now,
    receivables,
    data,
  })
