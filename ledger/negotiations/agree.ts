import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { discountShares, type Terms, waiverShares } from '../../domain/negotiation/terms.ts'
import { promiseDeadline } from '../../domain/promise.ts'
import { Refusal } from '../../domain/refusal.ts'
import { touchCustomers } from '../cases.ts'
import { journalCommand } from '../commandScope.ts'
import { customersPaidWith } from '../customers.ts'
import type { Sql } from '../database.ts'
import { waiveInterest } from '../interest/waivers.ts'
import { dropUnsent } from '../outbox.ts'
import { touchProcess } from '../processes.ts'
import { planConfirmation } from '../promiseConfirmations.ts'
import { closePromise, PROMISES, type PromiseRow } from '../promiseStanding.ts'
import { insertPromise } from '../promises.ts'
import { caseOfCustomer } from '../scope.ts'
import { overtakeTasks } from '../tasks.ts'
import { moveDueDates } from './dueDates.ts'
import type { Negotiation, Round, TalkItem, TalkScope } from './rows.ts'
import { toldTerms } from './told.ts'

/** What an agreement brings about, all of it in one transaction. */

export interface Table {
  negotiation: Negotiation
  items: readonly TalkItem[]
  round: Round
  terms: Terms
}

export async function agree(
  sql: Sql,
  scope: TalkScope,
  { negotiation, items, terms }: Table,
  { person, why }: { person: string; why: string },
): Promise<Answer> {
  const { asking, policy, today } = scope
  const rules = policy.negotiations
  const countsUntil = (on: LocalDate) => promiseDeadline(on, rules.grace_working_days, scope.calendar)
  const receivables = items.map((item) => item.receivable)
  const promise = await promisePayments(sql, scope, items, terms, person, countsUntil)
  // Before the due dates move: what has accrued is told from the old ones.
  const waived = waiverShares(terms, items)
  const waiver =
    terms.waivedMinor === 0n
      ? null
      : await waiveInterest(sql, scope, {
          parts: items.map((item, i) => ({ receivable: item.receivable, minor: waived[i]! })),
          reference: `negotiation ${negotiation.id}`,
          why,
        })
  const discount = discountShares(terms, items)
  await sql.rows(
    `UPDATE negotiation_item n SET discount_minor = i.discount, waived_minor = i.waived FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS i(id, discount, waived)
     WHERE n.negotiation_id = $1 AND n.receivable_id = i.id`,
    [negotiation.id, receivables, discount, waived],
  )
  await writeDueDates(sql, scope, negotiation.id, terms, countsUntil)
  const endsOn = [...terms.payments, ...terms.dueDates]
    .map(({ dueOn }) => countsUntil(dueOn))
    .reduce((last, on) => (on > last ? on : last), today)
  await sql.rows(
    `UPDATE negotiation SET state = 'agreed', closed_on = $2, agreed_on = $2, agreed_with = $3, promise_id = $4, ends_on = $5, watched_through = $6,
       waiver_transfers = $7 WHERE id = $1`,
    [
      negotiation.id,
      today,
      person,
      promise,
      endsOn,
      addDays(endsOn, rules.watched_days),
      waiver?.transfers ?? [],
    ],
  )
  const result = {
    negotiation: negotiation.id,
    with: person,
    currency: terms.currency,
    documents: items.map((item) => item.document),
    terms: toldTerms(terms, items),
    ...(promise === null ? {} : { promise }),
    ...(scope.approval ? { approvedBy: scope.approval.by } : {}),
  }
  await journalCommand(sql, scope, 'negotiation agreed', receivables, result, why)
  return {
    result,
    // Due dates and interest that was waived move what unused money covers, of the payer's other customers too.
    cases: await touchCustomers(sql, await customersPaidWith(sql, scope.customer.id)),
    processes: await touchProcess(sql, asking.company, { kind: 'negotiation', id: String(negotiation.id) }),
  }
}

/** The payments as one promise; promises of the same items give way to it. */
async function promisePayments(
  sql: Sql,
  scope: TalkScope,
  items: readonly TalkItem[],
  terms: Terms,
  person: string,
  countsUntil: (on: LocalDate) => LocalDate,
): Promise<number | null> {
  const replaced = await promisesReplacedBy(sql, terms, items)
  for (const old of replaced) await closePromise(sql, scope.asking, old, 'replaced', scope.today)
  if (terms.payments.length === 0) return null
  const { asking, customer, policy, today } = scope
  const receivables = items.map((item) => item.receivable)
  const rules = policy.negotiations
  const id = await insertPromise(sql, asking, {
    customer: customer.id,
    currency: terms.currency,
    madeOn: today,
    madeBy: person,
    policy: {
      ...policy.promise,
      grace_working_days: rules.grace_working_days,
      threshold_percent: rules.threshold_percent,
    },
    replaces: replaced[0]?.id ?? null,
    receivables,
    instalments: terms.payments.map(({ dueOn, minor }, index) => ({
      no: index + 1,
      dueOn,
      decidedAfter: countsUntil(dueOn),
      minor,
    })),
  })
  await planConfirmation(sql, asking, await caseOfCustomer(sql, scope), id)
  return id
}

/**
 * Open promises of the items. With payments agreed they are replaced, so that none may cover anything else.
 * @throws Refusal PromiseExists
 */
export async function promisesReplacedBy(
  sql: Sql,
  terms: Terms,
  items: readonly TalkItem[],
): Promise<PromiseRow[]> {
  if (terms.payments.length === 0) return []
  const receivables = items.map((item) => item.receivable)
  const promises = await sql.rows<PromiseRow>(
    `${PROMISES} WHERE p.id IN (SELECT promise_id FROM promise_item WHERE receivable_id = ANY($1) AND active) ORDER BY p.id`,
    [receivables],
  )
  for (const promise of promises)
    if (promise.receivables.some((id) => !receivables.includes(id)))
      throw new Refusal('PromiseExists', {
        document: items.find((item) => promise.receivables.includes(item.receivable))!.document,
        promise: promise.id,
      })
  return promises
}

/** New due dates; what was planned by the old ones is taken back. */
async function writeDueDates(
  sql: Sql,
  scope: TalkScope,
  negotiation: number,
  { dueDates }: Terms,
  countsUntil: (on: LocalDate) => LocalDate,
): Promise<void> {
  if (dueDates.length === 0) return
  const ids = dueDates.map((d) => d.receivable)
  await sql.rows(
    `UPDATE negotiation_item n SET due_on = i.due_on, counts_until = i.until, due_before = r.due_on, anchor_before = r.anchor_on
     FROM unnest($2::bigint[], $3::date[], $4::date[]) AS i(id, due_on, until) JOIN receivable r ON r.id = i.id
     WHERE n.negotiation_id = $1 AND n.receivable_id = i.id`,
    [negotiation, ids, dueDates.map((d) => d.dueOn), dueDates.map((d) => countsUntil(d.dueOn))],
  )
  await moveDueDates(sql, scope, negotiation, 'negotiated')
  const cases = await sql.rows<{ id: number; receivables: number[] }>(
    'SELECT case_id::int AS id, array_agg(id::int) AS receivables FROM receivable WHERE id = ANY($1) GROUP BY 1 ORDER BY 1',
    [ids],
  )
  const own = await caseOfCustomer(sql, scope)
  for (const { id, receivables } of cases) {
    await dropUnsent(sql, id, receivables)
    await overtakeTasks(
      sql,
      scope.asking,
      { ...own, case: { ...own.case, id } },
      receivables.map((receivable) => ({ receivable, kinds: ['call', 'visit'] })),
    )
  }
}
