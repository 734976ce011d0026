import { type LocalDate, localDateOf, type WorkingCalendar } from '../domain/calendar.ts'
import type { Policy } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { type CollectionCase, findCase } from './cases.ts'
import type { Asking } from './commands.ts'
import { type Customer, lockCustomer } from './customers.ts'
import type { Sql } from './database.ts'
import { currentPolicy } from './policies.ts'

/** Working calendars by id, as configured. */
export type Calendars = (id: string) => WorkingCalendar

/** A case with its customer locked, and the rules that hold for it now. */
export interface CaseScope {
  case: CollectionCase
  customer: Customer
  policyId: number
  policy: Policy
  calendar: WorkingCalendar
  /** The customer's day. */
  today: LocalDate
}

export interface CommandScope extends CaseScope {
  asking: Asking
}

/** Locks the case's customer and reads the rules; null when nobody knows the case. */
export async function openCase(
  sql: Sql,
  calendars: Calendars,
  company: string,
  key: string,
  now: number,
): Promise<CaseScope | null> {
  const found = await findCase(sql, company, key)
  if (!found) return null
  const customer = await lockCustomer(sql, found.customer_id)
  // What was read before the lock may have changed while waiting for it.
  const collectionCase = (await findCase(sql, company, key))!
  const { id, policy } = await currentPolicy(sql, customer)
  return {
    case: collectionCase,
    customer,
    policyId: id,
    policy,
    calendar: calendars(customer.calendar ?? policy.calendar),
    today: localDateOf(now, customer.time_zone),
  }
}

export async function mustOpenCase(
  sql: Sql,
  calendars: Calendars,
  key: string,
  asking: Asking,
): Promise<CommandScope> {
  const scope = await openCase(sql, calendars, asking.company, key, asking.now)
  if (!scope) throw new Refusal('NotFound', { what: 'case', id: key })
  return { ...scope, asking }
}
