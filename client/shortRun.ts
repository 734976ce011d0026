import type { Answer } from '../domain/command.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

const WITHIN_MS = 60_000

/**
 * Has a workflow done that ends with an answer. It goes on when nobody waits any more; asked again under the same id it
 * is found, or done again and answered the same by the ledger.
 *
 * @throws Refusal when a rule says no; BadFile; TryLater when there is no answer within `withinMs`
 */
export async function shortRun(
  { client }: Door,
  type: 'receipt' | 'team',
  workflowId: string,
  run: object,
  withinMs: number = WITHIN_MS,
): Promise<Answer> {
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => {
      const handle = await client.workflow.start<(run: object) => Promise<Answer>>(type, {
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [run],
      })
      return await handle.result()
    })
  } catch (error) {
    const known = understood(error)
    throw known instanceof TryLater && known.what === 'workers'
      ? new TryLater('workers', workflowId, error)
      : known
  }
}
