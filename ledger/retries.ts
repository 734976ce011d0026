import type { Instant } from '../domain/calendar.ts'
import type { Limits } from './database.ts'

/** How whatever leaves the house is tried again: messages, mails to colleagues and agencies, calls to the ERP. */

/** What came of an attempt is worth waiting for: nobody else would know. */
export const MARKING: Limits = { lockMs: 30_000, statementMs: 30_000 }
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 60 * 60_000
/** Until the next attempt, after so many. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1))
/** After so many tries a person is told; trying goes on. */
export const TRIES_UNTIL_TOLD = 12

/** By so much the clocks of two workers may differ. */
const CLOCK_SKEW_MS = 1_000
/** Claimed by another attempt that may still be under way. What nobody took is never that, whoever's clock wrote it. */
export const isBeingSent = (row: { state: string; next_try_at: Instant }, now: Instant): boolean =>
  row.state === 'sending' && row.next_try_at > now + CLOCK_SKEW_MS
