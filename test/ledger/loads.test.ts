import { expect, test } from 'vitest'
import type { OpenItem } from '../../domain/openItem.ts'
import type { Database } from '../../ledger/database.ts'
import { beginLoad, errorsOf, releaseLoad, reportOf, stageRows } from '../../ledger/loads.ts'
import { promoteLoad } from '../../ledger/promotion/promote.ts'
import { casesToWake } from '../../ledger/sweep.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, openItem, type Sketch } from '../setup/portfolio.ts'
import { closedAs, eventsOf, look, openOf, pay } from './books.ts'

const NOW = noon('2026-03-05')
let loads = 0

/** Stages items that a test has made in its own way; the load is still to be promoted. */
async function stage(
  database: Database,
  items: OpenItem[],
  authority: 'source' | 'cartera' = 'source',
): Promise<string> {
  const id = `own-${++loads}`
  const load = {
    id,
    company: COMPANY,
    source: 'test',
    authority,
    kind: 'delta' as const,
    fileName: 'f.csv',
    fileHash: id,
    asOf: null,
    profile: {},
    hold: false,
    actor: 'test',
  }
  await beginLoad(database, load, NOW)
  await stageRows(database, id, items)
  return id
}

const items = (sketches: Sketch[], change: Partial<OpenItem> = {}): OpenItem[] =>
  sketches.map((s, i) => ({ ...openItem(s, i + 2), ...change }))
const counts = (database: Database) =>
  database.one(
    `SELECT (SELECT count(*)::int FROM customer) AS customers, (SELECT count(*)::int FROM contact) AS contacts, (SELECT count(*)::int FROM receivable) AS receivables,
       (SELECT count(*)::int FROM transfer) AS transfers, (SELECT count(*)::int FROM journal) AS entries, (SELECT count(*)::int FROM collection_case) AS cases`,
  )

test('the same file a second time changes nothing', async () => {
  const { database } = await freshLedger()
  const file: Sketch[] = [
    { document: 'F-1', due: '2026-03-02' },
    { document: 'X-1', customer: 'C-2', due: '2026-03-02', email: null },
  ]
  const withPhone = items(file).map((item) => ({
    ...item,
    customer: { ...item.customer, phone: '81 1234 5678' },
  }))
  await promoteLoad(database, calendars, await stage(database, withPhone), NOW)
  const before = await counts(database)
  const again = await promoteLoad(database, calendars, await stage(database, withPhone), NOW)
  expect(again).toMatchObject({ state: 'released', lines: 2, created: 0, unchanged: 2, errors: 0, notes: 0 })
  expect(await counts(database)).toEqual(before)
  expect(before).toEqual({ customers: 2, contacts: 2, receivables: 2, transfers: 2, entries: 3, cases: 2 })
})

test('the same load promoted again, as after a crash, finds it done', async () => {
  const { database } = await freshLedger()
  const id = await stage(database, items([{ document: 'F-1', due: '2026-03-02' }]))
  const [one, two] = await Promise.all([
    promoteLoad(database, calendars, id, NOW),
    promoteLoad(database, calendars, id, NOW),
  ])
  expect(one).toEqual(two)
  expect(await promoteLoad(database, calendars, id, NOW)).toEqual(one)
  expect(await openOf(database, 'F-1')).toBe('1000.00')
})

test('what a document never changes is a conflict: nothing of the file is taken', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    Array.from({ length: 6 }, (_, i) => ({ document: `F-${i}`, due: '2026-03-02' })),
    NOW,
  )
  const changes: Partial<OpenItem>[] = [
    { customer: { code: 'C-2' } },
    { currency: 'USD' },
    { originalMinor: 100_001n },
    { issuedOn: '2026-02-01' },
    { dueOn: '2026-03-09' },
    { openMinor: 40_000n },
  ]
  const id = await stage(
    database,
    changes.map((change, i) => ({
      ...openItem({ document: `F-${i}`, due: '2026-03-02' }, i + 2),
      ...change,
    })),
  )
  const before = await counts(database)
  expect(await promoteLoad(database, calendars, id, NOW)).toMatchObject({ state: 'refused', errors: 4 })
  const conflicts = await errorsOf(database, id)
  expect(conflicts.map((c) => [c.line, c.column, c.value])).toEqual([
    [2, 'customer', 'C-2'],
    [3, 'currency', 'USD'],
    [4, 'original', '1000.01 MXN'],
    [5, 'issued', '2026-02-01'],
  ])
  expect(conflicts[2]!.message).toBe(
    'The books have F-2 with original 1000.00 MXN. A document never changes that: give the new one its own number, or mend the file.',
  )
  expect(await counts(database)).toEqual(before)
  expect(await promoteLoad(database, calendars, id, NOW)).toMatchObject({ state: 'refused', created: 0 })
})

test('a source doesn’t change who keeps its books', async () => {
  const { database } = await freshLedger()
  await stage(database, [])
  const id = await stage(database, [], 'cartera')
  expect(await reportOf(database, id)).toMatchObject({ errors: 1 })
})

test('what was paid before the load is in the books as that', async () => {
  const { database } = await freshLedger()
  const sketches: Sketch[] = [
    { document: 'PART', due: '2026-03-02' },
    { document: 'PAID', due: '2026-03-02' },
    { document: 'CREDIT', kind: 'credit_note', amount: -500, due: '2026-03-02' },
  ]
  const open = [40_000n, 0n, -20_000n]
  await promoteLoad(
    database,
    calendars,
    await stage(
      database,
      items(sketches).map((item, i) => ({ ...item, openMinor: open[i]! })),
    ),
    NOW,
  )
  expect([
    await openOf(database, 'PART'),
    await openOf(database, 'PAID'),
    await openOf(database, 'CREDIT'),
  ]).toEqual(['400.00', '0.00', '-200.00'])
  expect(await closedAs(database, 'PAID')).toBe('paid')
  const posted = await database.rows(
    `SELECT code, amount_minor, value_on, posting_on FROM transfer WHERE code = 'settled_before' ORDER BY id`,
  )
  expect(posted).toEqual(
    [60_000n, 100_000n, 30_000n].map((amount_minor) => ({
      code: 'settled_before',
      amount_minor,
      value_on: '2026-03-05',
      posting_on: '2026-03-05',
    })),
  )
  await pay(database, 'R-1', 1000, ['PART'], '2026-03-06')
  expect(await closedAs(database, 'PART')).toBe('paid')
})

test('a credit loaded with the invoices is netted, not chased', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-03-02', amount: 300 },
      { document: 'N-1', kind: 'credit_note', amount: -500, due: '2026-03-01' },
    ],
    NOW,
  )
  const plan = await look(database, '2026-03-05')
  expect(plan.intents).toEqual([])
  expect(plan.lifecycle).toMatchObject([{ document: 'F-1', reason: 'netted' }])
})

test('a held load is in the books and chased by nobody until it is released', async () => {
  const { database } = await freshLedger()
  const id = await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], NOW, true)
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  expect((await look(database, '2026-03-05')).intents).toEqual([])
  expect(await database.rows('SELECT 1 FROM collection_case WHERE facts_version > assessed_version')).toEqual(
    [],
  )
  await releaseLoad(database, calendars, id, 'ana', noon('2026-03-09'))
  expect(await releaseLoad(database, calendars, id, 'ana', noon('2026-03-10'))).toMatchObject({
    state: 'released',
  })
  expect((await look(database, '2026-03-09')).intents).toHaveLength(1)
  expect(await eventsOf(database, 'F-1')).toEqual(['loaded', 'load released'])
})

test.each([
  ['customer', ['C-1']],
  ['site', ['C-1', 'C-1:site:Norte', 'C-1:site:Sur']],
  ['payer', ['C-1']],
  ['invoice', ['C-1:invoice:F-1', 'C-1:invoice:F-2', 'C-1:invoice:F-3', 'C-1:invoice:F-4/2']],
])('grouped by %s, a load makes the cases that its policy says', async (grouping, expected) => {
  const { database } = await freshLedger([testPolicy({ grouping })])
  const [a, b, c] = items([
    { document: 'F-1', due: '2026-03-02', site: 'Norte' },
    { document: 'F-2', due: '2026-03-02', site: 'Sur' },
    { document: 'F-3', due: '2026-03-02' },
  ])
  const d = { ...openItem({ document: 'F-4', due: '2026-03-02', site: 'Sur' }, 5), tranche: '2' }
  const id = await stage(database, [a!, { ...b!, siteEmail: 'sur@example.com' }, c!, d])
  await promoteLoad(database, calendars, id, NOW)
  expect((await casesToWake(database, COMPANY, '', 10)).map((k) => k.key)).toEqual(expected)
  expect((await casesToWake(database, COMPANY, expected[0]!, 10)).map((k) => k.key)).toEqual(
    expected.slice(1),
  )
  expect(await database.rows(`SELECT email FROM contact WHERE site = 'Sur'`)).toEqual([
    { email: 'sur@example.com' },
  ])
})

test('twenty thousand rows go in together', async () => {
  const { database } = await freshLedger()
  const many = Array.from({ length: 20_000 }, (_, i) =>
    openItem({ document: `F-${i}`, customer: `C-${i % 800}`, due: '2026-03-02' }, i + 2),
  )
  const id = await stage(database, many.slice(0, 10_000))
  await stageRows(database, id, many.slice(9_000))
  const report = await promoteLoad(database, calendars, id, NOW)
  expect(report).toMatchObject({ lines: 20_000, created: 20_000 })
  expect(
    await database.one(
      'SELECT sum(balance_minor)::bigint AS minor FROM account WHERE receivable_id IS NOT NULL',
    ),
  ).toEqual({ minor: 2_000_000_000n })
})

test('loads of the same customers at once don’t stand in each other’s way', async () => {
  const { database } = await freshLedger()
  const file = (n: number) =>
    Array.from({ length: 300 }, (_, i) =>
      openItem(
        { document: `F-${n}-${i}`, customer: `C-${n % 2 === 0 ? i % 50 : 49 - (i % 50)}`, due: '2026-03-02' },
        i + 2,
      ),
    )
  const ids = await Promise.all([1, 2, 3, 4].map((n) => stage(database, file(n))))
  const reports = await Promise.all(ids.map((id) => promoteLoad(database, calendars, id, NOW)))
  expect(reports.map((r) => r.created)).toEqual([300, 300, 300, 300])
  expect(await counts(database)).toMatchObject({ customers: 50, contacts: 50, receivables: 1200, cases: 50 })
})

test('two loads that bring the same documents at once bring them once', async () => {
  const { database } = await freshLedger()
  const same = items(
    Array.from({ length: 50 }, (_, i) => ({ document: `F-${i}`, customer: `C-${i % 5}`, due: '2026-03-02' })),
  )
  const ids = await Promise.all([stage(database, same), stage(database, same)])
  const reports = await Promise.all(ids.map((id) => promoteLoad(database, calendars, id, NOW)))
  expect(reports.map((r) => r.created).sort((a, b) => a - b)).toEqual([0, 50])
  expect(await counts(database)).toMatchObject({ receivables: 50, transfers: 50 })
})

test('a load that changes what is known of a customer says so in the journal, and one that repeats it says nothing', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-02-01'))
  await database.rows(`UPDATE customer SET branch = 'Sur'`)
  await loadItems(database, [{ document: 'F-2', due: '2026-03-02' }], noon('2026-02-02'))
  await loadItems(database, [{ document: 'F-3', due: '2026-03-02' }], noon('2026-02-03'))
  const told = await database.rows<{ entry: string }>(
    `SELECT entry FROM journal WHERE event = 'customer changed'`,
  )
  expect(told.map((row) => JSON.parse(row.entry).data.changes)).toEqual([{ branch: ['Sur', 'Norte'] }])
})
