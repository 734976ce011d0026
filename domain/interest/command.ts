import { z } from 'zod'
import { date, document, money, percent, text } from '../command.ts'

const lines = z.array(z.strictObject({ document, amount: money.optional() })).min(1)

/** What can be asked about interest and fees of a customer. */
export const interestCommands = {
  /** Makes notes of what is open up to a day, today when not said; of some documents, or of all. */
  chargeInterest: z.strictObject({
    customer: text,
    documents: z.array(document).min(1).optional(),
    through: date.optional(),
    why: z.string().default(''),
  }),
  /**
   * Of these documents, notes of interest among them, or of all that isn't charged: so much percent of each, one amount
   * over all, the oldest first; all when not said.
   */
  waiveInterest: z
    .strictObject({
      customer: text,
      lines: lines.optional(),
      share: z.union([z.strictObject({ percent }), z.strictObject({ amount: money })]).optional(),
      why: text,
    })
    .refine(({ lines, share }) => share === undefined || !lines?.some((line) => line.amount !== undefined), {
      path: ['share'],
      error: 'either an amount of each document, or a share of all',
    }),
  /** Of the policy's fees, one of those by hand; or an amount. */
  addFee: z
    .strictObject({
      customer: text,
      document,
      fee: text.optional(),
      amount: money.optional(),
      why: text,
    })
    .refine(({ fee, amount }) => fee !== undefined || amount !== undefined, {
      path: ['fee'],
      error: "a fee of the customer's policy, or an amount",
    }),
} as const
