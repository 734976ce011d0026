import { expect, test } from 'vitest'
import { assess } from '../../../ledger/assess.ts'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import { verifyJournal } from '../../../ledger/journal.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { processesBehind } from '../../../ledger/processes.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../../setup/ledger.ts'
import { loadItems, noon, openItem, takeLoad } from '../../setup/portfolio.ts'
import { decision } from '../../setup/team.ts'
import {
  callsOf,
  check,
  grantLine,
  ON,
  ordersPolicy,
  pay,
  pesos,
  pump,
  reasonsOf,
  refusal,
  reserved,
  start,
  stateOf,
} from './orders.ts'

test('an order that fits goes out and takes its part; one that doesn’t is held and takes nothing', async () => {
  const database = await start()
  const first = await check(database, 'SO-1', 600)
  expect(first.result).toMatchObject({ state: 'released', exposure: '400.00', limit: '1000.00', reasons: [] })
  const second = await check(database, 'SO-2', 1)
  expect(second.result).toMatchObject({ state: 'held', exposure: '1000.00' })
  expect(reasonsOf(second.result)).toEqual(['limit'])
  expect(await reserved(database)).toBe(600)
  expect([await callsOf(database, 'SO-1'), await callsOf(database, 'SO-2')]).toEqual([['released'], ['held']])
})

test('asked again under the same key an order gets the same answer; asked anew it isn’t counted twice', async () => {
  const database = await start()
  const first = await check(database, 'SO-1', 600, { key: 'k-1' })
  expect(await check(database, 'SO-1', 600, { key: 'k-1' })).toEqual(first)
  await expect(check(database, 'SO-1', 601, { key: 'k-1' })).rejects.toThrow(/KeyConflict/)
  expect((await check(database, 'SO-1', 600)).result).toMatchObject({ state: 'released', exposure: '400.00' })
  expect(await reserved(database)).toBe(600)
  expect(await callsOf(database, 'SO-1')).toEqual(['released'])
  expect(await refusal(check(database, 'SO-1', 600, { customer: 'C-9' }))).toBe('NotFound')
})

test('an order that grows is asked about anew, one that shrinks gives back', async () => {
  const database = await start()
  await check(database, 'SO-1', 600)
  await decision(database, 'changeOrder', { order: 'SO-1', amount: pesos(601), why: 'more bags' }, { on: ON })
  expect(await stateOf(database, 'SO-1')).toBe('held')
  expect(await reserved(database)).toBe(0)
  await decision(
    database,
    'changeOrder',
    { order: 'SO-1', amount: pesos(200), why: 'fewer bags' },
    { on: ON },
  )
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await reserved(database)).toBe(200)
})

test('a payment lets held orders go, those first that are needed first; a smaller later one passes where a larger can’t', async () => {
  const database = await start()
  await check(database, 'SO-1', 600)
  await check(database, 'later', 100, { neededBy: '2026-03-20' })
  await check(database, 'large', 500, { neededBy: '2026-03-10' })
  await check(database, 'sooner', 150, { neededBy: '2026-03-15' })
  await pay(database, 'R-1', 250, ['F-1'])
  await pump(database)
  expect(await Promise.all(['large', 'sooner', 'later'].map((o) => stateOf(database, o)))).toEqual([
    'held',
    'released',
    'released',
  ])
  expect(await callsOf(database, 'sooner')).toEqual(['held', 'released'])
})

test('unapplied cash makes room before anybody has applied it', async () => {
  const database = await start()
  await check(database, 'SO-1', 601)
  await pay(database, 'R-1', 1, [])
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
})

test('a load of invoices takes the place of what was reserved, in parts, and ends the order', async () => {
  const database = await start()
  await check(database, 'SO-1', 500)
  const invoice = (document: string, amount: number) =>
    takeLoad(
      database,
      [{ ...openItem({ document, due: '2026-04-30', issued: ON, amount }, 2), orderNumber: 'SO-1' }],
      noon(ON),
    )
  await invoice('F-2', 300)
  expect(await reserved(database)).toBe(200)
  // 400 + 300 owed, 200 reserved: 100 are left.
  expect((await check(database, 'SO-2', 100)).result).toMatchObject({ state: 'released', exposure: '900.00' })
  await invoice('F-3', 250)
  expect(await stateOf(database, 'SO-1')).toBe('consumed')
  expect(await reserved(database)).toBe(100)
  expect((await check(database, 'SO-1', 500)).result).toMatchObject({ state: 'consumed' })
})

test('the same invoice loaded again consumes nothing more', async () => {
  const database = await start()
  await check(database, 'SO-1', 500)
  const item = {
    ...openItem({ document: 'F-2', due: '2026-04-30', issued: ON, amount: 300 }, 2),
    orderNumber: 'SO-1',
  }
  await takeLoad(database, [item], noon(ON))
  await takeLoad(database, [item], noon(ON))
  expect(await reserved(database)).toBe(200)
})

test('an invoice that came before its order was asked about counts once', async () => {
  const database = await start()
  await takeLoad(
    database,
    [
      {
        ...openItem({ document: 'F-2', due: '2026-04-30', issued: ON, amount: 300 }, 2),
        orderNumber: 'SO-1',
      },
    ],
    noon(ON),
  )
  expect((await check(database, 'SO-1', 500)).result).toMatchObject({ state: 'released' })
  expect(await reserved(database)).toBe(200)
})

test('shipped goods are never held, rejected or cancelled, and are invoiced', async () => {
  const database = await start()
  await check(database, 'SO-1', 700)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  await decision(database, 'shipOrder', { order: 'SO-1' }, { on: ON })
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await reserved(database)).toBe(700)
  for (const name of ['holdOrder', 'rejectOrder', 'cancelOrder'] as const)
    expect(await refusal(decision(database, name, { order: 'SO-1', why: 'x' }, { on: ON }))).toBe(
      'OrderShipped',
    )
  expect((await check(database, 'SO-1', 700)).result).toMatchObject({
    state: 'released',
    passedAs: 'shipped',
  })
  await takeLoad(
    database,
    [
      {
        ...openItem({ document: 'F-2', due: '2026-04-30', issued: ON, amount: 700 }, 2),
        orderNumber: 'SO-1',
      },
    ],
    noon(ON),
  )
  expect(await stateOf(database, 'SO-1')).toBe('consumed')
})

test('a bulk order takes nothing until it is within the horizon, and is asked about again then', async () => {
  const database = await start({ horizon_days: 10 })
  const bulk = await check(database, 'bulk', 5_000, { shipOn: '2026-03-20' })
  expect(bulk.result).toMatchObject({ state: 'released', countsFrom: '2026-03-10' })
  expect((await check(database, 'SO-1', 500)).result).toMatchObject({ state: 'released', exposure: '400.00' })
  const look = (on: string) => lookAt(database, calendars, COMPANY, 'order:bulk', noon(on))
  expect(await look('2026-03-09')).toMatchObject({
    outcome: 'released',
    nextAt: noon('2026-03-10') - 12 * 3_600_000,
  })
  await look('2026-03-10')
  expect(await stateOf(database, 'bulk')).toBe('held')
  const before = await verifyJournal(database)
  await look('2026-03-10')
  expect((await verifyJournal(database)).entries).toBe(before.entries)
})

test('an order that went out and is moved beyond the horizon, or nearer, is asked about again when it comes within', async () => {
  const database = await start({ horizon_days: 10 })
  const look = (on: string) => lookAt(database, calendars, COMPANY, 'order:bulk', noon(on))
  await check(database, 'bulk', 500)
  await database.rows('UPDATE order_call SET state = $1', ['delivered'])
  expect(await look(ON)).toMatchObject({ closed: true, outcome: 'released' })
  const moveTo = (shipOn: string) =>
    decision(
      database,
      'changeOrder',
      { order: 'bulk', amount: pesos(5_000), shipOn, why: 'not before' },
      { on: ON },
    )
  const moved = await moveTo('2026-04-20')
  expect(moved).toMatchObject({
    result: { state: 'released', countsFrom: '2026-04-10' },
    processes: ['order:bulk'],
  })
  expect(await look(ON)).toMatchObject({ closed: false, nextAt: noon('2026-04-10') - 12 * 3_600_000 })
  expect(await moveTo('2026-03-20')).toMatchObject({ processes: ['order:bulk'] })
  expect(await look(ON)).toMatchObject({ closed: false, nextAt: noon('2026-03-10') - 12 * 3_600_000 })
  await look('2026-03-10')
  expect(await stateOf(database, 'bulk')).toBe('held')
})

test('overdue holds, and the reminder ladder’s step holds until its receivable is settled', async () => {
  const { database } = await freshLedger([ordersPolicy()])
  await loadItems(database, [{ document: 'F-1', due: '2026-02-16', amount: 400 }], noon('2026-02-01'))
  expect((await check(database, 'SO-1', 10, { on: '2026-03-03' })).result).toMatchObject({
    state: 'released',
  })
  expect(reasonsOf((await check(database, 'SO-2', 10, { on: '2026-03-04' })).result)).toEqual(['overdue'])
  await database.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date) VALUES (1, 'hold', 'hold_orders', 'done', '2026-03-04')`,
  )
  expect(reasonsOf((await check(database, 'SO-2', 10, { on: '2026-03-04' })).result)).toEqual([
    'dunned',
    'overdue',
  ])
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-04')
  await pump(database, '2026-03-04')
  expect(await stateOf(database, 'SO-2')).toBe('released')
})

test('a payment that bounced holds orders; one that was misposted doesn’t', async () => {
  const { database } = await freshLedger([ordersPolicy({ rules: [{ rule: 'returned_cheque', days: 30 }] })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 400 }], noon('2026-03-01'))
  const back = (receipt: string, reason: 'bounced' | 'misposted') =>
    commandBooks(
      database,
      { company: COMPANY, now: noon(ON), actor: 'tesorería', key: `back ${receipt}` },
      'reverse',
      {
        receipt,
        reason,
        why: 'x',
      },
    )
  await pay(database, 'R-1', 10, ['F-1'])
  await back('R-1', 'misposted')
  expect((await check(database, 'SO-1', 10)).result).toMatchObject({ state: 'released' })
  await pay(database, 'R-2', 10, ['F-1'])
  await back('R-2', 'bounced')
  expect(reasonsOf((await check(database, 'SO-2', 10)).result)).toEqual(['returned_cheque'])
  await lookAt(database, calendars, COMPANY, 'order:SO-2', noon('2026-04-02'))
  expect(await stateOf(database, 'SO-2')).toBe('released')
})

test('the ladder itself holds orders on its step’s day, and the task tells a person', async () => {
  const steps = [{ id: 'hold', day: 30, action: 'hold_orders' }]
  const { database } = await freshLedger([testPolicy({ steps, orders: { rules: [] } })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02', amount: 400 }], noon('2026-03-02'))
  const look = (on: string) => assess(database, calendars, COMPANY, 'C-1', noon(on))
  await look('2026-03-31')
  expect((await check(database, 'SO-1', 10, { on: '2026-03-31' })).result).toMatchObject({
    state: 'released',
  })
  await look('2026-04-01')
  expect(reasonsOf((await check(database, 'SO-2', 10, { on: '2026-04-01' })).result)).toEqual(['dunned'])
  expect(await database.one(`SELECT state FROM task WHERE kind = 'hold_orders'`)).toEqual({ state: 'open' })
  await pay(database, 'R-1', 400, [], '2026-04-01')
  await pump(database, '2026-04-01')
  expect(await stateOf(database, 'SO-2')).toBe('released')
})

test('a larger line lets held orders go, a guarantee that lapses holds the next one', async () => {
  const { database } = await freshLedger([
    testPolicy({
      orders: { rules: [{ rule: 'lapsed_guarantee' }, { rule: 'limit' }] },
      approvals: { matrix: [{ kinds: ['credit_line', 'guarantee'], levels: [] }] },
    }),
  ])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 400 }], noon('2026-03-01'))
  await grantLine(database, 'C-1', 1_000)
  await check(database, 'SO-1', 700)
  const line = { customer: 'C-1', amount: pesos(1_100), why: 'a good year' }
  expect((await decision(database, 'requestLine', line, { on: ON })).processes).toContain('order:SO-1')
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
  await decision(
    database,
    'registerGuarantee',
    {
      customer: 'C-1',
      kind: 'deposit',
      reference: 'D-1',
      givenBy: 'Banco',
      amount: pesos(500),
      to: ON,
      why: 'x',
    },
    { on: ON },
  )
  expect((await check(database, 'SO-2', 10)).result).toMatchObject({ state: 'released' })
  expect(reasonsOf((await check(database, 'SO-3', 10, { on: '2026-03-03' })).result)).toEqual([
    'lapsed_guarantee',
    'limit',
  ])
})

test('an order that is asked about with another’s is still looked at for its call and its timer', async () => {
  const database = await start()
  const behind = async () =>
    (await processesBehind(database, COMPANY, noon(ON) + 60_000, 30_000, 10)).map(({ key }) => key).sort()
  const look = (order: string) => lookAt(database, calendars, COMPANY, `order:${order}`, noon(ON))
  const tell = () =>
    database.rows(`UPDATE order_call SET state = 'delivered', delivered_at = created_at, attempts = 1`)
  const touch = async () => {
    for (const standing of ['stop', null] as const)
      await decision(database, 'setStanding', { customer: 'C-1', standing, why: 'x' }, { on: ON })
  }
  // The wakes of both are lost, and only the second is found.
  await check(database, 'SO-1', 700)
  await check(database, 'SO-2', 800)
  await look('SO-2')
  expect(await behind()).toEqual(['order:SO-1'])
  expect((await look('SO-1')).deliveries).toMatchObject([{ channel: 'erp' }])

  // With its call told and its timer set, it has seen what the other saw.
  await tell()
  await look('SO-1')
  await touch()
  expect(await behind()).toEqual(['order:SO-1', 'order:SO-2'])
  await look('SO-2')
  expect(await behind()).toEqual([])

  // A call that a person sends again is due before the timer; told by table before anybody looked, the timer itself is.
  await database.rows(`UPDATE order_call SET state = 'failed' WHERE order_number = 'SO-1'`)
  await decision(database, 'retryErpCall', { call: 1, why: 'the address is right now' }, { on: ON })
  await check(database, 'SO-3', 900)
  await database.rows(`UPDATE order_call SET state = 'delivered' WHERE order_number = 'SO-3'`)
  await look('SO-2')
  expect(await behind()).toEqual(['order:SO-1', 'order:SO-3'])
})
