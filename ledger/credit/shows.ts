import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import {
  type CreditLine,
  covered,
  type Guarantee,
  type GuaranteeKind,
  type GuaranteeTerm,
  type LineKind,
  type LineTerm,
} from '../../domain/credit/limit.ts'
import { lastDay } from '../../domain/credit/rules.ts'
import { type CreditState, stateOn, termOn } from '../../domain/credit/term.ts'
import { toDecimal } from '../../domain/money.ts'
import { findCustomer } from '../customers.ts'
import type { Sql } from '../database.ts'
import { mustFind } from '../database.ts'
import { type KeptProof, proofsOf } from '../proofs.ts'
import { guaranteesOf, limitOf, linesOf } from './limit.ts'

/** Credit lines and guarantees, as people look at them. Amounts are decimals. */

export interface ShownLine {
  id: number
  customer: string
  kind: LineKind
  currency: string
  state: CreditState
  /** What holds, or was decided last. */
  amount: string
  from: LocalDate
  to: LocalDate | null
  reviewOn: LocalDate | null
}

export interface ShownGuarantee {
  id: number
  customer: string
  kind: GuaranteeKind
  reference: string
  givenBy: string
  currency: string
  signedOn: LocalDate | null
  maturesOn: LocalDate | null
  state: CreditState
  amount: string
  coveragePercent: number
  covered: string
  from: LocalDate
  /** Last day, what was renewed included. */
  to: LocalDate | null
}

type Decided<T> = Omit<T, 'minor'> & { amount: string; actor: string; why: string; recordedAt: Instant }

export interface GuaranteeView extends ShownGuarantee {
  history: Decided<GuaranteeTerm>[]
  documents: KeptProof[]
}

export interface CreditView {
  customer: string
  on: LocalDate
  limits: { currency: string; limit: string; lines: string; guarantees: string }[]
  lines: (ShownLine & { history: Decided<LineTerm>[] })[]
  guarantees: ShownGuarantee[]
}

/** Whose it is, by customer. */
interface Owner {
  code: string
  today: LocalDate
}

const shownLine = ({ id, kind, currency, terms }: CreditLine, { code, today }: Owner): ShownLine => {
  const term = termOn(terms, today) ?? terms.at(-1)!
  return {
    id,
    customer: code,
    kind,
    currency,
    state: stateOn(terms, today),
    amount: toDecimal(term.minor, currency),
    from: term.from,
    to: term.to,
    reviewOn: terms.at(-1)!.reviewOn,
  }
}

const shownGuarantee = ({ terms, ...guarantee }: Guarantee, { code, today }: Owner): ShownGuarantee => {
  const { customerId: _, ...rest } = guarantee
  const term = termOn(terms, today) ?? terms.at(-1)!
  return {
    ...rest,
    customer: code,
    state: stateOn(terms, today),
    amount: toDecimal(term.minor, rest.currency),
    coveragePercent: term.coveragePercent,
    covered: toDecimal(covered(term.minor, term.coveragePercent), rest.currency),
    from: term.from,
    to: lastDay(terms, today) ?? term.to,
  }
}

/** The limit of a customer on a day, with what it is made of, and how each line came to be. */
export async function readCredit(
  sql: Sql,
  company: string,
  code: string,
  on: LocalDate | null,
  now: Instant,
): Promise<CreditView> {
  const customer = await findCustomer(sql, company, code)
  const day = on ?? localDateOf(now, customer.time_zone)
  const owner = { code, today: day }
  const sum = (parts: readonly { minor: bigint }[], currency: string) =>
    toDecimal(
      parts.reduce((total, part) => total + part.minor, 0n),
      currency,
    )
  const limits = (await limitOf(sql, [customer.id], day)).map(({ currency, minor, lines, guarantees }) => ({
    currency,
    limit: toDecimal(minor, currency),
    lines: sum(lines, currency),
    guarantees: sum(guarantees, currency),
  }))
  const lines = await linesOf(sql, 'l.customer_id', [customer.id])
  const said = await decidedOf(
    sql,
    'SELECT line_id::int AS id, seq, actor, why, recorded_at FROM credit_line_term WHERE line_id = ANY($1)',
    lines,
  )
  return {
    customer: code,
    on: day,
    limits,
    lines: lines.map((line) => ({
      ...shownLine(line, owner),
      history: line.terms.map((t) => said(line, t)),
    })),
    guarantees: (await guaranteesOf(sql, 'g.customer_id', [customer.id])).map((g) =>
      shownGuarantee(g, owner),
    ),
  }
}

/** @throws Refusal NotFound */
export async function readGuarantee(
  sql: Sql,
  company: string,
  id: number,
  now: Instant,
): Promise<GuaranteeView> {
  const { code, time_zone } = await mustFind<{ code: string; time_zone: string }>(
    sql,
    'guarantee',
    String(id),
    'SELECT c.code, c.time_zone FROM guarantee g JOIN customer c ON c.id = g.customer_id WHERE g.company = $1 AND g.id = $2',
    [company, id],
  )
  const [guarantee] = await guaranteesOf(sql, 'g.id', [id])
  const said = await decidedOf(
    sql,
    'SELECT guarantee_id::int AS id, seq, actor, why, recorded_at FROM guarantee_term WHERE guarantee_id = ANY($1)',
    [guarantee!],
  )
  return {
    ...shownGuarantee(guarantee!, { code, today: localDateOf(now, time_zone) }),
    history: guarantee!.terms.map((t) => said(guarantee!, t)),
    documents: await proofsOf(sql, 'guarantee', id),
  }
}

/** Who decided each term, and why. */
async function decidedOf(sql: Sql, text: string, items: readonly { id: number }[]) {
  const rows = await sql.rows<{ id: number; seq: number; actor: string; why: string; recorded_at: Instant }>(
    text,
    [items.map((i) => i.id)],
  )
  const byKey = new Map(rows.map((row) => [`${row.id} ${row.seq}`, row]))
  return <T extends LineTerm | GuaranteeTerm>(
    item: { id: number; currency: string },
    { minor, ...term }: T,
  ): Decided<T> => {
    const { actor, why, recorded_at } = byKey.get(`${item.id} ${term.seq}`)!
    return {
      ...term,
      amount: toDecimal(minor, item.currency),
      actor,
      why,
      recordedAt: recorded_at,
    } as Decided<T>
  }
}

export interface CreditListed {
  company: string
  now: Instant
  customer?: string
  /** Those that end, or are to be looked at again, on this day or before. */
  by?: LocalDate
  limit: number
  /** The id that the page before ended with. */
  after?: number
}

/** Credit lines by number, a page at a time; with `by`, those whose review or last day comes by then. */
export async function listLines(sql: Sql, of: CreditListed): Promise<ShownLine[]> {
  const owners = await ownersOf(
    sql,
    `SELECT l.id::int, c.code, c.time_zone FROM credit_line l JOIN customer c ON c.id = l.customer_id
     WHERE l.company = $1 AND l.id > $2 AND ($3::text IS NULL OR c.code = $3) AND ($4::date IS NULL OR EXISTS (
       SELECT FROM credit_line_term t WHERE t.line_id = l.id AND t.amount_minor > 0 AND least(t.review_on, t.valid_to) <= $4
         AND t.seq = (SELECT max(seq) FROM credit_line_term WHERE line_id = l.id)))
     ORDER BY l.id LIMIT $5`,
    of,
  )
  return (await linesOf(sql, 'l.id', [...owners.keys()])).map((line) => shownLine(line, owners.get(line.id)!))
}

/** Guarantees by number, a page at a time; with `by`, those whose last day comes by then. */
export async function listGuarantees(sql: Sql, of: CreditListed): Promise<ShownGuarantee[]> {
  const owners = await ownersOf(
    sql,
    `SELECT g.id::int, c.code, c.time_zone FROM guarantee g JOIN customer c ON c.id = g.customer_id
     WHERE g.company = $1 AND g.id > $2 AND ($3::text IS NULL OR c.code = $3) AND ($4::date IS NULL OR EXISTS (
       SELECT FROM guarantee_term t WHERE t.guarantee_id = g.id AND t.amount_minor > 0 AND t.valid_to <= $4
         AND t.seq = (SELECT max(seq) FROM guarantee_term WHERE guarantee_id = g.id)))
     ORDER BY g.id LIMIT $5`,
    of,
  )
  return (await guaranteesOf(sql, 'g.id', [...owners.keys()])).map((g) =>
    shownGuarantee(g, owners.get(g.id)!),
  )
}

async function ownersOf(
  sql: Sql,
  text: string,
  { company, now, customer, by, limit, after }: CreditListed,
): Promise<Map<number, Owner>> {
  const rows = await sql.rows<{ id: number; code: string; time_zone: string }>(text, [
    company,
    after ?? 0,
    customer ?? null,
    by ?? null,
    limit,
  ])
  return new Map(rows.map((r) => [r.id, { code: r.code, today: localDateOf(now, r.time_zone) }]))
}

/** @throws Refusal NotFound */
export const currencyOf = async (
  sql: Sql,
  company: string,
  what: 'credit line' | 'guarantee',
  id: number,
): Promise<string> =>
  (
    await mustFind<{ currency: string }>(
      sql,
      what,
      String(id),
      what === 'guarantee'
        ? 'SELECT currency FROM guarantee WHERE company = $1 AND id = $2'
        : 'SELECT currency FROM credit_line WHERE company = $1 AND id = $2',
      [company, id],
    )
  ).currency
