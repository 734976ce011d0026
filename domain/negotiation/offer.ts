import { z } from 'zod'
import { isLocalDate } from '../calendar.ts'
import { money } from '../command.ts'
import { isPercent } from '../dispute.ts'

/**
 * An offer as people say it: any mix of payments by instalments, a later due date, a discount for prompt payment, interest
 * waived, a guarantee. `resolveOffer` makes amounts and dates of it.
 */

const noNul = (value: string) => !value.includes('\u0000')
const text = z.string().trim().min(1).refine(noNul, 'text without NUL bytes')
const date = z.string().refine(isLocalDate, 'a date such as 2026-11-25')
const percent = z.string().refine(isPercent, 'a percentage above 0 and up to 100, such as "8" or "2.5"')

export const GUARANTEE_KINDS = [
  'promissory_note',
  'mortgage',
  'pledge',
  'surety',
  'bond',
  'deposit',
  'other',
] as const

export const offerSchema = z
  .strictObject({
    instalments: z
      .array(z.strictObject({ dueOn: date, amount: money }))
      .min(1)
      .optional(),
    extension: z
      .union([
        z.strictObject({ days: z.int().min(1).max(3650) }),
        z.strictObject({ dueOn: date }),
        z.strictObject({ each: z.array(z.strictObject({ document: text, dueOn: date })).min(1) }),
      ])
      .optional()
      .describe('so many days for all of them, one new due date for all, or one for each'),
    discount: z
      .union([z.strictObject({ percent, paidBy: date }), z.strictObject({ amount: money, paidBy: date })])
      .optional()
      .describe('given when the rest is paid by a date'),
    waiver: z
      .union([z.strictObject({ percent }), z.strictObject({ amount: money })])
      .optional()
      .describe('of the interest that has accrued'),
    guarantee: z
      .strictObject({ kind: z.enum(GUARANTEE_KINDS), amount: money, coverage: text.optional() })
      .optional(),
  })
  .refine((offer) => Object.values(offer).some((part) => part !== undefined), 'offers nothing')
export type Offer = z.infer<typeof offerSchema>
