import type { Sql } from './database.ts'

/**
 * The facts of these receivables changed: their cases will look again. Part of every transaction that changes
 * facts, so that a wake that gets lost is found by the sweep. Returns the cases' keys.
 */
export async function touchReceivables(sql: Sql, receivableIds: readonly number[]): Promise<string[]> {
  if (receivableIds.length === 0) return []
  return raiseCases(
    sql,
    'UPDATE receivable SET touched = true WHERE id = ANY($1) RETURNING case_id',
    'SELECT case_id FROM touched',
    [receivableIds],
  )
}

/** The same for everything open of these customers: netting, contacts and policies concern them all. */
export async function touchCustomers(sql: Sql, customerIds: readonly number[]): Promise<string[]> {
  if (customerIds.length === 0) return []
  return raiseCases(
    sql,
    'UPDATE receivable SET touched = true WHERE customer_id = ANY($1) AND closed_as IS NULL RETURNING case_id',
    'SELECT id FROM collection_case WHERE customer_id = ANY($1)',
    [customerIds],
  )
}

/** Touches receivables by a statement that returns their cases, and raises the facts of those that `cases` asks of it. */
export async function raiseCases(
  sql: Sql,
  touch: string,
  cases: string,
  values: unknown[],
): Promise<string[]> {
  const rows = await sql.rows<{ key: string }>(
    `WITH touched AS (${touch})
     UPDATE collection_case SET facts_version = facts_version + 1 WHERE id IN (${cases}) RETURNING key`,
    values,
  )
  return rows.map((row) => row.key).sort()
}

/**
 * SQL of a case's key. A case without an addition is the customer's own: its key is the customer's code.
 * Needs `c` (customer), `p` (payer), and columns document, tranche and site of the receivable `r`.
 */
export const caseKeySql = (grouping: string): string => `CASE ${grouping}
  WHEN 'site' THEN CASE WHEN r.site = '' THEN c.code ELSE c.code || ':site:' || r.site END
  WHEN 'payer' THEN CASE WHEN p.id = c.payer_id THEN c.code ELSE c.code || ':payer:' || p.code END
  WHEN 'invoice' THEN c.code || ':invoice:' || r.document || CASE WHEN r.tranche = '1' THEN '' ELSE '/' || r.tranche END
  ELSE c.code END`

export interface CollectionCase {
  id: number
  company: string
  customer_id: number
  key: string
  grouping: string
  site: string
  facts_version: number
  assessed_version: number
  last_notice_on: string | null
  last_call_on: string | null
  first_contact_on: string | null
  /** Whether the customer has ever made one. */
  promises: boolean
  announcements: boolean
  provisionals: boolean
  disputes: boolean
  negotiations: boolean
  confirmations: boolean
  /** Whether the customer's receivables ever bore any. */
  interest: boolean
  /** Up to this day interest is in the books. */
  interest_through: string | null
  /** Up to this one it is for receivables up to `interest_after`. */
  interest_until: string | null
  interest_after: number
}

/** How an agent would name a document: tranche 1 goes without saying. */
export const documentName = (row: { document: string; tranche: string }): string =>
  row.tranche === '1' ? row.document : `${row.document}/${row.tranche}`
