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

export interface Database extends Sql {
  /** Runs in one transaction; serialization failures and deadlocks are tried again from the start. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
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

/** Which of the ledger's own constraints turned a statement down; null for any other error. */
export const violated = (error: unknown): string | null =>
  error instanceof pg.DatabaseError &&
  (error.code === '23514' || error.code === '23505' || error.code === '23503')
    ? (error.constraint ?? '')
    : null

export interface DatabaseOptions {
  /** Connections at most. */
  max?: number
  /** Role taken on by every connection; the application's role may add and not alter. */
  role?: string | null
  applicationName?: string
}

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const role = options.role === undefined ? 'cartera_app' : options.role
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    application_name: options.applicationName ?? 'cartera',
    options: `-c timezone=UTC${role ? ` -c role=${role}` : ''}`,
  })
  // An idle connection that the server ends is replaced at the next use.
  pool.on('error', () => {})
  return {
    ...sqlOf(pool),
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        const client = await pool.connect()
        let broken: Error | undefined
        // A connection that the server ends between two statements says so here; unheard it would end the process.
        const onError = (error: Error) => {
          broken = error
        }
        client.on('error', onError)
        try {
          await client.query('BEGIN')
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
