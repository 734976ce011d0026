import { proxyActivities } from '@temporalio/workflow'
import type { BooksActivities } from '../activities/books.ts'
import type { Answer } from '../domain/command.ts'
import type { ReceiptRun } from './receipt.messages.ts'
import { wakeTouched } from './waking.ts'

// Money is never lost to a busy or absent ledger: it is tried until it is in, or refused for a reason.
const books = proxyActivities<BooksActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  // A worker that is killed again and again must not make the money wait for minutes afterwards.
  retry: { maximumInterval: '15s' },
})

/** Posts in one transaction, then wakes every case it touches: no crash between the two can lose the wake. */
export async function receipt({ company, work, asked }: ReceiptRun): Promise<Answer> {
  const answer = await books.post({ company, work, asked, now: Date.now() })
  await wakeTouched(company, answer)
  return answer
}
