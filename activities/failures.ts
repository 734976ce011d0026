import { ApplicationFailure } from '@temporalio/common'
import { ZodError } from 'zod'
import { Refusal } from '../domain/refusal.ts'
import { turnedDown } from '../ledger/database.ts'

/**
 * Runs ledger work. What a rule refuses, content of the wrong shape, and what the ledger can't hold (a number out of
 * range, a constraint) is final: tried again it would fail for ever. All else may work the next time.
 */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal)
      throw ApplicationFailure.nonRetryable(error.message, error.refusal, error.data)
    if (error instanceof ZodError)
      throw ApplicationFailure.nonRetryable(
        error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
        'BadRequest',
        error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      )
    const sqlState = turnedDown(error)
    if (error instanceof RangeError || sqlState !== null)
      throw ApplicationFailure.create({
        message: (error as Error).message,
        type: sqlState === null ? 'RangeError' : `SQLSTATE ${sqlState}`,
        nonRetryable: true,
        cause: error as Error,
      })
    throw error
  }
}
