import { ActivityFailure, isCancellation, log, proxyActivities } from '@temporalio/workflow'
import type { WakeActivities } from '../activities/wake.ts'
import type { Answer } from '../domain/command.ts'

const waking = proxyActivities<WakeActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 5 },
})

/**
 * Wakes all that a command touched. What it did is done, and who asked is told so: a wake that doesn't come through is
 * found by the sweep.
 */
export async function wakeTouched(
  company: string,
  { cases, processes = [], tooMany }: Answer,
): Promise<void> {
  if (cases.length + processes.length === 0 && !tooMany) return
  try {
    await waking.wakeCases({ company, keys: cases, processes, ...(tooMany ? { tooMany } : {}) })
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error
    log.warn('what was touched was not woken: the sweep will', { cause: String(error.cause ?? error) })
  }
}
