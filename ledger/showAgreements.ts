import type { LocalDate } from '../domain/calendar.ts'
import type { SuspensionKind } from '../domain/facts.ts'
import { toDecimal } from '../domain/money.ts'
import { documentName } from './cases.ts'
import type { Sql } from './database.ts'
import { promisesSoFar } from './promiseStanding.ts'
import { type DisputeView, readDisputes } from './showDisputes.ts'

/** A reason for not chasing a receivable that holds today. */
export interface ShownSuspension {
  kind: SuspensionKind
  /** Last day that is known for it; null while only an event ends it. */
  until: LocalDate | null
}

/** What of the customer's open agreements concerns a case. */
export interface CaseAgreements {
  promises: {
    id: number
    documents: string[]
    currency: string
    madeOn: LocalDate
    madeBy: string
    /** `countsUntil`: the last day on which money still keeps it. */
    instalments: { no: number; dueOn: LocalDate; countsUntil: LocalDate; amount: string }[]
    promised: string
    paid: string
  }[]
  announcements: {
    id: number
    documents: string[]
    currency: string
    amount: string
    trackingKey: string | null
    announcedOn: LocalDate
    waitsUntil: LocalDate
  }[]
  /** Money taken against a provisional receipt that isn't a posted one yet, by its number. */
  provisionals: {
    number: number
    documents: string[]
    currency: string
    amount: string
    issuedBy: string
    convertBy: LocalDate
  }[]
  disputes: DisputeView[]
  /** `document` null: everything of the customer. Those to come are shown too. */
  pauses: { id: number; document: string | null; from: LocalDate; to: LocalDate; reason: string }[]
}

export async function readAgreements(
  sql: Sql,
  company: string,
  caseId: number,
  customerId: number,
  today: LocalDate,
): Promise<CaseAgreements> {
  return {
    promises: await promisesOf(sql, caseId, customerId),
    announcements: await announcementsOf(sql, caseId, customerId),
    provisionals: await provisionalsOf(sql, caseId, customerId),
    disputes: await readDisputes(sql, { company, caseId }),
    pauses: await pausesOf(sql, caseId, customerId, today),
  }
}

async function promisesOf(sql: Sql, caseId: number, customerId: number): Promise<CaseAgreements['promises']> {
  const promises = await promisesSoFar(sql, customerId)
  const covered = await sql.rows<{ id: number; document: string; tranche: string; case_id: number }>(
    'SELECT id::int, document, tranche, case_id::int FROM receivable WHERE id = ANY($1)',
    [promises.flatMap((p) => p.receivables)],
  )
  const byId = new Map(covered.map((r) => [r.id, r]))
  return promises
    .filter((p) => p.receivables.some((id) => byId.get(id)?.case_id === caseId))
    .map((p) => ({
      id: p.id,
      documents: p.receivables.map((id) => documentName(byId.get(id)!)),
      currency: p.currency,
      madeOn: p.madeOn,
      madeBy: p.madeBy,
      instalments: p.instalments.map((i) => ({
        no: i.no,
        dueOn: i.dueOn,
        countsUntil: i.decidedAfter,
        amount: toDecimal(i.minor, p.currency),
      })),
      promised: toDecimal(
        p.instalments.reduce((sum, i) => sum + i.minor, 0n),
        p.currency,
      ),
      paid: toDecimal(p.paidMinor, p.currency),
    }))
}

const NAME = `CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END`

async function announcementsOf(
  sql: Sql,
  caseId: number,
  customerId: number,
): Promise<CaseAgreements['announcements']> {
  const rows = await sql.rows<Omit<CaseAgreements['announcements'][number], 'amount'> & { minor: bigint }>(
    `SELECT n.id::int, array_agg(${NAME} ORDER BY r.due_on, r.id) AS documents, n.currency, n.amount_minor AS minor, n.tracking_key AS "trackingKey",
       n.announced_on AS "announcedOn", n.lapses_after AS "waitsUntil"
     FROM announced_payment n JOIN announced_item i ON i.announced_id = n.id JOIN receivable r ON r.id = i.receivable_id
     WHERE n.customer_id = $2 AND n.state = 'open' GROUP BY n.id HAVING bool_or(r.case_id = $1) ORDER BY n.id`,
    [caseId, customerId],
  )
  return rows.map(({ minor, ...row }) => ({ ...row, amount: toDecimal(minor, row.currency) }))
}

async function provisionalsOf(
  sql: Sql,
  caseId: number,
  customerId: number,
): Promise<CaseAgreements['provisionals']> {
  const rows = await sql.rows<Omit<CaseAgreements['provisionals'][number], 'amount'> & { minor: bigint }>(
    `SELECT n.number, array_agg(${NAME} ORDER BY r.due_on, r.id) AS documents, n.currency, n.amount_minor AS minor, n.issued_by AS "issuedBy",
       n.convert_by AS "convertBy"
     FROM provisional_receipt n JOIN provisional_item i ON i.provisional_id = n.id JOIN receivable r ON r.id = i.receivable_id
     WHERE n.customer_id = $2 AND n.state = 'open' GROUP BY n.id HAVING bool_or(r.case_id = $1) ORDER BY n.number`,
    [caseId, customerId],
  )
  return rows.map(({ minor, ...row }) => ({ ...row, amount: toDecimal(minor, row.currency) }))
}

const pausesOf = (
  sql: Sql,
  caseId: number,
  customerId: number,
  today: LocalDate,
): Promise<CaseAgreements['pauses']> =>
  sql.rows(
    `SELECT p.id::int, CASE WHEN r.id IS NOT NULL THEN ${NAME} END AS document, p.from_on AS "from", p.to_on AS "to", p.reason
     FROM pause p LEFT JOIN receivable r ON r.id = p.receivable_id
     WHERE p.customer_id = $2 AND p.resumed_on IS NULL AND p.to_on >= $3 AND (r.id IS NULL OR r.case_id = $1) ORDER BY p.from_on, p.id`,
    [caseId, customerId, today],
  )

/** Why these receivables of a customer aren't chased today, by receivable. */
export async function suspensionsNow(
  sql: Sql,
  customerId: number,
  ids: readonly number[],
  today: LocalDate,
): Promise<Map<number, ShownSuspension[]>> {
  const rows = await sql.rows<ShownSuspension & { receivable: number }>(
    `SELECT i.receivable_id::int AS receivable, 'promised' AS kind, max(n.decided_after) AS until
     FROM promise_item i JOIN promise_instalment n ON n.promise_id = i.promise_id WHERE i.receivable_id = ANY($1) AND i.active GROUP BY i.receivable_id
     UNION ALL
     SELECT i.receivable_id::int, 'announced', n.lapses_after
     FROM announced_item i JOIN announced_payment n ON n.id = i.announced_id WHERE i.receivable_id = ANY($1) AND n.state = 'open'
     UNION ALL
     SELECT i.receivable_id::int, 'provisional', NULL::date
     FROM provisional_item i JOIN provisional_receipt n ON n.id = i.provisional_id WHERE i.receivable_id = ANY($1) AND n.state = 'open'
     UNION ALL
     SELECT DISTINCT l.receivable_id::int, 'disputed', NULL::date
     FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id WHERE l.receivable_id = ANY($1) AND d.resolved_on IS NULL AND l.resolved_minor < l.amount_minor
     UNION ALL
     SELECT r.id::int, 'paused', p.to_on
     FROM pause p JOIN receivable r ON r.id = ANY($1) AND (p.receivable_id IS NULL OR p.receivable_id = r.id)
     WHERE p.customer_id = $2 AND p.from_on <= $3 AND p.to_on >= $3 AND p.resumed_on IS NULL
     UNION ALL
     SELECT i.receivable_id::int, 'negotiating', n.valid_through
     FROM negotiation_item i JOIN negotiation n ON n.id = i.negotiation_id WHERE i.receivable_id = ANY($1) AND n.closed_on IS NULL
     UNION ALL
     SELECT c.receivable_id::int, 'cheque', q.matures_on
     FROM cheque_cover c JOIN cheque q ON q.id = c.cheque_id WHERE c.receivable_id = ANY($1) AND q.state IN ('in_custody', 'deposited')
     ORDER BY receivable, kind`,
    [ids, customerId, today],
  )
  const grouped = new Map<number, ShownSuspension[]>()
  for (const { receivable, kind, until } of rows)
    grouped.set(receivable, [...(grouped.get(receivable) ?? []), { kind, until }])
  return grouped
}
