import { proxyActivities } from '@temporalio/workflow'
import type { TeamActivities } from '../activities/team.ts'
import type { Answer } from '../domain/command.ts'
import type { TeamRun } from './team.messages.ts'

const people = proxyActivities<TeamActivities>({
  startToCloseTimeout: '1m',
  retry: { maximumInterval: '15s' },
})

/** Who is away and who stands in, written once. No case is woken: worklists are read by the day. */
export async function team({ company, work, asked }: TeamRun): Promise<Answer> {
  return people.commandTeam({ company, work, asked, now: Date.now() })
}
