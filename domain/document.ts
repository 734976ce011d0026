import type { Instant, LocalDate } from './calendar.ts'

/** What is known of a document before it is written down; its bytes are in the document store, under their hash. */
export interface NewDocument {
  kind: string
  name: string
  mediaType: string
  /** SHA-256 of the bytes, hex: their name in the store. */
  hash: string
  bytes: number
  /** SHA-256 of all that it was made of; null for what came from outside. */
  source: string | null
  /** The day that it tells of. */
  asOf: LocalDate | null
}

export interface KeptDocument extends NewDocument {
  id: number
  /** Null: of no single customer. */
  customer: string | null
  actor: string
  recordedAt: Instant
}
