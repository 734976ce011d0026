import { daysBetween, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { withAuthority } from './approvals/authority.ts'
import { touchCustomers, touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import { mustFind, type Sql } from './database.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** Nobody contacts the customer (about one receivable, or at all) from a day to a day. */
export async function pause(sql: Sql, scope: CommandScope, input: CaseCommands['pause']): Promise<Answer> {
  const { asking, customer, today } = scope
  const [receivable] =
    input.document === undefined
      ? []
      : openOfCustomer(scope, await findReceivables(sql, asking.company, [input.document]))
  const from = input.from ?? today
  if (input.to < from || input.to < today)
    throw new Refusal('InvalidDate', {
      field: 'to',
      value: input.to,
      must: `not be before ${from > today ? from : today}`,
    })
  const overlap = await sql.one<{ from_on: string; to_on: string }>(
    `SELECT from_on, to_on FROM pause WHERE customer_id = $1 AND receivable_id IS NOT DISTINCT FROM $2
       AND from_on <= $4 AND to_on >= $3 AND (resumed_on IS NULL OR resumed_on > greatest(from_on, $3))`,
    [customer.id, receivable?.id ?? null, from, input.to],
  )
  if (overlap) throw new Refusal('PauseOverlaps', { from: overlap.from_on, to: overlap.to_on })
  if (daysBetween(from, input.to) < scope.policy.approvals.pause_days)
    return pauseNow(sql, scope, receivable, from, input)
  const covers = receivable?.name ?? customer.code
  return withAuthority(
    sql,
    scope,
    {
      kind: 'pause',
      command: 'pause',
      // It ends when it was asked to end, and begins when it is granted at the earliest.
      input,
      subject: covers,
      items: receivable ? [{ receivable: receivable.id, ceilingMinor: receivable.balance_minor }] : [],
      amount: receivable ? { currency: receivable.currency, minor: receivable.balance_minor } : null,
      onYes: [{ code: 'pause', data: { covers, from, to: input.to } }],
      onNo: [{ code: 'chasing_goes_on', data: { documents: [covers] } }],
      why: input.why,
    },
    () => pauseNow(sql, scope, receivable, from, input),
  )
}

async function pauseNow(
  sql: Sql,
  scope: CommandScope,
  receivable: Receivable | undefined,
  from: LocalDate,
  input: CaseCommands['pause'],
): Promise<Answer> {
  const { asking, customer } = scope
  const row = await sql.one<{ id: number }>(
    'INSERT INTO pause (company, customer_id, receivable_id, from_on, to_on, reason) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id::int',
    [asking.company, customer.id, receivable?.id ?? null, from, input.to, input.why],
  )
  const result = { pause: row!.id, from, to: input.to, covers: receivable?.name ?? customer.code }
  await journalCommand(
    sql,
    scope,
    'paused',
    await pausedReceivables(sql, scope, receivable?.id ?? null),
    result,
    input.why,
  )
  return { result, cases: await touched(sql, scope, receivable?.id ?? null) }
}

export async function resume(sql: Sql, scope: CommandScope, input: CaseCommands['resume']): Promise<Answer> {
  const row = await mustFind<{
    receivable_id: number | null
    from_on: string
    to_on: string
    resumed_on: string | null
  }>(
    sql,
    'pause',
    String(input.pause),
    'SELECT receivable_id::int, from_on, to_on, resumed_on FROM pause WHERE id = $1 AND customer_id = $2',
    [input.pause, scope.customer.id],
  )
  if (row.resumed_on !== null || row.to_on < scope.today)
    throw new Refusal('PauseNotActive', { id: String(input.pause) })
  // Resumed before it began: as if it had never been.
  const resumedOn = scope.today < row.from_on ? row.from_on : scope.today
  await sql.rows('UPDATE pause SET resumed_on = $2 WHERE id = $1', [input.pause, resumedOn])
  await journalCommand(
    sql,
    scope,
    'resumed',
    await pausedReceivables(sql, scope, row.receivable_id),
    { pause: input.pause },
    input.why,
  )
  return { result: { pause: input.pause, resumedOn }, cases: await touched(sql, scope, row.receivable_id) }
}

const touched = (sql: Sql, scope: CommandScope, receivableId: number | null): Promise<string[]> =>
  receivableId === null ? touchCustomers(sql, [scope.customer.id]) : touchReceivables(sql, [receivableId])

const pausedReceivables = async (
  sql: Sql,
  scope: CommandScope,
  receivableId: number | null,
): Promise<number[]> =>
  receivableId !== null
    ? [receivableId]
    : (
        await sql.rows<{ id: number }>(
          'SELECT id::int FROM receivable WHERE customer_id = $1 AND closed_as IS NULL ORDER BY id',
          [scope.customer.id],
        )
      ).map((r) => r.id)
