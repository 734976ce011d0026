import type { LocalDate } from '../domain/calendar.ts'
import {
  type DisputeAmounts,
  type DisputeEvent,
  type DisputeOutcome,
  disputeAmounts,
  type MovementKind,
} from '../domain/dispute.ts'
import type { Texts } from '../domain/disputeLists.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { documentName } from './cases.ts'
import { customerId } from './customers.ts'
import type { Sql } from './database.ts'

/** Amounts as decimal strings; they add up to `original`. */
export type ShownAmounts = { [K in keyof DisputeAmounts]: string }

export interface DisputeView {
  id: number
  customer: string
  name: string
  /** Codes of the policy's lists, and what they were called when they were said. */
  reason: string
  rootCause: string | null
  words: { reason?: Texts; rootCause?: Texts }
  owner: string
  openedOn: LocalDate
  /** Last day of the owner's service level. */
  dueOn: LocalDate | null
  remindedOn: LocalDate | null
  escalatedOn: LocalDate | null
  blocksPresentation: boolean
  splitFrom: number | null
  resolvedOn: LocalDate | null
  outcome: string | null
  /** A line of sums for each currency. */
  totals: ({ currency: string } & ShownAmounts)[]
  lines: ({ document: string; currency: string } & ShownAmounts)[]
}

interface Wanted {
  company: string
  /** Without any of these, all that are open. */
  ids?: readonly number[]
  /** Open ones with a receivable in this case. */
  caseId?: number
  customer?: string
  owner?: string
  /** Open ones whose service level was over before this day. */
  lateOn?: LocalDate
  limit?: number
  /** After this place in the list: due day and id. */
  after?: { dueOn: LocalDate; id: number }
}

/** Disputes with their amounts, those first whose service level ends first. */
export async function readDisputes(sql: Sql, wanted: Wanted): Promise<DisputeView[]> {
  const disputes = await sql.rows<Omit<DisputeView, 'totals' | 'lines'> & { after_transfer: bigint }>(
    `SELECT d.id::int, c.code AS customer, c.name, d.reason, d.root_cause AS "rootCause", d.words, d.owner, d.opened_on AS "openedOn",
       d.due_on AS "dueOn", d.reminded_on AS "remindedOn", d.escalated_on AS "escalatedOn", d.blocks_presentation AS "blocksPresentation",
       d.split_from::int AS "splitFrom", d.resolved_on AS "resolvedOn", d.outcome, d.after_transfer
     FROM dispute d JOIN customer c ON c.id = d.customer_id
     WHERE d.company = $1 AND ($2::bigint[] IS NULL AND d.resolved_on IS NULL OR d.id = ANY($2))
       AND ($3::bigint IS NULL OR EXISTS (SELECT FROM dispute_line l JOIN receivable r ON r.id = l.receivable_id WHERE l.dispute_id = d.id AND r.case_id = $3))
       AND ($4::text IS NULL OR c.code = $4) AND ($5::text IS NULL OR d.owner = $5) AND ($6::date IS NULL OR d.due_on < $6)
       AND ($7::date IS NULL OR (coalesce(d.due_on, d.opened_on), d.id) > ($7, $8::bigint))
     ORDER BY coalesce(d.due_on, d.opened_on), d.id LIMIT $9`,
    [
      wanted.company,
      wanted.ids ?? null,
      wanted.caseId ?? null,
      wanted.customer ?? null,
      wanted.owner ?? null,
      wanted.lateOn ?? null,
      wanted.after?.dueOn ?? null,
      wanted.after?.id ?? null,
      wanted.limit ?? null,
    ],
  )
  const lines = await linesOf(
    sql,
    disputes.map((d) => d.id),
  )
  return disputes.map(({ after_transfer: _, ...dispute }) => {
    const own = lines.filter((l) => l.dispute === dispute.id)
    const currencies = [...new Set(own.map((l) => l.currency))]
    return {
      ...dispute,
      totals: currencies.map((currency) => ({
        currency,
        ...shown(
          own.filter((l) => l.currency === currency).map((l) => l.amounts),
          currency,
        ),
      })),
      lines: own.map(({ document, currency, amounts }) => ({
        document,
        currency,
        ...shown([amounts], currency),
      })),
    }
  })
}

/** @throws Refusal NotFound */
export async function readDispute(sql: Sql, company: string, id: number): Promise<DisputeView> {
  const [found] = await readDisputes(sql, { company, ids: [id] })
  if (!found) throw new Refusal('NotFound', { what: 'dispute', id: String(id) })
  return found
}

/** Everything open that the customer owes, oldest first, by the names of the documents. */
export async function openDocuments(sql: Sql, company: string, customer: string): Promise<string[]> {
  const rows = await sql.rows<{ document: string; tranche: string }>(
    `SELECT r.document, r.tranche FROM receivable r WHERE r.customer_id = $1 AND r.closed_as IS NULL AND r.kind IN ('invoice', 'debit_note', 'retention')
     ORDER BY r.due_on, r.id`,
    [await customerId(sql, company, customer)],
  )
  return rows.map(documentName)
}

const AMOUNTS = ['original', 'disputed', 'paid', 'credited', 'cleared', 'writtenOff', 'rejected'] as const

const shown = (all: readonly DisputeAmounts[], currency: string): ShownAmounts =>
  Object.fromEntries(
    AMOUNTS.map((key) => [
      key,
      toDecimal(
        all.reduce((sum, one) => sum + one[key], 0n),
        currency,
      ),
    ]),
  ) as ShownAmounts

interface LineRead {
  dispute: number
  document: string
  currency: string
  amounts: DisputeAmounts
}

async function linesOf(sql: Sql, disputes: readonly number[]): Promise<LineRead[]> {
  if (disputes.length === 0) return []
  const rows = await sql.rows<{
    dispute: number
    receivable: number
    document: string
    tranche: string
    currency: string
    amount_minor: bigint
    balance_minor: bigint
  }>(
    `SELECT l.dispute_id::int AS dispute, r.id::int AS receivable, r.document, r.tranche, r.currency, l.amount_minor, a.balance_minor
     FROM dispute_line l JOIN receivable r ON r.id = l.receivable_id JOIN account a ON a.receivable_id = r.id
     WHERE l.dispute_id = ANY($1) ORDER BY l.dispute_id, r.due_on, r.id`,
    [disputes],
  )
  const events = await eventsOf(sql, disputes)
  return rows.map((row) => {
    const own = events.get(`${row.dispute} ${row.receivable}`) ?? []
    const moved = own.reduce((sum, e) => sum + (e.type === 'movement' || e.moves ? e.minor : 0n), 0n)
    return {
      dispute: row.dispute,
      document: documentName(row),
      currency: row.currency,
      amounts: disputeAmounts(row.amount_minor, row.balance_minor + moved, own),
    }
  })
}

const KIND_OF: Record<string, MovementKind> = {
  credit_issue: 'credited',
  credit_application: 'credited',
  allowance: 'credited',
  write_off: 'written_off',
  recovery: 'written_off',
  cancellation: 'cleared',
  replacement: 'cleared',
  opening: 'cleared',
}

/** What moved the balances of disputed receivables since, and what was decided, in the order of the books. */
async function eventsOf(sql: Sql, disputes: readonly number[]): Promise<Map<string, DisputeEvent[]>> {
  const rows = await sql.rows<{
    dispute: number
    receivable: number
    place: bigint
    code: string | null
    outcome: DisputeOutcome | null
    minor: bigint
    claim_minor: bigint | null
    moves: boolean
  }>(
    `SELECT l.dispute_id::int AS dispute, l.receivable_id::int AS receivable, t.id AS place, t.code, NULL AS outcome,
       CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END AS minor, NULL::bigint AS claim_minor, false AS moves, 0 AS rank
     FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id JOIN account a ON a.receivable_id = l.receivable_id
     JOIN transfer t ON (t.debit_account = a.id OR t.credit_account = a.id) AND t.id > d.after_transfer
     WHERE l.dispute_id = ANY($1) AND NOT EXISTS (SELECT FROM dispute_resolution x WHERE x.transfer_id = t.id AND x.dispute_id = d.id)
     UNION ALL
     SELECT dispute_id::int, receivable_id::int, coalesce(transfer_id, after_transfer), NULL, outcome, amount_minor, claim_minor, transfer_id IS NOT NULL, id
     FROM dispute_resolution WHERE dispute_id = ANY($1)
     ORDER BY place, rank`,
    [disputes],
  )
  const events = new Map<string, DisputeEvent[]>()
  for (const row of rows) {
    const key = `${row.dispute} ${row.receivable}`
    const event: DisputeEvent =
      row.outcome === null
        ? { type: 'movement', kind: KIND_OF[row.code!] ?? 'paid', minor: row.minor }
        : {
            type: 'resolution',
            outcome: row.outcome,
            claimMinor: row.claim_minor!,
            minor: row.minor,
            moves: row.moves,
          }
    events.set(key, [...(events.get(key) ?? []), event])
  }
  return events
}
