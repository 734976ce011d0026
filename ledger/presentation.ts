import { daysBetween, type Instant, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import type { ReceivableDecision } from '../domain/decide.ts'
import { Refusal } from '../domain/refusal.ts'
import { dueAfterAcceptance, nextReviewDay } from '../domain/reviewDays.ts'
import { touchCustomers } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import type { Sql } from './database.ts'
import type { Doing } from './decisions.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CaseScope, CommandScope } from './scope.ts'
import { openTask, overtakeTasks } from './tasks.ts'

/**
 * Invoices that a customer accepts on its review days only: until then they aren't chased, and their term runs from the
 * day of acceptance.
 */

/** The customer has accepted these invoices: their due dates move, as a new line in their terms' history. */
export async function present(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['present'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  if (!customer.requires_presentation) throw new Refusal('PresentationNotNeeded', { customer: customer.code })
  const receivables = openOfCustomer(scope, await findReceivables(sql, asking.company, input.documents))
  const ids = receivables.map((r) => r.id)
  const terms = new Map((await termsOf(sql, ids)).map((t) => [t.id, t]))
  const on = input.acceptedOn
  if (on > today)
    throw new Refusal('InvalidDate', { field: 'acceptedOn', value: on, must: `not be after ${today}` })
  const lines = receivables.map((receivable) => {
    const term = terms.get(receivable.id)!
    if (on < receivable.issued_on)
      throw new Refusal('InvalidDate', {
        field: 'acceptedOn',
        value: on,
        must: `not be before ${receivable.issued_on}`,
      })
    if (term.blocked_by !== null)
      throw new Refusal('PresentationBlocked', { document: receivable.name, dispute: term.blocked_by })
    if (term.presented_on !== null && input.why === undefined)
      throw new Refusal('AlreadyPresented', { document: receivable.name, on: term.presented_on })
    const dueOn = dueAfterAcceptance(
      on,
      daysBetween(receivable.issued_on, term.term_due_on),
      scope.calendar,
      scope.policy.due_on_working_day,
    )
    return { receivable, dueOn }
  })
  await moveTerms(sql, scope, on, lines)
  const result = {
    acceptedOn: on,
    lines: lines.map(({ receivable, dueOn }) => ({
      document: receivable.name,
      from: receivable.due_on,
      dueOn,
    })),
  }
  await journalCommand(sql, scope, 'presented', ids, result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/** Reasons for which due dates move here, beside the term that the invoice came with. */
export const MOVED_HERE = `('presented', 'negotiated', 'agreement broken')`

/** The due date that the term is told from: the last one that neither an acceptance nor an agreement had moved. */
const termsOf = (
  sql: Sql,
  ids: readonly number[],
): Promise<
  { id: number; presented_on: LocalDate | null; term_due_on: LocalDate; blocked_by: number | null }[]
> =>
  sql.rows(
    `SELECT r.id::int, r.presented_on,
       coalesce((SELECT t.due_on FROM receivable_term t WHERE t.receivable_id = r.id AND t.reason NOT IN ${MOVED_HERE} ORDER BY t.seq DESC LIMIT 1), r.due_on) AS term_due_on,
       (SELECT min(d.id)::int FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
        WHERE l.receivable_id = r.id AND l.resolved_minor < l.amount_minor AND d.resolved_on IS NULL AND d.blocks_presentation) AS blocked_by
     FROM receivable r WHERE r.id = ANY($1)`,
    [ids],
  )

async function moveTerms(
  sql: Sql,
  scope: CommandScope,
  acceptedOn: LocalDate,
  lines: readonly { receivable: Receivable; dueOn: LocalDate }[],
): Promise<void> {
  const values = [lines.map((l) => l.receivable.id), lines.map((l) => l.dueOn), acceptedOn]
  await sql.rows(
    'UPDATE receivable r SET due_on = n.due_on, presented_on = $3 FROM unnest($1::bigint[], $2::date[]) AS n(id, due_on) WHERE r.id = n.id',
    values,
  )
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT n.id, (SELECT max(seq) + 1 FROM receivable_term t WHERE t.receivable_id = n.id), n.due_on, $3,
       greatest($3, (SELECT max(effective_on) FROM receivable_term t WHERE t.receivable_id = n.id)), to_timestamp($4 / 1000.0), 'presented'
     FROM unnest($1::bigint[], $2::date[]) AS n(id, due_on)`,
    [...values, scope.asking.now],
  )
}

/** When the customer takes invoices for review; null: it takes them without. */
export async function setReviewDays(
  sql: Sql,
  scope: CommandScope,
  { reviewDays, includeOpen, why }: CaseCommands['setReviewDays'],
): Promise<Answer> {
  const { customer } = scope
  if (reviewDays !== null && !customer.requires_presentation && !includeOpen)
    await acceptOpen(sql, [customer.id], scope.asking.now)
  await sql.rows('UPDATE customer SET requires_presentation = $2, review_days = $3 WHERE id = $1', [
    customer.id,
    reviewDays !== null,
    reviewDays ?? '',
  ])
  const result = {
    customer: customer.code,
    reviewDays,
    nextOn: reviewDays === null ? null : nextReviewDay(reviewDays, scope.today, scope.calendar),
  }
  await journalCommand(sql, scope, 'review days set', [], result, why)
  return { result, cases: await touchCustomers(sql, [customer.id]) }
}

/** What was chased before the customer had review days goes on being chased: it was accepted when it was issued. */
export async function acceptOpen(sql: Sql, customers: readonly number[], now: Instant): Promise<void> {
  await sql.rows(
    `WITH accepted AS (
       UPDATE receivable SET presented_on = issued_on
       WHERE customer_id = ANY($1) AND closed_as IS NULL AND presented_on IS NULL AND kind IN ('invoice', 'debit_note', 'retention') RETURNING id, due_on, presented_on)
     INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT a.id, t.seq + 1, a.due_on, a.presented_on, t.effective_on, to_timestamp($2 / 1000.0), 'accepted before'
     FROM accepted a CROSS JOIN LATERAL (SELECT seq, effective_on FROM receivable_term t WHERE t.receivable_id = a.id ORDER BY seq DESC LIMIT 1) t`,
    [customers, now],
  )
}

/** What isn't accepted yet is taken to the customer on its next review day, unless something is missing for that. */
export async function askToPresent(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  decisions: readonly ReceivableDecision[],
): Promise<void> {
  const waiting = decisions.filter((d) => d.stage === 'unpresented').map((d) => d.id)
  if (waiting.length === 0) return
  const terms = await termsOf(sql, waiting)
  const ready = terms.filter((t) => t.blocked_by === null).map((t) => t.id)
  await overtakeTasks(
    sql,
    doing,
    scope,
    terms
      .filter((t) => t.blocked_by !== null)
      .map((t) => ({ receivable: t.id, kinds: ['present'] as const })),
  )
  if (ready.length > 0)
    await openTask(sql, doing, scope, {
      kind: 'present',
      subject: 'next review day',
      dueOn: nextReviewDay(scope.customer.review_days, scope.today, scope.calendar),
      receivables: ready,
    })
}
