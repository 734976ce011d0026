import type { EffectCode } from '../../domain/approval.ts'
import { whoCanAnswer } from '../../domain/approval.ts'
import { type ApprovalKind, type AskedLevel, levelsFor } from '../../domain/authority.ts'
import { daysBetween, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Policy } from '../../domain/policy.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Asking } from '../commands.ts'
import { companyToday } from '../company.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { beginProcess } from '../processes.ts'
import type { Granted } from '../scope.ts'
import { holdersOn } from './holders.ts'

/** What an approval brings about, or its refusal: a code of the words and what the sentence needs. */
export interface Effect {
  code: EffectCode
  data: Record<string, unknown>
}

export interface AuthorityAsked {
  kind: ApprovalKind
  /** The command that is carried out again on yes, by the same carrier. */
  command: string
  input: unknown
  /** What it is about, where that isn't its items or the customer: unique while it waits. */
  subject?: string
  /** Receivables that it covers, and how much of each at most. */
  items: readonly { receivable: number; ceilingMinor: bigint }[]
  /** What the matrix measures. */
  amount: { currency: string; minor: bigint } | null
  /** Of the oldest item, when not said. */
  daysPastDue?: number
  onYes: readonly Effect[]
  onNo: readonly Effect[]
  why: string
  /** Who asks too, beside the actor: none of them decides. */
  alsoAsked?: readonly string[]
}

/** Who asks, and the rules that hold for it. `customer` null: it concerns none. */
export interface Authority {
  asking: Asking
  approval?: Granted
  policyId: number
  policy: Policy
  today: LocalDate
  customer: Customer | null
  /** The case whose command it is. */
  case?: { key: string }
}

/**
 * Carries something out when nobody has to agree, or has agreed already. Else it is put aside as an approval, and
 * carried out in the transaction of the last yes.
 *
 * @throws Refusal ApprovalExists when the same waits already
 */
export async function withAuthority(
  sql: Sql,
  scope: Authority,
  asked: AuthorityAsked,
  carryOut: () => Promise<Answer>,
): Promise<Answer> {
  if (scope.approval) return carryOut()
  const daysPastDue = asked.daysPastDue ?? (await oldestOf(sql, scope, asked))
  const levels = levelsFor(scope.policy.approvals, questionOf(scope, asked, daysPastDue))
  if (levels.length === 0) return carryOut()
  const waiting = await waitingFor(sql, scope, asked)
  if (waiting !== null) throw new Refusal('ApprovalExists', { approval: waiting })
  return putAside(sql, scope, asked, levels, daysPastDue)
}

/** The same for what the ladder asks by itself, which somebody always agrees to. Returns the approval. */
export async function askFor(
  sql: Sql,
  scope: Authority,
  asked: AuthorityAsked,
): Promise<{ approval: number; processes: string[] }> {
  const daysPastDue = asked.daysPastDue ?? (await oldestOf(sql, scope, asked))
  const levels = levelsFor(scope.policy.approvals, questionOf(scope, asked, daysPastDue))
  const { result, processes = [] } = await putAside(sql, scope, asked, levels, daysPastDue)
  return { approval: Number(result.approval), processes }
}

const questionOf = ({ customer }: Authority, { kind, amount }: AuthorityAsked, daysPastDue: number) => ({
  kind,
  amount,
  daysPastDue,
  segment: customer?.segment ?? '',
  branch: customer?.branch ?? '',
})

async function putAside(
  sql: Sql,
  scope: Authority,
  asked: AuthorityAsked,
  levels: readonly AskedLevel[],
  daysPastDue: number,
): Promise<Answer> {
  const approval = await insertApproval(sql, scope, asked, levels, daysPastDue)
  return {
    result: await requested(sql, scope, asked, approval, levels),
    cases: [],
    processes: [
      await beginProcess(sql, scope.asking.company, {
        kind: 'approval',
        id: String(approval),
        customer: scope.customer?.id ?? null,
      }),
    ],
  }
}

const subjectOf = ({ customer }: Authority, { subject, items }: AuthorityAsked): string =>
  subject ??
  (items.length > 0
    ? items
        .map((i) => i.receivable)
        .sort((a, b) => a - b)
        .join(' ')
    : (customer?.code ?? ''))

/** The approval that is asked for already, of the same or of one of its items; null when none waits. */
async function waitingFor(sql: Sql, scope: Authority, asked: AuthorityAsked): Promise<number | null> {
  const row = await sql.one<{ id: number }>(
    `SELECT id::int FROM approval a WHERE company = $1 AND kind = $2 AND state = 'open'
       AND (subject = $3 OR EXISTS (SELECT FROM approval_item i WHERE i.approval_id = a.id AND i.receivable_id = ANY($4))) LIMIT 1`,
    [scope.asking.company, asked.kind, subjectOf(scope, asked), asked.items.map((i) => i.receivable)],
  )
  return row?.id ?? null
}

async function insertApproval(
  sql: Sql,
  scope: Authority,
  asked: AuthorityAsked,
  levels: readonly AskedLevel[],
  daysPastDue: number,
): Promise<number> {
  const { asking, customer, policyId, case: collectionCase } = scope
  const { company, actor, now } = asking
  const row = await sql.one<{ id: number }>(
    `INSERT INTO approval (company, kind, subject, customer_id, branch, policy_id, requester, askers, why, currency, amount_minor, days_past_due,
       content, on_yes, on_no, levels, level, level_since, state, requested_at, requested_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, to_timestamp($17 / 1000.0), 'open', to_timestamp($17 / 1000.0), $18)
     RETURNING id::int`,
    [
      company,
      asked.kind,
      subjectOf(scope, asked),
      customer?.id ?? null,
      customer?.branch ?? '',
      policyId,
      actor,
      askersOf(asking, asked),
      asked.why,
      asked.amount?.currency ?? null,
      asked.amount?.minor ?? null,
      daysPastDue,
      JSON.stringify({ command: asked.command, caseKey: collectionCase?.key ?? null, input: asked.input }),
      JSON.stringify(asked.onYes),
      JSON.stringify(asked.onNo),
      JSON.stringify(levels),
      now,
      await companyToday(sql, company, now),
    ],
  )
  await sql.rows(
    `INSERT INTO approval_item (approval_id, receivable_id, ceiling_minor, promises, disputes)
     SELECT $1, i.receivable, max(i.ceiling), ${AGREEMENTS}
     FROM unnest($2::bigint[], $3::bigint[]) AS i(receivable, ceiling) GROUP BY i.receivable`,
    [row!.id, asked.items.map((i) => i.receivable), asked.items.map((i) => i.ceilingMinor)],
  )
  return row!.id
}

const askersOf = ({ actor }: Asking, { alsoAsked = [] }: AuthorityAsked): string[] => [
  ...new Set([actor, ...alsoAsked]),
]

/** SQL of the promises and disputes about receivable `i.receivable` that are in force. */
const AGREEMENTS = `
  ARRAY(SELECT promise_id FROM promise_item p WHERE p.receivable_id = i.receivable AND p.active ORDER BY 1),
  ARRAY(SELECT l.dispute_id FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
        WHERE l.receivable_id = i.receivable AND d.resolved_on IS NULL ORDER BY 1)`

async function requested(
  sql: Sql,
  { asking, customer }: Authority,
  asked: AuthorityAsked,
  approval: number,
  levels: readonly AskedLevel[],
): Promise<Record<string, unknown>> {
  const today = await companyToday(sql, asking.company, asking.now)
  const holders = await holdersOn(sql, asking.company, customer?.branch ?? '', levels[0]!.role, today)
  const askers = askersOf(asking, asked)
  const result = {
    approval,
    kind: asked.kind,
    ...(asked.amount
      ? { amount: toDecimal(asked.amount.minor, asked.amount.currency), currency: asked.amount.currency }
      : {}),
    levels: levels.map(({ role, quorum, onSilence }) => ({ role, quorum, onSilence })),
    waitsFor: [...whoCanAnswer({ id: approval, askers, levels, level: 0, votes: [] }, holders).keys()],
  }
  await appendToJournal(sql, asking.company, customer?.id ?? null, {
    event: 'approval requested',
    actor: asking.actor,
    at: asking.now,
    why: asked.why,
    receivables: asked.items.map((i) => i.receivable),
    data: result,
  })
  return result
}

async function oldestOf(sql: Sql, { today }: Authority, { items }: AuthorityAsked): Promise<number> {
  if (items.length === 0) return 0
  const row = await sql.one<{ on: LocalDate | null }>(
    'SELECT min(due_on) AS on FROM receivable WHERE id = ANY($1)',
    [items.map((i) => i.receivable)],
  )
  return row?.on ? Math.max(0, daysBetween(row.on, today)) : 0
}
