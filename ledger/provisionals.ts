import { addDays, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal, type Refusals } from '../domain/refusal.ts'
import { findReceipt, type Receipt } from './applications.ts'
import { findAtSource } from './atSource.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import type { Asking } from './commands.ts'
import { linksGiven, writeLinks } from './contactLinks.ts'
import { mustFind, type Sql } from './database.ts'
import type { Doing } from './decisions.ts'
import { appendToJournal } from './journal.ts'
import { keepProofs } from './proofs.ts'
import { findReceivables } from './receivables.ts'
import type { CaseScope, CommandScope } from './scope.ts'
import { openTask } from './tasks.ts'

/**
 * Receipts that are written by hand where money is taken. Nothing of it is in the books until the receipt is posted; until
 * then what it covers isn't chased, however long that takes: the customer has our signature. It is our own people who
 * are asked for the money, first who took it, and after some working days the supervisor.
 */

interface Provisional {
  id: number
  number: number
  customer_id: number
  currency: string
  amount_minor: bigint
  state: 'open' | 'converted' | 'cancelled'
  issued_by: string
  issued_on: LocalDate
  convert_by: LocalDate
  receivables: number[]
  documents: string[]
}

const COLUMNS = `p.id::int, p.number, p.customer_id::int, p.currency, p.amount_minor, p.state, p.issued_by, p.issued_on, p.convert_by,
    (SELECT array_agg(i.receivable_id::int ORDER BY i.receivable_id) FROM provisional_item i WHERE i.provisional_id = p.id) AS receivables,
    (SELECT array_agg(r.document ORDER BY r.id) FROM provisional_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.provisional_id = p.id) AS documents`
const PROVISIONALS = `SELECT ${COLUMNS} FROM provisional_receipt p`

/** Of the task that tells the supervisor. */
const subjectOf = (number: number): string => `provisional ${number}`

export async function issueProvisional(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['issueProvisional'],
): Promise<Answer> {
  const { asking, customer, policy, calendar, today } = scope
  const { currency } = input.amount
  const found = openOfCustomer(scope, await findReceivables(sql, asking.company, input.documents))
  const covered = [...new Map(found.map((r) => [r.id, r])).values()]
  for (const r of covered)
    if (r.currency !== currency)
      throw new Refusal('WrongCurrency', { document: r.name, expected: r.currency, given: currency })
  const ids = covered.map((r) => r.id)
  const open = covered.reduce((sum, r) => sum + r.balance_minor, 0n) - (await takenAlready(sql, ids))
  if (BigInt(input.amount.minor) > open)
    throw new Refusal('ProvisionalExceedsOpen', {
      open: toDecimal(open > 0n ? open : 0n, currency),
      given: toDecimal(BigInt(input.amount.minor), currency),
    })
  if (input.contact !== undefined)
    await mustFind(
      sql,
      'contact',
      String(input.contact),
      'SELECT 1 FROM contact_log WHERE id = $1 AND customer_id = $2',
      [input.contact, customer.id],
    )
  const convertBy = calendar.addWorkingDays(today, policy.provisional_working_days)
  const { id, number } = await insertProvisional(sql, scope, input, convertBy)
  await sql.rows(
    'INSERT INTO provisional_item (provisional_id, receivable_id) SELECT $1, unnest($2::bigint[])',
    [id, ids],
  )
  if (input.contact !== undefined)
    await writeLinks(sql, input.contact, await linksGiven(sql, customer.id, { provisionals: [number] }))
  await keepProofs(sql, scope, 'provisional', id, input.proof)
  const result = {
    provisional: number,
    amount: toDecimal(BigInt(input.amount.minor), currency),
    currency,
    form: input.form ?? 'cash',
    receivedFrom: input.receivedFrom,
    documents: covered.map((r) => r.name),
    convertBy,
  }
  await journalCommand(sql, scope, 'provisional receipt issued', ids, {
    ...result,
    ...(input.contact === undefined ? {} : { contact: input.contact }),
    ...(input.proof === undefined
      ? {}
      : { proof: input.proof.map(({ name, sha256 }) => ({ name, sha256 })) }),
  })
  return { result, cases: await touchReceivables(sql, ids) }
}

/** The number is taken in the transaction that writes the receipt: what is refused or rolled back leaves no gap. */
async function insertProvisional(
  sql: Sql,
  { asking, customer, today }: CommandScope,
  input: CaseCommands['issueProvisional'],
  convertBy: LocalDate,
): Promise<{ id: number; number: number }> {
  const row = await sql.one<{ id: number; number: number }>(
    `WITH next AS (UPDATE company SET provisional_seq = provisional_seq + 1 WHERE id = $1 RETURNING provisional_seq AS number)
     INSERT INTO provisional_receipt (company, number, customer_id, currency, amount_minor, form, received_from, state, issued_on, issued_by, recorded_at, convert_by)
     SELECT $1, number, $2, $3, $4, $5, $6, 'open', $7, $8, to_timestamp($9 / 1000.0), $10 FROM next RETURNING id::int, number`,
    [
      asking.company,
      customer.id,
      input.amount.currency,
      input.amount.minor,
      input.form ?? 'cash',
      input.receivedFrom,
      today,
      asking.actor,
      asking.now,
      convertBy,
    ],
  )
  return row!
}

/** What was taken for any of these and isn't in the books yet. */
const takenAlready = async (sql: Sql, receivables: readonly number[]): Promise<bigint> =>
  (await sql.one<{ minor: bigint }>(
    `SELECT coalesce(sum(p.amount_minor), 0)::bigint AS minor FROM provisional_receipt p
     WHERE p.state = 'open' AND p.id IN (SELECT provisional_id FROM provisional_item WHERE receivable_id = ANY($1))`,
    [receivables],
  ))!.minor

/** The posted receipt that the money went into; one may hold several provisional ones, each unit of money once. */
export async function convertProvisional(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['convertProvisional'],
): Promise<Answer> {
  const provisional = await findOpen(sql, scope.asking, input.provisional, scope.customer.id)
  const receipt = await findReceipt(sql, scope.asking.company, input.receipt)
  const result = await convertInto(sql, scope.asking, provisional, receipt)
  return { result, cases: await touchReceivables(sql, provisional.receivables) }
}

/** The same while the receipt is being posted, under the locks of its payer's customers. */
export async function convertWhenPosted(
  sql: Sql,
  asking: Asking,
  number: number,
  receipt: Receipt,
): Promise<void> {
  await convertInto(sql, asking, await findOpen(sql, asking, number, null), receipt)
}

async function convertInto(
  sql: Sql,
  asking: Asking,
  provisional: Provisional,
  receipt: Receipt,
): Promise<Record<string, unknown>> {
  if (receipt.reversed_at !== null) throw new Refusal('AlreadyReversed', { receipt: receipt.number })
  const other = await sql.one<{ minor: bigint; payers: number[]; later: boolean }>(
    `SELECT coalesce((SELECT sum(amount_minor) FROM provisional_receipt WHERE receipt_id = $1), 0)::bigint AS minor,
       array(SELECT payer_id::int FROM receivable WHERE id = ANY($2) UNION SELECT payer_id::int FROM customer WHERE id = $3) AS payers,
       (SELECT min(id) FROM transfer WHERE receipt_id = $1) > (SELECT after_transfer FROM provisional_receipt WHERE id = $4) AS later`,
    [receipt.id, provisional.receivables, provisional.customer_id, provisional.id],
  )
  const available = receipt.amount_minor - other!.minor
  const wrong = (must: Refusals['WrongReceipt']['must']) =>
    new Refusal('WrongReceipt', {
      receipt: receipt.number,
      must,
      available: `${toDecimal(available, receipt.currency)} ${receipt.currency}`,
    })
  if (receipt.payer_id === null || !other!.payers.includes(receipt.payer_id)) throw wrong('same payer')
  if (receipt.currency !== provisional.currency) throw wrong('same currency')
  // Who took the money can't keep it and point at what was paid earlier.
  if (!other!.later) throw wrong('later')
  if (available < provisional.amount_minor) throw wrong('large enough')
  return close(sql, asking, provisional, 'converted', receipt)
}

/** Spoilt, or the money was given back: it keeps its number. Never by who took the money. */
export async function cancelProvisional(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['cancelProvisional'],
): Promise<Answer> {
  const { asking } = scope
  const provisional = await findOpen(sql, asking, input.provisional, scope.customer.id)
  if (provisional.issued_by === asking.actor) throw new Refusal('SameActor', { actor: asking.actor })
  const result = await close(sql, asking, provisional, 'cancelled', null, input.why)
  return { result, cases: await touchReceivables(sql, provisional.receivables) }
}

const told = (p: Provisional) => ({
  provisional: p.number,
  amount: toDecimal(p.amount_minor, p.currency),
  currency: p.currency,
  documents: p.documents,
  issuedBy: p.issued_by,
})

/** @throws Refusal NotFound, also when it isn't this customer's; NotOpen */
async function findOpen(
  sql: Sql,
  { company }: Asking,
  number: number,
  customer: number | null,
): Promise<Provisional> {
  const found = await mustFind<Provisional>(
    sql,
    'provisional receipt',
    String(number),
    `${PROVISIONALS} WHERE p.company = $1 AND p.number = $2 AND ($3::bigint IS NULL OR p.customer_id = $3)`,
    [company, number, customer],
  )
  if (found.state !== 'open')
    throw new Refusal('NotOpen', { what: 'provisional receipt', id: String(number), state: found.state })
  return found
}

/** Says how it ended. What the supervisor was asked about it is answered by this. */
async function close(
  sql: Sql,
  doing: Doing,
  provisional: Provisional,
  state: 'converted' | 'cancelled',
  /** Null when the source has the money in its books. */
  receipt: { id: number; number: string } | null,
  why?: string,
): Promise<Record<string, unknown>> {
  await sql.rows(
    `UPDATE provisional_receipt p SET state = $2, receipt_id = $3, closed_on = (to_timestamp($4 / 1000.0) AT TIME ZONE c.time_zone)::date
     FROM customer c WHERE p.id = $1 AND c.id = p.customer_id`,
    [provisional.id, state, receipt?.id ?? null, doing.now],
  )
  await sql.rows(
    `UPDATE task SET state = 'done', closed_at = to_timestamp($3 / 1000.0), closed_why = $4
     WHERE customer_id = $1 AND kind = 'tell_supervisor' AND subject = $2 AND state = 'open'`,
    [provisional.customer_id, subjectOf(provisional.number), doing.now, state],
  )
  const result = {
    ...told(provisional),
    ...(state === 'converted' ? { receipt: receipt?.number ?? null } : {}),
  }
  await appendToJournal(sql, doing.company, provisional.customer_id, {
    event: `provisional receipt ${state}`,
    actor: doing.actor,
    at: doing.now,
    ...(why === undefined ? {} : { why }),
    receivables: provisional.receivables,
    data: result,
  })
  return result
}

/**
 * Looks at a customer's open provisional receipts: in the books once the source has settled as much of their items (of
 * several on one item the earlier first), and the supervisor's business when the last day has passed. That task stays until the receipt is converted or cancelled.
 */
export async function settleProvisionals(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
): Promise<{ changed: number[]; askAgainOn: LocalDate | null }> {
  // Those found at the source while one that is open waited: what it settled then was theirs.
  const rows = await sql.rows<
    Provisional & { after_transfer: bigint; told_on: LocalDate | null; closed_on: LocalDate | null }
  >(
    `SELECT ${COLUMNS}, p.after_transfer, p.told_on, p.closed_on
     FROM provisional_receipt p WHERE p.customer_id = $1 AND (p.state = 'open' OR p.state = 'converted' AND p.receipt_id IS NULL
       AND p.closed_on >= (SELECT min(o.issued_on) FROM provisional_receipt o WHERE o.customer_id = $1 AND o.state = 'open'))
     ORDER BY p.closed_on NULLS LAST, p.number`,
    [scope.customer.id],
  )
  const open = rows.filter((p) => p.state === 'open')
  if (open.length === 0) return { changed: [], askAgainOn: null }
  const { settled } = await findAtSource(
    sql,
    rows.map((p) => ({
      id: p.id,
      minor: p.amount_minor,
      items: p.receivables,
      afterTransfer: p.after_transfer,
      found: p.state !== 'open',
      closedOn: p.closed_on,
    })),
  )
  const changed: number[] = []
  const waiting: LocalDate[] = []
  for (const provisional of open) {
    if (settled.has(provisional.id)) {
      await close(sql, doing, provisional, 'converted', null)
      changed.push(...provisional.receivables)
    } else if (provisional.told_on === null && scope.today > provisional.convert_by)
      await tell(sql, doing, scope, provisional)
    else if (provisional.told_on === null) waiting.push(addDays(provisional.convert_by, 1))
  }
  return { changed, askAgainOn: waiting.sort()[0] ?? null }
}

/** Without its receivables: it is about the money, and isn't over when they are settled by other money. */
async function tell(sql: Sql, doing: Doing, scope: CaseScope, provisional: Provisional): Promise<void> {
  await sql.rows('UPDATE provisional_receipt SET told_on = $2 WHERE id = $1', [provisional.id, scope.today])
  await appendToJournal(sql, doing.company, scope.customer.id, {
    event: 'provisional receipt overdue',
    actor: doing.actor,
    at: doing.now,
    receivables: provisional.receivables,
    data: { ...told(provisional), convertBy: provisional.convert_by },
  })
  await openTask(sql, doing, scope, {
    kind: 'tell_supervisor',
    subject: subjectOf(provisional.number),
    owner: scope.policy.supervisor,
    priority: 'high',
    receivables: [],
    detail: told(provisional),
  })
}

/** The receipt was taken back and the money is still there: what it had converted is open again. */
export async function reopenProvisionals(
  sql: Sql,
  doing: Doing,
  receiptId: number,
  why: string,
): Promise<void> {
  const reopened = await sql.rows<{ id: number }>(
    `UPDATE provisional_receipt SET state = 'open', receipt_id = NULL, closed_on = NULL, told_on = NULL WHERE receipt_id = $1 RETURNING id::int`,
    [receiptId],
  )
  if (reopened.length === 0) return
  const provisionals = await sql.rows<Provisional>(`${PROVISIONALS} WHERE p.id = ANY($1) ORDER BY p.number`, [
    reopened.map((r) => r.id),
  ])
  for (const provisional of provisionals)
    await appendToJournal(sql, doing.company, provisional.customer_id, {
      event: 'provisional receipt reopened',
      actor: doing.actor,
      at: doing.now,
      why,
      receivables: provisional.receivables,
      data: told(provisional),
    })
}
