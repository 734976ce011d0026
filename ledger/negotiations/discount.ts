import { grantedParts } from '../../domain/negotiation/terms.ts'
import { postingDay } from '../corrections.ts'
import type { Sql } from '../database.ts'
import { receivablesById, settleStages } from '../receivables.ts'
import { accountOf, mirrorOf, type Posted, postTransfers } from '../transfers.ts'
import { nettedOf } from '../unusedMoney.ts'
import type { Negotiation, TalkScope } from './rows.ts'

/** A discount that was agreed on condition: given when the rest is paid, taken back when that doesn't hold. */

/**
 * Gives what isn't given yet: what nothing else covers of the items, at most what was agreed. When less was given because
 * something else covered the rest, and doesn't any more, it is given anew. Returns by how much more.
 */
export async function grantDiscount(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  before: readonly Given[],
): Promise<bigint> {
  const shares = await sql.rows<{ id: number; minor: bigint; before: number }>(
    `SELECT n.receivable_id::int AS id, n.discount_minor AS minor, coalesce(n.discount_transfer, 0)::int AS before FROM negotiation_item n
     WHERE n.negotiation_id = $1 AND EXISTS (SELECT FROM negotiation_item d WHERE d.negotiation_id = $1 AND d.discount_minor > 0)
     ORDER BY n.receivable_id`,
    [negotiation.id],
  )
  const agreed = shares.reduce((sum, s) => sum + s.minor, 0n)
  if (totalOf(before) === agreed) return 0n
  const receivables = await receivablesById(
    sql,
    shares.map((s) => s.id),
  )
  const netted = await nettedOf(sql, [...new Set(receivables.map((r) => r.payer_id))])
  const uncovered = receivables.map((r) => {
    const covered = (netted.get(r.id) ?? []).reduce((sum, n) => sum + n.minor, 0n)
    const left = r.balance_minor - covered + givenOn(before, r.id)
    return left > 0n ? left : 0n
  })
  const parts = grantedParts(
    shares.map((s) => s.minor),
    uncovered,
  )
  const more = parts.reduce((sum, part) => sum + part, 0n) - totalOf(before)
  if (more <= 0n) return 0n
  await takeDiscountBack(sql, scope, negotiation, before)
  const allowance = await accountOf(sql, scope.asking.company, 'allowance', negotiation.currency)
  const given = receivables.flatMap((receivable, i) =>
    parts[i] === 0n ? [] : [{ receivable, minor: parts[i]!, before: shares[i]!.before }],
  )
  const on = await postingDay(
    sql,
    scope,
    receivables.reduce((last, r) => (r.issued_on > last ? r.issued_on : last), ''),
  )
  const transfers = await postTransfers(
    sql,
    scope.asking,
    given.map(({ receivable, minor, before }) => ({
      debit: allowance,
      credit: receivable.account_id,
      currency: negotiation.currency,
      minor,
      code: 'allowance',
      reference: `negotiation ${negotiation.id}`,
      key: `discount:${negotiation.id}:${receivable.id}:${before}`,
      valueOn: on,
      postingOn: on,
    })),
  )
  await sql.rows(
    `UPDATE negotiation_item n SET discount_transfer = g.transfer FROM unnest($2::bigint[], $3::bigint[]) AS g(receivable, transfer)
     WHERE n.negotiation_id = $1 AND n.receivable_id = g.receivable`,
    [negotiation.id, given.map((g) => g.receivable.id), transfers],
  )
  await settleStages(
    sql,
    given.map((g) => g.receivable.id),
    'paid',
  )
  return more
}

export interface Given extends Posted {
  receivable: number
}

/** What of the discount is given and not taken back, where the claim still stands on the item. */
export const givenTransfers = (sql: Sql, { id }: Negotiation): Promise<Given[]> =>
  sql.rows<Given>(
    `SELECT t.id::int, n.receivable_id::int AS receivable, t.debit_account::int, t.credit_account::int, t.currency::text, t.amount_minor, t.value_on, t.posting_on
     FROM negotiation_item n JOIN transfer t ON t.id = n.discount_transfer JOIN receivable r ON r.id = n.receivable_id
     WHERE n.negotiation_id = $1 AND r.closed_as IS DISTINCT FROM 'replaced' AND r.closed_as IS DISTINCT FROM 'cancelled'
       AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id) ORDER BY t.id`,
    [id],
  )

const totalOf = (given: readonly Given[]): bigint => given.reduce((sum, t) => sum + t.amount_minor, 0n)

/** What of it is given on an item. */
export const givenOn = (given: readonly Given[], receivable: number): bigint =>
  totalOf(given.filter((t) => t.receivable === receivable))

/** The claim stands again as it was. Returns the amount. */
export async function takeDiscountBack(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  given: readonly Given[],
): Promise<bigint> {
  const day = await postingDay(sql, scope, '')
  await postTransfers(
    sql,
    scope.asking,
    given.map((t) => {
      const mirror = mirrorOf(t, day, { code: 'allowance', reference: `negotiation ${negotiation.id}` })
      return { ...mirror, valueOn: mirror.postingOn }
    }),
  )
  await settleStages(
    sql,
    given.map((t) => t.receivable),
    'paid',
  )
  return totalOf(given)
}
