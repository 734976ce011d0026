import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, ReceiptCommands, ReceiptInput } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal, type Refusals } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday, firstOpenDay } from './company.ts'
import { customerId, customersOfPayers, lockCustomers } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { correctPromises } from './promises.ts'
import { findReceivables, type Receivable, readAgain, settleStages } from './receivables.ts'
import { accountOf, type NewTransfer, postTransfers } from './transfers.ts'

interface Receipt {
  id: number
  number: string
  payer_id: number | null
  currency: string
  amount_minor: bigint
  value_on: LocalDate
  posting_on: LocalDate
  reversed_at: number | null
}

type Application = { document: string; amount?: { currency: string; minor: number } | undefined }

interface Planned {
  receivable: Receivable
  minor: bigint
}

/** An application that can't be posted as asked: the cash is in, a person looks at it. */
interface Unappliable {
  document: string
  refusal: string
  data: unknown
}

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

/** Sorts what was asked into what can be applied and what can't, without over-applying anything. */
async function planApplications(
  sql: Sql,
  company: string,
  receipt: Receipt,
  applications: readonly Application[],
  availableMinor: bigint,
): Promise<{ planned: Planned[]; unappliable: Unappliable[] }> {
  const planned: Planned[] = []
  const unappliable: Unappliable[] = []
  let available = availableMinor
  for (const application of applications) {
    try {
      const [receivable] = await findReceivables(sql, company, [application.document])
      const taken = planned
        .filter((p) => p.receivable.id === receivable!.id)
        .reduce((sum, p) => sum + p.minor, 0n)
      const open = receivable!.balance_minor - taken
      const minor = application.amount
        ? BigInt(application.amount.minor)
        : open < available
          ? open
          : available
      checkApplication(receipt, receivable!, application, minor, open, available)
      planned.push({ receivable: receivable!, minor })
      available -= minor
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      unappliable.push({ document: application.document, refusal: error.refusal, data: error.data })
    }
  }
  return { planned, unappliable }
}

function checkApplication(
  receipt: Receipt,
  receivable: Receivable,
  application: Application,
  minor: bigint,
  open: bigint,
  available: bigint,
): void {
  const { currency } = receipt
  if (receivable.currency !== currency || (application.amount && application.amount.currency !== currency))
    throw new Refusal('WrongCurrency', {
      document: receivable.name,
      expected: receivable.currency,
      given: application.amount?.currency ?? currency,
    })
  if (receipt.payer_id !== null && receivable.payer_id !== receipt.payer_id)
    throw new Refusal('WrongCustomer', { document: receivable.name, customer: '' })
  if (receivable.closed_as && receivable.balance_minor === 0n && receivable.closed_as !== 'written_off')
    throw new Refusal('AlreadyClosed', { document: receivable.name, closedAs: receivable.closed_as })
  if (minor > open)
    throw new Refusal('OverApplied', {
      document: receivable.name,
      open: toDecimal(open, currency),
      given: toDecimal(minor, currency),
    })
  if (minor > available || minor <= 0n)
    throw new Refusal('NotEnoughUnapplied', {
      available: toDecimal(available, currency),
      given: toDecimal(minor, currency),
    })
}

/** unapplied → receivable. Money of an unknown payer becomes the payer's of the receivable first. */
async function applyPlanned(
  sql: Sql,
  asking: Asking,
  receipt: Receipt,
  planned: readonly Planned[],
  postingOn: LocalDate,
): Promise<void> {
  const transfers: NewTransfer[] = []
  const number = Number(
    (await sql.one<{ n: bigint }>('SELECT count(*) AS n FROM transfer WHERE receipt_id = $1', [receipt.id]))!
      .n,
  )
  for (const [index, { receivable, minor }] of planned.entries()) {
    const day = postingOn < receivable.issued_on ? receivable.issued_on : postingOn
    const base = {
      currency: receipt.currency,
      minor,
      reference: receipt.number,
      receiptId: receipt.id,
      valueOn: receipt.value_on,
      postingOn: day,
    }
    const unapplied = await accountOf(sql, asking.company, 'unapplied', receipt.currency, receivable.payer_id)
    if (receipt.payer_id === null)
      transfers.push({
        ...base,
        debit: await accountOf(sql, asking.company, 'unidentified', receipt.currency),
        credit: unapplied,
        code: 'identification',
        key: `identification:${receipt.id}:${number + index}`,
      })
    transfers.push({
      ...base,
      debit: unapplied,
      credit: receivable.account_id,
      code: 'application',
      key: `application:${receipt.id}:${number + index}`,
    })
  }
  await postTransfers(sql, asking, transfers)
}

/** The company's day, or the first that its books are open for. */
const openToday = async (sql: Sql, { company, now }: Asking): Promise<LocalDate> =>
  firstOpenDay(sql, company, await companyToday(sql, company, now))

const findReceipt = (sql: Sql, company: string, number: string): Promise<Receipt> =>
  mustFind<Receipt>(
    sql,
    'receipt',
    number,
    `SELECT id::int, number, payer_id::int, currency, amount_minor, value_on, posting_on, reversed_at FROM receipt
     WHERE company = $1 AND number = $2 FOR UPDATE`,
    [company, number],
  )

/** What of a receipt is not applied: its part of the payer's unapplied cash. */
const remainderOf = async (sql: Sql, receipt: Receipt): Promise<bigint> =>
  receipt.amount_minor -
  ((
    await sql.one<{ minor: bigint | null }>(
      `SELECT sum(CASE WHEN reverses_id IS NULL THEN amount_minor ELSE -amount_minor END)::bigint AS minor
     FROM transfer WHERE receipt_id = $1 AND code = 'application'`,
      [receipt.id],
    )
  )?.minor ?? 0n)

/** Applies unapplied cash of a receipt: all the applications or none. */
export async function applyReceipt(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['apply'],
): Promise<Answer> {
  const wanted = await findReceivables(
    sql,
    asking.company,
    input.applications.map((a) => a.document),
  )
  const payers = [...new Set(wanted.map((r) => r.payer_id))]
  const customers = await customersOfPayers(sql, payers)
  await lockCustomers(sql, customers)
  const receipt = await findReceipt(sql, asking.company, input.receipt)
  if (receipt.reversed_at !== null) throw new Refusal('AlreadyReversed', { receipt: receipt.number })
  const postingOn = latest(input.postingOn ?? (await openToday(sql, asking)), receipt.posting_on)
  const { planned, unappliable } = await planApplications(
    sql,
    asking.company,
    receipt,
    input.applications,
    await remainderOf(sql, receipt),
  )
  const first = unappliable[0]
  if (first) throw new Refusal(first.refusal as keyof Refusals, first.data as Refusals[keyof Refusals])
  await applyPlanned(sql, asking, receipt, planned, postingOn)
  const settled = planned.map((p) => p.receivable.id)
  await settleStages(sql, settled, 'paid')
  await correctPromises(sql, asking, settled)
  const result = {
    receipt: receipt.number,
    currency: receipt.currency,
    applied: planned.map((p) => ({
      document: p.receivable.name,
      amount: toDecimal(p.minor, receipt.currency),
    })),
    unapplied: toDecimal(await remainderOf(sql, receipt), receipt.currency),
  }
  await journalReceipt(sql, asking, 'receipt applied', receipt, planned, null, result)
  return { result, cases: await touchCustomers(sql, customers) }
}

/** Applies an open credit of the same customer to what that customer owes. */
export async function applyCredit(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['applyCredit'],
): Promise<Answer> {
  const seen = await findReceivables(sql, asking.company, [
    input.credit,
    ...input.applications.map((a) => a.document),
  ])
  const customers = [...new Set(seen.map((r) => r.customer_id))]
  await lockCustomers(sql, customers)
  const [credit, ...targets] = await readAgain(sql, asking.company, seen)
  const postingOn = latest(input.postingOn ?? (await openToday(sql, asking)), credit!.issued_on)
  let available = -credit!.balance_minor
  const planned: Planned[] = []
  for (const [index, receivable] of targets.entries()) {
    const application = input.applications[index]!
    if (receivable.customer_id !== credit!.customer_id)
      throw new Refusal('WrongCustomer', { document: receivable.name, customer: '' })
    const taken = planned
      .filter((p) => p.receivable.id === receivable.id)
      .reduce((sum, p) => sum + p.minor, 0n)
    const open = receivable.balance_minor - taken
    const minor = application.amount ? BigInt(application.amount.minor) : smaller(open, available)
    const asReceipt: Receipt = {
      id: 0,
      number: credit!.name,
      payer_id: null,
      currency: credit!.currency,
      amount_minor: 0n,
      value_on: postingOn,
      posting_on: postingOn,
      reversed_at: null,
    }
    checkApplication(asReceipt, receivable, application, minor, open, available)
    planned.push({ receivable, minor })
    available -= minor
  }
  await postTransfers(
    sql,
    asking,
    planned.map(({ receivable, minor }, index) => ({
      debit: credit!.account_id,
      credit: receivable.account_id,
      currency: credit!.currency,
      minor,
      code: 'credit_application',
      reference: credit!.name,
      key: `${asking.key}:${index}`,
      valueOn: postingOn,
      postingOn: latest(postingOn, receivable.issued_on),
    })),
  )
  await settleStages(sql, [credit!.id, ...planned.map((p) => p.receivable.id)], 'credited')
  const result = {
    credit: credit!.name,
    currency: credit!.currency,
    applied: planned.map((p) => ({
      document: p.receivable.name,
      amount: toDecimal(p.minor, credit!.currency),
    })),
    open: toDecimal(available, credit!.currency),
  }
  await appendToJournal(sql, asking.company, credit!.customer_id, {
    event: 'credit applied',
    actor: asking.actor,
    at: asking.now,
    receivables: [credit!.id, ...planned.map((p) => p.receivable.id)],
    data: result,
  })
  return { result, cases: await touchCustomers(sql, customers) }
}

/** Takes a receipt back: its applications first, then the receipt. What they had paid is owed again. */
export async function reverseReceipt(
  sql: Sql,
  asking: Asking,
  input: ReceiptCommands['reverse'],
): Promise<Answer> {
  await lockCustomers(sql, await customersOfReceipt(sql, asking.company, input.receipt))
  const seen = await findReceipt(sql, asking.company, input.receipt)
  // Again under the locks: what it pays may have been moved while waiting for them.
  const customers = await customersOfReceipt(sql, asking.company, input.receipt)
  await lockCustomers(sql, customers)
  if (seen.reversed_at !== null) throw new Refusal('AlreadyReversed', { receipt: seen.number })
  const live = await sql.rows<{
    id: number
    debit_account: number
    credit_account: number
    currency: string
    amount_minor: bigint
    code: string
    value_on: string
    posting_on: string
    receivable_id: number | null
  }>(
    `SELECT t.id::int, debit_account::int, credit_account::int, t.currency, amount_minor, code, value_on, posting_on, a.receivable_id::int
     FROM transfer t JOIN account a ON a.id = t.credit_account
     WHERE receipt_id = $1 AND reverses_id IS NULL AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id) ORDER BY t.id DESC`,
    [seen.id],
  )
  const asked = input.postingOn ?? (await openToday(sql, asking))
  await postTransfers(
    sql,
    asking,
    live.map((t) => ({
      debit: t.credit_account,
      credit: t.debit_account,
      currency: t.currency,
      minor: t.amount_minor,
      code: t.code,
      reference: seen.number,
      key: `reversal:${t.id}`,
      reverses: t.id,
      receiptId: seen.id,
      valueOn: t.value_on,
      postingOn: latest(asked, t.posting_on),
    })),
  )
  await sql.rows('UPDATE receipt SET reversed_at = to_timestamp($2 / 1000.0) WHERE id = $1', [
    seen.id,
    asking.now,
  ])
  const reopened = [...new Set(live.flatMap((t) => (t.receivable_id === null ? [] : [t.receivable_id])))]
  await settleStages(sql, reopened, 'paid')
  await correctPromises(sql, asking, reopened, input.reason === 'bounced')
  const documents = await sql.rows<{ id: number; document: string; tranche: string; customer_id: number }>(
    'SELECT id::int, document, tranche, customer_id::int FROM receivable WHERE id = ANY($1)',
    [reopened],
  )
  const result = {
    receipt: seen.number,
    amount: toDecimal(seen.amount_minor, seen.currency),
    currency: seen.currency,
    reason: input.reason,
    reopened: documents.map((d) => d.document),
  }
  for (const customer of customersIn(documents, customers))
    await appendToJournal(sql, asking.company, customer, {
      event: 'receipt reversed',
      actor: asking.actor,
      at: asking.now,
      why: input.why,
      receivables: documents.filter((d) => d.customer_id === customer).map((d) => d.id),
      data: result,
    })
  return { result, cases: await touchCustomers(sql, customers) }
}

/** Whose facts a receipt's reversal changes: customers of its payers, and those whose closed items it had paid. */
async function customersOfReceipt(sql: Sql, company: string, number: string): Promise<number[]> {
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
  return [...new Set([...customers, ...paid.map((p) => p.customer_id)])].sort((a, b) => a - b)
}

const customersIn = (documents: { customer_id: number }[], all: number[]): (number | null)[] => {
  const named = [...new Set(documents.map((d) => d.customer_id))]
  return named.length > 0 ? named : [all[0] ?? null]
}

/** One entry per customer whose receivables it touches; without any, in the chain of who paid. */
async function journalReceipt(
  sql: Sql,
  asking: Asking,
  event: string,
  receipt: Receipt,
  planned: readonly Planned[],
  payingCustomer: number | null,
  result: Record<string, unknown>,
): Promise<void> {
  const customers: (number | null)[] = [...new Set(planned.map((p) => p.receivable.customer_id))]
  if (customers.length === 0) customers.push(payingCustomer)
  for (const customer of customers) {
    const mine = planned.filter((p) => p.receivable.customer_id === customer)
    await appendToJournal(sql, asking.company, customer, {
      event,
      actor: asking.actor,
      at: asking.now,
      receivables: mine.map((p) => p.receivable.id),
      data: {
        ...result,
        valueOn: receipt.value_on,
        applied: mine.map((p) => ({
          document: p.receivable.name,
          amount: toDecimal(p.minor, receipt.currency),
        })),
      },
    })
  }
}

const latest = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
