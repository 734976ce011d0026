import type { LocalDate } from '../../domain/calendar.ts'
import { type Standing, standingOn } from '../../domain/interest/standing.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Netted } from '../../domain/netting.ts'
import { companyToday, firstOpenDay } from '../company.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { accountsOf, type NewTransfer, type Posting, postTransfers } from '../transfers.ts'
import { nettedOf } from '../unusedMoney.ts'
import { type BearingClaim, claimsOf, INTEREST_POLICIES, withNetted } from './claims.ts'

/*
 * Interest is reckoned from the history of the claim whenever it is asked for, and goes into the books now and then: at
 * the end of a period, when the principal is paid, before it is charged or waived. What is posted is always the difference
 * between what is reckoned and what is booked, so that late, backdated and reversed money corrects it by one transfer.
 */

/** A day before all interest and all postings. */
export const BEFORE_ALL: LocalDate = '0001-01-01'

/** How a receivable's interest stands on a day. */
export interface InterestStanding extends Standing {
  claim: BearingClaim
}

/**
 * Receivables of a customer, or of one of its cases, of which interest may be open or to be corrected; also of those that
 * something of it was posted to after a day.
 */
export async function bearingIds(
  sql: Sql,
  customerId: number,
  caseId: number | null = null,
  after: LocalDate | null = null,
): Promise<number[]> {
  const rows = await sql.rows<{ id: number }>(
    `SELECT r.id::int FROM receivable r WHERE r.customer_id = $1 AND r.closed_as IS NULL AND ($2::bigint IS NULL OR r.case_id = $2)
       AND r.kind IN ('invoice', 'debit_note', 'retention') AND r.policy_id IN (${INTEREST_POLICIES})
     UNION SELECT r.id::int FROM receivable r JOIN collection_case k ON k.id = r.case_id
       WHERE k.customer_id = $1 AND r.touched AND ($2::bigint IS NULL OR r.case_id = $2)
     UNION SELECT r.id::int FROM account a JOIN receivable r ON r.id = a.interest_of
       WHERE a.interest_customer = $1 AND ($2::bigint IS NULL OR r.case_id = $2)
         AND (a.balance_minor <> 0 OR EXISTS (SELECT FROM transfer WHERE credit_account = a.id AND posting_on > $3)
                                   OR EXISTS (SELECT FROM transfer WHERE debit_account = a.id AND posting_on > $3))`,
    [customerId, caseId, after],
  )
  return rows.map((row) => row.id)
}

/** As it is today: money that nobody applied yet counts from its value date where it nets. */
export async function interestAsOf(
  sql: Sql,
  receivables: readonly number[],
  on: LocalDate,
): Promise<InterestStanding[]> {
  const claims = await claimsOf(sql, receivables)
  if (claims.length === 0) return []
  const netted = await nettedOf(sql, [...new Set(claims.map((claim) => claim.payerId))])
  return withNetted(claims, netted).map((claim) => standingOf(claim, on))
}

export const standingOf = (claim: BearingClaim, on: LocalDate): InterestStanding => ({
  claim,
  ...standingOn(claim.rule, claim.claim, claim.account, on),
})

/**
 * Books what is reckoned up to a day, of each no earlier than what was booked before: that would take interest back.
 * Under the customer's lock; a second time at once posts nothing. Returns how they stand then.
 */
export async function accrue(
  sql: Sql,
  posting: Posting,
  customerId: number,
  receivables: readonly number[],
  through: LocalDate,
): Promise<InterestStanding[]> {
  const standings = (await interestAsOf(sql, receivables, through)).map((standing) =>
    laterThan(standing.claim.account.accruedThrough, through)
      ? standingOf(standing.claim, standing.claim.account.accruedThrough!)
      : standing,
  )
  const changed = standings.filter(({ toPost }) => toPost.interestMinor !== 0n || toPost.fees.length > 0)
  if (changed.length === 0) return standings
  const accounts = accountsOf(sql, posting.company)
  await openInterestAccounts(
    sql,
    posting,
    customerId,
    changed.map(({ claim }) => claim),
  )
  const days = await bookDays(sql, posting)
  const transfers: NewTransfer[] = []
  for (const { claim, toPost } of changed) {
    const { currency } = claim.claim
    const income = await accounts('interest_and_fees', currency)
    const valueOn = laterThan(claim.account.accruedThrough, through) ? claim.account.accruedThrough! : through
    const pieces = [
      { code: 'interest', minor: toPost.interestMinor, reference: claim.document },
      ...toPost.fees.map(({ id, minor }) => ({ code: 'fee', minor, reference: id })),
    ].filter(({ minor }) => minor !== 0n)
    for (const { code, minor, reference } of pieces)
      transfers.push({
        ...(minor > 0n
          ? { debit: claim.account.id!, credit: income, minor }
          : { debit: income, credit: claim.account.id!, minor: -minor }),
        currency,
        code,
        reference,
        key: interestKey(claim),
        valueOn,
        postingOn: days(valueOn),
      })
  }
  await postTransfers(sql, posting, transfers)
  await appendToJournal(sql, posting.company, customerId, {
    event: 'interest accrued',
    actor: posting.actor,
    at: posting.now,
    receivables: changed.map(({ claim }) => claim.id),
    data: { through, amounts: postedByCurrency(changed) },
  })
  return standings
}

const laterThan = (day: LocalDate | null, than: LocalDate): boolean => day !== null && day > than

/** Of the next transfer of its account: unique, since only whoever holds the customer writes one. */
export const interestKey = ({ id, account }: BearingClaim): string => `interest:${id}:${account.transfers++}`

/** The day of the books for a day: itself, or the first one that is open. */
export async function bookDays(sql: Sql, { company, now }: Posting): Promise<(day: LocalDate) => LocalDate> {
  const open = await firstOpenDay(sql, company, BEFORE_ALL)
  const today = await companyToday(sql, company, now)
  return (day) => (day < open ? open : day < today ? day : today > open ? today : open)
}

export async function openInterestAccounts(
  sql: Sql,
  { company }: Posting,
  customerId: number,
  claims: readonly BearingClaim[],
): Promise<void> {
  const missing = claims.filter((claim) => claim.account.id === null)
  if (missing.length === 0) return
  const rows = await sql.rows<{ id: number; receivable: number }>(
    `INSERT INTO account (company, kind, currency, interest_of, interest_customer, balance_minor)
     SELECT $1, 'interest', currency, id, $2, 0 FROM receivable WHERE id = ANY($3) RETURNING id::int, interest_of::int AS receivable`,
    [company, customerId, missing.map((claim) => claim.id)],
  )
  const ids = new Map(rows.map((row) => [row.receivable, row.id]))
  for (const claim of missing) claim.account.id = ids.get(claim.id)!
}

function postedByCurrency(changed: readonly InterestStanding[]): { currency: string; amount: string }[] {
  const sums = new Map<string, bigint>()
  for (const { claim, toPost } of changed) {
    const { currency } = claim.claim
    const minor = toPost.fees.reduce((sum, fee) => sum + fee.minor, toPost.interestMinor)
    sums.set(currency, (sums.get(currency) ?? 0n) + minor)
  }
  return [...sums].map(([currency, minor]) => ({ currency, amount: toDecimal(minor, currency) }))
}

/** As the books of a day told it, each unit of unused money where it netted then: for statements. */
export async function interestOfBooks(
  sql: Sql,
  customerId: number,
  caseId: number | null,
  asOf: LocalDate,
  netted: ReadonlyMap<number, readonly Netted[]>,
): Promise<InterestStanding[]> {
  const claims = await claimsOf(sql, await bearingIds(sql, customerId, caseId, asOf), asOf)
  return withNetted(claims, netted)
    .map((claim) => standingOf(claim, asOf))
    .filter(({ openMinor }) => openMinor !== 0n)
}

/** What isn't charged yet, by currency: never in what is owed beside it. What was charged too much is taken off, as the next note will. */
export function openByCurrency(standings: readonly InterestStanding[]): Map<string, bigint> {
  const open = new Map<string, bigint>()
  for (const { claim, openMinor } of standings)
    open.set(claim.claim.currency, (open.get(claim.claim.currency) ?? 0n) + openMinor)
  return new Map([...open].filter(([, minor]) => minor > 0n))
}
