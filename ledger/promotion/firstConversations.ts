import {
  addDays,
  type Instant,
  type LocalDate,
  localDateOf,
  nextContactInstant,
} from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'
import { currentPolicySql, policiesById } from '../policies.ts'
import type { Calendars } from '../scope.ts'

/** A case that a load has brought in and that has something overdue to talk about. */
interface NewCase {
  id: number
  policy: number
  calendar: string | null
  timeZone: string
}

/**
 * Spreads the first conversations after a load over working days, the longest overdue first, so that no morning brings
 * more of them than the policy says: people have to answer the telephone that rings then. Cases that the
 * company had before keep their own time.
 */
export async function spreadFirstConversations(
  sql: Sql,
  calendars: Calendars,
  { id, company, today, now }: { id: string; company: string; today: LocalDate; now: Instant },
): Promise<void> {
  const cases = await sql.rows<NewCase>(
    `SELECT k.id::int, ${currentPolicySql}::int AS policy, c.calendar, c.time_zone AS "timeZone"
     FROM (SELECT case_id, min(due_on) FILTER (WHERE closed_as IS NULL) AS due_on FROM receivable
           WHERE case_id IN (SELECT case_id FROM receivable WHERE load_id = $1)
           GROUP BY case_id HAVING bool_and(load_id = $1) AND bool_or(closed_as IS NULL AND due_on < $2)) new
     JOIN collection_case k ON k.id = new.case_id JOIN customer c ON c.id = k.customer_id
     WHERE k.first_contact_on IS NULL ORDER BY new.due_on, k.key`,
    [id, today],
  )
  if (cases.length === 0) return
  const taken = new Map<LocalDate, number>()
  for (const { on, n } of await sql.rows<{ on: LocalDate; n: number }>(
    'SELECT first_contact_on AS on, count(*)::int AS n FROM collection_case WHERE company = $1 AND first_contact_on >= $2 GROUP BY 1',
    // A customer's day may be the one before the company's.
    [company, addDays(today, -1)],
  ))
    taken.set(on, n)
  const policies = await policiesById(
    sql,
    cases.map((c) => c.policy),
  )
  const first = new Map<string, LocalDate>()
  const planned = cases.map(({ id: caseId, policy: policyId, calendar: own, timeZone }) => {
    const { first_conversations_per_day: most, calendar, contact_hours } = policies.get(policyId)!
    const working = calendars(own ?? calendar)
    const alike = `${policyId} ${own} ${timeZone}`
    // Days before the last one that was given out are full: no need to look at them for every case. A day whose hours are
    // over is none: its conversations would come with those of the next.
    let on =
      first.get(alike) ??
      localDateOf(nextContactInstant(now, { timeZone, ...contact_hours }, working), timeZone)
    while ((taken.get(on) ?? 0) >= most) on = working.nextWorkingDay(addDays(on, 1))
    first.set(alike, on)
    taken.set(on, (taken.get(on) ?? 0) + 1)
    return { id: caseId, on }
  })
  await sql.rows(
    `UPDATE collection_case k SET first_contact_on = p.on FROM jsonb_to_recordset($1::jsonb) AS p(id bigint, "on" date) WHERE k.id = p.id`,
    [JSON.stringify(planned)],
  )
}
