import { expect, test } from 'vitest'
import { look, pay } from '../ledger/books.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

/** What the simulator found, each told again by hand. */

// 2026-11-25, seed 29: a load with a credit left the open call about an older item as it was.
test('a loaded credit takes what it covers out of what is asked for', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-02-01' }], noon('2026-03-03'))
  await look(database, '2026-03-03')
  const calls = () => database.rows(`SELECT state FROM task WHERE kind = 'call'`)
  expect(await calls()).toEqual([{ state: 'open' }])
  const credit = { document: 'N-1', amount: -2000, kind: 'on_account_credit', due: '2026-03-03' } as const
  await loadItems(database, [credit], noon('2026-03-03'))
  await look(database, '2026-03-03')
  expect(await calls()).toEqual([{ state: 'overtaken' }])
})

// The same story with cash, and with another customer of the payer.
test('a loaded invoice that is older takes the unused money from a younger one, which is chased again', async () => {
  const { database } = await freshLedger()
  const items = [{ document: 'F-1', customer: 'C-1', payer: 'P', due: '2026-02-20' }]
  await loadItems(database, items, noon('2026-03-02'))
  await pay(database, 'R-1', 1000, [], '2026-03-02')
  await look(database, '2026-03-02')
  const chased = () => database.rows(`SELECT next_reason FROM receivable WHERE document = 'F-1'`)
  expect(await chased()).toEqual([{ next_reason: 'netted' }])
  await loadItems(
    database,
    [{ document: 'F-2', customer: 'C-2', payer: 'P', due: '2026-02-10' }],
    noon('2026-03-03'),
  )
  await look(database, '2026-03-03')
  expect(await chased()).toEqual([{ next_reason: 'notice_on_its_way' }])
})
