import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { type Child, type Log, reclaim, StackError, startChild } from './children.ts'
import { claimPort } from './ports.ts'

export { findTemporalCli, findTestServer } from './temporal-binaries.ts'

/** How to start the Temporal dev server. */
export interface TemporalOptions {
  /** Path of the Temporal CLI, as `findTemporalCli` gives it. */
  readonly cli: string
  /** State folder: the server's SQLite file and its log. */
  readonly dir: string
  /** gRPC port; 0 takes any free one, for tests. */
  readonly port: number
  /** Port of the web interface; null leaves it out. */
  readonly uiPort: number | null
  readonly log: Log
  /** Further arguments of `temporal server start-dev`, e.g. `--search-attribute`, `Name=Keyword`. */
  readonly args?: readonly string[] | undefined
  /** Named in the refusals when a port is in use. */
  readonly portSetting?: string | undefined
  readonly uiPortSetting?: string | undefined
}

/** A running Temporal dev server on 127.0.0.1. */
export interface TemporalServer {
  /** For `TEMPORAL_ADDRESS`. */
  readonly address: string
  /** Empty without the web interface. */
  readonly uiUrl: string
  /** Resolves with a short reason when the server has ended, wanted or not. */
  readonly ended: Promise<string>
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

const START_MS = 60_000

/**
 * Starts `temporal server start-dev` with its state in `dir`, and returns once the namespace `default`
 * can be described: a port that listens is not yet a server that answers.
 *
 * @throws StackError with a remedy: port in use, state in use, server refuses to start
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { log, portSetting = 'CARTERA_TEMPORAL_PORT', uiPortSetting = 'CARTERA_TEMPORAL_UI_PORT' } = options
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true })
  const database = join(dir, 'temporal.db')
  const pidFile = join(dir, 'process.json')
  await reclaim({ name: 'The Temporal server', pidFile, marker: database, signal: 'SIGTERM', log })
  const port = await claimPort({ port: options.port, what: 'the Temporal server', setting: portSetting })
  const uiPort =
    options.uiPort === null
      ? null
      : await claimPort({ port: options.uiPort, what: "Temporal's web interface", setting: uiPortSetting })

  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', database]
  args.push('--log-level', 'warn', '--disable-config-env', '--disable-config-file')
  args.push(...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]), ...(options.args ?? []))
  const logFile = join(dir, 'temporal.log')
  const child = await startChild({
    name: 'The Temporal server',
    command: options.cli,
    args,
    // The CLI is a client too and would read our TEMPORAL_… settings, which are about another server.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, TZ: 'UTC' },
    cwd: dir,
    stopSignals: ['SIGTERM'],
    logFile,
    pidFile,
  })
  const address = `127.0.0.1:${port}`
  try {
    await ready(child, { port, address, logFile })
  } catch (error) {
    await child.stop()
    throw error
  }
  const uiUrl = uiPort === null ? '' : `http://127.0.0.1:${uiPort}`
  return { address, uiUrl, ended: child.ended, stop: child.stop, kill: child.kill }
}

async function ready(
  child: Child,
  server: { port: number; address: string; logFile: string },
): Promise<void> {
  const deadline = Date.now() + START_MS
  for (let last = 'nothing listens'; ; ) {
    if (child.hasEnded()) {
      throw new StackError(
        `The Temporal server ${await child.ended}; the end of ${server.logFile}:\n${child.lastLines()}`,
      )
    }
    if (Date.now() > deadline)
      throw new StackError(`The Temporal server doesn't answer (${last}); see ${server.logFile}.`)
    // A gRPC channel that was refused once waits a second before it tries again; a bare socket doesn't.
    if (await listens(server.port)) {
      try {
        return await describe(server.address)
      } catch (error) {
        last = error instanceof Error ? error.message : String(error)
      }
    }
    await sleep(25)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}

async function describe(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '5s' })
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' })
  } finally {
    await connection.close()
  }
}
