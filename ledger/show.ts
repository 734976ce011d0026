import { type Instant, type LocalDate, localDateOf } from '../domain/calendar.ts'
import type { Stage } from '../domain/facts.ts'
import { toDecimal } from '../domain/money.ts'
import type { PayerHabit } from '../domain/payerHabit.ts'
import { documentName } from './cases.ts'
import type { Customer } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
import { bearingIds, interestAsOf, openByCurrency } from './interest/accrual.ts'
import { confirmations, type ShownConfirmation } from './minutes.ts'
import { payerHabits } from './payerHabits.ts'
import { brokenCount } from './promiseStanding.ts'
import {
  type CaseAgreements,
  readAgreements,
  type ShownSuspension,
  suspensionsNow,
} from './showAgreements.ts'
import { type CaseWork, readWork } from './showWork.ts'
import { unappliedReceiptsSql } from './unusedMoney.ts'

export { type CommandAbout, type CustomerCase, casesOfCustomer, findCaseFor } from './findCase.ts'
export { type ReceivableView, showReceivable } from './showReceivable.ts'

/** Reads for people: amounts are decimal strings of the currency beside them, ids are what commands take. */

export interface ShownReceivable {
  document: string
  kind: string
  currency: string
  open: string
  original: string
  /** Part of `open` that is disputed. */
  disputed: string
  stage: Stage
  issuedOn: LocalDate
  dueOn: LocalDate
  /** After the due date; 0 when it isn't overdue. */
  daysLate: number
  /** In the books, and chased only when its load is released. */
  held: boolean
  suspensions: ShownSuspension[]
  lastStep: { step: string; state: 'done' | 'pending' | 'skipped'; on: LocalDate } | null
  next: { step: string | null; at: Instant | null; reason: string | null }
}

export interface CaseView extends CaseAgreements, CaseWork {
  key: string
  grouping: string
  site: string
  /** The customer's day. */
  today: LocalDate
  customer: {
    code: string
    name: string
    segment: string
    branch: string
    language: string
    timeZone: string
    analyst: string
    payer: string
    brokenPromises: number
    /** How the payer has paid; null without payments in two years. */
    habit: PayerHabit | null
  }
  /** Open receivables per stage. */
  stages: Partial<Record<Stage, number>>
  totals: { currency: string; open: string; overdue: string; count: number }[]
  /** Not charged yet, and in none of the totals. */
  interest: { currency: string; open: string }[]
  nextWakeAt: Instant | null
  /** Facts changed since the case was last assessed. */
  behind: boolean
  lastNoticeOn: LocalDate | null
  lastCallOn: LocalDate | null
  /** Balances that the customer is asked to confirm, and hasn't yet. */
  confirmations: ShownConfirmation[]
  /** Oldest due first; at most `SHOWN`, `notListed` more are open. */
  receivables: ShownReceivable[]
  notListed: number
  credits: { document: string; kind: string; currency: string; open: string; issuedOn: LocalDate }[]
  /** Of the customer's payer, by receipt. */
  unappliedCash: { receipt: string; currency: string; amount: string; valueOn: LocalDate }[]
}

/** Receivables of a case that are shown one by one. */
export const SHOWN = 500

interface CaseRow {
  id: number
  grouping: string
  site: string
  behind: boolean
  next_wake_at: Instant | null
  last_notice_on: LocalDate | null
  last_call_on: LocalDate | null
  customer_id: number
  payer: string
}

/**
 * All that is known of a collection case now.
 * @throws Refusal NotFound
 */
export async function showCase(sql: Sql, company: string, key: string, now: Instant): Promise<CaseView> {
  const found = await mustFind<CaseRow>(
    sql,
    'case',
    key,
    `SELECT k.id::int, k.grouping, k.site, k.facts_version > k.assessed_version AS behind, k.next_wake_at, k.last_notice_on, k.last_call_on,
       k.customer_id::int, p.code AS payer
     FROM collection_case k JOIN customer c ON c.id = k.customer_id JOIN payer p ON p.id = c.payer_id
     WHERE k.company = $1 AND k.key = $2`,
    [company, key],
  )
  const customer = (await sql.one<Customer>(
    `SELECT id::int, company, code, name, segment, branch, language, time_zone, calendar, analyst, payer_id::int, requires_presentation
     FROM customer WHERE id = $1`,
    [found.customer_id],
  ))!
  const today = localDateOf(now, customer.time_zone)
  const totals = await totalsOf(sql, found.id, today, customer)
  const receivables = await receivablesOf(sql, found.id, today, customer)
  const interest = openByCurrency(
    await interestAsOf(sql, await bearingIds(sql, customer.id, found.id), today),
  )
  return {
    key,
    grouping: found.grouping,
    site: found.site,
    today,
    customer: {
      code: customer.code,
      name: customer.name,
      segment: customer.segment,
      branch: customer.branch,
      language: customer.language,
      timeZone: customer.time_zone,
      analyst: customer.analyst,
      payer: found.payer,
      brokenPromises: await brokenCount(sql, customer.id),
      habit: (await payerHabits(sql, [customer.payer_id], today)).get(customer.payer_id) ?? null,
    },
    stages: await stagesOf(sql, found.id),
    totals: totals.map((t) => ({
      currency: t.currency,
      open: toDecimal(t.minor, t.currency),
      overdue: toDecimal(t.overdue_minor, t.currency),
      count: t.count,
    })),
    interest: [...interest].map(([currency, minor]) => ({ currency, open: toDecimal(minor, currency) })),
    nextWakeAt: found.next_wake_at,
    behind: found.behind,
    lastNoticeOn: found.last_notice_on,
    lastCallOn: found.last_call_on,
    receivables,
    notListed: totals.reduce((sum, t) => sum + t.count, 0) - receivables.length,
    ...(await unusedMoneyOf(sql, found.id, customer.payer_id)),
    ...(await readAgreements(sql, company, found.id, customer.id, today)),
    confirmations: (
      await confirmations(sql, { company, customer: customer.code, state: 'asked', limit: SHOWN })
    ).filter((c) => c.case === key),
    ...(await readWork(sql, found.id, customer.id)),
  }
}

const OPEN_DEBITS = `r.closed_as IS NULL AND r.kind IN ('invoice', 'debit_note', 'retention')`

async function stagesOf(sql: Sql, caseId: number): Promise<CaseView['stages']> {
  const rows = await sql.rows<{ stage: Stage; n: number }>(
    `SELECT r.stage, count(*)::int AS n FROM receivable r WHERE r.case_id = $1 AND ${OPEN_DEBITS} GROUP BY r.stage ORDER BY r.stage`,
    [caseId],
  )
  return Object.fromEntries(rows.map((row) => [row.stage, row.n]))
}

const totalsOf = (sql: Sql, caseId: number, today: LocalDate, customer: Customer) =>
  sql.rows<{ currency: string; minor: bigint; overdue_minor: bigint; count: number }>(
    `SELECT r.currency, count(*)::int AS count, sum(o.owed_minor)::bigint AS minor,
       coalesce(sum(o.owed_minor) FILTER (WHERE r.due_on < $2 AND (r.presented_on IS NOT NULL OR NOT $3)), 0)::bigint AS overdue_minor
     FROM receivable r JOIN owed o ON o.receivable_id = r.id WHERE r.case_id = $1 AND ${OPEN_DEBITS} GROUP BY r.currency ORDER BY r.currency`,
    [caseId, today, customer.requires_presentation],
  )

interface ReceivableRow {
  id: number
  document: string
  tranche: string
  kind: string
  currency: string
  stage: Stage
  original_minor: bigint
  owed_minor: bigint
  disputed_minor: bigint
  issued_on: LocalDate
  due_on: LocalDate
  days_late: number
  held: boolean
  last_step: ShownReceivable['lastStep']
  next_action: string | null
  next_action_at: Instant | null
  next_reason: string | null
}

async function receivablesOf(
  sql: Sql,
  caseId: number,
  today: LocalDate,
  customer: Customer,
): Promise<ShownReceivable[]> {
  const rows = await sql.rows<ReceivableRow>(
    `SELECT r.id::int, r.document, r.tranche, r.kind, r.currency, r.stage, r.original_minor, o.owed_minor, r.issued_on, r.due_on, r.held,
       CASE WHEN r.presented_on IS NOT NULL OR NOT $3 THEN greatest(0, $2::date - r.due_on) ELSE 0 END AS days_late,
       least(o.owed_minor, coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0))::bigint AS disputed_minor,
       (SELECT jsonb_build_object('step', s.step, 'state', s.state, 'on', s.on_date) FROM receivable_step s
         WHERE s.receivable_id = r.id ORDER BY s.on_date DESC, s.state = 'skipped', s.step DESC LIMIT 1) AS last_step,
       r.next_action, r.next_action_at, r.next_reason
     FROM (SELECT * FROM receivable r WHERE r.case_id = $1 AND ${OPEN_DEBITS} ORDER BY r.due_on, r.id LIMIT ${SHOWN}) r
     JOIN owed o ON o.receivable_id = r.id ORDER BY r.due_on, r.id`,
    [caseId, today, customer.requires_presentation],
  )
  const suspensions = await suspensionsNow(
    sql,
    customer.id,
    rows.map((r) => r.id),
    today,
  )
  return rows.map((row) => ({
    document: documentName(row),
    kind: row.kind,
    currency: row.currency,
    open: toDecimal(row.owed_minor, row.currency),
    original: toDecimal(row.original_minor, row.currency),
    disputed: toDecimal(row.disputed_minor, row.currency),
    stage: row.stage,
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    daysLate: row.days_late,
    held: row.held,
    suspensions: suspensions.get(row.id) ?? [],
    lastStep: row.last_step,
    next: { step: row.next_action, at: row.next_action_at, reason: row.next_reason },
  }))
}

async function unusedMoneyOf(
  sql: Sql,
  caseId: number,
  payerId: number,
): Promise<Pick<CaseView, 'credits' | 'unappliedCash'>> {
  const credits = await sql.rows<{
    document: string
    tranche: string
    kind: string
    currency: string
    minor: bigint
    issued_on: LocalDate
  }>(
    `SELECT r.document, r.tranche, r.kind, r.currency, -a.balance_minor AS minor, r.issued_on
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.case_id = $1 AND r.closed_as IS NULL AND r.kind NOT IN ('invoice', 'debit_note', 'retention') AND a.balance_minor < 0 ORDER BY r.issued_on, r.id`,
    [caseId],
  )
  const cash = await sql.rows<{ number: string; currency: string; minor: bigint; value_on: LocalDate }>(
    `${unappliedReceiptsSql('$1')} ORDER BY value_on, id`,
    [payerId],
  )
  return {
    credits: credits.map((c) => ({
      document: documentName(c),
      kind: c.kind,
      currency: c.currency,
      open: toDecimal(c.minor, c.currency),
      issuedOn: c.issued_on,
    })),
    unappliedCash: cash.map((c) => ({
      receipt: c.number,
      currency: c.currency,
      amount: toDecimal(c.minor, c.currency),
      valueOn: c.value_on,
    })),
  }
}
