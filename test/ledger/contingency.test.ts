import { expect, test } from 'vitest'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { book, openOf, pesos, receipt, refusalOf } from './books.ts'

async function asked() {
  const { database } = await freshLedger([testPolicy({ approvals: {} })])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  const content = {
    receipt: receipt('R-1', 1000, ['F-1'], { valueOn: '2026-03-10' }),
    why: 'the bank posts tomorrow',
  }
  const { result } = await decision(database, 'postContingency', content, { on: '2026-03-10' })
  return { database, approval: result.approval as number }
}

test('money that the bank does not show yet is posted when another agrees, and not before', async () => {
  const { database, approval } = await asked()
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  expect(await refusalOf(vote(database, approval, 'ana', '2026-03-10'))).toBe('SameActor')
  expect((await vote(database, approval, 'sofía', '2026-03-10')).result).toMatchObject({ state: 'approved' })
  expect(await openOf(database, 'F-1')).toBe('0.00')
  expect(await database.rows('SELECT actor, approval_id::int FROM receipt')).toEqual([
    { actor: 'ana', approval_id: approval },
  ])
})

test('tied to the line of the bank, the same money is not posted again', async () => {
  const { database, approval } = await asked()
  await vote(database, approval, 'sofía', '2026-03-10')
  await decision(database, 'tieReceipt', { receipt: 'R-1', trackingKey: 'T-9' }, { on: '2026-03-11' })
  const again = receipt('R-2', 1000, [], { valueOn: '2026-03-10', trackingKey: 'T-9' })
  expect(await refusalOf(book(database, 'post', { receipts: [again] }, { on: '2026-03-11' }))).toBe(
    'DuplicateReceipt',
  )
  const other = receipt('R-3', 40, [], { valueOn: '2026-03-10', trackingKey: 'T-9' })
  await book(database, 'post', { receipts: [{ ...other, amount: pesos(40) }] }, { on: '2026-03-11' })
})

test('what was posted meanwhile under its number makes it stale, and nothing of it is done', async () => {
  const { database, approval } = await asked()
  await book(
    database,
    'post',
    { receipts: [receipt('R-1', 5, [], { valueOn: '2026-03-10' })] },
    { on: '2026-03-10' },
  )
  expect((await vote(database, approval, 'sofía', '2026-03-11')).result).toMatchObject({ state: 'stale' })
  expect(await openOf(database, 'F-1')).toBe('1000.00')
})
