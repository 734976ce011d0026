import { type Answer, type Asked, receiptCommands } from '../domain/command.ts'
import { contentHash } from '../ledger/commands.ts'
import { type ReceiptWork, receiptWorkflowId } from '../workflows/receipt.messages.ts'
import type { receipt } from '../workflows/receipt.ts'
import { checked } from './content.ts'
import { shortRun } from './shortRun.ts'
import type { Door } from './temporal.ts'

/**
 * Has money work done: receipts, a file of them, applications, a reversal.
 *
 * @throws Refusal when a rule says no; BadRequest; BadFile with every bad line; TryLater when there is no answer
 * within `withinMs`
 */
export async function commandBooks(
  door: Door,
  work: ReceiptWork,
  asked: Asked,
  withinMs?: number,
): Promise<Answer> {
  const { company } = door
  if (work.name !== 'postFile') checked(receiptCommands[work.name], work.content)
  // The same key with other content is another run, so that the ledger tells the conflict.
  const { name, ...content } = work
  const key = `${asked.key}:${contentHash(name, content).slice(0, 16)}`
  return shortRun<typeof receipt>(
    door,
    'receipt',
    receiptWorkflowId(company, key),
    { v: 1, company, work, asked },
    withinMs,
  )
}
