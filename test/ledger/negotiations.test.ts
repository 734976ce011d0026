import { describe, expect, test } from 'vitest'
import type { NegotiationCommands } from '../../domain/negotiationCommand.ts'
import { openInterest } from '../../ledger/interest/waivers.ts'
import { lookAt } from '../../ledger/looks.ts'
import { lookAtApproval } from '../setup/approvals.ts'
import { COMPANY, calendars } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
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
  submit,
  two,
  waitsFor,
} from './negotiationBooks.ts'

describe('while it is talked about', () => {
  test('what it covers is not chased, and is again when the offer lapses', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } }, { documents: ['F-1'] })
    await look(database, ON)
    expect(await waitsFor(database, 'F-1')).toBe('negotiating')
    expect(await waitsFor(database, 'F-2')).not.toBe('negotiating')
    expect(await lookAt(database, calendars, COMPANY, 'negotiation:1', noon('2026-03-25'))).toMatchObject({
      closed: false,
      outcome: 'proposed',
      nextAt: noon('2026-03-26') - 12 * 3_600_000,
    })
    expect(await pass(database, '2026-03-26')).toMatchObject({ closed: true, outcome: 'lapsed' })
    expect(await waitsFor(database, 'F-1')).not.toBe('negotiating')
    expect(await dueOf(database, 'F-1')).toBe('2026-02-08')
    // Another one can begin.
    await propose(database, { extension: { days: 90 } }, { documents: ['F-1'] }, '2026-03-26')
  })

  test('twice at one instant is one look', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } })
    await pass(database, '2026-03-26')
    const events = await eventsOf(database, 'F-1')
    expect(await pass(database, '2026-03-26')).toMatchObject({ closed: true })
    expect(await eventsOf(database, 'F-1')).toEqual(events)
  })

  test('one negotiation about a receivable at a time, also under the hands of two', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } }, { documents: ['F-1'] })
    expect(await refusalOf(propose(database, { extension: { days: 60 } }))).toBe('NegotiationExists')
    await expect(
      database.rows(
        `WITH n AS (INSERT INTO negotiation (company, customer_id, currency, state, opened_on, opened_by, recorded_at, valid_through)
           SELECT company, customer_id, currency, state, opened_on, opened_by, recorded_at, valid_through FROM negotiation RETURNING id)
         INSERT INTO negotiation_item (negotiation_id, receivable_id, ceiling_minor, active) SELECT n.id, 1, 1, true FROM n`,
      ),
    ).rejects.toThrow(/one_open_negotiation/)
  })

  test('rounds go to and fro: what the customer wants is written down, what we offer keeps within the policy', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '5', paidBy: '2026-03-20' } })
    const counter = (by: 'us' | 'customer', percent: string) =>
      decision(
        database,
        'counterOffer',
        {
          customer: 'C-1',
          negotiation: 1,
          by,
          person: 'Laura Peña',
          offer: { discount: { percent, paidBy: '2026-04-20' } },
        },
        { on: '2026-03-12' },
      )
    await counter('customer', '20')
    expect(await stateOf(database)).toBe('countered')
    // Agreed to, it would be our word.
    expect(await refusalOf(submit(database, '2026-03-12'))).toBe('TermsBeyondPolicy')
    expect(await refusalOf(counter('us', '11'))).toBe('TermsBeyondPolicy')
    const { result } = await counter('us', '10')
    expect(result).toMatchObject({ round: 3, validThrough: '2026-03-27' })
    await submit(database, '2026-03-12')
    expect(await stateOf(database)).toBe('agreed')
    await expect(database.rows(`UPDATE negotiation_round SET notes = ''`)).rejects.toThrow()
    expect(await refusalOf(counter('customer', '20'))).toBe('NotOpen')
  })

  test('withdrawn, nothing of it is left', async () => {
    const database = await two()
    await propose(database, instalments(['2026-03-20', 1500]))
    await decision(
      database,
      'withdrawNegotiation',
      { customer: 'C-1', negotiation: 1, by: 'customer', why: 'they want a lawyer' },
      { on: '2026-03-11' },
    )
    expect(await stateOf(database)).toBe('withdrawn')
    expect(await refusalOf(submit(database, '2026-03-11'))).toBe('NotOpen')
    await look(database, '2026-03-11')
    expect(await waitsFor(database, 'F-1')).not.toBe('negotiating')
  })

  test.each<[string, Partial<NegotiationCommands['proposeNegotiation']>, string]>([
    ['another currency', { documents: ['F-1', 'F-3'] }, 'WrongCurrency'],
    ['a credit', { documents: ['NC-1'] }, 'InvalidAmount'],
    ['all in dispute', { documents: ['F-4'] }, 'NothingClaimed'],
    ["another customer's", { documents: ['X-1'] }, 'WrongCustomer'],
    ['valid for too long', { validThrough: '2026-03-26' }, 'InvalidDate'],
  ])('%s is refused', async (_, content, refusal) => {
    const database = await two()
    await loadItems(
      database,
      [
        { document: 'F-3', amount: 10, currency: 'USD', due: '2026-02-08' },
        { document: 'F-4', amount: 10, due: '2026-02-08' },
        { document: 'NC-1', amount: -10, due: '2026-02-08', kind: 'credit_note' },
        { document: 'X-1', amount: 10, due: '2026-02-08', customer: 'C-2' },
      ],
      noon(ON),
    )
    await ask(database, 'openDispute', { lines: [{ document: 'F-4' }], reason: 'quality' }, { on: ON })
    expect(await refusalOf(propose(database, { extension: { days: 60 } }, content))).toBe(refusal)
  })
})

describe('agreed', () => {
  test('instalments are one promise, beyond what the policy lets a promise reach, and kept as one', async () => {
    const database = await two()
    await propose(database, instalments(['2026-03-20', 500], ['2026-05-20', 500], ['2026-07-20', 500]))
    const { result } = await submit(database)
    expect(result).toMatchObject({ promise: 1, with: 'Laura Peña' })
    await pass(database, ON)
    expect(await waitsFor(database, 'F-1')).toBe('promised')
    await pay(database, 'R-1', 500, ['F-1'], '2026-03-20')
    await pay(database, 'R-2', 500, ['F-1'], '2026-05-20')
    expect((await pass(database, '2026-05-25')).outcome).toBe('agreed')
    await pay(database, 'R-3', 500, ['F-2'], '2026-07-20')
    expect((await pass(database, '2026-07-20')).outcome).toBe('fulfilled')
    expect(await closedAs(database, 'F-2')).toBe('paid')
    // Suspended for months by agreement: nobody is asked to extend that.
    expect(await database.rows(`SELECT 1 FROM task WHERE subject = 'suspended too long'`)).toEqual([])
    expect(await pass(database, '2026-08-20')).toMatchObject({ closed: true })
  })

  test('a promise that is in force gives way; one that covers something else stands in the way', async () => {
    const database = await two()
    await ask(
      database,
      'recordPromise',
      { documents: ['F-1', 'F-2'], madeBy: 'Laura', ...instalments(['2026-03-12', 1500]) },
      { on: ON },
    )
    await propose(database, instalments(['2026-03-20', 1000]), { documents: ['F-1'] })
    expect(await refusalOf(submit(database))).toBe('PromiseExists')
    await decision(
      database,
      'withdrawNegotiation',
      { customer: 'C-1', negotiation: 1, why: 'all of it' },
      { on: ON },
    )
    await propose(database, instalments(['2026-03-20', 1500]))
    await decision(
      database,
      'submitNegotiation',
      { customer: 'C-1', negotiation: 2, person: 'Laura Peña', why: 'all of it' },
      { on: ON },
    )
    expect(await database.rows('SELECT state FROM promise ORDER BY id')).toEqual([
      { state: 'replaced' },
      { state: 'open' },
    ])
  })

  test('a discount is given when the rest is paid in time, to the cent, wherever the money went', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await submit(database)
    expect(await openOf(database, 'F-1')).toBe('1000.00')
    // The shares were 80.00 and 40.00; the money closes F-1 alone.
    await book(
      database,
      'post',
      {
        receipts: [
          {
            number: 'R-1',
            customer: 'C-1',
            amount: pesos(1380),
            valueOn: '2026-03-19',
            applications: [{ document: 'F-1' }, { document: 'F-2' }],
          },
        ],
      },
      { on: '2026-03-19' },
    )
    expect((await pass(database, '2026-03-19')).outcome).toBe('fulfilled')
    expect(await openOf(database, 'F-2')).toBe('0.00')
    expect(await closedAs(database, 'F-2')).toBe('paid')
    expect(await allowance(database)).toBe(12_000n)
    await pass(database, '2026-03-19')
    expect(await allowance(database)).toBe(12_000n)
  })

  test('a peso short, the discount is not given', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await submit(database)
    await pay(database, 'R-1', 1379, ['F-1', 'F-2'], '2026-03-19')
    // Grace of two working days.
    expect((await pass(database, '2026-03-24')).outcome).toBe('agreed')
    expect((await pass(database, '2026-03-25')).outcome).toBe('broken')
    expect(await allowance(database)).toBe(0n)
    expect(await openOf(database, 'F-2')).toBe('121.00')
  })

  test('a credit note instead of money keeps it too', async () => {
    const database = await two()
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await submit(database)
    await ask(
      database,
      'credit',
      { document: 'F-1', number: 'NC-1', amount: pesos(380), why: 'short delivery' },
      { on: '2026-03-12' },
    )
    await pay(database, 'R-1', 1000, ['F-1', 'F-2'], '2026-03-19')
    expect((await pass(database, '2026-03-19')).outcome).toBe('fulfilled')
    expect(await allowance(database)).toBe(12_000n)
    expect(await database.rows('SELECT state FROM promise')).toEqual([{ state: 'kept' }])
  })

  test('a new due date holds from now on; the books of before stay as they were told', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } })
    await submit(database)
    await pass(database, ON)
    expect(await dueOf(database, 'F-1')).toBe('2026-04-09')
    expect(
      await database.rows(
        'SELECT due_on, effective_on, reason FROM receivable_term WHERE receivable_id = 1 ORDER BY seq',
      ),
    ).toEqual([
      { due_on: '2026-02-08', effective_on: '2026-01-09', reason: expect.any(String) },
      { due_on: '2026-04-09', effective_on: ON, reason: 'negotiated' },
    ])
    expect((await database.one('SELECT stage FROM receivable WHERE document = $1', ['F-1']))!).toEqual({
      stage: 'current',
    })
    // The source doesn't know: it is no news that it still has the old one.
    await loadItems(database, [{ document: 'F-1', amount: 1000, due: '2026-02-08' }], noon('2026-03-11'))
    expect(await dueOf(database, 'F-1')).toBe('2026-04-09')
    await loadItems(
      database,
      [{ document: 'F-1', amount: 1000, due: '2026-02-20', issued: '2026-01-09' }],
      noon('2026-03-12'),
    )
    expect(await dueOf(database, 'F-1')).toBe('2026-02-20')
  })

  test('a call that is open is not made: the item is not due any more', async () => {
    const database = await two()
    await look(database, '2026-03-02')
    await look(database, '2026-03-09')
    await propose(database, { extension: { days: 60 } })
    await submit(database)
    await look(database, ON)
    expect(await database.rows(`SELECT 1 FROM task WHERE kind = 'call' AND state = 'open'`)).toEqual([])
  })

  test('paid by its new due date it is kept', async () => {
    const database = await two()
    await propose(database, { extension: { days: 60 } }, { documents: ['F-1'] })
    await submit(database)
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-09')
    expect((await pass(database, '2026-04-10')).outcome).toBe('fulfilled')
    expect(await dueOf(database, 'F-1')).toBe('2026-04-09')
  })
})

describe('with an approval', () => {
  const asked = () =>
    free({}, { approvals: { matrix: [{ kinds: ['negotiation'], levels: [{ role: 'supervisor' }] }] } })
  async function submitted() {
    const database = await two(asked())
    await seedTeam(database)
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    const { result } = await submit(database)
    expect(result).toMatchObject({ approval: 1, waitsFor: ['samuel', 'sofía'] })
    expect(await stateOf(database)).toBe('submitted')
    return database
  }

  test('nothing happens until somebody agrees, and then all of it at once', async () => {
    const database = await submitted()
    expect(await database.rows('SELECT 1 FROM promise')).toEqual([])
    await look(database, ON)
    expect(await waitsFor(database, 'F-1')).toBe('negotiating')
    const { result } = await vote(database, 1, 'sofía', '2026-03-11')
    expect(result).toMatchObject({ state: 'approved', done: { negotiation: 1, approvedBy: ['sofía'] } })
    expect(await stateOf(database)).toBe('agreed')
    await look(database, '2026-03-11')
    expect(await waitsFor(database, 'F-1')).toBe('promised')
  })

  // A peso of interest a day on F-1, half of it on F-2.
  test('interest that is waived is measured too, and a yes covers no more of it than was asked for', async () => {
    const levels = (role: string) => [{ role }]
    const matrix = [
      { kinds: ['negotiation'], amount_up_to: { MXN: '1520.00' }, levels: levels('supervisor') },
      { kinds: ['negotiation'], levels: levels('manager') },
    ]
    const rates = [{ from: '2026-01-01', percent: '36' }]
    const database = await two(free({}, { approvals: { matrix }, interest: { rates } }))
    await seedTeam(database)
    await propose(database, { waiver: { percent: '100' } })
    const { result } = await submit(database)
    expect(result).toMatchObject({ amount: '1534.50', waitsFor: ['mario'] })
    const { result: decided } = await vote(database, 1, 'mario', '2026-03-12')
    expect(decided).toMatchObject({ state: 'approved', done: { terms: { waived: '34.50' } } })
    const left = await database.transaction((sql) => openInterest(sql, { today: '2026-03-12' }, [1, 2]))
    expect([...left.values()].reduce((sum, open) => sum + open.openMinor, 0n)).toBe(300n)
  })

  test('who made the offer on the table doesn’t decide about it, nor who opened or submitted it', async () => {
    const database = await two(asked())
    await seedTeam(database)
    await propose(database, { discount: { percent: '8', paidBy: '2026-03-20' } })
    await decision(
      database,
      'counterOffer',
      {
        customer: 'C-1',
        negotiation: 1,
        person: 'Laura Peña',
        offer: { discount: { percent: '5', paidBy: '2026-03-20' } },
      },
      { on: ON, actor: 'sofía' },
    )
    const { result } = await decision(
      database,
      'submitNegotiation',
      { customer: 'C-1', negotiation: 1, person: 'Laura Peña', why: 'she pays when she can' },
      { on: ON, actor: 'bea' },
    )
    expect(result).toMatchObject({ waitsFor: ['samuel'] })
    expect(await refusalOf(vote(database, 1, 'sofía', ON))).toBe('SameActor')
    expect(await database.one('SELECT askers FROM approval')).toEqual({ askers: ['bea', 'ana', 'sofía'] })
  })

  test('a no ends it', async () => {
    const database = await submitted()
    await vote(database, 1, 'sofía', '2026-03-11', false)
    expect(await stateOf(database)).toBe('rejected')
    await look(database, '2026-03-11')
    expect(await waitsFor(database, 'F-1')).not.toBe('negotiating')
  })

  test('with nothing left to decide it is on the table again, should the payment bounce', async () => {
    const database = await submitted()
    await pay(database, 'R-1', 1500, ['F-1', 'F-2'], ON)
    await lookAtApproval(database, 1, ON)
    expect(await database.rows('SELECT state FROM approval')).toEqual([{ state: 'overtaken' }])
    expect(await stateOf(database)).toBe('proposed')
  })

  test('less debt goes on with the rest', async () => {
    const database = await submitted()
    await pay(database, 'R-1', 1000, ['F-1'], ON)
    await vote(database, 1, 'sofía', '2026-03-11')
    expect(await stateOf(database)).toBe('agreed')
    expect(await database.rows('SELECT amount_minor FROM promise_instalment')).toEqual([
      { amount_minor: 46_000n },
    ])
  })

  test('a dispute since then puts the offer back on the table', async () => {
    const database = await submitted()
    await ask(database, 'openDispute', { lines: [{ document: 'F-1' }], reason: 'quality' }, { on: ON })
    const { result } = await vote(database, 1, 'sofía', '2026-03-11')
    expect(result).toMatchObject({ state: 'stale' })
    expect(await stateOf(database)).toBe('proposed')
  })

  test('withdrawn, or lapsed, nobody has to answer any more', async () => {
    const database = await submitted()
    await decision(
      database,
      'withdrawNegotiation',
      { customer: 'C-1', negotiation: 1, why: 'paid tomorrow' },
      { on: ON },
    )
    expect(await database.rows('SELECT state FROM approval')).toEqual([{ state: 'overtaken' }])
    const other = await submitted()
    await pass(other, '2026-03-26')
    expect(await other.rows('SELECT state FROM approval')).toEqual([{ state: 'overtaken' }])
    expect(await refusalOf(vote(other, 1, 'sofía', '2026-03-26'))).toBe('NotOpen')
  })
})
