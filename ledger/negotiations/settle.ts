import type { LocalDate } from '../../domain/calendar.ts'
import { toleranceOf } from '../../domain/decide.ts'
import { toDecimal } from '../../domain/money.ts'
import {
  type AgreementFacts,
  type AgreementStanding,
  standingOfAgreement,
} from '../../domain/negotiation/agreement.ts'
import { grantedParts } from '../../domain/negotiation/terms.ts'
import { journalCommand } from '../commandScope.ts'
import type { Sql } from '../database.ts'
import { restoreInterest, waiveInterest } from '../interest/waivers.ts'
import { appliedTo, promiseNow, settlePromises } from '../promiseStanding.ts'
import { nettedOf } from '../unusedMoney.ts'
import { type Given, givenOn, givenTransfers, grantDiscount, takeDiscountBack } from './discount.ts'
import { moveDueDates } from './dueDates.ts'
import type { Negotiation, TalkScope } from './rows.ts'

/** What becomes of an agreement by the money that comes, or doesn't. */

export interface Settled extends AgreementStanding {
  /** Receivables whose facts changed. */
  changed: number[]
  /** More than a promise did: what unused money covers, of the payer's other customers too. */
  moved: boolean
}

export async function settleAgreement(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
): Promise<Settled> {
  const promises = await settlePromises(sql, scope.asking, scope.customer.id, scope.today)
  const items = await itemsOf(sql, negotiation.id, scope.today)
  const given = await givenTransfers(sql, negotiation)
  const facts = await factsOf(sql, scope, negotiation, items, given)
  const standing = standingOfAgreement(
    {
      ...facts,
      askAgainOn: promises.open.find((p) => p.id === negotiation.promise_id)?.askAgainOn ?? null,
    },
    scope.today,
  )
  const was = negotiation.state
  const touched = [...promises.changed, ...items.map((item) => item.id)]
  if (standing.state === was) {
    // What covered a part of the discount went elsewhere.
    const more = was === 'fulfilled' ? await grantDiscount(sql, scope, negotiation, given) : 0n
    if (more === 0n) return { ...standing, changed: promises.changed, moved: false }
    await end(sql, scope, negotiation, items, 'fulfilled', {
      discount: toDecimal(more, negotiation.currency),
    })
    return { ...standing, changed: touched, moved: true }
  }
  // What is negotiated anew isn't decided by the old agreement any more.
  if (was === 'broken' && items.some((item) => item.talked))
    return { state: was, lookAgainOn: null, changed: promises.changed, moved: false }
  if (standing.state === 'fulfilled') await fulfil(sql, scope, negotiation, items, given)
  else await breakAgreement(sql, scope, negotiation, items, given)
  // Kept, it may have settled the promise as well.
  const after = await settlePromises(sql, scope.asking, scope.customer.id, scope.today)
  return { ...standing, changed: [...touched, ...after.changed], moved: true }
}

interface Item {
  id: number
  payer: number
  owedMinor: bigint
  discountMinor: bigint
  waivedMinor: bigint
  countsUntil: LocalDate | null
  /**
   * What a new due date doesn't ask for: what was in dispute when it was agreed, or when it passed, and wasn't credited since.
   * Rejected before it passed, what was disputed in between is due by it; later, it is owed, and breaks nothing.
   */
  disputedMinor: bigint
  /** Another negotiation is about it. */
  talked: boolean
}

const itemsOf = (sql: Sql, negotiation: number, today: LocalDate): Promise<Item[]> =>
  sql.rows<Item>(
    `SELECT n.receivable_id::int AS id, r.payer_id::int AS payer, o.owed_minor AS "owedMinor", n.discount_minor AS "discountMinor",
       n.waived_minor AS "waivedMinor", n.counts_until AS "countsUntil", d.minor AS "disputedMinor",
       EXISTS (SELECT FROM negotiation_item x WHERE x.receivable_id = n.receivable_id AND x.negotiation_id <> $1 AND x.active) AS talked
     FROM negotiation_item n JOIN receivable r ON r.id = n.receivable_id JOIN owed o ON o.receivable_id = r.id JOIN negotiation g ON g.id = n.negotiation_id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(line.minor), 0)::bigint AS minor FROM (
         SELECT max(l.amount_minor - (SELECT coalesce(sum(x.claim_minor), 0) FROM dispute_resolution x WHERE x.dispute_id = d.id
             AND x.receivable_id = l.receivable_id AND (x.resolved_on < day.on_date OR x.outcome = 'credit_note'))) AS minor
         FROM (VALUES (g.agreed_on), (CASE WHEN n.counts_until < $2 THEN n.counts_until END)) AS day(on_date)
         JOIN dispute d ON d.opened_on <= day.on_date AND (d.resolved_on IS NULL OR d.resolved_on >= day.on_date)
         JOIN dispute_line l ON l.dispute_id = d.id AND l.receivable_id = n.receivable_id GROUP BY d.id) line) d
     WHERE n.negotiation_id = $1 ORDER BY n.receivable_id`,
    [negotiation, today],
  )

async function factsOf(
  sql: Sql,
  { policy }: TalkScope,
  negotiation: Negotiation,
  items: readonly Item[],
  given: readonly Given[],
): Promise<Omit<AgreementFacts, 'askAgainOn'>> {
  const netted = await nettedOf(sql, [...new Set(items.map((item) => item.payer))])
  // As before the discount: whether it is given yet makes no difference to what is left.
  const uncovered = items.map((item) =>
    (netted.get(item.id) ?? []).reduce((left, n) => left - n.minor, item.owedMinor + givenOn(given, item.id)),
  )
  const discounts = grantedParts(
    items.map((item) => item.discountMinor),
    uncovered,
  )
  const left = uncovered.map((minor, i) => minor - discounts[i]!)
  const promised =
    negotiation.promise_id === null
      ? { promise: null, promisePaid: 'no' as const }
      : await promiseNow(sql, negotiation.promise_id)
  const tolerance = toleranceOf(policy, negotiation.currency)
  const extended = items.flatMap(({ id, countsUntil, disputedMinor }, i) =>
    countsUntil === null ? [] : [{ id, countsUntil, leftMinor: left[i]! - disputedMinor }],
  )
  const applied =
    extended.length === 0
      ? []
      : await appliedTo(
          sql,
          extended.map((e) => e.id),
        )
  const paidLate = (id: number, countsUntil: LocalDate): bigint =>
    [...applied.filter((p) => p.receivable === id), ...(netted.get(id) ?? [])].reduce(
      (sum, paid) => (paid.valueOn > countsUntil ? sum + paid.minor : sum),
      0n,
    )
  return {
    state: negotiation.state as AgreementFacts['state'],
    ...promised,
    uncoveredMinor: left.reduce((sum, minor) => sum + minor, 0n),
    extended: extended.map(({ id, countsUntil, leftMinor }) => {
      const unpaid = leftMinor + paidLate(id, countsUntil)
      return { countsUntil, paid: unpaid <= 0n || unpaid < tolerance }
    }),
    watchedThrough: negotiation.watched_through!,
  }
}

/** Kept: the discount is given. An agreement that had been broken in error stands as it was made. */
async function fulfil(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  items: readonly Item[],
  given: readonly Given[],
): Promise<void> {
  if (negotiation.state === 'broken') {
    await moveDueDates(sql, scope, negotiation.id, 'negotiated')
    const parts = items
      .filter((item) => item.waivedMinor > 0n)
      .map((item) => ({ receivable: item.id, minor: item.waivedMinor }))
    if (parts.length > 0) {
      const { transfers } = await waiveInterest(sql, scope, {
        parts,
        reference: `negotiation ${negotiation.id}`,
        why: 'money valued in time was recorded late',
      })
      await sql.rows('UPDATE negotiation SET waiver_transfers = $2 WHERE id = $1', [
        negotiation.id,
        transfers,
      ])
    }
  }
  const discount = await grantDiscount(sql, scope, negotiation, given)
  await end(sql, scope, negotiation, items, 'fulfilled', {
    ...(discount > 0n ? { discount: toDecimal(discount, negotiation.currency) } : {}),
  })
}

/** Not kept: what was given up is claimed again, and the old due dates hold. */
async function breakAgreement(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  items: readonly Item[],
  given: readonly Given[],
): Promise<void> {
  const discount = await takeDiscountBack(sql, scope, negotiation, given)
  await moveDueDates(sql, scope, negotiation.id, 'agreement broken')
  // After the due dates: what accrued is told from the old ones again.
  const restored =
    negotiation.waiver_transfers.length === 0
      ? { parts: [] }
      : await restoreInterest(sql, scope, {
          transfers: negotiation.waiver_transfers,
          why: `negotiation ${negotiation.id} was broken`,
        })
  const interest = restored.parts.reduce((sum, part) => sum + part.minor, 0n)
  await end(sql, scope, negotiation, items, 'broken', {
    ...(discount > 0n ? { discount: toDecimal(discount, negotiation.currency) } : {}),
    ...(interest > 0n ? { interest: toDecimal(interest, negotiation.currency) } : {}),
  })
}

async function end(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  items: readonly Item[],
  state: 'fulfilled' | 'broken',
  data: Record<string, unknown>,
): Promise<void> {
  await sql.rows('UPDATE negotiation SET state = $2 WHERE id = $1', [negotiation.id, state])
  await sql.rows('UPDATE negotiation_item SET active = false WHERE negotiation_id = $1', [negotiation.id])
  await journalCommand(
    sql,
    scope,
    `negotiation ${state}`,
    items.map((item) => item.id),
    { negotiation: negotiation.id, currency: negotiation.currency, ...data },
  )
}
