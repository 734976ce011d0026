import type { Answer, ReceiptCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import type { Netted } from '../domain/netting.ts'
import { Refusal } from '../domain/refusal.ts'
import { takeBackArrivals } from './announcements.ts'
import { findReceipt, openToday } from './applications.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { customersOfPayers, lockCustomers } from './customers.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { correctPromises } from './promiseStanding.ts'
import { reopenProvisionals } from './provisionals.ts'
import { settleStages } from './receivables.ts'
import { mirrorOf, type Posted, postTransfers } from './transfers.ts'
import { nettedOf } from './unusedMoney.ts'

/** Takes a receipt back: its applications first, then the receipt. What they had paid is owed again. */
export async function reverseReceipt(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['reverse'],
): Promise<Answer> {
  await lockCustomers(sql, (await customersOfReceipt(sql, asking.company, input.receipt)).all)
  const seen = await findReceipt(sql, asking.company, input.receipt)
  // Again under the locks: what it pays may have been moved while waiting for them.
  const customers = await customersOfReceipt(sql, asking.company, input.receipt)
  await lockCustomers(sql, customers.all)
  if (seen.reversed_at !== null) throw new Refusal('AlreadyReversed', { receipt: seen.number })
  const live = await sql.rows<Posted & { code: string; receivable_id: number | null }>(
    `SELECT t.id::int, debit_account::int, credit_account::int, t.currency, amount_minor, code, value_on, posting_on, a.receivable_id::int
     FROM transfer t JOIN account a ON a.id = t.credit_account
     WHERE receipt_id = $1 AND reverses_id IS NULL AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id) ORDER BY t.id DESC`,
    [seen.id],
  )
  const bounced = input.reason === 'bounced'
  const payers = seen.payer_id === null ? [] : [seen.payer_id]
  const covered = bounced ? await nettedOf(sql, payers) : new Map<number, Netted[]>()
  const asked = input.postingOn ?? (await openToday(sql, asking))
  await postTransfers(
    sql,
    asking,
    live.map((t) => ({
      ...mirrorOf(t, asked, { code: t.code, reference: seen.number }),
      receiptId: seen.id,
    })),
  )
  await sql.rows(
    'UPDATE receipt SET reversed_at = to_timestamp($2 / 1000.0), reversed_as = $3 WHERE id = $1',
    [seen.id, asking.now, input.reason],
  )
  const reopened = [...new Set(live.flatMap((t) => (t.receivable_id === null ? [] : [t.receivable_id])))]
  await settleStages(sql, reopened, 'paid')
  // What had covered an item without being applied kept its promise too.
  const uncovered = bounced ? lessOf(covered, await nettedOf(sql, payers)) : []
  await correctPromises(sql, asking, [...reopened, ...uncovered], bounced)
  await takeBackArrivals(sql, asking, seen.id, bounced, input.why)
  if (!bounced) await reopenProvisionals(sql, asking, seen.id, input.why)
  const documents = await sql.rows<{ id: number; document: string; open: boolean; customer_id: number }>(
    'SELECT id::int, document, closed_as IS NULL AS open, customer_id::int FROM receivable WHERE id = ANY($1)',
    [reopened],
  )
  const result = {
    receipt: seen.number,
    amount: toDecimal(seen.amount_minor, seen.currency),
    currency: seen.currency,
    reason: input.reason,
    // What was written off before the money came is written off again.
    reopened: documents.filter((d) => d.open).map((d) => d.document),
  }
  for (const customer of customersIn(documents, customers.ofPayers))
    await appendToJournal(sql, asking.company, customer, {
      event: 'receipt reversed',
      actor: asking.actor,
      at: asking.now,
      why: input.why,
      receivables: documents.filter((d) => d.customer_id === customer).map((d) => d.id),
      data: result,
    })
  return { result, cases: await touchCustomers(sql, customers.all) }
}

/** The receivables that unused money covers less of than before. */
function lessOf(before: ReadonlyMap<number, Netted[]>, after: ReadonlyMap<number, Netted[]>): number[] {
  const sumOf = (netted: readonly Netted[] = []) => netted.reduce((sum, n) => sum + n.minor, 0n)
  return [...before].filter(([id, netted]) => sumOf(after.get(id)) < sumOf(netted)).map(([id]) => id)
}

/**
 * Whose facts a receipt's reversal changes: customers of its payers, those whose closed items it had paid, and those who
 * had announced its money, whoever it came from.
 */
async function customersOfReceipt(
  sql: Sql,
  company: string,
  number: string,
): Promise<{ ofPayers: number[]; all: number[] }> {
  const paid = await sql.rows<{ payer_id: number; customer_id: number }>(
    `SELECT DISTINCT r.payer_id::int, r.customer_id::int FROM receipt q JOIN transfer t ON t.receipt_id = q.id
     JOIN account a ON a.id = t.credit_account JOIN receivable r ON r.id = a.receivable_id WHERE q.company = $1 AND q.number = $2`,
    [company, number],
  )
  const payer = await sql.one<{ payer_id: number | null }>(
    'SELECT payer_id::int FROM receipt WHERE company = $1 AND number = $2',
    [company, number],
  )
  const payers = [...paid.map((p) => p.payer_id), ...(payer?.payer_id ? [payer.payer_id] : [])]
  const customers = await customersOfPayers(sql, [...new Set(payers)])
  const ofPayers = [...new Set([...customers, ...paid.map((p) => p.customer_id)])].sort((a, b) => a - b)
  const announced = await sql.rows<{ id: number }>(
    `SELECT DISTINCT n.customer_id::int AS id FROM receipt q JOIN announced_money m ON m.receipt_id = q.id JOIN announced_payment n ON n.id = m.announced_id
     WHERE q.company = $1 AND q.number = $2`,
    [company, number],
  )
  return { ofPayers, all: [...ofPayers, ...announced.map((a) => a.id)] }
}

const customersIn = (documents: { customer_id: number }[], all: number[]): (number | null)[] => {
  const named = [...new Set(documents.map((d) => d.customer_id))]
  return named.length > 0 ? named : [all[0] ?? null]
}
