import type { Answer, ReceiptCommands, ReceiptInput } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { customersWaitingFor } from './announcements.ts'
import {
  latest,
  type Planned,
  planApplications,
  type Receipt,
  receiptEntries,
  transfersOf,
  type Unappliable,
} from './applications.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday, firstOpenDay } from './company.ts'
import { customersOfPayers, lockCustomers } from './customers.ts'
import type { Sql } from './database.ts'
import { appendAllToJournal } from './journal.ts'
import { correctPromises } from './promiseStanding.ts'
import { convertWhenPosted } from './provisionals.ts'
import { receivablesByName, settleStages } from './receivables.ts'
import { type Accounts, accountOf, accountsOf, type NewTransfer, postTransfers } from './transfers.ts'

/** A receipt of the work, who pays it, and what its money is for. */
interface Posting {
  party: Party
  receipt: Receipt
  planned: Planned[]
  unappliable: Unappliable[]
}

interface Party {
  payerId: number | null
  customerId: number | null
}

/**
 * Posts receipts, all or none, in a number of statements that grows with their payers only. Cash always moves
 * bank (or whoever took it) → unapplied → receivable: an application that can't be made becomes an exception and its money stays unapplied.
 */
export async function postReceipts(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['post'],
  /** Who took the money and still has it; the bank when nobody. */
  holder = '',
): Promise<Answer> {
  const { company } = asking
  const parties = await partiesOf(sql, company, input.receipts)
  const documents = input.receipts.flatMap((r) => (r.applications ?? []).map((a) => a.document))
  const before = await receivablesByName(sql, company, documents)
  const payerIds = parties.flatMap((p) => (p.payerId === null ? [] : [p.payerId]))
  // Money of an unknown payer touches whom its documents belong to.
  const payersNamed = [...before.values()].map((r) => r.payer_id)
  const keys = input.receipts.flatMap((r) => r.trackingKey ?? [])
  const customers = [
    ...(await customersOfPayers(sql, [...new Set([...payerIds, ...payersNamed])])),
    ...(await customersWaitingFor(sql, company, keys)),
  ]
  await lockCustomers(sql, customers)

  const receipts = await insertReceipts(sql, asking, input.receipts, parties, holder)
  const receivables = await receivablesByName(sql, company, documents)
  const postings = receipts.map((receipt, index): Posting => {
    const asked = input.receipts[index]!
    return {
      party: parties[index]!,
      receipt,
      ...planApplications(receivables, receipt, asked.applications ?? [], receipt.amount_minor),
    }
  })
  const accounts = accountsOf(sql, company)
  const came = (currency: string) =>
    holder === '' ? accounts('bank', currency) : accountOf(sql, company, 'in_transit', currency, null, holder)
  const transfers: NewTransfer[] = []
  for (const posting of postings) transfers.push(...(await transfersOfPosting(sql, accounts, posting, came)))
  await postTransfers(sql, asking, transfers)
  await raiseUnappliable(sql, asking, postings)
  await appendAllToJournal(
    sql,
    company,
    postings.flatMap((posting) => entriesOf(asking, posting)),
  )

  const settled = [...new Set(postings.flatMap((p) => p.planned.map(({ receivable }) => receivable.id)))]
  await settleStages(sql, settled, 'paid')
  await correctPromises(sql, asking, settled)
  for (const [index, receipt] of receipts.entries()) {
    const { provisional } = input.receipts[index]!
    if (provisional !== undefined) await convertWhenPosted(sql, asking, provisional, receipt)
  }
  const cases = await touchCustomers(sql, customers)
  return { result: { receipts: postings.map(resultOf) }, cases }
}

/** @throws Refusal NotFound for the first customer or payer that isn't known */
async function partiesOf(sql: Sql, company: string, receipts: readonly ReceiptInput[]): Promise<Party[]> {
  const customers = new Map(
    (
      await sql.rows<{ code: string; id: number; payer: number }>(
        'SELECT code, id::int, payer_id::int AS payer FROM customer WHERE company = $1 AND code = ANY($2)',
        [company, receipts.flatMap((r) => r.customer ?? [])],
      )
    ).map((row) => [row.code, row]),
  )
  const payers = new Map(
    (
      await sql.rows<{ code: string; id: number }>(
        'SELECT code, id::int FROM payer WHERE company = $1 AND code = ANY($2)',
        [company, receipts.flatMap((r) => r.payer ?? [])],
      )
    ).map((row) => [row.code, row.id]),
  )
  return receipts.map(({ customer, payer }) => {
    if (customer !== undefined) {
      const found = customers.get(customer)
      if (!found) throw new Refusal('NotFound', { what: 'customer', id: customer })
      return { payerId: found.payer, customerId: found.id }
    }
    if (payer === undefined) return { payerId: null, customerId: null }
    const id = payers.get(payer)
    if (id === undefined) throw new Refusal('NotFound', { what: 'payer', id: payer })
    return { payerId: id, customerId: null }
  })
}

/** @throws Refusal InvalidDate, or DuplicateReceipt for the first that is in the books, or in the work, already */
async function insertReceipts(
  sql: Sql,
  asking: Asking,
  inputs: readonly ReceiptInput[],
  parties: readonly Party[],
  holder: string,
): Promise<Receipt[]> {
  const { company, actor, now } = asking
  const today = await companyToday(sql, company, now)
  const firstOpen = await firstOpenDay(sql, company, '')
  const receipts = inputs.map((input, index): Omit<Receipt, 'id'> => {
    if (input.valueOn > today)
      throw new Refusal('InvalidDate', {
        field: 'valueOn',
        value: input.valueOn,
        must: `not be after ${today}`,
      })
    return {
      number: input.number,
      payer_id: parties[index]!.payerId,
      currency: input.amount.currency,
      amount_minor: BigInt(input.amount.minor),
      value_on: input.valueOn,
      posting_on: input.postingOn ?? latest(input.valueOn, firstOpen),
      reversed_at: null,
    }
  })
  const made = await sql.rows<{ number: string; id: number }>(
    `INSERT INTO receipt (company, number, payer_id, currency, amount_minor, form, tracking_key, reference, holder, value_on, posting_on, recorded_at, actor)
     SELECT $1, number, payer, currency, minor, form, "trackingKey", reference, $5, "valueOn", "postingOn", to_timestamp($3 / 1000.0), $4
     FROM jsonb_to_recordset($2::jsonb) AS r(number text, payer bigint, currency text, minor bigint, form text, "trackingKey" text, reference text,
       "valueOn" date, "postingOn" date)
     ON CONFLICT DO NOTHING RETURNING number, id::int`,
    [
      company,
      JSON.stringify(
        inputs.map((input, index) => ({
          number: input.number,
          payer: parties[index]!.payerId,
          currency: input.amount.currency,
          minor: input.amount.minor,
          form: input.form ?? 'transfer',
          trackingKey: input.trackingKey,
          reference: input.reference ?? '',
          valueOn: input.valueOn,
          postingOn: receipts[index]!.posting_on,
        })),
      ),
      now,
      actor,
      holder,
    ],
  )
  const ids = new Map(made.map((row) => [row.number, row.id]))
  const numbers = new Set<string>()
  for (const input of inputs) {
    // Its number is taken, or its tracking key: by the books, or by a receipt before it.
    if (!ids.has(input.number) || numbers.has(input.number)) await refuseDuplicate(sql, company, input)
    numbers.add(input.number)
  }
  return receipts.map((receipt) => ({ ...receipt, id: ids.get(receipt.number)! }))
}

async function refuseDuplicate(sql: Sql, company: string, input: ReceiptInput): Promise<never> {
  const before = await sql.one<{ number: string }>(
    `SELECT number FROM receipt WHERE company = $1 AND (number = $2
       OR tracking_key = $3 AND currency = $4 AND amount_minor = $5 AND reversed_at IS NULL)`,
    [company, input.number, input.trackingKey ?? null, input.amount.currency, input.amount.minor],
  )
  if (!before) throw new Error(`receipt ${input.number} is neither new nor known`)
  throw new Refusal('DuplicateReceipt', { receipt: before.number, trackingKey: input.trackingKey ?? '' })
}

async function transfersOfPosting(
  sql: Sql,
  accounts: Accounts,
  { receipt, planned }: Posting,
  came: (currency: string) => Promise<number>,
): Promise<NewTransfer[]> {
  const into =
    receipt.payer_id === null
      ? await accounts('unidentified', receipt.currency)
      : await accounts('unapplied', receipt.currency, receipt.payer_id)
  return [
    {
      debit: await came(receipt.currency),
      credit: into,
      currency: receipt.currency,
      minor: receipt.amount_minor,
      code: 'receipt',
      reference: receipt.number,
      key: `receipt:${receipt.id}`,
      receiptId: receipt.id,
      valueOn: receipt.value_on,
      postingOn: receipt.posting_on,
    },
    ...(await transfersOf(sql, accounts, receipt, planned, receipt.posting_on, 1)),
  ]
}

async function raiseUnappliable(sql: Sql, asking: Asking, postings: readonly Posting[]): Promise<void> {
  const raised = postings.flatMap(({ party, receipt, unappliable }) =>
    unappliable.map((detail) => ({ customer: party.customerId, receipt: receipt.id, detail })),
  )
  if (raised.length === 0) return
  await sql.rows(
    `INSERT INTO exception (company, kind, customer_id, receipt_id, detail, raised_at)
     SELECT $1, 'application', customer, receipt, detail, to_timestamp($3 / 1000.0) FROM jsonb_to_recordset($2::jsonb) AS e(customer bigint, receipt bigint, detail jsonb)`,
    [asking.company, JSON.stringify(raised), asking.now],
  )
}

function resultOf({ receipt, planned, unappliable }: Posting): Record<string, unknown> {
  const { currency } = receipt
  const applied = planned.reduce((sum, p) => sum + p.minor, 0n)
  return {
    receipt: receipt.number,
    amount: toDecimal(receipt.amount_minor, currency),
    currency,
    applied: planned.map((p) => ({ document: p.receivable.name, amount: toDecimal(p.minor, currency) })),
    unapplied: toDecimal(receipt.amount_minor - applied, currency),
    exceptions: unappliable,
  }
}

const entriesOf = (asking: Asking, posting: Posting) =>
  receiptEntries(
    asking,
    'receipt posted',
    posting.receipt,
    posting.planned,
    posting.party.customerId,
    resultOf(posting),
  )
