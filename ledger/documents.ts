import type { KeptDocument, NewDocument } from '../domain/document.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { Doing } from './messages.ts'

/** What documents there are; their bytes are in the document store, under their hash. */

const DOCUMENTS = `SELECT d.id::int, c.code AS customer, d.kind, d.name, d.media_type AS "mediaType", d.hash, d.bytes::int, d.source, d.as_of AS "asOf",
    d.actor, d.recorded_at AS "recordedAt" FROM document d LEFT JOIN customer c ON c.id = d.customer_id`

/** Writes down what is in the store already, and tells the journal of what is new. Twice is once; returns their ids in order. */
export async function keepDocuments(
  sql: Sql,
  doing: Doing,
  customerId: number | null,
  documents: readonly NewDocument[],
  event: 'documents made' | 'documents received' = 'documents made',
): Promise<number[]> {
  const ids: number[] = []
  const added: (NewDocument & { id: number })[] = []
  for (const document of documents) {
    const { kind, name, mediaType, hash, bytes, source, asOf } = document
    const row = await sql.one<{ id: number }>(
      `INSERT INTO document (company, customer_id, kind, name, media_type, hash, bytes, source, as_of, actor, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0))
       ON CONFLICT (company, coalesce(customer_id, 0), kind, name, hash) DO NOTHING RETURNING id::int`,
      [doing.company, customerId, kind, name, mediaType, hash, bytes, source, asOf, doing.actor, doing.now],
    )
    if (row) added.push({ ...document, id: row.id })
    const known =
      row ??
      (await sql.one<{ id: number }>(
        `SELECT id::int FROM document WHERE company = $1 AND coalesce(customer_id, 0) = coalesce($2, 0) AND kind = $3 AND name = $4 AND hash = $5`,
        [doing.company, customerId, kind, name, hash],
      ))
    ids.push(known!.id)
  }
  if (added.length > 0)
    await appendToJournal(sql, doing.company, customerId, {
      event,
      actor: doing.actor,
      at: doing.now,
      data: { documents: added.map(({ id, kind, name, hash, bytes }) => ({ id, kind, name, hash, bytes })) },
    })
  return ids
}

/** @throws Refusal NotFound */
export const findDocument = (sql: Sql, company: string, id: number): Promise<KeptDocument> =>
  mustFind<KeptDocument>(sql, 'document', String(id), `${DOCUMENTS} WHERE d.company = $1 AND d.id = $2`, [
    company,
    id,
  ])

/** Newest first. */
export const listDocuments = (
  sql: Sql,
  company: string,
  of: { customer?: string; kind?: string },
  limit: number,
): Promise<KeptDocument[]> =>
  sql.rows<KeptDocument>(
    `${DOCUMENTS} WHERE d.company = $1 AND ($2::text IS NULL OR c.code = $2) AND ($3::text IS NULL OR d.kind = $3)
     ORDER BY d.id DESC LIMIT $4`,
    [company, of.customer ?? null, of.kind ?? null, limit],
  )

/** Of these sources, the documents of a customer that were made of them: id by source. */
export async function documentsMadeOf(
  sql: Sql,
  customerId: number,
  sources: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql.rows<{ source: string; id: number }>(
    'SELECT source, min(id)::int AS id FROM document WHERE customer_id = $1 AND source = ANY($2) GROUP BY source',
    [customerId, sources],
  )
  return new Map(rows.map(({ source, id }) => [source, id]))
}

/** Documents by their ids, in that order. */
export async function readDocuments(sql: Sql, ids: readonly number[]): Promise<KeptDocument[]> {
  const rows = await sql.rows<KeptDocument>(`${DOCUMENTS} WHERE d.id = ANY($1)`, [ids])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id)!)
}

/** These go along with a message that nobody has taken for sending, in place of what did. */
export async function attach(sql: Sql, messageId: number, documentIds: readonly number[]): Promise<void> {
  const pending = await sql.one(`SELECT FROM message WHERE id = $1 AND state = 'pending' FOR UPDATE`, [
    messageId,
  ])
  if (!pending) return
  await sql.rows('DELETE FROM message_document WHERE message_id = $1', [messageId])
  await sql.rows('INSERT INTO message_document (message_id, document_id) SELECT $1, unnest($2::bigint[])', [
    messageId,
    documentIds,
  ])
}

/** What goes along with a message, in the order in which it was made. */
export const documentsOfMessage = (sql: Sql, messageId: number): Promise<KeptDocument[]> =>
  sql.rows<KeptDocument>(
    `${DOCUMENTS} JOIN message_document m ON m.document_id = d.id WHERE m.message_id = $1 ORDER BY d.id`,
    [messageId],
  )
