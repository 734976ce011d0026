import { type LocalDate, localDateOf, type WorkingCalendar } from '../domain/calendar.ts'
import type { Policy } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import type { CollectionCase } from './cases.ts'
import type { Asking } from './commands.ts'
import { type Customer, lockCustomerOfCase } from './customers.ts'
import type { Sql } from './database.ts'
import { currentPolicySql, policiesById, policyOf } from './policies.ts'

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
  const customer = await lockCustomerOfCase(sql, company, key)
  if (!customer) return null
  // Only now: what is read before the lock may change while it is waited for.
  const found = await sql.one<CollectionCase & { policy_id: number | null; policy_hash: string }>(
    `SELECT k.id::int, k.company, k.customer_id::int, k.key, k.grouping, k.site, k.facts_version::int, k.assessed_version::int,
       k.last_notice_on, k.last_call_on, k.first_contact_on, k.interest_through, v.id::int AS policy_id, v.hash AS policy_hash
     FROM collection_case k JOIN customer c ON c.id = k.customer_id LEFT JOIN policy_version v ON v.id = ${currentPolicySql}
     WHERE k.company = $1 AND k.key = $2`,
    [company, key],
  )
  const { policy_id, policy_hash, ...collectionCase } = found!
  if (policy_id === null)
    throw new Error(
      `no policy applies to customer ${customer.code}: publish one with applies_to.company: true`,
    )
  const policy = await policyOf(sql, policy_hash)
  return {
    case: collectionCase,
    customer,
    policyId: policy_id,
    policy,
    calendar: calendars(customer.calendar ?? policy.calendar),
    today: localDateOf(now, customer.time_zone),
  }
}

/** The versions that receivables are pinned to: mostly the current one, which is at hand. */
export async function pinnedPolicies(
  sql: Sql,
  { policyId, policy }: CaseScope,
  ids: readonly number[],
): Promise<Map<number, Policy>> {
  const others = ids.filter((id) => id !== policyId)
  const policies = others.length > 0 ? await policiesById(sql, others) : new Map<number, Policy>()
  return policies.set(policyId, policy)
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
