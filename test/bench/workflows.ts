import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'

/** What Temporal says of the workflows of a run. */

const LOOK_MS = 50

const listOf = (types: readonly string[]) => types.map((type) => `'${type}'`).join(', ')

/** Waits until no workflow of a type runs. */
export async function untilNoneRuns(client: Client, type: string): Promise<void> {
  for (;;) {
    const { count } = await client.workflow.count(`WorkflowType = '${type}' AND ExecutionStatus = 'Running'`)
    if (count === 0) return
    await sleep(LOOK_MS)
  }
}

/** Events in the histories of all workflows of some types that were started since. */
export async function eventsSince(client: Client, types: readonly string[], since: Date): Promise<number> {
  let events = 0
  const query = `WorkflowType IN (${listOf(types)}) AND StartTime >= '${since.toISOString()}'`
  for await (const execution of client.workflow.list({ query })) events += execution.historyLength
  return events
}
