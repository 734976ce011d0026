import { expect } from 'vitest'
import type { LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Database } from '../../ledger/database.ts'
import { bearingIds, interestAsOf } from '../../ledger/interest/accrual.ts'
import { chargeInterest } from '../../ledger/interest/notes.ts'
import { type InterestScope, waiveInterest } from '../../ledger/interest/waivers.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { mustOpenCase } from '../../ledger/scope.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'

/** 36 % over 360 days: 0.1 % a day, so that 1,000.00 bears 1.00 each day. */
export const RULE = { rates: [{ from: '2026-01-01', percent: '36' }] }
export const withInterest = (changes: Record<string, unknown> = {}) =>
  testPolicy({ interest: { ...RULE, ...changes } })

export const fresh = async (
  changes: Record<string, unknown> = {},
  sketches: Sketch[] = [{ document: 'F-1', due: '2026-03-31' }],
) => {
  const { database } = await freshLedger([withInterest(changes)])
  await loadItems(database, sketches, noon('2026-03-02'))
  return database
}

let keys = 0
/** Under the customer's lock, as a command does it. */
export const inScope = <T>(
  database: Database,
  on: LocalDate,
  work: (sql: Database, scope: InterestScope) => Promise<T>,
) =>
  database.transaction(async (sql) => {
    const asking = { company: COMPANY, actor: 'ana', now: noon(on), key: `interest-${++keys}` }
    return work(sql as Database, await mustOpenCase(sql, { asking, calendars }, 'C-1'))
  })

export const charge = (database: Database, on: LocalDate, through = on) =>
  inScope(database, on, async (sql, scope) =>
    chargeInterest(sql, scope, {
      receivables: await bearingIds(sql, scope.customer.id),
      through,
      why: '',
    }),
  )

export const idOf = async (database: Database, document: string) =>
  (await findReceivable(database, COMPANY, document)).id

export const waive = async (database: Database, on: LocalDate, document: string, amount: number) => {
  const receivable = await idOf(database, document)
  return inScope(database, on, (sql, scope) =>
    waiveInterest(sql, scope, {
      parts: [{ receivable, minor: BigInt(amount * 100) }],
      reference: 'N-1',
      why: 'paid the rest',
    }),
  )
}

/** Interest and fees of a document that nothing has become of, reckoned on a day. */
export const openOn = async (database: Database, on: LocalDate, document = 'F-1') => {
  const [standing] = await interestAsOf(database, [await idOf(database, document)], on)
  return standing === undefined ? null : toDecimal(standing.openMinor, 'MXN')
}
/** What the books say of it. */
export const booked = async (database: Database, document = 'F-1') => {
  const row = await database.one<{ minor: bigint }>(
    'SELECT balance_minor AS minor FROM account WHERE interest_of = $1',
    [await idOf(database, document)],
  )
  return row === null ? null : toDecimal(row.minor, 'MXN')
}
export const posted = (database: Database) =>
  database.rows<{ code: string; minor: bigint; value_on: string; posting_on: string }>(
    `SELECT code, CASE WHEN d.kind = 'interest' THEN t.amount_minor ELSE -t.amount_minor END AS minor, value_on, posting_on
     FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
     WHERE 'interest' IN (d.kind, c.kind) ORDER BY t.id`,
  )
/** Every balance that is kept is what its transfers say, and all of them together are nothing. */
export const checkBooks = async (database: Database) => {
  const wrong = await database.rows(
    `SELECT a.id FROM account a WHERE balance_minor IS NOT NULL AND balance_minor <>
       coalesce((SELECT sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)
         FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)), 0)`,
  )
  expect(wrong).toEqual([])
}
