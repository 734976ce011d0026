import { expect, test } from 'vitest'
import { agingAsOf } from '../../ledger/aging.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { approved, ask, book, pay, pesos, receipt } from './books.ts'

type Aging = Awaited<ReturnType<typeof agingAsOf>>
/** `current 2/2000.00 1-30 1/500.00 …` of a currency, buckets without items left out. */
const told = (report: Pick<Aging, 'currencies'>, currency = 'MXN'): string => {
  const found = report.currencies.find((c) => c.currency === currency)
  if (!found) return 'nothing'
  return found.buckets
    .filter((b) => b.count > 0)
    .map((b) => `${b.bucket} ${b.count}/${b.amount}`)
    .join(' ')
}

test('every bucket is there, in order; open is their sum; credits and cash stand beside', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'A', due: '2026-03-10', amount: 100 },
      { document: 'B', due: '2026-03-09', amount: 200 },
      { document: 'C', due: '2026-02-08', amount: 400 },
      { document: 'D', due: '2026-02-07', amount: 800 },
      { document: 'E', due: '2025-12-09', amount: 1600 },
      { document: 'F', due: '2025-12-10', amount: 3200 },
      { document: 'N', due: '2026-03-01', amount: -50, kind: 'credit_note' },
      { document: 'U', due: '2026-04-01', amount: 7, currency: 'USD' },
      { document: 'Y', due: '2026-04-01', amount: 7, currency: 'EUR' },
    ],
    noon('2026-03-05'),
  )
  await pay(database, 'R-1', 30, [], '2026-03-06')
  const report = await agingAsOf(database, { company: COMPANY, asOf: '2026-03-10' })
  expect(report.currencies.map((c) => c.currency)).toEqual(['EUR', 'MXN', 'USD'])
  expect(report.currencies[1]).toEqual({
    currency: 'MXN',
    open: { count: 6, amount: '6300.00' },
    buckets: [
      { bucket: 'current', count: 1, amount: '100.00' },
      { bucket: '1-30', count: 2, amount: '600.00' },
      { bucket: '31-60', count: 1, amount: '800.00' },
      { bucket: '61-90', count: 1, amount: '3200.00' },
      { bucket: '90+', count: 1, amount: '1600.00' },
      { bucket: 'unpresented', count: 0, amount: '0.00' },
    ],
    credits: { count: 1, amount: '50.00' },
    unappliedCash: '30.00',
  })
  expect(report.groups).toBeUndefined()
})

test('a diary of one invoice, told for any day of it', async () => {
  const { database } = await freshLedger()
  const at = async (asOf: string) => told(await agingAsOf(database, { company: COMPANY, asOf }))
  // Issued on 31 January, due on 2 March, loaded on 5 March; paid in part on the 10th, wholly on the 20th, bounced on the 27th.
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-10')
  await pay(database, 'R-2', 600, ['F-1'], '2026-03-20')
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-27' },
  )
  expect(await at('2026-01-30')).toBe('nothing')
  expect(await at('2026-01-31')).toBe('current 1/1000.00')
  expect(await at('2026-03-02')).toBe('current 1/1000.00')
  expect(await at('2026-03-09')).toBe('1-30 1/1000.00')
  expect(await at('2026-03-10')).toBe('1-30 1/600.00')
  expect(await at('2026-03-20')).toBe('nothing')
  expect(await at('2026-03-26')).toBe('nothing')
  expect(await at('2026-03-27')).toBe('1-30 1/600.00')
  expect(await at('2026-06-01')).toBe('90+ 1/600.00')
})

test('a report shown before comes out the same, whatever was recorded since', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  const question = { company: COMPANY, asOf: '2026-03-12' }
  const shown = await agingAsOf(database, question)
  await book(
    database,
    'post',
    { receipts: [receipt('R-1', 1500, ['F-1'], { valueOn: '2026-03-11' })] },
    { on: '2026-03-18' },
  )
  await loadItems(database, [{ document: 'LATE', due: '2026-03-02' }], noon('2026-03-18'))
  expect(told(await agingAsOf(database, question))).toBe('1-30 1/1000.00')
  expect((await agingAsOf(database, question)).currencies[0]!.unappliedCash).toBe('500.00')
  expect(await agingAsOf(database, { ...question, knownAt: noon('2026-03-13') })).toEqual(shown)
  expect(await agingAsOf(database, { ...question, knownAt: noon('2026-03-04') })).toEqual({
    asOf: '2026-03-12',
    currencies: [],
  })
})

test('the terms that were in force count, not today’s', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await database.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, effective_on, recorded_at, reason)
     VALUES (1, 2, '2026-04-15', '2026-03-20', to_timestamp($1 / 1000.0), 'extended')`,
    [noon('2026-03-20')],
  )
  await database.rows(`UPDATE receivable SET due_on = '2026-04-15'`)
  const at = async (asOf: string, knownAt?: number) =>
    told(await agingAsOf(database, { company: COMPANY, asOf, ...(knownAt === undefined ? {} : { knownAt }) }))
  expect(await at('2026-03-19')).toBe('1-30 1/1000.00')
  expect(await at('2026-03-20')).toBe('current 1/1000.00')
  expect(await at('2026-03-20', noon('2026-03-19'))).toBe('1-30 1/1000.00')
  expect(await at('2026-04-16')).toBe('1-30 1/1000.00')
})

test('what isn’t accepted yet has its own bucket, whatever its due date', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-01-02' },
      { document: 'F-2', due: '2026-01-02' },
    ],
    noon('2026-03-05'),
  )
  await database.rows('UPDATE customer SET requires_presentation = true')
  await database.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     VALUES (2, 2, '2026-04-07', '2026-03-08', '2026-03-08', to_timestamp($1 / 1000.0), 'presented')`,
    [noon('2026-03-09')],
  )
  expect(told(await agingAsOf(database, { company: COMPANY, asOf: '2026-03-07' }))).toBe(
    'unpresented 2/2000.00',
  )
  expect(told(await agingAsOf(database, { company: COMPANY, asOf: '2026-03-08' }))).toBe(
    'current 1/1000.00 unpresented 1/1000.00',
  )
  expect((await agingAsOf(database, { company: COMPANY, asOf: '2026-03-08' })).currencies[0]!.open).toEqual({
    count: 2,
    amount: '2000.00',
  })
})

test('by customer and by branch the groups add up to the whole; a shared payer’s cash counts once', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'A-1', customer: 'C-1', payer: 'C-2', due: '2026-03-02', amount: 100 },
      { document: 'B-1', customer: 'C-2', due: '2026-03-20', amount: 200 },
      { document: 'D-1', customer: 'C-3', due: '2026-03-20', amount: 400 },
    ],
    noon('2026-03-05'),
  )
  await database.rows(`UPDATE customer SET branch = 'Sur' WHERE code = 'C-3'`)
  await book(
    database,
    'post',
    { receipts: [{ number: 'R-1', payer: 'C-2', amount: pesos(30), valueOn: '2026-03-06' }] },
    { on: '2026-03-06' },
  )
  await book(
    database,
    'post',
    { receipts: [{ number: 'R-2', amount: pesos(5), valueOn: '2026-03-06' }] },
    { on: '2026-03-06' },
  )
  const groups = async (by: 'customer' | 'branch') =>
    (await agingAsOf(database, { company: COMPANY, asOf: '2026-03-10', by })).groups!.map((g) => [
      g.group,
      g.name,
      told(g),
      g.currencies[0]!.unappliedCash,
    ])
  expect(await groups('customer')).toEqual([
    ['C-1', 'Customer C-1', '1-30 1/100.00', '0.00'],
    ['C-2', 'Customer C-2', 'current 1/200.00', '30.00'],
    ['C-3', 'Customer C-3', 'current 1/400.00', '0.00'],
  ])
  expect(await groups('branch')).toEqual([
    ['Norte', 'Norte', 'current 1/200.00 1-30 1/100.00', '30.00'],
    ['Sur', 'Sur', 'current 1/400.00', '0.00'],
  ])
  const whole = await agingAsOf(database, { company: COMPANY, asOf: '2026-03-10', by: 'branch' })
  expect([told(whole), whole.currencies[0]!.unappliedCash]).toEqual([
    'current 2/600.00 1-30 1/100.00',
    '30.00',
  ])
})

test('held items are in the books; replaced, credited, cancelled and written-off ones no longer', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    ['F-1', 'F-2', 'F-3', 'F-4'].map((document) => ({ document, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  await loadItems(database, [{ document: 'H-1', due: '2026-03-02', amount: 10 }], noon('2026-03-05'), true)
  await approved(database, 'writeOff', { document: 'F-1', why: 'x' }, { on: '2026-03-10' })
  await ask(database, 'cancel', { document: 'F-2', why: 'x' }, { on: '2026-03-10' })
  await ask(
    database,
    'credit',
    { document: 'F-3', number: 'N-1', amount: pesos(1200), why: 'x' },
    { on: '2026-03-10' },
  )
  const by = { document: 'F-4B', amount: pesos(900), issuedOn: '2026-03-10', dueOn: '2026-04-10' }
  await ask(database, 'replace', { document: 'F-4', by, why: 'our_error' }, { on: '2026-03-10' })
  expect(told(await agingAsOf(database, { company: COMPANY, asOf: '2026-03-09' }))).toBe('1-30 5/4010.00')
  const report = await agingAsOf(database, { company: COMPANY, asOf: '2026-03-10' })
  expect(told(report)).toBe('current 1/900.00 1-30 1/10.00')
  expect(report.currencies[0]!.credits).toEqual({ count: 1, amount: '200.00' })
})

test('another company’s books are another’s', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  expect(await agingAsOf(database, { company: 'other', asOf: '2026-03-10', by: 'branch' })).toEqual({
    asOf: '2026-03-10',
    currencies: [],
    groups: [],
  })
})

test('a company’s own buckets', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  const buckets = [
    { id: 'in time', fromDaysLate: null },
    { id: 'week', fromDaysLate: 1 },
    { id: 'late', fromDaysLate: 8 },
  ]
  expect(told(await agingAsOf(database, { company: COMPANY, asOf: '2026-03-09', buckets }))).toBe(
    'week 1/1000.00',
  )
  expect(told(await agingAsOf(database, { company: COMPANY, asOf: '2026-03-10', buckets }))).toBe(
    'late 1/1000.00',
  )
})
