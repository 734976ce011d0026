import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, ReceiptCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal, type Refusals } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday, firstOpenDay } from './company.ts'
import { customersOfPayers, lockCustomers } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { appendAllToJournal, appendToJournal, type JournalEntry } from './journal.ts'
import { correctPromises } from './promiseStanding.ts'
import {
  findReceivables,
  named,
  type Receivable,
  readAgain,
  receivablesByName,
  settleStages,
} from './receivables.ts'
import { type Accounts, accountsOf, type NewTransfer, postTransfers } from './transfers.ts'

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
  /** What of it pays a write-off back. */
  recovered: bigint
}

/** An application that can't be posted as asked: the cash is in, a person looks at it. */
export interface Unappliable {
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

/**
 * Sorts what was asked into what can be applied and what can't, without over-applying anything. What is planned leaves
 * the balances in `receivables`, so that the next receipt of the same work finds the rest.
 */
export function planApplications(
  receivables: ReadonlyMap<string, Receivable>,
  receipt: Receipt,
  applications: readonly Application[],
  availableMinor: bigint,
): { planned: Planned[]; unappliable: Unappliable[] } {
  const planned: Planned[] = []
  const unappliable: Unappliable[] = []
  let available = availableMinor
  for (const application of applications) {
    try {
      const receivable = named(receivables, application.document)
      const open = receivable.balance_minor + receivable.written_off_minor
      const minor = application.amount
        ? BigInt(application.amount.minor)
        : open < available
          ? open
          : available
      checkApplication(receipt, receivable, application, minor, open, available)
      // The balance is paid first; what it doesn't take recovers the write-off.
      const recovered = minor > receivable.balance_minor ? minor - receivable.balance_minor : 0n
      receivable.balance_minor -= minor - recovered
      receivable.written_off_minor -= recovered
      planned.push({ receivable, minor, recovered })
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
  if (receivable.closed_as && open === 0n)
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

/**
 * unapplied → receivable. Money of an unknown payer becomes the payer's of the receivable first; what was written off is
 * claimed again by as much as the money pays of it. `before`: how many transfers the receipt has.
 */
export async function transfersOf(
  sql: Sql,
  accounts: Accounts,
  receipt: Receipt,
  planned: readonly Planned[],
  postingOn: LocalDate,
  before: number,
): Promise<NewTransfer[]> {
  const transfers: NewTransfer[] = []
  for (const [index, { receivable, minor, recovered }] of planned.entries()) {
    const base = {
      currency: receipt.currency,
      minor,
      reference: receipt.number,
      receiptId: receipt.id,
      valueOn: receipt.value_on,
      postingOn: await dayOfApplication(sql, receivable, recovered, postingOn),
    }
    const unapplied = await accounts('unapplied', receipt.currency, receivable.payer_id)
    if (receipt.payer_id === null)
      transfers.push({
        ...base,
        debit: await accounts('unidentified', receipt.currency),
        credit: unapplied,
        code: 'identification',
        key: `identification:${receipt.id}:${before + index}`,
      })
    if (recovered > 0n)
      transfers.push({
        ...base,
        minor: recovered,
        debit: receivable.account_id,
        credit: await accounts('write_off', receipt.currency),
        code: 'recovery',
        key: `recovery:${receipt.id}:${before + index}`,
      })
    transfers.push({
      ...base,
      debit: unapplied,
      credit: receivable.account_id,
      code: 'application',
      key: `application:${receipt.id}:${before + index}`,
    })
  }
  return transfers
}

/** Not before the receivable, and what recovers a write-off not before that. */
async function dayOfApplication(
  sql: Sql,
  receivable: Receivable,
  recovered: bigint,
  postingOn: LocalDate,
): Promise<LocalDate> {
  const day = latest(postingOn, receivable.issued_on)
  if (recovered === 0n) return day
  const lost = await sql.one<{ on: LocalDate }>(
    `SELECT max(posting_on) AS on FROM transfer WHERE credit_account = $1 AND code = 'write_off'`,
    [receivable.account_id],
  )
  return latest(day, lost!.on)
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
  const { planned, unappliable } = planApplications(
    await receivablesByName(
      sql,
      asking.company,
      input.applications.map((a) => a.document),
    ),
    receipt,
    input.applications,
    await remainderOf(sql, receipt),
  )
  const first = unappliable[0]
  if (first) throw new Refusal(first.refusal as keyof Refusals, first.data as Refusals[keyof Refusals])
  const before = await sql.one<{ n: number }>(
    'SELECT count(*)::int AS n FROM transfer WHERE receipt_id = $1',
    [receipt.id],
  )
  const accounts = accountsOf(sql, asking.company)
  await postTransfers(sql, asking, await transfersOf(sql, accounts, receipt, planned, postingOn, before!.n))
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
  const entries = receiptEntries(asking, 'receipt applied', receipt, planned, null, result)
  await appendAllToJournal(sql, asking.company, entries)
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
  const payers = [...new Set(seen.map((r) => r.payer_id))]
  const customers = [
    ...new Set([...seen.map((r) => r.customer_id), ...(await customersOfPayers(sql, payers))]),
  ]
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
    planned.push({ receivable, minor, recovered: 0n })
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

type Entry = JournalEntry & { customerId: number | null }

/** One entry per customer whose receivables it touches, and what it recovers; without any, in the chain of who paid. */
export function receiptEntries(
  asking: Asking,
  event: string,
  receipt: Receipt,
  planned: readonly Planned[],
  payingCustomer: number | null,
  result: Record<string, unknown>,
): Entry[] {
  const { actor, now: at } = asking
  const { currency } = receipt
  const customers: (number | null)[] = [...new Set(planned.map((p) => p.receivable.customer_id))]
  if (customers.length === 0) customers.push(payingCustomer)
  return customers.flatMap((customerId): Entry[] => {
    const mine = planned.filter((p) => p.receivable.customer_id === customerId)
    const applied = mine.map((p) => ({ document: p.receivable.name, amount: toDecimal(p.minor, currency) }))
    const recovered = mine
      .filter((p) => p.recovered > 0n)
      .map((p) => ({
        customerId,
        event: 'recovered',
        actor,
        at,
        receivables: [p.receivable.id],
        data: {
          receipt: receipt.number,
          document: p.receivable.name,
          amount: toDecimal(p.recovered, currency),
          currency,
        },
      }))
    const receivables = mine.map((p) => p.receivable.id)
    const data = { ...result, valueOn: receipt.value_on, applied }
    return [{ customerId, event, actor, at, receivables, data }, ...recovered]
  })
}

export const latest = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b)

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
