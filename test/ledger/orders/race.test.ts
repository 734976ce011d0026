import { expect, test } from 'vitest'
import { isLedgerBusy } from '../../../client/failures.ts'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import { type Database, openDatabase } from '../../../ledger/database.ts'
import { COMPANY, freshLedger, testPolicy } from '../../setup/ledger.ts'
import { loadItems, noon } from '../../setup/portfolio.ts'
import { decision } from '../../setup/team.ts'
import { check, grantLine, ON, pesos, pump } from './orders.ts'

/** All 100 rounds are for a quiet machine; each of them is the whole race. */
const ROUNDS = Number(process.env.CARTERA_RACE_ROUNDS ?? 4)
const ORDERS = 200
const EACH = 1_000
const LIMIT = 50 * EACH

/** As the workflow's activity does: a ledger that is busy is asked again, under the same key. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isLedgerBusy(error)) throw error
    }
  }
}

interface Standing {
  owed: bigint
  reserved: bigint
  released: number
}

const standing = async (database: Database): Promise<Standing> =>
  (await database.one<Standing>(
    `SELECT (SELECT coalesce(sum(owed_minor), 0)::bigint FROM owed) AS owed, coalesce(sum(reserved_minor), 0)::bigint AS reserved,
       count(*) FILTER (WHERE state = 'released')::int AS released FROM sales_order`,
  ))!

const books = (database: Database, name: 'post' | 'reverse', input: never, key: string) =>
  insist(() =>
    commandBooks(database, { company: COMPANY, now: noon(ON), actor: 'tesorería', key }, name, input),
  )

const pay = (database: Database, receipt: string, document: string, customer: string) =>
  books(
    database,
    'post',
    {
      receipts: [
        { number: receipt, customer, amount: pesos(10 * EACH), valueOn: ON, applications: [{ document }] },
      ],
    } as never,
    `pay ${receipt}`,
  )

const takeBack = (database: Database, receipt: string) =>
  books(
    database,
    'reverse',
    { receipt, reason: 'misposted', why: 'another customer' } as never,
    `back ${receipt}`,
  )

/**
 * One round: 200 orders at once against a limit with room for 40, while a payment makes room for 10 more; then the payment is
 * taken back while others ask; then it comes again, and is the only thing that may let more out.
 */
async function round(database: Database, no: number, customers: readonly string[]): Promise<void> {
  const of = (index: number) => customers[index % customers.length]!
  const orders = Array.from({ length: ORDERS }, (_, index) => `R${no}-${index}`)
  const ask = (order: string, index: number) =>
    insist(() => check(database, order, EACH, { customer: of(index), key: `ask ${order}` }))
  const paid = customers.at(-1)!

  await Promise.all([...orders.map(ask), pay(database, `${no}-a`, 'F-1', paid)])
  await pump(database)
  // Never over the limit, never fewer than fit.
  expect(await standing(database)).toEqual({ owed: 0n, reserved: BigInt(LIMIT) * 100n, released: 50 })

  const late = Array.from({ length: 20 }, (_, index) => `R${no}-late-${index}`)
  await Promise.all([takeBack(database, `${no}-a`), ...late.map(ask)])
  await pump(database)
  expect(await standing(database)).toMatchObject({ owed: 1_000_000n, released: 50 })

  // Those that are out are called off while the money comes again: whatever comes first, in the end the limit is used up.
  const out = await database.rows<{ number: string }>(
    `SELECT number FROM sales_order WHERE state = 'released' ORDER BY id LIMIT 15`,
  )
  const callOff = (number: string) =>
    insist(() =>
      decision(
        database,
        'cancelOrder',
        { order: number, why: 'not wanted' },
        { on: ON, key: `off ${number}` },
      ),
    )
  await Promise.all([...out.map((o) => callOff(o.number)), pay(database, `${no}-b`, 'F-1', paid)])
  await pump(database)
  expect(await standing(database)).toMatchObject({ owed: 0n, reserved: BigInt(LIMIT) * 100n, released: 50 })

  await takeBack(database, `${no}-b`)
  const left = await database.rows<{ number: string }>(
    `SELECT number FROM sales_order WHERE state IN ('released', 'held')`,
  )
  await Promise.all(left.map((o) => callOff(o.number)))
  await pump(database)
}

const policy = testPolicy({ orders: { rules: [{ rule: 'limit' }] } })

test.each([
  ['a customer', ['C-1']],
  ['a group of three', ['C-1', 'C-2', 'C-3']],
])(
  '200 orders at once never take more of the limit of %s than there is, nor less',
  async (_, customers) => {
    const ledger = await freshLedger([policy])
    const database = openDatabase(ledger.url, { max: 16, connectMs: 120_000 })
    try {
      await loadItems(
        database,
        customers.map((customer, index) => ({
          document: index === customers.length - 1 ? 'F-1' : `X-${index}`,
          customer,
          due: '2026-06-30',
          issued: '2026-02-01',
          amount: index === customers.length - 1 ? 10 * EACH : 1,
        })),
        noon('2026-02-01'),
      )
      for (const document of await database.rows<{ document: string; code: string }>(
        `SELECT r.document, c.code FROM receivable r JOIN customer c ON c.id = r.customer_id WHERE r.document LIKE 'X%'`,
      ))
        await books(
          database,
          'post',
          {
            receipts: [
              {
                number: document.code,
                customer: document.code,
                amount: pesos(1),
                valueOn: ON,
                applications: [{ document: document.document }],
              },
            ],
          } as never,
          `clear ${document.code}`,
        )
      await grantLine(database, 'C-1', LIMIT)
      for (const member of customers.slice(1))
        await decision(database, 'joinGroup', { customer: member, head: 'C-1', why: 'one owner' }, { on: ON })
      for (let no = 1; no <= ROUNDS; no++) await round(database, no, customers)
    } finally {
      await database.close()
    }
  },
  1_800_000,
)
