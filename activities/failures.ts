import { ApplicationFailure } from '@temporalio/common'
import { ZodError } from 'zod'
import { Refusal } from '../domain/refusal.ts'

/** Runs ledger work; what a rule refuses, or content of the wrong shape, is final and never tried again. */
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
    throw error
  }
}
