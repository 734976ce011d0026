import { expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { worklist } from '../../ledger/worklist.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { ask as command, look, pay, pesos, refusalOf } from './books.ts'

const NOW = noon('2026-03-10')
const ask = (database: Database, more: Partial<Parameters<typeof worklist>[1]> = {}) =>
  worklist(database, { company: COMPANY, now: NOW, limit: 100, ...more })

/** Customers without an address: what is due to be said becomes a call, and a task to find one. */
async function callsFor(sketches: Sketch[]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    sketches.map((s) => ({ email: null, ...s })),
    noon('2026-03-05'),
  )
  for (const customer of new Set(sketches.map((s) => s.customer ?? 'C-1')))
    await look(database, '2026-03-05', customer)
  return database
}

test('a row is one customer with all that is open for one person, and why it stands there', async () => {
  const database = await callsFor([
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-02-27', amount: 500 },
    { document: 'F-3', due: '2026-03-10', amount: 7000 },
    { document: 'U-1', due: '2026-03-03', amount: 20, currency: 'USD' },
  ])
  const { rows, next } = await ask(database)
  expect(next).toBeNull()
  expect(rows).toEqual([
    {
      customer: 'C-1',
      name: 'Customer C-1',
      branch: 'Norte',
      owner: 'ana',
      points: 24,
      why: [
        { reason: 'amount', points: 0, most: 30, value: expect.closeTo(0.0073) },
        { reason: 'days_late', points: 4, most: 20, value: 11 },
        { reason: 'broken_promises', points: 0, most: 15, value: 0 },
        { reason: 'resubmission', points: 15, most: 15, value: 6 },
        { reason: 'payer_risk', points: 0, most: 10, value: null },
        { reason: 'expected_effect', points: 5, most: 10, value: 0.5 },
      ],
      dueOn: '2026-03-05',
      overdue: [
        { currency: 'MXN', amount: '1500.00', askable: '1500.00' },
        { currency: 'USD', amount: '20.00', askable: '20.00' },
      ],
      oldestDaysLate: 11,
      promises: { kept: 0, broken: 0 },
      habit: null,
      snooze: null,
      cases: [{ key: 'C-1', open: 4, stages: { current: 1, overdue: 3 } }],
      tasks: [
        {
          id: 1,
          kind: 'call',
          subject: 'chase',
          owner: 'ana',
          detail: {},
          case: 'C-1',
          dueOn: '2026-03-05',
          documents: ['F-2', 'F-1', 'U-1'],
          count: 3,
        },
        {
          id: 2,
          kind: 'fix_contact',
          subject: 'no address',
          owner: 'ana',
          detail: {},
          case: 'C-1',
          dueOn: '2026-03-05',
          documents: [],
          count: 0,
        },
      ],
    },
  ])
})

test('what is promised, disputed, or covered by money that is not applied yet can not be asked for', async () => {
  const database = await callsFor([
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-03-02', amount: 300 },
    { document: 'F-3', due: '2026-02-27', amount: 200 },
    { document: 'F-4', due: '2026-03-02', amount: 50 },
  ])
  const on = { on: '2026-03-10' }
  const instalments = [{ dueOn: '2026-03-12', amount: pesos(1000) }]
  await command(database, 'recordPromise', { documents: ['F-1'], instalments, madeBy: 'Laura' }, on)
  const lines = [{ document: 'F-2', amount: pesos(100) }]
  await command(database, 'openDispute', { lines, reason: 'quantity', owner: 'plant' }, on)
  await pay(database, 'R-1', 200, [], '2026-03-10')
  await look(database, '2026-03-10')
  const [row] = (await ask(database)).rows
  expect(row!.overdue).toEqual([{ currency: 'MXN', amount: '1550.00', askable: '250.00' }])
})

test('of many documents the five oldest are named', async () => {
  const database = await callsFor(
    Array.from({ length: 8 }, (_, i) => ({ document: `F-${i}`, due: `2026-02-${27 - i}` })),
  )
  const [row] = (await ask(database)).rows
  expect(row!.tasks[0]).toMatchObject({ documents: ['F-7', 'F-6', 'F-5', 'F-4', 'F-3'], count: 8 })
})

test('most points come first; others’ tasks and branches are left out', async () => {
  const database = await callsFor([
    { document: 'A', customer: 'C-1', due: '2026-03-02', amount: 10_000 },
    { document: 'B', customer: 'C-2', due: '2026-03-02', amount: 90_000 },
    { document: 'C', customer: 'C-3', due: '2026-03-02', amount: 50_000 },
    { document: 'D', customer: 'C-4', due: '2026-03-02', amount: 30_000 },
  ])
  await database.rows(
    `UPDATE task SET owner = 'luis' WHERE customer_id = (SELECT id FROM customer WHERE code = 'C-4') AND kind = 'call'`,
  )
  await database.rows(`UPDATE customer SET branch = 'Sur' WHERE code = 'C-3'`)
  const told = async (more?: Parameters<typeof ask>[1]) =>
    (await ask(database, more)).rows.map((r) => `${r.customer} ${r.owner} ${r.tasks.length}`)
  expect(await told()).toEqual(['C-2 ana 2', 'C-3 ana 2', 'C-4 ana 1', 'C-4 luis 1', 'C-1 ana 2'])
  expect(await told({ analyst: 'luis' })).toEqual(['C-4 luis 1'])
  expect(await told({ branch: 'Sur' })).toEqual(['C-3 ana 2'])
  expect(await told({ analyst: 'nobody' })).toEqual([])
  await database.rows(`UPDATE task SET state = 'done' WHERE owner = 'luis'`)
  expect(await told({ analyst: 'luis' })).toEqual([])
  await database.rows(`UPDATE customer SET broken_before = 3 WHERE code = 'C-1'`)
  expect((await told())[0]).toBe('C-1 ana 2')
})

test('each customer’s own policy weighs its row, and a new version at once', async () => {
  const { database } = await freshLedger([
    testPolicy(),
    testPolicy({
      id: 'keys',
      applies_to: { customers: ['C-2'] },
      worklist: { days_late: { points: 500, full_days: 30 } },
    }),
  ])
  await loadItems(
    database,
    ['C-1', 'C-2'].map((customer) => ({
      document: customer,
      customer,
      due: '2026-03-02',
      amount: 99_000,
      email: null,
    })),
    noon('2026-03-05'),
  )
  for (const customer of ['C-1', 'C-2']) await look(database, '2026-03-05', customer)
  const late = async () => (await ask(database)).rows.map((r) => [r.customer, r.why[1]!.points])
  expect(await late()).toEqual([
    ['C-2', 133],
    ['C-1', 3],
  ])
  const changed = testPolicy({ worklist: { days_late: { points: 1000, full_days: 8 } } })
  await publishPolicies(database, COMPANY, [changed], 'test', NOW)
  expect(await late()).toEqual([
    ['C-1', 1000],
    ['C-2', 133],
  ])
})

test('how the payer pays is told with its figures', async () => {
  const database = await callsFor([
    { document: 'F-1', due: '2026-03-02' },
    ...[1, 2, 3].map((n) => ({ document: `P-${n}`, due: '2026-02-10', issued: '2026-01-10' })),
  ])
  for (const n of [1, 2, 3]) await pay(database, `R-${n}`, 1000, [`P-${n}`], '2026-02-25')
  const [row] = (await ask(database)).rows
  expect(row!.habit).toEqual({
    currency: 'MXN',
    lastYear: { payments: 3, averageDaysLate: 15 },
    yearBefore: null,
  })
  expect(row!.why[4]).toEqual({ reason: 'payer_risk', points: 5, most: 10, value: 15 })
})

test('pages follow one another without gap or repeat, ties and all', async () => {
  const sketches = Array.from({ length: 23 }, (_, i) => ({
    document: `F-${i}`,
    customer: `C-${i}`,
    due: '2026-03-02',
    amount: 20_000 * (1 + (i % 4)),
  }))
  const database = await callsFor(sketches)
  await database.rows(`UPDATE task SET due_on = due_on + (customer_id % 3)::int`)
  await database.rows(`UPDATE task SET owner = 'luis' WHERE customer_id % 5 = 0 AND kind = 'call'`)
  const whole = (await ask(database)).rows.map((r) => `${r.customer} ${r.owner}`)
  expect(new Set(whole).size).toBe(whole.length)
  for (const limit of [1, 4, 7]) {
    const paged: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await ask(database, { limit, ...(after === undefined ? {} : { after }) })
      paged.push(...page.rows.map((r) => `${r.customer} ${r.owner}`))
      if (page.next === null) break
      expect(page.rows).toHaveLength(limit)
      after = page.next
    }
    expect(paged).toEqual(whole)
  }
})

test('the day is the customer’s own', async () => {
  const database = await callsFor([
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-03-10', amount: 50 },
  ])
  const late = { now: Date.UTC(2026, 2, 11, 5, 30) }
  expect((await ask(database, late)).rows[0]).toMatchObject({
    overdue: [{ amount: '1000.00' }],
    oldestDaysLate: 8,
    why: [{}, {}, {}, { value: 6 }, {}, {}],
  })
  await database.rows(`UPDATE customer SET time_zone = 'Europe/Madrid'`)
  expect((await ask(database, late)).rows[0]).toMatchObject({
    overdue: [{ amount: '1050.00' }],
    oldestDaysLate: 9,
    why: [{}, {}, {}, { value: 7 }, {}, {}],
  })
})

test('a cursor that isn’t one is refused', async () => {
  const { database } = await freshLedger()
  for (const after of ['', 'x', Buffer.from('[1,2,3]').toString('base64url')])
    expect(await refusalOf(ask(database, { after }))).toBe('NotFound')
})
