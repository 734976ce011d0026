import { z } from 'zod'
import { id, text } from './command.ts'

/** What can be asked about calls to the ERP. */
export const erpCommands = {
  retryErpCall: z.strictObject({ call: id, why: text }),
  acknowledgeErpCall: z.strictObject({ call: id, why: text }),
} as const
export type ErpCommands = { [N in keyof typeof erpCommands]: z.input<(typeof erpCommands)[N]> }
