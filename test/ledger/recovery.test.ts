import { expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import {
  approved,
  ask,
  book,
  closedAs,
  eventsOf,
  look,
  openOf,
  pay,
  pesos,
  refusalOf,
  unappliedOf,
} from './books.ts'

/*
 * Write-off isn't forgiveness: the claim stays collectable and later money posts as recovery. Until 2026-11-25 such
 * money became an exception, stayed unapplied and netted other invoices.
 */

async function writtenOff(documents = ['F-1']) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    documents.map((document) => ({ document, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  await approved(database, 'writeOff', { document: 'F-1', why: 'insolvent' }, { on: '2026-03-10' })
  return database
}

const transfers = (database: Database) =>
  database.rows(
    `SELECT code, amount_minor::int AS minor, reverses_id IS NOT NULL AS reversal, value_on, posting_on FROM transfer
     WHERE code IN ('recovery', 'application') ORDER BY id`,
  )

test('money for a receivable that was written off recovers it, in part and then wholly', async () => {
  const database = await writtenOff(['F-1', 'F-2'])
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-12')
  expect([await closedAs(database, 'F-1'), await openOf(database, 'F-1')]).toEqual(['written_off', '0.00'])
  expect([await openOf(database, 'F-2'), await unappliedOf(database)]).toEqual(['1000.00', '0.00'])
  const { result } = await pay(database, 'R-2', 700, ['F-1'], '2026-03-13')
  expect(result).toMatchObject({
    receipts: [{ applied: [{ document: 'F-1', amount: '600.00' }], unapplied: '100.00', exceptions: [] }],
  })
  expect(await closedAs(database, 'F-1')).toBe('paid')
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'approval requested',
    'approval given',
    'written off',
    'receipt posted',
    'recovered',
    'receipt posted',
    'recovered',
  ])
  await pay(database, 'R-3', 1, ['F-1'], '2026-03-14')
  expect(
    await refusalOf(
      book(database, 'apply', { receipt: 'R-3', applications: [{ document: 'F-1' }] }, { on: '2026-03-14' }),
    ),
  ).toBe('AlreadyClosed')
})

test('a recovery that is taken back leaves it written off, and nobody chases it', async () => {
  const database = await writtenOff()
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-12')
  expect(await closedAs(database, 'F-1')).toBe('paid')
  const { result } = await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-13' },
  )
  expect(result).toMatchObject({ reopened: [] })
  expect([await closedAs(database, 'F-1'), await openOf(database, 'F-1')]).toEqual(['written_off', '0.00'])
  expect(await look(database, '2026-03-20')).toMatchObject({ closed: true, intents: [] })
  expect(await transfers(database)).toEqual([
    { code: 'recovery', minor: 100_000, reversal: false, value_on: '2026-03-12', posting_on: '2026-03-12' },
    {
      code: 'application',
      minor: 100_000,
      reversal: false,
      value_on: '2026-03-12',
      posting_on: '2026-03-12',
    },
    { code: 'application', minor: 100_000, reversal: true, value_on: '2026-03-12', posting_on: '2026-03-13' },
    { code: 'recovery', minor: 100_000, reversal: true, value_on: '2026-03-12', posting_on: '2026-03-13' },
  ])
  await pay(database, 'R-2', 1000, ['F-1'], '2026-03-16')
  expect(await closedAs(database, 'F-1')).toBe('paid')
})

test('money that came before the write-off and is applied after recovers it on the day of the write-off', async () => {
  const database = await writtenOff()
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-06')
  expect(await transfers(database)).toMatchObject([
    { code: 'recovery', value_on: '2026-03-06', posting_on: '2026-03-10' },
    { code: 'application', value_on: '2026-03-06', posting_on: '2026-03-10' },
  ])
})

test('a payment that bounces after the rest was written off is owed again; money pays that first', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-06')
  await approved(database, 'writeOff', { document: 'F-1', why: 'x' }, { on: '2026-03-10' })
  await book(database, 'reverse', { receipt: 'R-1', reason: 'bounced', why: 'x' }, { on: '2026-03-11' })
  expect([await closedAs(database, 'F-1'), await openOf(database, 'F-1')]).toEqual([null, '400.00'])
  await pay(database, 'R-2', 300, ['F-1'], '2026-03-12')
  expect([await closedAs(database, 'F-1'), await openOf(database, 'F-1')]).toEqual([null, '100.00'])
  await pay(database, 'R-3', 250, ['F-1'], '2026-03-13')
  expect([await closedAs(database, 'F-1'), await openOf(database, 'F-1')]).toEqual(['written_off', '0.00'])
  await pay(database, 'R-4', 450, ['F-1'], '2026-03-14')
  expect(await closedAs(database, 'F-1')).toBe('paid')
})

test('a credit is no recovery: it goes to what is owed', async () => {
  const database = await writtenOff(['F-1', 'F-2'])
  await ask(
    database,
    'credit',
    { document: 'F-2', number: 'N-1', amount: pesos(1200), why: 'x' },
    { on: '2026-03-11' },
  )
  expect(
    await refusalOf(
      book(
        database,
        'applyCredit',
        { credit: 'N-1', applications: [{ document: 'F-1' }] },
        { on: '2026-03-11' },
      ),
    ),
  ).toBe('AlreadyClosed')
})

// 2026-11-25: what stood with the lawyers was chased from the start when its payment bounced.
test('what is owed again stands where it stood when it was paid', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await look(database, '2026-03-05')
  await database.rows(`UPDATE receivable SET stage = 'legal'`)
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-06')
  await look(database, '2026-03-06')
  await book(database, 'reverse', { receipt: 'R-1', reason: 'bounced', why: 'x' }, { on: '2026-03-09' })
  expect((await look(database, '2026-03-09')).shown).toMatchObject({ stage: 'legal', open: 1 })
})
