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

/** The statements of a run that go out on paper. */
export interface PrintPackInput {
  v: 1
  company: string
  run: number
  actor: string
}

/** The minutes of a reconciliation, by the confirmation that was asked for. */
export interface MinutesInput {
  v: 1
  company: string
  confirmation: number
  actor: string
}

/** What proves the claims of a placement. */
export interface EvidenceInput {
  v: 1
  company: string
  placement: number
  actor: string
}

/** Of whoever asks: an agency that may not see it must not join a run of ours. */
export const evidenceWorkflowId = (company: string, placement: number, actor: string): string =>
  `evidence:${company}:${placement}:${actor}`

export const minutesWorkflowId = (company: string, confirmation: number): string =>
  `minutes:${company}:${confirmation}`

/** Of the run: asked again, the same pack is found. */
export const printPackWorkflowId = (company: string, run: number): string => `printPack:${company}:${run}`

/** Of the caller's key: a repeat finds the same run, or the documents that it made. */
export const statementWorkflowId = (company: string, key: string): string => `statement:${company}:${key}`
