import type { Instant } from '../domain/calendar.ts'
import type { CaseCommands } from '../domain/command.ts'
import type { Asking } from './commands.ts'
import type { Sql } from './database.ts'

/** What proves a visit, an announced payment or money taken on the spot: files, known by the SHA-256 of their bytes. */

export type ProofAbout = 'contact' | 'announcement' | 'provisional'
export type Proof = NonNullable<CaseCommands['linkContact']['proof']>[number]
export interface KeptProof extends Proof {
  addedAt: Instant
  addedBy: string
}

/** The same file twice is kept once. */
export async function keepProofs(
  sql: Sql,
  asking: Pick<Asking, 'actor' | 'now'>,
  about: ProofAbout,
  id: number,
  proofs: readonly Proof[] = [],
): Promise<void> {
  if (proofs.length === 0) return
  await sql.rows(
    `INSERT INTO proof (about, about_id, sha256, name, kind, added_at, added_by)
     SELECT $1, $2, sha256, name, kind, to_timestamp($4 / 1000.0), $5 FROM jsonb_to_recordset($3::jsonb) AS p(sha256 text, name text, kind text)
     ON CONFLICT DO NOTHING`,
    [about, id, JSON.stringify(proofs), asking.now, asking.actor],
  )
}

export const proofsOf = (sql: Sql, about: ProofAbout, id: number): Promise<KeptProof[]> =>
  sql.rows<KeptProof>(
    'SELECT name, sha256, kind, added_at AS "addedAt", added_by AS "addedBy" FROM proof WHERE about = $1 AND about_id = $2 ORDER BY added_at, name',
    [about, id],
  )
