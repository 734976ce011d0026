import type { Client } from '@temporalio/client'
import { expect } from 'vitest'

/** A run whose history is kept. */
export type Run = { name: string; workflowId: string; runId?: string }
export type Keep = (client: Client, run: Run) => Promise<void>

/** The one run of a type whose id begins so. */
export async function runOf(client: Client, workflowType: string, prefix: string): Promise<string> {
  const query = `WorkflowType = '${workflowType}' AND WorkflowId STARTS_WITH '${prefix}'`
  let found: string | undefined
  await expect
    .poll(async () => {
      for await (const run of client.workflow.list({ query })) found = run.workflowId
      return found
    })
    .toBeDefined()
  return found!
}
