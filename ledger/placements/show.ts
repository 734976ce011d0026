import type { LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { PlacementKind, PlacementState, ReportResult } from '../../domain/placement/placement.ts'
import { Refusal } from '../../domain/refusal.ts'
import { mustFind, type Sql } from '../database.ts'
import { type KeptProof, proofsOf } from '../proofs.ts'
import { CLAIMED } from '../receivables.ts'
import { type Agency, agencies, agencyOfPerson, placedWith } from './agencies.ts'
import { IS_SETTLED } from './prescriptions.ts'

/** Placements for people to read: our own see all of them, a person of an agency only those of that agency. */

export interface ShownPlacement {
  id: number
  customer: { code: string; name: string }
  kind: PlacementKind
  state: PlacementState
  agency: string | null
  begunOn: LocalDate
  /** Last day to take it; of a demand, to pay. */
  answerBy: LocalDate | null
  reportDueOn: LocalDate | null
  closedOn: LocalDate | null
  /** By currency, decimal strings: still placed and claimed, brought in, its commission and its costs. */
  totals: { currency: string; open: string; recovered: string; commission: string; costs: string }[]
}

export interface PlacementView extends ShownPlacement {
  requestedBy: string
  approvedBy: string[]
  why: string
  commissionPercent: string | null
  closedWhy: string | null
  items: {
    document: string
    currency: string
    original: string
    open: string
    dueOn: LocalDate
    stage: string
    /** Not taken out, not paid. */
    placed: boolean
  }[]
  offers: {
    agency: string
    offeredOn: LocalDate
    answerBy: LocalDate
    answer: string | null
    answeredOn: LocalDate | null
    by: string | null
    why: string | null
  }[]
  reports: {
    id: number
    on: LocalDate
    by: string
    result: ReportResult
    notes: string
    proof: KeptProof[]
  }[]
  costs: { on: LocalDate; what: string; amount: string; currency: string; reference: string; by: string }[]
  recoveries: {
    receipt: string
    on: LocalDate
    amount: string
    currency: string
    commission: string
    reversed: boolean
  }[]
  mails: { purpose: string; to: string; state: string; on: LocalDate; reason: string | null }[]
}

interface Read {
  id: number
  code: string
  name: string
  kind: PlacementKind
  state: PlacementState
  agency: string | null
  begunOn: LocalDate
  answerBy: LocalDate | null
  reportDueOn: LocalDate | null
  closedOn: LocalDate | null
}

const COLUMNS = `p.id::int, c.code, c.name, p.kind, p.state, a.code AS agency, p.begun_on AS "begunOn", p.answer_by AS "answerBy",
  p.report_due_on AS "reportDueOn", p.closed_on AS "closedOn"`
const FROM =
  'FROM placement p JOIN customer c ON c.id = p.customer_id LEFT JOIN agency a ON a.id = p.agency_id'

/** Which placements there are for a person: SQL of a condition on `p`, its value the agency or null. */
const visible = (agency: string): string => `(${agency}::bigint IS NULL OR p.agency_id = ${agency})`

export interface PlacementQuestion {
  state?: PlacementState | 'open'
  kind?: PlacementKind
  customer?: string
  agency?: string
  limit: number
  /** Those older than this one. */
  before?: number
}

/** What a person may see of the company's placements, newest first. */
export async function placementsFor(
  sql: Sql,
  company: string,
  person: string,
  question: PlacementQuestion,
): Promise<ShownPlacement[]> {
  const agency = await agencyOfPerson(sql, company, person)
  const { state } = question
  const rows = await sql.rows<Read>(
    `SELECT ${COLUMNS} ${FROM}
     WHERE p.company = $1 AND ${visible('$2')} AND ($3::text IS NULL OR p.state = $3 OR $3 = 'open' AND p.closed_on IS NULL) AND ($4::text IS NULL OR p.kind = $4)
       AND ($5::text IS NULL OR c.code = $5) AND ($6::text IS NULL OR a.code = $6) AND ($7::bigint IS NULL OR p.id < $7)
     ORDER BY p.id DESC LIMIT $8`,
    [
      company,
      agency,
      state ?? null,
      question.kind ?? null,
      question.customer ?? null,
      question.agency ?? null,
      question.before ?? null,
      question.limit,
    ],
  )
  const totals = await totalsOf(
    sql,
    rows.map((row) => row.id),
  )
  return rows.map((row) => shown(row, totals.get(row.id) ?? []))
}

const shown = ({ code, name, ...row }: Read, totals: ShownPlacement['totals']): ShownPlacement => ({
  ...row,
  customer: { code, name },
  totals,
})

async function totalsOf(sql: Sql, ids: readonly number[]): Promise<Map<number, ShownPlacement['totals']>> {
  const rows = await sql.rows<{
    id: number
    currency: string
    open: bigint
    recovered: bigint
    commission: bigint
    costs: bigint
  }>(
    `SELECT placement_id::int AS id, currency, sum(open)::bigint AS open, sum(recovered)::bigint AS recovered, sum(commission)::bigint AS commission, sum(costs)::bigint AS costs FROM (
       SELECT i.placement_id, r.currency, CASE WHEN i.active THEN greatest(o.claimed_minor, 0) ELSE 0 END AS open, 0 AS recovered, 0 AS commission, 0 AS costs
         FROM placement_item i JOIN receivable r ON r.id = i.receivable_id JOIN ${CLAIMED} o ON o.receivable_id = r.id WHERE i.placement_id = ANY($1)
       UNION ALL SELECT v.placement_id, q.currency, 0, q.amount_minor, v.commission_minor, 0 FROM placement_recovery v JOIN receipt q ON q.id = v.receipt_id
         WHERE v.placement_id = ANY($1) AND q.reversed_at IS NULL
       UNION ALL SELECT x.placement_id, x.currency, 0, 0, 0, x.amount_minor FROM placement_cost x WHERE x.placement_id = ANY($1)) parts
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [ids],
  )
  const totals = new Map<number, ShownPlacement['totals']>()
  for (const { id, currency, open, recovered, commission, costs } of rows)
    totals.set(id, [
      ...(totals.get(id) ?? []),
      {
        currency,
        open: toDecimal(open, currency),
        recovered: toDecimal(recovered, currency),
        commission: toDecimal(commission, currency),
        costs: toDecimal(costs, currency),
      },
    ])
  return totals
}

/** @throws Refusal NotFound, for a placement that is another agency's too */
export async function showPlacement(
  sql: Sql,
  company: string,
  person: string,
  id: number,
): Promise<PlacementView> {
  const agency = await agencyOfPerson(sql, company, person)
  const { requestedBy, approvedBy, why, commissionPercent, closedWhy, ...row } = await mustFind<
    Read & Pick<PlacementView, 'requestedBy' | 'approvedBy' | 'why' | 'commissionPercent' | 'closedWhy'>
  >(
    sql,
    'placement',
    String(id),
    `SELECT ${COLUMNS}, p.requested_by AS "requestedBy", p.approved_by AS "approvedBy", p.why, p.commission_percent AS "commissionPercent", p.closed_why AS "closedWhy" ${FROM}
     WHERE p.company = $1 AND p.id = $3 AND ${visible('$2')}`,
    [company, agency, id],
  )
  const offers = await offersOf(sql, id)
  const mails = await mailsOf(sql, id)
  return {
    ...shown(row, (await totalsOf(sql, [id])).get(id) ?? []),
    requestedBy,
    approvedBy,
    why,
    commissionPercent,
    closedWhy,
    items: await itemsOf(sql, id),
    // Whom we asked before, and what those said, isn't an agency's business.
    offers: agency === null ? offers : offers.filter((o) => o.agency === row.agency),
    reports: await reportsOf(sql, id),
    costs: await costsOf(sql, id),
    recoveries: await recoveriesOf(sql, id),
    mails: agency === null ? mails : mails.filter((m) => m.to === row.agency),
  }
}

/** The same as `showPlacement`, of which only whether it may be seen matters. */
export async function maySee(sql: Sql, company: string, person: string, id: number): Promise<void> {
  const agency = await agencyOfPerson(sql, company, person)
  const found = await sql.one(
    `SELECT FROM placement p WHERE p.company = $1 AND p.id = $3 AND ${visible('$2')}`,
    [company, agency, id],
  )
  if (!found) throw new Refusal('NotFound', { what: 'placement', id: String(id) })
}

const itemsOf = async (sql: Sql, id: number): Promise<PlacementView['items']> =>
  (
    await sql.rows<{
      document: string
      currency: string
      original: bigint
      open: bigint
      dueOn: LocalDate
      stage: string
      placed: boolean
    }>(
      `SELECT CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS document, r.currency, r.original_minor AS original,
         o.claimed_minor AS open, r.due_on AS "dueOn", r.stage, i.active AS placed
       FROM placement_item i JOIN receivable r ON r.id = i.receivable_id JOIN ${CLAIMED} o ON o.receivable_id = r.id
       WHERE i.placement_id = $1 ORDER BY r.due_on, r.id`,
      [id],
    )
  ).map((item) => ({
    ...item,
    original: toDecimal(item.original, item.currency),
    open: toDecimal(item.open, item.currency),
  }))

const offersOf = (sql: Sql, id: number): Promise<PlacementView['offers']> =>
  sql.rows(
    `SELECT a.code AS agency, f.offered_on AS "offeredOn", f.answer_by AS "answerBy", f.answer, f.answered_on AS "answeredOn", f.answered_by AS by, f.why
     FROM placement_offer f JOIN agency a ON a.id = f.agency_id WHERE f.placement_id = $1 ORDER BY f.no`,
    [id],
  )

async function reportsOf(sql: Sql, id: number): Promise<PlacementView['reports']> {
  const rows = await sql.rows<Omit<PlacementView['reports'][number], 'proof'>>(
    'SELECT id::int, reported_on AS on, reported_by AS by, result, notes FROM placement_report WHERE placement_id = $1 ORDER BY id',
    [id],
  )
  return Promise.all(
    rows.map(async (row) => ({ ...row, proof: await proofsOf(sql, 'placement report', row.id) })),
  )
}

const costsOf = async (sql: Sql, id: number): Promise<PlacementView['costs']> =>
  (
    await sql.rows<Omit<PlacementView['costs'][number], 'amount'> & { minor: bigint }>(
      `SELECT incurred_on AS on, what, amount_minor AS minor, currency, reference, recorded_by AS by FROM placement_cost WHERE placement_id = $1 ORDER BY id`,
      [id],
    )
  ).map(({ minor, ...row }) => ({ ...row, amount: toDecimal(minor, row.currency) }))

const recoveriesOf = async (sql: Sql, id: number): Promise<PlacementView['recoveries']> =>
  (
    await sql.rows<{
      receipt: string
      on: LocalDate
      minor: bigint
      currency: string
      commission: bigint
      reversed: boolean
    }>(
      `SELECT q.number AS receipt, q.value_on AS on, q.amount_minor AS minor, q.currency, v.commission_minor AS commission, q.reversed_at IS NOT NULL AS reversed
       FROM placement_recovery v JOIN receipt q ON q.id = v.receipt_id WHERE v.placement_id = $1 ORDER BY q.id`,
      [id],
    )
  ).map(({ minor, commission, ...row }) => ({
    ...row,
    amount: toDecimal(minor, row.currency),
    commission: toDecimal(commission, row.currency),
  }))

const mailsOf = (sql: Sql, id: number): Promise<PlacementView['mails']> =>
  sql.rows(
    `SELECT m.purpose, a.code AS to, m.state, m.planned_on AS on, m.reason FROM placement_mail m JOIN agency a ON a.id = m.agency_id
     WHERE m.placement_id = $1 ORDER BY m.id`,
    [id],
  )

/** Agencies with what is placed with each now; a person of one sees its own. */
export async function agenciesFor(
  sql: Sql,
  company: string,
  person: string,
  all: boolean,
): Promise<(Omit<Agency, 'id' | 'amounts' | 'commissionUnits'> & { amounts: object; placed: object })[]> {
  const own = await agencyOfPerson(sql, company, person)
  const placed = await placedWith(sql, company)
  return (await agencies(sql, company, all))
    .filter(({ id }) => own === null || own === id)
    .map(({ id, commissionUnits: _, amounts, ...agency }) => ({
      ...agency,
      amounts: Object.fromEntries(
        Object.entries(amounts).map(([currency, { fromMinor, toMinor }]) => [
          currency,
          {
            from: toDecimal(fromMinor, currency),
            to: toMinor === null ? null : toDecimal(toMinor, currency),
          },
        ]),
      ),
      placed: Object.fromEntries(
        Object.entries(placed.get(id) ?? {}).map(([currency, minor]) => [
          currency,
          toDecimal(minor, currency),
        ]),
      ),
    }))
}

export interface ShownClock {
  id: number
  customer: string
  document: string
  instrument: string
  reference: string
  startedOn: LocalDate
  endsOn: LocalDate
  state: string
}

/** Clocks on claims, those that end first first; running ones unless `all`. Not an agency's business. */
export async function prescriptions(
  sql: Sql,
  company: string,
  person: string,
  question: { customer?: string; all: boolean; limit: number },
): Promise<ShownClock[]> {
  if ((await agencyOfPerson(sql, company, person)) !== null) throw new Refusal('OwnPeopleOnly', { person })
  return sql.rows<ShownClock>(
    `SELECT x.id::int, c.code AS customer, CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS document, x.instrument, x.reference,
       x.started_on AS "startedOn", x.ends_on AS "endsOn", CASE WHEN x.state = 'running' AND ${IS_SETTLED} THEN 'settled' ELSE x.state END AS state
     FROM prescription x JOIN customer c ON c.id = x.customer_id JOIN receivable r ON r.id = x.receivable_id
     WHERE x.company = $1 AND ($2 OR x.state = 'running' AND NOT ${IS_SETTLED}) AND ($3::text IS NULL OR c.code = $3) ORDER BY x.ends_on, x.id LIMIT $4`,
    [company, question.all, question.customer ?? null, question.limit],
  )
}
