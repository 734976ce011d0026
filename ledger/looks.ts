import type { Instant } from '../domain/calendar.ts'
import { type Look, type ProcessKind, processOf } from '../domain/process.ts'
import { BY_ITSELF, touching } from './commands.ts'
import { lockPaidWith, lockWithGroup } from './customers.ts'
import { type Database, SHORT, type Sql } from './database.ts'
import { LOOKERS } from './lookers.ts'
import { type Calendars, type CustomerScope, rulesOf } from './scope.ts'

/** What a process needs to know when it is looked at. `now` is its workflow's time. */
export interface Looking {
  company: string
  id: string
  now: Instant
  actor: string
  calendars: Calendars
  /** Its customer, locked, with the rules that hold; null when it concerns none. */
  scope: CustomerScope | null
}

/** Does what is due of a process at `now`, and says when to look again. Twice at the same instant changes nothing. */
export type Looker = (sql: Sql, looking: Looking) => Promise<Look>

const GONE: Look = { closed: true, outcome: 'unknown', nextAt: null }
/** While something is on its way the workflow wakes by itself; should it be gone, the sweep asks again. */
const WHILE_DELIVERING_MS = 10 * 60_000

/**
 * Looks at a process: reads the facts, does what is due and writes when to look again, in one transaction. What else waits
 * about customers whose facts that changed looks again, as after a command.
 */
export async function lookAt(
  database: Database,
  calendars: Calendars,
  company: string,
  key: string,
  now: Instant,
): Promise<Look> {
  const { kind, id } = processOf(key)
  return database.transaction(async (sql) => {
    const customer = await customerOf(sql, company, kind, id)
    if (customer === undefined) return GONE
    // What becomes of an agreement changes claims.
    if (customer !== null && kind === 'negotiation') await lockPaidWith(sql, customer)
    const locked = customer === null ? null : await lockWithGroup(sql, customer)
    // Only now: what is read before the lock may change while it is waited for.
    const row = await sql.one<{ facts_version: bigint; closed: boolean; outcome: string | null }>(
      `SELECT facts_version, closed_at IS NOT NULL AS closed, outcome FROM process WHERE company = $1 AND kind = $2 AND id = $3 FOR UPDATE`,
      [company, kind, id],
    )
    if (!row || row.closed) return { ...GONE, outcome: row?.outcome ?? 'unknown' }
    const scope = locked ? await rulesOf(sql, calendars, locked, now) : null
    const seen = await LOOKERS[kind](sql, { company, id, now, actor: BY_ITSELF, calendars, scope })
    const look = await touching(sql, company, seen)
    const busy = (look.deliveries ?? []).length > 0
    const nextAt =
      busy && (look.nextAt === null || look.nextAt > now + WHILE_DELIVERING_MS)
        ? now + WHILE_DELIVERING_MS
        : look.nextAt
    await sql.rows(
      `UPDATE process SET seen_version = facts_version, next_look_at = to_timestamp($4 / 1000.0),
         closed_at = CASE WHEN $5 THEN to_timestamp($6 / 1000.0) END, outcome = CASE WHEN $5 THEN $7::text END
       WHERE company = $1 AND kind = $2 AND id = $3`,
      [company, kind, id, look.closed ? null : nextAt, look.closed, now, look.outcome],
    )
    // It has seen what it changed itself.
    return { ...look, processes: (look.processes ?? []).filter((other) => other !== key).sort() }
  }, SHORT)
}

/** Null when it concerns no customer, undefined when there is no such process. */
async function customerOf(
  sql: Sql,
  company: string,
  kind: ProcessKind,
  id: string,
): Promise<number | null | undefined> {
  const row = await sql.one<{ customer: number | null }>(
    'SELECT customer_id::int AS customer FROM process WHERE company = $1 AND kind = $2 AND id = $3',
    [company, kind, id],
  )
  return row === null ? undefined : row.customer
}
