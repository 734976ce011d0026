import type { LocalDate } from '../../domain/calendar.ts'
import type { MoneyJson } from '../../domain/money.ts'
import type { NegotiationState } from '../../domain/negotiation/agreement.ts'
import type { Offer } from '../../domain/negotiation/offer.ts'
import { type NegotiatedItem, resolveOffer, type Terms } from '../../domain/negotiation/terms.ts'
import type { Side } from '../../domain/negotiationCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import { documentName } from '../cases.ts'
import { mustFind, type Sql } from '../database.ts'
import { openInterest } from '../interest/waivers.ts'
import type { Ask, CustomerScope } from '../scope.ts'

/** Negotiations as they stand in the books. */

/** A customer, locked, with who asks about it. */
export type TalkScope = CustomerScope & Pick<Ask, 'asking' | 'approval'>

export interface Negotiation {
  id: number
  customer_id: number
  currency: string
  state: NegotiationState
  opened_on: LocalDate
  opened_by: string
  valid_through: LocalDate
  closed_on: LocalDate | null
  agreed_on: LocalDate | null
  agreed_with: string | null
  promise_id: number | null
  ends_on: LocalDate | null
  watched_through: LocalDate | null
  waiver_transfers: number[]
}

const NEGOTIATION = `SELECT id::int, customer_id::int, currency::text, state, opened_on, opened_by, valid_through, closed_on, agreed_on, agreed_with,
    promise_id::int, ends_on, watched_through, waiver_transfers::int[] FROM negotiation`

/** @throws Refusal NotFound */
export const findNegotiation = (sql: Sql, customerId: number, id: number): Promise<Negotiation> =>
  mustFind<Negotiation>(sql, 'negotiation', String(id), `${NEGOTIATION} WHERE id = $1 AND customer_id = $2`, [
    id,
    customerId,
  ])

export interface Round {
  no: number
  madeBy: Side
  person: string
  offer: Offer
  /** Who wrote it down. */
  actor: string
}

/** The offer on the table. */
export const lastRound = async (sql: Sql, id: number): Promise<Round> =>
  (await sql.one<Round>(
    `SELECT no, made_by AS "madeBy", person, offer, actor FROM negotiation_round WHERE negotiation_id = $1 ORDER BY no DESC LIMIT 1`,
    [id],
  ))!

/** An item with all that is owed of it, disputed or not. */
export interface TalkItem extends NegotiatedItem {
  currency: string
  owedMinor: bigint
}

/** These receivables as they can be negotiated about now, oldest due first. */
export async function talkItems(
  sql: Sql,
  scope: Pick<TalkScope, 'today'>,
  receivables: readonly number[],
): Promise<TalkItem[]> {
  const rows = await sql.rows<{
    id: number
    document: string
    tranche: string
    currency: string
    due_on: LocalDate
    claim_minor: bigint
    owed_minor: bigint
    unpresented: boolean
  }>(
    `SELECT r.id::int, r.document, r.tranche, r.currency::text, r.due_on, o.owed_minor, c.requires_presentation AND r.presented_on IS NULL AS unpresented,
       greatest(o.balance_minor - coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0), 0)::bigint AS claim_minor
     FROM receivable r JOIN owed o ON o.receivable_id = r.id JOIN customer c ON c.id = r.customer_id
     WHERE r.id = ANY($1) ORDER BY r.due_on, r.id`,
    [receivables],
  )
  const interest = await openInterest(sql, scope, receivables)
  return rows.map((row) => ({
    receivable: row.id,
    document: documentName(row),
    currency: row.currency,
    dueOn: row.due_on,
    claimMinor: row.claim_minor,
    owedMinor: row.owed_minor,
    interestMinor: interest.get(row.id)?.openMinor ?? 0n,
    unpresented: row.unpresented,
  }))
}

export const receivablesOf = async (sql: Sql, negotiation: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM negotiation_item WHERE negotiation_id = $1 ORDER BY 1',
      [negotiation],
    )
  ).map((row) => row.id)

/**
 * What an open negotiation is still about, and what the offer on the table comes to now: less debt goes on with the rest.
 * @throws Refusal NothingClaimed, and whatever doesn't fit any more
 */
export async function tableOf(
  sql: Sql,
  scope: Pick<TalkScope, 'today'>,
  negotiation: Negotiation,
  waivesUpTo?: MoneyJson,
): Promise<{ items: TalkItem[]; round: Round; terms: Terms }> {
  const all = await talkItems(sql, scope, await receivablesOf(sql, negotiation.id))
  const items = all.filter((item) => item.claimMinor > 0n)
  if (items.length === 0) throw new Refusal('NothingClaimed', { document: all[0]!.document })
  const round = await lastRound(sql, negotiation.id)
  const terms = resolveOffer(round.offer, items, negotiation.currency, scope.today, waivesUpTo)
  return { items, round, terms }
}
