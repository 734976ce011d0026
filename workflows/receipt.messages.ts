import type { Asked, ReceiptCommandName, ReceiptCommands } from '../domain/command.ts'

/** One receipt, a file of them, an application or a reversal. */
export type ReceiptWork =
  | { [N in ReceiptCommandName]: { name: N; content: ReceiptCommands[N] } }[ReceiptCommandName]
  | { name: 'postFile'; upload: string; fileName: string }

export interface ReceiptRun {
  v: 1
  company: string
  work: ReceiptWork
  asked: Asked
}

/** Of the caller's key: a repeat finds the same run, or the ledger's answer. */
export const receiptWorkflowId = (company: string, key: string): string => `receipt:${company}:${key}`
