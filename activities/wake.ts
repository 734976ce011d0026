import { log } from '@temporalio/activity'
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { processOf } from '../domain/process.ts'
import { touchReceivables } from '../ledger/cases.ts'
import type { Database } from '../ledger/database.ts'
import { processesBehind, processesToWake } from '../ledger/processes.ts'
import { casesBehind, casesToWake, receivablesAsleep, SLACK_MS } from '../ledger/sweep.ts'
import { type CollectionInput, caseWorkflowId, wake } from '../workflows/collection.messages.ts'
import { type ProcessInput, processWorkflowId } from '../workflows/process.messages.ts'
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
const PAGE = 500

/** Starts a case or wakes it if it runs: the same call, so nobody has to know. */
export const wakeCase = (client: Client, company: string, key: string): Promise<void> => {
  const input: CollectionInput = { v: 1, company, key }
  return startOrWake(client, 'collection', caseWorkflowId(company, key), input, key)
}

/** The same for a process, by its key. */
export const wakeProcess = (client: Client, company: string, key: string): Promise<void> => {
  const { kind, id } = processOf(key)
  const input: ProcessInput = { v: 1, company, kind, id }
  return startOrWake(client, kind, processWorkflowId(company, kind, id), input, id)
}

async function startOrWake(
  client: Client,
  type: string,
  workflowId: string,
  input: CollectionInput | ProcessInput,
  summary: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.workflow.signalWithStart(type, {
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        taskQueue: TASK_QUEUE,
        args: [input],
        signal: wake,
        staticSummary: summary,
      })
      return
    } catch (error) {
      // Two that start it at once: the one that comes second signals what the first has started.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || tries === 3) throw error
    }
  }
}

/** What is to be woken. */
export interface Sleeping {
  cases: readonly string[]
  processes?: readonly string[]
}

/**
 * Wakes a few at a time: a thousand at once would make each wait for all. One that can't be woken keeps no other from it,
 * and is told at the end.
 *
 * @throws Error when some weren't woken
 */
export async function wakeAll(
  client: Client,
  company: string,
  { cases, processes = [] }: Sleeping,
  tell: () => void = () => {},
): Promise<void> {
  const left = [
    ...cases.map((key) => ({ key, wakeOne: wakeCase })),
    ...processes.map((key) => ({ key, wakeOne: wakeProcess })),
  ]
  const failed: { key: string; error: unknown }[] = []
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const { key, wakeOne } = one
      await wakeOne(client, company, key).catch((error: unknown) => failed.push({ key, error }))
      tell()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  const [first] = failed
  if (first) throw new Error(`${failed.length} not woken, ${first.key} first`, { cause: first.error })
}

/**
 * Wakes all of a company that hasn't looked at its changed facts, a page at a time; says how many. Those that have looked
 * meanwhile aren't asked again.
 *
 * @throws Error when some weren't woken
 */
export async function wakeBehind(
  client: Client,
  database: Database,
  company: string,
  tell?: () => void,
): Promise<number> {
  let woken = 0
  const failed: unknown[] = []
  for (const [what, behind] of [
    ['cases', casesToWake],
    ['processes', processesToWake],
  ] as const)
    for (let after: string | undefined = ''; after !== undefined; ) {
      const keys: string[] = (await behind(database, company, after, PAGE)).map(({ key }) => key)
      const page = { cases: [], [what]: keys }
      await wakeAll(client, company, page, tell).catch((error: unknown) => failed.push(error))
      woken += keys.length
      after = keys.length < PAGE ? undefined : keys.at(-1)
    }
  if (failed.length > 0) throw failed[0]
  return woken
}

export interface WakeDeps {
  client: Client
  database: Database
  /** Sees that what runs by the clock has its schedules. */
  keepSchedules?: (company: string) => Promise<void>
}

export const createWakeActivities = ({ client, database, keepSchedules }: WakeDeps) => ({
  wakeCases: ({
    company,
    keys,
    processes = [],
    tooMany = false,
  }: {
    company: string
    keys: string[]
    processes?: string[]
    tooMany?: boolean
  }): Promise<void> =>
    whileBeating(async () => {
      if (tooMany) await wakeBehind(client, database, company)
      else await wakeAll(client, company, { cases: keys, processes })
    }),

  sweepCases: ({ company, now }: { company: string; now: number }): Promise<SweepReport> =>
    whileBeating(async () => {
      const behind = await casesBehind(database, company, now, PER_SWEEP)
      const asleep = await receivablesAsleep(database, company, PER_SWEEP)
      await touchReceivables(
        database,
        asleep.map((r) => r.id),
      )
      const processes = await processesBehind(database, company, now, SLACK_MS, PER_SWEEP)
      try {
        await wakeAll(client, company, {
          cases: [...new Set([...behind, ...asleep].map((c) => c.key))],
          processes: processes.map((p) => p.key),
        })
      } finally {
        await keepSchedules?.(company)
      }
      const report = {
        woken: behind.length + processes.length,
        latestMs: Math.max(behind[0]?.lateMs ?? 0, processes[0]?.lateMs ?? 0),
        repaired: asleep.length,
      }
      if (report.woken + report.repaired > 0) log.warn('cases or processes were behind', { ...report })
      return report
    }),
})
export type WakeActivities = ReturnType<typeof createWakeActivities>
