import { setTimeout as sleep } from 'node:timers/promises'
import { cancellationSignal, log } from '@temporalio/activity'

/** Marking what came of an attempt, whatever was attempted. */

const ONE_TRY_MS = 10_000
const BETWEEN_TRIES_MS = 1_000

/** Until when marking is tried of what is claimed from now on for so long. */
export const markableUntil = (leaseMs: number): number => performance.now() + leaseMs - ONE_TRY_MS

/**
 * What a server took and nobody marked goes out again when the claim's lease ends: so marking is tried for as
 * long as the lease holds, less what one try may take. A worker that is being stopped finishes its try.
 */
export async function untilMarked(giveUpAt: number, id: number, mark: () => Promise<void>): Promise<void> {
  const stopping = cancellationSignal()
  for (;;) {
    try {
      return await mark()
    } catch (error) {
      if (performance.now() > giveUpAt || stopping.aborted) throw error
      log.warn('an attempt could not be marked: trying again', { id, cause: String(error) })
      await sleep(BETWEEN_TRIES_MS)
    }
  }
}
