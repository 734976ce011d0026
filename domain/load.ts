import type { LocalDate } from './calendar.ts'

/** A file of open items on its way into the ledger: staged in chunks, checked whole, promoted in one transaction. */
export interface NewLoad {
  id: string
  company: string
  source: string
  authority: 'source' | 'cartera'
  kind: 'initial' | 'delta' | 'snapshot'
  fileName: string
  fileHash: string
  asOf: LocalDate | null
  profile: unknown
  hold: boolean
  actor: string
}

export interface LoadReport {
  id: string
  state: 'staging' | 'refused' | 'held' | 'released'
  fileName: string
  lines: number
  created: number
  unchanged: number
  errors: number
  notes: number
}
