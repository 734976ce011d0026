import { addDays, type Instant, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { journalCommand } from './commandScope.ts'
import type { Sql } from './database.ts'
import type { CommandScope } from './scope.ts'
import { heldTasksSql } from './tasks.ts'

/**
 * Rows of a worklist that are put off. Only the list knows of it: the case goes on, and its deadlines with it. What ends a
 * snooze early isn't told to it; the list finds it in the customer's journal.
 */

/** A snooze that hasn't reached its day. */
export interface Snoozed {
  until: LocalDate
  why: string
  by: string
  /** What brought the row back before its day, as the journal has it; null while it is asleep. */
  back: { event: string; at: Instant; data: Record<string, unknown> } | null
}

/** Puts a customer's row off, for one person. Again, it takes the place of the one before. */
export async function snooze(
  sql: Sql,
  scope: CommandScope,
  { owner, until, why }: CaseCommands['snooze'],
): Promise<Answer> {
  const { asking, customer, policy, today } = scope
  const latest = addDays(today, policy.worklist.longest_snooze_days)
  if (until <= today)
    throw new Refusal('InvalidDate', {
      field: 'until',
      value: until,
      must: `not be before ${addDays(today, 1)}`,
    })
  if (until > latest)
    throw new Refusal('InvalidDate', { field: 'until', value: until, must: `not be after ${latest}` })
  const row = await sql.one(
    `SELECT FROM ${heldTasksSql('$1', '$4', '$3')} t WHERE t.customer_id = $2 AND t.holder = $3 LIMIT 1`,
    [asking.company, customer.id, owner, asking.now],
  )
  if (!row) throw new Refusal('NotFound', { what: 'task', id: `${customer.code} (${owner})` })
  await endOpen(sql, scope, owner)
  const result = { customer: customer.code, owner, until }
  await journalCommand(sql, scope, 'snoozed', [], result, why)
  await sql.rows(
    `INSERT INTO snooze (company, customer_id, owner, made_on, made_by, until_on, why, after_entry)
     SELECT $1, id, $3, $4, $5, $6, $7, journal_seq FROM customer WHERE id = $2`,
    [asking.company, customer.id, owner, today, asking.actor, until, why],
  )
  return { result, cases: [] }
}

/** Brings a row back before its day. */
export async function unsnooze(
  sql: Sql,
  scope: CommandScope,
  { owner, why }: CaseCommands['unsnooze'],
): Promise<Answer> {
  const { customer, today } = scope
  const until = await endOpen(sql, scope, owner)
  if (until === null || until <= today)
    throw new Refusal('NotFound', { what: 'snooze', id: `${customer.code} (${owner})` })
  const result = { customer: customer.code, owner }
  await journalCommand(sql, scope, 'unsnoozed', [], result, why)
  return { result, cases: [] }
}

/** Ends the one that is open, and says until when it was. */
async function endOpen(
  sql: Sql,
  { customer, today }: CommandScope,
  owner: string,
): Promise<LocalDate | null> {
  const ended = await sql.one<{ until_on: LocalDate }>(
    'UPDATE snooze SET ended_on = $3 WHERE customer_id = $1 AND owner = $2 AND ended_on IS NULL RETURNING until_on',
    [customer.id, owner, today],
  )
  return ended?.until_on ?? null
}
