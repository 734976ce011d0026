import { proxyActivities } from '@temporalio/workflow'
import type { TeamActivities } from '../activities/team.ts'
import type { Answer } from '../domain/command.ts'
import type { TeamRun } from './team.messages.ts'
import { wakeTouched } from './waking.ts'

const people = proxyActivities<TeamActivities>({
  startToCloseTimeout: '1m',
  retry: { maximumInterval: '15s' },
})

/** Who is away, who stands in, who may decide what: written once. Whoever is asked for an approval may be another now. */
export async function team({ company, work, asked }: TeamRun): Promise<Answer> {
  const answer = await people.commandTeam({ company, work, asked, now: Date.now() })
  await wakeTouched(company, answer)
  return answer
}
