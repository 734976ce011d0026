import type { Answer } from '../../domain/command.ts'
import type { PlacementCommandName, PlacementCommands } from '../../domain/placementCommand.ts'
import type { Look } from '../../domain/process.ts'
import type { Database } from '../../ledger/database.ts'
import { lookAt } from '../../ledger/looks.ts'
import { showPlacement } from '../../ledger/placements/show.ts'
import { COMPANY, calendars, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'

/** Asks a command of a placement, without a workflow, at noon of a day. */
export const place = <N extends PlacementCommandName>(
  database: Database,
  name: N,
  content: PlacementCommands[N],
  as: { on: string; actor?: string; key?: string },
): Promise<Answer> => decision(database, name, content as never, as)

/** Looks at a placement, or at a clock, as its workflow would at noon of a day. */
export const lookPlaced = (database: Database, id: number | string, on: string): Promise<Look> =>
  lookAt(database, calendars, COMPANY, `placement:${id}`, noon(on))

/** Two agencies and a lawyer, with people who speak for them. */
export async function seedAgencies(database: Database, on: string): Promise<void> {
  const register = (code: string, more: Partial<PlacementCommands['registerAgency']>) =>
    place(
      database,
      'registerAgency',
      {
        code,
        name: `${code} cobranza`,
        email: `${code}@agencias.example`,
        people: [`${code}-1`],
        ...more,
      },
      { on },
    )
  await register('norte', { branches: ['Norte'], commission: '12.5' })
  await register('todo', { commission: '10' })
  await register('letras', { kind: 'lawyer', commission: '20' })
}

/** Asked for by the analyst and granted by a supervisor; answers the id of what began. */
export async function placed(
  database: Database,
  content: Partial<PlacementCommands['requestPlacement']>,
  on: string,
): Promise<number> {
  const asked = await place(
    database,
    'requestPlacement',
    { customer: 'C-1', kind: 'agency', why: 'does not answer', ...content },
    { on },
  )
  const { result } = await vote(database, asked.result.approval, 'sofía', on)
  return Number((result.done as { placement: number }).placement)
}

export const ON = '2026-03-09'

/** Three overdue invoices of a customer of the north, of 1000 each; agencies, and people to agree. */
export async function overdue() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-01-10' },
      { document: 'F-2', due: '2026-01-20' },
      { document: 'F-3', due: '2026-01-30' },
    ],
    noon(ON),
  )
  await seedTeam(database)
  await seedAgencies(database, ON)
  return database
}

export const stageOf = async (database: Database, document: string) =>
  (await database.one<{ stage: string }>('SELECT stage FROM receivable WHERE document = $1', [document]))!
    .stage
export const stateOf = async (database: Database, id: number) =>
  (await showPlacement(database, COMPANY, 'ana', id)).state
export const mails = (database: Database, id: number) =>
  database.rows<{ purpose: string; to: string; state: string }>(
    `SELECT m.purpose, a.code AS to, m.state FROM placement_mail m JOIN agency a ON a.id = m.agency_id WHERE m.placement_id = $1 ORDER BY m.id`,
    [id],
  )
export const tasks = (database: Database) =>
  database.rows<{ kind: string; subject: string; owner: string; state: string }>(
    `SELECT kind, subject, owner, state FROM task WHERE kind IN ('tell_supervisor', 'review') AND subject <> 'loaded late' ORDER BY id`,
  )
/** What an account holds, debits less credits. */
export const balance = async (database: Database, kind: string, holder = '') =>
  Number(
    (await database.one<{ minor: bigint }>(
      `SELECT (coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_account = a.id), 0) - coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_account = a.id), 0))::bigint AS minor
       FROM account a LEFT JOIN transfer t ON a.id IN (t.debit_account, t.credit_account) WHERE a.kind = $1 AND a.holder = $2`,
      [kind, holder],
    ))!.minor,
  ) / 100
/** Its mail went out: what the mail server's yes leaves behind. */
export const sent = (database: Database, id: number) =>
  database.rows(`UPDATE placement_mail SET state = 'sent' WHERE placement_id = $1 AND state = 'pending'`, [
    id,
  ])

export async function active(database: Database, documents?: string[]) {
  const id = await placed(database, documents ? { documents } : {}, ON)
  await place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'norte-1' })
  await sent(database, id)
  await lookPlaced(database, id, ON)
  return id
}

export { seedTeam, vote }
