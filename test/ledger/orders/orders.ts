import type { z } from 'zod'
import type { LocalDate } from '../../../domain/calendar.ts'
import type { orderCommands } from '../../../domain/orders/command.ts'
import type { Refusal } from '../../../domain/refusal.ts'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import type { Database } from '../../../ledger/database.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../../setup/ledger.ts'
import { loadItems, noon } from '../../setup/portfolio.ts'
import { decision } from '../../setup/team.ts'

/** What tests about orders share. Amounts are whole pesos. */

export const ON: LocalDate = '2026-03-02'
export const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

/** A base line, as it would stand once it was granted. */
export async function grantLine(
  database: Database,
  customer: string,
  amount: number,
  { currency = 'MXN', from = '2026-01-01', to = null as LocalDate | null } = {},
): Promise<void> {
  const line = await database.one<{ id: bigint }>(
    `INSERT INTO credit_line (company, customer_id, kind, currency)
     SELECT $1, id, 'base', $3 FROM customer WHERE company = $1 AND code = $2 RETURNING id`,
    [COMPANY, customer, currency],
  )
  await database.rows(
    `INSERT INTO credit_line_term (line_id, kind, seq, what, amount_minor, valid_from, valid_to, why, actor, recorded_at)
     VALUES ($1, 'base', 1, 'granted', $2, $3, $4, 'for tests', 'carlos', '2026-01-01')`,
    [line!.id, amount * 100, from, to],
  )
}

type Check = z.input<(typeof orderCommands)['checkOrder']>

export const check = (
  database: Database,
  order: string,
  amount: number,
  { on = ON, key, ...more }: Partial<Omit<Check, 'order' | 'amount'>> & { on?: LocalDate; key?: string } = {},
) =>
  decision(
    database,
    'checkOrder',
    { order, customer: 'C-1', amount: pesos(amount), ...more },
    { on, ...(key === undefined ? {} : { key }) },
  )

/** Looks at every process that is behind, as its workflows would, until none is. */
export async function pump(database: Database, on: LocalDate = ON): Promise<void> {
  for (;;) {
    const behind = await database.rows<{ kind: string; id: string }>(
      'SELECT kind, id FROM process WHERE closed_at IS NULL AND facts_version > seen_version ORDER BY kind, id',
    )
    if (behind.length === 0) return
    for (const { kind, id } of behind) await lookAt(database, calendars, COMPANY, `${kind}:${id}`, noon(on))
  }
}

export const stateOf = async (database: Database, order: string): Promise<string> =>
  (await database.one<{ state: string }>('SELECT state FROM sales_order WHERE company = $1 AND number = $2', [
    COMPANY,
    order,
  ]))!.state

export const callsOf = async (database: Database, order: string): Promise<string[]> =>
  (
    await database.rows<{ event: string }>(
      'SELECT event FROM order_call WHERE order_number = $1 ORDER BY seq',
      [order],
    )
  ).map((row) => row.event)

export const reasonsOf = (result: Record<string, unknown>): string[] =>
  (result.reasons as { code: string }[]).map((r) => r.code)

export const ordersPolicy = (orders: Record<string, unknown> = {}) =>
  testPolicy({
    orders: { rules: [{ rule: 'overdue', days: 15 }, { rule: 'limit' }], ...orders },
    approvals: {
      matrix: [
        { kinds: ['order_release'], amount_up_to: { MXN: '50.00' }, levels: [] },
        { kinds: ['order_release'], levels: [{ role: 'supervisor' }] },
      ],
    },
  })

/** C-1 owes 400 of a limit of 1,000; nothing is overdue. */
export async function start(orders: Record<string, unknown> = {}) {
  const { database } = await freshLedger([ordersPolicy(orders)])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 400 }], noon('2026-03-01'))
  await grantLine(database, 'C-1', 1_000)
  return database
}

export const reserved = async (database: Database) =>
  Number(
    (await database.one<{ minor: bigint }>(
      'SELECT coalesce(sum(reserved_minor), 0)::bigint AS minor FROM sales_order',
    ))!.minor,
  ) / 100

export const pay = (database: Database, receipt: string, amount: number, documents: string[], on = ON) =>
  commandBooks(
    database,
    { company: COMPANY, now: noon(on), actor: 'tesorería', key: `pay ${receipt}` },
    'post',
    {
      receipts: [
        {
          number: receipt,
          customer: 'C-1',
          amount: pesos(amount),
          valueOn: on,
          applications: documents.map((document) => ({ document })),
        },
      ],
    },
  )

export const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'carried out',
    (error: Refusal) => error.refusal,
  )
