import type { z } from 'zod'
import { approvalCommands } from './approvalCommand.ts'
import { contingencyCommands } from './contingencyCommand.ts'
import { creditCommands } from './credit/command.ts'
import { erpCommands } from './erpCommand.ts'
import { interestCommands } from './interest/command.ts'
import { negotiationCommands } from './negotiationCommand.ts'
import { orderCommands } from './orders/command.ts'
import { placementCommands } from './placementCommand.ts'
import { policyCommands } from './policyCommand.ts'

/** Commands that aren't one collection case's: each is a run of the `decision` workflow. */
export const decisionCommands = {
  ...approvalCommands,
  ...policyCommands,
  ...contingencyCommands,
  ...interestCommands,
  ...negotiationCommands,
  ...creditCommands,
  ...orderCommands,
  ...erpCommands,
  ...placementCommands,
} as const

export type DecisionCommands = {
  [N in keyof typeof decisionCommands]: z.input<(typeof decisionCommands)[N]>
}
export type DecisionCommandName = keyof DecisionCommands
