import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shippedFile } from '../config/paths.ts'
import { openDatabase, type Sql } from './database.ts'

interface Migration {
  version: number
  name: string
  text: string
  hash: string
}

const migrationsFolder = shippedFile('ledger', 'migrations')

/** The migrations that this program knows, in order. */
export function knownMigrations(folder: string = migrationsFolder): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8')
      return {
        version: Number(name.slice(0, 4)),
        name,
        text,
        hash: createHash('sha256').update(text).digest('hex'),
      }
    })
}

export class SchemaError extends Error {
  override name = 'SchemaError'
}

/** Any number: what counts is that every migrator asks for the same one. */
const MIGRATION_LOCK = 7_370_021

/**
 * Brings the ledger's schema to what this program knows. Safe when many start at once: one migrates, the
 * others wait and find it done. Refuses a database that is newer than the program, or whose applied
 * migrations were edited afterwards. Returns the versions applied now.
 *
 * @throws SchemaError with what to do
 */
export async function migrate(url: string, folder?: string): Promise<number[]> {
  const database = openDatabase(url, {
    max: 1,
    role: null,
    applicationName: 'cartera-migrate',
    // A large ledger may take its time, and whoever comes second waits for the first.
    limits: null,
  })
  try {
    return await database.transaction(async (sql) => {
      await sql.rows('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
      await sql.rows(`CREATE TABLE IF NOT EXISTS schema_migration (
        version int PRIMARY KEY, name text NOT NULL, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
      const known = knownMigrations(folder)
      const applied = await checkApplied(sql, known)
      const missing = known.filter((migration) => !applied.has(migration.version))
      for (const migration of missing) {
        await sql.rows(migration.text)
        await sql.rows('INSERT INTO schema_migration (version, name, hash) VALUES ($1, $2, $3)', [
          migration.version,
          migration.name,
          migration.hash,
        ])
      }
      return missing.map((migration) => migration.version)
    })
  } finally {
    await database.close()
  }
}

async function checkApplied(sql: Sql, known: Migration[]): Promise<Set<number>> {
  const applied = await sql.rows<{ version: number; name: string; hash: string }>(
    'SELECT version, name, hash FROM schema_migration ORDER BY version',
  )
  const newest = known.at(-1)?.version ?? 0
  const beyond = applied.find((row) => row.version > newest)
  if (beyond)
    throw new SchemaError(
      `The database has schema ${beyond.version} (${beyond.name}); this program knows only up to ${newest}. ` +
        'Start the newer version of the program: the older one could damage what it does not know.',
    )
  for (const row of applied) {
    const migration = known.find((m) => m.version === row.version)
    if (migration?.hash !== row.hash)
      throw new SchemaError(
        `Migration ${row.name} was applied with other content than this program's ${migration?.name ?? 'none'}. ` +
          'Applied migrations never change: restore the file and put the change into a new one.',
      )
  }
  return new Set(applied.map((row) => row.version))
}

/** Refuses to work on a schema that this program doesn't match exactly; for programs that don't migrate. */
export async function checkSchema(sql: Sql, folder?: string): Promise<void> {
  const known = knownMigrations(folder)
  const exists = await sql.one<{ found: string | null }>(`SELECT to_regclass('schema_migration') AS found`)
  if (!exists?.found)
    throw new SchemaError('The database is empty: start a worker once, it creates the ledger.')
  const applied = await checkApplied(sql, known)
  const missing = known.filter((migration) => !applied.has(migration.version))
  if (missing.length > 0)
    throw new SchemaError(
      `The database lacks ${missing.map((m) => m.name).join(', ')}: start a worker of this version once, it migrates.`,
    )
}
