import { log } from '@temporalio/activity'
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Database } from '../ledger/database.ts'
import { casesBehind, receivablesAsleep } from '../ledger/sweep.ts'
import { type CollectionInput, caseWorkflowId, wake } from '../workflows/collection.messages.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { whileBeating } from './beating.ts'

export interface SweepReport {
  woken: number
  /** How late the latest of them was. */
  latestMs: number
  /** Open receivables that nothing would ever have woken. */
  repaired: number
}

const AT_ONCE = 10
const PER_SWEEP = 1_000

/** Starts a case or wakes it if it runs: the same call, so nobody has to know. */
export async function wakeCase(client: Client, company: string, key: string): Promise<void> {
  const input: CollectionInput = { v: 1, company, key }
  for (let tries = 1; ; tries++) {
    try {
      await client.workflow.signalWithStart('collection', {
        workflowId: caseWorkflowId(company, key),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [input],
        signal: wake,
        staticSummary: key,
      })
      return
    } catch (error) {
      // Two that start it at once: the one that comes second signals what the first has started.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || tries === 3) throw error
    }
  }
}

/** Wakes cases a few at a time: a thousand at once would make each wait for all. */
export async function wakeAll(
  client: Client,
  company: string,
  keys: readonly string[],
  tell: (done: number) => void = () => {},
): Promise<void> {
  const left = [...keys]
  const next = async (): Promise<void> => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) {
      await wakeCase(client, company, key)
      tell(keys.length - left.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

export interface WakeDeps {
  client: Client
  database: Database
  /** Sees that what runs by the clock has its schedules. */
  keepSchedules?: (company: string) => Promise<void>
}

export const createWakeActivities = ({ client, database, keepSchedules }: WakeDeps) => ({
  wakeCases: ({ company, keys }: { company: string; keys: string[] }): Promise<void> =>
    whileBeating(() => wakeAll(client, company, keys)),

  sweepCases: ({ company, now }: { company: string; now: number }): Promise<SweepReport> =>
    whileBeating(async () => {
      await keepSchedules?.(company)
      const behind = await casesBehind(database, company, now, PER_SWEEP)
      const asleep = await receivablesAsleep(database, company, PER_SWEEP)
      await wakeAll(client, company, [...new Set([...behind, ...asleep].map((c) => c.key))])
      const report = { woken: behind.length, latestMs: behind[0]?.lateMs ?? 0, repaired: asleep.length }
      if (report.woken + report.repaired > 0) log.warn('cases were behind', { ...report })
      return report
    }),
})
export type WakeActivities = ReturnType<typeof createWakeActivities>
