import { z } from 'zod'
import { isPercent } from '../dispute.ts'

/** What a policy says of negotiations. */

/** What is done when an agreement is broken: `demand` passes an approval. */
export const ON_BREACH = ['call', 'visit', 'review', 'demand', 'nothing'] as const

const percent = z.int().min(0).max(100)

export const negotiationsSchema = z.strictObject({
  validity_days: z
    .int()
    .min(1)
    .max(365)
    .default(15)
    .describe('an offer that is not agreed to by then lapses'),
  furthest_days: z
    .int()
    .min(1)
    .max(3650)
    .default(180)
    .describe('the last payment, or new due date, that may be offered'),
  max_instalments: z.int().min(1).max(120).default(6),
  max_discount_percent: percent.default(5).describe('of what is claimed'),
  max_waiver_percent: percent.default(100).describe('of the interest that has accrued'),
  min_down_payment_percent: percent
    .default(10)
    .describe('of several instalments, the first is at least so much of them all'),
  cost_rate_percent: z
    .string()
    .refine(isPercent, 'a percentage such as "18" or "11.25"')
    .default('18')
    .describe('a year of 360 days: what money costs that comes later than due'),
  grace_working_days: z
    .int()
    .min(0)
    .max(60)
    .default(2)
    .describe('a payment still counts so many working days after its date'),
  threshold_percent: z.int().min(1).max(100).default(100).describe('of each payment, to be kept'),
  watched_days: z
    .int()
    .min(0)
    .max(365)
    .default(15)
    .describe('after the last date, in which a payment that bounces still breaks the agreement'),
  on_breach: z.enum(ON_BREACH).default('call'),
})
export type NegotiationRules = z.infer<typeof negotiationsSchema>
