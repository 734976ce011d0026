import { z } from 'zod'
import { date, money, percent, text } from '../command.ts'
import { GUARANTEE_KINDS } from '../credit/limit.ts'

/**
 * An offer as people say it: any mix of payments by instalments, a later due date, a discount for prompt payment, interest
 * waived, a guarantee. `resolveOffer` makes amounts and dates of it.
 */

const hasOne =
  <K extends string>(...keys: readonly K[]) =>
  (value: { [N in K]?: unknown }): boolean =>
    keys.filter((key) => value[key] !== undefined).length === 1

export const offerSchema = z
  .strictObject({
    instalments: z
      .array(z.strictObject({ dueOn: date, amount: money }))
      .min(1)
      .optional(),
    extension: z
      .strictObject({
        days: z.int().min(1).max(3650).optional(),
        dueOn: date.optional(),
        each: z
          .array(z.strictObject({ document: text, dueOn: date }))
          .min(1)
          .optional(),
      })
      .refine(hasOne('days', 'dueOn', 'each'), 'either days, or one date for all, or one for each')
      .optional(),
    discount: z
      .strictObject({ percent: percent.optional(), amount: money.optional(), paidBy: date })
      .refine(hasOne('percent', 'amount'), 'either a percentage or an amount')
      .optional()
      .describe('given when the rest is paid by a date'),
    waiver: z
      .strictObject({ percent: percent.optional(), amount: money.optional() })
      .refine(hasOne('percent', 'amount'), 'either a percentage or an amount')
      .optional()
      .describe('of the interest that has accrued'),
    guarantee: z
      .strictObject({ kind: z.enum(GUARANTEE_KINDS), amount: money, coverage: text.optional() })
      .optional(),
  })
  .refine((offer) => Object.values(offer).some((part) => part !== undefined), 'offers nothing')
export type Offer = z.infer<typeof offerSchema>
