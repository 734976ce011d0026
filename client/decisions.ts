import type { Answer, Asked } from '../domain/command.ts'
import { decisionCommands } from '../domain/decisionCommand.ts'
import { contentHash } from '../ledger/commands.ts'
import { type DecisionWork, decisionWorkflowId } from '../workflows/decision.messages.ts'
import type { decision } from '../workflows/decision.ts'
import { checked } from './content.ts'
import { shortRun } from './shortRun.ts'
import type { Door } from './temporal.ts'

/**
 * Has a command carried out that isn't one case's. Asked again under the same key it answers the same.
 *
 * @throws Refusal when a rule says no; BadRequest; TryLater when there is no answer in time
 */
export async function commandDecision(door: Door, work: DecisionWork, asked: Asked): Promise<Answer> {
  const { company } = door
  checked(decisionCommands[work.name], work.content)
  const key = `${asked.key}:${contentHash(work.name, work.content).slice(0, 16)}`
  return shortRun<typeof decision>(door, 'decision', decisionWorkflowId(company, key), {
    v: 1,
    company,
    work,
    asked,
  })
}
