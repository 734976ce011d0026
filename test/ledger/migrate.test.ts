import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { openDatabase } from '../../ledger/database.ts'
import { checkSchema, knownMigrations, migrate } from '../../ledger/migrate.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const ALL = knownMigrations().map((m) => m.version)

/** A database without anything; gone after the test. */
async function emptyDatabase(): Promise<string> {
  const admin = inject('postgresUrl').replace(/\/template(\?|$)/, '/postgres$1')
  const name = `m_${randomUUID().replaceAll('-', '')}`
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: admin })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await run(`CREATE DATABASE ${name}`)
  onTestFinished(() => run(`DROP DATABASE ${name}`))
  return admin.replace(/\/postgres(\?|$)/, `/${name}$1`)
}

/** A copy of the shipped migrations that a test may change. */
function copiedMigrations(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cartera-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(shippedFile('ledger', 'migrations'), folder, { recursive: true })
  return folder
}

async function checking(url: string, folder?: string): Promise<unknown> {
  const database = openDatabase(url, { role: null, max: 1 })
  return checkSchema(database, folder)
    .catch((error: unknown) => error)
    .finally(() => database.close())
}

test('eight programs that start at once migrate once', async () => {
  const url = await emptyDatabase()
  const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(url)))
  expect(applied.filter((versions) => versions.length > 0)).toEqual([ALL])
  expect(await checking(url)).toBeUndefined()
})

test('a second migration does no harm', async () => {
  const { url, database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  expect(await migrate(url)).toEqual([])
  expect(await database.one('SELECT document FROM receivable')).toEqual({ document: 'F-1' })
})

test('a program that doesn’t migrate says what is missing', async () => {
  const url = await emptyDatabase()
  expect(String(await checking(url))).toMatch(/The database is empty: start a worker once/)
  await migrate(url)
  const newer = copiedMigrations()
  writeFileSync(join(newer, '9000_later.sql'), 'CREATE TABLE later (id int)')
  expect(String(await checking(url, newer))).toMatch(
    /lacks 9000_later.sql: start a worker of this version once/,
  )
})

test('an older program refuses a newer schema and says what to start', async () => {
  const url = await emptyDatabase()
  const newer = copiedMigrations()
  writeFileSync(join(newer, '9000_later.sql'), 'CREATE TABLE later (id int)')
  expect(await migrate(url, newer)).toEqual([...ALL, 9000])
  await expect(migrate(url)).rejects.toThrow(
    /has schema 9000 \(9000_later.sql\); this program knows only up to \d+. Start the newer version/,
  )
  expect(String(await checking(url))).toMatch(/Start the newer version/)
})

test('a migration that was edited after it was applied is refused', async () => {
  const url = await emptyDatabase()
  await migrate(url)
  const edited = copiedMigrations()
  const [first] = readdirSync(edited).sort()
  writeFileSync(join(edited, first!), 'SELECT 1')
  await expect(migrate(url, edited)).rejects.toThrow(
    /applied with other content .* restore the file and put the change into a new one/,
  )
})

test('a migration that fails leaves nothing behind, and is tried again', async () => {
  const url = await emptyDatabase()
  const broken = copiedMigrations()
  writeFileSync(join(broken, '9000_broken.sql'), 'CREATE TABLE half (id int); SELECT nothing FROM nowhere')
  await expect(migrate(url, broken)).rejects.toThrow(/nowhere/)
  expect(String(await checking(url))).toMatch(/The database is empty/)
  expect(await migrate(url)).toEqual(ALL)
})

test('the application’s role adds, and alters nothing of what is written once', async () => {
  const { database } = await freshLedger()
  const may = await database.rows<{ table: string; privilege: string }>(
    `SELECT t.name AS table, p.name AS privilege
     FROM unnest(ARRAY['journal', 'transfer', 'command', 'receivable_term', 'schema_migration', 'account']) t(name),
          unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p(name)
     WHERE has_table_privilege('cartera_app', t.name, p.name) ORDER BY 1, 2`,
  )
  expect(may.map((m) => `${m.table} ${m.privilege}`)).toEqual([
    'account INSERT',
    'account SELECT',
    'command INSERT',
    'command SELECT',
    'journal INSERT',
    'journal SELECT',
    'receivable_term INSERT',
    'receivable_term SELECT',
    'schema_migration SELECT',
    'transfer INSERT',
    'transfer SELECT',
  ])
  await expect(database.rows('ALTER TABLE journal DISABLE TRIGGER ALL')).rejects.toThrow(/must be owner/)
  expect(await database.one('SELECT current_user AS role')).toEqual({ role: 'cartera_app' })
})
