import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import type { OrderCommands } from '../../domain/orders/command.ts'
import { Refusal } from '../../domain/refusal.ts'
import { type Customer, customerId, lockGroups } from '../customers.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { touchProcessesOf } from '../processes.ts'
import type { Ask } from '../scope.ts'

/** Groups of customers: one head, and members that share its limit. What they owe and have ordered counts together. */

export async function joinGroup(
  sql: Sql,
  { asking }: Ask,
  { customer: code, head: headCode, subLimit, why }: OrderCommands['joinGroup'],
): Promise<Answer> {
  const { company } = asking
  const [id, headId] = [await customerId(sql, company, code), await customerId(sql, company, headCode)]
  const locked = await lockGroups(sql, [id, headId])
  const [customer, head] = [id, headId].map((one) => locked.find((c) => c.id === one)!) as [
    Customer,
    Customer,
  ]
  const refuse = (because: 'itself' | 'has a head' | 'is a head') => {
    throw new Refusal('NotAGroup', { customer: code, head: headCode, because })
  }
  if (id === headId) refuse('itself')
  if (head.head_id !== null) refuse('has a head')
  if (locked.some((c) => c.head_id === id)) refuse('is a head')
  if (customer.head_id !== null && customer.head_id !== headId)
    throw new Refusal('InGroup', {
      customer: code,
      head: locked.find((c) => c.id === customer.head_id)!.code,
    })
  await sql.rows(
    'UPDATE customer SET head_id = $2, sub_limit_currency = $3, sub_limit_minor = $4 WHERE id = $1',
    [id, headId, subLimit?.currency ?? null, subLimit?.minor ?? null],
  )
  const result = {
    customer: code,
    head: headCode,
    ...(subLimit
      ? { subLimit: toDecimal(BigInt(subLimit.minor), subLimit.currency), currency: subLimit.currency }
      : {}),
  }
  return changed(sql, asking, 'group joined', [head, customer], result, why)
}

export async function leaveGroup(
  sql: Sql,
  { asking }: Ask,
  { customer: code, why }: OrderCommands['leaveGroup'],
): Promise<Answer> {
  const id = await customerId(sql, asking.company, code)
  const locked = await lockGroups(sql, [id])
  const customer = locked.find((c) => c.id === id)!
  const head = locked.find((c) => c.id === customer.head_id)
  if (!head) throw new Refusal('NotFound', { what: 'group', id: code })
  await sql.rows(
    'UPDATE customer SET head_id = NULL, sub_limit_currency = NULL, sub_limit_minor = NULL WHERE id = $1',
    [id],
  )
  return changed(sql, asking, 'group left', [head, customer], { customer: code, head: head.code }, why)
}

/** Both chains say so, and the orders of both are looked at again. */
async function changed(
  sql: Sql,
  asking: Ask['asking'],
  event: string,
  customers: readonly Customer[],
  data: Record<string, unknown>,
  why: string,
): Promise<Answer> {
  for (const { id } of customers)
    await appendToJournal(sql, asking.company, id, {
      event,
      actor: asking.actor,
      at: asking.now,
      why,
      receivables: [],
      data,
    })
  return {
    result: data,
    cases: [],
    processes: await touchProcessesOf(
      sql,
      customers.map((c) => c.id),
    ),
  }
}
