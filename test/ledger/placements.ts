import type { Answer } from '../../domain/command.ts'
import type { PlacementCommandName, PlacementCommands } from '../../domain/placementCommand.ts'
import type { Look } from '../../domain/process.ts'
import type { Database } from '../../ledger/database.ts'
import { commandDecision } from '../../ledger/decisionCommands.ts'
import { lookAt } from '../../ledger/looks.ts'
import { COMPANY, calendars } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'

let keys = 0

/** Asks a command of a placement, without a workflow, at noon of a day. */
export const place = <N extends PlacementCommandName>(
  database: Database,
  name: N,
  content: PlacementCommands[N],
  as: { on: string; actor?: string; key?: string },
): Promise<Answer> =>
  commandDecision(
    database,
    calendars,
    {
      company: COMPANY,
      now: noon(as.on),
      key: as.key ?? `placement-${++keys}`,
      actor: as.actor ?? 'ana',
    },
    name,
    content as never,
  )

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

export { seedTeam, vote }
