import type { Database, Sql } from '../../ledger/database.ts'

/**
 * A database whose transactions can be made to end before they are done, or to lose their answer, and that remembers which
 * statements the program has written with.
 */

export class Crash extends Error {}

const WRITES = /\b(INSERT|UPDATE|DELETE)\b/

export class CrashingDatabase implements Database {
  #real: Database
  #left: number | null = null
  /** Texts since somebody cleared them. */
  readonly written = new Set<string>()

  constructor(real: Database) {
    this.#real = real
  }

  /** The next transaction is aborted before its n-th statement; when it has fewer, its answer is lost instead. */
  arm(statement: number): void {
    this.#left = statement
  }

  rows: Sql['rows'] = (text, values) => this.#real.rows(text, values)
  one: Sql['one'] = (text, values) => this.#real.one(text, values)

  /** Without the limits on waiting: time is virtual here, and a slow machine must not change the story. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    let left = this.#left
    this.#left = null
    const run = (text: string) => {
      if (left !== null && --left === 0) throw new Crash('the transaction was aborted')
      if (WRITES.test(text)) this.written.add(text)
    }
    const answer = await this.#real.transaction((sql) =>
      work({
        rows: (text, values) => {
          run(text)
          return sql.rows(text, values)
        },
        one: (text, values) => {
          run(text)
          return sql.one(text, values)
        },
      }),
    )
    if (left !== null && left > 0) throw new Crash('the answer was lost')
    return answer
  }

  close = (): Promise<void> => this.#real.close()
}
