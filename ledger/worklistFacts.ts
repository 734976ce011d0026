import type { Instant, LocalDate } from '../domain/calendar.ts'
import { NOT_ASKED_FOR } from '../domain/stepDate.ts'
import { ENDS_SNOOZE, type WorklistFacts } from '../domain/worklist.ts'
import type { Sql } from './database.ts'
import { payerHabits } from './payerHabits.ts'
import { currentPolicySql } from './policies.ts'
import { promiseRecords } from './promiseStanding.ts'
import type { Snoozed } from './snoozes.ts'
import { heldTasksSql } from './tasks.ts'

/** What the order of a worklist is reckoned from, of every row in it. */

export interface RowFacts extends WorklistFacts {
  customerId: number
  code: string
  name: string
  branch: string
  owner: string
  policyId: number
  snooze: Snoozed | null
}

export interface Whose {
  company: string
  analyst?: string
  branch?: string
  now: Instant
}

interface RowRead {
  customer_id: number
  code: string
  name: string
  branch: string
  payer_id: number
  requires_presentation: boolean
  owner: string
  due_on: LocalDate
  today: LocalDate
  policy_id: number
  snoozed_until: LocalDate | null
  snoozed_why: string | null
  snoozed_by: string | null
  back_event: string | null
  back_at: string | null
  back_data: Record<string, unknown> | null
}

/*
 * Open tasks by owner: the partial index task_open_owner gives one analyst's, some hundreds, each with its customer by
 * primary key. The subplans run once for each row: the policy reads its two tables of a few rows; a snooze is looked for
 * by (customer, owner), and only behind one is the journal read, from the entry after it: hardly any.
 */
const ROWS = `
SELECT m.customer_id::int, c.code, c.name, c.branch, c.payer_id::int, c.requires_presentation, m.owner, m.due_on, day.today,
  ${currentPolicySql}::int AS policy_id, s.until_on AS snoozed_until, s.why AS snoozed_why, s.made_by AS snoozed_by, back.event AS back_event, back.entry ->> 'at' AS back_at, back.entry -> 'data' AS back_data
FROM (
  SELECT t.customer_id, t.holder AS owner, min(coalesce(t.resubmit_on, t.due_on)) AS due_on
  FROM ${heldTasksSql('$1', '$4', '$2')} t WHERE $2::text IS NULL OR t.holder = $2
  GROUP BY 1, 2) m
JOIN customer c ON c.id = m.customer_id AND ($3::text IS NULL OR c.branch = $3)
CROSS JOIN LATERAL (SELECT (to_timestamp($4::float8 / 1000.0) AT TIME ZONE c.time_zone)::date AS today) day
LEFT JOIN snooze s ON s.customer_id = m.customer_id AND s.owner = m.owner AND s.ended_on IS NULL AND s.until_on > day.today
LEFT JOIN LATERAL (
  SELECT j.event, j.entry::jsonb AS entry FROM journal j
  WHERE j.chain = 'customer:' || s.customer_id AND j.seq > s.after_entry AND j.event = ANY($5) ORDER BY j.seq LIMIT 1) back ON true`

/** The rows of a worklist with their facts; with `asleep` those that are snoozed, else the others. */
export async function worklistFacts(
  sql: Sql,
  { company, analyst, branch, now }: Whose,
  asleep: boolean,
): Promise<RowFacts[]> {
  const found = await sql.rows<RowRead>(ROWS, [company, analyst ?? null, branch ?? null, now, ENDS_SNOOZE])
  const rows = found.filter((row) => (row.snoozed_until !== null && row.back_event === null) === asleep)
  if (rows.length === 0) return []
  const customers = [...new Map(rows.map((row) => [row.customer_id, row])).values()]
  const overdue = await overdueOf(sql, customers)
  const promises = await promiseRecords(
    sql,
    customers.map((c) => c.customer_id),
  )
  const habits = await payerHabits(sql, [...new Set(rows.map((row) => row.payer_id))], rows[0]!.today)
  return rows.map((row) => {
    const late = overdue.get(row.customer_id) ?? []
    const promised = promises.get(row.customer_id)!
    return {
      customerId: row.customer_id,
      code: row.code,
      name: row.name,
      branch: row.branch,
      owner: row.owner,
      policyId: row.policy_id,
      snooze:
        row.snoozed_until === null
          ? null
          : {
              until: row.snoozed_until,
              why: row.snoozed_why!,
              by: row.snoozed_by!,
              back:
                row.back_event === null
                  ? null
                  : { event: row.back_event, at: Date.parse(row.back_at!), data: row.back_data ?? {} },
            },
      today: row.today,
      overdue: late,
      oldestDaysLate: Math.max(0, ...late.map((l) => l.days)),
      broken: promised.broken,
      kept: promised.kept,
      dueOn: row.due_on,
      habit: habits.get(row.payer_id) ?? null,
    }
  })
}

interface OverdueRow {
  customer: number
  currency: string
  minor: bigint
  askableMinor: bigint
  days: number
}

/*
 * What each customer owes beyond its due date, and how much of it can be asked for: not what kept it from being chased
 * when its case looked last, nor what is disputed. Customers → their open receivables up to the day (index
 * receivable_customer_open) → the account of each (unique index): three pages or so for a receivable, nearly all of
 * them in memory. It is the only part that grows with the receivables of an analyst: 10,000 of them in 200 customers
 * take 30 to 40 ms, an account of 12,000 in one customer as much again; everything else takes a few ms.
 */
const OVERDUE = `
SELECT r.customer_id::int AS customer, r.currency, sum(o.owed_minor)::bigint AS minor, max(w.today - r.due_on)::int AS days,
  sum(CASE WHEN r.next_reason = ANY($4) THEN 0 ELSE greatest(0, o.owed_minor - coalesce(d.minor, 0)) END)::bigint AS "askableMinor"
FROM unnest($1::bigint[], $2::date[], $3::boolean[]) AS w(customer, today, presents)
JOIN receivable r ON r.customer_id = w.customer AND r.closed_as IS NULL AND r.due_on < w.today
  AND NOT r.held AND r.kind IN ('invoice', 'debit_note', 'retention') AND (r.presented_on IS NOT NULL OR NOT w.presents)
JOIN owed o ON o.receivable_id = r.id
LEFT JOIN (
  SELECT l.receivable_id, sum(l.amount_minor - l.resolved_minor) AS minor FROM dispute x JOIN dispute_line l ON l.dispute_id = x.id
  WHERE x.customer_id = ANY($1) AND x.resolved_on IS NULL GROUP BY l.receivable_id) d ON d.receivable_id = r.id
GROUP BY r.customer_id, r.currency ORDER BY r.customer_id, minor DESC, r.currency`

async function overdueOf(
  sql: Sql,
  customers: readonly { customer_id: number; today: LocalDate; requires_presentation: boolean }[],
): Promise<Map<number, OverdueRow[]>> {
  const rows = await sql.rows<OverdueRow>(OVERDUE, [
    customers.map((c) => c.customer_id),
    customers.map((c) => c.today),
    customers.map((c) => c.requires_presentation),
    NOT_ASKED_FOR,
  ])
  const byCustomer = new Map<number, OverdueRow[]>()
  for (const row of rows) byCustomer.set(row.customer, [...(byCustomer.get(row.customer) ?? []), row])
  return byCustomer
}
