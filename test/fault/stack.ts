import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Client } from '@temporalio/client'
import { inject } from 'vitest'
import { connectTemporal, type TemporalConnection } from '../../client/temporal.ts'
import { readEnvironment } from '../../config/environment.ts'
import { shippedFile } from '../../config/paths.ts'
import { type Database, openDatabase } from '../../ledger/database.ts'
import { type InboxOptions, startInbox } from '../../workers/embedded/inbox.ts'
import { type Postgres, startPostgres } from '../../workers/embedded/postgres.ts'
import { startTemporal, type TemporalServer } from '../../workers/embedded/temporal.ts'
import { quiet } from '../setup/engine.ts'
import { COMPANY } from '../setup/ledger.ts'

/**
 * Everything as in production, each in a process of its own that can be killed: PostgreSQL, the Temporal server with
 * its file, the built worker. Only the inbox lives here. A worker that ends by itself is started again, as a
 * supervisor does.
 */
export interface FragileStack {
  client: Client
  /** As a client has it: calls fail while the server is away. */
  database: Database
  door: { client: Client; company: string }
  inboxDir: string
  worker: Part
  temporal: Part
  postgres: Part & { stopImmediately(): Promise<void> }
  /** How often a worker ended though nobody killed it. */
  endedByThemselves(): number
  /** A worker of another build beside the first. */
  addWorker(bundle: string): Promise<Part>
  stop(): Promise<void>
}

export interface Part {
  /** SIGKILL, and until it is gone. */
  kill(): Promise<void>
  /** Until it serves again. */
  start(): Promise<void>
}

const log = () => {}
// A killed process loses nothing that it gave to the system; only a lost machine would need it on the disk.
const SETTINGS = { fsync: 'off' }

/** Any hour is contact time, and each site of a customer is a case of its own. */
const POLICY = `
id: standard
name: for faults
applies_to: { company: true }
grouping: site
calendar: every-day
contact_hours: { from: "00:00", to: "23:59" }
spread_minutes: 0
min_gap_days: 5
contact_gap_days: 3
tolerance: { MXN: "0.50" }
steps:
  - { id: first, day: 1, action: remind }
  - { id: second, day: 8, action: remind, severity: firm }
  - { id: call, day: 20, action: call }
`

export async function startFragileStack({
  rules = '',
  ...inbox
}: Pick<InboxOptions, 'behaviour'> & {
  /** Lines of the policy beside those above. */
  rules?: string
} = {}): Promise<FragileStack> {
  quiet()
  const dir = mkdtempSync(join(tmpdir(), 'cartera-fault-'))
  chmodSync(dir, 0o755)
  mkdirSync(join(dir, 'policies'))
  writeFileSync(join(dir, 'policies', 'standard.yaml'), POLICY + rules)
  const builtHere = await build()
  const inboxDir = join(dir, 'inbox')
  const mailServer = await startInbox({ dir: inboxDir, port: 0, log, ...inbox })
  const postgresIn = (port: number) =>
    startPostgres({ dir: join(dir, 'postgres'), port, log, settings: SETTINGS })
  const temporalIn = (port: number) =>
    startTemporal({ cli: inject('temporalCli'), dir: join(dir, 'temporal'), port, uiPort: null, log })
  let postgres: Postgres = await postgresIn(0)
  let temporal: TemporalServer = await temporalIn(0)
  const env = {
    ...process.env,
    CARTERA_STATE: dir,
    CARTERA_COMPANY: COMPANY,
    CARTERA_POLICIES: join(dir, 'policies'),
    CARTERA_MAIL_PER_SECOND: '1000',
    CARTERA_MAIL_ATTEMPT_SECONDS: '3',
    DATABASE_URL: postgres.url,
    SMTP_URL: mailServer.url,
    TEMPORAL_ADDRESS: temporal.address,
  }
  const workers = [superviseWorker(builtHere, env, join(dir, 'worker.log'))]
  await workers[0]!.start()
  const { connection, client }: TemporalConnection = await connectTemporal(readEnvironment(env))
  const database = openDatabase(postgres.url, { role: null, max: 8, applicationName: 'cartera-client' })
  const port = (url: string) => Number(new URL(url.includes('//') ? url : `tcp://${url}`).port)
  return {
    client,
    database,
    door: { client, company: COMPANY },
    inboxDir,
    worker: workers[0]!,
    temporal: {
      async kill() {
        temporal.kill()
        await temporal.ended
      },
      async start() {
        temporal = await temporalIn(port(temporal.address))
      },
    },
    postgres: {
      async kill() {
        postgres.kill()
        await postgres.ended
      },
      async stopImmediately() {
        const { pid } = JSON.parse(readFileSync(join(dir, 'postgres', 'process.json'), 'utf8')) as {
          pid: number
        }
        process.kill(pid, 'SIGQUIT')
        await postgres.ended
      },
      async start() {
        postgres = await postgresIn(port(postgres.url))
      },
    },
    endedByThemselves: () => workers.reduce((sum, worker) => sum + worker.endedByItself(), 0),
    async addWorker(bundle) {
      const worker = superviseWorker(
        await build(bundle, builtHere),
        env,
        join(dir, `worker-${workers.length}.log`),
      )
      workers.push(worker)
      await worker.start()
      return worker
    },
    async stop() {
      for (const worker of workers) await worker.kill()
      await connection.close()
      await database.close()
      await temporal.stop()
      await postgres.stop()
      await mailServer.stop()
      for (const worker of workers) rmSync(worker.built, { recursive: true, force: true })
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The worker as it ships: compiled, with its bundle beside it. */
async function build(bundle = inject('workflowBundle'), before?: string): Promise<string> {
  const parent = shippedFile('.cartera')
  mkdirSync(parent, { recursive: true })
  const built = mkdtempSync(join(parent, 'fault-build-'))
  const compiler = shippedFile('node_modules', 'typescript', 'bin', 'tsc')
  if (before) cpSync(before, built, { recursive: true })
  else
    await promisify(execFile)(
      process.execPath,
      [compiler, '-p', shippedFile('tsconfig.build.json'), '--outDir', built],
      { cwd: shippedFile() },
    )
  writeFileSync(join(built, 'workflow-bundle.js'), bundle)
  return built
}

/** Starts a worker, and again whenever it ends without having been killed. */
function superviseWorker(built: string, env: NodeJS.ProcessEnv, logFile: string) {
  let process_: ChildProcess | null = null
  let gone: Promise<void> = Promise.resolve()
  let wanted = false
  let endedByItself = 0
  const said: string[] = []
  const launch = () => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(built, 'workers', 'main.js')], {
      env,
      cwd: built,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    process_ = child
    const keep = (chunk: Buffer) => {
      said.push(String(chunk))
      writeFileSync(logFile, String(chunk), { flag: 'a' })
    }
    child.stderr.on('data', keep)
    let isReady = () => {}
    const ready = new Promise<void>((resolve) => {
      isReady = resolve
    })
    createInterface(child.stdout).on('line', (line) => {
      keep(Buffer.from(`${line}\n`))
      if (line === 'worker ready') isReady()
    })
    gone = new Promise((resolve) => {
      child.once('exit', () => {
        resolve()
        if (!wanted || process_ !== child) return
        endedByItself++
        void sleep(500).then(() => {
          if (wanted && process_ === child) launch()
        })
      })
    })
    return ready
  }
  return {
    built,
    said: () => said.join(''),
    endedByItself: () => endedByItself,
    async kill() {
      wanted = false
      process_?.kill('SIGKILL')
      await gone
    },
    async start() {
      wanted = true
      await launch()
    },
  }
}

/** What is in the inbox: how many copies of each Message-ID. */
export function copiesById(inboxDir: string): Map<string, number> {
  const copies = new Map<string, number>()
  for (const name of readdirSync(inboxDir)) {
    if (!name.endsWith('.eml')) continue
    const id = /^message-id:\s*<([^@>]+)@/im.exec(readFileSync(join(inboxDir, name), 'utf8'))?.[1]
    if (id === undefined) throw new Error(`${name} has no Message-ID`)
    copies.set(id, (copies.get(id) ?? 0) + 1)
  }
  return copies
}
