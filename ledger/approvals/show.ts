import { whoCanAnswer } from '../../domain/approval.ts'
import type { ApprovalKind } from '../../domain/authority.ts'
import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { PutAside } from '../carriers.ts'
import { documentName } from '../cases.ts'
import { mustFind, type Sql } from '../database.ts'
import { type ApprovalState, staleBecause } from './approval.ts'
import type { Effect } from './authority.ts'
import { holdersOn } from './holders.ts'

/** All that there is to know about an approval. */
export interface ApprovalView {
  id: number
  kind: ApprovalKind
  state: ApprovalState
  customer: string | null
  name: string | null
  branch: string
  timeZone: string
  amount: string | null
  currency: string | null
  daysPastDue: number
  requester: string
  alsoAsked: string[]
  why: string
  requestedAt: Instant
  closedAt: Instant | null
  closedWhy: string | null
  onYes: Effect[]
  onNo: Effect[]
  /** The command that is carried out on yes. */
  content: PutAside
  items: { document: string; dueOn: LocalDate; currency: string; ceiling: string; owed: string }[]
  /** What makes it stale if it is granted now. */
  staleBecause: string | null
  levels: {
    role: string
    quorum: number
    remindAfterHours: number
    answerWithinHours: number
    onSilence: boolean
    state: 'over' | 'turn' | 'later'
  }[]
  /** Of the level whose turn it is. */
  answerBy: Instant | null
  canAnswer: { person: string; standsInFor: string | null }[]
  votes: {
    role: string
    person: string
    standsInFor: string | null
    agrees: boolean
    why: string
    at: Instant
  }[]
  notices: {
    person: string
    standsInFor: string | null
    reason: 'asked' | 'reminded' | 'escalated'
    role: string
    at: Instant
    /** Of the mail: null while there is none. */
    mail: 'pending' | 'sending' | 'sent' | 'skipped' | 'failed' | null
    mailWhy: string | null
  }[]
}

interface Row extends Omit<ApprovalView, 'amount' | 'levels' | 'items' | 'votes' | 'notices' | 'canAnswer'> {
  minor: bigint | null
  askers: string[]
  level: number
  asked: {
    role: string
    quorum: number
    remind_after_hours: number
    answer_within_hours: number
    onSilence: boolean
  }[]
}

/** @throws Refusal NotFound */
export async function readApproval(
  sql: Sql,
  company: string,
  id: number,
  now: Instant,
): Promise<ApprovalView> {
  const { minor, askers, level, asked, ...row } = await mustFind<Row>(
    sql,
    'approval',
    String(id),
    `SELECT a.id::int, a.kind, a.state, c.code AS customer, c.name, a.branch, k.time_zone AS "timeZone", a.amount_minor AS minor, a.currency,
       a.days_past_due AS "daysPastDue", a.requester, a.askers, a.askers[2:] AS "alsoAsked", a.why, a.requested_at AS "requestedAt",
       a.closed_at AS "closedAt", a.closed_why AS "closedWhy", a.on_yes AS "onYes", a.on_no AS "onNo", a.content, a.levels AS asked, a.level,
       a.answer_by AS "answerBy"
     FROM approval a JOIN company k ON k.id = a.company LEFT JOIN customer c ON c.id = a.customer_id WHERE a.company = $1 AND a.id = $2`,
    [company, id],
  )
  const votes = await votesOf(sql, id)
  const isOpen = row.state === 'open'
  const holders = isOpen
    ? await holdersOn(sql, company, row.branch, asked[level]!.role, localDateOf(now, row.timeZone))
    : []
  const facts = { id, askers, levels: asked, level, votes }
  return {
    ...row,
    amount: minor === null ? null : toDecimal(minor, row.currency!),
    staleBecause: isOpen ? await staleBecause(sql, { id }) : null,
    items: await itemsOf(sql, id),
    levels: asked.map((l, index) => ({
      role: l.role,
      quorum: l.quorum,
      remindAfterHours: l.remind_after_hours,
      answerWithinHours: l.answer_within_hours,
      onSilence: l.onSilence,
      state: index < level || !isOpen ? 'over' : index === level ? 'turn' : 'later',
    })),
    canAnswer: [...(isOpen ? whoCanAnswer(facts, holders) : [])].map(([person, holder]) => ({
      person,
      standsInFor: instead(person, holder),
    })),
    votes: votes.map(({ level: at, holder, ...vote }) => ({
      ...vote,
      role: asked[at]!.role,
      standsInFor: instead(vote.person, holder),
    })),
    notices: (await noticesOf(sql, id)).map(({ level: at, holder, ...notice }) => ({
      ...notice,
      role: asked[at]!.role,
      standsInFor: instead(notice.person, holder),
    })),
  }
}

const instead = (person: string, holder: string): string | null => (person === holder ? null : holder)

const votesOf = (sql: Sql, id: number) =>
  sql.rows<{ level: number; person: string; holder: string; agrees: boolean; why: string; at: Instant }>(
    'SELECT level, person, holder, agrees, why, voted_at AS at FROM approval_vote WHERE approval_id = $1 ORDER BY voted_at, person',
    [id],
  )

const noticesOf = (sql: Sql, id: number) =>
  sql.rows<
    Pick<ApprovalView['notices'][number], 'person' | 'reason' | 'at' | 'mail' | 'mailWhy'> & {
      level: number
      holder: string
    }
  >(
    `SELECT n.level, n.person, n.holder, n.reason, n.created_at AS at, m.state AS mail, m.reason AS "mailWhy"
     FROM approval_notice n LEFT JOIN staff_mail m ON m.id = n.mail_id WHERE n.approval_id = $1 ORDER BY n.id`,
    [id],
  )

async function itemsOf(sql: Sql, id: number): Promise<ApprovalView['items']> {
  const rows = await sql.rows<{
    document: string
    tranche: string
    dueOn: LocalDate
    currency: string
    ceiling: bigint
    owed: bigint
  }>(
    `SELECT r.document, r.tranche, r.due_on AS "dueOn", r.currency, i.ceiling_minor AS ceiling, coalesce(o.owed_minor, 0) AS owed
     FROM approval_item i JOIN receivable r ON r.id = i.receivable_id LEFT JOIN owed o ON o.receivable_id = r.id
     WHERE i.approval_id = $1 ORDER BY r.due_on, r.id`,
    [id],
  )
  return rows.map(({ document, tranche, dueOn, currency, ceiling, owed }) => ({
    document: documentName({ document, tranche }),
    dueOn,
    currency,
    ceiling: toDecimal(ceiling, currency),
    owed: toDecimal(owed, currency),
  }))
}
