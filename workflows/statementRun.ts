import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { StatementActivities } from '../activities/statements.ts'
import type { StatementRunInput } from './statementRun.messages.ts'

const statements = proxyActivities<StatementActivities>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry: { maximumInterval: '1m' },
})

/** Set by the server on what a schedule starts: a run that was started late is still the run of its day. */
const scheduledStart = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME)

/** Who gets a statement is decided once; then each is planned as a message of its case, which sends it. */
export async function statementRun(input: StatementRunInput): Promise<number | null> {
  const at = workflowInfo().typedSearchAttributes.get(scheduledStart)?.getTime() ?? Date.now()
  const run = await statements.beginStatementRun({ ...input, at, now: Date.now() })
  if (run === null) return null
  await statements.planStatements({ company: input.company, actor: input.actor, run, now: Date.now() })
  return run
}
