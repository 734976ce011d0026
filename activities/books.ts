import { ApplicationFailure } from '@temporalio/common'
import type { Answer, Asked, ReceiptCommandName, ReceiptCommands } from '../domain/command.ts'
import { readReceipts } from '../domain/receiptFile.ts'
import { commandBooks } from '../ledger/caseCommands.ts'
import type { Database } from '../ledger/database.ts'
import { download } from '../ledger/uploads.ts'
import type { ReceiptWork } from '../workflows/receipt.messages.ts'
import { whileBeating } from './beating.ts'
import { refusing } from './failures.ts'

/** Name of the failure of a file of receipts with bad lines; its details are the line errors. */
export const BAD_RECEIPT_FILE = 'BadReceiptFile'
const MOST_ERRORS = 500

/** Work on the books that isn't one case's: receipts, applications, reversals. */
export const createBooksActivities = ({ database }: { database: Database }) => ({
  post({
    company,
    work,
    asked,
    now,
  }: {
    company: string
    work: ReceiptWork
    asked: Asked
    now: number
  }): Promise<Answer> {
    return whileBeating(async () => {
      const { name, content } =
        work.name === 'postFile'
          ? { name: 'post' as const, content: await receiptsOf(database, work.upload) }
          : work
      return refusing(() =>
        commandBooks(
          database,
          { company, now, ...asked },
          name,
          content as ReceiptCommands[ReceiptCommandName],
        ),
      )
    })
  },
})
export type BooksActivities = ReturnType<typeof createBooksActivities>

async function receiptsOf(database: Database, upload: string): Promise<ReceiptCommands['post']> {
  const { receipts, errors } = await readReceipts(await download(database, upload))
  if (errors.length > 0)
    throw ApplicationFailure.nonRetryable(
      `${errors.length} bad lines: nothing was posted`,
      BAD_RECEIPT_FILE,
      errors.slice(0, MOST_ERRORS),
      errors.length,
    )
  return { receipts }
}
