import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** The lines of an open dispute that a command is about, and the tasks that end with a dispute. */

export interface OpenDispute {
  id: number
  reason: string
  owner: string
  opened_on: LocalDate
  due_on: LocalDate | null
}

/** @throws Refusal NotFound, NotOpen */
export async function mustBeOpen(sql: Sql, scope: CommandScope, id: number): Promise<OpenDispute> {
  const row = await mustFind<OpenDispute & { resolved_on: LocalDate | null; outcome: string }>(
    sql,
    'dispute',
    String(id),
    'SELECT id::int, reason, owner, opened_on, due_on, resolved_on, outcome FROM dispute WHERE id = $1 AND customer_id = $2',
    [id, scope.customer.id],
  )
  if (row.resolved_on !== null)
    throw new Refusal('NotOpen', { what: 'dispute', id: String(id), state: row.outcome })
  return row
}

export interface ChosenLine {
  receivable: Receivable
  /** Of what is claimed, what is decided about. */
  claimMinor: bigint
  /** Of that, what is open still. */
  minor: bigint
  /** Nothing of the line stays disputed. */
  isWhole: boolean
}

/**
 * The lines that are named, or all that are still disputed.
 * @throws Refusal NotFound when one isn't of the dispute, WrongCurrency, DisputeExceedsOpen
 */
export async function chosenLines(
  sql: Sql,
  { asking }: CommandScope,
  dispute: number,
  wanted: CaseCommands['resolveDispute']['lines'],
): Promise<ChosenLine[]> {
  const rows = await sql.rows<{ name: string; left: bigint }>(
    `SELECT r.document || '/' || r.tranche AS name, l.amount_minor - l.resolved_minor AS left
     FROM dispute_line l JOIN receivable r ON r.id = l.receivable_id WHERE l.dispute_id = $1 AND l.resolved_minor < l.amount_minor
     ORDER BY r.due_on, r.id`,
    [dispute],
  )
  const receivables = await findReceivables(
    sql,
    asking.company,
    rows.map((r) => r.name),
  )
  const lines = receivables.map((receivable, index) => ({ receivable, left: rows[index]!.left }))
  const named: NonNullable<typeof wanted> =
    wanted ?? lines.map(({ receivable }) => ({ document: receivable.name }))
  return named.map(({ document, amount }) => {
    const line = lines.find(
      ({ receivable }) =>
        receivable.name === document || `${receivable.document}/${receivable.tranche}` === document,
    )
    if (!line) throw new Refusal('NotFound', { what: 'dispute', id: `${dispute}: ${document}` })
    const { receivable } = line
    const { currency } = receivable
    if (amount && amount.currency !== currency)
      throw new Refusal('WrongCurrency', { document, expected: currency, given: amount.currency })
    const open = line.left < receivable.balance_minor ? line.left : receivable.balance_minor
    const given = amount ? BigInt(amount.minor) : open
    if (given > open)
      throw new Refusal('DisputeExceedsOpen', {
        document,
        open: toDecimal(open, currency),
        given: toDecimal(given, currency),
      })
    const isWhole = given === open
    const claimMinor = isWhole ? line.left : given
    // The same line named again finds only what is left.
    line.left -= claimMinor
    return { receivable, claimMinor, minor: given, isWhole }
  })
}

/** What its owner and the supervisor were asked is over. */
export async function endDisputeTasks(
  sql: Sql,
  doing: { company: string; actor: string; now: Instant },
  customer: number,
  dispute: number,
  why: string,
): Promise<void> {
  const ended = await sql.rows<{ id: number; kind: string; receivables: number[] }>(
    `UPDATE task t SET state = 'done', closed_at = to_timestamp($4 / 1000.0), closed_why = $5
     WHERE customer_id = $1 AND state = 'open' AND (kind, subject) IN (('resolve_dispute', $2), ('tell_supervisor', $3))
     RETURNING id::int, kind, ARRAY(SELECT receivable_id::int FROM task_item i WHERE i.task_id = t.id ORDER BY 1) AS receivables`,
    [customer, `dispute ${dispute}`, `dispute late ${dispute}`, doing.now, why],
  )
  for (const { id, kind, receivables } of ended)
    await appendToJournal(sql, doing.company, customer, {
      event: `${kind.replace('_', ' ')} task done`,
      actor: doing.actor,
      at: doing.now,
      why,
      receivables,
      data: { task: id },
    })
}
