import pg from 'pg'
import type { Database } from '../../ledger/database.ts'
import { away, requested, team } from '../setup/approvals.ts'
import { openFileLedger, type TestLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'

/** People with duties that must stay apart, for the tests of one file. */

export const DAY = '2026-03-10'
const week = ['2026-03-09', '2026-03-13'] as const

/** Two supervisors, then a manager, then a director; above them, when all are silent, the board. */
const policy = testPolicy({
  approvals: {
    matrix: [
      {
        kinds: ['write_off'],
        levels: [{ role: 'supervisor', quorum: 2 }, { role: 'manager' }, { role: 'director' }],
        escalate_to: 'board',
      },
    ],
  },
})

let documents = 0

export async function openHouse(): Promise<TestLedger & { drop(): Promise<void> }> {
  const ledger = await openFileLedger([policy])
  const { database } = ledger
  await seedTeam(database)
  const grant = (person: string, role: string, branch?: string) =>
    team(database, 'grantRole', { person, role, ...(branch === undefined ? {} : { branch }) }, '2026-01-02')
  // sofía is a manager too; rosa a supervisor elsewhere; rita one no more.
  await grant('sofía', 'manager')
  await grant('rosa', 'supervisor', 'Sur')
  await grant('rita', 'supervisor')
  await team(database, 'revokeRole', { person: 'rita', role: 'supervisor', why: 'moved' }, '2026-02-01')
  // Supervisors who are away: eva stands in for tomás, and saúl for sara; teo is back, tina not gone yet; for zoe stands
  // in yago, who is away himself with xavi for him.
  for (const person of ['tomás', 'sara', 'teo', 'tina', 'zoe']) await grant(person, 'supervisor')
  await away(database, 'tomás', 'eva', week)
  await away(database, 'sara', 'saúl', week)
  await away(database, 'teo', 'ernesto', ['2026-03-02', '2026-03-06'])
  await away(database, 'tina', 'elena', ['2026-03-17', '2026-03-20'], '2026-03-09')
  await away(database, 'zoe', 'yago', week)
  await away(database, 'yago', 'xavi', week)
  return ledger
}

/** An approval of its own, asked by somebody; `votes`: who agreed already, by the command. */
export async function approvalOf(
  { database }: TestLedger,
  requester: string,
  votes: readonly string[] = [],
): Promise<number> {
  const document = `S-${++documents}`
  const customer = `S-${documents}`
  await loadItems(database, [{ document, customer, due: '2026-03-02' }], noon('2026-03-09'))
  const id = await requested(database, { on: DAY, actor: requester, document, customer })
  for (const person of votes) await vote(database, id, person, DAY)
  return id
}

/** The constraint that a statement broke, or the database's code for what it isn't allowed. */
async function brokenBy(database: Database, text: string, values: unknown[]): Promise<string> {
  try {
    await database.rows(text, values)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.constraint ?? error.code ?? ''
  }
  return 'nothing'
}
/** As the application and as the owner. */
export const bothBrokenBy = async (
  { database, owner }: TestLedger,
  text: string,
  values: unknown[],
): Promise<[string, string]> => [await brokenBy(database, text, values), await brokenBy(owner, text, values)]

/** A vote written by hand. */
export const VOTE = `INSERT INTO approval_vote (approval_id, level, person, holder, agrees, why, voted_on, voted_at)
  VALUES ($1, $2, $3, $4, true, 'by hand', $5, to_timestamp($6 / 1000.0))`
