import { z } from 'zod'
import { date, id, money, proof, text } from '../command.ts'
import { GUARANTEE_KINDS } from './limit.ts'

/** What can be asked about credit lines and guarantees. */

const why = text
const coverage = z.int().min(0).max(100)

export const creditCommands = {
  /** The base line of a customer in a currency, from a day on; it takes the place of the one before. */
  requestLine: z.strictObject({
    customer: text,
    amount: money,
    /** From the day on which it is carried out when not said, or when that is later. */
    from: date.optional(),
    /** Last day; until something else is decided when not said. */
    to: date.optional(),
    reviewOn: date.optional(),
    why,
  }),
  /** On top of the base line, for a while. */
  requestTemporaryLimit: z.strictObject({
    customer: text,
    amount: money,
    from: date.optional(),
    to: date,
    why,
  }),
  /** From today on; a raise that was to come doesn't come any more. */
  reduceLine: z.strictObject({ line: id, amount: money, why }),
  closeLine: z.strictObject({ line: id, why }),
  /** Stays as it is, and is looked at again then. */
  reviewLine: z.strictObject({ line: id, reviewOn: date.optional(), why }),
  registerGuarantee: z
    .strictObject({
      customer: text,
      kind: z.enum(GUARANTEE_KINDS),
      /** Folio, deed, contract or policy number. */
      reference: text,
      givenBy: text,
      amount: money,
      /** What the policy lets count of the kind when not said. */
      coveragePercent: coverage.optional(),
      signedOn: date.optional(),
      /** At sight when not said. */
      maturesOn: date.optional(),
      from: date.optional(),
      to: date.optional(),
      proof,
      why,
    })
    .refine((g) => g.kind !== 'pagare' || g.signedOn !== undefined, {
      path: ['signedOn'],
      error: 'the day on which the pagaré was signed',
    }),
  renewGuarantee: z.strictObject({
    guarantee: id,
    /** The day after its last one when not said, or today. */
    from: date.optional(),
    to: date.optional(),
    amount: money.optional(),
    coveragePercent: coverage.optional(),
    proof,
    why,
  }),
  /** Given back: it counts no longer. */
  releaseGuarantee: z.strictObject({ guarantee: id, why }),
  /** So much of it was called in; the rest still counts. The money comes as a receipt. */
  realiseGuarantee: z.strictObject({ guarantee: id, amount: money, why }),
  attachGuaranteeDocument: z.strictObject({ guarantee: id, proof: proof.unwrap().min(1) }),
} as const
export type CreditCommands = { [N in keyof typeof creditCommands]: z.input<(typeof creditCommands)[N]> }
