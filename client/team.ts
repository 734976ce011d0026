import { type Answer, type Asked, teamCommands } from '../domain/command.ts'
import { contentHash } from '../ledger/commands.ts'
import { type TeamWork, teamWorkflowId } from '../workflows/team.messages.ts'
import type { team } from '../workflows/team.ts'
import { checked } from './content.ts'
import { shortRun } from './shortRun.ts'
import type { Door } from './temporal.ts'

/**
 * Says something about the people who collect: an absence, its end.
 *
 * @throws Refusal when a rule says no; BadRequest; TryLater when there is no answer in time
 */
export async function commandTeam(door: Door, work: TeamWork, asked: Asked): Promise<Answer> {
  const { company } = door
  checked(teamCommands[work.name], work.content)
  const key = `${asked.key}:${contentHash(work.name, work.content).slice(0, 16)}`
  return shortRun<typeof team>(door, 'team', teamWorkflowId(company, key), {
    v: 1,
    company,
    work,
    asked,
  })
}
