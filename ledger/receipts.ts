import type { Answer, ReceiptCommands, ReceiptInput } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { applyPlanned, journalReceipt, planApplications, type Receipt } from './applications.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday, firstOpenDay } from './company.ts'
import { customerId, customersOfPayers, lockCustomers } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { correctPromises } from './promises.ts'
import { settleStages } from './receivables.ts'
import { accountOf, postTransfers } from './transfers.ts'

/**
 * Posts receipts, all or none. Cash always moves bank → unapplied → receivable: an application that can't be
 * made becomes an exception and its money stays unapplied.
 */
export async function postReceipts(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['post'],
): Promise<Answer> {
  const parties = await partiesOf(sql, asking.company, input.receipts)
  const payerIds = [
    ...new Set([
      ...parties.flatMap((p) => (p.payerId === null ? [] : [p.payerId])),
      ...(await payersNamed(sql, asking.company, input.receipts)),
    ]),
  ]
  const customers = await customersOfPayers(sql, payerIds)
  await lockCustomers(sql, customers)
  const posted: Record<string, unknown>[] = []
  const settled = new Set<number>()
  for (const [index, receipt] of input.receipts.entries())
    posted.push(await postReceipt(sql, asking, receipt, parties[index]!, settled))
  await settleStages(sql, [...settled], 'paid')
  await correctPromises(sql, asking, [...settled])
  const cases = await touchCustomers(sql, customers)
  return { result: { receipts: posted }, cases }
}

async function partiesOf(
  sql: Sql,
  company: string,
  receipts: ReceiptInput[],
): Promise<{ payerId: number | null; customerId: number | null }[]> {
  const parties = []
  for (const receipt of receipts) {
    if (receipt.customer !== undefined) {
      const id = await customerId(sql, company, receipt.customer)
      const row = await sql.one<{ payer_id: number }>('SELECT payer_id::int FROM customer WHERE id = $1', [
        id,
      ])
      parties.push({ payerId: row!.payer_id, customerId: id })
    } else if (receipt.payer !== undefined) {
      const row = await mustFind<{ id: number }>(
        sql,
        'payer',
        receipt.payer,
        'SELECT id::int FROM payer WHERE company = $1 AND code = $2',
        [company, receipt.payer],
      )
      parties.push({ payerId: row.id, customerId: null })
    } else parties.push({ payerId: null, customerId: null })
  }
  return parties
}

/** Payers of the documents that unidentified receipts are to be applied to. */
async function payersNamed(sql: Sql, company: string, receipts: ReceiptInput[]): Promise<number[]> {
  const documents = receipts
    .filter((r) => r.customer === undefined && r.payer === undefined)
    .flatMap((r) => (r.applications ?? []).map((a) => a.document))
  if (documents.length === 0) return []
  // By the unique index: both parts of a name are looked for, since a document may hold a slash itself.
  const rows = await sql.rows<{ payer_id: number }>(
    `SELECT DISTINCT r.payer_id::int FROM unnest($2::text[]) AS name
     CROSS JOIN LATERAL (VALUES (name, '1'), (regexp_replace(name, '/[^/]*$', ''), regexp_replace(name, '^.*/', ''))) AS wanted(document, tranche)
     JOIN receivable r ON r.company = $1 AND r.document = wanted.document AND r.tranche = wanted.tranche`,
    [company, documents],
  )
  return rows.map((row) => row.payer_id)
}

async function postReceipt(
  sql: Sql,
  asking: Asking,
  input: ReceiptInput,
  party: { payerId: number | null; customerId: number | null },
  settled: Set<number>,
): Promise<Record<string, unknown>> {
  const { company, actor, now } = asking
  const currency = input.amount.currency
  const minor = BigInt(input.amount.minor)
  const today = await companyToday(sql, company, now)
  if (input.valueOn > today)
    throw new Refusal('InvalidDate', {
      field: 'valueOn',
      value: input.valueOn,
      must: `not be after ${today}`,
    })
  const postingOn = input.postingOn ?? (await firstOpenDay(sql, company, input.valueOn))
  await refuseDuplicate(sql, company, input)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO receipt (company, number, payer_id, currency, amount_minor, form, tracking_key, reference, value_on, posting_on, recorded_at, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0), $12) ON CONFLICT DO NOTHING RETURNING id::int`,
    [
      company,
      input.number,
      party.payerId,
      currency,
      minor,
      input.form ?? 'transfer',
      input.trackingKey ?? null,
      input.reference ?? '',
      input.valueOn,
      postingOn,
      now,
      actor,
    ],
  )
  if (!row) {
    // Another transaction posted it in the meantime.
    await refuseDuplicate(sql, company, input)
    throw new Error(`receipt ${input.number} is neither new nor known`)
  }
  const receipt: Receipt = {
    id: row.id,
    number: input.number,
    payer_id: party.payerId,
    currency,
    amount_minor: minor,
    value_on: input.valueOn,
    posting_on: postingOn,
    reversed_at: null,
  }
  const bank = await accountOf(sql, company, 'bank', currency)
  const into =
    party.payerId === null
      ? await accountOf(sql, company, 'unidentified', currency)
      : await accountOf(sql, company, 'unapplied', currency, party.payerId)
  await postTransfers(sql, asking, [
    {
      debit: bank,
      credit: into,
      currency,
      minor,
      code: 'receipt',
      reference: input.number,
      key: `receipt:${receipt.id}`,
      receiptId: receipt.id,
      valueOn: receipt.value_on,
      postingOn,
    },
  ])
  const { planned, unappliable } = await planApplications(
    sql,
    company,
    receipt,
    input.applications ?? [],
    minor,
  )
  await applyPlanned(sql, asking, receipt, planned, postingOn)
  for (const p of planned) settled.add(p.receivable.id)
  for (const u of unappliable)
    await sql.rows(
      `INSERT INTO exception (company, kind, customer_id, receipt_id, detail, raised_at) VALUES ($1, 'application', $2, $3, $4, to_timestamp($5 / 1000.0))`,
      [company, party.customerId, receipt.id, JSON.stringify(u), now],
    )
  const applied = planned.reduce((sum, p) => sum + p.minor, 0n)
  const result = {
    receipt: receipt.number,
    amount: toDecimal(minor, currency),
    currency,
    applied: planned.map((p) => ({ document: p.receivable.name, amount: toDecimal(p.minor, currency) })),
    unapplied: toDecimal(minor - applied, currency),
    exceptions: unappliable,
  }
  await journalReceipt(sql, asking, 'receipt posted', receipt, planned, party.customerId, result)
  return result
}

async function refuseDuplicate(sql: Sql, company: string, input: ReceiptInput): Promise<void> {
  const before = await sql.one<{ number: string }>(
    `SELECT number FROM receipt WHERE company = $1 AND (number = $2
       OR tracking_key = $3 AND currency = $4 AND amount_minor = $5 AND reversed_at IS NULL)`,
    [company, input.number, input.trackingKey ?? null, input.amount.currency, input.amount.minor],
  )
  if (before)
    throw new Refusal('DuplicateReceipt', { receipt: before.number, trackingKey: input.trackingKey ?? '' })
}
