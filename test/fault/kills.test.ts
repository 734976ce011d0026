import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomOf } from '../domain/random.ts'
import { aftermath, hasCaughtUp } from './aftermath.ts'
import { type FragileStack, startFragileStack } from './stack.ts'
import { loadPortfolio, type Sent, startTraffic } from './traffic.ts'

/**
 * Processes killed in the middle of their work, as often as CARTERA_KILLS says (30 for the table in docs/faults.md),
 * at moments that CARTERA_SEED repeats.
 */
const KILLS = Number(process.env.CARTERA_KILLS ?? 6)
const SEED = Number(process.env.CARTERA_SEED ?? Date.now() % 1_000_000)
/** So long recovering may take before the test says that it doesn't. */
const RECOVERY_MS = 120_000

let stack: FragileStack
const sent: Sent[] = []

beforeAll(async () => {
  stack = await startFragileStack()
}, 120_000)
afterAll(() => stack?.stop())

/** Traffic while `faults` strike, then quiet until everything has caught up, then the accounts. */
async function underTraffic(
  name: string,
  times: number,
  strike: (random: ReturnType<typeof randomOf>) => Promise<unknown>,
): Promise<void> {
  const random = randomOf(SEED)
  const traffic = startTraffic(stack, randomOf(SEED + 1), name.replaceAll(' ', '-'))
  await strike(random)
  const restartedAt = Date.now()
  await traffic.finish(RECOVERY_MS)
  sent.push(...traffic.sent)
  await expect
    .poll(() => hasCaughtUp(stack.database).catch(() => false), { timeout: RECOVERY_MS, interval: 100 })
    .toBe(true)
  const recoveryMs = Date.now() - restartedAt
  const { lost, doubled, mailedTwice } = await aftermath(stack, sent)
  const asked = traffic.sent.length
  const again = traffic.sent.filter((one) => one.tries > one.answers.length + (one.refused ? 1 : 0)).length
  console.log(
    `| ${name} | ${times} | ${lost} | ${doubled} | ${mailedTwice} | ${recoveryMs} | asked ${asked}, again ${again}, seed ${SEED}, worker ended by itself ${stack.endedByThemselves()} |`,
  )
}

test(`the worker is killed ${KILLS} times while 2,000 receivables are loaded and paid (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const loading = loadPortfolio(stack)
  await underTraffic('worker killed', KILLS, async (random) => {
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(random.int(100, 2_500))
      await stack.worker.kill()
      await stack.worker.start()
    }
    expect(await loading).toBe(2_000)
  })
})

test('the Temporal server is killed and started again on its file', { timeout: 300_000 }, async () => {
  await underTraffic('Temporal server killed', 1, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.temporal.kill()
    await stack.temporal.start()
  })
})

test('PostgreSQL is stopped at once', { timeout: 300_000 }, async () => {
  await underTraffic('PostgreSQL stopped immediately', 1, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.postgres.stopImmediately()
    await stack.postgres.start()
  })
})

test('PostgreSQL is killed', { timeout: 300_000 }, async () => {
  await underTraffic('PostgreSQL killed', 1, async (random) => {
    await sleep(random.int(500, 2_500))
    await stack.postgres.kill()
    await stack.postgres.start()
  })
})

// An hour of it is told under time skipping, in test/workflow/strictness.test.ts.
test('PostgreSQL is away for some seconds', { timeout: 300_000 }, async () => {
  await underTraffic('PostgreSQL away for 6 s', 1, async (random) => {
    await sleep(random.int(500, 1_500))
    await stack.postgres.stopImmediately()
    await sleep(6_000)
    await stack.postgres.start()
  })
})
