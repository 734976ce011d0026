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

/** Makes a schedule of a workflow that never runs twice at once. Found done when it was done before. */
export async function schedule(
  client: Client,
  id: string,
  workflowType: string,
  input: object,
  spec: ScheduleSpec,
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: id,
      spec,
      action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: TASK_QUEUE, args: [input] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
}

/** Before the contact hours of anybody: what is planned then waits for them. */
const STATEMENTS_AT = 6

/**
 * One schedule per branch and time zone whose customers get statements: every morning of theirs it is asked whose day
 * it is. Branches come with loads, so this is seen to again and again.
 */
export function keepStatementSchedules(client: Client, database: Database) {
  const kept = new Set<string>()
  return async (company: string): Promise<void> => {
    for (const { branch, timeZone } of await statementGroups(database, company)) {
      const id = statementsId(company, branch, timeZone)
      if (kept.has(id)) continue
      const input: StatementRunInput = { v: 1, company, branch, timeZone, actor: 'cartera' }
      await schedule(client, id, 'statementRun', input, {
        calendars: [{ hour: STATEMENTS_AT }],
        timezone: timeZone,
      })
      kept.add(id)
    }
  }
}
