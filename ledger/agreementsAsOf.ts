import type { LocalDate } from '../domain/calendar.ts'
import { type PromisedPayment, stillPromised } from '../domain/statement.ts'
import type { Sql } from './database.ts'
import type { OpenRow } from './openAsOf.ts'

/** What was agreed with a customer, or in doubt, on a day. `uncovered` is what of an item no money covers. */

export interface DisputedPart {
  row: OpenRow
  reason: string
  openedOn: LocalDate
  minor: bigint
}

/** The open disputes, oldest first; payments take the undisputed part of an item first. */
export async function disputesOn(
  sql: Sql,
  rows: readonly OpenRow[],
  asOf: LocalDate,
  uncovered: (row: OpenRow) => bigint,
): Promise<DisputedPart[]> {
  const lines = await sql.rows<{ id: number; reason: string; openedOn: LocalDate; minor: bigint }>(
    `SELECT l.receivable_id::int AS id, d.reason, d.opened_on AS "openedOn", l.amount_minor AS minor
     FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
     WHERE l.receivable_id = ANY($1) AND d.opened_on <= $2 AND (d.resolved_on IS NULL OR d.resolved_on > $2)
     ORDER BY d.opened_on, d.id, l.receivable_id`,
    [rows.map((r) => r.id), asOf],
  )
  const left = new Map(rows.map((row) => [row.id, { row, minor: uncovered(row) }]))
  return lines
    .map(({ id, reason, openedOn, minor }) => {
      const of = left.get(id)!
      const disputed = minor < of.minor ? minor : of.minor
      of.minor -= disputed
      return { row: of.row, reason, openedOn, minor: disputed }
    })
    .filter(({ minor }) => minor > 0n)
}

export interface PromisedPart extends Omit<PromisedPayment, 'documents'> {
  currency: string
  rows: OpenRow[]
}

/** What was promised and is still to come, by day; of what a promise covers, only what is open. */
export async function promisesOn(
  sql: Sql,
  customerId: number,
  rows: readonly OpenRow[],
  asOf: LocalDate,
  uncovered: (row: OpenRow) => bigint,
): Promise<PromisedPart[]> {
  const promises = await sql.rows<{
    currency: string
    by: string
    covered: number[]
    instalments: { on: LocalDate; countsUntil: LocalDate; minor: number }[]
  }>(
    `SELECT p.currency, p.made_by AS by,
       (SELECT array_agg(i.receivable_id::int) FROM promise_item i WHERE i.promise_id = p.id) AS covered,
       (SELECT jsonb_agg(jsonb_build_object('on', n.due_on, 'countsUntil', n.decided_after, 'minor', n.amount_minor) ORDER BY n.no)
        FROM promise_instalment n WHERE n.promise_id = p.id) AS instalments
     FROM promise p WHERE p.customer_id = $1 AND p.made_on <= $2 AND (p.closed_on IS NULL OR p.closed_on > $2) ORDER BY p.id`,
    [customerId, asOf],
  )
  return promises
    .flatMap(({ currency, by, covered, instalments }) => {
      const open = rows.filter((row) => covered.includes(row.id))
      return stillPromised(
        instalments.map((instalment) => ({ ...instalment, minor: BigInt(instalment.minor) })),
        open.reduce((sum, row) => sum + uncovered(row), 0n),
      )
        .filter(({ countsUntil }) => countsUntil >= asOf)
        .map(({ on, minor }) => ({ on, minor, currency, by, rows: open }))
    })
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
}

/** Of these, the items whose payment was announced and hasn't arrived. */
export async function announcedOn(sql: Sql, rows: readonly OpenRow[], asOf: LocalDate): Promise<Set<number>> {
  const announced = await sql.rows<{ id: number }>(
    `SELECT DISTINCT i.receivable_id::int AS id FROM announced_item i JOIN announced_payment n ON n.id = i.announced_id
     WHERE i.receivable_id = ANY($1) AND n.announced_on <= $2 AND (n.closed_on IS NULL OR n.closed_on > $2)`,
    [rows.map((r) => r.id), asOf],
  )
  return new Set(announced.map((r) => r.id))
}
