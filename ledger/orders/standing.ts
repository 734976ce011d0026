import type { Answer } from '../../domain/command.ts'
import { reckon } from '../../domain/orders/check.ts'
import type { OrderCommands } from '../../domain/orders/command.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { touchProcessesOf } from '../processes.ts'
import type { Ask } from '../scope.ts'
import type { Doing } from './orders.ts'
import { type Orderer, openOrderer } from './scope.ts'

/** A person's word about a customer's orders: none goes out, or none is looked at. Arithmetic never changes it. */
export async function setStanding(
  sql: Sql,
  ask: Ask,
  { customer: code, standing, why }: OrderCommands['setStanding'],
): Promise<Answer> {
  const orderer = await openOrderer(sql, ask, code)
  const { customer, asking, facts } = orderer
  await sql.rows(
    `INSERT INTO customer_standing (customer_id, by_hand, why, set_by, since) VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
     ON CONFLICT (customer_id) DO UPDATE SET by_hand = excluded.by_hand, why = excluded.why, set_by = excluded.set_by`,
    [customer.id, standing, standing && why, standing && asking.actor, asking.now],
  )
  const result = { customer: code, standing, before: facts.byHand }
  await appendToJournal(sql, asking.company, customer.id, {
    event: 'standing set',
    actor: asking.actor,
    at: asking.now,
    why,
    receivables: [],
    data: result,
  })
  return { result, cases: [], processes: await touchProcessesOf(sql, [customer.id]) }
}

/** Keeps how a customer stands by arithmetic, as it was reckoned last; a change is journalled. */
export async function keepStanding(
  sql: Sql,
  doing: Doing,
  { customer, facts, policy }: Pick<Orderer, 'customer' | 'facts' | 'policy'>,
): Promise<void> {
  const reckoned = reckon(facts, policy.orders)
  const row = await sql.one<{ reckoned: string }>(
    'SELECT reckoned FROM customer_standing WHERE customer_id = $1',
    [customer.id],
  )
  const before = row?.reckoned ?? 'ok'
  if (before === reckoned) return
  await sql.rows(
    `INSERT INTO customer_standing (customer_id, reckoned, since) VALUES ($1, $2, to_timestamp($3 / 1000.0))
     ON CONFLICT (customer_id) DO UPDATE SET reckoned = excluded.reckoned, since = excluded.since`,
    [customer.id, reckoned, doing.now],
  )
  await appendToJournal(sql, doing.company, customer.id, {
    event: 'standing changed',
    actor: doing.actor,
    at: doing.now,
    receivables: [],
    data: { before, now: reckoned },
  })
}
