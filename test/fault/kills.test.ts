import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SEED, underTraffic } from './fault.ts'
import { type FragileStack, startFragileStack } from './stack.ts'
import { loadPortfolio, type Sent } from './traffic.ts'

/**
 * Processes killed in the middle of their work, as often as CARTERA_KILLS says (30 for the table in docs/faults.md),
 * at moments that CARTERA_SEED repeats.
 */
const KILLS = Number(process.env.CARTERA_KILLS ?? 4)

let stack: FragileStack
const sent: Sent[] = []

beforeAll(async () => {
  stack = await startFragileStack()
}, 120_000)
afterAll(() => stack?.stop())

test(`the worker is killed ${KILLS} times while 2,000 receivables are loaded and paid (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const loading = loadPortfolio(stack)
  await underTraffic(stack, sent, { fault: 'worker killed', times: KILLS }, async (random) => {
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(random.int(100, 2_500))
      await stack.worker.kill()
      await stack.worker.start()
    }
    expect(await loading).toBe(2_000)
  })
})

test('the Temporal server is killed and started again on its file', { timeout: 300_000 }, async () => {
  await underTraffic(stack, sent, { fault: 'Temporal server killed', times: 1 }, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.temporal.kill()
    await stack.temporal.start()
  })
})

test('PostgreSQL is stopped at once', { timeout: 300_000 }, async () => {
  await underTraffic(stack, sent, { fault: 'PostgreSQL stopped immediately', times: 1 }, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.postgres.stopImmediately()
    await stack.postgres.start()
  })
})

test('PostgreSQL is killed', { timeout: 300_000 }, async () => {
  await underTraffic(stack, sent, { fault: 'PostgreSQL killed', times: 1 }, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.postgres.kill()
    await stack.postgres.start()
  })
})

// An hour of it is told under time skipping, in test/workflow/strictness.test.ts.
test('PostgreSQL is away for some seconds', { timeout: 300_000 }, async () => {
  await underTraffic(stack, sent, { fault: 'PostgreSQL away for 6 s', times: 1 }, async (random) => {
    await sleep(random.int(500, 1_500))
    await stack.postgres.stopImmediately()
    await sleep(6_000)
    await stack.postgres.start()
  })
})
