import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import { mustFind, type Sql } from './database.ts'
import { findReceivables } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** A dispute over parts of receivables. The undisputed rest is chased meanwhile. */
export async function openDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['openDispute'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  const receivables = openOfCustomer(
    scope,
    await findReceivables(
      sql,
      asking.company,
      input.lines.map((l) => l.document),
    ),
  )
  const lines = receivables.map((receivable, index) => {
    const given = input.lines[index]!.amount
    if (given && given.currency !== receivable.currency)
      throw new Refusal('WrongCurrency', {
        document: receivable.name,
        expected: receivable.currency,
        given: given.currency,
      })
    const minor = given ? BigInt(given.minor) : receivable.balance_minor
    if (minor > receivable.balance_minor)
      throw new Refusal('DisputeExceedsOpen', {
        document: receivable.name,
        open: toDecimal(receivable.balance_minor, receivable.currency),
        given: toDecimal(minor, receivable.currency),
      })
    return { receivable, minor }
  })
  const id = await insertDispute(sql, asking, {
    customer: customer.id,
    reason: input.reason,
    owner: input.owner,
    openedOn: today,
    lines: lines.map((l) => ({ receivable: l.receivable.id, minor: l.minor })),
  })
  const result = {
    dispute: id,
    reason: input.reason,
    lines: lines.map((l) => ({
      document: l.receivable.name,
      amount: toDecimal(l.minor, l.receivable.currency),
      currency: l.receivable.currency,
    })),
  }
  const ids = lines.map((l) => l.receivable.id)
  await journalCommand(sql, scope, 'dispute opened', ids, { ...result, owner: input.owner }, input.notes)
  return { result, cases: await touchReceivables(sql, ids) }
}

/** Writes an open dispute. A receivable that is named twice is disputed once, by the larger amount. */
export async function insertDispute(
  sql: Sql,
  doing: { company: string; now: Instant },
  dispute: {
    customer: number
    reason: string
    owner: string
    openedOn: LocalDate
    lines: readonly { receivable: number; minor: bigint }[]
  },
): Promise<number> {
  const row = await sql.one<{ id: number }>(
    `INSERT INTO dispute (company, customer_id, reason, owner, opened_on, opened_at) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0)) RETURNING id::int`,
    [doing.company, dispute.customer, dispute.reason, dispute.owner, dispute.openedOn, doing.now],
  )
  for (const { receivable, minor } of dispute.lines)
    await sql.rows(
      `INSERT INTO dispute_line (dispute_id, receivable_id, amount_minor) VALUES ($1, $2, $3)
       ON CONFLICT (dispute_id, receivable_id) DO UPDATE SET amount_minor = greatest(dispute_line.amount_minor, excluded.amount_minor)`,
      [row!.id, receivable, minor],
    )
  return row!.id
}

/** Ends a dispute. An accepted one is followed by a credit (`credit`), which is a command of its own. */
export async function resolveDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['resolveDispute'],
): Promise<Answer> {
  const row = await mustFind<{ resolved_on: string | null; outcome: string }>(
    sql,
    'dispute',
    String(input.dispute),
    'SELECT resolved_on, outcome FROM dispute WHERE id = $1 AND customer_id = $2',
    [input.dispute, scope.customer.id],
  )
  if (row.resolved_on !== null)
    throw new Refusal('NotOpen', { what: 'dispute', id: String(input.dispute), state: row.outcome })
  await sql.rows(
    'UPDATE dispute SET resolved_on = $2, resolved_at = to_timestamp($3 / 1000.0), outcome = $4 WHERE id = $1',
    [input.dispute, scope.today, scope.asking.now, input.outcome],
  )
  const ids = (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM dispute_line WHERE dispute_id = $1',
      [input.dispute],
    )
  ).map((r) => r.id)
  await journalCommand(
    sql,
    scope,
    'dispute resolved',
    ids,
    { dispute: input.dispute, outcome: input.outcome },
    input.why,
  )
  return {
    result: { dispute: input.dispute, outcome: input.outcome },
    cases: await touchReceivables(sql, ids),
  }
}
