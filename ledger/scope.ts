import { type Instant, type LocalDate, localDateOf, type WorkingCalendar } from '../domain/calendar.ts'
import type { Policy } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import type { CollectionCase } from './cases.ts'
import type { Asking } from './commands.ts'
import { companyToday } from './company.ts'
import { type Customer, customerId, lockCustomerOfCase, lockCustomers, lockWithGroup } from './customers.ts'
import type { Sql } from './database.ts'
import { companyPolicy, currentPolicySql, policiesById, policyOf } from './policies.ts'

/** Working calendars by id, as configured. */
export type Calendars = (id: string) => WorkingCalendar

/** A customer, locked, and the rules that hold for it now. */
export interface CustomerScope {
  customer: Customer
  policyId: number
  policy: Policy
  calendar: WorkingCalendar
  /** The customer's day. */
  today: LocalDate
}

/** The same of one of its collection cases. */
export interface CaseScope extends CustomerScope {
  case: CollectionCase
}

/** What a command is carried out with. */
export interface Ask {
  asking: Asking
  calendars: Calendars
  approval?: Granted
}

/** Somebody agreed to what is carried out. */
export interface Granted {
  /** Of the approval. */
  id: number
  by: string[]
}

export interface CommandScope extends CaseScope {
  asking: Asking
  approval?: Granted
}

/** Most customers never agreed on anything: a case that knows so doesn't ask each time what became of it. */
const CASE_COLUMNS = `k.id::int, k.company, k.customer_id::int, k.key, k.grouping, k.site, k.facts_version::int, k.assessed_version::int,
  k.last_notice_on, k.last_call_on, k.first_contact_on, k.interest_through, k.interest_until, k.interest_after::int,
  EXISTS (SELECT FROM promise x WHERE x.customer_id = k.customer_id) AS promises,
  EXISTS (SELECT FROM announced_payment x WHERE x.customer_id = k.customer_id) AS announcements,
  EXISTS (SELECT FROM provisional_receipt x WHERE x.customer_id = k.customer_id) AS provisionals,
  EXISTS (SELECT FROM dispute x WHERE x.customer_id = k.customer_id) AS disputes,
  EXISTS (SELECT FROM negotiation x WHERE x.customer_id = k.customer_id) AS negotiations,
  EXISTS (SELECT FROM confirmation x WHERE x.customer_id = k.customer_id) AS confirmations,
  EXISTS (SELECT FROM account x WHERE x.interest_customer = k.customer_id) AS interest`

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
    `SELECT ${CASE_COLUMNS}, v.id::int AS policy_id, v.hash AS policy_hash
     FROM collection_case k JOIN customer c ON c.id = k.customer_id LEFT JOIN policy_version v ON v.id = ${currentPolicySql}
     WHERE k.company = $1 AND k.key = $2`,
    [company, key],
  )
  const { policy_id, policy_hash, ...collectionCase } = found!
  return { case: collectionCase, ...(await ruled(sql, calendars, customer, { policy_id, policy_hash }, now)) }
}

interface CurrentPolicy {
  policy_id: number | null
  policy_hash: string
}

/** The rules that hold for a locked customer now. */
export async function rulesOf(
  sql: Sql,
  calendars: Calendars,
  customer: Customer,
  now: Instant,
): Promise<CustomerScope> {
  const found = await sql.one<CurrentPolicy>(
    `SELECT v.id::int AS policy_id, v.hash AS policy_hash FROM customer c LEFT JOIN policy_version v ON v.id = ${currentPolicySql}
     WHERE c.id = $1`,
    [customer.id],
  )
  return ruled(sql, calendars, customer, found!, now)
}

async function ruled(
  sql: Sql,
  calendars: Calendars,
  customer: Customer,
  { policy_id, policy_hash }: CurrentPolicy,
  now: Instant,
): Promise<CustomerScope> {
  if (policy_id === null)
    throw new Error(
      `no policy applies to customer ${customer.code}: publish one with applies_to.company: true`,
    )
  const policy = await policyOf(sql, policy_hash)
  return {
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

export async function mustOpenCase(sql: Sql, ask: Ask, key: string): Promise<CommandScope> {
  const { asking, calendars, ...approved } = ask
  const scope = await openCase(sql, calendars, asking.company, key, asking.now)
  if (!scope) throw new Refusal('NotFound', { what: 'case', id: key })
  return { ...scope, asking, ...approved }
}

/**
 * Locks a customer, with its group, and reads the rules.
 * @throws Refusal NotFound
 */
export async function openCustomer(
  sql: Sql,
  { asking, calendars, ...approved }: Ask,
  code: string,
): Promise<CustomerScope & Pick<Ask, 'asking' | 'approval'>> {
  const id = await customerId(sql, asking.company, code)
  const customer = await lockWithGroup(sql, id)
  return { ...(await rulesOf(sql, calendars, customer, asking.now)), asking, ...approved }
}

/** The customer's own case, made when there is none: what is to be done about a customer stands in it. */
export async function caseOfCustomer<S extends CustomerScope>(sql: Sql, scope: S): Promise<S & CaseScope> {
  const { id, company, code } = scope.customer
  await sql.rows(
    `INSERT INTO collection_case (company, customer_id, key, grouping) VALUES ($1, $2, $3, $4) ON CONFLICT (company, key) DO NOTHING`,
    [company, id, code, scope.policy.grouping],
  )
  const found = await sql.one<CollectionCase>(
    `SELECT ${CASE_COLUMNS} FROM collection_case k WHERE k.company = $1 AND k.key = $2`,
    [company, code],
  )
  return { ...scope, case: found! }
}

/** Locks a customer by its id and reads the rules, with the customer's own case. */
export async function ownCase(
  sql: Sql,
  calendars: Calendars,
  customer: number,
  now: Instant,
): Promise<CaseScope> {
  const [locked] = await lockCustomers(sql, [customer])
  return caseOfCustomer(sql, await rulesOf(sql, calendars, locked!, now))
}

/** The rules of the company, for what concerns no customer. */
export async function rulesOfCompany(sql: Sql, { asking, calendars, ...approved }: Ask) {
  const { id, hash } = await companyPolicy(sql, asking.company)
  const policy = await policyOf(sql, hash)
  return {
    customer: null,
    policyId: id,
    policy,
    calendar: calendars(policy.calendar),
    today: await companyToday(sql, asking.company, asking.now),
    asking,
    ...approved,
  }
}
