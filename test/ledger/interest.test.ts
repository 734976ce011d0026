import { describe, expect, test } from 'vitest'
import type { LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Database } from '../../ledger/database.ts'
import { accrue, bearingIds, interestAsOf } from '../../ledger/interest/accrual.ts'
import { addFee } from '../../ledger/interest/fees.ts'
import { chargeInterest } from '../../ledger/interest/notes.ts'
import {
  type InterestScope,
  openInterest,
  restoreInterest,
  waiveInterest,
} from '../../ledger/interest/waivers.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { mustOpenCase } from '../../ledger/scope.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { ask, book, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf } from './books.ts'

/** 36 % over 360 days: 0.1 % a day, so that 1,000.00 bears 1.00 each day. */
const RULE = { rates: [{ from: '2026-01-01', percent: '36' }] }
const withInterest = (changes: Record<string, unknown> = {}) =>
  testPolicy({ interest: { ...RULE, ...changes } })

const fresh = async (
  changes: Record<string, unknown> = {},
  sketches: Sketch[] = [{ document: 'F-1', due: '2026-03-31' }],
) => {
  const { database } = await freshLedger([withInterest(changes)])
  await loadItems(database, sketches, noon('2026-03-02'))
  return database
}

let keys = 0
/** Under the customer's lock, as a command does it. */
const inScope = <T>(
  database: Database,
  on: LocalDate,
  work: (sql: Database, scope: InterestScope) => Promise<T>,
) =>
  database.transaction(async (sql) => {
    const asking = { company: COMPANY, actor: 'ana', now: noon(on), key: `interest-${++keys}` }
    return work(sql as Database, await mustOpenCase(sql, { asking, calendars }, 'C-1'))
  })

const charge = (database: Database, on: LocalDate, through = on) =>
  inScope(database, on, async (sql, scope) =>
    chargeInterest(sql, scope, {
      receivables: await bearingIds(sql, scope.customer.id),
      through,
      why: '',
    }),
  )

const idOf = async (database: Database, document: string) =>
  (await findReceivable(database, COMPANY, document)).id

const waive = async (database: Database, on: LocalDate, document: string, amount: number) => {
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
const openOn = async (database: Database, on: LocalDate, document = 'F-1') => {
  const [standing] = await interestAsOf(database, [await idOf(database, document)], on)
  return standing === undefined ? null : toDecimal(standing.openMinor, 'MXN')
}
/** What the books say of it. */
const booked = async (database: Database, document = 'F-1') => {
  const row = await database.one<{ minor: bigint }>(
    'SELECT balance_minor AS minor FROM account WHERE interest_of = $1',
    [await idOf(database, document)],
  )
  return row === null ? null : toDecimal(row.minor, 'MXN')
}
const posted = (database: Database) =>
  database.rows<{ code: string; minor: bigint; value_on: string; posting_on: string }>(
    `SELECT code, CASE WHEN d.kind = 'interest' THEN t.amount_minor ELSE -t.amount_minor END AS minor, value_on, posting_on
     FROM transfer t JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
     WHERE 'interest' IN (d.kind, c.kind) ORDER BY t.id`,
  )
/** Every balance that is kept is what its transfers say, and all of them together are nothing. */
const checkBooks = async (database: Database) => {
  const wrong = await database.rows(
    `SELECT a.id FROM account a WHERE balance_minor IS NOT NULL AND balance_minor <>
       coalesce((SELECT sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)
         FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)), 0)`,
  )
  expect(wrong).toEqual([])
}

test('without interest in the policy nothing is read, booked or shown', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31' }], noon('2026-03-02'))
  await look(database, '2026-06-01')
  expect(await openOn(database, '2026-06-01')).toBeNull()
  expect(await booked(database)).toBeNull()
  expect(await charge(database, '2026-06-01')).toEqual({ notes: [], below: [] })
})

describe('into the books', () => {
  test('at the end of a month, once, whatever the number of looks; the invoice owes what it owed', async () => {
    const database = await fresh()
    for (const day of ['2026-04-15', '2026-04-30', '2026-05-04', '2026-05-04', '2026-05-20', '2026-06-01'])
      await look(database, day)
    expect(await posted(database)).toEqual([
      { code: 'interest', minor: 3_000n, value_on: '2026-04-30', posting_on: '2026-04-30' },
      { code: 'interest', minor: 3_100n, value_on: '2026-05-31', posting_on: '2026-05-31' },
    ])
    expect(await openOf(database, 'F-1')).toBe('1000.00')
    // Between two bookings it is reckoned.
    expect(await openOn(database, '2026-06-10')).toBe('71.00')
    expect((await eventsOf(database, 'F-1')).filter((e) => e === 'interest accrued')).toHaveLength(2)
    await checkBooks(database)
  })

  test('a case wakes by itself for it', async () => {
    const database = await fresh({}, [{ document: 'F-1', due: '2026-04-28' }])
    const { nextAt } = await look(database, '2026-04-27')
    expect(nextAt).toBeLessThanOrEqual(noon('2026-05-01'))
    const open = await look(database, '2026-09-30')
    expect(open.nextAt).toBeLessThanOrEqual(noon('2026-10-01'))
    await pay(database, 'R-1', 1000, ['F-1'], '2026-10-01')
    expect(await look(database, '2026-10-01')).toMatchObject({ nextAt: null, closed: true })
  })

  test('to its end when the principal is paid, by the day on which the customer paid', async () => {
    const database = await fresh()
    await look(database, '2026-05-04')
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-11', { valueOn: '2026-05-10' })
    await look(database, '2026-05-11')
    expect(await closedAs(database, 'F-1')).toBe('paid')
    expect(await booked(database)).toBe('40.00')
    expect(await openOn(database, '2026-12-31')).toBe('40.00')
  })

  test('a payment that is recorded late, with an earlier value date, takes back what it shouldn’t have borne', async () => {
    const database = await fresh()
    await look(database, '2026-05-04')
    expect(await booked(database)).toBe('30.00')
    await pay(database, 'R-1', 600, ['F-1'], '2026-05-04', { valueOn: '2026-04-10' })
    await look(database, '2026-05-04')
    // 10 days of 1,000 and 20 of 400: 10 + 8
    expect(await booked(database)).toBe('18.00')
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-05-20' },
    )
    await look(database, '2026-05-20')
    expect(await booked(database)).toBe('30.00')
    expect((await posted(database)).map(({ minor }) => minor)).toEqual([3_000n, -1_200n, 1_200n])
  })

  test('money that nobody has applied yet counts from its value date, applied it changes nothing', async () => {
    const database = await fresh()
    await pay(database, 'R-1', 400, [], '2026-04-15', { valueOn: '2026-04-10' })
    await look(database, '2026-05-04')
    // 10 of 1,000, 20 of 600
    expect(await booked(database)).toBe('22.00')
    await book(
      database,
      'apply',
      { receipt: 'R-1', applications: [{ document: 'F-1' }] },
      { on: '2026-05-04' },
    )
    await look(database, '2026-05-05')
    expect(await posted(database)).toHaveLength(1)
  })

  test('in closed books: on the first day that is open, reckoned by the days that they were', async () => {
    const database = await fresh()
    await database.rows(`UPDATE company SET books_closed_through = '2026-05-02'`)
    await look(database, '2026-05-04')
    expect(await posted(database)).toEqual([
      { code: 'interest', minor: 3_000n, value_on: '2026-04-30', posting_on: '2026-05-03' },
    ])
  })

  test('a rule that is gone takes nothing back', async () => {
    const database = await fresh()
    await look(database, '2026-05-04')
    const { publishPolicies } = await import('../../ledger/policies.ts')
    await publishPolicies(database, COMPANY, [testPolicy()], 'test', noon('2026-05-05'))
    await ask(database, 'adoptPolicy', {}, { on: '2026-05-05' })
    await look(database, '2026-06-05')
    expect(await openOn(database, '2026-06-05')).toBe('30.00')
  })

  test('what is cancelled or replaced by our error never bore any', async () => {
    const database = await fresh({}, [
      { document: 'F-1', due: '2026-03-31' },
      { document: 'F-2', due: '2026-03-31' },
    ])
    await look(database, '2026-05-04')
    await ask(database, 'cancel', { document: 'F-1', why: 'never delivered' }, { on: '2026-05-05' })
    await ask(
      database,
      'replace',
      {
        document: 'F-2',
        by: { document: 'F-3', amount: pesos(900), issuedOn: '2026-05-05', dueOn: '2026-05-31' },
        why: 'our_error',
      },
      { on: '2026-05-05' },
    )
    await look(database, '2026-05-05')
    expect([await booked(database, 'F-1'), await booked(database, 'F-2')]).toEqual(['0.00', '0.00'])
    expect(await openOn(database, '2026-06-10', 'F-3')).toBe('9.00')
  })
})

describe('in dispute', () => {
  const dispute = { lines: [{ document: 'F-1', amount: pesos(400) }], reason: 'quality' }
  test('the disputed part bears none while the dispute is open; rejected, it did all along', async () => {
    const database = await fresh()
    await ask(database, 'openDispute', dispute, { on: '2026-04-10' })
    await look(database, '2026-05-04')
    // 10 of 1,000, 20 of 600
    expect(await booked(database)).toBe('22.00')
    await ask(
      database,
      'resolveDispute',
      { dispute: 1, outcome: 'rejected', why: 'signed' },
      { on: '2026-05-05' },
    )
    await look(database, '2026-05-05')
    expect(await booked(database)).toBe('30.00')
  })
  test('credited, it never did', async () => {
    const database = await fresh()
    await ask(database, 'openDispute', dispute, { on: '2026-04-10' })
    await look(database, '2026-05-04')
    await ask(
      database,
      'resolveDispute',
      { dispute: 1, outcome: 'credit_note', number: 'NC-1', why: 'broken' },
      { on: '2026-05-05' },
    )
    await look(database, '2026-05-05')
    expect(await booked(database)).toBe('18.00')
  })
  test('where the policy says so it bears interest like the rest', async () => {
    const database = await fresh({ disputed: 'bears' })
    await ask(database, 'openDispute', dispute, { on: '2026-04-10' })
    expect(await openOn(database, '2026-04-30')).toBe('30.00')
  })
})

describe('charged', () => {
  test('by a note with its own life: due, paid by its name, and bearing none itself', async () => {
    const database = await fresh({}, [
      { document: 'F-1', due: '2026-03-31' },
      { document: 'F-2', due: '2026-04-10', amount: 500 },
    ])
    const { notes } = await charge(database, '2026-04-30')
    expect(notes).toMatchObject([
      {
        document: 'INT-C-1-1',
        amount: '40.00',
        dueOn: '2026-05-15',
        lines: [
          { document: 'F-1', amount: '30.00' },
          { document: 'F-2', amount: '10.00' },
        ],
      },
    ])
    expect([await booked(database, 'F-1'), await openOf(database, 'INT-C-1-1')]).toEqual(['0.00', '40.00'])
    expect(await openOf(database, 'F-1')).toBe('1000.00')
    // The next one holds what came since; the first one bears nothing.
    const later = await charge(database, '2026-06-30')
    expect(later.notes).toMatchObject([{ document: 'INT-C-1-2', amount: '91.50' }])
    expect(await openOn(database, '2026-06-30', 'INT-C-1-1')).toBeNull()
    await pay(database, 'R-1', 40, ['INT-C-1-1'], '2026-07-01')
    expect(await closedAs(database, 'INT-C-1-1')).toBe('paid')
    await look(database, '2026-07-01')
    expect(await eventsOf(database, 'F-1')).toContain('interest charged')
    await checkBooks(database)
  })

  test('twice on a day it is charged once', async () => {
    const database = await fresh()
    await charge(database, '2026-04-30')
    expect(await charge(database, '2026-04-30')).toEqual({ notes: [], below: [] })
  })

  test('a paid invoice keeps its interest, open until it is charged', async () => {
    const database = await fresh()
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-10')
    await look(database, '2026-04-10')
    expect((await charge(database, '2026-08-01')).notes).toMatchObject([{ amount: '10.00' }])
  })

  test('below the minimum it waits, and is not lost', async () => {
    const database = await fresh({ minimum: { MXN: '25.00' } })
    expect(await charge(database, '2026-04-20')).toEqual({
      notes: [],
      below: [{ currency: 'MXN', amount: '20.00', minimum: '25.00' }],
    })
    expect((await charge(database, '2026-04-25')).notes).toMatchObject([{ amount: '25.00' }])
  })

  test('too much, as a payment came in late: given back by the next note, or a credit note', async () => {
    const database = await fresh()
    await charge(database, '2026-04-30')
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-04', { valueOn: '2026-04-10' })
    await look(database, '2026-05-04')
    expect(await openOn(database, '2026-05-04')).toBe('-20.00')
    const { notes } = await charge(database, '2026-05-05')
    expect(notes).toMatchObject([{ document: 'INT-C-1-2', amount: '-20.00' }])
    await book(
      database,
      'applyCredit',
      { credit: 'INT-C-1-2', applications: [{ document: 'INT-C-1-1' }] },
      { on: '2026-05-05' },
    )
    expect(await openOf(database, 'INT-C-1-1')).toBe('10.00')
    await checkBooks(database)
  })

  test('a note that is cancelled goes back to where it came from', async () => {
    const database = await fresh()
    await charge(database, '2026-04-30')
    await ask(database, 'cancel', { document: 'INT-C-1-1', why: 'wrong day' }, { on: '2026-05-04' })
    expect([await booked(database), await closedAs(database, 'INT-C-1-1')]).toEqual(['30.00', 'cancelled'])
    expect((await charge(database, '2026-05-04')).notes).toMatchObject([
      { document: 'INT-C-1-2', amount: '34.00' },
    ])
    await pay(database, 'R-1', 4, ['INT-C-1-2'], '2026-05-05')
    const again = ask(database, 'cancel', { document: 'INT-C-1-2', why: 'no' }, { on: '2026-05-06' })
    expect(await refusalOf(again)).toBe('HasApplications')
  })

  test('up to a day before what is in the books: all that is', async () => {
    const database = await fresh()
    await look(database, '2026-05-04')
    expect((await charge(database, '2026-05-04', '2026-04-10')).notes).toMatchObject([{ amount: '30.00' }])
  })
})

describe('waived', () => {
  test('a part, and owed again when that is taken back', async () => {
    const database = await fresh()
    const { transfers, parts } = await waive(database, '2026-04-30', 'F-1', 12)
    expect(parts).toMatchObject([{ document: 'F-1', openMinor: 3_000n, minor: 1_200n }])
    expect(await openOn(database, '2026-04-30')).toBe('18.00')
    await inScope(database, '2026-05-10', (sql, scope) =>
      restoreInterest(sql, scope, { transfers, why: 'broken' }),
    )
    expect(await openOn(database, '2026-05-10')).toBe('40.00')
    // Once.
    const twice = await inScope(database, '2026-05-10', (sql, scope) =>
      restoreInterest(sql, scope, { transfers, why: 'broken' }),
    )
    expect(twice.parts).toEqual([])
    expect(await eventsOf(database, 'F-1')).toEqual(
      expect.arrayContaining(['interest waived', 'interest restored']),
    )
    await checkBooks(database)
  })

  test('never more than is open', async () => {
    const database = await fresh()
    expect((await waive(database, '2026-04-30', 'F-1', 500)).parts).toMatchObject([{ minor: 3_000n }])
    expect(await openOn(database, '2026-04-30')).toBe('0.00')
    expect((await waive(database, '2026-04-30', 'F-1', 1)).parts).toEqual([])
  })

  test('of a note: closed by it, and open again', async () => {
    const database = await fresh()
    await charge(database, '2026-04-30')
    const note = await idOf(database, 'INT-C-1-1')
    const open = await inScope(database, '2026-05-04', (sql, scope) => openInterest(sql, scope, [note]))
    expect(open.get(note)).toMatchObject({ document: 'INT-C-1-1', openMinor: 3_000n })
    const { transfers } = await waive(database, '2026-05-04', 'INT-C-1-1', 30)
    expect(await closedAs(database, 'INT-C-1-1')).toBe('credited')
    await inScope(database, '2026-05-05', (sql, scope) => restoreInterest(sql, scope, { transfers, why: '' }))
    expect([await closedAs(database, 'INT-C-1-1'), await openOf(database, 'INT-C-1-1')]).toEqual([
      null,
      '30.00',
    ])
  })

  test('a waiver is nobody’s credit when less turns out to be owed', async () => {
    const database = await fresh()
    await waive(database, '2026-04-30', 'F-1', 30)
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-04', { valueOn: '2026-04-10' })
    await look(database, '2026-05-04')
    expect([await booked(database), await openOn(database, '2026-05-04')]).toEqual(['-20.00', '0.00'])
    expect(await charge(database, '2026-05-04')).toEqual({ notes: [], below: [] })
  })
})

describe('fees', () => {
  const names = { 'es-MX': 'Cargo', en: 'Charge', amount: { MXN: '150.00' } }
  const fees = [
    { ...names, id: 'late', overdue_days: 20 },
    { ...names, id: 'reminder', step: 'second' },
    { ...names, id: 'returned_cheque' },
  ]
  test('by themselves once overdue so long, and taken back when it never was', async () => {
    const database = await fresh({ rates: [], fees: [fees[0]] })
    await look(database, '2026-05-04')
    expect(await booked(database)).toBe('150.00')
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-05', { valueOn: '2026-04-20' })
    await look(database, '2026-05-05')
    expect(await booked(database)).toBe('0.00')
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-05-06' },
    )
    await look(database, '2026-05-06')
    expect((await posted(database)).map(({ minor }) => minor)).toEqual([15_000n, -15_000n, 15_000n])
  })

  test('by hand, of the table or of an amount', async () => {
    const database = await fresh({ rates: [], fees })
    const receivable = await findReceivable(database, COMPANY, 'F-1')
    const add = (fee: { id?: string; amount?: { currency: string; minor: bigint } }) =>
      inScope(database, '2026-04-03', (sql, scope) =>
        addFee(sql, scope, { receivable, ...fee, why: 'cheque 77 came back' }),
      )
    expect(await add({ id: 'returned_cheque' })).toMatchObject({ amount: '150.00' })
    await add({ amount: { currency: 'MXN', minor: 2_000n } })
    expect(await refusalOf(add({ id: 'late' }))).toBe('UnknownCode')
    expect(await refusalOf(add({ amount: { currency: 'USD', minor: 2_000n } }))).toBe('WrongCurrency')
    expect(await openOn(database, '2026-04-03')).toBe('170.00')
    expect((await charge(database, '2026-04-03')).notes).toMatchObject([{ amount: '170.00' }])
    // Looking again takes no fee by hand back.
    await look(database, '2026-04-04')
    expect(await booked(database)).toBe('0.00')
  })
})

test('pieces come to the whole, whatever was booked when: a year of odd amounts, day after day and at once', async () => {
  const sketches = [1, 7.77, 333.33, 1234.56, 99_999.99].map((amount, n) => ({
    document: `F-${n}`,
    amount,
    due: '2026-03-31',
  }))
  const rule = { day_count: 'act/365', rates: [{ from: '2026-01-01', percent: '17.3' }] }
  const often = await fresh(rule, sketches)
  for (const day of ['2026-04-03', '2026-04-04', '2026-05-17', '2026-09-01', '2026-12-31'])
    await inScope(often, day, async (sql, scope) =>
      accrue(sql, scope.asking, scope.customer.id, await bearingIds(sql, scope.customer.id), day),
    )
  // 275 days
  const expected = sketches.map(({ amount }) => Math.round((amount * 0.173 * 275 * 100) / 365) / 100)
  for (const [n, { document }] of sketches.entries())
    expect(Number(await booked(often, document))).toBe(expected[n])
})

describe('asked for', () => {
  const approvals = {
    matrix: [{ kinds: ['interest_waiver'], amount_up_to: { MXN: '10.00' }, levels: [] }],
  }
  const asked = async () => {
    const { database } = await freshLedger([testPolicy({ interest: RULE, approvals })])
    await loadItems(
      database,
      [
        { document: 'F-1', due: '2026-03-31' },
        { document: 'F-2', due: '2026-04-10', amount: 500 },
      ],
      noon('2026-03-02'),
    )
    await seedTeam(database)
    return database
  }

  test('a note is made, and of nothing there is none', async () => {
    const database = await asked()
    const { result, cases } = await decision(
      database,
      'chargeInterest',
      { customer: 'C-1' },
      { on: '2026-04-30' },
    )
    expect(result).toMatchObject({ notes: [{ document: 'INT-C-1-1', amount: '40.00' }] })
    expect(cases).toEqual(['C-1'])
    const again = decision(database, 'chargeInterest', { customer: 'C-1' }, { on: '2026-04-30' })
    expect(await refusalOf(again)).toBe('NoInterest')
    const ahead = decision(
      database,
      'chargeInterest',
      { customer: 'C-1', through: '2026-05-01' },
      { on: '2026-04-30' },
    )
    expect(await refusalOf(ahead)).toBe('InvalidDate')
    // Its own case speaks of it: the note is reminded of when it is due.
    const plan = await look(database, '2026-05-18')
    expect(plan.lifecycle.map(({ document }) => document)).toContain('INT-C-1-1')
  })

  test('a small waiver is one’s own to give; a large one is somebody’s to agree to', async () => {
    const database = await asked()
    const small = await decision(
      database,
      'waiveInterest',
      { customer: 'C-1', lines: [{ document: 'F-1', amount: pesos(10) }], why: 'first time late' },
      { on: '2026-04-30' },
    )
    expect(small.result).toMatchObject({ amount: '10.00', approvedBy: [] })
    // 20.00 of F-1 and 10.00 of F-2 are left.
    const large = await decision(
      database,
      'waiveInterest',
      { customer: 'C-1', share: { percent: '50' }, why: 'long a good customer' },
      { on: '2026-04-30' },
    )
    expect(large.result).toMatchObject({
      kind: 'interest_waiver',
      amount: '15.00',
      waitsFor: ['samuel', 'sofía'],
    })
    expect(await openOn(database, '2026-04-30')).toBe('20.00')
    // Agreed to days later: what was asked for, not half of what there is then.
    const yes = await vote(database, large.result.approval, 'sofía', '2026-05-04')
    expect(yes.result).toMatchObject({ state: 'approved', done: { amount: '15.00', approvedBy: ['sofía'] } })
    expect([await openOn(database, '2026-05-04'), await openOn(database, '2026-05-04', 'F-2')]).toEqual([
      '14.00',
      '7.00',
    ])
  })

  test('agreed to when less is open: what there is', async () => {
    const database = await asked()
    const { result } = await decision(
      database,
      'waiveInterest',
      { customer: 'C-1', lines: [{ document: 'F-1', amount: pesos(25) }], why: 'promised' },
      { on: '2026-04-30' },
    )
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-04', { valueOn: '2026-04-12' })
    const yes = await vote(database, result.approval, 'sofía', '2026-05-04')
    expect(yes.result).toMatchObject({ done: { amount: '12.00' } })
  })

  test('nobody waives more than is open, nor other people’s, nor two currencies at once', async () => {
    const database = await asked()
    await loadItems(
      database,
      [
        { document: 'X-1', customer: 'C-2', due: '2026-03-31' },
        { document: 'U-1', currency: 'USD', due: '2026-03-31' },
      ],
      noon('2026-03-02'),
    )
    const refused = (input: Parameters<typeof decision<'waiveInterest'>>[2]) =>
      refusalOf(decision(database, 'waiveInterest', input, { on: '2026-04-30' }))
    const why = 'no'
    expect(await refused({ customer: 'C-1', lines: [{ document: 'F-1', amount: pesos(30.01) }], why })).toBe(
      'OverApplied',
    )
    expect(await refused({ customer: 'C-1', share: { amount: pesos(40.01) }, why })).toBe('OverApplied')
    expect(await refused({ customer: 'C-1', lines: [{ document: 'X-1' }], why })).toBe('WrongCustomer')
    expect(await refused({ customer: 'C-1', why })).toBe('WrongCurrency')
    expect(await refused({ customer: 'C-1', share: { amount: { currency: 'EUR', minor: 1 } }, why })).toBe(
      'NoInterest',
    )
    // One amount goes to the oldest first.
    const { result } = await decision(
      database,
      'waiveInterest',
      { customer: 'C-1', share: { amount: pesos(35) }, why },
      { on: '2026-04-30' },
    )
    expect(result).toMatchObject({ amount: '35.00' })
  })

  test('a returned cheque costs what was agreed', async () => {
    const database = await asked()
    const { result } = await decision(
      database,
      'addFee',
      { customer: 'C-1', document: 'F-2', amount: pesos(200), why: 'cheque 77' },
      { on: '2026-04-30' },
    )
    expect(result).toMatchObject({ document: 'F-2', amount: '200.00' })
    expect(await openOn(database, '2026-04-30', 'F-2')).toBe('210.00')
  })
})
