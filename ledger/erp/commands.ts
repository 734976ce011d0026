import type { Answer } from '../../domain/command.ts'
import type { ErpCommands, erpCommands } from '../../domain/erpCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Carriers } from '../carriers.ts'
import { mustFind, type Sql } from '../database.ts'
import { beginProcess } from '../processes.ts'
import { type Ask, type CaseScope, caseOfCustomer, openCustomer } from '../scope.ts'
import { closeAbout } from '../tasks.ts'
import { note, type OpenCall, subjectOf } from './calls.ts'

/** What people do about calls that the ERP doesn't take. */

/** Tried again at once, whatever it waits for. */
async function retryErpCall(sql: Sql, ask: Ask, input: ErpCommands['retryErpCall']): Promise<Answer> {
  const { scope, call } = await openCall(sql, ask, input.call)
  await sql.rows(
    `UPDATE order_call SET state = 'pending', next_try_at = to_timestamp($2 / 1000.0) WHERE id = $1`,
    [call.id, ask.asking.now],
  )
  return again(sql, ask, scope, call, 'erp call retried', input.why)
}

/** Somebody has told the ERP in another way: what comes after it may be told. */
async function acknowledgeErpCall(
  sql: Sql,
  ask: Ask,
  input: ErpCommands['acknowledgeErpCall'],
): Promise<Answer> {
  const { scope, call } = await openCall(sql, ask, input.call)
  await sql.rows(
    `UPDATE order_call SET state = 'delivered', delivered_at = to_timestamp($2 / 1000.0) WHERE id = $1`,
    [call.id, ask.asking.now],
  )
  await closeAbout(sql, ask.asking, scope, 'tell_erp', subjectOf(call.id))
  return again(sql, ask, scope, call, 'erp told', input.why)
}

async function again(
  sql: Sql,
  { asking }: Ask,
  scope: CaseScope,
  call: OpenCall,
  event: 'erp told' | 'erp call retried',
  why: string,
): Promise<Answer> {
  await note(sql, asking, scope, event, call, why)
  // Its order may be over; it is looked after until the ERP knows everything of it.
  const order = await beginProcess(sql, asking.company, {
    kind: 'order',
    id: call.order_number,
    customer: scope.customer.id,
  })
  return {
    result: { call: call.id, order: call.order_number, event: call.event },
    cases: [],
    processes: [order],
  }
}

/** A call that isn't delivered, with its customer locked. */
async function openCall(sql: Sql, ask: Ask, id: number): Promise<{ scope: CaseScope; call: OpenCall }> {
  const find = () =>
    mustFind<OpenCall & { customer: string }>(
      sql,
      'erp call',
      String(id),
      `SELECT c.id::int, o.customer_id::int, u.code AS customer, c.order_number, c.event, c.state, c.attempts
       FROM order_call c JOIN sales_order o ON o.company = c.company AND o.number = c.order_number JOIN customer u ON u.id = o.customer_id
       WHERE c.company = $1 AND c.id = $2`,
      [ask.asking.company, id],
    )
  const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, (await find()).customer))
  // Only now: it may have changed while the lock was waited for.
  const call = await find()
  if (call.state === 'delivered')
    throw new Refusal('NotOpen', { what: 'erp call', id: String(id), state: call.state })
  return { scope, call }
}

export const erpCarriers: Carriers<typeof erpCommands> = { retryErpCall, acknowledgeErpCall }
