import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { withAuthority } from './approvals/authority.ts'
import { touchCustomers, touchReceivables } from './cases.ts'
import { journalCommand } from './commandScope.ts'
import { creditEffects, issueCredit } from './corrections.ts'
import type { Sql } from './database.ts'
import { type ChosenLine, chosenLines, endDisputeTasks, mustBeOpen } from './disputeLines.ts'
import { causeOf, wordsOf } from './disputes.ts'
import { replace } from './replacements.ts'
import type { CommandScope } from './scope.ts'

/**
 * Decides about a dispute, or a part of it: a credit note, a new invoice, or nothing: then what was disputed is chased
 * again after the policy's days of grace. It is over when nothing of it is left.
 */
export async function resolveDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['resolveDispute'],
): Promise<Answer> {
  const { id } = await mustBeOpen(sql, scope, input.dispute)
  const chosen = await chosenLines(sql, scope, id, input.lines)
  if (input.outcome !== 'credit_note') return resolveNow(sql, scope, id, chosen, input)
  ofOneCurrency(chosen)
  return withAuthority(
    sql,
    scope,
    {
      kind: 'credit_note',
      command: 'resolveDispute',
      input,
      ...creditEffects(input.number!, chosen),
      why: input.why,
    },
    () => resolveNow(sql, scope, id, chosen, input),
  )
}

async function resolveNow(
  sql: Sql,
  scope: CommandScope,
  id: number,
  chosen: readonly ChosenLine[],
  input: CaseCommands['resolveDispute'],
): Promise<Answer> {
  const { customer, asking, today } = scope
  const cause = input.rootCause === undefined ? null : causeOf(scope, input.rootCause)
  const before = await sql.one<{ id: number }>('SELECT coalesce(max(id), 0)::float8 AS id FROM transfer')
  const credit = input.outcome === 'credit_note' ? await creditNote(sql, scope, chosen, input.number!) : null
  await sql.rows(
    `UPDATE dispute_line l SET resolved_minor = l.resolved_minor + c.minor, resolved_on = $4
     FROM (SELECT receivable, sum(minor) AS minor FROM unnest($2::bigint[], $3::bigint[]) AS c(receivable, minor) GROUP BY 1) c
     WHERE l.dispute_id = $1 AND l.receivable_id = c.receivable`,
    [id, chosen.map((c) => c.receivable.id), chosen.map((c) => c.claimMinor), today],
  )
  await sql.rows(
    `INSERT INTO dispute_resolution (dispute_id, receivable_id, outcome, amount_minor, claim_minor, document, transfer_id, after_transfer, resolved_on, recorded_at, actor)
     SELECT $1, receivable, $2, minor, claim, $3, transfer, $4, $5, to_timestamp($6 / 1000.0), $7
     FROM jsonb_to_recordset($8::jsonb) AS c(receivable bigint, minor bigint, claim bigint, transfer bigint)`,
    [
      id,
      input.outcome,
      input.number ?? input.by?.document ?? null,
      before!.id,
      today,
      asking.now,
      asking.actor,
      JSON.stringify(
        chosen.map((c, index) => ({
          receivable: c.receivable.id,
          minor: Number(c.minor),
          claim: Number(c.claimMinor),
          transfer: credit?.transfers[index] ?? null,
        })),
      ),
    ],
  )
  // The rest of the claim, if any, moves along to the new invoice.
  if (input.outcome === 'rebill') await rebill(sql, scope, chosen, input.by!)
  const { outcome } = (await sql.one<{ outcome: string | null }>(
    `UPDATE dispute d SET root_cause = coalesce($2, root_cause), words = words || $3,
       resolved_on = CASE WHEN over THEN $4::date END, resolved_at = CASE WHEN over THEN to_timestamp($5 / 1000.0) END, outcome = CASE WHEN over THEN found END
     FROM (SELECT NOT EXISTS (SELECT FROM dispute_line WHERE dispute_id = $1 AND resolved_minor < amount_minor) AS over,
             (SELECT CASE WHEN count(DISTINCT outcome) = 1 THEN min(outcome) ELSE 'mixed' END FROM dispute_resolution WHERE dispute_id = $1) AS found) now
     WHERE d.id = $1 RETURNING d.outcome`,
    [id, input.rootCause ?? null, JSON.stringify(wordsOf(null, cause)), today, asking.now],
  ))!
  const result = {
    dispute: id,
    outcome: input.outcome,
    ...(cause ? { rootCause: input.rootCause, rootCauseWords: cause } : {}),
    ...(input.number === undefined ? {} : { credit: input.number }),
    ...(input.by === undefined ? {} : { invoice: input.by.document }),
    lines: chosen.map(({ receivable, minor }) => ({
      document: receivable.name,
      amount: toDecimal(minor, receivable.currency),
      currency: receivable.currency,
    })),
    open: outcome === null,
  }
  const ids = chosen.map((c) => c.receivable.id)
  const told = credit ? [...ids, credit.note] : ids
  await journalCommand(sql, scope, 'dispute resolved', told, result, input.why)
  if (outcome !== null) await endDisputeTasks(sql, asking, customer.id, id, input.why)
  // What is paid meanwhile too: its interest may be another.
  await touchReceivables(sql, ids)
  return { result, cases: await touchCustomers(sql, [customer.id]) }
}

function ofOneCurrency(chosen: readonly ChosenLine[]): void {
  const { currency } = chosen[0]!.receivable
  const other = chosen.find((c) => c.receivable.currency !== currency)
  if (other)
    throw new Refusal('WrongCurrency', {
      document: other.receivable.name,
      expected: other.receivable.currency,
      given: currency,
    })
}

/** The note, and the transfer of each line; null where nothing of it is open. */
async function creditNote(
  sql: Sql,
  scope: CommandScope,
  chosen: readonly ChosenLine[],
  number: string,
): Promise<{ note: number; transfers: (number | null)[] }> {
  const { receivable: first } = chosen[0]!
  const open = chosen.filter((c) => c.minor > 0n)
  if (open.length === 0)
    throw new Refusal('AlreadyClosed', { document: first.name, closedAs: first.closed_as ?? 'paid' })
  const { note, applied } = await issueCredit(sql, scope, number, open)
  return { note, transfers: chosen.map((c) => applied[open.indexOf(c)]?.transfer ?? null) }
}

async function rebill(
  sql: Sql,
  scope: CommandScope,
  chosen: readonly ChosenLine[],
  by: NonNullable<CaseCommands['resolveDispute']['by']>,
): Promise<void> {
  const [line, ...others] = chosen
  if (others.length > 0) throw new Refusal('RebillsOne', { documents: chosen.map((c) => c.receivable.name) })
  await replace(sql, scope, { document: line!.receivable.name, by, why: 'our_error' })
}
