import { type Answer, type TeamCommandName, type TeamCommands, teamCommands } from '../domain/command.ts'
import { endAbsence, recordAbsence } from './absences.ts'
import { type Asking, once } from './commands.ts'
import type { Database, Sql } from './database.ts'
import { grantRole, revokeRole } from './roles.ts'

const carriers: {
  [N in TeamCommandName]: (sql: Sql, asking: Asking, input: TeamCommands[N]) => Promise<Answer>
} = { recordAbsence, endAbsence, grantRole, revokeRole }

/** Carries out a command about the people who collect, once per key. */
export function commandTeam<N extends TeamCommandName>(
  database: Database,
  asking: Asking,
  name: N,
  input: TeamCommands[N],
): Promise<Answer> {
  const content = teamCommands[name].parse(input) as TeamCommands[N]
  return once(database, asking, name, content, async (sql) => {
    // Two at once can't both find that there is none yet.
    await sql.one('SELECT 1 FROM company WHERE id = $1 FOR NO KEY UPDATE', [asking.company])
    return carriers[name](sql, asking, content)
  })
}
