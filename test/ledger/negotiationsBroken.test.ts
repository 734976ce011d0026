import { describe, expect, test } from 'vitest'
import { toDecimal } from '../../domain/money.ts'
import type { Database } from '../../ledger/database.ts'
import { openInterest } from '../../ledger/interest/waivers.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf } from './books.ts'
import {
  allowance,
  dueOf,
  free,
  instalments,
  ON,
  pass,
  propose,
  stateOf,
  stepsOf,
  submit,
  tasksOf,
  two,
  waitsFor,
} from './negotiationBooks.ts'

describe('broken', () => {
  test('what was given up comes back: the old due dates, and the ladder where it stopped', async () => {
    const database = await two()
    await look(database, '2026-03-02')
    const taken = (await stepsOf(database)).filter((s) => s.state === 'skipped')
    expect(taken.map((s) => s.step)).toEqual(['first', 'second', 'third'])
    await propose(database, {
      ...instalments(['2026-03-20', 800], ['2026-04-20', 700]),
      extension: { days: 75 },
    })
    await submit(database)
    await pass(database, ON)
    expect(await dueOf(database, 'F-1')).toBe('2026-04-24')
    await pay(database, 'R-1', 800, ['F-1'], '2026-03-20')
    expect((await pass(database, '2026-04-22')).outcome).toBe('agreed')
    expect((await pass(database, '2026-04-23')).outcome).toBe('broken')
    expect(await dueOf(database, 'F-1')).toBe('2026-02-08')
    expect(await dueOf(database, 'F-2')).toBe('2026-03-01')
    // The call that was open on the day of the offer was given back, and comes now.
    expect(await stepsOf(database)).toEqual(taken)
    await look(database, '2026-04-24')
    expect(await stepsOf(database)).toEqual([...taken, { step: 'call', state: 'pending' }])
    // One trigger, the agreement's: not the promise's beside it.
    expect(await tasksOf(database)).toEqual([{ kind: 'call', subject: 'broken agreement 1', state: 'open' }])
    // It is free to be negotiated again.
    await propose(database, { extension: { days: 90 } }, {}, '2026-04-24')
  })

  test.each([
    ['visit', 'visit'],
    ['review', 'review'],
    ['demand', null],
    ['nothing', null],
  ] as const)('the policy says what follows: %s', async (on_breach, kind) => {
    const database = await two(free({ on_breach }))
    await propose(database, instalments(['2026-03-20', 1500]))
    await submit(database)
    await pass(database, '2026-03-25')
    await look(database, '2026-03-26')
    expect((await tasksOf(database)).map((t) => t.kind)).toEqual(kind === null ? [] : [kind])
    expect(await database.rows('SELECT kind, state FROM approval')).toEqual(
      on_breach === 'demand' ? [{ kind: 'demand', state: 'open' }] : [],
    )
  })

  test('a payment that bounces takes the discount back', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await submit(database)
    await pay(database, 'R-1', 1380, ['F-1', 'F-2'], '2026-03-19')
    await pass(database, '2026-03-19')
    expect(await closedAs(database, 'F-1')).toBe('paid')
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-03-30' },
    )
    expect((await pass(database, '2026-03-30')).outcome).toBe('broken')
    expect(await allowance(database)).toBe(0n)
    expect([await openOf(database, 'F-1'), await openOf(database, 'F-2')]).toEqual(['1000.00', '500.00'])
    await pass(database, '2026-03-30')
    expect(await allowance(database)).toBe(0n)
    expect(await eventsOf(database, 'F-1')).toEqual(
      expect.arrayContaining(['negotiation fulfilled', 'negotiation broken']),
    )
  })

  test.each([
    ['the only money', []],
    // R-1 bounces and R-2 nets what is older: what is left is F-2's.
    ['money that was nobody’s in particular', ['R-2']],
  ])('unapplied money that bounces takes the discount back: %s', async (_, others) => {
    const database = await two()
    const documents = others.length > 0 ? ['F-2'] : ['F-1']
    await propose(database, { discount: { percent: '10', paidBy: '2026-03-20' } }, { documents })
    await submit(database)
    await pay(database, 'R-1', others.length > 0 ? 1000 : 900, [], '2026-03-18')
    for (const number of others) await pay(database, number, 450, [], '2026-03-19')
    expect((await pass(database, '2026-03-19')).outcome).toBe('fulfilled')
    expect(await database.rows('SELECT state FROM promise')).toEqual([{ state: 'kept' }])
    expect(await allowance(database)).toBe(others.length > 0 ? 5_000n : 10_000n)
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-03-25' },
    )
    expect(await database.rows('SELECT state FROM promise')).toEqual([{ state: 'broken' }])
    expect((await pass(database, '2026-03-25')).outcome).toBe('broken')
    expect(await allowance(database)).toBe(0n)
  })

  test.each([
    [
      'pays another invoice',
      (database: Database) =>
        book(
          database,
          'apply',
          { receipt: 'R-1', applications: [{ document: 'F-9' }] },
          { on: '2026-03-20' },
        ),
    ],
    [
      'was another customer’s',
      (database: Database) =>
        book(
          database,
          'reverse',
          { receipt: 'R-1', reason: 'misposted', why: 'of another' },
          { on: '2026-03-20' },
        ),
    ],
  ])(
    'the money that kept it %s: what it had paid is owed again, and the discount with it',
    async (_, goes) => {
      const database = await two()
      await loadItems(database, [{ document: 'F-9', amount: 900, due: '2026-03-05' }], noon('2026-03-08'))
      await propose(database, { discount: { percent: '10', paidBy: '2026-03-20' } }, { documents: ['F-1'] })
      await submit(database)
      await pay(database, 'R-1', 900, [], '2026-03-19')
      expect((await pass(database, '2026-03-19')).outcome).toBe('fulfilled')
      expect(await allowance(database)).toBe(10_000n)
      await goes(database)
      expect((await pass(database, '2026-03-20')).outcome).toBe('broken')
      expect(await database.rows('SELECT state FROM promise')).toEqual([{ state: 'kept' }])
      expect(await allowance(database)).toBe(0n)
      expect(await openOf(database, 'F-1')).toBe('1000.00')
      // Late money doesn't bring the discount back; money valued in time does.
      await pay(database, 'R-2', 900, ['F-1'], '2026-03-25')
      expect((await pass(database, '2026-03-25')).outcome).toBe('broken')
      await book(
        database,
        'reverse',
        { receipt: 'R-2', reason: 'misposted', why: 'valued too late' },
        { on: '2026-03-26' },
      )
      await pay(database, 'R-3', 900, ['F-1'], '2026-03-24')
      expect((await pass(database, '2026-03-26')).outcome).toBe('fulfilled')
      expect(await allowance(database)).toBe(10_000n)
      await pass(database, '2026-03-26')
      expect(await allowance(database)).toBe(10_000n)
    },
  )

  test('who paid more than was agreed gets all of the discount when the rest goes elsewhere', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '10', paidBy: '2026-03-20' } }, { documents: ['F-1'] })
    await submit(database)
    await pay(database, 'R-1', 960, [], '2026-03-19')
    expect((await pass(database, '2026-03-19')).outcome).toBe('fulfilled')
    expect(await allowance(database)).toBe(4_000n)
    await book(
      database,
      'apply',
      { receipt: 'R-1', applications: [{ document: 'F-2', amount: pesos(60) }] },
      { on: '2026-03-20' },
    )
    expect((await pass(database, '2026-03-20')).outcome).toBe('fulfilled')
    expect(await allowance(database)).toBe(10_000n)
    await book(
      database,
      'apply',
      { receipt: 'R-1', applications: [{ document: 'F-1' }] },
      { on: '2026-03-20' },
    )
    expect((await pass(database, '2026-03-20')).outcome).toBe('fulfilled')
    expect(await closedAs(database, 'F-1')).toBe('paid')
  })

  test('some now, the rest later: the part that was promised doesn’t keep it alone', async () => {
    const database = await two()
    await propose(database, { ...instalments(['2026-03-20', 450]), extension: { days: 60 } })
    await submit(database)
    await pay(database, 'R-1', 450, ['F-1'], '2026-03-20')
    expect(await pass(database, '2026-03-20')).toMatchObject({ outcome: 'agreed' })
    // F-1 is due on 9 April and counts until the 13th.
    expect((await pass(database, '2026-04-13')).outcome).toBe('agreed')
    expect((await pass(database, '2026-04-14')).outcome).toBe('broken')
    expect(await dueOf(database, 'F-1')).toBe('2026-02-08')
    await look(database, '2026-04-15')
    expect(await tasksOf(database)).toEqual([{ kind: 'call', subject: 'broken agreement 1', state: 'open' }])
  })

  test('some now, the rest later: kept when both came', async () => {
    const database = await two()
    await propose(database, { ...instalments(['2026-03-20', 450]), extension: { days: 60 } })
    await submit(database)
    await pay(database, 'R-1', 450, ['F-1'], '2026-03-20')
    await pass(database, '2026-03-20')
    await pay(database, 'R-2', 1050, ['F-1', 'F-2'], '2026-04-09')
    expect((await pass(database, '2026-04-09')).outcome).toBe('fulfilled')
  })

  test('a new due date is kept by money valued in time, whenever it is recorded; not by money that came later', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } })
    await submit(database)
    // F-1 is due on 9 April and counts until the 13th.
    await pay(database, 'R-2', 500, ['F-2'], '2026-04-09')
    expect((await pass(database, '2026-04-14')).outcome).toBe('broken')
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-15')
    expect((await pass(database, '2026-04-15')).outcome).toBe('broken')
    expect(await dueOf(database, 'F-1')).toBe('2026-02-08')
    // It had come in time after all.
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'misposted', why: 'valued too late' },
      { on: '2026-04-16' },
    )
    const receipt = { number: 'R-3', customer: 'C-1', amount: pesos(1000), valueOn: '2026-04-13' }
    await book(
      database,
      'post',
      { receipts: [{ ...receipt, applications: [{ document: 'F-1' }] }] },
      { on: '2026-04-16' },
    )
    expect((await pass(database, '2026-04-16')).outcome).toBe('fulfilled')
    expect(await dueOf(database, 'F-1')).toBe('2026-04-09')
  })

  test('after its time a bounce is only a bounce', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await submit(database)
    await pay(database, 'R-1', 1380, ['F-1', 'F-2'], '2026-03-19')
    await pass(database, '2026-03-19')
    // 24 March, with its grace, and 15 days.
    expect(await pass(database, '2026-04-09')).toMatchObject({ closed: true, outcome: 'fulfilled' })
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-04-10' },
    )
    await pass(database, '2026-04-10')
    expect(await allowance(database)).toBe(12_000n)
  })

  test('money that came in time and is recorded late makes it kept after all', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' }, extension: { days: 60 } })
    await submit(database)
    await pass(database, '2026-03-25')
    expect(await stateOf(database)).toBe('broken')
    await book(
      database,
      'post',
      {
        receipts: [
          {
            number: 'R-1',
            customer: 'C-1',
            amount: pesos(1380),
            valueOn: '2026-03-20',
            applications: [{ document: 'F-1' }, { document: 'F-2' }],
          },
        ],
      },
      { on: '2026-03-27' },
    )
    expect((await pass(database, '2026-03-27')).outcome).toBe('fulfilled')
    expect(await allowance(database)).toBe(12_000n)
    expect(await openOf(database, 'F-2')).toBe('0.00')
    expect(await dueOf(database, 'F-1')).toBe('2026-04-09')
  })
})

describe('a new due date and a dispute', () => {
  // F-1 is due on 9 April and counts until the 13th.
  const dispute = (database: Database, amount: number, on: string) =>
    ask(
      database,
      'openDispute',
      { lines: [{ document: 'F-1', amount: pesos(amount) }], reason: 'quality' },
      { on },
    )
  const resolve = (database: Database, outcome: object, on: string) =>
    ask(database, 'resolveDispute', { dispute: 1, why: 'seen', ...outcome } as never, { on })
  const rejected = { outcome: 'rejected' }
  async function extended(disputedBefore = false) {
    const database = await two()
    if (disputedBefore) await dispute(database, 300, '2026-03-09')
    await propose(database, { extension: { days: 60 } }, { documents: ['F-1'] })
    await submit(database)
    return database
  }

  test('what was negotiated is what wasn’t in dispute: paid, it is kept, whatever becomes of the dispute', async () => {
    const database = await extended(true)
    await pay(database, 'R-1', 700, ['F-1'], '2026-04-01')
    expect((await pass(database, '2026-04-01')).outcome).toBe('fulfilled')
    await resolve(database, rejected, '2026-04-02')
    expect((await pass(database, '2026-04-14')).outcome).toBe('fulfilled')
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-04-15' },
    )
    expect((await pass(database, '2026-04-15')).outcome).toBe('broken')
  })

  test.each<[string, string | null, number, string, object]>([
    ['open on its last day, the rest is paid', null, 700, 'fulfilled', rejected],
    ['open on its last day, the rest isn’t paid', null, 600, 'broken', rejected],
    ['rejected before', '2026-04-10', 700, 'broken', rejected],
    ['credited before', '2026-04-10', 700, 'fulfilled', { outcome: 'credit_note', number: 'NC-1' }],
  ])('in dispute since it was agreed: %s', async (_, resolvedOn, paid, state, outcome) => {
    const database = await extended()
    await dispute(database, 300, '2026-03-12')
    await pay(database, 'R-1', paid, ['F-1'], '2026-04-01')
    if (resolvedOn) await resolve(database, outcome, resolvedOn)
    // It may still be rejected, and is due then as the rest was.
    if (!resolvedOn) expect((await pass(database, '2026-04-13')).outcome).toBe('agreed')
    expect((await pass(database, '2026-04-14')).outcome).toBe(state)
    if (resolvedOn) return
    // Rejected after that it is owed as it is, and breaks nothing.
    await resolve(database, outcome, '2026-04-15')
    expect((await pass(database, '2026-04-15')).outcome).toBe(state)
  })

  test('a credit note for what was in dispute doesn’t pay the rest', async () => {
    const database = await extended(true)
    await resolve(database, { outcome: 'credit_note', number: 'NC-1' }, '2026-04-02')
    await pay(database, 'R-1', 400, ['F-1'], '2026-04-01')
    expect((await pass(database, '2026-04-14')).outcome).toBe('broken')
  })
})

describe('interest', () => {
  // A peso a day on F-1, half of it on F-2.
  const interest = { rates: [{ from: '2026-01-01', percent: '36' }] }
  const openInterestOn = async (database: Database, on: string) =>
    database.transaction(async (sql) => {
      const open = await openInterest(sql, { today: on }, [1, 2])
      return [1, 2].map((id) => toDecimal(open.get(id)?.openMinor ?? 0n, 'MXN'))
    })

  test('is waived when it is agreed, and owed again when the agreement is broken', async () => {
    const database = await two(free({}, { interest }))
    expect(await openInterestOn(database, ON)).toEqual(['30.00', '4.50'])
    expect(await refusalOf(propose(database, { waiver: { amount: pesos(34.51) } }))).toBe('TermsExceedClaim')
    const { result } = await propose(database, {
      ...instalments(['2026-03-20', 1500]),
      waiver: { percent: '50' },
    })
    expect(result).toMatchObject({ terms: { waived: '17.25' } })
    await submit(database)
    expect(await openInterestOn(database, ON)).toEqual(['15.00', '2.25'])
    await pass(database, '2026-03-25')
    expect(await stateOf(database)).toBe('broken')
    // Fifteen days more, and what was waived.
    expect(await openInterestOn(database, '2026-03-25')).toEqual(['45.00', '12.00'])
    expect(await eventsOf(database, 'F-1')).toEqual(
      expect.arrayContaining(['interest waived', 'negotiation broken', 'interest restored']),
    )
    await pass(database, '2026-03-25')
    expect(await openInterestOn(database, '2026-03-25')).toEqual(['45.00', '12.00'])
  })

  test('with a later due date: from the old one again when it is broken', async () => {
    const database = await two(free({}, { interest }))
    await propose(database, { extension: { days: 60 }, waiver: { percent: '100' } })
    await submit(database)
    expect(await openInterestOn(database, ON)).toEqual(['0.00', '0.00'])
    // Due on 9 April and counted until the 13th; nothing ran meanwhile.
    expect((await pass(database, '2026-04-13')).outcome).toBe('agreed')
    expect((await pass(database, '2026-04-14')).outcome).toBe('broken')
    expect(await openInterestOn(database, '2026-04-14')).toEqual(['65.00', '22.00'])
  })

  test('waived without anything in return it is over at once', async () => {
    const database = await two(free({}, { interest }))
    await propose(database, { waiver: { percent: '100' } })
    await submit(database)
    expect(await pass(database, ON)).toMatchObject({ closed: true, outcome: 'fulfilled' })
    expect(await openInterestOn(database, ON)).toEqual(['0.00', '0.00'])
    await look(database, ON)
    expect(await waitsFor(database, 'F-1')).not.toBe('negotiating')
  })
})
