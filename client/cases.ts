import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WithStartWorkflowOperation } from '@temporalio/client'
import {
  type Answer,
  type Asked,
  type CaseCommandName,
  type CaseCommands,
  caseCommands,
} from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { contentHash } from '../ledger/commands.ts'
import { caseWorkflowId, commandUpdate } from '../workflows/collection.messages.ts'
import type { collection } from '../workflows/collection.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { checked } from './content.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { raced, understood } from './temporalFailures.ts'

/** How long asking may take. */
export interface Patience {
  /** A try ends after this without an answer, in ms. */
  tryMs: number
  /** Tries in which the ledger didn't answer the workflow. */
  tries: number
  /** From one try to the next, doubled each time, in ms. */
  pauseMs: number
}
export const PATIENCE: Patience = { tryMs: 20_000, tries: 4, pauseMs: 500 }

/** A receivable is regrouped rarely; more hops than this is a circle. */
const MOST_MOVES = 5

/**
 * Asks a collection case to carry a command out, and starts the case when none runs. Follows receivables that moved
 * to another case. Asked again under the same key it answers the same.
 *
 * @throws Refusal when a rule says no; BadRequest when the content isn't of the command's shape; TryLater when it
 * can't be done now: the same key may be used again
 */
export async function commandCase<N extends CaseCommandName>(
  door: Door,
  caseKey: string,
  name: N,
  content: CaseCommands[N],
  asked: Asked,
  patience: Patience = PATIENCE,
): Promise<Answer> {
  const sent = checked<CaseCommands[N]>(caseCommands[name], content)
  // Temporal answers a repeated update id of one run with what it answered before, so that a client that lost the
  // connection finds its answer. A try after a failure has to be a new one; the ledger knows the key in any case.
  let updateId = `${asked.key}-${contentHash(name, sent).slice(0, 16)}`
  let key = caseKey
  let moves = 0
  let isFirst = true
  for (let attempt = 1; ; ) {
    try {
      return await ask(door, key, name, sent, asked, updateId, patience.tryMs)
    } catch (error) {
      const known = understood(error)
      if (known instanceof Refusal && known.refusal === 'CaseMoved' && moves < MOST_MOVES) {
        key = (known as Refusal<'CaseMoved'>).data.to
        moves++
        continue
      }
      const isAway = known instanceof TryLater && known.what === 'ledger'
      const again = raced(error) || isAway
      // That the ledger was away may have been said to somebody who asked under this key long ago.
      const isOld = isAway && isFirst
      if (!again || (!isOld && attempt >= patience.tries)) throw known
      if (!isOld) {
        await sleep(patience.pauseMs * 2 ** (attempt - 1))
        attempt++
      }
      isFirst = false
      updateId = `${asked.key}-${randomUUID()}`
    }
  }
}

function ask<N extends CaseCommandName>(
  door: Door,
  key: string,
  name: N,
  content: CaseCommands[N],
  asked: Asked,
  updateId: string,
  withinMs: number,
): Promise<Answer> {
  const { client, company } = door
  const start = new WithStartWorkflowOperation<typeof collection>('collection', {
    workflowId: caseWorkflowId(company, key),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    taskQueue: TASK_QUEUE,
    args: [{ v: 1, company, key }],
  })
  return client.withDeadline(Date.now() + withinMs, () =>
    client.workflow.executeUpdateWithStart(commandUpdate(name), {
      startWorkflowOperation: start,
      args: [content, asked],
      updateId,
    }),
  )
}
