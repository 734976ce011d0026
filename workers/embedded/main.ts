import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { endpointsFile, readEnvironment, stateFolder } from '../../config/environment.ts'
import { shippedFile } from '../../config/paths.ts'
import { type Child, type Log, reclaim, StackError, startChild } from './children.ts'
import { startInbox } from './inbox.ts'
import { startPostgres } from './postgres.ts'
import { loadSample, writeSamplePolicies } from './sample.ts'
import { createShutdown } from './shutdown.ts'
import { findTemporalCli, startTemporal } from './temporal.ts'

const HELP = `Starts Cartera with everything it needs on this machine: PostgreSQL, a Temporal server, an SMTP inbox and a worker.

  npm start                    with a sample portfolio, loaded and collected at once
  npm start -- --empty         without it

  --state DIR                  where everything is kept (CARTERA_STATE; default .cartera)
  --postgres-port N            CARTERA_POSTGRES_PORT, default 5433
  --temporal-port N            CARTERA_TEMPORAL_PORT, default 7233
  --temporal-ui-port N         CARTERA_TEMPORAL_UI_PORT, default 8233
  --inbox-port N               CARTERA_INBOX_PORT, default 2525

Ctrl-C stops all of it; the next start goes on where it stood.`

const log: Log = (line) => console.log(line)

interface Options {
  state: string
  empty: boolean
  port: (name: 'postgres' | 'temporal' | 'temporal-ui' | 'inbox') => number
}

function readOptions(): Options | null {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      empty: { type: 'boolean' },
      state: text,
      'postgres-port': text,
      'temporal-port': text,
      'temporal-ui-port': text,
      'inbox-port': text,
    },
  })
  if (values.help) return null
  const defaults = { postgres: 5433, temporal: 7233, 'temporal-ui': 8233, inbox: 2525 }
  return {
    state: stateFolder({
      ...process.env,
      ...(values.state === undefined ? {} : { CARTERA_STATE: values.state }),
    }),
    empty: values.empty ?? false,
    port: (name) => {
      const setting = `CARTERA_${name.toUpperCase().replace('-', '_')}_PORT`
      const given = values[`${name}-port`] ?? process.env[setting] ?? String(defaults[name])
      const port = Number(given)
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new StackError(`${setting}: "${given}" is not a port (0 to 65535).`)
      return port
    },
  }
}

/** Starts the servers in order, then the worker as it would run anywhere, pointed at them. */
async function main(): Promise<void> {
  const options = readOptions()
  if (options === null) return console.log(HELP)
  const { state } = options
  mkdirSync(state, { recursive: true })
  const startedAt = Date.now()
  const shutdown = createShutdown({ log })
  const signal = shutdown.onSignal()
  try {
    const postgres = await startPostgres({
      dir: join(state, 'postgres'),
      port: options.port('postgres'),
      log,
    })
    shutdown.add({ name: 'PostgreSQL', ...postgres })
    const inbox = await startInbox({ dir: join(state, 'inbox'), port: options.port('inbox'), log })
    shutdown.add({ name: 'the inbox', ...inbox })
    const cli = await findTemporalCli({ dir: join(state, 'bin'), log })
    const temporal = await startTemporal({
      cli,
      dir: join(state, 'temporal'),
      port: options.port('temporal'),
      uiPort: options.port('temporal-ui'),
      log,
    })
    shutdown.add({ name: 'Temporal', ...temporal })
    const env = {
      ...process.env,
      CARTERA_STATE: state,
      DATABASE_URL: postgres.url,
      SMTP_URL: inbox.url,
      TEMPORAL_ADDRESS: temporal.address,
      CARTERA_TEAM: process.env.CARTERA_TEAM ?? shippedFile('config', 'team.yaml'),
      CARTERA_POLICIES:
        process.env.CARTERA_POLICIES ??
        (options.empty ? shippedFile('config', 'policies') : writeSamplePolicies(state)),
    }
    writeEndpoints(state, env)
    if (!shutdown.begun()) {
      await reclaim({
        name: 'The worker',
        pidFile: join(state, 'worker.pid'),
        marker: join('workers', 'main.js'),
        signal: 'SIGTERM',
        log,
      })
      const worker = await startWorker(state, env)
      shutdown.add({ name: 'the worker', ...worker })
      if (!options.empty && !shutdown.begun()) await loadSample(readEnvironment(env), log)
      if (!shutdown.begun()) tellWhere(temporal.uiUrl, inbox.url, startedAt)
      await Promise.race(
        [signal, postgres.ended, temporal.ended, worker.ended].map((p) =>
          Promise.resolve(p).then((why) => whenEnded(why, shutdown.begun())),
        ),
      )
    }
  } finally {
    await shutdown.run()
  }
}

function whenEnded(why: unknown, expected: boolean): void {
  if (expected || why === 'SIGINT' || why === 'SIGTERM' || why === 'SIGHUP') return
  throw new StackError(
    `A part of the stack ended by itself (${String(why)}); the others are stopped. Start again: it goes on where it stood.`,
  )
}

/** The command line and anything else on this machine finds the servers here; it holds a password, so it is private. */
function writeEndpoints(state: string, env: NodeJS.ProcessEnv): void {
  const file = endpointsFile(state)
  const said = {
    DATABASE_URL: env.DATABASE_URL,
    SMTP_URL: env.SMTP_URL,
    TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS,
    CARTERA_POLICIES: env.CARTERA_POLICIES,
  }
  writeFileSync(file, `${JSON.stringify(said, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
}

/** The worker is a process of its own, the same program as on own servers. */
async function startWorker(state: string, env: NodeJS.ProcessEnv): Promise<Child> {
  const logFile = join(state, 'worker.log')
  const worker = await startChild({
    name: 'The worker',
    command: process.execPath,
    args: ['--enable-source-maps', shippedFile('dist', 'workers', 'main.js')],
    env,
    cwd: state,
    stopSignals: ['SIGTERM', 'SIGKILL'],
    logFile,
    pidFile: join(state, 'worker.pid'),
  })
  while (!worker.hasSaid('worker ready')) {
    if (worker.hasEnded())
      throw new StackError(
        `The worker ended before it was ready. Its last lines (${logFile}):\n${worker.lastLines()}`,
      )
    await sleep(100)
  }
  return worker
}

function tellWhere(uiUrl: string, smtpUrl: string, startedAt: number): void {
  log('')
  log(`  What the engine does   ${uiUrl}/namespaces/default/workflows`)
  log(`  What customers got     npx cartera inbox        (${smtpUrl})`)
  log('  What is to be done     npx cartera worklist')
  log('  What is owed           npx cartera aging')
  log('')
  log(`ready (${Math.round((Date.now() - startedAt) / 1000)} s). Ctrl-C stops everything.`)
}

main().catch((error: unknown) => {
  console.error(error instanceof StackError ? error.message : error)
  process.exitCode = 1
})
