import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { parse, stringify } from 'yaml'
import { connectTemporal, type Door, type TemporalConnection } from '../../client/temporal.ts'
import { readEnvironment } from '../../config/environment.ts'
import { shippedFile } from '../../config/paths.ts'
import { localDateOf } from '../../domain/calendar.ts'
import { type Database, openDatabase } from '../../ledger/database.ts'
import { type Child, startChild } from '../../workers/embedded/children.ts'
import { startInbox } from '../../workers/embedded/inbox.ts'
import { startPostgres } from '../../workers/embedded/postgres.ts'
import { findTemporalCli, startTemporal } from '../../workers/embedded/temporal.ts'

/**
 * The servers of a run, thrown away after it: PostgreSQL as it comes (every commit on the disk) with
 * pg_stat_statements, a Temporal dev server, an SMTP inbox in this process. Each worker is a process of its own.
 */
export interface BenchStack {
  door: Door
  /** The ledger, as clients reach it: what clients ask is part of what is measured. */
  database: Database
  /** Looks on without being counted. */
  observer: Database
  /** Where files can lie that the servers read. */
  dir: string
  /** Administrator's URL of another database on the same server. */
  urlOf(database: string): string
  postgresPid: number
  temporalPid: number
  temporalCli: string
  mailCount(): number
  /** Starts `node FILE …` and waits for its "worker ready". */
  startWorker(name: string, args: string[], env?: NodeJS.ProcessEnv): Promise<Child>
  startOurWorker(): Promise<Child>
  stop(): Promise<void>
}

export const COMPANY = 'bench'
/** Customers of this segment have one case per invoice. */
export const BY_INVOICE = 'by_invoice'
/** Customers of this segment get a statement of account today, with its PDF. */
export const WITH_STATEMENTS = 'with_statements'

type Log = (line: string) => void

export async function startBenchStack(log: Log): Promise<BenchStack> {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-bench-'))
  chmodSync(dir, 0o755)
  const quiet: Log = () => {}
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const one of stops.reverse()) await one()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    log('starting PostgreSQL, Temporal and the inbox')
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      port: 0,
      log: quiet,
      settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' },
    })
    stops.push(postgres.stop)
    const inbox = await startInbox({ dir: join(dir, 'inbox'), port: 0, log })
    stops.push(inbox.stop)
    const cli = await findTemporalCli({ dir: shippedFile('.cartera', 'bin'), log })
    const temporal = await startTemporal({
      cli,
      dir: join(dir, 'temporal'),
      port: 0,
      uiPort: null,
      log: quiet,
    })
    stops.push(temporal.stop)
    const urlOf = (database: string) => postgres.url.replace(/\/cartera(\?|$)/, `/${database}$1`)
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      CARTERA_STATE: dir,
      CARTERA_COMPANY: COMPANY,
      CARTERA_POLICIES: writePolicies(dir),
      // The queue's rate limit protects a mail server; here it would only measure itself.
      CARTERA_MAIL_PER_SECOND: '1000',
      DATABASE_URL: postgres.url,
      SMTP_URL: inbox.url,
      TEMPORAL_ADDRESS: temporal.address,
    }
    const connected: TemporalConnection = await connectTemporal(readEnvironment(env))
    stops.push(() => connected.connection.close())
    await observed(postgres.url)
    const database = openDatabase(postgres.url)
    const observer = openDatabase(`${postgres.url}?options=-c%20pg_stat_statements.track%3Dnone`, {
      role: null,
    })
    stops.push(async () => {
      await database.close()
      await observer.close()
    })
    const startWorker = async (name: string, args: string[], more: NodeJS.ProcessEnv = {}) => {
      const worker = await startChild({
        name,
        command: process.execPath,
        args: ['--enable-source-maps', ...args],
        env: { ...env, ...more },
        cwd: shippedFile(),
        stopSignals: ['SIGTERM', 'SIGKILL'],
        logFile: join(dir, `${name}.log`),
        pidFile: join(dir, `${name}.pid`),
      })
      stops.push(worker.stop)
      while (!worker.hasSaid('worker ready')) {
        if (worker.hasEnded()) throw new Error(`${name} ended before it was ready:\n${worker.lastLines()}`)
        await sleep(50)
      }
      return worker
    }
    return {
      door: { client: connected.client, company: COMPANY },
      database,
      observer,
      dir,
      urlOf,
      postgresPid: pidIn(join(dir, 'postgres')),
      temporalPid: pidIn(join(dir, 'temporal')),
      temporalCli: cli,
      mailCount: () => readdirSync(join(dir, 'inbox')).filter((name) => name.endsWith('.eml')).length,
      startWorker,
      startOurWorker: () => startWorker('worker', [shippedFile('dist', 'workers', 'main.js')]),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const pidIn = (dir: string): number =>
  (JSON.parse(readFileSync(join(dir, 'process.json'), 'utf8')) as { pid: number }).pid

async function observed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  await client.query('CREATE DATABASE baseline')
  await client.query('CREATE DATABASE reads')
  await client.query('CREATE DATABASE orders')
  await client.end()
}

/** The standard policy with its contact window always open; the same with one case per invoice, and with statements. */
function writePolicies(dir: string): string {
  const folder = join(dir, 'policies')
  mkdirSync(folder)
  const standard = parse(readFileSync(shippedFile('config', 'policies', 'standard.yaml'), 'utf8'))
  const open = {
    ...standard,
    calendar: 'every-day',
    contact_hours: { from: '00:00', to: '23:59' },
    spread_minutes: 0,
    // A first conversation with everybody on one day is what is measured.
    first_conversations_per_day: 1_000_000,
  }
  const byInvoice = { ...open, id: BY_INVOICE, grouping: 'invoice', applies_to: { segments: [BY_INVOICE] } }
  const withStatements = {
    ...open,
    id: WITH_STATEMENTS,
    applies_to: { segments: [WITH_STATEMENTS] },
    statements: { day_of_month: Number(localDateOf(Date.now(), 'America/Mexico_City').slice(8)) },
    attachments: { statement: ['pdf'] },
  }
  writeFileSync(join(folder, 'statements.yaml'), stringify(withStatements))
  writeFileSync(join(folder, 'standard.yaml'), stringify(open))
  writeFileSync(join(folder, 'by-invoice.yaml'), stringify(byInvoice))
  return folder
}
