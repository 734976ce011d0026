import type { Answer, Asked } from '../domain/command.ts'
import type { Look } from '../domain/process.ts'
import type { Database } from '../ledger/database.ts'
import { commandDecision } from '../ledger/decisionCommands.ts'
import { lookAt } from '../ledger/looks.ts'
import type { Calendars } from '../ledger/scope.ts'
import type { DecisionWork } from '../workflows/decision.messages.ts'
import { whileBeating } from './beating.ts'
import { refusing } from './failures.ts'

/** Commands that aren't one case's, and looks at what waits by itself. `now` is the workflow's time. */
export const createDecisionActivities = ({
  database,
  calendars,
}: {
  database: Database
  calendars: Calendars
}) => ({
  decide: ({
    company,
    work,
    asked,
    now,
  }: {
    company: string
    work: DecisionWork
    asked: Asked
    now: number
  }): Promise<Answer> =>
    whileBeating(() =>
      refusing(() =>
        commandDecision(database, calendars, { company, now, ...asked }, work.name, work.content),
      ),
    ),

  look: ({ company, key, now }: { company: string; key: string; now: number }): Promise<Look> =>
    lookAt(database, calendars, company, key, now),
})
export type DecisionActivities = ReturnType<typeof createDecisionActivities>
