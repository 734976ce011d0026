import { describe, expect, test } from 'vitest'
import { accrue, bearingIds } from '../../ledger/interest/accrual.ts'
import { addFee } from '../../ledger/interest/fees.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf } from './books.ts'
import { booked, charge, checkBooks, fresh, inScope, openOn, posted } from './interestBooks.ts'

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

  test('of very many receivables so many at a look, each once', async () => {
    const documents = Array.from({ length: 2_050 }, (_, i) => ({ document: `F-${i}`, due: '2026-03-31' }))
    const database = await fresh({}, documents)
    // As a worker that is asked again at once.
    const looks = async (day: string) => {
      for (let n = 1; ; n++) if (!(await look(database, day)).more) return n
    }
    await looks('2026-04-10')
    expect(await looks('2026-05-04')).toBe(3)
    expect(await looks('2026-05-05')).toBe(1)
    const transfers = await posted(database)
    expect(transfers).toHaveLength(2_050)
    expect(transfers.every(({ minor }) => minor === 3_000n)).toBe(true)
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
    await publishPolicies(database, COMPANY, [testPolicy()], 'test', noon('2026-05-05'))
    await ask(database, 'adoptPolicy', {}, { on: '2026-05-05' })
    await look(database, '2026-06-05')
    expect(await openOn(database, '2026-06-05')).toBe('30.00')
  })

  // Seed 55141 of the simulator.
  test('… nor keeps what was paid since from bearing it to its end, though nothing was booked before', async () => {
    const database = await fresh()
    await look(database, '2026-03-05')
    await publishPolicies(database, COMPANY, [testPolicy()], 'test', noon('2026-03-10'))
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-30')
    await look(database, '2026-04-30')
    expect(await booked(database, 'F-1')).toBe('30.00')
  })

  // Seed 35343 of the simulator: the new case had booked nothing itself, and corrected nothing.
  test('… nor keeps it from being corrected in the case that the receivable was moved to', async () => {
    const database = await fresh()
    await look(database, '2026-05-04')
    await publishPolicies(
      database,
      COMPANY,
      [testPolicy({ grouping: 'invoice' })],
      'test',
      noon('2026-05-05'),
    )
    await ask(database, 'regroup', {}, { on: '2026-05-05' })
    await look(database, '2026-05-05', 'C-1:invoice:F-1')
    expect(await booked(database, 'F-1')).toBe('30.00')
    const cancelled = { document: 'F-1', why: 'never delivered' }
    await ask(database, 'cancel', cancelled, { on: '2026-06-05' }, 'C-1:invoice:F-1')
    await look(database, '2026-06-05', 'C-1:invoice:F-1')
    expect(await booked(database, 'F-1')).toBe('0.00')
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
  test('paid meanwhile and bounced: the dispute is over, all of it bears interest again from then', async () => {
    const database = await fresh()
    await ask(database, 'openDispute', dispute, { on: '2026-04-10' })
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-20')
    await look(database, '2026-04-20')
    // 10 of 1,000 and 10 of 600
    expect(await booked(database)).toBe('16.00')
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-04-24' },
    )
    await look(database, '2026-04-24')
    expect(await openOn(database, '2026-04-30')).toBe('26.00')
  })
  test('one of several is paid before all are rejected: its interest comes back too', async () => {
    const database = await fresh({}, [
      { document: 'F-1', due: '2026-03-31' },
      { document: 'F-2', due: '2026-03-31' },
    ])
    const both = { lines: [{ document: 'F-1' }, { document: 'F-2' }], reason: 'quality' }
    await ask(database, 'openDispute', both, { on: '2026-04-05' })
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-20')
    await look(database, '2026-04-20')
    expect(await booked(database)).toBe('5.00')
    await ask(
      database,
      'resolveDispute',
      { dispute: 1, outcome: 'rejected', why: 'signed' },
      { on: '2026-04-25' },
    )
    await look(database, '2026-04-25')
    expect(await booked(database)).toBe('20.00')
  })
  test('where the policy says so it bears interest like the rest', async () => {
    const database = await fresh({ disputed: 'bears' })
    await ask(database, 'openDispute', dispute, { on: '2026-04-10' })
    expect(await openOn(database, '2026-04-30')).toBe('30.00')
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
