import { z } from 'zod'
import { date, document, id, money, proof, RECEIPT_FORMS, text } from './command.ts'
import { isPercent } from './dispute.ts'
import { LANGUAGES } from './notice.ts'
import { PLACEMENT_KINDS, REPORT_RESULTS } from './placement/placement.ts'
import { INSTRUMENTS } from './placement/rules.ts'

/** What can be asked about handing over: by our own people, and by the agencies and lawyers that have it. */

const code = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, 'letters, digits, _ and -')
const placed = { placement: id }

export const FILED_KINDS = [
  'contract',
  'pagare',
  'invoice',
  'delivery_note',
  'signed_minutes',
  'correspondence',
  'other',
] as const

export const AGENCY_KINDS = ['agency', 'lawyer'] as const

export const placementCommands = {
  /** Registers an agency, or says anew what is known of it: all of it, not only what changed. */
  registerAgency: z.strictObject({
    code,
    name: text,
    kind: z.enum(AGENCY_KINDS).default('agency'),
    /** Of segments, branches and amounts that it takes; all when none is named. */
    segments: z.array(text).default([]),
    branches: z.array(text).default([]),
    amounts: z.array(z.strictObject({ from: money.optional(), to: money.optional() })).default([]),
    /** Percent of what it brings in. */
    commission: z
      .string()
      .refine((p) => p === '0' || isPercent(p), 'a percentage such as "12.5", at most 100')
      .default('0'),
    email: z.email(),
    language: z.enum(LANGUAGES).default('es-MX'),
    /** User names that speak for it: they see its placements and no others. */
    people: z.array(text).default([]),
    active: z.boolean().default(true),
  }),
  requestPlacement: z.strictObject({
    customer: text,
    kind: z.enum(PLACEMENT_KINDS),
    /** All that is overdue when not said. */
    documents: z.array(document).min(1).optional(),
    /** The policy chooses when not said. */
    agency: code.optional(),
    why: text,
  }),
  offerPlacement: z.strictObject({ ...placed, agency: code, why: text }),
  acceptPlacement: z.strictObject({ ...placed, notes: z.string().default('') }),
  declinePlacement: z.strictObject({ ...placed, why: text }),
  reportPlacement: z.strictObject({
    ...placed,
    result: z.enum(REPORT_RESULTS),
    notes: text,
    proof,
  }),
  addPlacementCost: z.strictObject({
    ...placed,
    what: text,
    amount: money,
    incurredOn: date.optional(),
    /** Number of its bill. */
    reference: z.string().default(''),
  }),
  /** Money that the customer paid to the agency: it holds it until it remits. */
  recordRecovery: z.strictObject({
    ...placed,
    amount: money,
    paidOn: date,
    form: z.enum(RECEIPT_FORMS).default('transfer'),
    trackingKey: text.optional(),
    /** The oldest of its items when not said. */
    documents: z.array(document).min(1).optional(),
  }),
  /** The agency pays over what it holds, less what it keeps for its commission and costs. */
  remitRecovery: z.strictObject({
    ...placed,
    amount: money,
    withheld: money.optional(),
    paidOn: date,
    reference: z.string().default(''),
  }),
  recallPlacement: z.strictObject({ ...placed, documents: z.array(document).min(1).optional(), why: text }),
  returnPlacement: z.strictObject({ ...placed, why: text }),
  closePlacement: z.strictObject({ ...placed, why: text }),
  startPrescription: z.strictObject({
    customer: text,
    document,
    instrument: z.enum(INSTRUMENTS),
    /** Of the pagaré or cheque, where it isn't the document's. */
    reference: z.string().default(''),
    /** When the term began: maturity of a pagaré, issue of a cheque; the due date of the document when not said. */
    startedOn: date.optional(),
  }),
  /** A suit, or the debtor's acknowledgement: the term begins anew. */
  /** What proves a claim, of the whole customer or of some documents. Its bytes are in the store already. */
  fileDocument: z.strictObject({
    customer: text,
    kind: z.enum(FILED_KINDS),
    file: z.strictObject({
      name: text,
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal'),
      mediaType: text,
      bytes: z.int().positive(),
    }),
    documents: z.array(document).optional(),
  }),
  interruptPrescription: z.strictObject({ clock: id, on: date, why: text }),
} as const

export type PlacementCommands = {
  [N in keyof typeof placementCommands]: z.input<(typeof placementCommands)[N]>
}
export type PlacementCommandName = keyof PlacementCommands
