import type { Database, Sql } from '../../ledger/database.ts'

/** A database whose transactions can be made to end before they are done, or to lose their answer. */

export class Crash extends Error {}

export class CrashingDatabase implements Database {
  #real: Database
  #left: number | null = null

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
    if (this.#left === null) return this.#real.transaction(work)
    let left = this.#left
    this.#left = null
    const count = () => {
      if (--left === 0) throw new Crash('the transaction was aborted')
    }
    const answer = await this.#real.transaction((sql) =>
      work({
        rows: (text, values) => {
          count()
          return sql.rows(text, values)
        },
        one: (text, values) => {
          count()
          return sql.one(text, values)
        },
      }),
    )
    if (left > 0) throw new Crash('the answer was lost')
    return answer
  }

  close = (): Promise<void> => this.#real.close()
}
