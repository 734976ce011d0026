import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { isCreditKind } from '../domain/openItem.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import { companyToday, firstOpenDay } from './company.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { findReceivable, type Receivable, settleStages } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { accountOf, postTransfers } from './transfers.ts'

/** What changes a claim other than money: credit notes, replacements, cancellations, write-offs. */

async function ownReceivable(sql: Sql, scope: CommandScope, name: string): Promise<Receivable> {
  const receivable = await findReceivable(sql, scope.asking.company, name)
  if (receivable.customer_id !== scope.customer.id)
    throw new Refusal('WrongCustomer', { document: name, customer: scope.customer.code })
  if (receivable.closed_as)
    throw new Refusal('AlreadyClosed', { document: name, closedAs: receivable.closed_as })
  return receivable
}

/** The same, of what the customer owes: a credit can be cancelled, and nothing else. */
async function ownDebit(sql: Sql, scope: CommandScope, name: string): Promise<Receivable> {
  const receivable = await ownReceivable(sql, scope, name)
  if (isCreditKind(receivable.kind))
    throw new Refusal('InvalidAmount', {
      value: toDecimal(receivable.balance_minor, receivable.currency),
      currency: receivable.currency,
    })
  return receivable
}

const postingDay = async (sql: Sql, scope: CommandScope, notBefore: LocalDate): Promise<LocalDate> => {
  const today = await companyToday(sql, scope.asking.company, scope.asking.now)
  const open = await firstOpenDay(sql, scope.asking.company, today)
  return open > notBefore ? open : notBefore
}

const journal = (
  sql: Sql,
  scope: CommandScope,
  event: string,
  receivables: number[],
  data: Record<string, unknown>,
  why: string,
) =>
  appendToJournal(sql, scope.asking.company, scope.customer.id, {
    event,
    actor: scope.asking.actor,
    at: scope.asking.now,
    why,
    receivables,
    data,
  })

/**
 * A credit note for a receivable. What is more than its open amount stays open as credit: it isn't cash and goes to
 * another receivable by `applyCredit`.
 */
export async function credit(sql: Sql, scope: CommandScope, input: CaseCommands['credit']): Promise<Answer> {
  const { asking } = scope
  const receivable = await ownDebit(sql, scope, input.document)
  const { currency } = input.amount
  if (currency !== receivable.currency)
    throw new Refusal('WrongCurrency', {
      document: receivable.name,
      expected: receivable.currency,
      given: currency,
    })
  const minor = BigInt(input.amount.minor)
  const on = await postingDay(sql, scope, receivable.issued_on)
  const note = await insertReceivable(sql, scope, receivable, {
    document: input.number,
    kind: 'credit_note',
    minor: -minor,
    issuedOn: on,
    dueOn: on,
  })
  const sales = await accountOf(sql, asking.company, 'sales', currency)
  const applied = minor < receivable.balance_minor ? minor : receivable.balance_minor
  const base = { currency, reference: input.number, valueOn: on, postingOn: on }
  await postTransfers(sql, asking, [
    { ...base, debit: sales, credit: note.account, minor, code: 'credit_issue', key: `opening:${note.id}` },
  ])
  await postTransfers(sql, asking, [
    {
      ...base,
      debit: note.account,
      credit: receivable.account_id,
      minor: applied,
      code: 'credit_application',
      key: `credit:${note.id}:${receivable.id}`,
    },
  ])
  await settleStages(sql, [receivable.id, note.id], 'credited')
  const result = {
    credit: input.number,
    document: receivable.name,
    currency,
    amount: toDecimal(minor, currency),
    applied: toDecimal(applied, currency),
    openCredit: toDecimal(minor - applied, currency),
  }
  await journal(sql, scope, 'credited', [receivable.id, note.id], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/** Gives up collecting through the books; the claim stays, and later money posts as recovery. */
export async function writeOff(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['writeOff'],
): Promise<Answer> {
  const { asking } = scope
  if (input.approvedBy === asking.actor) throw new Refusal('SameActor', { actor: asking.actor })
  const receivable = await ownDebit(sql, scope, input.document)
  const on = await postingDay(sql, scope, receivable.issued_on)
  const loss = await accountOf(sql, asking.company, 'write_off', receivable.currency)
  await postTransfers(sql, asking, [
    {
      debit: loss,
      credit: receivable.account_id,
      currency: receivable.currency,
      minor: receivable.balance_minor,
      code: 'write_off',
      reference: receivable.name,
      key: `write_off:${receivable.id}:${asking.key}`,
      valueOn: on,
      postingOn: on,
    },
  ])
  await settleStages(sql, [receivable.id], 'written_off')
  const result = {
    document: receivable.name,
    amount: toDecimal(receivable.balance_minor, receivable.currency),
    currency: receivable.currency,
    approvedBy: input.approvedBy,
  }
  await journal(sql, scope, 'written off', [receivable.id], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/** The document should never have been: what is open of it, debit or credit, goes back against sales. */
export async function cancel(sql: Sql, scope: CommandScope, input: CaseCommands['cancel']): Promise<Answer> {
  const receivable = await ownReceivable(sql, scope, input.document)
  await refuseAppliedMoney(sql, receivable)
  await postBack(sql, scope, receivable, receivable.balance_minor, 'cancellation')
  await settleStages(sql, [receivable.id], 'cancelled')
  const result = {
    document: receivable.name,
    amount: toDecimal(receivable.balance_minor, receivable.currency),
    currency: receivable.currency,
  }
  await journal(sql, scope, 'cancelled', [receivable.id], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

async function refuseAppliedMoney(sql: Sql, receivable: Receivable): Promise<void> {
  if (receivable.balance_minor !== receivable.original_minor) {
    const applied = await sql.one(
      `SELECT 1 FROM transfer t WHERE t.credit_account = $1 AND t.code = 'application' AND t.reverses_id IS NULL
         AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)`,
      [receivable.account_id],
    )
    if (applied) throw new Refusal('HasApplications', { document: receivable.name })
  }
}

async function postBack(
  sql: Sql,
  scope: CommandScope,
  receivable: Receivable,
  minor: bigint,
  code: 'cancellation' | 'replacement',
): Promise<void> {
  const on = await postingDay(sql, scope, receivable.issued_on)
  const sales = await accountOf(sql, scope.asking.company, 'sales', receivable.currency)
  await postTransfers(sql, scope.asking, [
    {
      ...(minor > 0n
        ? { debit: sales, credit: receivable.account_id }
        : { debit: receivable.account_id, credit: sales }),
      currency: receivable.currency,
      minor: minor > 0n ? minor : -minor,
      code,
      reference: receivable.name,
      key: `${code}:${receivable.id}`,
      valueOn: on,
      postingOn: on,
    },
  ])
}

/**
 * Re-invoicing. Our error: the new invoice's clock starts anew. At the customer's wish: it keeps the old one's clock
 * and steps. Promise, dispute, pauses and applied money move along, in one transaction.
 */
export async function replace(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['replace'],
): Promise<Answer> {
  const { asking } = scope
  const old = await ownDebit(sql, scope, input.document)
  const { by } = input
  if (by.amount.currency !== old.currency)
    throw new Refusal('WrongCurrency', {
      document: old.name,
      expected: old.currency,
      given: by.amount.currency,
    })
  if (by.dueOn < by.issuedOn)
    throw new Refusal('InvalidDate', {
      field: 'dueOn',
      value: by.dueOn,
      must: `not be before ${by.issuedOn}`,
    })
  const minor = BigInt(by.amount.minor)
  const paid = await appliedMoney(sql, old)
  const paidMinor = paid.reduce((sum, p) => sum + p.amount_minor, 0n)
  if (paidMinor > minor)
    throw new Refusal('OverApplied', {
      document: by.document,
      open: toDecimal(minor, old.currency),
      given: toDecimal(paidMinor, old.currency),
    })
  const keeps = input.why === 'customer_request'
  const made = await insertReceivable(sql, scope, old, {
    document: by.document,
    kind: old.kind,
    minor,
    issuedOn: by.issuedOn,
    dueOn: by.dueOn,
    replaces: old.id,
    keepsClock: keeps,
  })
  const sales = await accountOf(sql, asking.company, 'sales', old.currency)
  const on = await postingDay(sql, scope, by.issuedOn)
  const common = { currency: old.currency, reference: by.document }
  await postTransfers(sql, asking, [
    {
      ...common,
      debit: made.account,
      credit: sales,
      minor,
      code: 'opening',
      key: `opening:${made.id}`,
      valueOn: by.issuedOn,
      postingOn: on,
    },
  ])
  await postTransfers(
    sql,
    asking,
    paid.map((p) => ({
      ...common,
      debit: p.credit_account,
      credit: p.debit_account,
      minor: p.amount_minor,
      code: p.code,
      key: `reversal:${p.id}`,
      reverses: p.id,
      receiptId: p.receipt_id,
      valueOn: p.value_on,
      postingOn: p.posting_on > on ? p.posting_on : on,
    })),
  )
  await postTransfers(
    sql,
    asking,
    paid.map((p) => ({
      ...common,
      debit: p.debit_account,
      credit: made.account,
      minor: p.amount_minor,
      code: p.code,
      key: `moved:${p.id}`,
      moves: p.moves_id ?? p.id,
      receiptId: p.receipt_id,
      valueOn: p.value_on,
      postingOn: p.posting_on > on ? p.posting_on : on,
    })),
  )
  await postBack(sql, scope, old, old.balance_minor + paidMinor, 'replacement')
  await moveAgreements(sql, old.id, made.id, keeps)
  await settleStages(sql, [old.id], 'replaced')
  await settleStages(sql, [made.id], 'paid')
  const result = {
    document: old.name,
    by: by.document,
    amount: toDecimal(minor, old.currency),
    currency: old.currency,
    moved: toDecimal(paidMinor, old.currency),
    clock: keeps ? 'kept' : 'restarted',
  }
  await journal(sql, scope, 'replaced', [old.id, made.id], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

interface AppliedMoney {
  id: number
  code: string
  debit_account: number
  credit_account: number
  amount_minor: bigint
  receipt_id: number | null
  moves_id: number | null
  value_on: LocalDate
  posting_on: LocalDate
}

/**
 * Money that was paid on a receivable, here or before it was loaded. Credit notes aren't: they lowered the old claim,
 * and the new invoice says itself what it claims.
 */
const appliedMoney = (sql: Sql, receivable: Receivable): Promise<AppliedMoney[]> =>
  sql.rows<AppliedMoney>(
    `SELECT id::int, code, debit_account::int, credit_account::int, amount_minor, receipt_id::int, moves_id::int, value_on, posting_on FROM transfer t
     WHERE credit_account = $1 AND code IN ('application', 'settled_before') AND reverses_id IS NULL AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id) ORDER BY id`,
    [receivable.account_id],
  )

async function moveAgreements(sql: Sql, from: number, to: number, withSteps: boolean): Promise<void> {
  await sql.rows('UPDATE promise_item SET receivable_id = $2 WHERE receivable_id = $1 AND active', [from, to])
  await sql.rows(
    `UPDATE dispute_line SET receivable_id = $2 WHERE receivable_id = $1 AND dispute_id IN (SELECT id FROM dispute WHERE resolved_on IS NULL)`,
    [from, to],
  )
  await sql.rows('UPDATE announced_item SET receivable_id = $2 WHERE receivable_id = $1', [from, to])
  await sql.rows('UPDATE pause SET receivable_id = $2 WHERE receivable_id = $1', [from, to])
  if (withSteps) {
    await sql.rows(
      `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason, message_id, task_id)
       SELECT $2, step, action, state, on_date, reason, message_id, task_id FROM receivable_step WHERE receivable_id = $1`,
      [from, to],
    )
    // Without its steps the new one isn't due: the assessment of the closed one takes that out of the tasks.
    await sql.rows(
      'UPDATE task_item SET receivable_id = $2 WHERE receivable_id = $1 AND task_id IN (SELECT id FROM task WHERE state = $3)',
      [from, to, 'open'],
    )
  }
  await sql.rows(`DELETE FROM receivable_step WHERE receivable_id = $1 AND state = 'pending'`, [from])
}

interface NewReceivable {
  document: string
  kind: Receivable['kind']
  minor: bigint
  issuedOn: LocalDate
  dueOn: LocalDate
  replaces?: number
  keepsClock?: boolean
}

/** A receivable like another of the same customer and case, with its account. */
async function insertReceivable(
  sql: Sql,
  scope: CommandScope,
  like: Receivable,
  made: NewReceivable,
): Promise<{ id: number; account: number }> {
  const { asking } = scope
  const row = await sql.one<{ id: number }>(
    `INSERT INTO receivable (company, document, tranche, customer_id, payer_id, case_id, policy_id, kind, currency, original_minor, issued_on, due_on,
       anchor_on, order_number, site, replaces_id, first_seen_on, held, load_id)
     SELECT company, $2, '1', customer_id, payer_id, case_id, policy_id, $3, currency, $4, $5, $6,
       CASE WHEN $8 THEN coalesce(anchor_on, due_on) END, order_number, site, $7, CASE WHEN $8 THEN first_seen_on ELSE $9 END,
       held, CASE WHEN held THEN load_id END
     FROM receivable WHERE id = $1 ON CONFLICT (company, document, tranche) DO NOTHING RETURNING id::int`,
    [
      like.id,
      made.document,
      made.kind,
      made.minor,
      made.issuedOn,
      made.dueOn,
      made.replaces ?? null,
      made.keepsClock ?? false,
      scope.today,
    ],
  )
  if (!row) throw new Refusal('DuplicateDocument', { document: made.document })
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, effective_on, recorded_at, reason) VALUES ($1, 1, $2, $3, to_timestamp($4 / 1000.0), 'issued')`,
    [row.id, made.dueOn, made.issuedOn, asking.now],
  )
  const account = await sql.one<{ id: number }>(
    `INSERT INTO account (company, kind, currency, receivable_id, balance_minor, floor_minor, ceiling_minor)
     VALUES ($1, 'receivable', $2, $3, 0, least(0, $4::bigint), greatest(0, $4::bigint)) RETURNING id::int`,
    [asking.company, like.currency, row.id, made.minor],
  )
  return { id: row.id, account: account!.id }
}
