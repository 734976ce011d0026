import { proxyActivities } from '@temporalio/workflow'
import type { DecisionActivities } from '../activities/decisions.ts'
import type { Answer } from '../domain/command.ts'
import type { DecisionRun } from './decision.messages.ts'
import { wakeTouched } from './waking.ts'

const decisions = proxyActivities<DecisionActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { maximumInterval: '15s' },
})

/** Carries a command out in one transaction, then wakes all that it touches. */
export async function decision({ company, work, asked }: DecisionRun): Promise<Answer> {
  const answer = await decisions.decide({ company, work, asked, now: Date.now() })
  await wakeTouched(company, answer)
  return answer
}
