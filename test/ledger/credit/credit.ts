import { parse } from 'yaml'
import type { Refusal } from '../../../domain/refusal.ts'
import { limitOf } from '../../../ledger/credit/limit.ts'
import type { Database } from '../../../ledger/database.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../../setup/ledger.ts'
import { loadItems, noon } from '../../setup/portfolio.ts'
import { seedTeam } from '../../setup/team.ts'

/** What tests of lines and guarantees share. */

export const ON = '2026-03-09'

/** Up to 100,000 nobody has to agree; to more, credit and then the manager. */
export const creditPolicy = (changes: Record<string, unknown> = {}) =>
  testPolicy({
    approvals: parse(`
      matrix:
        - { kinds: [credit_line, guarantee], amount_up_to: { MXN: "100000" }, levels: [] }
        - { kinds: [credit_line, guarantee], levels: [{ role: credit }, { role: manager }] }`),
    ...changes,
  })

/** Customer C-1 with one invoice, and the team. */
export async function creditLedger(): Promise<Database> {
  const { database } = await freshLedger([creditPolicy()])
  await loadItems(database, [{ document: 'F-1', due: '2026-04-10' }], noon(ON))
  await seedTeam(database)
  return database
}

/** `MXN 50000`, for each currency. */
export const limits = async (database: Database, on: string): Promise<string[]> =>
  (await limitOf(database, [1], on)).map((l) => `${l.currency} ${Number(l.minor) / 100}`)

export const look = (database: Database, key: string, on: string) =>
  lookAt(database, calendars, COMPANY, key, noon(on))

export const creditTasks = (database: Database) =>
  database.rows(
    `SELECT kind, subject, state, due_on, priority, attempts FROM task WHERE kind IN ('review_line', 'renew_guarantee') ORDER BY id`,
  )

/** `2026-03-09 credit line granted`, in its order. */
export const creditDiary = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ event: string; at: string }>(
      `SELECT event, entry::jsonb ->> 'at' AS at FROM journal WHERE event ~ '^(credit line|guarantee) ' ORDER BY chain, seq`,
    )
  ).map((e) => `${e.at.slice(0, 10)} ${e.event}`)

/** What was refused, with what would be accepted. */
export const refused = (asked: Promise<unknown>): Promise<Refusal> =>
  asked.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: Refusal) => error,
  )
