import { expect, test } from 'vitest'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import type { Database } from '../../../ledger/database.ts'
import { COMPANY } from '../../setup/ledger.ts'
import { noon } from '../../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../../setup/team.ts'
import { check, ON, pesos, pump, start, stateOf } from './orders.ts'

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
