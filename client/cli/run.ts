import type { Command } from 'commander'
import { EXIT, type ExitCode, tellError } from './exit.ts'
import type { Io } from './io.ts'
import { type GlobalOptions, Session } from './session.ts'

/** How the program ends. */
export interface Outcome {
  code: ExitCode
}

/** Makes a commander action of a command's work: gives it a session, tells what went wrong, closes what was opened. */
export type Runs = <A extends unknown[]>(
  work: (session: Session, ...args: A) => Promise<void>,
) => (...args: unknown[]) => Promise<void>

export function runsWith(io: Io, outcome: Outcome): Runs {
  return <A extends unknown[]>(work: (session: Session, ...args: A) => Promise<void>) =>
    async (...args: unknown[]) => {
      // Commander gives the arguments, the options and the command.
      const command = args.at(-1) as Command
      const session = new Session(io, command.optsWithGlobals<GlobalOptions>())
      try {
        await work(session, ...(args.slice(0, -1) as A))
        await session.writeLists(nameOfCommand(command))
      } catch (error) {
        outcome.code = tell(error, session)
      } finally {
        await session.close()
      }
    }
}

/** `feed list` → `feed list`, for the sheet. */
const nameOfCommand = (command: Command): string =>
  command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name()

function tell(error: unknown, session: Session): ExitCode {
  const { words, speech } = session
  const { code, lines } = tellError(error, words, speech, session.addresses)
  if (session.json && lines.length > 0)
    session.note(JSON.stringify({ error: nameOf(error), data: dataOf(error), message: lines.join('\n') }))
  else for (const line of lines) session.note(line)
  if (code === EXIT.tryLater && session.asked) session.note(words.phrases.askAgain(session.key))
  return code
}

const nameOf = (error: unknown): string =>
  error instanceof Error ? ((error as { refusal?: string }).refusal ?? error.name) : 'Error'

/** What of an error a program can use: a refusal's data, a file's bad lines, the problems of a request. */
function dataOf(error: unknown): unknown {
  const { data, errors, problems } = Object(error) as { data?: unknown; errors?: unknown; problems?: unknown }
  return data ?? errors ?? problems
}
