import type { Answer, Asked, CaseCommandName, CaseCommands } from '../domain/command.ts'
import type { Plan } from '../domain/plan.ts'
import { assess } from '../ledger/assess.ts'
import { commandCase } from '../ledger/caseCommands.ts'
import type { Database } from '../ledger/database.ts'
import type { Calendars } from '../ledger/scope.ts'
import { refusing } from './failures.ts'

export interface LedgerDeps {
  database: Database
  calendars: Calendars
}

/** Short work on the books next to a case's workflow. `now` is the workflow's time. */
export const createLedgerActivities = ({ database, calendars }: LedgerDeps) => ({
  assess: ({ company, key, now }: { company: string; key: string; now: number }): Promise<Plan> =>
    assess(database, calendars, company, key, now),

  command: ({
    company,
    key,
    name,
    content,
    asked,
    now,
  }: {
    company: string
    key: string
    name: CaseCommandName
    content: unknown
    asked: Asked
    now: number
  }): Promise<Answer> =>
    refusing(() =>
      commandCase(
        database,
        calendars,
        { company, now, ...asked },
        key,
        name,
        content as CaseCommands[CaseCommandName],
      ),
    ),
})
export type LedgerActivities = ReturnType<typeof createLedgerActivities>
