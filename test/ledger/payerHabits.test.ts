import { expect, test } from 'vitest'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { payerHabits } from '../../ledger/payerHabits.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon, openItem, type Sketch, takeLoad } from '../setup/portfolio.ts'
import { ask, book, pay, pesos } from './books.ts'

async function withItems(sketches: Sketch[], on: LocalDate = '2025-01-02') {
  const ledger = await freshLedger()
  await loadItems(ledger.database, sketches, noon(on))
  return ledger
}

async function habitOf(database: Database, today: LocalDate, payer = 'C-1') {
  const { id } = (await database.one<{ id: number }>('SELECT id::int FROM payer WHERE code = $1', [payer]))!
  return (await payerHabits(database, [id], today)).get(id) ?? null
}

/** The kept months are what the transfers say when they are all looked at again. */
async function expectKept(database: Database): Promise<void> {
  const kept = await database.rows(
    'SELECT payer_id, month, currency, payments, amount_minor, late_minor_days FROM payer_habit ORDER BY 1, 2, 3',
  )
  const reckoned = await database.rows(
    `SELECT payer_id, date_trunc('month', value_on)::date AS month, currency, sum(sign)::int AS payments, sum(sign * amount_minor)::numeric AS amount_minor,
       sum(sign * amount_minor::numeric * (value_on - due_on)) AS late_minor_days
     FROM item_payment GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  )
  expect(kept).toEqual(reckoned)
}

const year = (averageDaysLate: number, payments: number) => ({ averageDaysLate, payments })

test('the average is weighted by amount, by the day of the money and not of its booking', async () => {
  const { database } = await withItems([
    { document: 'F-1', due: '2026-01-10', amount: 900 },
    { document: 'F-2', due: '2026-01-10', amount: 100 },
  ])
  expect(await habitOf(database, '2026-02-28')).toBeNull()
  await pay(database, 'R-1', 900, ['F-1'], '2026-01-20')
  await book(
    database,
    'post',
    {
      receipts: [
        {
          number: 'R-2',
          customer: 'C-1',
          amount: pesos(100),
          valueOn: '2026-01-30',
          applications: [{ document: 'F-2' }],
        },
      ],
    },
    { on: '2026-02-15' },
  )
  expect(await habitOf(database, '2026-02-28')).toEqual({
    currency: 'MXN',
    lastYear: year(11, 2),
    yearBefore: null,
  })
  await expectKept(database)
})

test('two years are told apart, early money counts against late, and what is older is forgotten', async () => {
  const { database } = await withItems([
    { document: 'OLD', due: '2024-01-10', issued: '2023-12-01' },
    { document: 'BEFORE', due: '2025-02-20' },
    { document: 'LATE', due: '2026-01-10' },
    { document: 'EARLY', due: '2026-03-30' },
  ])
  await pay(database, 'R-0', 1000, ['OLD'], '2025-01-10')
  await pay(database, 'R-1', 1000, ['BEFORE'], '2025-02-24')
  await pay(database, 'R-2', 1000, ['LATE'], '2026-02-09')
  await pay(database, 'R-3', 1000, ['EARLY'], '2026-02-28')
  expect(await habitOf(database, '2026-02-28')).toEqual({
    currency: 'MXN',
    lastYear: year(0, 2),
    yearBefore: year(185, 2),
  })
  expect(await habitOf(database, '2027-01-31')).toMatchObject({
    lastYear: year(0, 2),
    yearBefore: year(4, 1),
  })
  expect(await habitOf(database, '2029-01-31')).toBeNull()
  await expectKept(database)
})

test('money that is only unapplied says nothing; a payment taken back never was', async () => {
  const { database } = await withItems([{ document: 'F-1', due: '2026-01-10' }])
  await pay(database, 'R-1', 1000, [], '2026-01-20')
  expect(await habitOf(database, '2026-02-28')).toBeNull()
  await book(database, 'apply', { receipt: 'R-1', applications: [{ document: 'F-1' }] }, { on: '2026-02-01' })
  expect(await habitOf(database, '2026-02-28')).toMatchObject({ lastYear: year(10, 1) })
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-02-10' },
  )
  expect(await habitOf(database, '2026-02-28')).toBeNull()
  await expectKept(database)
})

test('a due date that moved after the money came leaves nothing behind when the money is taken back', async () => {
  const { database, owner } = await withItems([
    { document: 'F-1', due: '2026-01-10' },
    { document: 'F-2', due: '2026-01-10' },
  ])
  await pay(database, 'R-1', 400, ['F-1'], '2026-01-20')
  await takeLoad(
    database,
    [{ ...openItem({ document: 'F-1', due: '2026-01-10' }, 2), dueOn: '2026-01-18' }],
    noon('2026-02-02'),
  )
  expect(await database.one(`SELECT due_on FROM receivable WHERE document = 'F-1'`)).toEqual({
    due_on: '2026-01-18',
  })
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-02-10' },
  )
  expect(
    await owner.rows(
      'SELECT DISTINCT payments, amount_minor::int AS amount, late_minor_days::int AS late FROM payer_habit',
    ),
  ).toEqual([{ payments: 0, amount: 0, late: 0 }])
  await pay(database, 'R-2', 1000, ['F-1'], '2026-02-20')
  expect(await habitOf(database, '2026-02-28')).toMatchObject({ lastYear: year(33, 1) })
  await expectKept(database)
})

test('what the source says is settled is paid on the day of its file, until it says otherwise', async () => {
  const { database } = await withItems([{ document: 'F-1', due: '2026-01-10' }])
  const said = (open: bigint, on: LocalDate) =>
    takeLoad(
      database,
      [{ ...openItem({ document: 'F-1', due: '2026-01-10' }, 2), openMinor: open }],
      noon(on),
      { asOf: on },
    )
  await said(0n, '2026-01-25')
  expect(await habitOf(database, '2026-02-28')).toMatchObject({ lastYear: year(15, 1) })
  await said(100_000n, '2026-02-05')
  expect(await habitOf(database, '2026-02-28')).toBeNull()
  await expectKept(database)
})

test('a portfolio that is taken over brings its payments along, where their day is known', async () => {
  const { database } = await freshLedger()
  const paid = (document: string, history: Record<string, unknown> | null) => ({
    ...openItem({ document, due: '2026-01-10' }, 2),
    line: Number(document.slice(2)) + 1,
    openMinor: 0n,
    ...(history === null ? {} : { history }),
  })
  await takeLoad(
    database,
    [paid('F-1', { settledOn: '2026-01-16' }), paid('F-2', null)] as never,
    noon('2026-02-02'),
    { kind: 'initial', asOf: '2026-02-01' },
  )
  expect(await habitOf(database, '2026-02-28')).toEqual({
    currency: 'MXN',
    lastYear: year(6, 1),
    yearBefore: null,
  })
  await expectKept(database)
})

test('a payer of several currencies is told by the one it pays most often in', async () => {
  const { database } = await withItems([
    { document: 'F-1', due: '2026-01-10' },
    { document: 'U-1', due: '2026-01-10', currency: 'USD' },
    { document: 'U-2', due: '2026-01-10', currency: 'USD' },
  ])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-01-20')
  for (const n of [1, 2])
    await pay(database, `S-${n}`, 0, [`U-${n}`], '2026-01-12', {
      amount: { currency: 'USD', minor: 100_000 },
    })
  expect(await habitOf(database, '2026-02-28')).toMatchObject({ currency: 'USD', lastYear: year(2, 2) })
})

test('a replacement carries its money along, late by its own due date', async () => {
  const { database } = await withItems([{ document: 'F-1', due: '2026-01-10' }])
  await pay(database, 'R-1', 400, ['F-1'], '2026-01-20')
  const by = { document: 'F-1b', amount: pesos(900), issuedOn: '2026-02-01', dueOn: '2026-02-01' }
  await ask(database, 'replace', { document: 'F-1', by, why: 'our_error' }, { on: '2026-02-01' })
  expect((await habitOf(database, '2026-02-28'))?.lastYear?.payments).toBe(1)
  await expectKept(database)
})

test('the application can not write how somebody pays', async () => {
  const { database } = await withItems([{ document: 'F-1', due: '2026-01-10' }])
  for (const statement of ['DELETE FROM payer_habit', 'UPDATE payer_habit SET payments = 0'])
    await expect(database.rows(statement)).rejects.toThrow(/permission denied/)
})
