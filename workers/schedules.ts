import { log } from '@temporalio/activity'
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client'
import type { Database } from '../ledger/database.ts'
import { statementGroups } from '../ledger/statementRuns.ts'
import { type StatementRunInput, statementsId } from '../workflows/statementRun.messages.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'

/** What runs by the clock. */

export const EVERY_MINUTE: ScheduleSpec = { intervals: [{ every: '1 minute' }] }

/**
 * Makes a schedule of a workflow that never runs twice at once. Found done when it was done before, but for what becomes
 * of a start that meets the one before: changed only where it differs, since what was due before a change isn't made up for.
 */
export async function schedule(
  client: Client,
  id: string,
  workflowType: string,
  input: object,
  spec: ScheduleSpec,
  overlap: 'SKIP' | 'BUFFER_ALL' = ScheduleOverlapPolicy.SKIP,
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: id,
      spec,
      action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: TASK_QUEUE, args: [input] },
      policies: { overlap },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    const handle = client.schedule.getHandle(id)
    const { policies } = await handle.describe()
    if (policies.overlap !== overlap)
      await handle.update((was) => ({ ...was, policies: { ...was.policies, overlap } }))
  }
}

/** Before the contact hours of anybody: what is planned then waits for them. */
const STATEMENTS_AT = 6

/**
 * One schedule per branch and time zone whose customers get statements: every morning of theirs it is asked whose day
 * it is. Each asks about its own day only, so that after an outage they all run, one after the other. Branches come with
 * loads, so this is seen to again and again; one that can't be made, such as of a time zone that the server doesn't know,
 * keeps no other from it.
 */
export function keepStatementSchedules(client: Client, database: Database) {
  const kept = new Set<string>()
  return async (company: string): Promise<void> => {
    for (const { branch, timeZone } of await statementGroups(database, company)) {
      const id = statementsId(company, branch, timeZone)
      if (kept.has(id)) continue
      const input: StatementRunInput = { v: 1, company, branch, timeZone, actor: 'cartera' }
      const mornings = { calendars: [{ hour: STATEMENTS_AT }], timezone: timeZone }
      try {
        await schedule(client, id, 'statementRun', input, mornings, ScheduleOverlapPolicy.BUFFER_ALL)
        kept.add(id)
      } catch (error) {
        log.error('a schedule of statements could not be made', { branch, timeZone, cause: String(error) })
      }
    }
  }
}
