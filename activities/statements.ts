import { heartbeat } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { localDateOf } from '../domain/calendar.ts'
import type { Database } from '../ledger/database.ts'
import type { Calendars } from '../ledger/scope.ts'
import { beginRun, finishRun, planStatements } from '../ledger/statementRuns.ts'
import type { StatementRunInput } from '../workflows/statementRun.messages.ts'
import { whileBeating } from './beating.ts'
import { wakeAll } from './wake.ts'

export interface StatementDeps {
  database: Database
  calendars: Calendars
  client: Client
}

/** Customers whose statements are planned in one transaction: their locks are held as long as it lasts. */
const PER_BATCH = 50

/** A day's statements of account: begun once, planned a batch at a time, each batch's cases woken before the next. */
export const createStatementActivities = ({ database, calendars, client }: StatementDeps) => ({
  beginStatementRun: ({
    company,
    branch,
    timeZone,
    day,
    actor,
    at,
    now,
  }: StatementRunInput & { at: number; now: number }): Promise<number | null> =>
    whileBeating(() =>
      beginRun(
        database,
        calendars,
        { company, actor, now },
        { branch, timeZone },
        day ?? localDateOf(at, timeZone),
      ),
    ),

  async planStatements({
    company,
    actor,
    run,
    now,
  }: {
    company: string
    actor: string
    run: number
    now: number
  }): Promise<void> {
    for (let planned = 0; ; ) {
      const { done, keys } = await planStatements(
        database,
        calendars,
        { company, actor, now },
        run,
        PER_BATCH,
      )
      await wakeAll(client, company, { cases: keys }, () => heartbeat({ planned }))
      planned += done
      heartbeat({ planned })
      if (done < PER_BATCH) break
    }
    await finishRun(database, run, now)
  },
})
export type StatementActivities = ReturnType<typeof createStatementActivities>
