import { expect, test } from 'vitest'
import type { OpenItem } from '../../domain/openItem.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { errorsOf } from '../../ledger/loads.ts'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { noon, openItem, type Sketch, takeLoad } from '../setup/portfolio.ts'
import { closedAs, eventsOf, look, openOf, pay } from './books.ts'
import { exceptions, items, START, snapshot, started } from './sourceFiles.ts'

/** What a source says again: changed dates and parties, items that are gone, and files that are late, old or cut off. */

test('what a snapshot no longer has was settled there, and nobody is asked for it', async () => {
  const database = await started()
  const report = await snapshot(database, '2026-03-03', START.slice(1))
  expect(report).toMatchObject({
    state: 'released',
    lines: 2,
    created: 0,
    unchanged: 2,
    vanished: 1,
    exceptions: 0,
  })
  expect([await openOf(database, 'F-1'), await closedAs(database, 'F-1')]).toEqual(['0.00', 'paid'])
  expect(await eventsOf(database, 'F-1')).toEqual(['loaded', 'source changed'])
  const { lifecycle } = await look(database, '2026-03-03')
  expect(lifecycle.find((r) => r.document === 'F-1')).toMatchObject({ stage: 'closed' })
  expect(
    await database.rows(
      `SELECT r.document FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id`,
    ),
  ).toEqual([{ document: 'F-2' }])
})

test('the same snapshot twice settles once', async () => {
  const database = await started()
  await snapshot(database, '2026-03-03', START.slice(1))
  const before = await database.rows('SELECT id FROM transfer ORDER BY id')
  const again = await snapshot(database, '2026-03-03', START.slice(1))
  expect(again).toMatchObject({ vanished: 0, changed: 0, unchanged: 2 })
  expect(await database.rows('SELECT id FROM transfer ORDER BY id')).toEqual(before)
})

test('a new due date of the source holds from then on, and its history stays', async () => {
  const database = await started()
  await snapshot(database, '2026-03-03', [{ ...START[0]!, dueOn: '2026-03-20' }, ...START.slice(1)])
  const { lifecycle } = await look(database, '2026-03-03')
  expect(lifecycle.find((r) => r.document === 'F-1')).toMatchObject({ stage: 'current', next: 'first' })
  expect(
    await database.rows(
      `SELECT t.due_on, t.effective_on, t.reason FROM receivable_term t JOIN receivable r ON r.id = t.receivable_id WHERE r.document = 'F-1' ORDER BY seq`,
    ),
  ).toEqual([
    { due_on: '2026-03-02', effective_on: '2026-01-31', reason: 'loaded' },
    { due_on: '2026-03-20', effective_on: '2026-03-03', reason: 'source' },
  ])
})

test('what comes back comes with its new due date and its customer’s payer of today', async () => {
  const database = await started()
  await snapshot(database, '2026-03-03', START.slice(1))
  await takeLoad(database, items([{ ...START[1]!, payer: 'GROUP' }]), noon('2026-03-04'))
  await takeLoad(database, items([{ ...START[0]!, dueOn: '2026-03-20' }]), noon('2026-03-05'))
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  expect(
    await database.one(
      `SELECT r.due_on, p.code FROM receivable r JOIN payer p ON p.id = r.payer_id WHERE r.document = 'F-1'`,
    ),
  ).toEqual({ due_on: '2026-03-20', code: 'GROUP' })
})

test('where Cartera keeps the books, a source that says otherwise changes nothing and a person is told once', async () => {
  const { database } = await freshLedger()
  const own = { authority: 'cartera' as const }
  await snapshot(database, '2026-03-02', START, own)
  const differing = [{ ...START[1]!, openMinor: 10_000n, dueOn: '2026-03-09' }, START[2]!]
  for (const day of ['2026-03-03', '2026-03-04']) {
    const report = await snapshot(database, day, differing, own)
    expect(report).toMatchObject({ changed: 0, vanished: 0, exceptions: 3, unchanged: 1, notes: 3 })
  }
  expect(await exceptions(database)).toEqual([
    { kind: 'vanished', document: 'F-1', books: '1000.00', source: '0.00' },
    { kind: 'balance_differs', document: 'F-2', books: '1000.00', source: '100.00' },
    { kind: 'due_differs', document: 'F-2', books: '2026-03-02', source: '2026-03-09' },
  ])
  expect([await openOf(database, 'F-1'), await openOf(database, 'F-2')]).toEqual(['1000.00', '1000.00'])
  await snapshot(database, '2026-03-05', START, own)
  expect(await exceptions(database)).toEqual([])
})

test('a call that is to be made is taken back on the day when the feed grows too old', async () => {
  const { database } = await freshLedger([
    testPolicy({ required_feeds: ['test'], max_feed_age_working_days: 1 }),
  ])
  const old: Sketch = { document: 'OLD', due: '2026-02-05' }
  await snapshot(database, '2026-03-02', [old])
  const calls = () => database.rows(`SELECT state FROM task WHERE kind = 'call'`)
  // Monday's file tells enough through Tuesday.
  const { nextAt } = await look(database, '2026-03-02')
  expect(await calls()).toEqual([{ state: 'open' }])
  expect(nextAt).toBe(noon('2026-03-04') - 12 * 3_600_000)
  await look(database, nextAt!)
  expect(await calls()).toEqual([{ state: 'overtaken' }])
})

test('a snapshot speaks of its scope: what is outside of it stays, and lines outside of it are refused', async () => {
  const { database } = await freshLedger()
  const south = (sketch: Sketch): OpenItem => {
    const item = openItem(sketch, 9)
    return { ...item, openMinor: item.originalMinor, customer: { ...item.customer, branch: 'Sur' } }
  }
  await takeLoad(
    database,
    [...items(START), south({ document: 'S-1', customer: 'C-3', due: '2026-03-02' })],
    noon('2026-03-02'),
    {
      kind: 'snapshot',
      asOf: '2026-03-02',
    },
  )
  const north = { scope: { branches: ['Norte'] } }
  expect(await snapshot(database, '2026-03-03', START.slice(0, 2), north)).toMatchObject({ vanished: 1 })
  expect([await openOf(database, 'X-1'), await openOf(database, 'S-1')]).toEqual(['0.00', '1000.00'])

  const outside = await takeLoad(
    database,
    [...items(START.slice(0, 2)), south({ document: 'S-1', customer: 'C-3', due: '2026-03-02' })],
    noon('2026-03-04'),
    { kind: 'snapshot', asOf: '2026-03-04', ...north },
  )
  expect(outside).toMatchObject({ state: 'refused', errors: 1 })
  expect((await errorsOf(database, outside.id))[0]).toMatchObject({
    line: 9,
    column: 'branch',
    value: 'Sur',
    code: 'outside-scope',
  })
})

test('a late snapshot doesn’t turn back the dates that a file without a day has said since', async () => {
  const database = await started()
  const due = () => database.one(`SELECT due_on FROM receivable WHERE document = 'F-1'`)
  await takeLoad(database, items([{ ...START[0]!, dueOn: '2026-03-20' }]), noon('2026-03-04'))
  const late = { kind: 'snapshot' as const, asOf: '2026-03-03' }
  expect(await takeLoad(database, items(START), noon('2026-03-04'), late)).toMatchObject({ changed: 0 })
  expect(await due()).toEqual({ due_on: '2026-03-20' })
  await snapshot(database, '2026-03-04', START)
  expect(await due()).toEqual({ due_on: '2026-03-02' })
})

test('a telephone or a name that a file says with a known address is taken', async () => {
  const database = await started()
  const contact = () => database.one(`SELECT name, phone FROM contact WHERE email = 'pagos@c-1.example'`)
  const said = (facts: object) => {
    const [item] = items(START.slice(0, 1))
    const customer = { ...item!.customer, email: 'pagos@c-1.example', ...facts }
    return takeLoad(database, [{ ...item!, customer }], noon('2026-03-03'))
  }
  await said({ contactName: 'Pagos' })
  await said({ phone: '+52 55 1234 5678' })
  expect(await contact()).toEqual({ name: 'Pagos', phone: '+52 55 1234 5678' })
  await said({ contactName: 'Tesorería', phone: '+52 55 0000 0000' })
  expect(await contact()).toEqual({ name: 'Tesorería', phone: '+52 55 0000 0000' })
})

test('an older file doesn’t turn the books back, and one of another scope isn’t older', async () => {
  const database = await started()
  await snapshot(database, '2026-03-05', START.slice(1), { scope: { customers: ['C-1', 'C-2'] } })
  const older = await takeLoad(database, items(START), noon('2026-03-05'), {
    kind: 'snapshot',
    asOf: '2026-03-04',
  })
  expect(older.state).toBe('refused')
  expect((await errorsOf(database, older.id))[0]).toMatchObject({
    code: 'older-than-taken',
    value: '2026-03-04',
  })
  expect(await openOf(database, 'F-1')).toBe('0.00')
  const elsewhere = await takeLoad(
    database,
    items([{ document: 'Y-1', customer: 'C-9', due: '2026-03-02' }]),
    noon('2026-03-05'),
    { kind: 'snapshot', asOf: '2026-03-04', scope: { customers: ['C-9'] } },
  )
  expect(elsewhere.state).toBe('released')
})

test.each([
  ['without a day', null, 'as-of-missing'],
  ['of a day to come', '2026-03-09', 'as-of-future'],
])('a snapshot %s is refused', async (_, asOf, code) => {
  const database = await started()
  const report = await takeLoad(database, items(START), noon('2026-03-05'), { kind: 'snapshot', asOf })
  expect(report.state).toBe('refused')
  expect((await errorsOf(database, report.id)).map((e) => e.code)).toEqual([code])
})

test('half a file without control totals is not believed; with them it is', async () => {
  const { database } = await freshLedger()
  const many: Sketch[] = Array.from({ length: 40 }, (_, i) => ({ document: `F-${i}`, due: '2026-03-02' }))
  await snapshot(database, '2026-03-02', many)
  const cut = await snapshot(database, '2026-03-03', many.slice(0, 20))
  expect(cut.state).toBe('refused')
  expect((await errorsOf(database, cut.id))[0]).toMatchObject({ code: 'too-many-vanished', value: '20' })
  const told = await snapshot(database, '2026-03-03', many.slice(0, 20), { control: { lines: 20 } })
  expect(told).toMatchObject({ state: 'released', vanished: 20 })
})

test('while a required feed is too old nobody is spoken to, and the next file wakes those who waited', async () => {
  const { database } = await freshLedger([
    testPolicy({ required_feeds: ['test'], max_feed_age_working_days: 1 }),
  ])
  await snapshot(database, '2026-02-27', START)
  // Monday: Friday's file is of the last working day. F-1 is due today, its first step tomorrow.
  expect((await look(database, '2026-03-02')).intents).toEqual([])
  const stale = await look(database, '2026-03-03')
  expect(stale.intents).toEqual([])
  expect(stale.lifecycle.map((r) => r.reason)).toEqual(['feed_too_old', 'feed_too_old'])
  await snapshot(database, '2026-03-03', START.slice(0, 1))
  const fresh = await look(database, '2026-03-03')
  expect(fresh.intents).toHaveLength(1)
  expect(
    await database.rows(
      `SELECT r.document FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id`,
    ),
  ).toEqual([{ document: 'F-1' }])
})

test('a customer that another pays for from now on takes its open items along; its cash stays, and a person is told', async () => {
  const { database } = await freshLedger()
  const pair: Sketch[] = [
    { document: 'F-1', due: '2026-03-02' },
    { document: 'G-1', customer: 'C-2', due: '2026-03-02', payer: 'GROUP' },
  ]
  await takeLoad(database, items(pair), noon('2026-03-02'))
  await pay(database, 'R-1', 200, [], '2026-03-02')
  await takeLoad(database, items([{ ...pair[0]!, payer: 'GROUP' }]), noon('2026-03-03'))
  expect(
    await database.rows(
      `SELECT r.document, p.code FROM receivable r JOIN payer p ON p.id = r.payer_id ORDER BY 1`,
    ),
  ).toEqual([
    { document: 'F-1', code: 'GROUP' },
    { document: 'G-1', code: 'GROUP' },
  ])
  expect(await database.rows(`SELECT kind, detail FROM exception`)).toEqual([
    { kind: 'payer_changed', detail: { payer: 'C-1', currency: 'MXN', unappliedMinor: 20_000 } },
  ])
  expect(await verifyJournal(database)).toMatchObject({ findings: [] })
})
