import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

const WITHIN_MS = 60_000

/** A workflow that ends with an answer. */
type Run = (input: never) => Promise<unknown>

/**
 * Has a workflow done that ends with an answer. It goes on when nobody waits any more; asked again under the same id it
 * is joined, or done again and answered the same by the ledger.
 *
 * @throws Refusal when a rule says no; BadFile; TryLater when there is no answer within `withinMs`
 */
export async function shortRun<W extends Run>(
  { client }: Door,
  type: string,
  workflowId: string,
  input: Parameters<W>[0],
  withinMs: number = WITHIN_MS,
): Promise<Awaited<ReturnType<W>>> {
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => {
      const handle = await client.workflow.start<(input: unknown) => Promise<unknown>>(type, {
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [input],
      })
      return (await handle.result()) as Awaited<ReturnType<W>>
    })
  } catch (error) {
    const known = understood(error)
    throw known instanceof TryLater && known.what === 'workers'
      ? new TryLater('workers', workflowId, error)
      : known
  }
}
