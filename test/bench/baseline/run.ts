import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { openDatabase } from '../../../ledger/database.ts'
import type { Child } from '../../../workers/embedded/children.ts'
import { inTurns } from '../lifecycle.ts'
import { type Cost, costOf, startMeter } from '../meter.ts'
import { PER_CUSTOMER } from '../portfolio.ts'
import type { BenchStack } from '../stack.ts'
import { eventsSince, untilNoneRuns } from '../workflows.ts'
import type { CycleInput } from './cycle.ts'
import { BASELINE_QUEUE } from './worker.ts'

/**
 * The bare baseline: a workflow per customer of 50 receivables writes 50 rows in one statement, waits for a timer of a
 * second, for a signal that they are paid, and updates the 50 rows in one statement. No rules, mail, journal or money.
 * The second that the timer waits isn't counted: it is waiting, not work.
 */

const AT_ONCE = 10
const TIMER_SECONDS = 1

export const startBaselineWorker = (stack: BenchStack): Promise<Child> =>
  stack.startWorker('baseline', ['--import', 'tsx', fileURLToPath(new URL('./worker.ts', import.meta.url))], {
    DATABASE_URL: stack.urlOf('baseline'),
  })

export async function runBaseline(
  stack: BenchStack,
  workerPid: number,
  prefix: string,
  receivables: number,
): Promise<Cost> {
  const { client } = stack.door
  const customers: CycleInput[] = Array.from({ length: Math.ceil(receivables / PER_CUSTOMER) }, (_, at) => ({
    customer: `${prefix}-C${at}`,
    documents: Array.from({ length: PER_CUSTOMER }, (_, index) => `${prefix}-F${at}-${index}`),
  }))
  const items = openDatabase(`${stack.urlOf('baseline')}?options=-c%20pg_stat_statements.track%3Dnone`, {
    role: null,
  })
  const countOf = async (state: string) =>
    (await items.one<{ n: number }>(
      'SELECT count(*)::int AS n FROM item WHERE state = $1 AND document LIKE $2',
      [state, `${prefix}-%`],
    ))!.n
  const startedAt = new Date()
  const meter = await startMeter(stack, workerPid, 'baseline')
  await inTurns(customers, AT_ONCE, (input) => start(client, input))
  while ((await countOf('open')) < receivables) await sleep(50)
  await inTurns(customers, AT_ONCE, ({ customer }) =>
    client.workflow.getHandle(`cycle:${customer}`).signal('paid'),
  )
  await untilNoneRuns(client, 'cycle')
  const measured = await meter.stop()
  if ((await countOf('paid')) !== receivables) throw new Error('the baseline has not paid everything')
  await items.close()
  return costOf(
    receivables,
    { ...measured, seconds: measured.seconds - TIMER_SECONDS },
    await eventsSince(client, ['cycle'], startedAt),
  )
}

const start = (client: Client, input: CycleInput) =>
  client.workflow.start('cycle', {
    workflowId: `cycle:${input.customer}`,
    taskQueue: BASELINE_QUEUE,
    args: [input],
  })
