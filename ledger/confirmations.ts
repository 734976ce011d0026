import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import {
  type ConfirmationDifference,
  type ConfirmationItem,
  type ConfirmationMode,
  type ConfirmationState,
  type ContestedPart,
  contestedParts,
  daysOfConfirmation,
  differencesOf,
} from '../domain/confirmation.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand } from './commandScope.ts'
import { cashOf, itemsOf, keepBooksOf } from './confirmationBooks.ts'
import { mustFind, type Sql } from './database.ts'
import { raiseDispute } from './disputes.ts'
import { appendToJournal } from './journal.ts'
import { contactOf } from './messages.ts'
import { planMessage } from './outbox.ts'
import type { CaseScope, CommandScope } from './scope.ts'
import { closeAbout, openTask } from './tasks.ts'

/**
 * Whether a balance is right: asked of a case's customer, reminded of, called about, answered. What the customer says it
 * owes less of becomes one dispute; what else differs is for the analyst to look at.
 */

type Doing = { company: string; actor: string; now: number }

interface ConfirmationRow {
  id: number
  mode: ConfirmationMode
  state: ConfirmationState
  as_of: LocalDate
  asked_on: LocalDate
  message_id: number | null
  reminder_id: number | null
}

const find = (sql: Sql, scope: CaseScope, id: number): Promise<ConfirmationRow> =>
  mustFind<ConfirmationRow>(
    sql,
    'confirmation',
    String(id),
    `SELECT id::int, mode, state, as_of, asked_on, message_id::int, reminder_id::int FROM confirmation WHERE id = $1 AND customer_id = $2`,
    [id, scope.customer.id],
  )

/** What tasks about it are called. */
const subjectOf = (id: number): string => `confirmation ${id}`

/** Asks whether what is open on a day of the books is right. The books of that day are kept with it, as known now. */
export async function requestConfirmation(
  sql: Sql,
  scope: CommandScope,
  { mode, asOf: wanted }: CaseCommands['requestConfirmation'],
): Promise<Answer> {
  const { asking, customer, policy, calendar, today } = scope
  const asOf = wanted ?? today
  if (asOf > today)
    throw new Refusal('InvalidDate', { field: 'asOf', value: asOf, must: `not be after ${today}` })
  const open = await sql.one<{ id: number }>(
    `SELECT id::int FROM confirmation WHERE case_id = $1 AND state = 'asked'`,
    [scope.case.id],
  )
  if (open) throw new Refusal('ConfirmationExists', { case: scope.case.key, confirmation: open.id })
  const days = daysOfConfirmation(mode, today, policy.confirmation, calendar)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO confirmation (company, customer_id, case_id, mode, as_of, state, asked_on, asked_by, remind_on, call_on, closes_on)
     VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, $8, $9, $10) RETURNING id::int`,
    [
      asking.company,
      customer.id,
      scope.case.id,
      mode,
      asOf,
      today,
      asking.actor,
      days.remindOn,
      days.callOn,
      days.closesOn,
    ],
  )
  const { id } = row!
  await keepBooksOf(sql, scope, id, asOf)
  const message = await planMessage(sql, asking, scope, 'confirmation')
  await sql.rows('UPDATE confirmation SET message_id = $2 WHERE id = $1', [id, message])
  if ((await contactOf(sql, scope, null)) === null)
    await openTask(sql, asking, scope, { kind: 'fix_contact', subject: 'no address', receivables: [] })
  const result = { confirmation: id, mode, asOf, ...days }
  await journalCommand(sql, scope, 'confirmation asked', [], result)
  return { result, cases: await wake(sql, scope) }
}

/** Only this case has something to do; what is chased doesn't change. */
async function wake(sql: Sql, scope: CaseScope): Promise<string[]> {
  await sql.rows('UPDATE collection_case SET facts_version = facts_version + 1 WHERE id = $1', [
    scope.case.id,
  ])
  return [scope.case.key]
}

/** Records what the customer answered. An answer that comes after silence was taken for one is taken as well. */
export async function answerConfirmation(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['answerConfirmation'],
): Promise<Answer> {
  const { asking, today } = scope
  const row = await find(sql, scope, input.confirmation)
  if (row.state !== 'asked' && row.state !== 'unopposed')
    throw new Refusal('NotOpen', { what: 'confirmation', id: String(row.id), state: row.state })
  const documents = (input.balances ?? []).map(({ document, amount }) => ({
    document,
    currency: amount.currency,
    minor: BigInt(amount.minor),
  }))
  const totals = (input.totals ?? []).map(({ currency, minor }) => ({ currency, minor: BigInt(minor) }))
  if ((input.agrees ?? false) === documents.length + totals.length > 0)
    throw new Refusal('AnswerUnclear', { confirmation: row.id })
  const answeredOn = input.answeredOn ?? today
  if (answeredOn < row.asked_on || answeredOn > today)
    throw new Refusal('InvalidDate', {
      field: 'answeredOn',
      value: answeredOn,
      must: answeredOn > today ? `not be after ${today}` : `not be before ${row.asked_on}`,
    })
  const items = await itemsOf(sql, row.id)
  checkCurrencies(items, documents)
  const cash = await cashOf(sql, row.id)
  const differences = differencesOf(row.mode, items, { documents, totals }, cash)
  const contested = contestedParts(differences, cash)
  const dispute = await contest(sql, scope, input, contested)
  const state: ConfirmationState = differences.length === 0 ? 'agreed' : 'differs'
  await sql.rows(
    `UPDATE confirmation SET state = $2, answered_on = $3, answered_by = $4, dispute_id = $5, closed_on = $6 WHERE id = $1`,
    [row.id, state, answeredOn, input.answeredBy, dispute, today],
  )
  await keepDifferences(sql, row.id, differences)
  await dropUnsaid(sql, row)
  await closeAbout(sql, asking, scope, 'call', subjectOf(row.id))
  const unexplained = differences.filter((d) => !contested.some((c) => c.receivable === d.receivable))
  if (unexplained.length > 0)
    await openTask(sql, asking, scope, {
      kind: 'review',
      subject: subjectOf(row.id),
      receivables: [],
      detail: { differences: unexplained.length },
    })
  const result = {
    confirmation: row.id,
    state,
    answeredBy: input.answeredBy,
    dispute,
    differences: differences.map((d) => ({
      document: d.document,
      currency: d.currency,
      ours: toDecimal(d.oursMinor, d.currency),
      theirs: toDecimal(d.theirsMinor, d.currency),
    })),
  }
  const concerned = differences.flatMap((d) => d.receivable ?? [])
  await journalCommand(sql, scope, `confirmation ${state}`, concerned, result, input.notes)
  const touched = await touchReceivables(sql, concerned)
  return { result, cases: [...new Set([...touched, ...(await wake(sql, scope))])].sort() }
}

/** What somebody says of a document is said in the document's currency. */
function checkCurrencies(
  items: readonly ConfirmationItem[],
  documents: readonly { document: string; currency: string }[],
): void {
  const currencies = new Map(items.map((i) => [i.document, i.currency]))
  for (const { document, currency } of documents) {
    const expected = currencies.get(document)
    if (expected !== undefined && expected !== currency)
      throw new Refusal('WrongCurrency', { document, expected, given: currency })
  }
}

/** One dispute of all that the customer says it owes less of, as far as it is still open and not disputed already. */
async function contest(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['answerConfirmation'],
  contested: readonly ContestedPart[],
): Promise<number | null> {
  if (contested.length === 0) return null
  const balances = await sql.rows<{ receivable: number; minor: bigint }>(
    'SELECT a.receivable_id::int AS receivable, a.balance_minor - coalesce(d.minor, 0) AS minor FROM account a LEFT JOIN disputed d ON d.receivable_id = a.receivable_id WHERE a.receivable_id = ANY($1)',
    [contested.map((c) => c.receivable)],
  )
  const open = new Map(balances.map((b) => [b.receivable, b.minor]))
  const lines = contested
    .map(({ receivable, document, currency, minor }) => {
      const left = open.get(receivable)!
      return { receivable, document, currency, minor: minor < left ? minor : left }
    })
    .filter((line) => line.minor > 0n)
  if (lines.length === 0) return null
  const { dispute } = await raiseDispute(sql, scope, { ...input, reason: input.reason ?? 'other' }, lines, {
    confirmation: input.confirmation,
  })
  return dispute
}

async function keepDifferences(
  sql: Sql,
  id: number,
  differences: readonly ConfirmationDifference[],
): Promise<void> {
  await sql.rows(
    `INSERT INTO confirmation_difference (confirmation_id, no, receivable_id, document, currency, ours_minor, theirs_minor)
     SELECT $1, no, receivable, CASE WHEN receivable IS NULL THEN document END, currency, ours, theirs
     FROM jsonb_to_recordset($2::jsonb) AS d(no int, receivable bigint, document text, currency text, ours bigint, theirs bigint)`,
    [
      id,
      JSON.stringify(
        differences.map((d, index) => ({
          ...d,
          no: index + 1,
          ours: Number(d.oursMinor),
          theirs: Number(d.theirsMinor),
          oursMinor: undefined,
          theirsMinor: undefined,
        })),
      ),
    ],
  )
}

/** What was answered isn't asked any more. */
async function dropUnsaid(sql: Sql, row: ConfirmationRow): Promise<void> {
  await sql.rows(
    `UPDATE message SET state = 'skipped', reason = 'nothing left to say' WHERE id = ANY($1) AND state = 'pending'`,
    [[row.message_id, row.reminder_id].filter((m) => m !== null)],
  )
}

export async function withdrawConfirmation(
  sql: Sql,
  scope: CommandScope,
  { confirmation: id, why }: CaseCommands['withdrawConfirmation'],
): Promise<Answer> {
  const row = await find(sql, scope, id)
  if (row.state !== 'asked')
    throw new Refusal('NotOpen', { what: 'confirmation', id: String(id), state: row.state })
  await close(sql, id, 'withdrawn', scope.today)
  await dropUnsaid(sql, row)
  await closeAbout(sql, scope.asking, scope, 'call', subjectOf(id))
  const result = { confirmation: id, state: 'withdrawn' }
  await journalCommand(sql, scope, 'confirmation withdrawn', [], result, why)
  return { result, cases: await wake(sql, scope) }
}

const close = (sql: Sql, id: number, state: ConfirmationState, on: LocalDate) =>
  sql.rows('UPDATE confirmation SET state = $2, closed_on = $3 WHERE id = $1', [id, state, on])

/**
 * What is due about the confirmation that waits in a case: a reminder, then a call; of a notification that the customer
 * got, silence is taken as agreement; about one that couldn't be sent somebody calls. Says on which day to look again; null
 * when only an answer, or what becomes of the message, changes anything.
 */
export async function settleConfirmation(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
): Promise<LocalDate | null> {
  const row = await sql.one<{
    id: number
    remind_on: LocalDate | null
    call_on: LocalDate | null
    closes_on: LocalDate | null
    reminder_id: number | null
    called_on: LocalDate | null
    message: string
  }>(
    `SELECT c.id::int, c.remind_on, c.call_on, c.closes_on, c.reminder_id::int, c.called_on, m.state AS message
     FROM confirmation c JOIN message m ON m.id = c.message_id WHERE c.case_id = $1 AND c.state = 'asked'`,
    [scope.case.id],
  )
  if (!row || row.called_on !== null) return null
  const { today } = scope
  const call = async (): Promise<null> => {
    await openTask(sql, doing, scope, { kind: 'call', subject: subjectOf(row.id), receivables: [] })
    await sql.rows('UPDATE confirmation SET called_on = $2 WHERE id = $1', [row.id, today])
    return null
  }
  if (row.closes_on !== null) {
    if (row.closes_on > today) return row.closes_on
    if (row.message === 'pending' || row.message === 'sending') return null
    if (row.message !== 'sent') return call()
    await close(sql, row.id, 'unopposed', today)
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: 'confirmation unopposed',
      actor: doing.actor,
      at: doing.now,
      receivables: [],
      data: { confirmation: row.id },
    })
    return null
  }
  if (row.call_on! <= today) return call()
  if (row.reminder_id === null && row.remind_on! <= today)
    await sql.rows('UPDATE confirmation SET reminder_id = $2 WHERE id = $1', [
      row.id,
      await planMessage(sql, doing, scope, 'confirmation'),
    ])
  return row.remind_on! > today ? row.remind_on : row.call_on
}
