import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, ReceiptCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal, type Refusals } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday, firstOpenDay } from './company.ts'
import { customersOfPayers, lockCustomers } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { correctPromises } from './promises.ts'
import { findReceivables, knownReceivables, type Receivable, readAgain, settleStages } from './receivables.ts'
import { accountOf, type NewTransfer, postTransfers } from './transfers.ts'

/** What pays what: money of a receipt, or an open credit, applied to what is owed. */

export interface Receipt {
  id: number
  number: string
  payer_id: number | null
  currency: string
  amount_minor: bigint
  value_on: LocalDate
  posting_on: LocalDate
  reversed_at: number | null
}

export type Application = { document: string; amount?: { currency: string; minor: number } | undefined }

export interface Planned {
  receivable: Receivable
  minor: bigint
}

/** An application that can't be posted as asked: the cash is in, a person looks at it. */
interface Unappliable {
  document: string
  refusal: string
  data: unknown
}

export const findReceipt = (sql: Sql, company: string, number: string): Promise<Receipt> =>
  mustFind<Receipt>(
    sql,
    'receipt',
    number,
    `SELECT id::int, number, payer_id::int, currency, amount_minor, value_on, posting_on, reversed_at FROM receipt
     WHERE company = $1 AND number = $2 FOR UPDATE`,
    [company, number],
  )

/** Sorts what was asked into what can be applied and what can't, without over-applying anything. */
export async function planApplications(
  sql: Sql,
  company: string,
  receipt: Receipt,
  applications: readonly Application[],
  availableMinor: bigint,
): Promise<{ planned: Planned[]; unappliable: Unappliable[] }> {
  const planned: Planned[] = []
  const unappliable: Unappliable[] = []
  const known = await knownReceivables(
    sql,
    company,
    applications.map((a) => a.document),
  )
  let available = availableMinor
  for (const application of applications) {
    try {
      const receivable = known.get(application.document)
      if (!receivable) throw new Refusal('NotFound', { what: 'receivable', id: application.document })
      const taken = planned
        .filter((p) => p.receivable.id === receivable.id)
        .reduce((sum, p) => sum + p.minor, 0n)
      const open = receivable.balance_minor - taken
      const minor = application.amount
        ? BigInt(application.amount.minor)
        : open < available
          ? open
          : available
      checkApplication(receipt, receivable, application, minor, open, available)
      planned.push({ receivable, minor })
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
export async function applyPlanned(
  sql: Sql,
  asking: Asking,
  receipt: Receipt,
  planned: readonly Planned[],
  postingOn: LocalDate,
): Promise<void> {
  if (planned.length === 0) return
  const transfers: NewTransfer[] = []
  const number = Number(
    (await sql.one<{ n: bigint }>('SELECT count(*) AS n FROM transfer WHERE receipt_id = $1', [receipt.id]))!
      .n,
  )
  const unappliedOf = new Map<number, number>()
  for (const payer of new Set(planned.map((p) => p.receivable.payer_id)))
    unappliedOf.set(payer, await accountOf(sql, asking.company, 'unapplied', receipt.currency, payer))
  const unidentified =
    receipt.payer_id === null ? await accountOf(sql, asking.company, 'unidentified', receipt.currency) : null
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
    const unapplied = unappliedOf.get(receivable.payer_id)!
    if (unidentified !== null)
      transfers.push({
        ...base,
        debit: unidentified,
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
export const openToday = async (sql: Sql, { company, now }: Asking): Promise<LocalDate> =>
  firstOpenDay(sql, company, await companyToday(sql, company, now))

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

/** One entry per customer whose receivables it touches; without any, in the chain of who paid. */
export async function journalReceipt(
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

export const latest = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b)

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
