import type { Refusal } from '../../domain/refusal.ts'
import { type BadFile, type BadRequest, isLedgerAway, isLedgerBusy, type TryLater } from '../failures.ts'
import type { Speech } from '../words/speech.ts'
import { tellRefusal } from '../words/tell.ts'
import type { Words } from '../words/words.ts'
import { plain } from './table.ts'

/** What the program's end means to a script. */
export const EXIT = { done: 0, defect: 1, badInput: 2, refused: 3, notFound: 4, tryLater: 75 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What was typed, or a file, can't be taken as it is; the message is a sentence in the user's language. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** A command ends with this code after everything was said. */
export class Ended extends Error {
  override name = 'Ended'
  readonly code: ExitCode
  constructor(code: ExitCode) {
    super(`ends with ${code}`)
    this.code = code
  }
}

/** Where the servers are, as far as the settings are known. */
export interface Addresses {
  ledger: string
  temporal: string
}

export interface Told {
  code: ExitCode
  /** Sentences for a person; none when everything was said. */
  lines: string[]
}

/** Known by name and not by class, so that telling an error loads nothing that the command didn't need. */
const BAD_INPUT = new Set([
  'UsageError',
  'PolicyFileError',
  'CalendarFileError',
  'FeedFolderError',
  'ProfileFileError',
  'StoreError',
  'InvalidArgumentError',
])
const SERVERS = new Set(['EnvironmentError', 'SchemaError'])
/** What the environment lacks comes with the stack; what is set and wrong doesn't mend itself. */
const isSetWrong = (error: Error): boolean =>
  error.name === 'EnvironmentError' && !error.message.includes(' is not set')

/** Maps every way in which a command fails to its exit code and its sentences, in one place. */
export function tellError(error: unknown, words: Words, speech: Speech, at: Addresses): Told {
  const { phrases } = words
  if (!(error instanceof Error)) return { code: EXIT.defect, lines: [String(error)] }
  if (error.name === 'Ended') return { code: (error as Ended).code, lines: [] }
  if (error.name === 'Refusal') {
    const refusal = error as Refusal
    return {
      code: refusal.refusal === 'NotFound' ? EXIT.notFound : EXIT.refused,
      lines: [tellRefusal(words, speech, refusal)],
    }
  }
  if (error.name === 'BadRequest')
    return {
      code: EXIT.badInput,
      lines: (error as BadRequest).problems.map(({ path, message }) => phrases.badContent(path, message)),
    }
  if (error.name === 'BadFile') return { code: EXIT.badInput, lines: badFileLines(error as BadFile, words) }
  if (error.name === 'TryLater')
    return { code: EXIT.tryLater, lines: [tellTryLater(error as TryLater, words, at)] }
  if (BAD_INPUT.has(error.name) || isSetWrong(error)) return { code: EXIT.badInput, lines: [error.message] }
  if (SERVERS.has(error.name)) return { code: EXIT.tryLater, lines: [error.message] }
  if (isLedgerBusy(error)) return { code: EXIT.tryLater, lines: [phrases.ledgerBusy(error.message)] }
  if (isLedgerAway(error))
    return { code: EXIT.tryLater, lines: [phrases.ledgerAway(at.ledger, error.message)] }
  const path = missingPath(error)
  if (path !== null) return { code: EXIT.badInput, lines: [phrases.noFile(path)] }
  return { code: EXIT.defect, lines: [phrases.defect(error.stack ?? error.message)] }
}

function tellTryLater(error: TryLater, { phrases }: Words, at: Addresses): string {
  if (error.what === 'temporal') return phrases.temporalAway(at.temporal || error.where)
  if (error.what === 'ledger') return phrases.ledgerBusy(error.where)
  return phrases.workersAway(error.where)
}

export const badFileLines = ({ errors, total }: BadFile, { phrases }: Words): string[] => [
  ...errors.map(({ line, column, value, message }) => plain(phrases.badLine(line, column, value, message))),
  ...(total > errors.length ? [phrases.andMore(total - errors.length)] : []),
  phrases.badFile(total),
]

/** The file that the operating system says isn't there or can't be read. */
function missingPath(error: Error): string | null {
  const { code, path } = error as { code?: unknown; path?: unknown }
  return typeof path === 'string' && (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES')
    ? path
    : null
}
