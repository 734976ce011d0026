import type { LineError } from '../domain/openItem.ts'

/** Ways in which asking fails beside a refusal. None of them depends on a server's library. */

/**
 * It can't be done now. What was asked may have been taken or not: asking again under the same key is safe.
 * `what` is who didn't answer, `where` its address or what it said last.
 */
export class TryLater extends Error {
  override name = 'TryLater'
  readonly what: 'temporal' | 'ledger' | 'workers'
  readonly where: string
  constructor(what: 'temporal' | 'ledger' | 'workers', where: string, cause?: unknown) {
    super(`${what}: ${where}`, cause === undefined ? undefined : { cause })
    this.what = what
    this.where = where
  }
}

/** The content isn't of the command's shape. `path` is the dotted place in it. */
export class BadRequest extends Error {
  override name = 'BadRequest'
  readonly problems: readonly { path: string; message: string }[]
  constructor(problems: readonly { path: string; message: string }[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
    this.problems = problems
  }
}

/** A file with bad lines: nothing of it was taken. `total` counts also those that aren't listed. */
export class BadFile extends Error {
  override name = 'BadFile'
  readonly errors: readonly LineError[]
  readonly total: number
  constructor(errors: readonly LineError[], total: number = errors.length) {
    super(`${total} bad lines: nothing was taken`)
    this.errors = errors
    this.total = total
  }
}

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EPIPE',
])
/** SQLSTATE: shutting or starting up, too many connections, connection lost; wrong password or no such database. */
const AWAY_STATES = /^(57P0[123]|53300|08...|28...|3D000)$/
const AWAY_SAYING = /timeout exceeded when trying to connect|Connection terminated/

/** The database can't be reached (as `pg` and the operating system say it), rather than having refused a statement. */
export function isLedgerAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  if (typeof code === 'string' && AWAY_STATES.test(code)) return true
  if (error instanceof AggregateError) return error.errors.some(isLedgerAway)
  // A socket's error; the same codes of a file are about a file.
  if (typeof code === 'string' && AWAY_CODES.has(code))
    return syscall === 'connect' || syscall === 'read' || syscall === 'getaddrinfo'
  return AWAY_SAYING.test(error.message)
}

/** The ledger answers, and others hold what is asked for: no lock in time, or cut off for taking too long. */
export const isLedgerBusy = (error: unknown): boolean =>
  error instanceof Error && ['55P03', '57014'].includes(String((error as { code?: unknown }).code))

/** A URL as it may be shown: without its password. */
export function shownUrl(url: string): string {
  try {
    const parsed = new URL(url)
    parsed.password = ''
    return parsed.href
  } catch {
    return '(not a URL)'
  }
}
