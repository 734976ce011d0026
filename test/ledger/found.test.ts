import { expect, test } from 'vitest'
import { assess } from '../../ledger/assess.ts'
import { commandBooks, commandCase } from '../../ledger/caseCommands.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

/** Stories of what once went wrong, found by reading on 2026-11-25. */

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })
const asking = (key: string, now: number) => ({ company: COMPANY, actor: 'ana', key, now })

test('a connection that the server ends in the middle of a transaction fails that one and nothing else', async () => {
  const { database, owner } = await freshLedger()
  const broken = database.transaction(async (sql) => {
    const { pid } = (await sql.one<{ pid: number }>('SELECT pg_backend_pid() AS pid'))!
    await owner.rows('SELECT pg_terminate_backend($1)', [pid])
    // The end arrives between two statements.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sql.rows('SELECT 1')
  })
  await expect(broken).rejects.toThrow()
  expect(await database.one('SELECT 1 AS one')).toEqual({ one: 1 })
})

test('a message that loses its only step in the assessment in which another one fires carries that one', async () => {
  const { database } = await freshLedger()
  const now = noon('2026-03-03')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  await assess(database, calendars, COMPANY, 'C-1', now)
  await commandCase(database, calendars, asking('p', now), 'C-1', 'recordPromise', {
    documents: ['F-1'],
    instalments: [{ dueOn: '2026-03-10', amount: pesos(1000) }],
    madeBy: 'x',
  })
  await loadItems(database, [{ document: 'F-2', due: '2026-02-27' }], now)
  expect((await assess(database, calendars, COMPANY, 'C-1', now)).intents).toHaveLength(1)
  expect(
    await database.rows(
      'SELECT r.document FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id',
    ),
  ).toEqual([{ document: 'F-2' }])
})

test('a promise over several cases that is broken makes a call in each of them, whichever looks first', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'invoice' })])
  const start = noon('2026-03-03')
  await loadItems(
    database,
    ['A', 'B', 'X'].map((document) => ({ document, due: '2026-03-02' })),
    start,
  )
  await commandCase(database, calendars, asking('p', start), 'C-1:invoice:A', 'recordPromise', {
    documents: ['A', 'B'],
    instalments: [{ dueOn: '2026-03-10', amount: pesos(2000) }],
    madeBy: 'x',
  })
  const later = noon('2026-03-13')
  for (const document of ['X', 'A', 'B', 'A'])
    await assess(database, calendars, COMPANY, `C-1:invoice:${document}`, later)
  expect(
    await database.rows(
      `SELECT k.key FROM task t JOIN collection_case k ON k.id = t.case_id WHERE t.subject LIKE 'broken promise %' ORDER BY k.key`,
    ),
  ).toEqual([{ key: 'C-1:invoice:A' }, { key: 'C-1:invoice:B' }])
})

// 2026-11-25: behind a long promotion assessments and commands went on waiting in the database after their activity was
// given up, a connection each, until none was left for marking what had been sent.
test('work that is given up on after seconds stops waiting for a lock by itself; a receipt waits until it is in', async () => {
  const { database, owner } = await freshLedger()
  const now = noon('2026-03-03')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  let promoted = () => {}
  let promotion: Promise<void> = Promise.resolve()
  await new Promise<void>((locked) => {
    promotion = owner.transaction(async (sql) => {
      await sql.rows('SELECT 1 FROM customer FOR NO KEY UPDATE')
      await new Promise<void>((resolve) => {
        promoted = resolve
        locked()
      })
    })
  })
  const post = commandBooks(database, asking('r', now), 'post', {
    receipts: [{ number: 'R-1', customer: 'C-1', amount: pesos(100), valueOn: '2026-03-03' }],
  })
  const busy = { code: '55P03' }
  await Promise.all([
    expect(assess(database, calendars, COMPANY, 'C-1', now)).rejects.toMatchObject(busy),
    expect(
      commandCase(database, calendars, asking('c', now), 'C-1', 'addContact', { name: 'x', phone: '1' }),
    ).rejects.toMatchObject(busy),
  ])
  const waiting = () =>
    owner.rows(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  expect(await waiting()).toHaveLength(1)
  promoted()
  await promotion
  expect((await post).result).toMatchObject({ receipts: [{ receipt: 'R-1' }] })
})
