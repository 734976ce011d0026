import type { Database } from '../../ledger/database.ts'

/** A ledger that can be taken away, and made slow, while the one behind it stays as it is. */
export interface FaultyLedger {
  database: Database
  /** From now on every transaction fails as when nobody answers at the port. */
  away(): void
  back(): void
  /** The next transaction whose turn `when` accepts waits before it begins, until `let` is called. */
  hold(when?: () => boolean): { reached: Promise<void>; let: () => void }
  /** The next transaction is carried out, and its answer lost. */
  loseNextAnswer(): void
  transactions: number
}

export function faulty(real: Database): FaultyLedger {
  let isAway = false
  let losing = false
  let gate: { when: () => boolean; reach: () => void; open: Promise<void> } | null = null
  const refuse = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }))
  const faults: FaultyLedger = {
    transactions: 0,
    database: {
      rows: (...args) => (isAway ? refuse() : real.rows(...args)),
      one: (...args) => (isAway ? refuse() : real.one(...args)),
      close: () => real.close(),
      async transaction(work) {
        faults.transactions++
        if (isAway) return refuse()
        if (gate?.when()) {
          const held = gate
          gate = null
          held.reach()
          await held.open
        }
        const result = await real.transaction(work)
        if (losing) {
          losing = false
          throw new Error('the connection was lost after COMMIT')
        }
        return result
      },
    },
    away: () => {
      isAway = true
    },
    back: () => {
      isAway = false
    },
    hold(when = () => true) {
      let reach = () => {}
      let open = () => {}
      const reached = new Promise<void>((resolve) => {
        reach = resolve
      })
      gate = { when, reach, open: new Promise<void>((resolve) => { open = resolve }) }
      return { reached, let: open }
    },
    loseNextAnswer() {
      losing = true
    },
  }
  return faults
}
