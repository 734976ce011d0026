import type { LocalDate } from '../domain/calendar.ts'
import type { ConfirmationMode, ConfirmationState } from '../domain/confirmation.ts'
import { toDecimal } from '../domain/money.ts'
import { documentName } from './cases.ts'
import { cashOf } from './confirmationBooks.ts'
import { mustFind, type Sql } from './database.ts'

/** What came of asking whether a balance is right: a list of them, and each as the minutes that both sides sign. */

export interface ShownConfirmation {
  id: number
  case: string
  customer: { code: string; name: string }
  mode: ConfirmationMode
  state: ConfirmationState
  asOf: LocalDate
  askedOn: LocalDate
  /** The next day on which something happens by itself; null when only an answer changes anything. */
  nextOn: LocalDate | null
  answeredOn: LocalDate | null
  answeredBy: string | null
}

/** The minutes of a reconciliation: amounts are decimal strings of the currency beside them. */
export interface Minutes extends ShownConfirmation {
  company: { id: string; name: string }
  askedBy: string
  analyst: string
  language: string
  reminded: boolean
  called: boolean
  /** By currency; `theirs` and `difference` are null until there is an answer. */
  totals: {
    currency: string
    documents: number
    /** Paid and not applied by then: taken off `ours`. */
    cash: string
    ours: string
    theirs: string | null
    difference: string | null
  }[]
  /** In the order of the books, then what only the customer has, then what no document explains of a total. */
  differences: {
    document: string | null
    /** Of our books; false for a document that only the customer has. */
    known: boolean
    currency: string
    ours: string
    theirs: string
    /** What of it was disputed. */
    disputed: string | null
  }[]
  dispute: { id: number; owner: string; outcome: string | null } | null
}

const COLUMNS = `x.id::int, k.key AS case, c.code, c.name, x.mode, x.state, x.as_of AS "asOf", x.asked_on AS "askedOn",
  CASE WHEN x.state <> 'asked' OR x.called_on IS NOT NULL THEN NULL WHEN x.reminder_id IS NULL THEN coalesce(x.closes_on, x.remind_on) ELSE x.call_on END AS "nextOn",
  x.answered_on AS "answeredOn", x.answered_by AS "answeredBy"`

type Read = Omit<ShownConfirmation, 'customer'> & { code: string; name: string }

const shown = <R extends Read>({ code, name, ...row }: R) => ({ ...row, customer: { code, name } })

/** Those that wait for an answer first, then the newest. */
export async function confirmations(
  sql: Sql,
  question: { company: string; state?: ConfirmationState; customer?: string; limit: number },
): Promise<ShownConfirmation[]> {
  const rows = await sql.rows<Read>(
    `SELECT ${COLUMNS} FROM confirmation x JOIN collection_case k ON k.id = x.case_id JOIN customer c ON c.id = x.customer_id
     WHERE x.company = $1 AND ($2::text IS NULL OR x.state = $2) AND ($3::text IS NULL OR c.code = $3)
     ORDER BY x.state = 'asked' DESC, x.asked_on DESC, x.id DESC LIMIT $4`,
    [question.company, question.state ?? null, question.customer ?? null, question.limit],
  )
  return rows.map(shown)
}

/** @throws Refusal NotFound */
export async function minutesOf(sql: Sql, company: string, id: number): Promise<Minutes> {
  const { analyst, language, askedBy, reminded, called, companyName, dispute, owner, outcome, ...row } =
    await mustFind<
      Read & {
        analyst: string
        language: string
        askedBy: string
        reminded: boolean
        called: boolean
        companyName: string
        dispute: number | null
        owner: string | null
        outcome: string | null
      }
    >(
      sql,
      'confirmation',
      String(id),
      `SELECT ${COLUMNS}, c.analyst, c.language, x.asked_by AS "askedBy", x.reminder_id IS NOT NULL AS reminded, x.called_on IS NOT NULL AS called,
         y.name AS "companyName", d.id::int AS dispute, d.owner, d.outcome
       FROM confirmation x JOIN collection_case k ON k.id = x.case_id JOIN customer c ON c.id = x.customer_id JOIN company y ON y.id = x.company
       LEFT JOIN dispute d ON d.id = x.dispute_id WHERE x.company = $1 AND x.id = $2`,
      [company, id],
    )
  const differences = await differencesOf(sql, id)
  const isAnswered = row.state === 'agreed' || row.state === 'differs' || row.state === 'unopposed'
  return {
    ...shown(row),
    company: { id: company, name: companyName },
    askedBy,
    analyst,
    language,
    reminded,
    called,
    totals: await totalsOf(sql, id, differences, isAnswered),
    differences: differences.map((d) => ({
      document: d.document,
      known: d.known,
      currency: d.currency,
      ours: toDecimal(d.ours, d.currency),
      theirs: toDecimal(d.theirs, d.currency),
      disputed: d.disputed === null ? null : toDecimal(d.disputed, d.currency),
    })),
    dispute: dispute === null ? null : { id: dispute, owner: owner!, outcome },
  }
}

interface DifferenceRead {
  document: string | null
  known: boolean
  currency: string
  ours: bigint
  theirs: bigint
  disputed: bigint | null
}

async function differencesOf(sql: Sql, id: number): Promise<DifferenceRead[]> {
  const rows = await sql.rows<
    Omit<DifferenceRead, 'document' | 'known'> & {
      said: string | null
      document: string | null
      tranche: string
    }
  >(
    `SELECT f.document AS said, r.document, r.tranche, f.currency, f.ours_minor AS ours, f.theirs_minor AS theirs, l.amount_minor AS disputed
     FROM confirmation_difference f JOIN confirmation x ON x.id = f.confirmation_id LEFT JOIN receivable r ON r.id = f.receivable_id
     LEFT JOIN dispute_line l ON l.dispute_id = x.dispute_id AND l.receivable_id = f.receivable_id
     WHERE f.confirmation_id = $1 ORDER BY f.no`,
    [id],
  )
  return rows.map(({ said, document, tranche, ...row }) => ({
    ...row,
    document: document === null ? said : documentName({ document, tranche }),
    known: document !== null,
  }))
}

/** Currencies that only the customer has stand last. */
async function totalsOf(
  sql: Sql,
  id: number,
  differences: readonly DifferenceRead[],
  isAnswered: boolean,
): Promise<Minutes['totals']> {
  const books = await sql.rows<{ currency: string; documents: number; ours: bigint }>(
    `SELECT r.currency, count(*)::int AS documents, sum(i.ours_minor)::bigint AS ours FROM confirmation_item i JOIN receivable r ON r.id = i.receivable_id
     WHERE i.confirmation_id = $1 GROUP BY r.currency ORDER BY r.currency`,
    [id],
  )
  const cash = await cashOf(sql, id)
  const foreign = [...new Set([...cash, ...differences].map((d) => d.currency))]
    .filter((currency) => !books.some((b) => b.currency === currency))
    .map((currency) => ({ currency, documents: 0, ours: 0n }))
  return [...books, ...foreign].map(({ currency, documents, ours: open }) => {
    const paid = cash.find((c) => c.currency === currency)?.minor ?? 0n
    const ours = open - paid
    const difference = differences
      .filter((d) => d.currency === currency)
      .reduce((sum, d) => sum + d.theirs - d.ours, 0n)
    return {
      currency,
      documents,
      cash: toDecimal(paid, currency),
      ours: toDecimal(ours, currency),
      theirs: isAnswered ? toDecimal(ours + difference, currency) : null,
      difference: isAnswered ? toDecimal(difference, currency) : null,
    }
  })
}
