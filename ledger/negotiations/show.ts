import type { LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { NegotiationState } from '../../domain/negotiation/agreement.ts'
import type { Side } from '../../domain/negotiationCommand.ts'
import { documentName } from '../cases.ts'
import { mustFind, type Sql } from '../database.ts'
import type { ToldTerms } from './told.ts'

/** Negotiations as people see them. Amounts are decimal strings. */

export interface ShownRound {
  no: number
  by: Side
  person: string
  madeOn: LocalDate
  validThrough: LocalDate
  actor: string
  notes: string
  terms: ToldTerms
}

export interface NegotiationView {
  id: number
  customer: string
  name: string
  currency: string
  state: NegotiationState
  openedOn: LocalDate
  openedBy: string
  validThrough: LocalDate
  agreedOn: LocalDate | null
  agreedWith: string | null
  promise: number | null
  /** That it waits for. */
  approval: number | null
  /** Last day on which something is due by it, with its grace. */
  endsOn: LocalDate | null
  documents: {
    document: string
    /** When the offer was made. */
    claim: string
    open: string
    dueOn: LocalDate
    dueBefore: LocalDate | null
    discount: string
    /** Of the discount, what is given. */
    given: string
  }[]
  rounds: ShownRound[]
}

export async function readNegotiation(sql: Sql, company: string, id: number): Promise<NegotiationView> {
  const head = await mustFind<Omit<NegotiationView, 'documents' | 'rounds'>>(
    sql,
    'negotiation',
    String(id),
    `SELECT n.id::int, c.code AS customer, c.name, n.currency::text, n.state, n.opened_on AS "openedOn", n.opened_by AS "openedBy",
       n.valid_through AS "validThrough", n.agreed_on AS "agreedOn", n.agreed_with AS "agreedWith", n.promise_id::int AS promise, n.ends_on AS "endsOn",
       (SELECT a.id::int FROM approval a WHERE a.company = n.company AND a.kind = 'negotiation' AND a.subject = 'negotiation ' || n.id AND a.state = 'open') AS approval
     FROM negotiation n JOIN customer c ON c.id = n.customer_id WHERE n.company = $1 AND n.id = $2`,
    [company, id],
  )
  const items = await sql.rows<{
    document: string
    tranche: string
    claim: bigint
    open: bigint
    dueOn: LocalDate
    dueBefore: LocalDate | null
    discount: bigint
    given: bigint
  }>(
    `SELECT r.document, r.tranche, n.ceiling_minor AS claim, a.balance_minor AS open, r.due_on AS "dueOn", n.due_before AS "dueBefore",
       n.discount_minor AS discount,
       coalesce((SELECT t.amount_minor FROM transfer t WHERE t.id = n.discount_transfer AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)), 0)::bigint AS given
     FROM negotiation_item n JOIN receivable r ON r.id = n.receivable_id JOIN account a ON a.receivable_id = r.id
     WHERE n.negotiation_id = $1 ORDER BY r.due_on, r.id`,
    [id],
  )
  const told = (minor: bigint) => toDecimal(minor, head.currency)
  return {
    ...head,
    documents: items.map((item) => ({
      document: documentName(item),
      claim: told(item.claim),
      open: told(item.open),
      dueOn: item.dueOn,
      dueBefore: item.dueBefore,
      discount: told(item.discount),
      given: told(item.given),
    })),
    rounds: await sql.rows<ShownRound>(
      `SELECT no, made_by AS by, person, made_on AS "madeOn", valid_through AS "validThrough", actor, notes, terms
       FROM negotiation_round WHERE negotiation_id = $1 ORDER BY no`,
      [id],
    ),
  }
}

export interface ListedNegotiation {
  id: number
  customer: string
  state: NegotiationState
  documents: number
  claim: string
  currency: string
  rounds: number
  openedBy: string
  openedOn: LocalDate
  /** Until when the offer stands, or the agreement runs. */
  until: LocalDate
}

/** The newest first; without `all` those that are talked about or agreed. */
export async function readNegotiations(
  sql: Sql,
  asked: { company: string; customer?: string; all?: boolean; limit?: number },
): Promise<ListedNegotiation[]> {
  const rows = await sql.rows<Omit<ListedNegotiation, 'claim'> & { claim: bigint }>(
    `SELECT n.id::int, c.code AS customer, n.state, i.documents, i.claim, n.currency::text, n.opened_by AS "openedBy", n.opened_on AS "openedOn",
       coalesce(n.ends_on, n.valid_through) AS until,
       (SELECT count(*)::int FROM negotiation_round r WHERE r.negotiation_id = n.id) AS rounds
     FROM negotiation n JOIN customer c ON c.id = n.customer_id
     CROSS JOIN LATERAL (SELECT count(*)::int AS documents, sum(ceiling_minor)::bigint AS claim FROM negotiation_item WHERE negotiation_id = n.id) i
     WHERE n.company = $1 AND ($2::text IS NULL OR c.code = $2) AND ($3 OR n.state IN ('proposed', 'countered', 'submitted', 'agreed'))
     ORDER BY n.id DESC LIMIT $4`,
    [asked.company, asked.customer ?? null, asked.all ?? false, asked.limit ?? 50],
  )
  return rows.map((row) => ({ ...row, claim: toDecimal(row.claim, row.currency) }))
}
