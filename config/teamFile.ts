import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { teamCommands } from '../domain/command.ts'
import { parseYaml, problemText } from '../domain/yamlFile.ts'

/** The file of who decides can't be used; the message says where and why. */
export class TeamFileError extends Error {
  override name = 'TeamFileError'
}

const { person, name, email, language, role, branch } = teamCommands.grantRole.shape

const teamSchema = z.strictObject({
  people: z.array(
    z.strictObject({
      ...{ person, name, email, language },
      roles: z.array(z.strictObject({ role, branch })).min(1),
    }),
  ),
})

type Grant = z.infer<typeof teamCommands.grantRole>

/** The roles that a file gives, one grant each. @throws TeamFileError */
export function readTeam(path: string): Grant[] {
  const parsed = parseYaml(readText(path), basename(path), teamSchema, {
    unknownSetting: 'is not a setting of a team; check its spelling',
  })
  if (!parsed.ok) throw new TeamFileError(parsed.problems.map(problemText).join('\n'))
  return parsed.value.people.flatMap(({ roles, ...who }) => roles.map((held) => ({ ...who, ...held })))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new TeamFileError(`CARTERA_TEAM: ${(error as Error).message}`)
  }
}
