import { expect, test } from 'vitest'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { pay } from './books.ts'
import { check, pump, stateOf } from './orders/orders.ts'
import { active, ON, stateOf as placementState, seedAgencies, seedTeam } from './placements.ts'

/** Whatever changes how a customer stands has all that waits about it looked at again, whoever else looked before. */

/** Nothing is overdue long enough to hold an order: only what is with an agency does. */
async function placedOnly(sketches: Parameters<typeof loadItems>[1]) {
  const { database } = await freshLedger([testPolicy({ orders: { rules: [{ rule: 'placed' }] } })])
  await loadItems(database, sketches, noon(ON))
  await seedTeam(database)
  await seedAgencies(database, ON)
  await active(database, ['F-1'])
  return database
}

test('a look that ends a placement lets an order go out that looked just before it', async () => {
  const database = await placedOnly([{ document: 'F-1', due: '2026-01-10' }])
  await check(database, 'SO-1', 100, { on: ON })
  await pump(database, ON)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  await pay(database, 'R-1', 1000, [], ON)
  await pump(database, ON)
  expect(await placementState(database, 1)).toBe('recalled')
  expect(await stateOf(database, 'SO-1')).toBe('released')
})
