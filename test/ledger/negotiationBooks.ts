import type { NegotiationCommands } from '../../domain/negotiationCommand.ts'
import type { Database } from '../../ledger/database.ts'
import { lookAt } from '../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision } from '../setup/team.ts'
import { look, pesos } from './books.ts'

/** Two overdue invoices to negotiate about, and what negotiations look like in the books. */

export const ON = '2026-03-10'
/** Nobody is asked, unless a test says so. */
export const free = (negotiations: object = {}, more: object = {}) =>
  testPolicy({
    approvals: { matrix: [{ kinds: ['negotiation', 'credit_note'], levels: [] }] },
    negotiations: { max_discount_percent: 10, ...negotiations },
    ...more,
  })

export async function two(policy = free()) {
  const { database } = await freshLedger([policy])
  await loadItems(
    database,
    [
      { document: 'F-1', amount: 1000, due: '2026-02-08' },
      { document: 'F-2', amount: 500, due: '2026-03-01' },
    ],
    noon('2026-03-02'),
  )
  return database
}

export const propose = (
  database: Database,
  offer: NegotiationCommands['proposeNegotiation']['offer'],
  more: Partial<NegotiationCommands['proposeNegotiation']> = {},
  on = ON,
) =>
  decision(
    database,
    'proposeNegotiation',
    { customer: 'C-1', documents: ['F-1', 'F-2'], offer, person: 'Laura Peña', ...more },
    { on },
  )
export const submit = (database: Database, on = ON) =>
  decision(
    database,
    'submitNegotiation',
    { customer: 'C-1', negotiation: 1, person: 'Laura Peña', why: 'she pays when she can' },
    { on },
  )
/** Looks at the negotiation and at the case, as their workflows do. */
export const pass = async (database: Database, on: string) => {
  const seen = await lookAt(database, calendars, COMPANY, 'negotiation:1', noon(on))
  await look(database, on)
  return seen
}
export const stateOf = async (database: Database) =>
  (await database.one<{ state: string }>('SELECT state FROM negotiation WHERE id = 1'))!.state
export const dueOf = async (database: Database, document: string) =>
  (await database.one<{ due_on: string }>('SELECT due_on FROM receivable WHERE document = $1', [document]))!
    .due_on
export const waitsFor = async (database: Database, document: string) =>
  (await database.one<{ r: string }>('SELECT next_reason AS r FROM receivable WHERE document = $1', [
    document,
  ]))!.r
export const stepsOf = (database: Database) =>
  database.rows<{ step: string; state: string }>(
    `SELECT step, state FROM receivable_step WHERE receivable_id = 1 ORDER BY state DESC, step`,
  )
export const tasksOf = (database: Database) =>
  database.rows<{ kind: string; subject: string; state: string }>(
    `SELECT kind, subject, state FROM task WHERE subject LIKE 'broken%' ORDER BY id`,
  )
export const allowance = async (database: Database) =>
  (await database.one<{ minor: bigint }>(
    `SELECT coalesce(sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint AS minor
     FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account) WHERE a.kind = 'allowance'`,
  ))!.minor

export const instalments = (...parts: [string, number][]) => ({
  instalments: parts.map(([dueOn, amount]) => ({ dueOn, amount: pesos(amount) })),
})
