import { expect, test } from 'vitest'
import type { LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import { type Statement, statementTotals } from '../../domain/statement.ts'
import { agingAsOf } from '../../ledger/aging.ts'
import { findCustomer } from '../../ledger/customers.ts'
import type { Database } from '../../ledger/database.ts'
import { statementOf } from '../../ledger/statement.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, pay, pesos } from './books.ts'

const read = async (database: Database, asOf: LocalDate, code = 'C-1'): Promise<Statement> =>
  statementOf(database, await findCustomer(database, COMPANY, code), asOf)

/** What an aging report and the statements of all customers must agree on, as decimal strings by currency. */
async function bothSides(database: Database, asOf: LocalDate) {
  const report = await agingAsOf(database, { company: COMPANY, asOf })
  const codes = await database.rows<{ code: string }>('SELECT code FROM customer ORDER BY code')
  const sums = new Map<string, Record<string, bigint>>()
  for (const { code } of codes)
    for (const section of (await read(database, asOf, code)).sections) {
      const totals = statementTotals(section, asOf)
      const sum = sums.get(section.currency) ?? {}
      const add = (name: string, minor: bigint) => {
        sum[name] = (sum[name] ?? 0n) + minor
      }
      add('open', totals.openMinor)
      add('credits', totals.creditMinor + totals.downPaymentMinor)
      add('cash', totals.cashMinor)
      for (const { bucket, minor } of totals.aging) add(bucket, minor)
      sums.set(section.currency, sum)
    }
  const statements = Object.fromEntries(
    [...sums].map(([currency, sum]) => [
      currency,
      Object.fromEntries(
        Object.entries(sum)
          .filter(([, minor]) => minor !== 0n)
          .map(([name, minor]) => [name, toDecimal(minor, currency)]),
      ),
    ]),
  )
  const aging = Object.fromEntries(
    report.currencies.map((c) => [
      c.currency,
      Object.fromEntries(
        [
          ['open', c.open.amount],
          ['credits', c.credits.amount],
          ['cash', c.unappliedCash],
          ...c.buckets.map((b) => [b.bucket, b.amount]),
        ].filter(([, amount]) => Number(amount) !== 0),
      ),
    ]),
  )
  return { statements, aging }
}

test('what a statement says: items with days late, credits, cash, disputes and promises', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-03-01', amount: 1000 },
      { document: 'F-2', due: '2026-03-10', amount: 500, site: 'Torre Ámbar' },
      { document: 'F-3', due: '2026-04-10', amount: 300 },
      { document: 'N-1', due: '2026-03-02', amount: -120, kind: 'credit_note' },
      { document: 'A-1', due: '2026-03-02', amount: -70, kind: 'down_payment' },
    ],
    noon('2026-03-05'),
  )
  await pay(database, 'R-1', 250, ['F-1'], '2026-03-06')
  await pay(database, 'R-2', 40, [], '2026-03-07')
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1', amount: pesos(100) }], reason: 'price_or_discount', owner: 'ventas' },
    { on: '2026-03-08' },
  )
  await ask(
    database,
    'recordPromise',
    {
      documents: ['F-2'],
      instalments: [
        { dueOn: '2026-03-16', amount: pesos(200) },
        { dueOn: '2026-03-23', amount: pesos(300) },
      ],
      madeBy: 'Sra. Peña',
    },
    { on: '2026-03-09' },
  )
  const { sections } = await read(database, '2026-03-11')
  expect(sections).toHaveLength(1)
  const [section] = sections
  expect(
    section!.items.map((i) => [
      i.document,
      i.daysLate,
      i.openMinor,
      i.coveredMinor,
      i.disputedMinor,
      i.promisedOn,
      i.site,
    ]),
  ).toEqual([
    ['F-1', 10, 75_000n, 16_000n, 10_000n, null, null],
    ['F-2', 1, 50_000n, 0n, 0n, '2026-03-16', 'Torre Ámbar'],
    ['F-3', -30, 30_000n, 0n, 0n, null, null],
  ])
  expect(section!.credits).toEqual([{ document: 'N-1', issuedOn: '2026-01-31', minor: 12_000n }])
  expect(section!.downPayments).toEqual([{ document: 'A-1', issuedOn: '2026-01-31', minor: 7_000n }])
  expect(section!.cash).toEqual([{ receipt: 'R-2', receivedOn: '2026-03-07', minor: 4_000n }])
  expect(section!.disputes).toEqual([
    {
      document: 'F-1',
      reason: 'price_or_discount',
      reasonWords: { 'es-MX': 'precio o descuento no aplicado', en: 'price or discount not applied' },
      openedOn: '2026-03-08',
      minor: 10_000n,
    },
  ])
  expect(section!.promises).toEqual([
    { on: '2026-03-16', minor: 20_000n, documents: ['F-2'], by: 'Sra. Peña' },
    { on: '2026-03-23', minor: 30_000n, documents: ['F-2'], by: 'Sra. Peña' },
  ])
  expect(statementTotals(section!, '2026-03-11')).toEqual({
    openMinor: 155_000n,
    creditMinor: 12_000n,
    cashMinor: 4_000n,
    balanceMinor: 139_000n,
    overdueMinor: 125_000n,
    disputedMinor: 10_000n,
    interestMinor: 0n,
    downPaymentMinor: 7_000n,
    aging: [
      { bucket: 'current', minor: 30_000n },
      { bucket: '1-30', minor: 125_000n },
      { bucket: '31-60', minor: 0n },
      { bucket: '61-90', minor: 0n },
      { bucket: '90+', minor: 0n },
    ],
  })
})

test('a past day comes out as it stood then: paid since, disputed since, promised and kept since', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-12', amount: pesos(1000) }], madeBy: 'Luis' },
    { on: '2026-03-06' },
  )
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1', amount: pesos(100) }], reason: 'quality', owner: 'planta' },
    { on: '2026-03-08' },
  )
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-10')
  await pay(database, 'R-2', 600, ['F-1'], '2026-03-20')
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-27' },
  )
  const told = async (asOf: LocalDate) => {
    const [section] = (await read(database, asOf)).sections
    if (!section) return 'nothing'
    const [item] = section.items
    return [item!.openMinor, item!.disputedMinor, section.promises.map((p) => `${p.minor} on ${p.on}`)]
  }
  expect(await told('2026-01-30')).toBe('nothing')
  expect(await told('2026-03-05')).toEqual([100_000n, 0n, []])
  expect(await told('2026-03-07')).toEqual([100_000n, 0n, ['100000 on 2026-03-12']])
  expect(await told('2026-03-08')).toEqual([100_000n, 10_000n, ['100000 on 2026-03-12']])
  expect(await told('2026-03-10')).toEqual([60_000n, 10_000n, ['60000 on 2026-03-12']])
  expect(await told('2026-03-20')).toBe('nothing')
  expect(await told('2026-03-27')).toEqual([60_000n, 10_000n, []])
})

test('the statements of all customers add up to the aging report, to the cent, on any day', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      ...['C-1', 'C-2', 'C-3'].flatMap((customer, c) =>
        Array.from({ length: 25 }, (_, i) => ({
          document: `${customer}-${i}`,
          customer,
          // Two of them are paid for by one payer.
          payer: c < 2 ? 'GRUPO' : 'C-3',
          amount: 100 + i * 7.31 + c,
          due: `2026-0${1 + (i % 4)}-1${i % 10}` as LocalDate,
          currency: i % 6 === 5 ? 'USD' : 'MXN',
        })),
      ),
      {
        document: 'N-1',
        customer: 'C-2',
        payer: 'GRUPO',
        due: '2026-03-02',
        amount: -77.77,
        kind: 'credit_note' as const,
      },
      {
        document: 'N-3',
        customer: 'C-3',
        due: '2026-03-02',
        amount: -99_999,
        kind: 'on_account_credit' as const,
      },
      { document: 'A-3', customer: 'C-3', due: '2026-03-02', amount: -5, kind: 'down_payment' as const },
    ],
    noon('2026-03-05'),
  )
  await pay(database, 'R-1', 333.33, ['C-1-0', 'C-1-1'], '2026-03-06', { customer: 'C-1' })
  await pay(database, 'R-2', 55.55, [], '2026-03-07', { customer: 'C-2' })
  await pay(database, 'R-3', 90_000, [], '2026-03-12', { customer: 'C-1' })
  for (const asOf of ['2026-02-20', '2026-03-06', '2026-03-07', '2026-03-12', '2026-05-01'] as const) {
    const { statements, aging } = await bothSides(database, asOf)
    expect(statements, asOf).toEqual(aging)
  }
  // More cash than anybody owes: what nets something is on its own statement, the rest once.
  const cash = async (code: string) =>
    (await read(database, '2026-03-12', code)).sections.flatMap((s) => s.cash.map((c) => c.receipt))
  expect(await cash('C-1')).toEqual(['R-1', 'R-2', 'R-3'])
  expect(await cash('C-2')).toEqual(['R-3'])
})

test('what a held load brought is on nobody’s statement', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'), true)
  expect((await read(database, '2026-03-11')).sections).toEqual([])
})
