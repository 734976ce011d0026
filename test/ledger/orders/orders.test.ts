import { expect, test } from 'vitest'
import type { Refusal } from '../../../domain/refusal.ts'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import type { Database } from '../../../ledger/database.ts'
import { verifyJournal } from '../../../ledger/journal.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../../setup/ledger.ts'
import { loadItems, noon, openItem, takeLoad } from '../../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../../setup/team.ts'
import { callsOf, check, grantLine, ON, pesos, pump, reasonsOf, stateOf } from './orders.ts'

const policy = (orders: Record<string, unknown> = {}) =>
  testPolicy({
    orders: { rules: [{ rule: 'overdue', days: 15 }, { rule: 'limit' }], ...orders },
    approvals: {
      matrix: [
        { kinds: ['order_release'], amount_up_to: { MXN: '50.00' }, levels: [] },
        { kinds: ['order_release'], levels: [{ role: 'supervisor' }] },
      ],
    },
  })

/** C-1 owes 400 of a limit of 1,000; nothing is overdue. */
async function start(orders: Record<string, unknown> = {}) {
  const { database } = await freshLedger([policy(orders)])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 400 }], noon('2026-03-01'))
  await grantLine(database, 'C-1', 1_000)
  return database
}

const reserved = async (database: Database) =>
  Number(
    (await database.one<{ minor: bigint }>(
      'SELECT coalesce(sum(reserved_minor), 0)::bigint AS minor FROM sales_order',
    ))!.minor,
  ) / 100

const pay = (database: Database, receipt: string, amount: number, documents: string[], on = ON) =>
  commandBooks(
    database,
    { company: COMPANY, now: noon(on), actor: 'tesorería', key: `pay ${receipt}` },
    'post',
    {
      receipts: [
        {
          number: receipt,
          customer: 'C-1',
          amount: pesos(amount),
          valueOn: on,
          applications: documents.map((document) => ({ document })),
        },
      ],
    },
  )

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'carried out',
    (error: Refusal) => error.refusal,
  )

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

test('stop and exempt are a person’s; arithmetic never overwrites them', async () => {
  const database = await start()
  const set = (standing: 'stop' | 'exempt' | null) =>
    decision(database, 'setStanding', { customer: 'C-1', standing, why: 'the owner asked' }, { on: ON })
  await set('stop')
  expect(reasonsOf((await check(database, 'SO-1', 1)).result)).toEqual(['stopped'])
  await set('exempt')
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect((await check(database, 'SO-2', 9_000)).result).toMatchObject({
    state: 'released',
    passedAs: 'exempt',
  })
  await set(null)
  expect(reasonsOf((await check(database, 'SO-3', 1)).result)).toEqual(['limit'])
  const row = await database.one('SELECT by_hand, reckoned FROM customer_standing')
  expect(row).toEqual({ by_hand: null, reckoned: 'hold' })
})

test('overdue holds, and the reminder ladder’s step holds until its receivable is settled', async () => {
  const { database } = await freshLedger([policy()])
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
  const { database } = await freshLedger([policy({ rules: [{ rule: 'returned_cheque', days: 30 }] })])
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

test('a release in spite of the rules needs the authority; the same reason doesn’t hold it again in its grace', async () => {
  const database = await start({ grace_working_days: 2 })
  await seedTeam(database)
  await check(database, 'SO-1', 700)
  const asked = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
  expect(asked.result).toMatchObject({ kind: 'order_release', waitsFor: ['samuel', 'sofía'] })
  expect(await stateOf(database, 'SO-1')).toBe('held')
  expect(await refusal(decision(database, 'releaseOrder', { order: 'SO-1', why: 'again' }, { on: ON }))).toBe(
    'ApprovalExists',
  )
  await vote(database, asked.result.approval, 'sofía', ON)
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await reserved(database)).toBe(700)
  // Monday, with two working days of grace: through Wednesday.
  expect((await check(database, 'SO-1', 700, { on: '2026-03-04' })).result).toMatchObject({
    state: 'released',
  })
  expect((await check(database, 'SO-1', 700, { on: '2026-03-05' })).result).toMatchObject({ state: 'held' })
})

test('an order that grew since it was agreed to goes back to who asked; refused it stays held', async () => {
  const database = await start()
  await seedTeam(database)
  await check(database, 'SO-1', 700)
  const first = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
  await check(database, 'SO-1', 900)
  expect((await vote(database, first.result.approval, 'sofía', ON)).result).toMatchObject({ state: 'stale' })
  expect(await stateOf(database, 'SO-1')).toBe('held')
  const second = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'it grew' }, { on: ON })
  await vote(database, second.result.approval, 'sofía', ON, false)
  expect(await stateOf(database, 'SO-1')).toBe('held')
})

test('a person’s hold is lifted by a person alone, and no payment', async () => {
  const database = await start()
  await check(database, 'SO-1', 100)
  await decision(database, 'holdOrder', { order: 'SO-1', why: 'the address is wrong' }, { on: ON })
  expect(await reserved(database)).toBe(0)
  await pay(database, 'R-1', 400, ['F-1'])
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  // Nothing else speaks against it: nobody has to agree.
  await decision(database, 'releaseOrder', { order: 'SO-1', why: 'mended' }, { on: ON })
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await refusal(decision(database, 'releaseOrder', { order: 'SO-1', why: 'x' }, { on: ON }))).toBe(
    'OrderNotHeld',
  )
  await decision(database, 'rejectOrder', { order: 'SO-1', why: 'never' }, { on: ON })
  expect(await refusal(decision(database, 'holdOrder', { order: 'SO-1', why: 'x' }, { on: ON }))).toBe(
    'OrderOver',
  )
  expect((await check(database, 'SO-1', 100)).result).toMatchObject({ state: 'rejected' })
})

test('a held order expires after the day on which it was needed, and is asked about again with a later one', async () => {
  const database = await start()
  await check(database, 'SO-1', 700, { neededBy: '2026-03-04' })
  const look = (on: string) => lookAt(database, calendars, COMPANY, 'order:SO-1', noon(on))
  expect(await look('2026-03-04')).toMatchObject({
    outcome: 'held',
    nextAt: noon('2026-03-05') - 12 * 3_600_000,
  })
  expect(await look('2026-03-05')).toMatchObject({ outcome: 'expired' })
  expect(await callsOf(database, 'SO-1')).toEqual(['held', 'expired'])
  expect(
    (await check(database, 'SO-1', 600, { on: '2026-03-05', neededBy: '2026-03-09' })).result,
  ).toMatchObject({
    state: 'released',
  })
})

test('members of a group share its limit, within limits of their own; who leaves counts alone again', async () => {
  const { database } = await freshLedger([policy({ rules: [{ rule: 'limit' }] })])
  await loadItems(
    database,
    ['C-1', 'C-2', 'C-3', 'C-4'].map((customer) => ({
      document: `F-${customer}`,
      customer,
      due: '2026-03-31',
      amount: 100,
    })),
    noon('2026-03-01'),
  )
  await grantLine(database, 'C-1', 1_000)
  const join = (customer: string, head: string, subLimit?: number) =>
    decision(
      database,
      'joinGroup',
      { customer, head, why: 'one owner', ...(subLimit === undefined ? {} : { subLimit: pesos(subLimit) }) },
      { on: ON },
    )
  await join('C-2', 'C-1')
  await join('C-3', 'C-1', 250)
  expect(await refusal(join('C-1', 'C-1'))).toBe('NotAGroup')
  expect(await refusal(join('C-1', 'C-4'))).toBe('NotAGroup')
  expect(await refusal(join('C-4', 'C-2'))).toBe('NotAGroup')
  expect(await refusal(join('C-2', 'C-4'))).toBe('InGroup')
  // 300 owed by the three of them.
  expect((await check(database, 'A', 500, { customer: 'C-2' })).result).toMatchObject({
    state: 'released',
    exposure: '300.00',
  })
  expect(reasonsOf((await check(database, 'B', 151, { customer: 'C-3' })).result)).toEqual(['own_limit'])
  expect((await check(database, 'C', 150, { customer: 'C-3' })).result).toMatchObject({ state: 'released' })
  expect(reasonsOf((await check(database, 'D', 51, { customer: 'C-1' })).result)).toEqual(['limit'])
  // A payment of one member lets the order of another go.
  await commandBooks(database, { company: COMPANY, now: noon(ON), actor: 'tesorería', key: 'pay' }, 'post', {
    receipts: [
      {
        number: 'R-1',
        customer: 'C-2',
        amount: pesos(100),
        valueOn: ON,
        applications: [{ document: 'F-C-2' }],
      },
    ],
  })
  await pump(database)
  expect(await stateOf(database, 'D')).toBe('released')
  await decision(database, 'leaveGroup', { customer: 'C-3', why: 'sold' }, { on: ON })
  expect((await check(database, 'E', 9_000, { customer: 'C-3' })).result).toMatchObject({ state: 'released' })
  expect((await verifyJournal(database)).findings).toEqual([])
})

test('an order in another currency waits for the rate of the day, and goes when it comes', async () => {
  const database = await start()
  const amount = { currency: 'USD', minor: 3_000 }
  const held = await decision(database, 'checkOrder', { order: 'SO-1', customer: 'C-1', amount }, { on: ON })
  expect(reasonsOf(held.result)).toEqual(['no_rate'])
  const rates = (rate: string, on = ON) =>
    decision(
      database,
      'setRates',
      { on, source: 'Banxico', rates: [{ base: 'USD', quote: 'MXN', rate }] },
      { on: ON },
    )
  expect(await refusal(rates('20', '2026-03-03'))).toBe('InvalidDate')
  expect((await rates('20.0001')).processes).toEqual(['order:SO-1'])
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  // What is said last for a day is right; a week later it is too old.
  await rates('20')
  expect(
    (await decision(database, 'checkOrder', { order: 'SO-1', customer: 'C-1', amount }, { on: ON })).result,
  ).toMatchObject({
    state: 'released',
  })
  expect(
    reasonsOf(
      (
        await decision(
          database,
          'checkOrder',
          { order: 'SO-2', customer: 'C-1', amount },
          { on: '2026-03-10' },
        )
      ).result,
    ),
  ).toEqual(['no_rate'])
})

test('a line that has lapsed is a limit of nothing, not no limit', async () => {
  const { database } = await freshLedger([policy({ rules: [{ rule: 'limit' }] })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 1 }], noon('2026-03-01'))
  expect((await check(database, 'SO-1', 10)).result).toMatchObject({ state: 'released' })
  await grantLine(database, 'C-1', 1_000, { to: '2026-03-02' })
  expect((await check(database, 'SO-2', 10)).result).toMatchObject({ state: 'released' })
  expect(reasonsOf((await check(database, 'SO-3', 10, { on: '2026-03-03' })).result)).toEqual(['limit'])
})
