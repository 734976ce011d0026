import { randomUUID } from 'node:crypto'
import type { Answer } from '../../domain/command.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Database } from '../../ledger/database.ts'
import { commandDecision } from '../../ledger/decisionCommands.ts'
import { calendars, openBooks } from './books.ts'
import { type BenchStack, COMPANY } from './stack.ts'
import { type Percentiles, percentiles } from './timing.ts'

/**
 * May an order go out: the whole command in the ledger, with so many open receivables in the books and a credit line of
 * every customer. One after the other; then several at once, of different customers and of one. Beside it, in the same
 * run and by the same connections, a transaction that does nothing but take the customer's row with SELECT … FOR UPDATE.
 */
export interface OrderFigures {
  receivables: number
  orders: number
  atOnce: number
  checkMs: Percentiles
  lockMs: Percentiles
  checksPerSecond: number
  locksPerSecond: number
  /** All of one customer: each waits for the one before it. */
  oneCustomer: { checksPerSecond: number; locksPerSecond: number }
  released: number
  held: number
}

const AT_ONCE = 8

export async function measureOrders(
  stack: BenchStack,
  receivables: number,
  orders: number,
  log: (line: string) => void,
): Promise<OrderFigures> {
  const database = await openBooks(stack.urlOf('orders'), receivables, log, (shipped) => shipped.map(lenient))
  try {
    const customers = await grantLines(database)
    const codeOf = (turn: number) => customers[(turn * 7) % customers.length]!
    const one = customers[0]!
    let released = 0
    const check = async (code: string) => {
      const { result } = await ask(database, code)
      if (result.state === 'released') released++
    }
    const lock = (code: string) =>
      database.transaction((sql) =>
        sql.one('SELECT id FROM customer WHERE company = $1 AND code = $2 FOR UPDATE', [COMPANY, code]),
      )
    const few = Math.max(50, Math.floor(orders / 4))
    for (let turn = 0; turn < 50; turn++) await Promise.all([check(codeOf(turn)), lock(codeOf(turn))])
    released = 0
    const lockMs = await each(orders, (turn) => lock(codeOf(turn)))
    const checkMs = await each(orders, (turn) => check(codeOf(turn)))
    const figures = {
      receivables,
      orders,
      atOnce: AT_ONCE,
      checkMs,
      lockMs,
      locksPerSecond: await rate(orders, (turn) => lock(codeOf(turn))),
      checksPerSecond: await rate(orders, (turn) => check(codeOf(turn))),
      oneCustomer: {
        locksPerSecond: await rate(few, () => lock(one)),
        checksPerSecond: await rate(few, () => check(one)),
      },
    }
    return { ...figures, released, held: 2 * orders + few - released }
  } finally {
    await database.close()
  }
}

/** So that orders meet the limit and not what is overdue in made-up books. */
const lenient = (policy: Policy): Policy => ({
  ...policy,
  orders: { ...policy.orders, rules: [{ rule: 'overdue', days: 365, amount: {} }, { rule: 'limit' }] },
})

/** A line of everybody, with room for some orders beside what is owed. */
async function grantLines(database: Database): Promise<string[]> {
  await database.rows(
    `WITH line AS (INSERT INTO credit_line (company, customer_id, kind, currency) SELECT company, id, 'base', 'MXN' FROM customer RETURNING id, customer_id)
     INSERT INTO credit_line_term (line_id, kind, seq, what, amount_minor, valid_from, why, actor, recorded_at)
     SELECT l.id, 'base', 1, 'granted', coalesce(o.minor, 0) + 500000, '2020-01-01', 'bench', 'bench', now()
     FROM line l LEFT JOIN (SELECT r.customer_id, sum(a.balance_minor) AS minor FROM receivable r JOIN account a ON a.receivable_id = r.id
       WHERE r.kind = 'invoice' GROUP BY 1) o ON o.customer_id = l.customer_id`,
  )
  await database.rows('SELECT refresh_statistics()')
  return (await database.rows<{ code: string }>('SELECT code FROM customer ORDER BY id')).map(
    (row) => row.code,
  )
}

const ask = (database: Database, customer: string): Promise<Answer> => {
  const order = randomUUID()
  return commandDecision(
    database,
    calendars,
    { company: COMPANY, now: Date.now(), actor: 'erp', key: order },
    'checkOrder',
    { order, customer, amount: { currency: 'MXN', minor: 100_000 } },
  )
}

async function each(times: number, run: (turn: number) => Promise<unknown>): Promise<Percentiles> {
  const took: number[] = []
  for (let turn = 0; turn < times; turn++) {
    const startedAt = performance.now()
    await run(turn)
    took.push(performance.now() - startedAt)
  }
  return percentiles(took)
}

async function rate(times: number, run: (turn: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const startedAt = performance.now()
  const work = async () => {
    for (let turn = next++; turn < times; turn = next++) await run(turn)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return (times * 1_000) / (performance.now() - startedAt)
}
