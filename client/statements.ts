import type { KeptDocument } from '../domain/document.ts'
import { contentHash } from '../ledger/commands.ts'
import type { minutes } from '../workflows/minutes.ts'
import type { printPack } from '../workflows/printPack.ts'
import {
  minutesWorkflowId,
  printPackWorkflowId,
  type StatementWork,
  statementWorkflowId,
} from '../workflows/statement.messages.ts'
import type { statement } from '../workflows/statement.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

const WITHIN_MS = 120_000
/** Hundreds of statements are drawn one by one. */
const PACK_WITHIN_MS = 60 * 60_000

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
  return answerOf(client, workflowId, withinMs, () =>
    client.workflow.start<typeof statement>('statement', {
      ...joining(workflowId),
      args: [{ v: 1, company, work }],
    }),
  )
}

/**
 * Has the statements of a run that go out on paper made as one document; null when none do. Asked again it is found.
 *
 * @throws Refusal NotFound; TryLater when it isn't made within `withinMs`: it goes on, and asking again waits for it
 */
export async function makePrintPack(
  { client, company }: Door,
  run: number,
  actor: string,
  withinMs: number = PACK_WITHIN_MS,
): Promise<KeptDocument | null> {
  const workflowId = printPackWorkflowId(company, run)
  return answerOf(client, workflowId, withinMs, () =>
    client.workflow.start<typeof printPack>('printPack', {
      ...joining(workflowId),
      args: [{ v: 1, company, run, actor }],
    }),
  )
}

/**
 * Has the minutes of a reconciliation made, to be signed.
 *
 * @throws Refusal NotFound; TryLater when there is no answer within `withinMs`
 */
export async function makeMinutes(
  { client, company }: Door,
  confirmation: number,
  actor: string,
  withinMs: number = WITHIN_MS,
): Promise<KeptDocument> {
  const workflowId = minutesWorkflowId(company, confirmation)
  return answerOf(client, workflowId, withinMs, () =>
    client.workflow.start<typeof minutes>('minutes', {
      ...joining(workflowId),
      args: [{ v: 1, company, confirmation, actor }],
    }),
  )
}

/** A run under way is joined, one that ended is asked anew. */
const joining = (workflowId: string) => ({
  workflowId,
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  taskQueue: TASK_QUEUE,
})

async function answerOf<T>(
  client: Door['client'],
  workflowId: string,
  withinMs: number,
  start: () => Promise<{ result(): Promise<T> }>,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => (await start()).result())
  } catch (error) {
    const known = understood(error)
    throw known instanceof TryLater && known.what === 'workers'
      ? new TryLater('workers', workflowId, error)
      : known
  }
}
