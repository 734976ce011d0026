import type { Answer, CaseCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import { checkResubmission } from './contactLog.ts'
import { mustFind, type Sql } from './database.ts'
import { findReceivables } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { finishTask, itemsOf, openTask } from './tasks.ts'

/** What people do with tasks beside talking: ask for one, plan it, hand it over, finish it. */

interface OpenTask {
  id: number
  state: string
  kind: string
  subject: string
  owner: string
  due_on: string
  detail: { provisional?: number; dispute?: number }
}

/** @throws Refusal NotFound, or NotOpen when it is over */
async function findOpenTask(sql: Sql, scope: CommandScope, id: number): Promise<OpenTask> {
  const task = await mustFind<OpenTask>(
    sql,
    'task',
    String(id),
    'SELECT id::int, state, kind, subject, owner, due_on, detail FROM task WHERE id = $1 AND customer_id = $2',
    [id, scope.customer.id],
  )
  if (task.state !== 'open') throw new Refusal('NotOpen', { what: 'task', id: String(id), state: task.state })
  return task
}

/** A person asks for a call, a visit or a look. The same thing asked for again joins what is open. */
export async function addTask(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['addTask'],
): Promise<Answer> {
  const { asking, today } = scope
  const { kind, what, documents, ...rest } = input
  notBefore('dueOn', input.dueOn, today)
  const covered = openOfCustomer(
    scope,
    documents ? await findReceivables(sql, asking.company, documents) : [],
  )
  const { id } = await openTask(sql, asking, scope, {
    kind,
    subject: what,
    detail: { what },
    receivables: [...new Set(covered.map((r) => r.id))],
    byHand: true,
    ...rest,
  })
  const owner = input.owner ?? scope.customer.analyst
  return { result: { task: id, kind, what, owner, dueOn: input.dueOn ?? today }, cases: [] }
}

/** When, where and how urgently a task is to be done; what isn't said stays. */
export async function planTask(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['planTask'],
): Promise<Answer> {
  const { today } = scope
  const task = await findOpenTask(sql, scope, input.task)
  notBefore('dueOn', input.dueOn, today)
  checkResubmission(input.resubmitOn, today)
  await sql.rows(
    `UPDATE task SET due_on = coalesce($2, due_on), priority = coalesce($3, priority), resubmit_on = coalesce($4, resubmit_on),
       planned_at = coalesce(to_timestamp($5 / 1000.0), planned_at), place = coalesce($6, place) WHERE id = $1`,
    [
      task.id,
      input.dueOn ?? null,
      input.priority ?? null,
      input.resubmitOn ?? null,
      input.plannedAt ?? null,
      input.place ?? null,
    ],
  )
  const { task: _, why, plannedAt, ...changed } = input
  const result = {
    task: task.id,
    ...changed,
    ...(plannedAt === undefined
      ? {}
      : { plannedAt: new Date(plannedAt).toISOString(), timeZone: scope.customer.time_zone }),
  }
  await journalCommand(sql, scope, 'task planned', await itemsOf(sql, task.id), result, why)
  return { result, cases: [] }
}

/** The task is somebody else's from now on. */
export async function assignTask(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['assignTask'],
): Promise<Answer> {
  const task = await findOpenTask(sql, scope, input.task)
  await sql.rows('UPDATE task SET owner = $2 WHERE id = $1', [task.id, input.to])
  const result = { task: task.id, kind: task.kind, from: task.owner, to: input.to }
  await journalCommand(sql, scope, 'task assigned', await itemsOf(sql, task.id), result, input.why)
  return { result, cases: [] }
}

/** Closes a task that isn't a conversation: orders are held, the cash is applied. */
export async function closeTask(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['closeTask'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  const task = await findOpenTask(sql, scope, input.task)
  if (task.kind === 'call' || task.kind === 'visit')
    throw new Refusal('LoggedByContact', { task: String(task.id), kind: task.kind })
  const { provisional, dispute } = task.detail
  if (task.kind === 'resolve_dispute')
    throw new Refusal('EndsWithDispute', { task: String(task.id), dispute: String(dispute) })
  if (provisional !== undefined) throw new Refusal('ProvisionalOpen', { provisional })
  const receivables = await itemsOf(sql, task.id)
  await finishTask(sql, task.id, asking.now, today, input.why)
  await journalCommand(
    sql,
    scope,
    `${task.kind.replace('_', ' ')} task done`,
    receivables,
    { task: task.id },
    input.why,
  )
  return { result: { task: task.id, state: 'done' }, cases: await touchCustomers(sql, [customer.id]) }
}

function notBefore(field: string, day: string | undefined, today: string): void {
  if (day !== undefined && day < today)
    throw new Refusal('InvalidDate', { field, value: day, must: `not be before ${today}` })
}
