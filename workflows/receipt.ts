import { ActivityFailure, isCancellation, log, proxyActivities } from '@temporalio/workflow'
import type { BooksActivities } from '../activities/books.ts'
import type { WakeActivities } from '../activities/wake.ts'
import type { Answer } from '../domain/command.ts'
import type { ReceiptRun } from './receipt.messages.ts'

// Money is never lost to a busy or absent ledger: it is tried until it is in, or refused for a reason.
const books = proxyActivities<BooksActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  // A worker that is killed again and again must not make the money wait for minutes afterwards.
  retry: { maximumInterval: '15s' },
})
const waking = proxyActivities<WakeActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 5 },
})

/** Posts in one transaction, then wakes every case it touches: no crash between the two can lose the wake. */
export async function receipt({ company, work, asked }: ReceiptRun): Promise<Answer> {
  const answer = await books.post({ company, work, asked, now: Date.now() })
  if (answer.cases.length > 0) await wake(company, answer.cases)
  return answer
}

/** The money is in, and who brought it is told so: a wake that doesn't come through is found by the sweep. */
async function wake(company: string, keys: string[]): Promise<void> {
  try {
    await waking.wakeCases({ company, keys })
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error
    log.warn('cases were not woken: the sweep will', { cause: String(error.cause ?? error) })
  }
}
