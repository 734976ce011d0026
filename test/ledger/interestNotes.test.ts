import { describe, expect, test } from 'vitest'
import { openInterest, restoreInterest } from '../../ledger/interest/waivers.ts'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { ask, book, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf } from './books.ts'
import { booked, charge, checkBooks, fresh, idOf, inScope, openOn, RULE, waive } from './interestBooks.ts'

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
