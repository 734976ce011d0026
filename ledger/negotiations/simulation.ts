import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import { simulate } from '../../domain/negotiation/effect.ts'
import type { Offer } from '../../domain/negotiation/offer.ts'
import { type Standings, standingsUnder } from '../../domain/negotiation/standing.ts'
import { beyondRules, type NegotiatedItem, resolveOffer, type Terms } from '../../domain/negotiation/terms.ts'
import { Refusal, type Refusals } from '../../domain/refusal.ts'
import { findCustomer, readGroup } from '../customers.ts'
import type { Sql } from '../database.ts'
import { readCustomerFacts } from '../orders/customerFacts.ts'
import { readBooks } from '../orders/exposure.ts'
import { policyFor } from '../policies.ts'
import { findReceivables } from '../receivables.ts'
import type { CustomerScope } from '../scope.ts'
import { nettedOf } from '../unusedMoney.ts'
import { lastRound, receivablesOf, talkItems } from './rows.ts'
import { type ToldTerms, toldTerms } from './told.ts'

/** What an offer would come to, told before it is sent. Changes nothing. Amounts are decimal strings. */
export interface Simulation {
  customer: string
  currency: string
  terms: ToldTerms
  /** Where it goes further than the policy allows. */
  beyondPolicy: Refusals['TermsBeyondPolicy'][]
  claim: string
  interest: string
  paid: string
  discount: string
  waived: string
  /** Of the claim, what the offer says nothing about. */
  open: string
  /** Of time: by the days after the old due dates, at the policy's yearly rate. */
  cost: { ratePercent: string; paidNow: string; asOffered: string }
  /** What the offer costs beyond a payment today: time, discount, interest. */
  givenUp: string
  /** Weighed by amount. */
  daysLate: { paidNow: string; asOffered: string }
  /** Owed by the customer in this currency, less what unused money covers. */
  exposure: string
  /** For orders. */
  standing: Standings
  cash: { on: LocalDate; amount: string; left: string; exposure: string }[]
  documents: {
    document: string
    claim: string
    dueOn: LocalDate
    newDueOn: LocalDate
    paidOn: LocalDate | null
  }[]
}

export interface AskedSimulation {
  company: string
  now: Instant
  customer: string
  /** What it is about: documents, or those of a negotiation. */
  documents?: readonly string[]
  negotiation?: number
  /** That on the table when not said. */
  offer?: Offer
}

export async function simulateOffer(sql: Sql, asked: AskedSimulation): Promise<Simulation> {
  const { company, customer: code } = asked
  const customer = await findCustomer(sql, company, code)
  const policy = await policyFor(sql, company, code)
  const rules = policy.negotiations
  const today = localDateOf(asked.now, customer.time_zone)
  const receivables =
    asked.negotiation === undefined
      ? (await findReceivables(sql, company, asked.documents ?? [])).map((r) => r.id)
      : await receivablesOf(sql, asked.negotiation)
  const items = (await talkItems(sql, { today }, receivables)).filter((item) => item.claimMinor > 0n)
  if (items.length === 0) throw new Refusal('NothingClaimed', { document: asked.documents?.[0] ?? code })
  const { currency } = items[0]!
  const other = items.find((item) => item.currency !== currency)
  if (other)
    throw new Refusal('WrongCurrency', {
      document: other.document,
      expected: currency,
      given: other.currency,
    })
  const offer = asked.offer ?? (await lastRound(sql, asked.negotiation!)).offer
  const terms = resolveOffer(offer, items, currency, today)
  const exposure = await exposureOf(sql, customer.id, currency)
  const effect = simulate(terms, {
    today,
    items,
    costRatePercent: rules.cost_rate_percent,
    exposureMinor: exposure,
  })
  const told = (minor: bigint) => toDecimal(minor, currency)
  const tenths = (days: bigint) => `${days / 10n}.${days % 10n}`
  return {
    customer: code,
    currency,
    terms: toldTerms(terms, items),
    beyondPolicy: beyondRules(terms, items, rules, today),
    claim: told(effect.claimMinor),
    interest: told(effect.interestMinor),
    paid: told(effect.paidMinor),
    discount: told(effect.discountMinor),
    waived: told(effect.waivedMinor),
    open: told(effect.openMinor),
    cost: {
      ratePercent: rules.cost_rate_percent,
      paidNow: told(effect.costNowMinor),
      asOffered: told(effect.costMinor),
    },
    givenUp: told(effect.givenUpMinor),
    daysLate: {
      paidNow: tenths(effect.daysLateTenths.now),
      asOffered: tenths(effect.daysLateTenths.offered),
    },
    exposure: told(exposure),
    standing: await standingsOf(sql, { customer, today, policy }, terms, items),
    cash: effect.cash.map(({ on, minor, leftMinor, exposureMinor }) => ({
      on,
      amount: told(minor),
      left: told(leftMinor),
      exposure: told(exposureMinor),
    })),
    documents: effect.items.map(({ claimMinor, ...item }) => ({ ...item, claim: told(claimMinor) })),
  }
}

async function standingsOf(
  sql: Sql,
  scope: Pick<CustomerScope, 'customer' | 'today' | 'policy'>,
  terms: Terms,
  items: readonly NegotiatedItem[],
): Promise<Standings> {
  const { customer, today, policy } = scope
  const leaves = [{ customer: customer.id, notCounted: policy.orders.not_counted }]
  const books = await readBooks(sql, await readGroup(sql, customer.id), leaves, today)
  return standingsUnder(await readCustomerFacts(sql, scope, books), policy.orders, terms, items)
}

/** What the customer owes in a currency and no unused money covers. */
async function exposureOf(sql: Sql, customerId: number, currency: string): Promise<bigint> {
  const rows = await sql.rows<{ id: number; payer: number; minor: bigint }>(
    `SELECT r.id::int, r.payer_id::int AS payer, o.owed_minor AS minor FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.customer_id = $1 AND r.currency = $2 AND r.closed_as IS NULL AND NOT r.held AND r.kind IN ('invoice', 'debit_note', 'retention')`,
    [customerId, currency],
  )
  const netted = await nettedOf(sql, [...new Set(rows.map((row) => row.payer))])
  return rows.reduce(
    (sum, row) => (netted.get(row.id) ?? []).reduce((left, n) => left - n.minor, sum + row.minor),
    0n,
  )
}

/** Whose these documents are. @throws Refusal WrongCustomer, NotFound */
export async function customerOfDocuments(
  sql: Sql,
  company: string,
  documents: readonly string[],
): Promise<{ customer: string; currency: string }> {
  const receivables = await findReceivables(sql, company, documents)
  const first = receivables[0]!
  const other = receivables.find((r) => r.customer_id !== first.customer_id)
  const row = await sql.one<{ code: string }>('SELECT code FROM customer WHERE id = $1', [first.customer_id])
  if (other) throw new Refusal('WrongCustomer', { document: other.name, customer: row!.code })
  return { customer: row!.code, currency: first.currency }
}
