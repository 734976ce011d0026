import { expect, test } from 'vitest'
import type { Answer } from '../../domain/command.ts'
import type { Database } from '../../ledger/database.ts'
import { releaseLoad } from '../../ledger/loads.ts'
import { calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, openItem, type Sketch, takeLoad } from '../setup/portfolio.ts'
import { decision } from '../setup/team.ts'
import { ask, book, look, pay, pesos } from './books.ts'
import { check, grantLine, ordersPolicy, pump, stateOf } from './orders/orders.ts'
import { active, ON, stateOf as placementState, seedAgencies, seedTeam } from './placements.ts'

/** Whatever changes how a customer stands has all that waits about it looked at again, whoever else looked before. */

const F_1: Sketch = { document: 'F-1', due: '2026-01-10' }

/** Nothing is overdue long enough to hold an order: only what is with an agency does. */
async function placedOnly(sketches: readonly Sketch[]) {
  const { database } = await freshLedger([
    testPolicy({ orders: { rules: [{ rule: 'placed' }] } }),
    testPolicy({ id: 'builders', applies_to: { segments: ['builder'] }, orders: { rules: [] } }),
  ])
  await loadItems(database, sketches, noon(ON))
  await seedTeam(database)
  await seedAgencies(database, ON)
  await active(database, ['F-1'])
  return database
}

/** C-1's order waits for the end of the placement of its F-1. */
async function heldFor(sketches: readonly Sketch[] = []) {
  const database = await placedOnly([F_1, ...sketches])
  await check(database, 'SO-1', 100, { on: ON })
  await pump(database, ON)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  return database
}

/** Everybody who was touched looks, and then the order has gone out, whatever has become of the placement. */
async function goesOut(database: Database, placement = 'active') {
  await pump(database, ON)
  expect(await placementState(database, 1)).toBe(placement)
  expect(await stateOf(database, 'SO-1')).toBe('released')
}

test('a look that ends a placement lets an order go out that looked just before it', async () => {
  const database = await heldFor()
  await pay(database, 'R-1', 1000, [], ON)
  await goesOut(database, 'recalled')
})

test('what a snapshot no longer has leaves the payer’s cash to what another customer has placed', async () => {
  const older = { document: 'F-0', customer: 'C-2', payer: 'P', due: '2026-01-05' }
  const placed = { ...F_1, payer: 'P' }
  const database = await placedOnly([placed, older])
  await check(database, 'SO-1', 100, { on: ON })
  await pay(database, 'R-1', 1000, [], ON)
  await pump(database, ON)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  await takeLoad(database, [openItem(placed, 2)], noon(ON), { kind: 'snapshot', asOf: ON })
  await goesOut(database, 'recalled')
})

test('a file that gives a customer to another segment has its orders asked about by that one’s rules', async () => {
  const database = await heldFor()
  const item = openItem(F_1, 2)
  const builder = { ...item, customer: { ...item.customer, segment: 'builder' } }
  const report = await takeLoad(database, [builder], noon(ON))
  expect(report).toMatchObject({ created: 0, changed: 0 })
  await goesOut(database)
})

test('a customer that a file gives to a payer with cash is no longer asked for what that covers', async () => {
  const database = await heldFor([{ document: 'F-2', customer: 'C-2', payer: 'P', due: '2026-04-10' }])
  await pay(database, 'R-1', 3000, [], ON, { customer: 'C-2' })
  await pump(database, ON)
  await takeLoad(database, [openItem({ ...F_1, payer: 'P' }, 2)], noon(ON))
  await goesOut(database, 'recalled')
})

test('a credit that was held counts once it is released: what it covers is taken back, and the order goes out', async () => {
  const database = await heldFor()
  const load = await loadItems(
    database,
    [{ document: 'N-1', kind: 'credit_note', amount: -1000, due: ON }],
    noon(ON),
    true,
  )
  await pump(database, ON)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  await releaseLoad(database, calendars, load, 'ana', noon(ON))
  await goesOut(database, 'recalled')
})

test('a reservation that another customer’s invoice takes the place of leaves its part of the limit', async () => {
  const database = await twoOrders()
  const invoice = openItem({ document: 'G-1', customer: 'C-2', amount: 600, due: '2026-04-30' }, 2)
  await takeLoad(database, [{ ...invoice, orderNumber: 'SO-1' }], noon(ON))
  await pump(database, ON)
  expect(await stateOf(database, 'SO-2')).toBe('released')
})

type Give = [what: string, give: (database: Database) => Promise<Answer>]
const end = (name: 'cancelOrder' | 'rejectOrder' | 'holdOrder', database: Database) =>
  decision(database, name, { order: 'SO-1', why: 'x' }, { on: ON })
const change = (database: Database, changes: object) =>
  decision(database, 'changeOrder', { order: 'SO-1', why: 'x', ...changes }, { on: ON })
test.each<Give>([
  ['cancelled', (database) => end('cancelOrder', database)],
  ['rejected', (database) => end('rejectOrder', database)],
  ['held by a person', (database) => end('holdOrder', database)],
  ['less than before', (database) => change(database, { amount: pesos(200) })],
  ['prepaid', (database) => change(database, { prepaid: true })],
  ['shipped much later', (database) => change(database, { shipOn: '2026-08-03' })],
  ['asked about again with less', (database) => check(database, 'SO-1', 200, { on: ON })],
])('an order that is %s leaves its part of the limit to the next one', async (_, give) => {
  const database = await twoOrders()
  expect((await give(database)).processes).toContain('order:SO-2')
  await pump(database, ON)
  expect(await stateOf(database, 'SO-2')).toBe('released')
})

test('an order that gives nothing back touches nobody', async () => {
  const database = await twoOrders()
  expect((await check(database, 'SO-1', 600, { on: ON })).processes).toEqual([])
  expect((await change(database, { neededBy: ON })).processes).toEqual([])
})

test('an order that is changed doesn’t count beside itself, and one that ends changes how its customer stands', async () => {
  const database = await twoOrders()
  const standing = () => database.one('SELECT reckoned FROM customer_standing')
  await change(database, { amount: pesos(900) })
  expect(await standing()).toEqual({ reckoned: 'watch' })
  expect((await change(database, { amount: pesos(850) })).result).toMatchObject({
    state: 'released',
    exposure: '1.00',
  })
  await end('cancelOrder', database)
  expect(await standing()).toEqual({ reckoned: 'ok' })
})

test('a policy that holds at once has whom it is for looked at again', async () => {
  const database = await heldFor()
  const own = testPolicy({ id: 'own', applies_to: { customers: ['C-1'] }, orders: { rules: [] } })
  const answer = await decision(database, 'publishPolicies', { policies: [own] }, { on: ON })
  expect(answer).toMatchObject({ cases: ['C-1'], processes: ['order:SO-1', 'placement:1'] })
  await goesOut(database)
})

/** Of a limit of 1,000: SO-1 has taken 600, SO-2 waits for 500. */
async function twoOrders() {
  const { database } = await freshLedger([ordersPolicy()])
  await loadItems(database, [{ document: 'F-1', due: '2026-04-30', amount: 1 }], noon(ON))
  await grantLine(database, 'C-1', 1_001)
  await check(database, 'SO-1', 600, { on: ON })
  await check(database, 'SO-2', 500, { on: ON })
  await pump(database, ON)
  expect(await stateOf(database, 'SO-2')).toBe('held')
  return database
}

/** C-1 says that 1,000 are on their way under the key K; C-9 is somebody else. */
async function announced() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-02-27' },
      { document: 'G-1', customer: 'C-9', due: '2026-04-30' },
    ],
    noon('2026-02-27'),
  )
  await ask(
    database,
    'announcePayment',
    { documents: ['F-1'], amount: pesos(1000), trackingKey: 'K' },
    { on: '2026-03-02' },
  )
  await look(database, '2026-03-02')
  const state = async () =>
    (await database.one<{ state: string }>('SELECT state FROM announced_payment'))!.state
  return { database, state }
}

test.each([
  ['another payer’s', { customer: 'C-9' }, ['C-1', 'C-9'], 'customer:2'],
  ['nobody’s', { customer: undefined }, ['C-1'], 'company:test'],
])(
  'announced money that arrives by its key as %s wakes who announced it, and when it bounces again',
  async (_, of, cases, chain) => {
    const { database, state } = await announced()
    const posted = await pay(database, 'R-1', 1000, [], '2026-03-03', { ...of, trackingKey: 'K' })
    expect(posted.cases).toEqual(cases)
    await look(database, '2026-03-03')
    expect(await state()).toBe('arrived')
    const bounced = await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'x' },
      { on: '2026-03-04' },
    )
    expect(bounced.cases).toEqual(cases)
    expect(await state()).toBe('lapsed')
    await look(database, '2026-03-04')
    expect(await database.rows('SELECT kind, state FROM task')).toEqual([{ kind: 'call', state: 'open' }])
    // The money that came and went isn't theirs.
    expect(await database.rows(`SELECT chain FROM journal WHERE event = 'receipt reversed'`)).toEqual([
      { chain },
    ])
  },
)

test('a receipt that is tied to the key of an announcement wakes who announced it', async () => {
  const { database, state } = await announced()
  await pay(database, 'R-1', 1000, [], '2026-03-03', { customer: 'C-9' })
  const tied = await decision(
    database,
    'tieReceipt',
    { receipt: 'R-1', trackingKey: 'K' },
    { on: '2026-03-03' },
  )
  expect(tied.cases).toEqual(['C-1'])
  await look(database, '2026-03-03')
  expect(await state()).toBe('arrived')
})
