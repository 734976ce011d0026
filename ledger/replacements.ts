import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import { journalCommand } from './commandScope.ts'
import { insertReceivable, ownDebit, postBack, postingDay } from './corrections.ts'
import type { Sql } from './database.ts'
import { movePlaced } from './placements/placement.ts'
import { type Receivable, settleStages } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { accountOf, mirrorOf, postTransfers } from './transfers.ts'

/**
 * Re-invoicing. Our error: the new invoice's clock starts anew. At the customer's wish: it keeps the old one's clock
 * and steps. Promise, negotiation, dispute, pauses, provisional receipts, placement and applied money move along, in one
 * transaction.
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
      ...mirrorOf({ ...p, currency: old.currency }, on, { code: p.code, reference: by.document }),
      receiptId: p.receipt_id,
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
  await journalCommand(sql, scope, 'replaced', [old.id, made.id], result, input.why)
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
 * Money that was paid on a receivable: here, at the source, or before it was loaded. Credit notes aren't: they lowered the old claim,
 * and the new invoice says itself what it claims. What the source has opened again was no payment.
 */
const appliedMoney = (sql: Sql, receivable: Receivable): Promise<AppliedMoney[]> =>
  sql.rows<AppliedMoney>(
    `SELECT id::int, code, debit_account::int, credit_account::int, amount_minor, receipt_id::int, moves_id::int, value_on, posting_on FROM transfer t
     WHERE credit_account = $1 AND code IN ('application', 'settled_before', 'source_settlement') AND reverses_id IS NULL AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)
       AND (code = 'application' OR NOT EXISTS (SELECT FROM transfer x WHERE x.debit_account = $1 AND x.code = 'source_reopening')) ORDER BY id`,
    [receivable.account_id],
  )

async function moveAgreements(sql: Sql, from: number, to: number, withSteps: boolean): Promise<void> {
  // One that is kept too: the money that kept it moves along, and may bounce.
  await sql.rows(
    `UPDATE promise_item SET receivable_id = $2 WHERE receivable_id = $1
       AND promise_id IN (SELECT id FROM promise WHERE state IN ('open', 'kept', 'partially_kept'))`,
    [from, to],
  )
  await sql.rows(
    `UPDATE dispute_line SET receivable_id = $2 WHERE receivable_id = $1 AND resolved_minor < amount_minor AND dispute_id IN (SELECT id FROM dispute WHERE resolved_on IS NULL)`,
    [from, to],
  )
  await sql.rows('UPDATE negotiation_item SET receivable_id = $2 WHERE receivable_id = $1 AND active', [
    from,
    to,
  ])
  await sql.rows('UPDATE announced_item SET receivable_id = $2 WHERE receivable_id = $1', [from, to])
  await sql.rows('UPDATE pause SET receivable_id = $2 WHERE receivable_id = $1', [from, to])
  // What was converted covers it again should its receipt, whose money moves along, be reversed.
  await sql.rows(
    `UPDATE provisional_item SET receivable_id = $2 WHERE receivable_id = $1
       AND provisional_id IN (SELECT id FROM provisional_receipt WHERE state = 'open' OR receipt_id IS NOT NULL)`,
    [from, to],
  )
  await movePlaced(sql, from, to)
  if (withSteps) {
    await sql.rows(
      `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason, message_id, task_id)
       SELECT $2, step, action, state, on_date, reason, message_id, task_id FROM receivable_step
       WHERE receivable_id = $1 AND (state <> 'pending' OR approval_id IS NULL)`,
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
