import { heartbeat } from '@temporalio/activity'

/** Often enough for a `heartbeatTimeout` of 20 s, of which the SDK saves four fifths between two beats. */
const BEAT_MS = 2_000

/**
 * Work that gives no sign of life by itself, such as one long statement: beats while it lasts, so that the work of a
 * worker that was killed is taken up by another in seconds.
 */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
