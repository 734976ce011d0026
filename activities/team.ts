import type { Answer, Asked, TeamCommandName, TeamCommands } from '../domain/command.ts'
import type { Database } from '../ledger/database.ts'
import { commandTeam } from '../ledger/teamCommands.ts'
import type { TeamWork } from '../workflows/team.messages.ts'
import { refusing } from './failures.ts'

/** Work about the people who collect. */
export const createTeamActivities = ({ database }: { database: Database }) => ({
  commandTeam: ({
    company,
    work,
    asked,
    now,
  }: {
    company: string
    work: TeamWork
    asked: Asked
    now: number
  }): Promise<Answer> =>
    refusing(() =>
      commandTeam(
        database,
        { company, now, ...asked },
        work.name,
        work.content as TeamCommands[TeamCommandName],
      ),
    ),
})
export type TeamActivities = ReturnType<typeof createTeamActivities>
