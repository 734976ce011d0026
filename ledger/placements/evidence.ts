import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import type { KeptDocument } from '../../domain/document.ts'
import { toDecimal } from '../../domain/money.ts'
import { type Language, languageFor } from '../../domain/notice.ts'
import type { Statement } from '../../domain/statement.ts'
import { lockCustomers } from '../customers.ts'
import { mustFind, type Sql } from '../database.ts'
import { readDocuments } from '../documents.ts'
import { statementOf } from '../statement.ts'
import { agencyById } from './agencies.ts'
import { maySee, type PlacementView, showPlacement } from './show.ts'

/** All that proves the claims of a placement, read in one transaction under the customer's lock. */

export interface Evidence {
  placement: Pick<PlacementView, 'id' | 'kind' | 'items' | 'why' | 'requestedBy' | 'approvedBy' | 'begunOn'>
  agency: string | null
  customerId: number
  customer: { code: string; name: string }
  language: Language
  timeZone: string
  analyst: string
  asOf: LocalDate
  statement: Statement
  /** Messages that the customer's mail server took, the oldest first. */
  messages: { at: Instant; template: string; to: string; mailId: string; response: string }[]
  contacts: {
    at: Instant
    channel: string
    person: string
    result: string
    words: Record<string, string> | null
    notes: string
    by: string
  }[]
  promises: {
    madeOn: LocalDate
    madeBy: string
    currency: string
    amount: string
    dueOn: LocalDate[]
    state: string
  }[]
  disputes: {
    openedOn: LocalDate
    document: string
    reason: string
    words: Record<string, string> | null
    currency: string
    amount: string
    outcome: string | null
  }[]
  journal: JournalExtract
  documents: KeptDocument[]
}

/** Entries about the placed receivables, each with what its hash is made of. */
export interface JournalExtract {
  chain: string
  entries: {
    seq: number
    at: string
    event: string
    actor: string
    entry: string
    previous: string
    hash: string
  }[]
  /** The last of them: the chain as it stood then, whatever comes after it. */
  head: { seq: number; hash: string }
}

/** What happens inside the house about a claim: no evidence of it. */
const INTERNAL =
  /^(approval|placement|offer|agency|report chased|recovery|prescription|demand runs|snoozed|unsnoozed)|task (opened|extended|overtaken|done)$/

/** @throws Refusal NotFound, for a placement that is another agency's too */
export async function evidenceOf(
  sql: Sql,
  company: string,
  person: string,
  id: number,
  now: Instant,
): Promise<Evidence> {
  await maySee(sql, company, person, id)
  const of = await mustFind<{ customer: number; agency: number | null }>(
    sql,
    'placement',
    String(id),
    'SELECT customer_id::int AS customer, agency_id::int AS agency FROM placement WHERE company = $1 AND id = $2',
    [company, id],
  )
  const [customer] = await lockCustomers(sql, [of.customer])
  const asOf = localDateOf(now, customer!.time_zone)
  const placement = await showPlacement(sql, company, person, id)
  const receivables = (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM placement_item WHERE placement_id = $1 ORDER BY 1',
      [id],
    )
  ).map((row) => row.id)
  const { kind, items, why, requestedBy, approvedBy, begunOn } = placement
  return {
    placement: { id, kind, items, why, requestedBy, approvedBy, begunOn },
    agency: of.agency === null ? null : (await agencyById(sql, of.agency)).name,
    customerId: customer!.id,
    customer: { code: customer!.code, name: customer!.name },
    language: languageFor(customer!.language),
    timeZone: customer!.time_zone,
    analyst: customer!.analyst,
    asOf,
    statement: await statementOf(sql, customer!, asOf),
    messages: await messagesOf(sql, customer!.id, receivables),
    contacts: await contactsOf(sql, customer!.id),
    promises: await promisesOf(sql, receivables),
    disputes: await disputesOf(sql, receivables),
    journal: await journalOf(sql, customer!.id, receivables),
    documents: await documentsOf(sql, customer!.id, receivables),
  }
}

/** By the journal, which has the mail server's answer: those that spoke of one of these receivables. */
const messagesOf = (
  sql: Sql,
  customer: number,
  receivables: readonly number[],
): Promise<Evidence['messages']> =>
  sql.rows(
    `SELECT m.sent_at AS at, m.template, coalesce(m.recipient, '') AS to, m.mail_id AS "mailId", coalesce((j.entry::jsonb) -> 'data' ->> 'response', '') AS response
     FROM journal j JOIN message m ON m.id = ((j.entry::jsonb) -> 'data' ->> 'message')::bigint
     WHERE j.chain = 'customer:' || $1::text AND m.state = 'sent' AND j.event = replace(m.template, '_', ' ') || ' sent'
       AND EXISTS (SELECT FROM jsonb_array_elements(j.receivables) r WHERE r::bigint = ANY($2)) ORDER BY j.seq`,
    [customer, receivables],
  )

const contactsOf = (sql: Sql, customer: number): Promise<Evidence['contacts']> =>
  sql.rows(
    `SELECT coalesce(began_at, at) AS at, channel, person, result, result_words AS words, notes, actor AS by FROM contact_log
     WHERE customer_id = $1 ORDER BY 1, id`,
    [customer],
  )

const promisesOf = async (sql: Sql, receivables: readonly number[]): Promise<Evidence['promises']> =>
  (
    await sql.rows<Omit<Evidence['promises'][number], 'amount'> & { minor: bigint }>(
      `SELECT p.made_on AS "madeOn", p.made_by AS "madeBy", p.currency, p.state,
         (SELECT sum(n.amount_minor)::bigint FROM promise_instalment n WHERE n.promise_id = p.id) AS minor,
         (SELECT array_agg(n.due_on ORDER BY n.due_on)::text[] FROM promise_instalment n WHERE n.promise_id = p.id) AS "dueOn"
       FROM promise p WHERE EXISTS (SELECT FROM promise_item i WHERE i.promise_id = p.id AND i.receivable_id = ANY($1)) ORDER BY p.id`,
      [receivables],
    )
  ).map(({ minor, ...promise }) => ({ ...promise, amount: toDecimal(minor, promise.currency) }))

const disputesOf = async (sql: Sql, receivables: readonly number[]): Promise<Evidence['disputes']> =>
  (
    await sql.rows<Omit<Evidence['disputes'][number], 'amount'> & { minor: bigint }>(
      `SELECT d.opened_on AS "openedOn", CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS document, d.reason,
         d.words -> 'reason' AS words, r.currency, l.amount_minor AS minor, d.outcome
       FROM dispute d JOIN dispute_line l ON l.dispute_id = d.id JOIN receivable r ON r.id = l.receivable_id
       WHERE r.id = ANY($1) ORDER BY d.id, r.id`,
      [receivables],
    )
  ).map(({ minor, ...dispute }) => ({ ...dispute, amount: toDecimal(minor, dispute.currency) }))

async function journalOf(
  sql: Sql,
  customer: number,
  receivables: readonly number[],
): Promise<JournalExtract> {
  const rows = await sql.rows<{ seq: bigint; entry: string; hash: string; previous: string }>(
    `SELECT j.seq, j.entry, encode(j.hash, 'hex') AS hash, coalesce(encode(b.hash, 'hex'), '') AS previous
     FROM journal j LEFT JOIN journal b ON b.chain = j.chain AND b.seq = j.seq - 1
     WHERE j.chain = 'customer:' || $1::text AND EXISTS (SELECT FROM jsonb_array_elements(j.receivables) r WHERE r::bigint = ANY($2)) ORDER BY j.seq`,
    [customer, receivables],
  )
  const entries = rows
    .map(({ seq, ...row }) => {
      const { at, event, actor } = JSON.parse(row.entry) as { at: string; event: string; actor: string }
      return { seq: Number(seq), at, event, actor, ...row }
    })
    .filter(({ event }) => !INTERNAL.test(event))
  const last = entries.at(-1)
  return { chain: `customer:${customer}`, entries, head: { seq: last?.seq ?? 0, hash: last?.hash ?? '' } }
}

/**
 * What came from the customer or proves something: filed about these receivables or about the customer as a whole, proofs,
 * minutes, letters of demand, statements that went along with a message. Not what an earlier pack was made into.
 */
async function documentsOf(
  sql: Sql,
  customer: number,
  receivables: readonly number[],
): Promise<KeptDocument[]> {
  const rows = await sql.rows<{ id: number }>(
    `SELECT d.id::int FROM document d WHERE d.customer_id = $1 AND d.kind <> ALL ('{evidence,statement,print_pack}')
       AND (NOT EXISTS (SELECT FROM document_receivable x WHERE x.document_id = d.id)
            OR EXISTS (SELECT FROM document_receivable x WHERE x.document_id = d.id AND x.receivable_id = ANY($2)))
     ORDER BY array_position('{contract,pagare,invoice,delivery_note,minutes,signed_minutes,demand}'::text[], d.kind) NULLS LAST, d.id`,
    [customer, receivables],
  )
  return readDocuments(
    sql,
    rows.map((row) => row.id),
  )
}
