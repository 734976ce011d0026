import type { Instant } from '../domain/calendar.ts'
import type { CaseCommands } from '../domain/command.ts'
import type { Sql } from './database.ts'
import { keepDocuments } from './documents.ts'
import type { CommandScope } from './scope.ts'

/** What proves a visit, an announced payment, money taken on the spot or a guarantee: documents of the customer, and what they prove. */

export type ProofAbout = 'contact' | 'announcement' | 'provisional' | 'guarantee' | 'placement report'
export type Proof = NonNullable<CaseCommands['linkContact']['proof']>[number]

export interface KeptProof {
  /** Of the document; null for what was noted before there was a store. */
  document: number | null
  name: string
  sha256: string
  kind: Proof['kind']
  addedAt: Instant
  addedBy: string
}

type Received = Pick<CommandScope, 'asking' | 'customer'>

/** Documents that came from a customer, whatever they are found to prove. The same file twice is kept once. */
export async function keepPapers(
  sql: Sql,
  { asking, customer }: Received,
  papers: readonly Proof[] = [],
): Promise<void> {
  if (papers.length === 0) return
  await keepDocuments(
    sql,
    asking,
    customer.id,
    papers.map(({ sha256: hash, ...paper }) => ({ ...paper, hash, source: null, asOf: null })),
    'documents received',
  )
}

export async function keepProofs(
  sql: Sql,
  scope: Received,
  about: ProofAbout,
  id: number,
  proofs: readonly Proof[] = [],
): Promise<void> {
  if (proofs.length === 0) return
  const { asking } = scope
  await keepPapers(sql, scope, proofs)
  await sql.rows(
    `INSERT INTO proof (about, about_id, sha256, name, kind, added_at, added_by)
     SELECT $1, $2, sha256, name, kind, to_timestamp($4 / 1000.0), $5 FROM jsonb_to_recordset($3::jsonb) AS p(sha256 text, name text, kind text)
     ON CONFLICT DO NOTHING`,
    [about, id, JSON.stringify(proofs), asking.now, asking.actor],
  )
}

export const proofsOf = (sql: Sql, about: ProofAbout, id: number): Promise<KeptProof[]> =>
  sql.rows<KeptProof>(
    `SELECT (SELECT min(d.id)::int FROM document d WHERE d.hash = p.sha256 AND d.kind = p.kind AND d.name = p.name AND d.customer_id = o.customer_id) AS document,
       p.name, p.sha256, p.kind, p.added_at AS "addedAt", p.added_by AS "addedBy"
     FROM proof p CROSS JOIN LATERAL (
       SELECT customer_id FROM contact_log WHERE p.about = 'contact' AND id = p.about_id
       UNION ALL SELECT customer_id FROM announced_payment WHERE p.about = 'announcement' AND id = p.about_id
       UNION ALL SELECT customer_id FROM provisional_receipt WHERE p.about = 'provisional' AND id = p.about_id
       UNION ALL SELECT customer_id FROM guarantee WHERE p.about = 'guarantee' AND id = p.about_id
       UNION ALL SELECT y.customer_id FROM placement_report x JOIN placement y ON y.id = x.placement_id WHERE p.about = 'placement report' AND x.id = p.about_id) o
     WHERE p.about = $1 AND p.about_id = $2 ORDER BY p.added_at, p.name`,
    [about, id],
  )
