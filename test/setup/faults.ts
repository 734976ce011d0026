import type { Database } from '../../ledger/database.ts'

/** A ledger that can be taken away, and made slow, while the one behind it stays as it is. */
export interface FaultyLedger {
  database: Database
  /** From now on every transaction fails as when nobody answers at the port. */
  away(): void
  back(): void
  /** The next transaction (or the nth) waits before it begins, or behind its COMMIT before its answer, until `let` is called. */
  hold(where: 'before' | 'after', nth?: number): { reached: Promise<void>; let: () => void }
  /** The next transaction is carried out, and its answer lost. */
  loseNextAnswer(): void
  transactions: number
}

export function faulty(real: Database): FaultyLedger {
  let isAway = false
  let losing = false
  let gate: { nth: number; where: 'before' | 'after'; reach: () => void; open: Promise<void> } | null = null
  const refuse = () =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }))
  const waitAt = async (where: 'before' | 'after') => {
    if (gate?.where !== where || --gate.nth > 0) return
    const held = gate
    gate = null
    held.reach()
    await held.open
  }
  const faults: FaultyLedger = {
    transactions: 0,
    database: {
      rows: (...args) => (isAway ? refuse() : real.rows(...args)),
      one: (...args) => (isAway ? refuse() : real.one(...args)),
      close: () => real.close(),
      async transaction(work, limits) {
        faults.transactions++
        if (isAway) return refuse()
        await waitAt('before')
        const result = await real.transaction(work, limits)
        await waitAt('after')
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
    hold(where, nth = 1) {
      let reach = () => {}
      let open = () => {}
      const reached = new Promise<void>((resolve) => {
        reach = resolve
      })
      gate = {
        nth,
        where,
        reach,
        open: new Promise<void>((resolve) => {
          open = resolve
        }),
      }
      return { reached, let: open }
    },
    loseNextAnswer() {
      losing = true
    },
  }
  return faults
}

/** The same object but for one of its properties. */
export const overriding = <T extends object>(target: T, name: keyof T, value: unknown): T =>
  new Proxy(target, { get: (of, asked) => (asked === name ? value : Reflect.get(of, asked)) })
