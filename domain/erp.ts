import type { Instant } from './calendar.ts'

/** What the ERP is told about a sales order: one call, the same however often it is made. */
export interface ErpCall {
  id: number
  /** Stays the same at every attempt, so that whoever receives it twice knows it. */
  messageId: string
  event: string
  /** When it happened. */
  at: Instant
  data: Record<string, unknown>
}

/** What came of one attempt to tell it. */
export type Told =
  | { kind: 'delivered' }
  /** Tried again later: when the other side says so, not before that. */
  | { kind: 'deferred'; reason: string; retryAfterMs?: number }
  /** Said again it would be refused again: a person looks. */
  | { kind: 'refused'; reason: string }

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 6 * 3_600_000
const LONGEST_WISH_MS = 24 * 3_600_000

/** Twice as long after each attempt, up to hours; longer when the other side asks for it, up to a day. */
export const pauseAfter = (attempts: number, wishMs = 0): number =>
  Math.max(
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 30)),
    Math.min(wishMs, LONGEST_WISH_MS),
  )

/** After so many attempts, about an hour, a person is told; it is tried on all the same. */
export const ATTEMPTS_BEFORE_TASK = 8

/** What webhooks are signed with: `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
export function isWebhookSecret(secret: string): boolean {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return secret === `whsec_${bytes.toString('base64')}` && bytes.length >= 24 && bytes.length <= 64
}
