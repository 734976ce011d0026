import type { Asked } from '../domain/command.ts'
import type { DecisionCommandName, DecisionCommands } from '../domain/decisionCommand.ts'

/** A command that isn't one case's: about approvals, orders, credit lines, placements … */
export type DecisionWork = {
  [N in DecisionCommandName]: { name: N; content: DecisionCommands[N] }
}[DecisionCommandName]

export interface DecisionRun {
  v: 1
  company: string
  work: DecisionWork
  asked: Asked
}

/** Of the caller's key: a repeat finds the same run, or the ledger's answer. */
export const decisionWorkflowId = (company: string, key: string): string => `decision:${company}:${key}`
