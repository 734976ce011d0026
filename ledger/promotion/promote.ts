import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { ControlTotals, LoadKind, LoadReport, LoadScope } from '../../domain/load.ts'
import type { LineError } from '../../domain/openItem.ts'
import { companyToday } from '../company.ts'
import type { Database, Sql } from '../database.ts'
import { addErrors, refuseLoad, reportOf } from '../loads.ts'
import { takeInvoices } from '../orders/invoices.ts'
import type { Calendars } from '../scope.ts'
import { checkAgainstBooks, checkAsOf, checkHistory, checkScope, compareWithBooks } from './checks.ts'
import { lockCustomersOf, takeContacts, takeCustomers, touchNettedWith, touchWaiting } from './customers.ts'
import { spreadFirstConversations } from './firstConversations.ts'
import { carryHistory, noteNotCarried } from './history.ts'
import { journalLoad, nameReceivables, openAccounts, takeReceivables } from './receivables.ts'
import { takeChanges, wakeWhoWaits } from './sourceChanges.ts'

/** A load that is being promoted, and the day. */
export interface Promoting {
  id: string
  company: string
  source: string
  authority: 'source' | 'cartera'
  kind: LoadKind
  /** Day that the file tells of; null when nobody said. */
  asOf: LocalDate | null
  scope: LoadScope
  control: ControlTotals | null
  hold: boolean
  actor: string
  now: Instant
  /** The company's day. */
  today: LocalDate
}

/** Something in the file contradicts the books: nothing of it is taken. */
class Contradicted extends Error {
  readonly errors: readonly LineError[]

  constructor(errors: readonly LineError[]) {
    super(`${errors.length} mistakes`)
    this.errors = errors
  }
}

/**
 * Brings a staged load into the books in one transaction: customers, contacts, cases, receivables with their accounts
 * and opening transfers, what the source has changed since, and the journal. A file that contradicts the books is
 * refused as a whole. Done twice, the second time finds it done.
 */
export async function promoteLoad(
  database: Database,
  calendars: Calendars,
  id: string,
  now: Instant,
): Promise<LoadReport> {
  try {
    return await database.transaction((sql) => promote(sql, calendars, id, now))
  } catch (error) {
    if (!(error instanceof Contradicted)) throw error
    const lines = await linesOf(database, id)
    return refuseLoad(database, id, lines, error.errors, now)
  }
}

async function promote(sql: Sql, calendars: Calendars, id: string, now: Instant): Promise<LoadReport> {
  const found = await sql.one<
    Omit<Promoting, 'now' | 'today' | 'asOf'> & { state: string; as_of: LocalDate | null }
  >(
    `SELECT l.id, l.company, l.source, s.authority, l.kind, l.as_of, l.scope, l.control, l.state, l.hold, l.actor
     FROM load l JOIN source s ON s.company = l.company AND s.code = l.source WHERE l.id = $1 FOR UPDATE OF l`,
    [id],
  )
  if (!found) throw new Error(`load ${id} is not in the ledger`)
  if (found.state !== 'staging') return (await reportOf(sql, id))!
  const load: Promoting = {
    ...found,
    asOf: found.as_of,
    now,
    today: await companyToday(sql, found.company, now),
  }
  // Two files of one source at a time would each compare with books that the other is changing.
  await sql.one('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`${load.company} ${load.source}`])
  refuseIf(await checkAsOf(sql, load))
  await takeCustomers(sql, load)
  const concerned = await lockCustomersOf(sql, load)
  await nameReceivables(sql, load)
  await compareWithBooks(sql, load)
  refuseIf([...(await checkScope(sql, load)), ...(await checkAgainstBooks(sql, load))])

  await takeContacts(sql, load)
  const changes = await takeChanges(sql, load)
  const created = await takeReceivables(sql, load)
  refuseIf(await checkHistory(sql, load))
  await openAccounts(sql, load)
  await carryHistory(sql, calendars, load)
  const invoiced = await takeInvoices(sql, load)
  const netted = await touchNettedWith(sql, id, changes.receivables)
  if (!load.hold) await spreadFirstConversations(sql, calendars, load)
  await journalLoad(sql, load)
  await wakeWhoWaits(sql, load)
  await touchWaiting(sql, id, changes.receivables, [...concerned, ...invoiced, ...netted])
  await addErrors(sql, id, [...changes.notes, ...(await noteNotCarried(sql, load))], false)

  const lines = await linesOf(sql, id)
  await sql.rows(
    `UPDATE load SET state = CASE WHEN hold THEN 'held' ELSE 'released' END, lines = $2, created = $3, changed = $4, vanished = $5, exceptions = $6,
       unchanged = $2::int - $3::int - $4::int - $7::int, finished_at = to_timestamp($8 / 1000.0) WHERE id = $1`,
    [id, lines, created, changes.changed, changes.vanished, changes.exceptions, changes.otherwise, now],
  )
  await sql.rows('DELETE FROM load_row WHERE load_id = $1', [id])
  return (await reportOf(sql, id))!
}

const linesOf = async (sql: Sql, id: string): Promise<number> =>
  (await sql.one<{ n: number }>('SELECT count(*)::int AS n FROM load_row WHERE load_id = $1', [id]))!.n

function refuseIf(errors: readonly LineError[]): void {
  if (errors.length > 0) throw new Contradicted(errors)
}
