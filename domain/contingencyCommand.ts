import { z } from 'zod'
import { receiptInput, text } from './command.ts'

/** Money that is known before the bank says so. */
export const contingencyCommands = {
  postContingency: z.strictObject({ receipt: receiptInput, why: text }),
  /** The bank has it now: its tracking key, so that the same money isn't posted again. */
  tieReceipt: z.strictObject({ receipt: text, trackingKey: text }),
} as const
