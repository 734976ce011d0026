import { z } from 'zod'
import { date, document, id, money, text } from './command.ts'
import { offerSchema } from './negotiation/offer.ts'

/** What people ask about negotiations. */

/** Who made an offer, or took it back. */
export const SIDES = ['us', 'customer'] as const
export type Side = (typeof SIDES)[number]

const said = {
  by: z.enum(SIDES).default('us'),
  offer: offerSchema,
  /** Who speaks for the customer. */
  person: text,
  validThrough: date.optional(),
  notes: z.string().default(''),
}

export const negotiationCommands = {
  proposeNegotiation: z.strictObject({ customer: text, documents: z.array(document).min(1), ...said }),
  counterOffer: z.strictObject({ customer: text, negotiation: id, ...said }),
  submitNegotiation: z.strictObject({
    customer: text,
    negotiation: id,
    person: text,
    why: text,
    /** No more interest than this, however much has accrued. */
    waivesUpTo: money.optional(),
  }),
  withdrawNegotiation: z.strictObject({
    customer: text,
    negotiation: id,
    by: z.enum(SIDES).default('us'),
    why: text,
  }),
} as const
export type NegotiationCommands = {
  [N in keyof typeof negotiationCommands]: z.input<(typeof negotiationCommands)[N]>
}
