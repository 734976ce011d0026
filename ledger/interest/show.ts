import type { LocalDate } from '../../domain/calendar.ts'
import { segmentsOf } from '../../domain/interest/claim.ts'
import { toDecimal } from '../../domain/money.ts'
import { documentName } from '../cases.ts'
import { findCustomer } from '../customers.ts'
import type { Sql } from '../database.ts'
import { findReceivables } from '../receivables.ts'
import { bearingIds, type InterestStanding, interestAsOf } from './accrual.ts'

/** Interest and fees of a receivable; amounts are decimals of its currency. */
export interface ShownInterest {
  document: string
  case: number
  currency: string
  dueOn: LocalDate
  interest: string
  fees: string
  charged: string
  waived: string
  /** Neither charged nor waived; negative when too much was charged. */
  open: string
  /** Up to this day it is in the books; what came since is reckoned. */
  bookedThrough: LocalDate | null
}

/** How interest came to be, where base and rate were the same. */
export interface ShownSegment {
  from: LocalDate
  to: LocalDate
  days: number
  base: string
  percent: string
}

export interface ShownNote {
  document: string
  currency: string
  amount: string
  open: string
  issuedOn: LocalDate
  dueOn: LocalDate
  lines: { document: string; currency: string; amount: string }[]
}

export interface InterestView {
  customer: { code: string; name: string }
  asOf: LocalDate
  receivables: (ShownInterest & { segments?: ShownSegment[] })[]
  /** Open ones; of named documents, all that charge them. */
  notes: ShownNote[]
  totals: { currency: string; uncharged: string; inNotes: string }[]
}

/** `documents`: only of these, each with how it came to be. */
export async function showInterest(
  sql: Sql,
  company: string,
  code: string,
  on: LocalDate,
  documents: readonly string[] = [],
): Promise<InterestView> {
  const customer = await findCustomer(sql, company, code)
  const named =
    documents.length > 0 ? (await findReceivables(sql, company, documents)).map((r) => r.id) : null
  const standings = await interestAsOf(sql, named ?? (await bearingIds(sql, customer.id)), on)
  const notes = await notesOf(sql, customer.id, named)
  return {
    customer: { code: customer.code, name: customer.name },
    asOf: on,
    receivables: standings
      .filter((standing) => named !== null || isSome(standing))
      .map((standing) => ({
        ...shownInterest(standing),
        ...(named === null ? {} : { segments: shownSegments(standing, on) }),
      })),
    notes,
    totals: totalsOf(standings, notes),
  }
}

const isSome = ({ interestMinor, feesMinor, openMinor }: InterestStanding): boolean =>
  interestMinor !== 0n || feesMinor !== 0n || openMinor !== 0n

export function shownInterest({ claim, ...standing }: InterestStanding): ShownInterest {
  const { currency } = claim.claim
  return {
    document: claim.document,
    case: claim.caseId,
    currency,
    dueOn: claim.dueOn,
    interest: toDecimal(standing.interestMinor, currency),
    fees: toDecimal(standing.feesMinor, currency),
    charged: toDecimal(standing.chargedMinor, currency),
    waived: toDecimal(standing.waivedMinor, currency),
    open: toDecimal(standing.openMinor, currency),
    bookedThrough: claim.account.accruedThrough,
  }
}

const shownSegments = ({ claim: { rule, claim } }: InterestStanding, on: LocalDate): ShownSegment[] =>
  rule === null
    ? []
    : segmentsOf(rule, claim, on).map(({ baseMinor, ...segment }) => ({
        ...segment,
        base: toDecimal(baseMinor, claim.currency),
      }))

async function notesOf(sql: Sql, customerId: number, of: readonly number[] | null): Promise<ShownNote[]> {
  const rows = await sql.rows<{
    id: number
    document: string
    tranche: string
    currency: string
    original_minor: bigint
    balance_minor: bigint
    issued_on: LocalDate
    due_on: LocalDate
  }>(
    `SELECT r.id::int, r.document, r.tranche, r.currency, r.original_minor, a.balance_minor, r.issued_on, r.due_on
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.customer_id = $1 AND r.is_interest AND ($2::bigint[] IS NULL AND r.closed_as IS NULL
       OR r.id = ANY($2) OR EXISTS (SELECT FROM interest_note_line l WHERE l.note_id = r.id AND l.receivable_id = ANY($2)))
     ORDER BY r.issued_on, r.id`,
    [customerId, of],
  )
  const lines = await sql.rows<{ note: number; document: string; tranche: string; minor: bigint }>(
    `SELECT l.note_id::int AS note, r.document, r.tranche, l.amount_minor AS minor
     FROM interest_note_line l JOIN receivable r ON r.id = l.receivable_id WHERE l.note_id = ANY($1) ORDER BY r.due_on, r.id`,
    [rows.map((row) => row.id)],
  )
  return rows.map((row) => ({
    document: documentName(row),
    currency: row.currency,
    amount: toDecimal(row.original_minor, row.currency),
    open: toDecimal(row.balance_minor, row.currency),
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    lines: lines
      .filter((line) => line.note === row.id)
      .map((line) => ({
        document: documentName(line),
        currency: row.currency,
        amount: toDecimal(line.minor, row.currency),
      })),
  }))
}

function totalsOf(
  standings: readonly InterestStanding[],
  notes: readonly ShownNote[],
): InterestView['totals'] {
  const currencies = [
    ...new Set([...standings.map(({ claim }) => claim.claim.currency), ...notes.map((n) => n.currency)]),
  ].sort()
  return currencies.map((currency) => ({
    currency,
    uncharged: toDecimal(
      standings
        .filter(({ claim }) => claim.claim.currency === currency)
        .reduce((sum, { openMinor }) => sum + openMinor, 0n),
      currency,
    ),
    inNotes: sumOf(notes, currency),
  }))
}

const sumOf = (notes: readonly ShownNote[], currency: string): string => {
  const minor = notes
    .filter((note) => note.currency === currency)
    .reduce((sum, { open }) => sum + BigInt(open.replace('.', '')), 0n)
  return toDecimal(minor, currency)
}
