import type { LocalDate } from '../domain/calendar.ts'
import { toDecimal } from '../domain/money.ts'
import { customerId } from './customers.ts'
import type { Sql } from './database.ts'
import { brokenCount, type PromiseState, promisesEver } from './promiseStanding.ts'

/** A customer's promises, what came of each, and how many count against it. */
export interface ShownPromises {
  customer: string
  /** Promises not kept, withdrawn, or announced payments that never came; those excused don't count. */
  level: number
  promises: ShownPromise[]
}

export interface ShownPromise {
  id: number
  state: PromiseState
  madeOn: LocalDate
  madeBy: string
  closedOn: LocalDate | null
  /** Not kept through an error of ours. */
  excused: boolean
  replaces: number | null
  currency: string
  promised: string
  /** Of an open one: what came so far. */
  paid: string | null
  documents: string[]
  /** `paid` of an instalment: money fills them first in, first out. */
  instalments: {
    no: number
    dueOn: LocalDate
    countsUntil: LocalDate
    amount: string
    paid: string | null
    reminded: boolean
  }[]
}

/** The newest first. @throws Refusal NotFound when the customer isn't known */
export async function promisesOfCustomer(sql: Sql, company: string, code: string): Promise<ShownPromises> {
  const id = await customerId(sql, company, code)
  const ever = await promisesEver(sql, id)
  const reminded = await sql.rows<{ promise: number; no: number }>(
    `SELECT r.promise_id::int AS promise, r.no FROM promise_reminder r JOIN message m ON m.id = r.message_id
     JOIN promise p ON p.id = r.promise_id WHERE p.customer_id = $1 AND m.state = 'sent'`,
    [id],
  )
  return {
    customer: code,
    level: await brokenCount(sql, id),
    promises: ever.map(({ promise, paidMinor }): ShownPromise => {
      const { currency } = promise
      let left = paidMinor
      return {
        id: promise.id,
        state: promise.state,
        madeOn: promise.made_on,
        madeBy: promise.made_by,
        closedOn: promise.closed_on,
        excused: promise.supplier_error,
        replaces: promise.replaces_id,
        currency,
        promised: toDecimal(
          promise.instalments.reduce((sum, i) => sum + BigInt(i.minor), 0n),
          currency,
        ),
        paid: paidMinor === null ? null : toDecimal(paidMinor, currency),
        documents: promise.documents,
        instalments: promise.instalments.map((i) => {
          const minor = BigInt(i.minor)
          const filled = left === null ? null : left < minor ? left : minor
          if (left !== null && filled !== null) left -= filled
          return {
            no: i.no,
            dueOn: i.dueOn,
            countsUntil: i.decidedAfter,
            amount: toDecimal(minor, currency),
            paid: filled === null ? null : toDecimal(filled, currency),
            reminded: reminded.some((r) => r.promise === promise.id && r.no === i.no),
          }
        }),
      }
    }),
  }
}
