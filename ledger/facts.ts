import { addDays, type Instant, type LocalDate } from '../domain/calendar.ts'
import type { CaseContext, ReceivableFacts, Stage, StepRecord, Suspension } from '../domain/facts.ts'
import { BEFORE_THE_LOAD } from '../domain/itemHistory.ts'
import type { Sql } from './database.ts'
import { feedsTellThrough } from './feeds.ts'
import type { OpenPromise } from './promiseStanding.ts'
import { type CaseScope, pinnedPolicies } from './scope.ts'
import { nettedOf } from './unusedMoney.ts'

interface BaseRow {
  id: number
  document: string
  currency: string
  stage: Stage
  issued_on: LocalDate
  due_on: LocalDate
  presented_on: LocalDate | null
  anchor_on: LocalDate | null
  first_seen_on: LocalDate
  policy_id: number
  payer_id: number
  extensions: number
  agreed_days: number
  placed: boolean
  owed_minor: bigint
  disputed_minor: bigint
}

/** Receivables of a case to look at in one go: more are looked at in the next. */
export const BATCH = 1_000

/**
 * The receivables of a case that are due or touched, or became overdue: a sleeping one isn't read. Debits only; nobody
 * chases a credit.
 */
export async function dueReceivables(
  sql: Sql,
  caseId: number,
  now: Instant,
  today: LocalDate,
): Promise<{ ids: number[]; more: boolean }> {
  const rows = await sql.rows<{ id: number }>(
    `SELECT id::int FROM receivable
     WHERE case_id = $1 AND NOT held AND kind IN ('invoice', 'debit_note', 'retention')
       AND (touched OR closed_as IS NULL AND (next_action_at <= to_timestamp($2 / 1000.0) OR stage = 'current' AND due_on < $4))
     ORDER BY due_on, id LIMIT $3`,
    [caseId, now, BATCH + 1, today],
  )
  return { ids: rows.slice(0, BATCH).map((r) => r.id), more: rows.length > BATCH }
}

/** Everything `decide` reads about these receivables of one case. */
export async function readFacts(
  sql: Sql,
  scope: CaseScope,
  openPromises: readonly OpenPromise[],
  ids: readonly number[],
): Promise<ReceivableFacts[]> {
  if (ids.length === 0) return []
  const base = await sql.rows<BaseRow>(
    `SELECT r.id::int, r.document, r.currency, r.stage, r.issued_on, r.due_on, r.presented_on, r.anchor_on, r.first_seen_on,
       r.policy_id::int, r.payer_id::int, o.owed_minor,
       coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0)::bigint AS disputed_minor,
       (SELECT count(*)::int FROM suspension_extension e WHERE e.receivable_id = r.id) AS extensions,
       coalesce((SELECT sum(n.ends_on - n.agreed_on + 1)::int FROM negotiation_item i JOIN negotiation n ON n.id = i.negotiation_id
          WHERE i.receivable_id = r.id AND n.promise_id IS NOT NULL), 0) AS agreed_days,
       EXISTS (SELECT FROM placement_item i JOIN placement p ON p.id = i.placement_id
         WHERE i.receivable_id = r.id AND i.active AND p.agency_id IS NOT NULL AND p.state IN ('accepted', 'active')) AS placed
     FROM receivable r JOIN owed o ON o.receivable_id = r.id WHERE r.id = ANY($1) ORDER BY r.due_on, r.id`,
    [ids],
  )
  const steps = await stepsOf(sql, ids)
  const suspensions = await suspensionsOf(sql, scope.customer.id, openPromises, ids)
  const netted = await nettedOf(sql, [...new Set(base.map((r) => r.payer_id))])
  const policies = await pinnedPolicies(
    sql,
    scope,
    base.map((r) => r.policy_id),
  )
  return base.map((row): ReceivableFacts => {
    const records = steps.get(row.id) ?? []
    return {
      id: row.id,
      document: row.document,
      currency: row.currency,
      stage: row.stage,
      issuedOn: row.issued_on,
      dueOn: row.due_on,
      presentedOn: row.presented_on,
      anchorOn: row.anchor_on,
      requiresPresentation: scope.customer.requires_presentation,
      firstSeenOn: row.first_seen_on,
      owedMinor: row.owed_minor,
      nettedMinor: (netted.get(row.id) ?? []).reduce((sum, n) => sum + n.minor, 0n),
      disputedMinor: row.disputed_minor,
      suspensions: suspensions.get(row.id) ?? [],
      placed: row.placed,
      steps: records,
      lastContactOn: records
        .filter((s) => s.contacted)
        .reduce<LocalDate | null>((last, s) => (last === null || s.on > last ? s.on : last), null),
      // Each extension that was granted allows the same number of days again; what was agreed, its own.
      suspendedDaysAllowed: scope.policy.suspended_days_cap * (1 + row.extensions) + row.agreed_days,
      pinned: policies.get(row.policy_id)!,
    }
  })
}

type StepRow = StepRecord & { contacted: boolean }

async function stepsOf(sql: Sql, ids: readonly number[]): Promise<Map<number, StepRow[]>> {
  const rows = await sql.rows<StepRow & { receivable: number }>(
    `SELECT receivable_id::int AS receivable, step, state, on_date AS on,
       state = 'done' AND action IN ('remind', 'statement', 'call', 'visit') AS contacted, task_id IS NOT NULL AS "byPhone",
       reason IS NOT DISTINCT FROM '${BEFORE_THE_LOAD}' AS carried
     FROM receivable_step WHERE receivable_id = ANY($1)`,
    [ids],
  )
  return byReceivable(rows)
}

/** An open dispute isn't among them: it suspends an amount. Its end counts like that of the others. */
async function suspensionsOf(
  sql: Sql,
  customerId: number,
  open: readonly OpenPromise[],
  ids: readonly number[],
): Promise<Map<number, Suspension[]>> {
  const ended = await sql.rows<Suspension & { receivable: number }>(
    `SELECT i.receivable_id::int AS receivable, 'promised' AS kind, p.made_on AS from, p.closed_on AS "endsOn", NULL AS "askAgainOn"
     FROM promise_item i JOIN promise p ON p.id = i.promise_id WHERE i.receivable_id = ANY($1) AND p.state <> 'open'
     UNION ALL
     SELECT i.receivable_id::int, 'announced', n.announced_on, n.closed_on, CASE WHEN n.state = 'open' THEN n.lapses_after + 1 END
     FROM announced_item i JOIN announced_payment n ON n.id = i.announced_id WHERE i.receivable_id = ANY($1)
     UNION ALL
     SELECT i.receivable_id::int, 'provisional', n.issued_on, n.closed_on, CASE WHEN n.state = 'open' THEN n.convert_by + 1 END
     FROM provisional_item i JOIN provisional_receipt n ON n.id = i.provisional_id WHERE i.receivable_id = ANY($1)
     UNION ALL
     SELECT r.id::int, 'paused', p.from_on, coalesce(p.resumed_on, p.to_on + 1), NULL
     FROM pause p JOIN receivable r ON r.id = ANY($1) AND (p.receivable_id IS NULL OR p.receivable_id = r.id) WHERE p.customer_id = $2
     UNION ALL
     SELECT l.receivable_id::int, 'disputed', d.opened_on, l.resolved_on, NULL
     FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id WHERE l.receivable_id = ANY($1) AND l.resolved_on IS NOT NULL
     UNION ALL
     SELECT i.receivable_id::int, 'negotiating', n.opened_on, n.closed_on, CASE WHEN n.closed_on IS NULL THEN n.valid_through + 1 END
     FROM negotiation_item i JOIN negotiation n ON n.id = i.negotiation_id WHERE i.receivable_id = ANY($1)
     UNION ALL
     SELECT c.receivable_id::int, 'cheque', q.received_on, NULL, q.matures_on + 1
     FROM cheque_cover c JOIN cheque q ON q.id = c.cheque_id WHERE c.receivable_id = ANY($1) AND q.state IN ('in_custody', 'deposited')`,
    [ids, customerId],
  )
  const promised = open.flatMap((promise) =>
    promise.receivables.map((receivable) => ({
      receivable,
      kind: 'promised' as const,
      from: promise.madeOn,
      endsOn: null,
      askAgainOn: promise.askAgainOn,
    })),
  )
  return byReceivable([...ended, ...promised])
}

function byReceivable<R extends { receivable: number }>(rows: R[]): Map<number, R[]> {
  const grouped = new Map<number, R[]>()
  for (const row of rows) grouped.set(row.receivable, [...(grouped.get(row.receivable) ?? []), row])
  return grouped
}

/** What `decide` reads about the case itself. */
export async function readContext(sql: Sql, scope: CaseScope, now: Instant): Promise<CaseContext> {
  const row = await sql.one<{
    mailable: boolean
    pending: boolean
    spoken: boolean
    used: boolean
    open_call: boolean
    open_visit: boolean
  }>(
    `SELECT EXISTS (SELECT FROM contact WHERE customer_id = $2 AND email IS NOT NULL AND refused_at IS NULL AND (site IN ('', $4) OR $4 = '')) AS mailable,
       EXISTS (SELECT FROM message WHERE case_id = $1 AND purpose = 'notice' AND state = 'pending') AS pending,
       EXISTS (SELECT FROM message WHERE case_id = $1 AND purpose = 'notice' AND (state = 'sending' OR planned_on = $3 AND state = 'sent')) AS spoken,
       EXISTS (SELECT FROM message WHERE case_id = $1 AND purpose = 'notice' AND planned_on = $3 AND state IN ('skipped', 'failed')) AS used,
       EXISTS (SELECT FROM task WHERE case_id = $1 AND state = 'open' AND kind = 'call' AND NOT by_hand) AS open_call,
       EXISTS (SELECT FROM task WHERE case_id = $1 AND state = 'open' AND kind = 'visit' AND NOT by_hand) AS open_visit`,
    [scope.case.id, scope.customer.id, scope.today, scope.case.site],
  )
  const { policy } = scope
  return {
    now,
    today: scope.today,
    policy,
    calendar: scope.calendar,
    hours: {
      timeZone: scope.customer.time_zone,
      from: policy.contact_hours.from,
      to: policy.contact_hours.to,
    },
    spreadMinutes: policy.spread_minutes === 0 ? 0 : spread(scope.case.key) % policy.spread_minutes,
    mailable: row!.mailable,
    lastNoticeOn: lastNoticeOn(scope, row!),
    lastCallOn: scope.case.last_call_on,
    noticePendingToday: row!.pending,
    firstContactOn: scope.case.first_contact_on,
    feedsTellThrough: await feedsTellThrough(sql, scope),
    openCall: row!.open_call,
    openVisit: row!.open_visit,
  }
}

/**
 * The day that the gap to the next message counts from. A message of today that is on its way can't be joined any more:
 * what comes later waits for another day. One that was skipped or failed used today up and said nothing: the next
 * may go tomorrow.
 */
function lastNoticeOn(scope: CaseScope, today: { spoken: boolean; used: boolean }): LocalDate | null {
  const last = scope.case.last_notice_on
  if (today.spoken) return scope.today
  if (!today.used) return last
  const asIf = addDays(scope.today, 1 - Math.max(1, scope.policy.contact_gap_days))
  return last !== null && last > asIf ? last : asIf
}

/** A case's place in the morning: the same every day, spread evenly over cases. */
function spread(key: string): number {
  let hash = 2_166_136_261
  for (const char of key) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619)
  return hash >>> 0
}
