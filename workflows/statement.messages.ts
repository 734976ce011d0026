import type { LocalDate } from '../domain/calendar.ts'
import type { AttachmentFormat } from '../domain/policy.ts'

/** A customer's statement of account, to be made in these formats. */
export interface StatementWork {
  customer: string
  /** The customer's day when not said. */
  asOf?: LocalDate
  formats: AttachmentFormat[]
  actor: string
}

export interface StatementInput {
  v: 1
  company: string
  work: StatementWork
}

/** Of the caller's key: a repeat finds the same run, or the documents that it made. */
export const statementWorkflowId = (company: string, key: string): string => `statement:${company}:${key}`
