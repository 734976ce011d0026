import { z } from 'zod'

/** What a policy says of demands, placements and clocks on claims. */

export const AGENCY_RULES = ['specialised', 'least_placed', 'lowest_commission'] as const
export type AgencyRule = (typeof AGENCY_RULES)[number]

/** What a claim rests on. A cheque has two clocks: to present it at the bank, and to sue for it. */
export const INSTRUMENTS = [
  'invoice',
  'pagare',
  'cheque_same_place',
  'cheque_elsewhere',
  'cheque_abroad',
  'cheque',
] as const
export type Instrument = (typeof INSTRUMENTS)[number]

const termSchema = z
  .strictObject({
    years: z.int().min(0).max(50).optional(),
    months: z.int().min(0).max(600).optional(),
    days: z.int().min(0).max(20_000).optional(),
    warn_days: z.array(z.int().min(0).max(3650)).default([180, 90, 30]).describe('days before its last one'),
  })
  .refine((t) => (t.years ?? 0) + (t.months ?? 0) + (t.days ?? 0) > 0, 'must be longer than nothing')
export type Term = z.output<typeof termSchema>

/**
 * The law of Mexico: Código de Comercio art. 1047 (10 years in general); LGTOC art. 165 with 174 (pagaré: 3 years from
 * maturity), art. 181 (a cheque is presented within 15 days in the same place, a month elsewhere in the country, 3
 * months from abroad), art. 192 (6 months from the end of that to sue for it).
 */
const MEXICO: Record<Instrument, z.input<typeof termSchema>> = {
  invoice: { years: 10 },
  pagare: { years: 3 },
  cheque_same_place: { days: 15, warn_days: [7, 3, 1] },
  cheque_elsewhere: { months: 1, warn_days: [15, 7, 2] },
  cheque_abroad: { months: 3, warn_days: [30, 15, 5] },
  cheque: { months: 6, warn_days: [90, 30, 10] },
}

const shortDays = (days: number) => z.int().min(1).max(365).default(days)

export const placementsSchema = z.strictObject({
  demand_deadline_days: shortDays(10).describe(
    'given in the demand letter, from the day on which it is sent',
  ),
  acceptance_working_days: shortDays(3).describe('so long an agency has to take what it is offered'),
  report_every_days: shortDays(15),
  chase_after_working_days: shortDays(1).describe('a report that is late by so much is asked for'),
  tell_after_working_days: shortDays(3).describe('after that the supervisor is told'),
  choose_agency: z
    .array(z.enum(AGENCY_RULES))
    .min(1)
    .default(['specialised', 'least_placed'])
    .describe('of those that take it, who is asked first; the next rule decides between equals'),
  prescription: z
    .partialRecord(z.enum(INSTRUMENTS), termSchema)
    .default(() => z.record(z.enum(INSTRUMENTS), termSchema).parse(MEXICO))
    .describe('how long a claim can be sued for, and when to warn'),
})
export type PlacementRules = z.output<typeof placementsSchema>
