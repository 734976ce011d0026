import type { LocalDate } from '../../domain/calendar.ts'
import { BEFORE_THE_LOAD, type ItemHistory, notCarried } from '../../domain/itemHistory.ts'
import type { LineError } from '../../domain/openItem.ts'
import { promiseDeadline } from '../../domain/promise.ts'
import { documentName } from '../cases.ts'
import type { Sql } from '../database.ts'
import { insertDispute } from '../disputes.ts'
import { policiesById } from '../policies.ts'
import { insertPromise } from '../promises.ts'
import type { Calendars } from '../scope.ts'
import type { Promoting } from './promote.ts'

/** What an initial load carries over of the time before: steps taken, promises and disputes that are open. */
export async function carryHistory(sql: Sql, calendars: Calendars, load: Promoting): Promise<void> {
  if (load.kind !== 'initial') return
  await carrySteps(sql, load)
  await carryPromises(sql, calendars, load)
  await carryDisputes(sql, load)
}

/** Lines whose document the books had before: what they tell of the time before is told back, not dropped in silence. */
export async function noteNotCarried(sql: Sql, load: Promoting): Promise<LineError[]> {
  if (load.kind !== 'initial') return []
  const known = await sql.rows<{ line: number; document: string; tranche: string; history: ItemHistory }>(
    `SELECT line, document, tranche, history FROM load_row i
     WHERE load_id = $1 AND history IS NOT NULL AND NOT EXISTS (SELECT FROM fresh f WHERE f.line = i.line) ORDER BY line`,
    [load.id],
  )
  return known.map((item) => ({
    line: item.line,
    column: '',
    value: '',
    code: 'history-left',
    message: notCarried(documentName(item), item.history),
  }))
}

const FRESH = `fresh f JOIN receivable r ON r.company = $1 AND r.document = f.document AND r.tranche = f.tranche`

/** The last step is done, those before it in the policy are passed over; the gaps count from its day. */
async function carrySteps(sql: Sql, load: Promoting): Promise<void> {
  await sql.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason)
     SELECT r.id, s.step ->> 'id', s.step ->> 'action', CASE WHEN s.no = last.no THEN 'done' ELSE 'skipped' END, (f.history ->> 'lastStepOn')::date, $2
     FROM ${FRESH} JOIN policy_version v ON v.id = f.policy_id
     CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'steps') WITH ORDINALITY AS s(step, no)
     JOIN LATERAL (SELECT l.no FROM jsonb_array_elements(v.document -> 'steps') WITH ORDINALITY AS l(step, no)
                   WHERE l.step ->> 'id' = f.history ->> 'lastStep') last ON s.no <= last.no`,
    [load.company, BEFORE_THE_LOAD],
  )
  await sql.rows(
    `UPDATE collection_case k SET last_notice_on = greatest(k.last_notice_on, said.notice), last_call_on = greatest(k.last_call_on, said.call)
     FROM (SELECT r.case_id, max(s.on_date) FILTER (WHERE s.action IN ('remind', 'statement')) AS notice, max(s.on_date) FILTER (WHERE s.action IN ('call', 'visit')) AS call
           FROM ${FRESH} JOIN receivable_step s ON s.receivable_id = r.id AND s.state = 'done' GROUP BY r.case_id) said
     WHERE k.id = said.case_id`,
    [load.company],
  )
}

async function carryPromises(sql: Sql, calendars: Calendars, load: Promoting): Promise<void> {
  const promises = await sql.rows<{
    receivable: number
    customer: number
    calendar: string | null
    policy: number
    currency: string
    dueOn: LocalDate
    madeOn: LocalDate | null
    minor: bigint
  }>(
    `SELECT r.id::int AS receivable, c.id::int AS customer, c.calendar, f.policy_id::int AS policy, f.currency,
       (f.history #>> '{promise,dueOn}')::date AS "dueOn", (f.history #>> '{promise,madeOn}')::date AS "madeOn", (f.history #>> '{promise,minor}')::bigint AS minor
     FROM ${FRESH} JOIN customer c ON c.id = r.customer_id WHERE f.history #> '{promise,dueOn}' IS NOT NULL ORDER BY f.line`,
    [load.company],
  )
  const policies = await policiesById(
    sql,
    promises.map((p) => p.policy),
  )
  for (const { receivable, customer, calendar, policy: id, currency, dueOn, madeOn, minor } of promises) {
    const policy = policies.get(id)!
    const grace = policy.promise.grace_working_days
    await insertPromise(sql, load, {
      customer,
      currency,
      madeOn: madeOn ?? (dueOn < load.today ? dueOn : load.today),
      madeBy: '',
      policy: policy.promise,
      replaces: null,
      receivables: [receivable],
      instalments: [
        {
          no: 1,
          dueOn,
          decidedAfter: promiseDeadline(dueOn, grace, calendars(calendar ?? policy.calendar)),
          minor,
        },
      ],
    })
  }
}

async function carryDisputes(sql: Sql, load: Promoting): Promise<void> {
  const disputes = await sql.rows<{
    receivable: number
    customer: number
    analyst: string
    reason: string
    openedOn: LocalDate
    minor: bigint
  }>(
    `SELECT r.id::int AS receivable, c.id::int AS customer, c.analyst, f.history #>> '{dispute,reason}' AS reason,
       coalesce((f.history #>> '{dispute,openedOn}')::date, $2) AS "openedOn", (f.history #>> '{dispute,minor}')::bigint AS minor
     FROM ${FRESH} JOIN customer c ON c.id = r.customer_id WHERE f.history #> '{dispute,reason}' IS NOT NULL ORDER BY f.line`,
    [load.company, load.today],
  )
  for (const { receivable, customer, analyst, reason, openedOn, minor } of disputes)
    await insertDispute(sql, load, {
      customer,
      reason,
      owner: analyst,
      openedOn,
      lines: [{ receivable, minor }],
    })
}
