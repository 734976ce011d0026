import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Receives one line for the person who started the stack. */
export type Log = (line: string) => void

/** A failure that the person at the keyboard can repair: the message is the whole story, remedy included. */
export class StackError extends Error {
  override readonly name = 'StackError'
}

/** What a child needs; the first of `stopSignals` asks politely, each next one after 20 s is less polite. */
export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stopSignals: readonly NodeJS.Signals[]
  readonly logFile: string
  readonly pidFile: string
  /** Runs the child as this user; only root can. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/** A server process that this one started and answers for. */
export interface Child {
  readonly pid: number
  /** Resolves with a short reason when the process has ended, wanted or not; never rejects. */
  readonly ended: Promise<string>
  readonly hasEnded: () => boolean
  /** The last lines of the log that this run wrote. */
  readonly lastLines: () => string
  /** Whether this run has written these words, however much it wrote since. */
  readonly hasSaid: (words: string) => boolean
  /** Asks, waits, insists. A second call waits for the same end. */
  readonly stop: () => Promise<void>
  /** SIGKILL, at once. */
  readonly kill: () => void
}

const POLITE_MS = 20_000
const LOG_ROTATE_BYTES = 10_000_000

/**
 * Starts a child in a process group of its own, so that Ctrl-C in the terminal reaches the launcher
 * alone, which then stops its children in order. If the launcher ends without doing so, the child gets
 * the polite signal; if the launcher is killed, `reclaim` finds the child by its pid file at the next start.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { output, from } = openLog(options.logFile)
  const process_ = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', output, output],
    ...options.user,
  })
  closeSync(output)
  try {
    await once(process_, 'spawn')
  } catch (error) {
    throw new StackError(
      `${options.name} can't be started: ${error instanceof Error ? error.message : error}`,
    )
  }
  return follow(process_, options, from)
}

function follow(child: ChildProcess, options: ChildOptions, logFrom: number): Child {
  const pid = child.pid ?? 0
  writeFileSync(options.pidFile, JSON.stringify({ pid, launcher: process.pid }), { mode: 0o600 })
  let over = false
  const onExit = () => child.kill(options.stopSignals[0])
  process.once('exit', onExit)
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true
      process.off('exit', onExit)
      rmSync(options.pidFile, { force: true })
      resolve(signal ? `ended by ${signal}` : `ended with code ${code}`)
    })
  })
  const insist = async () => {
    for (const signal of options.stopSignals) {
      child.kill(signal)
      if (await within(POLITE_MS, ended)) return
    }
    child.kill('SIGKILL')
    await ended
  }
  const written = () => readFileSync(options.logFile).subarray(logFrom).toString()
  let stopping: Promise<void> | undefined
  return {
    pid,
    ended,
    hasEnded: () => over,
    lastLines: () => written().trim().split('\n').slice(-8).join('\n'),
    hasSaid: (words) => written().includes(words),
    stop: () => {
      stopping ??= over ? Promise.resolve() : insist()
      return stopping
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

async function within(ms: number, event: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController()
  const late = sleep(ms, false, { signal: patience.signal }).catch(() => false)
  const inTime = await Promise.race([event.then(() => true), late])
  patience.abort()
  return inTime
}

function openLog(file: string): { output: number; from: number } {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_ROTATE_BYTES) renameSync(file, `${file}.1`)
  return { output: openSync(file, 'a', 0o600), from: size > LOG_ROTATE_BYTES ? 0 : size }
}

/**
 * Deals with a child that an earlier launcher left behind. When that launcher is alive, this is a
 * refusal: two programs must not share a state folder. When it was killed, its orphan is stopped.
 *
 * @param left.marker text in the child's command line that proves that the pid is still that child and
 *   not a later process with the same number: the folder of its data
 * @throws StackError when the child belongs to a living launcher, or can't be stopped
 */
export async function reclaim(left: {
  name: string
  pidFile: string
  marker: string
  signal: NodeJS.Signals
  log: Log
}): Promise<void> {
  const record = readRecord(left.pidFile)
  const stillThere = () => (record ? findProcess(record.pid, left.marker) : undefined)
  const found = stillThere()
  if (record && found) {
    if (found.parent === record.launcher) {
      throw new StackError(
        `${left.name} in ${dirname(left.pidFile)} is already running for process ${record.launcher}: ` +
          'stop that one first, or choose another state folder.',
      )
    }
    left.log(`${left.name} was left running by a launcher that died (process ${record.pid}): stopping it.`)
    for (const signal of [left.signal, 'SIGKILL'] as const) {
      if (!stillThere()) break
      signalOrExplain(record.pid, signal, left.name)
      for (const deadline = Date.now() + POLITE_MS; stillThere() && Date.now() < deadline; ) await sleep(50)
    }
  }
  rmSync(left.pidFile, { force: true })
}

function readRecord(pidFile: string): { pid: number; launcher: number } | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(pidFile, 'utf8'))
    if (typeof record !== 'object' || record === null || !('pid' in record) || !('launcher' in record)) return
    const { pid, launcher } = record
    return typeof pid === 'number' && typeof launcher === 'number' && pid > 1 ? { pid, launcher } : undefined
  } catch {
    return // missing, or cut short by a crash: then there is nothing to find the child by
  }
}

function signalOrExplain(pid: number, signal: NodeJS.Signals, name: string): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return
    throw new StackError(`${name} was left running as process ${pid} by another user: stop it as that user.`)
  }
}

/** The living process with this number, if its command line has the marker; a zombie has no command line. */
export function findProcess(pid: number, marker: string): { parent: number; command: string } | undefined {
  try {
    const { parent, command } = process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
    return command.includes(marker) ? { parent, command } : undefined
  } catch {
    return
  }
}

function fromProc(pid: number) {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  // "pid (name) state ppid …": the name may itself hold spaces and brackets.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return { command, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }
}

function fromPs(pid: number) {
  const line = execFileSync('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], {
    encoding: 'utf8',
  }).trim()
  const space = line.indexOf(' ')
  return { parent: Number(line.slice(0, space)), command: line.slice(space + 1) }
}
