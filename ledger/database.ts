import pg from 'pg'
import { Refusal } from '../domain/refusal.ts'

/**
 * Connections to the ledger. Amounts and ids: `bigint` columns arrive as BigInt where they are money and are
 * read as numbers through `Number(...)` where they are ids; dates stay 'YYYY-MM-DD', never a Date.
 */

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === pg.types.builtins.INT8) return (text: string) => BigInt(text)
    if (oid === pg.types.builtins.NUMERIC) return (text: string) => text
    if (oid === pg.types.builtins.DATE) return (text: string) => text
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => new Date(text).getTime()
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig

export type Row = Record<string, unknown>

export interface Sql {
  /** All rows of a statement. */
  rows<R extends object = Row>(text: string, values?: unknown[]): Promise<R[]>
  /** The first row, or null. */
  one<R extends object = Row>(text: string, values?: unknown[]): Promise<R | null>
}

/** How long work waits for a lock, and how long a statement runs, before the database gives it up. */
export interface Limits {
  lockMs: number
  statementMs: number
}

/**
 * Work that somebody gives up on after seconds (a local activity has 3): less time for a lock than that, or it would
 * wait on for nobody and keep a connection from those who could work.
 */
export const SHORT: Limits = { lockMs: 2_000, statementMs: 10_000 }
/** Loads, files of receipts, reports: they may wait for each other, and not for ever. */
export const LONG: Limits = { lockMs: 5 * 60_000, statementMs: 30 * 60_000 }

export interface Database extends Sql {
  /**
   * Runs in one transaction, within the connection's limits or those given; serialization failures and deadlocks are
   * tried again from the start.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, limits?: Limits): Promise<T>
  close(): Promise<void>
}

/** Of statements by their text; this program's texts are few. */
const names = new Map<string, string>()

/** A statement with values is prepared once per connection; one without may be several, which can't be. */
function queryOf(text: string, values: unknown[]): pg.QueryConfig {
  if (values.length === 0) return { text, values, types }
  if (!names.has(text)) names.set(text, `s${names.size + 1}`)
  return { name: names.get(text)!, text, values, types }
}

const sqlOf = (client: pg.Pool | pg.PoolClient): Sql => ({
  async rows<R extends object>(text: string, values: unknown[] = []) {
    return (await client.query(queryOf(text, values))).rows as R[]
  },
  async one<R extends object>(text: string, values: unknown[] = []) {
    return ((await client.query(queryOf(text, values))).rows[0] as R | undefined) ?? null
  },
})

const isRetryable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01')

/** SQLSTATE of a statement whose content the database turned down: the same again would be turned down again. */
export const turnedDown = (error: unknown): string | null =>
  error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '') ? error.code! : null

export interface DatabaseOptions {
  /** Connections at most. */
  max?: number
  /** Role taken on by every connection; the application's role may add and not alter. */
  role?: string | null
  applicationName?: string
  /** Longest wait for a free connection, or for a new one to be made. */
  connectMs?: number
  /** Of what runs without its own; null for none. */
  limits?: Limits | null
}

const settings = (limits: Limits | null): string =>
  limits ? ` -c lock_timeout=${limits.lockMs} -c statement_timeout=${limits.statementMs}` : ''

const begin = (limits: Limits | undefined): string =>
  limits
    ? `BEGIN; SET LOCAL lock_timeout = ${limits.lockMs}; SET LOCAL statement_timeout = ${limits.statementMs}`
    : 'BEGIN'

/**
 * Rows are looked up by their keys. A prepared statement keeps the plan that it got while a table was small, and on disks
 * that seek that would be to read it whole: the price of a page anywhere is that of any disk of today.
 */
const PLANNING = '-c random_page_cost=1.1'

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const role = options.role === undefined ? 'cartera_app' : options.role
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectMs ?? 5_000,
    application_name: options.applicationName ?? 'cartera',
    options: `-c timezone=UTC ${PLANNING}${role ? ` -c role=${role}` : ''}${settings(options.limits === undefined ? LONG : options.limits)}`,
  })
  // An idle connection that the server ends is replaced at the next use.
  pool.on('error', () => {})
  return {
    ...sqlOf(pool),
    async transaction(work, limits) {
      for (let attempt = 1; ; attempt++) {
        const client = await pool.connect()
        let broken: Error | undefined
        // A connection that the server ends between two statements says so here; unheard it would end the process.
        const onError = (error: Error) => {
          broken = error
        }
        client.on('error', onError)
        try {
          await client.query(begin(limits))
          const result = await work(sqlOf(client))
          await client.query('COMMIT')
          return result
        } catch (error) {
          await client.query('ROLLBACK').catch((failure: Error) => {
            broken = failure
          })
          if (!isRetryable(error) || attempt >= 5) throw error
        } finally {
          client.off('error', onError)
          client.release(broken)
        }
      }
    },
    close: () => pool.end(),
  }
}

/** The one row that must exist. */
export async function mustFind<R extends object>(
  sql: Sql,
  what: string,
  id: string,
  text: string,
  values: unknown[],
): Promise<R> {
  const row = await sql.one<R>(text, values)
  if (!row) throw new Refusal('NotFound', { what, id })
  return row
}
