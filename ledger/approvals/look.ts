import { above, afterWorkingHours, whoCanAnswer, yesesMissing } from '../../domain/approval.ts'
import {
  type ContactHours,
  contactWindow,
  type Instant,
  type LocalDate,
  localDateOf,
  nextContactInstant,
  type WorkingCalendar,
} from '../../domain/calendar.ts'
import { mustFind, type Sql } from '../database.ts'
import type { Looker } from '../looks.ts'
import { type Calendars, type CustomerScope, rulesOfCompany } from '../scope.ts'
import { type Approval, closeApproval, goToLevel, lockApproval } from './approval.ts'
import { tell } from './commands.ts'
import { DECLINED } from './declined.ts'
import { holdersChangeOn, holdersOn } from './holders.ts'
import { askPeople, mailAt, staffMailOf } from './notices.ts'

/**
 * Asks whose turn it is, reminds them, and asks the next level when nobody answers in time, or too few of the level are
 * there: all in working hours. Silence never decides: after the last level it goes on reminding.
 */
export const lookAtApproval: Looker = async (sql, { company, id, now, actor, calendars, scope }) => {
  const ask = { asking: { company, actor, key: `look:${id}`, now }, calendars }
  let approval = await lockApproval(sql, company, Number(id))
  if (approval.state !== 'open') return waitingMail(sql, approval, now, [])
  if (await nothingLeft(sql, approval)) {
    const why = 'nothing left to decide'
    const cases = await closeApproval(sql, approval, 'overtaken', now, why)
    await tell(sql, ask, approval, 'approval overtaken', why, {})
    await DECLINED[approval.kind]?.(sql, ask, approval, why)
    return { ...(await waitingMail(sql, { ...approval, state: 'overtaken' }, now, [])), cases }
  }
  const work = await workOf(sql, company, calendars, scope ?? (await rulesOfCompany(sql, ask)))
  // Whose turn it becomes outside the hours, it becomes when they open: who is there then is asked.
  const turnAt = nextContactInstant(now, work.hours, work.calendar)
  const today = localDateOf(turnAt, work.hours.timeZone)
  for (;;) {
    const level = approval.levels[approval.level]!
    const { branch, level_since: since } = approval
    const holders = await holdersOn(sql, company, branch, level.role, today)
    const places = whoCanAnswer(approval, holders)
    const upper = above(approval)
    const answerBy = work.after(since, level.answer_within_hours)
    const why =
      now >= answerBy ? 'no answer in time' : places.size < yesesMissing(approval) ? 'nobody there' : null
    if (upper !== null && why !== null) {
      const next = approval.levels[upper]!
      await tell(sql, ask, approval, 'approval escalated', why, { from: level.role, to: next.role })
      await goToLevel(sql, approval.id, upper, turnAt)
      approval = { ...approval, level: upper, level_since: turnAt, reminded: 0 }
      continue
    }
    if (holders.length === 0) await tellUnheld(sql, { company, now, branch, role: level.role })
    const remindAt = work.after(since, level.remind_after_hours)
    const late = timesPassed(work, answerBy, level.answer_within_hours, now)
    const reminders = now < remindAt ? 0 : 1 + late
    if (reminders > approval.reminded)
      await tell(sql, ask, approval, 'approval reminded', '', {
        role: level.role,
        people: [...places.keys()],
      })
    await sql.rows(
      'UPDATE approval SET reminded = $2, answer_by = to_timestamp($3 / 1000.0) WHERE id = $1 AND (reminded, answer_by) IS DISTINCT FROM ($2, to_timestamp($3 / 1000.0))',
      [approval.id, reminders, answerBy],
    )
    await askPeople(sql, approval, places, { now, reminders, sendAt: mailAt(now, work.hours, work.calendar) })
    const changeOn = await holdersChangeOn(sql, company, branch, level.role, today)
    return waitingMail(sql, approval, now, [
      now < remindAt ? remindAt : work.after(answerBy, level.answer_within_hours * late),
      // Who goes away hands on, and who comes back takes over, when the day begins.
      ...(changeOn === null ? [] : [work.opens(changeOn)]),
    ])
  }
}

/** Hours of work as the company's people have them. */
interface Work {
  hours: ContactHours
  calendar: WorkingCalendar
  after(from: Instant, hours: number): Instant
  opens(on: LocalDate): Instant
}

async function workOf(
  sql: Sql,
  company: string,
  calendars: Calendars,
  { policy }: Pick<CustomerScope, 'policy'>,
): Promise<Work> {
  const { time_zone } = await mustFind<{ time_zone: string }>(
    sql,
    'company',
    company,
    'SELECT time_zone FROM company WHERE id = $1',
    [company],
  )
  const hours = { timeZone: time_zone, ...policy.contact_hours }
  const calendar = calendars(policy.calendar)
  return {
    hours,
    calendar,
    after: (from, length) => (length === 0 ? from : afterWorkingHours(from, length, calendar, hours)),
    opens: (on) => contactWindow(calendar.nextWorkingDay(on), hours).opensAt,
  }
}

/** The last level is a role that nobody holds: a person has to give it to somebody. */
const tellUnheld = (
  sql: Sql,
  { company, now, ...detail }: { company: string; now: Instant; branch: string; role: string },
): Promise<unknown> =>
  sql.rows(
    `INSERT INTO exception (company, kind, detail, raised_at) VALUES ($1, 'role_unheld', $2, to_timestamp($3 / 1000.0))
     ON CONFLICT (company, (detail ->> 'role'), (detail ->> 'branch')) WHERE kind = 'role_unheld' AND resolved_at IS NULL DO NOTHING`,
    [company, JSON.stringify(detail), now],
  )

/** How often a whole time to answer has passed, from when the last level should have answered. */
function timesPassed(work: Work, answerBy: Instant, hours: number, now: Instant): number {
  let times = 0
  while (work.after(answerBy, hours * times) <= now) times++
  return times
}

/** All that it was about is settled. */
const nothingLeft = async (sql: Sql, { id, receivables }: Approval): Promise<boolean> =>
  receivables.length > 0 &&
  (await sql.one(
    `SELECT 1 FROM approval_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.approval_id = $1 AND r.closed_as IS NULL LIMIT 1`,
    [id],
  )) === null

/** What of its mails is to be sent, and when to look again. It is over when it is decided and no mail of it waits. */
async function waitingMail(sql: Sql, { id, state }: Approval, now: Instant, times: readonly Instant[]) {
  const { due, nextTryAt } = await staffMailOf(sql, id, now)
  const all = [...times, ...(nextTryAt === null ? [] : [nextTryAt])]
  return {
    closed: state !== 'open' && due.length === 0 && nextTryAt === null,
    outcome: state,
    nextAt: all.length === 0 ? null : Math.min(...all),
    deliveries: due.map((mail) => ({ channel: 'staff_mail' as const, id: mail })),
  }
}
