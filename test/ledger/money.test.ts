import { expect, test } from 'vitest'
import type { Sql } from '../../ledger/database.ts'
import { accountOf, postTransfers } from '../../ledger/transfers.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, closedAs, look, openOf, pay, pesos, receipt, refusalOf, unappliedOf } from './books.ts'

const posting = { company: COMPANY, actor: 'test', now: noon('2026-03-10') }
const base = { currency: 'MXN', code: 'application', valueOn: '2026-03-10', postingOn: '2026-03-10' }

async function oneInvoice() {
  const { database, owner } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  const accounts = async (sql: Sql) => ({
    invoice: Number((await sql.one<{ id: bigint }>(`SELECT id FROM account WHERE kind = 'receivable'`))!.id),
    cash: await accountOf(
      sql,
      COMPANY,
      'unapplied',
      'MXN',
      Number((await sql.one<{ id: bigint }>('SELECT id FROM payer'))!.id),
    ),
    bank: await accountOf(sql, COMPANY, 'bank', 'MXN'),
  })
  return { database, owner, accounts }
}

test('what is written once stays as written: for the application and for the owner of the database', async () => {
  const { database, owner } = await oneInvoice()
  await pay(database, 'R-1', 100, ['F-1'], '2026-03-10')
  for (const table of ['transfer', 'journal', 'command', 'receivable_term'])
    for (const statement of [
      `UPDATE ${table} SET ${table === 'transfer' || table === 'command' ? 'actor' : table === 'journal' ? 'entry' : 'reason'} = '{}'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(database.rows(statement), statement).rejects.toThrow(/permission denied/)
      await expect(owner.rows(statement), statement).rejects.toThrow(/append-only/)
    }
  await expect(database.rows('UPDATE account SET balance_minor = 0')).rejects.toThrow(/permission denied/)
})

test('the database refuses to over-apply, to overdraw cash and to mix currencies, whatever the code does', async () => {
  const { database, accounts } = await oneInvoice()
  await pay(database, 'R-1', 2000, [], '2026-03-10')
  const post = (
    key: string,
    change: (a: Awaited<ReturnType<typeof accounts>>) => {
      debit: number
      credit: number
      minor: bigint
      currency?: string
    },
  ) =>
    database.transaction(async (sql) =>
      postTransfers(sql, posting, [{ ...base, key, ...change(await accounts(sql)) }]),
    )
  await expect(post('a', (a) => ({ debit: a.cash, credit: a.invoice, minor: 100_001n }))).rejects.toThrow(
    /no_over_application/,
  )
  await expect(post('b', (a) => ({ debit: a.invoice, credit: a.bank, minor: 1n }))).rejects.toThrow(
    /no_over_application/,
  )
  await expect(post('c', (a) => ({ debit: a.cash, credit: a.bank, minor: 200_001n }))).rejects.toThrow(
    /no_negative_unapplied_cash/,
  )
  await expect(
    post('d', (a) => ({ debit: a.cash, credit: a.invoice, minor: 1n, currency: 'USD' })),
  ).rejects.toThrow(/foreign key/)
  await expect(post('e', (a) => ({ debit: a.cash, credit: a.cash, minor: 1n }))).rejects.toThrow(/check/)
  await expect(post('f', (a) => ({ debit: a.cash, credit: a.invoice, minor: 0n }))).rejects.toThrow(/check/)
  expect([await openOf(database, 'F-1'), await unappliedOf(database)]).toEqual(['1000.00', '2000.00'])
})

test('a reversal mirrors its original, once, and isn’t dated before it', async () => {
  const { database, accounts } = await oneInvoice()
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-10')
  const original = Number(
    (await database.one<{ id: bigint }>(`SELECT id FROM transfer WHERE code = 'application'`))!.id,
  )
  let n = 0
  const reverse = (change: { minor?: bigint; postingOn?: string; same?: boolean }) =>
    database.transaction(async (sql) => {
      const { invoice, cash } = await accounts(sql)
      const sides = change.same ? { debit: cash, credit: invoice } : { debit: invoice, credit: cash }
      return postTransfers(sql, posting, [
        {
          ...base,
          ...sides,
          minor: change.minor ?? 100_000n,
          postingOn: change.postingOn ?? base.postingOn,
          key: `x${++n}`,
          reverses: original,
        },
      ])
    })
  await expect(reverse({ minor: 99_999n })).rejects.toThrow(/mirrors/)
  await expect(reverse({ same: true })).rejects.toThrow(/mirrors/)
  await expect(reverse({ postingOn: '2026-03-09' })).rejects.toThrow(/mirrors/)
  const [reversal] = await reverse({})
  await expect(reverse({})).rejects.toThrow(/transfer_reverses_id_key/)
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  const again = database.transaction(async (sql) => {
    const { invoice, cash } = await accounts(sql)
    return postTransfers(sql, posting, [
      { ...base, debit: cash, credit: invoice, minor: 100_000n, key: 'y', reverses: reversal! },
    ])
  })
  await expect(again).rejects.toThrow(/mirrors/)
})

test('an application isn’t dated before its receipt', async () => {
  const { database, accounts } = await oneInvoice()
  await pay(database, 'R-1', 1000, [], '2026-03-10')
  const early = database.transaction(async (sql) => {
    const { invoice, cash } = await accounts(sql)
    return postTransfers(sql, posting, [
      { ...base, debit: cash, credit: invoice, minor: 1n, key: 'x', receiptId: 1, postingOn: '2026-03-09' },
    ])
  })
  await expect(early).rejects.toThrow(/before its receipt/)
})

test('nothing is posted in a closed period; what isn’t told otherwise goes to the first open day', async () => {
  const { database, owner, accounts } = await oneInvoice()
  await owner.rows(`UPDATE company SET books_closed_through = '2026-03-31'`)
  expect(
    await refusalOf(
      book(
        database,
        'post',
        { receipts: [receipt('R-1', 100, [], { postingOn: '2026-03-31' })] },
        { on: '2026-04-02' },
      ),
    ),
  ).toBe('BooksClosed')
  const around = database.transaction(async (sql) => {
    const { bank, cash } = await accounts(sql)
    return sql.rows(
      `INSERT INTO transfer (company, debit_account, credit_account, currency, amount_minor, code, idempotency_key, actor, value_on, posting_on, recorded_at)
       VALUES ($1, $2, $3, 'MXN', 1, 'receipt', 'x', 'test', '2026-03-31', '2026-03-31', to_timestamp(0))`,
      [COMPANY, bank, cash],
    )
  })
  await expect(around).rejects.toThrow(/closed period/)
  await book(
    database,
    'post',
    { receipts: [receipt('R-2', 400, ['F-1'], { valueOn: '2026-03-30' })] },
    { on: '2026-03-31' },
  )
  expect(await database.one(`SELECT value_on, posting_on FROM transfer WHERE code = 'application'`)).toEqual({
    value_on: '2026-03-30',
    posting_on: '2026-04-01',
  })
  await book(database, 'reverse', { receipt: 'R-2', reason: 'misposted', why: 'x' }, { on: '2026-03-31' })
  await loadItems(database, [{ document: 'F-2', due: '2026-03-02' }], noon('2026-03-31'))
  expect(
    await database.one(`SELECT posting_on FROM transfer WHERE code = 'opening' ORDER BY id DESC LIMIT 1`),
  ).toEqual({ posting_on: '2026-04-01' })
})

test('the same key gives the same answer, and changes nothing the second time', async () => {
  const { database } = await oneInvoice()
  const post = (amount: number, key = 'k') =>
    book(database, 'post', { receipts: [receipt('R-1', amount, ['F-1'])] }, { on: '2026-03-10', key })
  const first = await post(400)
  expect(await post(400)).toEqual(first)
  expect(await openOf(database, 'F-1')).toBe('600.00')
  expect(await refusalOf(post(500))).toBe('KeyConflict')
  expect(
    await refusalOf(ask(database, 'pause', { to: '2026-03-20', why: 'x' }, { on: '2026-03-10', key: 'k' })),
  ).toBe('KeyConflict')
  const paused = await ask(database, 'pause', { to: '2026-03-20', why: 'x' }, { on: '2026-03-10', key: 'p' })
  expect(
    await ask(database, 'pause', { why: 'x', to: '2026-03-20' }, { on: '2026-03-11', key: 'p' }),
  ).toEqual(paused)
})

test('two who ask the same under one key have one effect and one answer', async () => {
  const { database } = await oneInvoice()
  const post = () =>
    book(database, 'post', { receipts: [receipt('R-1', 400, ['F-1'])] }, { on: '2026-03-10', key: 'k' })
  const [one, two, three] = await Promise.all([post(), post(), post()])
  expect(two).toEqual(one)
  expect(three).toEqual(one)
  expect(await openOf(database, 'F-1')).toBe('600.00')
})

test('payments that race for one invoice never pay it twice', async () => {
  const { database } = await oneInvoice()
  await Promise.all(Array.from({ length: 8 }, (_, i) => pay(database, `R-${i}`, 300, ['F-1'], '2026-03-10')))
  expect(await openOf(database, 'F-1')).toBe('0.00')
  expect(await unappliedOf(database)).toBe('1400.00')
  expect(await closedAs(database, 'F-1')).toBe('paid')
})

test('commands and payments of one customer at once all come through', async () => {
  const { database } = await oneInvoice()
  await loadItems(
    database,
    Array.from({ length: 10 }, (_, i) => ({ document: `G-${i}`, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  const asked = Array.from({ length: 10 }, (_, i) => [
    pay(database, `R-${i}`, 1000, [`G-${i}`], '2026-03-10'),
    ask(
      database,
      'openDispute',
      { lines: [{ document: 'F-1', amount: pesos(1) }], reason: 'quality', owner: 'ana' },
      { on: '2026-03-10' },
    ),
    look(database, '2026-03-10'),
  ])
  await Promise.all(asked.flat())
  expect(await database.one(`SELECT count(*)::int AS n FROM receivable WHERE closed_as = 'paid'`)).toEqual({
    n: 10,
  })
})

test('paid at eleven, no call at noon: what closes leaves the tasks it was in', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-02-02', email: null }], noon('2026-03-05'))
  await look(database, '2026-03-05')
  const open = () => database.rows(`SELECT kind FROM task WHERE state = 'open' AND kind = 'call'`)
  expect(await open()).toHaveLength(1)
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-06')
  await look(database, '2026-03-06')
  expect(await open()).toEqual([])
})
