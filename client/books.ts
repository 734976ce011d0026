import { type Answer, type Asked, receiptCommands } from '../domain/command.ts'
import { contentHash } from '../ledger/commands.ts'
import { type ReceiptWork, receiptWorkflowId } from '../workflows/receipt.messages.ts'
import type { receipt } from '../workflows/receipt.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { checked } from './content.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

const WITHIN_MS = 60_000

/**
 * Has money work done: receipts, a file of them, applications, a reversal. The work goes on when nobody waits any
 * more; asked again under the same key it is found, or answered the same.
 *
 * @throws Refusal when a rule says no; BadRequest; BadFile with every bad line; TryLater when there is no answer
 * within `withinMs`
 */
export async function commandBooks(
  door: Door,
  work: ReceiptWork,
  asked: Asked,
  withinMs: number = WITHIN_MS,
): Promise<Answer> {
  const { client, company } = door
  if (work.name !== 'postFile') checked(receiptCommands[work.name], work.content)
  // The same key with other content is another run, so that the ledger tells the conflict.
  const { name, ...content } = work
  const workflowId = receiptWorkflowId(company, `${asked.key}:${contentHash(name, content).slice(0, 16)}`)
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => {
      const handle = await client.workflow.start<typeof receipt>('receipt', {
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [{ v: 1, company, work, asked }],
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
