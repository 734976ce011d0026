import { expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { worklist } from '../../ledger/worklist.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { look, refusalOf } from './books.ts'

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

test('a row is one customer with all that is open for one person', async () => {
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
      dueOn: '2026-03-05',
      overdue: [
        { currency: 'MXN', amount: '1500.00' },
        { currency: 'USD', amount: '20.00' },
      ],
      oldestDaysLate: 11,
      tasks: [
        {
          id: 1,
          kind: 'call',
          subject: 'chase',
          owner: 'ana',
          detail: {},
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
          dueOn: '2026-03-05',
          documents: [],
          count: 0,
        },
      ],
    },
  ])
})

test('of many documents the five oldest are named', async () => {
  const database = await callsFor(
    Array.from({ length: 8 }, (_, i) => ({ document: `F-${i}`, due: `2026-02-${27 - i}` })),
  )
  const [row] = (await ask(database)).rows
  expect(row!.tasks[0]).toMatchObject({ documents: ['F-7', 'F-6', 'F-5', 'F-4', 'F-3'], count: 8 })
})

test('what is due first comes first, then who owes most; others’ tasks and branches are left out', async () => {
  const database = await callsFor([
    { document: 'A', customer: 'C-1', due: '2026-03-02', amount: 100 },
    { document: 'B', customer: 'C-2', due: '2026-03-02', amount: 900 },
    { document: 'C', customer: 'C-3', due: '2026-03-02', amount: 500 },
    { document: 'D', customer: 'C-4', due: '2026-03-02', amount: 300 },
  ])
  await database.rows(
    `UPDATE task SET due_on = '2026-03-04' WHERE customer_id = (SELECT id FROM customer WHERE code = 'C-1') AND kind = 'fix_contact'`,
  )
  await database.rows(
    `UPDATE task SET owner = 'luis' WHERE customer_id = (SELECT id FROM customer WHERE code = 'C-4') AND kind = 'call'`,
  )
  await database.rows(`UPDATE customer SET branch = 'Sur' WHERE code = 'C-3'`)
  const told = async (more?: Parameters<typeof ask>[1]) =>
    (await ask(database, more)).rows.map((r) => `${r.customer} ${r.owner} ${r.tasks.length}`)
  expect(await told()).toEqual(['C-1 ana 2', 'C-2 ana 2', 'C-3 ana 2', 'C-4 ana 1', 'C-4 luis 1'])
  expect(await told({ analyst: 'luis' })).toEqual(['C-4 luis 1'])
  expect(await told({ branch: 'Sur' })).toEqual(['C-3 ana 2'])
  expect(await told({ analyst: 'nobody' })).toEqual([])
  await database.rows(`UPDATE task SET state = 'done' WHERE owner = 'luis'`)
  expect(await told({ analyst: 'luis' })).toEqual([])
})

test('pages follow one another without gap or repeat, ties and all', async () => {
  const sketches = Array.from({ length: 23 }, (_, i) => ({
    document: `F-${i}`,
    customer: `C-${i}`,
    due: '2026-03-02',
    amount: 100 * (1 + (i % 4)),
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
  })
  await database.rows(`UPDATE customer SET time_zone = 'Europe/Madrid'`)
  expect((await ask(database, late)).rows[0]).toMatchObject({
    overdue: [{ amount: '1050.00' }],
    oldestDaysLate: 9,
  })
})

test('a cursor that isn’t one is refused', async () => {
  const { database } = await freshLedger()
  for (const after of ['', 'x', Buffer.from('[1,2,3,4]').toString('base64url')])
    expect(await refusalOf(ask(database, { after }))).toBe('NotFound')
})
