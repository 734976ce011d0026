import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { caseWorkflowId } from '../../workflows/collection.messages.ts'
import { bundleWith } from '../replay/changed.ts'
import { COMPANY } from '../setup/ledger.ts'
import { caughtUp, underTraffic } from './fault.ts'
import { startFragileStack } from './stack.ts'
import { loadPortfolio } from './traffic.ts'

const CUSTOMERS = 12

/**
 * During a deployment an old and a new build work on the same queues. What a new build may change freely, the length of
 * a timer and what an activity is told, must not stop a case that goes from one to the other and back.
 */
test('cases go between workers of two builds while both work, and none is stopped by it', {
  timeout: 300_000,
}, async () => {
  const changed = await bundleWith([
    ['keeping.ts', 'FIRST_PAUSE_MS = 30_000', 'FIRST_PAUSE_MS = 20_000'],
    ['collection.ts', "startToCloseTimeout: '3s'", "startToCloseTimeout: '2s'"],
  ])
  const stack = await startFragileStack()
  onTestFinished(() => stack.stop())
  await loadPortfolio(stack, CUSTOMERS)
  await caughtUp(stack.database)
  const newer = await stack.addWorker(changed)
  await underTraffic(
    stack,
    [],
    { fault: 'two builds at once', times: 3, customers: CUSTOMERS },
    async (random) => {
      // Each is gone for a while, so that what sticks to it moves to the other, and comes back.
      for (const part of [stack.worker, newer, stack.worker]) {
        await sleep(random.int(500, 1_500))
        await part.kill()
        await sleep(random.int(500, 1_500))
        await part.start()
      }
      await sleep(2_000)
    },
  )
  const cases = await stack.database.rows<{ key: string }>('SELECT key FROM collection_case')
  let moved = 0
  for (const { key } of cases) {
    const { events } = await stack.client.workflow.getHandle(caseWorkflowId(COMPANY, key)).fetchHistory()
    const failures = events?.filter((e) => e.workflowTaskFailedEventAttributes) ?? []
    expect(
      failures.map((e) => e.workflowTaskFailedEventAttributes?.failure?.message),
      key,
    ).toEqual([])
    const builds = new Set(
      events?.flatMap((e) => e.workflowTaskCompletedEventAttributes?.workerVersion?.buildId ?? []),
    )
    if (builds.size > 1) moved++
  }
  console.log(`${moved} of ${cases.length} cases were worked on by both builds`)
  expect(moved).toBeGreaterThan(0)
})
