import type { z } from 'zod'
import type { LocalDate } from '../../../domain/calendar.ts'
import type { OrderCommands, orderCommands } from '../../../domain/orders/command.ts'
import type { Database } from '../../../ledger/database.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { COMPANY, calendars } from '../../setup/ledger.ts'
import { noon } from '../../setup/portfolio.ts'
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

export type { OrderCommands }
