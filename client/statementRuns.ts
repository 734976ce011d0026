import type { LocalDate } from '../domain/calendar.ts'
import type { StatementGroup } from '../ledger/statementRuns.ts'
import { statementsId } from '../workflows/statementRun.messages.ts'
import type { statementRun } from '../workflows/statementRun.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

/**
 * Has a group's statements of a day planned; a run of that day that began is joined, one that ended is found in the
 * ledger.
 *
 * @returns the run's id; null when the day is nobody's
 * @throws TryLater when there is no answer within `withinMs`; what was asked goes on
 */
export async function runStatements(
  { client, company }: Door,
  { branch, timeZone }: StatementGroup,
  day: LocalDate,
  actor: string,
  withinMs = 10 * 60_000,
): Promise<number | null> {
  try {
    return await client.withDeadline(Date.now() + withinMs, async () => {
      const handle = await client.workflow.start<typeof statementRun>('statementRun', {
        workflowId: statementsId(company, branch, timeZone, day),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [{ v: 1, company, branch, timeZone, day, actor }],
      })
      return await handle.result()
    })
  } catch (error) {
    throw understood(error)
  }
}
