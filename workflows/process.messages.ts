import type { ProcessKind } from '../domain/process.ts'

/** What waits by itself beside the collection cases: the workflow's type is its kind. */
export interface ProcessInput {
  v: 1
  company: string
  kind: ProcessKind
  id: string
}

export const processWorkflowId = (company: string, kind: ProcessKind, id: string): string =>
  `${kind}:${company}:${id}`
