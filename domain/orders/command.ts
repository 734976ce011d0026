import { z } from 'zod'
import { date, instant, money, text } from '../command.ts'
import { isCurrency } from '../money.ts'
import { isRate } from './rates.ts'

/** What people and systems can ask about sales orders, and about how customers stand. */

const currency = z.string().refine(isCurrency, 'an ISO 4217 code such as MXN')

export const orderCommands = {
  /** May it go out? An order that nobody knows is made; one that is known is brought up to date and asked about again. */
  checkOrder: z.strictObject({
    order: text,
    customer: text,
    amount: money,
    documentType: text.default('order'),
    neededBy: date.optional(),
    shipOn: date.optional(),
    prepaid: z.boolean().default(false),
  }),
  changeOrder: z.strictObject({
    order: text,
    amount: money.optional(),
    neededBy: date.optional(),
    shipOn: date.optional(),
    prepaid: z.boolean().optional(),
    why: text,
  }),
  holdOrder: z.strictObject({ order: text, why: text }),
  /** In spite of what the rules say against it. */
  releaseOrder: z.strictObject({ order: text, why: text }),
  /** Goes out now, and is held again if not so much is paid in time. */
  releaseConditionally: z.strictObject({
    order: text,
    amount: money,
    by: instant,
    /** Announced money counts; as the policy says when not said. */
    announcedCounts: z.boolean().optional(),
    why: text,
  }),
  rejectOrder: z.strictObject({ order: text, why: text }),
  cancelOrder: z.strictObject({ order: text, why: text }),
  /** The goods are out: whatever speaks against it now, it is invoiced. */
  shipOrder: z.strictObject({ order: text }),
  /** A person's word about all orders of a customer; null takes it back. */
  setStanding: z.strictObject({
    customer: text,
    standing: z.enum(['stop', 'exempt']).nullable(),
    why: text,
  }),
  joinGroup: z.strictObject({ customer: text, head: text, subLimit: money.optional(), why: text }),
  leaveGroup: z.strictObject({ customer: text, why: text }),
  setRates: z.strictObject({
    on: date,
    source: text,
    rates: z
      .array(
        z
          .strictObject({
            base: currency,
            quote: currency,
            rate: z.string().refine(isRate, 'a decimal above 0 such as 18.4523'),
          })
          .refine((r) => r.base !== r.quote, { path: ['quote'], error: 'another currency than the base' }),
      )
      .min(1),
  }),
} as const
export type OrderCommands = { [N in keyof typeof orderCommands]: z.output<(typeof orderCommands)[N]> }
