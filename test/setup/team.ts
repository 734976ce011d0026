import type { Answer } from '../../domain/command.ts'
import type { DecisionCommandName, DecisionCommands } from '../../domain/decisionCommand.ts'
import type { Database } from '../../ledger/database.ts'
import { commandDecision } from '../../ledger/decisionCommands.ts'
import { commandTeam } from '../../ledger/teamCommands.ts'
import { COMPANY, calendars } from './ledger.ts'
import { noon } from './portfolio.ts'

/** People with authority: supervisors Sofía and Samuel, a manager, a director, legal counsel, credit. */
const TEAM = [
  ['sofía', 'supervisor'],
  ['samuel', 'supervisor'],
  ['mario', 'manager'],
  ['diana', 'director'],
  ['lucía', 'legal'],
  ['carlos', 'credit'],
] as const

let keys = 0

export async function seedTeam(database: Database, people: readonly (readonly [string, string])[] = TEAM) {
  for (const [person, role] of people)
    await commandTeam(
      database,
      { company: COMPANY, now: noon('2026-01-02'), actor: 'admin', key: `team ${person} ${role}` },
      'grantRole',
      { person, role, email: `${person.normalize('NFD').replace(/\p{M}/gu, '')}@cementos.example` },
    )
}

/** Asks a command that isn't one case's, without a workflow, at noon of a day. */
export const decision = <N extends DecisionCommandName>(
  database: Database,
  name: N,
  content: DecisionCommands[N],
  as: { on: string; key?: string; actor?: string },
): Promise<Answer> =>
  commandDecision(
    database,
    calendars,
    {
      company: COMPANY,
      now: noon(as.on),
      key: as.key ?? `decision-${++keys}`,
      actor: as.actor ?? 'ana',
    },
    name,
    content,
  )

/** Answers an approval as somebody. */
export const vote = (
  database: Database,
  approval: unknown,
  actor: string,
  on: string,
  agrees = true,
): Promise<Answer> =>
  decision(
    database,
    'decideApproval',
    { approval: Number(approval), agrees, why: agrees ? 'agreed' : 'not this one' },
    { on, actor },
  )
