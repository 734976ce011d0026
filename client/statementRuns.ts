import type { LocalDate } from '../domain/calendar.ts'
import type { StatementGroup } from '../ledger/statementRuns.ts'
import { statementsId } from '../workflows/statementRun.messages.ts'
import type { statementRun } from '../workflows/statementRun.ts'
import { shortRun } from './shortRun.ts'
import type { Door } from './temporal.ts'

/**
 * Has a group's statements of a day planned; a run of that day that began is joined, one that ended is found in the
 * ledger.
 *
 * @returns the run's id; null when the day is nobody's
 * @throws TryLater when there is no answer within `withinMs`; what was asked goes on
 */
export async function runStatements(
  door: Door,
  { branch, timeZone }: StatementGroup,
  day: LocalDate,
  actor: string,
  withinMs = 10 * 60_000,
): Promise<number | null> {
  const { company } = door
  const workflowId = statementsId(company, branch, timeZone, day)
  const input = { v: 1 as const, company, branch, timeZone, day, actor }
  return shortRun<typeof statementRun>(door, 'statementRun', workflowId, input, withinMs)
}
