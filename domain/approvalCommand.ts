import { z } from 'zod'
import { id, text } from './command.ts'

/** What can be asked about approvals. */
export const approvalCommands = {
  decideApproval: z.strictObject({ approval: id, agrees: z.boolean(), why: text }),
  withdrawApproval: z.strictObject({ approval: id, why: text }),
} as const

/** What the ladder asks for by itself; carried out by nobody but an approval. */
export const stepCommands = {
  takeStep: z.strictObject({
    customer: text,
    action: z.enum(['demand', 'place_legal', 'place_agency', 'propose_write_off']),
  }),
  extendSuspension: z.strictObject({ customer: text }),
} as const
