import { userInfo } from 'node:os'

/** What the program reads from and writes to beside files and servers, so that tests can look. */
export interface Io {
  out(text: string): void
  err(text: string): void
  env: NodeJS.ProcessEnv
  /** Whether a person sees what is written there. */
  isTerminal: { out: boolean; err: boolean }
  /** Width of the terminal in characters; null when nobody looks. */
  columns: number | null
  user(): string
}

export const processIo = (): Io => ({
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  isTerminal: { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true },
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  user: () => {
    try {
      return userInfo().username
    } catch {
      // A user without an entry in the system's list, as in containers.
      return 'unknown'
    }
  },
})
