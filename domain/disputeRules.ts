import { z } from 'zod'
import { DISPUTE_REASONS, ROOT_CAUSES } from './disputeLists.ts'

/** What a policy says of disputes. */

const textsSchema = { 'es-MX': z.string().min(1), en: z.string().min(1) }
const code = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, a letter first')

const reasonSchema = z.strictObject({
  ...textsSchema,
  owner: z.string().default('').describe('who resolves it; the analyst of the customer when empty'),
  service_working_days: z.int().min(0).max(365).default(5).describe('so long the owner has'),
  blocks_presentation: z
    .boolean()
    .default(false)
    .describe('until it is resolved the invoice can not be presented'),
})

export const disputesSchema = z.strictObject({
  reasons: z
    .record(code, reasonSchema)
    .default(DISPUTE_REASONS)
    .describe('the whole list, when there is one'),
  root_causes: z.record(code, z.strictObject(textsSchema)).default(ROOT_CAUSES),
  escalate_after_working_days: z
    .int()
    .min(1)
    .max(365)
    .default(2)
    .describe('the owner is reminded after the service level; so long after that the supervisor is told'),
})
