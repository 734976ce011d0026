import type { LocalDate } from '../../domain/calendar.ts'
import { type CreditLine, type Guarantee, type Limit, limitsOn } from '../../domain/credit/limit.ts'
import type { Sql } from '../database.ts'

/**
 * How much customers may owe on a day, in each currency in which they have a line or a guarantee. A customer without any
 * isn't in it.
 */
export async function limitOf(sql: Sql, customerIds: readonly number[], on: LocalDate): Promise<Limit[]> {
  const lines = await linesOf(sql, 'l.customer_id', customerIds)
  return limitsOn(lines, await guaranteesOf(sql, 'g.customer_id', customerIds), on)
}

/** Credit lines, by their own ids or those of their customers. */
export const linesOf = async (
  sql: Sql,
  by: 'l.id' | 'l.customer_id',
  ids: readonly number[],
): Promise<CreditLine[]> =>
  (
    await sql.rows<Omit<CreditLine, 'terms'> & { terms: StoredTerm<CreditLine>[] }>(
      `SELECT l.id::int, l.customer_id::int AS "customerId", l.kind, l.currency, json_agg(json_build_object(
         'seq', t.seq, 'what', t.what, 'minor', t.amount_minor::text, 'from', t.valid_from, 'to', t.valid_to,
         'reviewOn', t.review_on) ORDER BY t.seq) AS terms
       FROM credit_line l JOIN credit_line_term t ON t.line_id = l.id WHERE ${by} = ANY($1) GROUP BY l.id ORDER BY l.id`,
      [ids],
    )
  ).map((line) => ({ ...line, terms: line.terms.map(termOf) }))

/** Guarantees, by their own ids or those of their customers. */
export const guaranteesOf = async (
  sql: Sql,
  by: 'g.id' | 'g.customer_id',
  ids: readonly number[],
): Promise<Guarantee[]> =>
  (
    await sql.rows<Omit<Guarantee, 'terms'> & { terms: StoredTerm<Guarantee>[] }>(
      `SELECT g.id::int, g.customer_id::int AS "customerId", g.kind, g.reference, g.given_by AS "givenBy", g.currency,
         g.signed_on AS "signedOn", g.matures_on AS "maturesOn", json_agg(json_build_object(
         'seq', t.seq, 'what', t.what, 'minor', t.amount_minor::text, 'coveragePercent', t.coverage_percent,
         'from', t.valid_from, 'to', t.valid_to) ORDER BY t.seq) AS terms
       FROM guarantee g JOIN guarantee_term t ON t.guarantee_id = g.id WHERE ${by} = ANY($1) GROUP BY g.id ORDER BY g.id`,
      [ids],
    )
  ).map((guarantee) => ({ ...guarantee, terms: guarantee.terms.map(termOf) }))

/** Amounts come out of JSON as text: a number would lose digits. */
type StoredTerm<T extends CreditLine | Guarantee> = Omit<T['terms'][number], 'minor'> & { minor: string }
const termOf = <T extends { minor: string }>(term: T): Omit<T, 'minor'> & { minor: bigint } => ({
  ...term,
  minor: BigInt(term.minor),
})
