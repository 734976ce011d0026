import { z } from 'zod'
import { text } from './command.ts'
import { policySchema } from './policy.ts'

/** What can be asked about policies. */
export const policyCommands = {
  /** A changed one becomes a new version, which holds when a second person agrees. */
  publishPolicies: z.strictObject({ policies: z.array(policySchema).min(1) }),
  activatePolicy: z.strictObject({ policy: text, version: z.int().min(1) }),
} as const
