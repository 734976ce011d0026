import { expect, test } from 'vitest'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import type { Database } from '../../../ledger/database.ts'
import { COMPANY } from '../../setup/ledger.ts'
import { noon, openItem, takeLoad } from '../../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../../setup/team.ts'
import { ask, look } from '../books.ts'
import { check, ON, pay, pesos, pump, start, stateOf } from './orders.ts'

/* What meets the condition of an order: money of who pays for it, known or found later, each unit of it once. */

/** SO-1 goes out if so much is paid within the hour, or announced. F-1 of C-1 is what is owed. */
async function releasedIf(database: Database, amount: number): Promise<void> {
  await seedTeam(database)
  await check(database, 'SO-1', 50_000)
  const asked = await decision(
    database,
    'releaseConditionally',
    {
      order: 'SO-1',
      amount: pesos(amount),
      by: noon(ON) + 3_600_000,
      announcedCounts: true,
      why: 'at the bank',
    },
    { on: ON },
  )
  await vote(database, asked.result.approval, 'sofía', ON)
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('conditionally_released')
}

const books = (database: Database, name: 'post' | 'apply', content: object) =>
  commandBooks(
    database,
    { company: COMPANY, now: noon(ON), actor: 'tesorería', key: `${name} ${JSON.stringify(content)}` },
    name,
    content as never,
  )
const state = async (database: Database) => {
  await pump(database)
  return stateOf(database, 'SO-1')
}

test.each(['before', 'after'])(
  'money whose payer is found %s the condition meets it when it is theirs',
  async (posted) => {
    const database = await start()
    const unnamed = { receipts: [{ number: 'R-1', amount: pesos(500), valueOn: ON, applications: [] }] }
    if (posted === 'before') await books(database, 'post', unnamed)
    await releasedIf(database, 300)
    if (posted === 'after') await books(database, 'post', unnamed)
    expect(await state(database)).toBe('conditionally_released')
    await books(database, 'apply', {
      receipt: 'R-1',
      applications: [{ document: 'F-1', amount: pesos(299) }],
    })
    expect(await state(database)).toBe('conditionally_released')
    await books(database, 'apply', { receipt: 'R-1', applications: [{ document: 'F-1', amount: pesos(1) }] })
    expect(await state(database)).toBe('released')
  },
)

const announce = (database: Database, amount: number) =>
  ask(database, 'announcePayment', { documents: ['F-1'], amount: pesos(amount) }, { on: ON })

test.each(['received', 'settled at the source'])(
  'what was announced and came in part is counted once: %s',
  async (how) => {
    const database = await start()
    await releasedIf(database, 400)
    await announce(database, 300)
    if (how === 'received') await pay(database, 'R-1', 200, [])
    else
      await takeLoad(
        database,
        [{ ...openItem({ document: 'F-1', due: '2026-03-31', amount: 400 }, 2), openMinor: 20_000n }],
        noon(ON),
        { kind: 'snapshot', asOf: ON },
      )
    await look(database, ON)
    expect(await state(database)).toBe('conditionally_released')
    await announce(database, 100)
    expect(await state(database)).toBe('released')
  },
)

test('what was announced and has come is counted once, whoever looks first', async () => {
  const database = await start()
  await releasedIf(database, 400)
  await announce(database, 200)
  await pay(database, 'R-1', 200, [])
  expect(await state(database)).toBe('conditionally_released')
  await look(database, ON)
  expect(await state(database)).toBe('conditionally_released')
  // What came before isn't what is announced now.
  await announce(database, 200)
  expect(await state(database)).toBe('released')
})
