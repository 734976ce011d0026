import { heartbeat } from '@temporalio/activity'

const BEAT_MS = 10_000

/** Work that is one long wait gives no sign of life by itself; without one a dead worker is noticed late. */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
