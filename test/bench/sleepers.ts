import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad, watchLoad } from '../../client/loads.ts'
import { residentMb } from './cpu.ts'
import { standardProfile } from './lifecycle.ts'
import { openItemsFile } from './portfolio.ts'
import type { BenchStack } from './stack.ts'

/**
 * Memory of a worker while so many cases sleep. Each case is a customer with one receivable that falls due in twenty
 * days: it looks once and sleeps until its first reminder. A worker keeps 500 workflows in memory, whatever sleeps.
 */
export interface SleeperFigures {
  cases: number
  seconds: number
  perSecond: number
  /** Of a worker that has just started, and of the same when all the cases sleep. */
  idleMb: number
  sleepingMb: number
}

export async function measureSleepers(
  stack: BenchStack,
  cases: number,
  log: (line: string) => void,
): Promise<SleeperFigures> {
  const worker = await stack.startOurWorker()
  const idleMb = residentMb(worker.pid)
  const startedAt = performance.now()
  const { id } = await startLoad(stack.door, stack.database, {
    content: openItemsFile({ prefix: 'Z', receivables: cases, perCustomer: 1, dueIn: () => 20 }),
    fileName: 'sleepers.csv',
    profile: standardProfile(),
    kind: 'delta',
    asOf: null,
    hold: false,
    actor: 'bench',
  })
  await watchLoad(stack.door, stack.database, id)
  for (let asleep = 0, looks = 0; asleep < cases; looks++) {
    await sleep(500)
    asleep = (await stack.observer.one<{ n: number }>(
      `SELECT count(*)::int AS n FROM collection_case WHERE key LIKE 'Z-%' AND facts_version = assessed_version AND next_wake_at IS NOT NULL`,
    ))!.n
    if (looks % 20 === 19) log(`  ${asleep} of ${cases} cases sleep`)
  }
  const seconds = (performance.now() - startedAt) / 1000
  await sleep(2_000)
  const sleepingMb = residentMb(worker.pid)
  await worker.stop()
  return { cases, seconds, perSecond: cases / seconds, idleMb, sleepingMb }
}
