import { expect, test } from 'vitest'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { book, closedAs, look, openOf, pay, pesos, receipt, refusalOf, unappliedOf } from './books.ts'

/** Three invoices of 1,000 pesos, due one after the other. */
async function threeInvoices() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-03-02' },
      { document: 'F-2', due: '2026-03-03' },
      { document: 'F-3', due: '2026-03-04' },
    ],
    noon('2026-03-05'),
  )
  return database
}

const exceptions = (database: Awaited<ReturnType<typeof threeInvoices>>) =>
  database.rows<{ detail: { document: string; refusal: string } }>(
    'SELECT detail FROM exception WHERE resolved_at IS NULL ORDER BY id',
  )

test('a receipt pays what it names, and the rest stays unapplied', async () => {
  const database = await threeInvoices()
  const answer = await pay(database, 'R-1', 1500, ['F-1'], '2026-03-10')
  expect(answer).toMatchObject({
    result: {
      receipts: [
        {
          receipt: 'R-1',
          amount: '1500.00',
          applied: [{ document: 'F-1', amount: '1000.00' }],
          unapplied: '500.00',
          exceptions: [],
        },
      ],
    },
    cases: ['C-1'],
  })
  expect(await closedAs(database, 'F-1')).toBe('paid')
  expect(await unappliedOf(database)).toBe('500.00')
})

test('the cash is in although its applications fail: each becomes an exception', async () => {
  const database = await threeInvoices()
  await loadItems(
    database,
    [
      { document: 'X-1', customer: 'C-2', due: '2026-03-02' },
      { document: 'U-1', due: '2026-03-02', currency: 'USD' },
    ],
    noon('2026-03-05'),
  )
  await pay(database, 'R-0', 1000, ['F-3'], '2026-03-09')
  const applications = [
    { document: 'NOBODY' },
    { document: 'X-1' },
    { document: 'U-1' },
    { document: 'F-3' },
    { document: 'F-1', amount: pesos(1000.01) },
    { document: 'F-2', amount: pesos(100) },
    { document: 'F-2', amount: pesos(901) },
  ]
  await book(
    database,
    'post',
    { receipts: [receipt('R-1', 5000, [], { applications })] },
    { on: '2026-03-10' },
  )
  expect((await exceptions(database)).map((e) => [e.detail.document, e.detail.refusal])).toEqual([
    ['NOBODY', 'NotFound'],
    ['X-1', 'WrongCustomer'],
    ['U-1', 'WrongCurrency'],
    ['F-3', 'AlreadyClosed'],
    ['F-1', 'OverApplied'],
    ['F-2', 'OverApplied'],
  ])
  expect(await openOf(database, 'F-2')).toBe('900.00')
  expect(await unappliedOf(database)).toBe('4900.00')
})

test('a receipt applies no more than it brought', async () => {
  const database = await threeInvoices()
  await pay(database, 'R-1', 1200, ['F-1', 'F-2', 'F-3'], '2026-03-10')
  expect([
    await openOf(database, 'F-1'),
    await openOf(database, 'F-2'),
    await openOf(database, 'F-3'),
  ]).toEqual(['0.00', '800.00', '1000.00'])
  expect(await unappliedOf(database)).toBe('0.00')
  expect((await exceptions(database)).map((e) => e.detail.refusal)).toEqual(['NotEnoughUnapplied'])
})

test('money of nobody known is booked as that, and is its payer’s as soon as it is applied', async () => {
  const database = await threeInvoices()
  await book(
    database,
    'post',
    { receipts: [{ number: 'R-1', amount: pesos(1500), valueOn: '2026-03-10' }] },
    { on: '2026-03-10' },
  )
  const unidentified = async () =>
    (await database.one<{ minor: bigint }>(
      `SELECT -balance_minor AS minor FROM account WHERE kind = 'unidentified'`,
    ))!.minor
  expect(await unidentified()).toBe(150_000n)
  await book(database, 'apply', { receipt: 'R-1', applications: [{ document: 'F-1' }] }, { on: '2026-03-11' })
  expect(await unidentified()).toBe(50_000n)
  expect(await closedAs(database, 'F-1')).toBe('paid')
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'misposted', why: 'of another company' },
    { on: '2026-03-12' },
  )
  expect(await unidentified()).toBe(0n)
  expect(await openOf(database, 'F-1')).toBe('1000.00')
})

test('one payer pays for several customers with one receipt', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'A-1', customer: 'C-1', payer: 'GROUP', due: '2026-03-02' },
      { document: 'B-1', customer: 'C-2', payer: 'GROUP', due: '2026-03-02' },
    ],
    noon('2026-03-05'),
  )
  const answer = await book(
    database,
    'post',
    {
      receipts: [
        {
          number: 'R-1',
          payer: 'GROUP',
          amount: pesos(2000),
          valueOn: '2026-03-10',
          applications: [{ document: 'A-1' }, { document: 'B-1' }],
        },
      ],
    },
    { on: '2026-03-10' },
  )
  expect(answer.cases).toEqual(['C-1', 'C-2'])
  expect([await closedAs(database, 'A-1'), await closedAs(database, 'B-1')]).toEqual(['paid', 'paid'])
})

test('a reversal opens again what the receipt had paid, where its chasing stood', async () => {
  const database = await threeInvoices()
  await look(database, '2026-03-05')
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-10')
  await look(database, '2026-03-10')
  const answer = await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'cheque returned' },
    { on: '2026-03-17' },
  )
  expect(answer).toMatchObject({ result: { reopened: ['F-1'] }, cases: ['C-1'] })
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  expect(await unappliedOf(database)).toBe('0.00')
  await look(database, '2026-03-17')
  expect(await database.one(`SELECT stage, closed_as FROM receivable WHERE document = 'F-1'`)).toEqual({
    stage: 'overdue',
    closed_as: null,
  })
  expect(
    await refusalOf(
      book(database, 'reverse', { receipt: 'R-1', reason: 'other', why: 'again' }, { on: '2026-03-17' }),
    ),
  ).toBe('AlreadyReversed')
  expect(
    await refusalOf(
      book(database, 'apply', { receipt: 'R-1', applications: [{ document: 'F-2' }] }, { on: '2026-03-17' }),
    ),
  ).toBe('AlreadyReversed')
})

test('unapplied cash is applied later: all that is asked or nothing', async () => {
  const database = await threeInvoices()
  await pay(database, 'R-1', 1500, [], '2026-03-10')
  const apply = (...applications: { document: string; amount?: ReturnType<typeof pesos> }[]) =>
    book(database, 'apply', { receipt: 'R-1', applications }, { on: '2026-03-11' })
  expect(await refusalOf(apply({ document: 'F-1' }, { document: 'F-2', amount: pesos(501) }))).toBe(
    'NotEnoughUnapplied',
  )
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  await apply({ document: 'F-1' }, { document: 'F-2' })
  expect([await openOf(database, 'F-1'), await openOf(database, 'F-2'), await unappliedOf(database)]).toEqual(
    ['0.00', '500.00', '0.00'],
  )
})

test('the same transfer isn’t posted twice: not by number, not by tracking key and amount', async () => {
  const database = await threeInvoices()
  await pay(database, 'R-1', 100, [], '2026-03-10', { trackingKey: 'SPEI-1' })
  expect(await refusalOf(pay(database, 'R-1', 200, [], '2026-03-10'))).toBe('DuplicateReceipt')
  expect(await refusalOf(pay(database, 'R-2', 100, [], '2026-03-10', { trackingKey: 'SPEI-1' }))).toBe(
    'DuplicateReceipt',
  )
  await pay(database, 'R-3', 150, [], '2026-03-10', { trackingKey: 'SPEI-1' })
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'misposted', why: 'wrong customer' },
    { on: '2026-03-10' },
  )
  await pay(database, 'R-4', 100, [], '2026-03-10', { trackingKey: 'SPEI-1' })
  expect(await unappliedOf(database)).toBe('250.00')
})

test('two who post one tracking key at the same time post it once', async () => {
  const database = await threeInvoices()
  const unidentified = (number: string) => ({
    number,
    amount: pesos(100),
    valueOn: '2026-03-10',
    trackingKey: 'SPEI-1',
  })
  const asked = await Promise.allSettled(
    ['R-1', 'R-2', 'R-3'].map((number) =>
      book(database, 'post', { receipts: [unidentified(number)] }, { on: '2026-03-10' }),
    ),
  )
  expect(asked.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
})

test('money isn’t valued in the future', async () => {
  const database = await threeInvoices()
  const tomorrow = book(
    database,
    'post',
    { receipts: [receipt('R-1', 100, [], { valueOn: '2026-03-11' })] },
    { on: '2026-03-10' },
  )
  expect(await refusalOf(tomorrow)).toBe('InvalidDate')
})

test('one bad receipt of a file keeps all of them out', async () => {
  const database = await threeInvoices()
  const receipts = [receipt('R-1', 100), receipt('R-2', 100, [], { customer: 'NOBODY' })]
  expect(await refusalOf(book(database, 'post', { receipts }, { on: '2026-03-10' }))).toBe('NotFound')
  expect(await database.rows('SELECT 1 FROM receipt')).toEqual([])
})

test('five hundred receipts of a hundred customers go in together', async () => {
  const { database } = await freshLedger()
  const items = Array.from({ length: 500 }, (_, i) => ({
    document: `F-${i}`,
    customer: `C-${i % 100}`,
    due: '2026-03-02',
  }))
  await loadItems(database, items, noon('2026-03-05'))
  const receipts = items.map(({ document, customer }, i) => receipt(`R-${i}`, 1000, [document], { customer }))
  const answer = await book(database, 'post', { receipts }, { on: '2026-03-10' })
  expect(answer.cases).toHaveLength(100)
  expect(await database.one(`SELECT count(*)::int AS n FROM receivable WHERE closed_as = 'paid'`)).toEqual({
    n: 500,
  })
})
