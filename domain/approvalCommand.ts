import { z } from 'zod'
import { id, text } from './command.ts'

/** What can be asked about approvals. */
export const approvalCommands = {
  decideApproval: z.strictObject({ approval: id, agrees: z.boolean(), why: text }),
  withdrawApproval: z.strictObject({ approval: id, why: text }),
} as const
