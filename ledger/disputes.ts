import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { percentOf, shareOut } from '../domain/dispute.ts'
import type { DisputeReason, Texts } from '../domain/disputeLists.ts'
import { toDecimal } from '../domain/money.ts'
import { isCreditKind } from '../domain/openItem.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import type { Sql } from './database.ts'
import { chosenLines, endDisputeTasks, mustBeOpen } from './disputeLines.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { openTask } from './tasks.ts'

/** Opens a dispute over parts of receivables, in one act. The undisputed rest is chased meanwhile. */
export async function openDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['openDispute'],
): Promise<Answer> {
  const { asking } = scope
  const documents = input.lines.map((l) => l.document)
  const receivables = openOfCustomer(scope, await findReceivables(sql, asking.company, documents))
  const amounts = await amountsOf(sql, receivables, input)
  const result = await raiseDispute(
    sql,
    scope,
    input,
    receivables.map(({ id, name, currency }, index) => ({
      receivable: id,
      document: name,
      currency,
      minor: amounts[index]!,
    })),
  )
  return {
    result,
    cases: await touchReceivables(
      sql,
      receivables.map((r) => r.id),
    ),
  }
}

/** A claim on one receivable, of what is open of it. */
export interface ClaimedLine {
  receivable: number
  document: string
  currency: string
  minor: bigint
}

/** Writes a dispute and hands it to who has to resolve it. The receivables are the caller's to touch. */
export async function raiseDispute(
  sql: Sql,
  scope: CommandScope,
  input: Pick<CaseCommands['openDispute'], 'reason' | 'rootCause' | 'owner' | 'notes'>,
  lines: readonly ClaimedLine[],
  because: Record<string, unknown> = {},
) {
  const { asking, customer, today } = scope
  const reason = reasonOf(scope, input.reason)
  const cause = input.rootCause === undefined ? null : causeOf(scope, input.rootCause)
  const owner = input.owner ?? (reason.owner || customer.analyst)
  const dueOn = scope.calendar.addWorkingDays(today, reason.service_working_days)
  const id = await insertDispute(sql, asking, {
    customer: customer.id,
    reason: input.reason,
    rootCause: input.rootCause ?? null,
    words: wordsOf(reason, cause),
    owner,
    openedOn: today,
    dueOn,
    blocksPresentation: reason.blocks_presentation,
    lines,
  })
  const ids = lines.map((l) => l.receivable)
  const result = {
    dispute: id,
    reason: input.reason,
    reasonWords: textsOf(reason),
    owner,
    dueOn,
    ...because,
    lines: lines.map(({ document, currency, minor }) => ({
      document,
      amount: toDecimal(minor, currency),
      currency,
    })),
  }
  await journalCommand(sql, scope, 'dispute opened', ids, result, input.notes)
  await askOwner(sql, scope, { id, owner, dueOn, receivables: ids })
  return result
}

/** What is disputed of each receivable: never more than is open of it and not disputed yet. */
async function amountsOf(
  sql: Sql,
  receivables: readonly Receivable[],
  { lines, share }: CaseCommands['openDispute'],
): Promise<bigint[]> {
  const rows = await sql.rows<{ id: number; minor: bigint }>(
    'SELECT receivable_id::int AS id, minor FROM disputed WHERE receivable_id = ANY($1)',
    [receivables.map((r) => r.id)],
  )
  const disputed = new Map(rows.map((r) => [r.id, r.minor]))
  const free = (r: Receivable): bigint => {
    const left = r.balance_minor - (disputed.get(r.id) ?? 0n)
    return left > 0n ? left : 0n
  }
  const shared = share ? sharesOf(receivables, share, free) : null
  return receivables.map((receivable, index) => {
    const { name, currency } = receivable
    if (isCreditKind(receivable.kind))
      throw new Refusal('InvalidAmount', { value: toDecimal(receivable.balance_minor, currency), currency })
    const given = lines[index]!.amount
    if (given && given.currency !== currency)
      throw new Refusal('WrongCurrency', { document: name, expected: currency, given: given.currency })
    const open = free(receivable)
    const minor = given ? BigInt(given.minor) : (shared?.[index] ?? open)
    disputed.set(receivable.id, (disputed.get(receivable.id) ?? 0n) + minor)
    if (minor > open || minor === 0n)
      throw new Refusal('DisputeExceedsOpen', {
        document: name,
        open: toDecimal(open, currency),
        given: toDecimal(minor, currency),
      })
    return minor
  })
}

/** Percentages are of each currency's sum, so that the parts of a currency are together exactly that. */
function sharesOf(
  receivables: readonly Receivable[],
  share: NonNullable<CaseCommands['openDispute']['share']>,
  free: (r: Receivable) => bigint,
): bigint[] {
  const base = (r: Receivable): bigint =>
    'percent' in share && share.of !== 'open' ? r.original_minor : free(r)
  const parts = new Map<number, bigint>()
  for (const currency of new Set(receivables.map((r) => r.currency))) {
    const own = receivables.filter((r) => r.currency === currency)
    const weights = own.map(base)
    if ('amount' in share && share.amount.currency !== currency)
      throw new Refusal('WrongCurrency', {
        document: own[0]!.name,
        expected: currency,
        given: share.amount.currency,
      })
    const whole = weights.reduce((sum, w) => sum + w, 0n)
    const total = 'amount' in share ? BigInt(share.amount.minor) : percentOf(whole, share.percent)
    for (const [index, part] of shareOut(total, weights).entries()) parts.set(own[index]!.id, part)
  }
  return receivables.map((r) => parts.get(r.id) ?? 0n)
}

/** Writes an open dispute. A receivable that is named twice is disputed once, by the larger amount. */
export async function insertDispute(
  sql: Sql,
  doing: { company: string; now: Instant },
  dispute: {
    customer: number
    reason: string
    rootCause?: string | null
    words?: object
    owner: string
    openedOn: LocalDate
    dueOn?: LocalDate | null
    blocksPresentation?: boolean
    splitFrom?: number
    lines: readonly { receivable: number; minor: bigint }[]
  },
): Promise<number> {
  const row = await sql.one<{ id: number }>(
    `INSERT INTO dispute (company, customer_id, reason, root_cause, words, owner, opened_on, opened_at, due_on, blocks_presentation, split_from, after_transfer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), $9, $10, $11,
       coalesce((SELECT after_transfer FROM dispute WHERE id = $11), (SELECT max(id) FROM transfer), 0)) RETURNING id::int`,
    [
      doing.company,
      dispute.customer,
      dispute.reason,
      dispute.rootCause ?? null,
      JSON.stringify(dispute.words ?? {}),
      dispute.owner,
      dispute.openedOn,
      doing.now,
      dispute.dueOn ?? null,
      dispute.blocksPresentation ?? false,
      dispute.splitFrom ?? null,
    ],
  )
  for (const { receivable, minor } of dispute.lines)
    await sql.rows(
      `INSERT INTO dispute_line (dispute_id, receivable_id, amount_minor) VALUES ($1, $2, $3)
       ON CONFLICT (dispute_id, receivable_id) DO UPDATE SET amount_minor = greatest(dispute_line.amount_minor, excluded.amount_minor)`,
      [row!.id, receivable, minor],
    )
  return row!.id
}

/** Takes lines, or parts of them, into a dispute of their own: another owner may be right about them. */
export async function splitDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['splitDispute'],
): Promise<Answer> {
  const { asking, customer } = scope
  const old = await mustBeOpen(sql, scope, input.dispute)
  const chosen = await chosenLines(sql, scope, old.id, input.lines)
  const reason = reasonOf(scope, input.reason ?? old.reason)
  const owner = input.owner ?? (input.reason === undefined ? old.owner : reason.owner || customer.analyst)
  const dueOn = scope.calendar.addWorkingDays(scope.today, reason.service_working_days)
  const id = await insertDispute(sql, asking, {
    customer: customer.id,
    reason: input.reason ?? old.reason,
    words: wordsOf(reason, null),
    owner,
    openedOn: old.opened_on,
    dueOn,
    blocksPresentation: reason.blocks_presentation,
    splitFrom: old.id,
    lines: chosen.map((c) => ({ receivable: c.receivable.id, minor: c.claimMinor })),
  })
  // What goes over wholly leaves no line behind, and never all that is left: that would be a change of owner.
  await sql.rows(
    `UPDATE dispute_line l SET amount_minor = l.amount_minor - c.minor FROM unnest($2::bigint[], $3::bigint[]) AS c(receivable, minor)
     WHERE l.dispute_id = $1 AND l.receivable_id = c.receivable AND l.amount_minor > c.minor`,
    [old.id, chosen.map((c) => c.receivable.id), chosen.map((c) => c.claimMinor)],
  )
  await sql.rows(
    `DELETE FROM dispute_line l USING unnest($2::bigint[], $3::bigint[]) AS c(receivable, minor)
     WHERE l.dispute_id = $1 AND l.receivable_id = c.receivable AND l.amount_minor = c.minor AND l.resolved_minor = 0`,
    [
      old.id,
      chosen.filter((c) => c.isWhole).map((c) => c.receivable.id),
      chosen.filter((c) => c.isWhole).map((c) => c.claimMinor),
    ],
  )
  const left = await sql.one(
    'SELECT 1 FROM dispute_line WHERE dispute_id = $1 AND resolved_minor < amount_minor',
    [old.id],
  )
  if (!left) throw new Refusal('SplitsAll', { dispute: old.id })
  const ids = chosen.map((c) => c.receivable.id)
  const result = {
    dispute: id,
    from: old.id,
    reason: input.reason ?? old.reason,
    reasonWords: textsOf(reason),
    owner,
    dueOn,
    lines: chosen.map((c) => ({
      document: c.receivable.name,
      amount: toDecimal(c.claimMinor, c.receivable.currency),
      currency: c.receivable.currency,
    })),
  }
  await journalCommand(sql, scope, 'dispute split', ids, result, input.why)
  await askOwner(sql, scope, { id, owner, dueOn, receivables: ids })
  return { result, cases: await touchReceivables(sql, ids) }
}

/** Another owner, reason or root cause. With the reason or the owner the service level begins anew. */
export async function changeDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['changeDispute'],
): Promise<Answer> {
  const old = await mustBeOpen(sql, scope, input.dispute)
  const reason = input.reason === undefined ? null : reasonOf(scope, input.reason)
  const cause = input.rootCause === undefined ? null : causeOf(scope, input.rootCause)
  const owner = input.owner ?? (reason ? reason.owner || scope.customer.analyst : old.owner)
  const anew = owner !== old.owner || reason !== null
  const level = (reason ?? scope.policy.disputes.reasons[old.reason])?.service_working_days
  const dueOn = anew && level !== undefined ? scope.calendar.addWorkingDays(scope.today, level) : old.due_on
  await sql.rows(
    `UPDATE dispute SET owner = $2, reason = coalesce($3, reason), root_cause = coalesce($4, root_cause), words = words || $5, due_on = $6,
       reminded_on = CASE WHEN $7 THEN NULL ELSE reminded_on END, escalated_on = CASE WHEN $7 THEN NULL ELSE escalated_on END,
       blocks_presentation = coalesce($8, blocks_presentation) WHERE id = $1`,
    [
      old.id,
      owner,
      input.reason ?? null,
      input.rootCause ?? null,
      JSON.stringify(wordsOf(reason, cause)),
      dueOn,
      anew,
      reason?.blocks_presentation ?? null,
    ],
  )
  const ids = (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM dispute_line WHERE dispute_id = $1 AND resolved_minor < amount_minor',
      [old.id],
    )
  ).map((r) => r.id)
  const result = {
    dispute: old.id,
    owner,
    dueOn,
    ...(reason ? { reason: input.reason, reasonWords: textsOf(reason) } : {}),
    ...(cause ? { rootCause: input.rootCause, rootCauseWords: cause } : {}),
  }
  await journalCommand(sql, scope, 'dispute changed', ids, result, input.why)
  if (anew) {
    await endDisputeTasks(sql, scope.asking, scope.customer.id, old.id, input.why)
    await askOwner(sql, scope, { id: old.id, owner, dueOn, receivables: ids })
  }
  return { result, cases: await touchReceivables(sql, ids) }
}

const askOwner = (
  sql: Sql,
  scope: CommandScope,
  dispute: { id: number; owner: string; dueOn: LocalDate | null; receivables: readonly number[] },
) =>
  openTask(sql, scope.asking, scope, {
    kind: 'resolve_dispute',
    subject: `dispute ${dispute.id}`,
    owner: dispute.owner,
    dueOn: dispute.dueOn ?? undefined,
    receivables: dispute.receivables,
    detail: { dispute: dispute.id },
  })

function reasonOf({ policy }: CommandScope, code: string): DisputeReason {
  const { reasons } = policy.disputes
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined
  if (!reason) throw new Refusal('UnknownCode', { list: 'reason', code, known: Object.keys(reasons) })
  return reason
}

export function causeOf({ policy }: CommandScope, code: string): Texts {
  const causes = policy.disputes.root_causes
  const cause = Object.hasOwn(causes, code) ? causes[code] : undefined
  if (!cause) throw new Refusal('UnknownCode', { list: 'rootCause', code, known: Object.keys(causes) })
  return cause
}

const textsOf = (texts: Texts): Texts => ({ 'es-MX': texts['es-MX'], en: texts.en })

export const wordsOf = (
  reason: Texts | null,
  cause: Texts | null,
): { reason?: Texts; rootCause?: Texts } => ({
  ...(reason ? { reason: textsOf(reason) } : {}),
  ...(cause ? { rootCause: textsOf(cause) } : {}),
})
