import type { Answer } from '../../domain/command.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import { keepDocuments } from '../documents.ts'
import { findReceivables } from '../receivables.ts'
import { type Ask, openCustomer } from '../scope.ts'
import { ourOwn } from './agencies.ts'

/** A contract, a pagaré, an invoice, a signed delivery note: its bytes are in the store, here is what it is about. */
export async function fileDocument(
  sql: Sql,
  ask: Ask,
  { customer: code, kind, file, documents = [] }: PlacementCommands['fileDocument'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const { customer } = await openCustomer(sql, ask, code)
  const receivables = await findReceivables(sql, asking.company, documents)
  const foreign = receivables.find((r) => r.customer_id !== customer.id)
  if (foreign) throw new Refusal('WrongCustomer', { document: foreign.name, customer: code })
  const { sha256: hash, name, mediaType, bytes } = file
  const [id] = await keepDocuments(
    sql,
    asking,
    customer.id,
    [{ kind, name, mediaType, hash, bytes, source: null, asOf: null }],
    'documents received',
  )
  await sql.rows(
    'INSERT INTO document_receivable (document_id, receivable_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING',
    [id, receivables.map((r) => r.id)],
  )
  const result = { document: id, kind, customer: code, about: documents, documents: [{ id, name }] }
  return { result, cases: [] }
}
