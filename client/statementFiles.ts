import type { KeptDocument } from '../domain/document.ts'
import { contentHash } from '../ledger/commands.ts'
import { type StatementWork, statementWorkflowId } from '../workflows/statement.messages.ts'
import type { statement } from '../workflows/statement.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

const WITHIN_MS = 120_000

/**
 * Has a customer's statement of account made, in each of the formats; asked again under the same key, the same run
 * answers.
 *
 * @throws Refusal NotFound, InvalidDate; TryLater when there is no answer within `withinMs`
 */
export async function makeStatement(
  { client, company }: Door,
  work: StatementWork,
  key: string,
  withinMs: number = WITHIN_MS,
): Promise<KeptDocument[]> {
  const workflowId = statementWorkflowId(company, `${key}:${contentHash('statement', work).slice(0, 16)}`)
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => {
      const handle = await client.workflow.start<typeof statement>('statement', {
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [{ v: 1, company, work }],
      })
      return handle.result()
    })
  } catch (error) {
    const known = understood(error)
    throw known instanceof TryLater && known.what === 'workers'
      ? new TryLater('workers', workflowId, error)
      : known
  }
}
