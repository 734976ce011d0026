import { expect } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { type Random, randomOf } from '../domain/random.ts'
import { aftermath, hasCaughtUp } from './aftermath.ts'
import type { FragileStack } from './stack.ts'
import { type Sent, startTraffic } from './traffic.ts'

/** Of everything that is left to chance; CARTERA_SEED repeats a run, as far as processes can repeat anything. */
export const SEED = Number(process.env.CARTERA_SEED ?? Date.now() % 1_000_000)
/** So long recovering may take before the test says that it doesn't. */
const RECOVERY_MS = 120_000

export const caughtUp = (database: Database): Promise<void> =>
  expect
    .poll(() => hasCaughtUp(database).catch(() => false), { timeout: RECOVERY_MS, interval: 100 })
    .toBe(true)

/**
 * Traffic while a fault strikes, then quiet until everything is answered and every case has caught up, then the
 * accounts of all that was `sent` so far. Prints a row of the table in docs/faults.md.
 */
export async function underTraffic(
  stack: Pick<FragileStack, 'client' | 'door' | 'database' | 'inboxDir'>,
  sent: Sent[],
  { fault, times, customers }: { fault: string; times: number; customers?: number },
  strike: (random: Random) => Promise<unknown>,
): Promise<void> {
  const traffic = startTraffic(stack, randomOf(SEED + 1), fault.replaceAll(/[^A-Za-z0-9]+/g, '-'), customers)
  await strike(randomOf(SEED))
  const restartedAt = Date.now()
  await traffic.finish(RECOVERY_MS)
  sent.push(...traffic.sent)
  await caughtUp(stack.database)
  const recoveryMs = Date.now() - restartedAt
  const { lost, doubled, mailedTwice } = await aftermath(stack, sent)
  const again = traffic.sent.filter((one) => one.lastError !== '').length
  console.log(
    `| ${fault} | ${times} | ${traffic.sent.length} | ${again} | ${lost} | ${doubled} | ${mailedTwice} | ${recoveryMs} | seed ${SEED}`,
  )
}
