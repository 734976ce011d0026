import type { LocalDate } from '../../domain/calendar.ts'
import type { Claim, DisputedTime } from '../../domain/interest/claim.ts'
import type { InterestRule } from '../../domain/interest/rule.ts'
import { BEFORE_THE_LOAD } from '../../domain/itemHistory.ts'
import type { Netted } from '../../domain/netting.ts'
import { documentName } from '../cases.ts'
import type { Sql } from '../database.ts'
import { policiesById } from '../policies.ts'

/** A receivable that may bear interest, with what it runs on and the rule that it is pinned to. */
export interface BearingClaim {
  id: number
  document: string
  caseId: number
  payerId: number
  dueOn: LocalDate
  /** Null: its policy knows none; what accrued under another one stays. */
  rule: InterestRule | null
  claim: Claim
  account: InterestAccount
}

/** What is in the books: debits less credits by what they were for. */
export interface InterestAccount {
  id: number | null
  interestMinor: bigint
  /** By the id of the fee; '' for one without. */
  fees: Map<string, bigint>
  chargedMinor: bigint
  waivedMinor: bigint
  accruedThrough: LocalDate | null
  transfers: number
}

interface Row {
  id: number
  document: string
  tranche: string
  case_id: number
  payer_id: number
  currency: string
  original_minor: bigint
  due_on: LocalDate
  anchor_on: LocalDate | null
  policy_id: number
  bears: boolean
  never: boolean
}

/** Most policies know no interest: an index holds those that do. */
export const INTEREST_POLICIES = `SELECT v.id FROM policy_version v WHERE v.document ? 'interest'`

/**
 * The facts of these receivables, those that bear no interest by their nature left out: notes of interest, credits, held
 * ones. `bookedThrough`: as the books told it on that day; null for all that they know. `withoutRule`: also those that
 * neither bear nor have any.
 */
export async function claimsOf(
  sql: Sql,
  ids: readonly number[],
  bookedThrough: LocalDate | null = null,
  withoutRule = false,
): Promise<BearingClaim[]> {
  if (ids.length === 0) return []
  // Most customers' policies know no interest: then nothing else is read.
  const rows = await sql.rows<Row>(
    `SELECT r.id::int, r.document, r.tranche, r.case_id::int, r.payer_id::int, r.currency, r.original_minor, r.due_on, r.anchor_on, r.policy_id::int,
       r.policy_id IN (${INTEREST_POLICIES}) AS bears,
       (r.closed_as IN ('cancelled', 'replaced') OR c.requires_presentation AND r.presented_on IS NULL) IS TRUE AS never
     FROM receivable r JOIN customer c ON c.id = r.customer_id
     WHERE r.id = ANY($1) AND NOT r.is_interest AND NOT r.held AND r.kind IN ('invoice', 'debit_note', 'retention')
       AND ($2 OR r.policy_id IN (${INTEREST_POLICIES}) OR EXISTS (SELECT FROM account a WHERE a.interest_of = r.id))
     ORDER BY r.due_on, r.id`,
    [ids, withoutRule],
  )
  if (rows.length === 0) return []
  const found = rows.map((row) => row.id)
  const policies = await policiesById(
    sql,
    rows.filter((row) => row.bears).map((row) => row.policy_id),
  )
  const movements = grouped(await movementsOf(sql, found, bookedThrough))
  const disputed = grouped(await disputedOf(sql, found, bookedThrough))
  const steps = grouped(await stepsOf(sql, found))
  const accounts = await accountsOf(sql, found, bookedThrough)
  return rows.map(
    (row): BearingClaim => ({
      id: row.id,
      document: documentName(row),
      caseId: row.case_id,
      payerId: row.payer_id,
      dueOn: row.due_on,
      rule: row.bears ? policies.get(row.policy_id)!.interest! : null,
      claim: {
        currency: row.currency,
        // What should never have been bears nothing, and neither does a term that hasn't begun.
        originalMinor: row.never ? 0n : row.original_minor,
        dueOn: row.anchor_on ?? row.due_on,
        movements: row.never ? [] : (movements.get(row.id) ?? []),
        disputed: disputed.get(row.id) ?? [],
        steps: steps.get(row.id) ?? [],
      },
      account: accounts.get(row.id) ?? noAccount(),
    }),
  )
}

/** With money that nobody applied yet: where it nets, it counts from its value date. */
export const withNetted = (
  claims: readonly BearingClaim[],
  netted: ReadonlyMap<number, readonly Netted[]>,
): BearingClaim[] =>
  claims.map((bearing) => {
    const paid = (netted.get(bearing.id) ?? []).map(({ minor, valueOn }) => ({ on: valueOn, minor: -minor }))
    if (paid.length === 0) return bearing
    return { ...bearing, claim: { ...bearing.claim, movements: [...bearing.claim.movements, ...paid] } }
  })

const noAccount = (): InterestAccount => ({
  id: null,
  interestMinor: 0n,
  fees: new Map(),
  chargedMinor: 0n,
  waivedMinor: 0n,
  accruedThrough: null,
  transfers: 0,
})

/**
 * What lowered the principal or raised it again, by the day it counts from: a credit from its issue, whenever it was
 * applied. What was settled before the load bears nothing from the beginning: nobody here knows when it was paid.
 */
const movementsOf = (sql: Sql, ids: readonly number[], bookedThrough: LocalDate | null) =>
  sql.rows<{ receivable: number; on: LocalDate; minor: bigint }>(
    `SELECT a.receivable_id::int AS receivable,
       CASE t.code WHEN 'settled_before' THEN '0001-01-01'::date WHEN 'credit_application' THEN least(t.value_on, credit.issued_on) ELSE t.value_on END AS on,
       sum(t.minor)::bigint AS minor
     FROM account a CROSS JOIN LATERAL (
       SELECT code, value_on, posting_on, amount_minor AS minor, credit_account AS other FROM transfer WHERE debit_account = a.id
       UNION ALL SELECT code, value_on, posting_on, -amount_minor, debit_account FROM transfer WHERE credit_account = a.id) t
     LEFT JOIN account o ON t.code = 'credit_application' AND o.id = t.other LEFT JOIN receivable credit ON credit.id = o.receivable_id
     WHERE a.receivable_id = ANY($1) AND t.code <> 'opening' AND ($2::date IS NULL OR t.posting_on <= $2)
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [ids, bookedThrough],
  )

/**
 * Parts in open disputes, or in those that were over by payment until then; and parts that were credited in the end: never
 * owed. What was rejected bore interest all along.
 */
const disputedOf = (sql: Sql, ids: readonly number[], bookedThrough: LocalDate | null) =>
  sql.rows<DisputedTime & { receivable: number }>(
    `SELECT l.receivable_id::int AS receivable, d.opened_on AS from, CASE WHEN $2::date IS NULL OR d.resolved_on <= $2 THEN d.resolved_on END AS until,
       l.amount_minor - coalesce((SELECT sum(x.claim_minor) FROM dispute_resolution x WHERE x.dispute_id = d.id AND x.receivable_id = l.receivable_id
         AND ($2::date IS NULL OR x.resolved_on <= $2)), 0)::bigint AS minor
     FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
     WHERE l.receivable_id = ANY($1) AND ($2::date IS NULL OR d.opened_on <= $2)
     UNION ALL
     SELECT x.receivable_id::int, NULL, x.resolved_on, x.amount_minor FROM dispute_resolution x
     WHERE x.receivable_id = ANY($1) AND x.outcome = 'credit_note' AND x.amount_minor > 0 AND ($2::date IS NULL OR x.resolved_on <= $2)`,
    [ids, bookedThrough],
  )

const stepsOf = (sql: Sql, ids: readonly number[]) =>
  sql.rows<{ receivable: number; step: string; on: LocalDate }>(
    `SELECT receivable_id::int AS receivable, step, on_date AS on FROM receivable_step WHERE receivable_id = ANY($1) AND state = 'done' AND reason IS DISTINCT FROM '${BEFORE_THE_LOAD}'`,
    [ids],
  )

async function accountsOf(
  sql: Sql,
  ids: readonly number[],
  bookedThrough: LocalDate | null,
): Promise<Map<number, InterestAccount>> {
  const rows = await sql.rows<{
    receivable: number
    account: number
    code: string | null
    fee: string
    minor: bigint
    through: LocalDate | null
    n: number
  }>(
    `SELECT a.interest_of::int AS receivable, a.id::int AS account, t.code, CASE WHEN t.code = 'fee' THEN t.reference ELSE '' END AS fee,
       coalesce(sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint AS minor,
       max(t.value_on) FILTER (WHERE t.code = 'interest') AS through, count(t.id)::int AS n
     FROM account a LEFT JOIN LATERAL (
       SELECT * FROM transfer WHERE debit_account = a.id UNION ALL SELECT * FROM transfer WHERE credit_account = a.id) t
       ON $2::date IS NULL OR t.posting_on <= $2
     WHERE a.interest_of = ANY($1) GROUP BY 1, 2, 3, 4`,
    [ids, bookedThrough],
  )
  const accounts = new Map<number, InterestAccount>()
  for (const row of rows) {
    const account = accounts.get(row.receivable) ?? { ...noAccount(), id: row.account }
    accounts.set(row.receivable, account)
    account.transfers += row.n
    if (row.code === 'interest') {
      account.interestMinor = row.minor
      account.accruedThrough = row.through
    } else if (row.code === 'fee') account.fees.set(row.fee, row.minor)
    else if (row.code === 'interest_charge') account.chargedMinor = -row.minor
    else if (row.code === 'interest_waiver') account.waivedMinor = -row.minor
  }
  return accounts
}

function grouped<R extends { receivable: number }>(rows: readonly R[]): Map<number, R[]> {
  const map = new Map<number, R[]>()
  for (const row of rows) map.set(row.receivable, [...(map.get(row.receivable) ?? []), row])
  return map
}
