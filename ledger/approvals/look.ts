import { above, afterWorkingHours, freeHolders } from '../../domain/approval.ts'
import type { Instant, WorkingCalendar } from '../../domain/calendar.ts'
import type { Policy } from '../../domain/policy.ts'
import { companyToday } from '../company.ts'
import { mustFind, type Sql } from '../database.ts'
import type { Looker } from '../looks.ts'
import { rulesOfCompany } from '../scope.ts'
import { type Approval, closeApproval, goToLevel, lockApproval } from './approval.ts'
import { tell } from './commands.ts'
import { holdersOn } from './holders.ts'
import { askPeople, staffMailOf } from './notices.ts'
import { settleSteps } from './steps.ts'

/**
 * Asks whose turn it is, reminds them, and asks the next level when nobody answers in time, or nobody of the level could:
 * all in working hours. Silence never decides: after the last level it goes on reminding.
 */
export const lookAtApproval: Looker = async (sql, { company, id, now, actor, calendars, scope }) => {
  const ask = { asking: { company, actor, key: `look:${id}`, now }, calendars }
  let approval = await lockApproval(sql, company, Number(id))
  const mailAt = (more: Instant | null) => waitingMail(sql, approval, now, more)
  if (approval.state !== 'open') return mailAt(null)
  if (await nothingLeft(sql, approval)) {
    await closeApproval(sql, approval, 'overtaken', now, 'nothing left to decide')
    await settleSteps(sql, approval, 'overtaken', approval.requested_on)
    await tell(sql, ask, approval, 'approval overtaken', 'nothing left to decide', {})
    approval = { ...approval, state: 'overtaken' }
    return mailAt(null)
  }
  const { policy, calendar } = scope ?? (await rulesOfCompany(sql, ask))
  const work = await workingTime(sql, company, policy, calendar)
  const today = await companyToday(sql, company, now)
  for (;;) {
    const level = approval.levels[approval.level]!
    const free = freeHolders(approval, await holdersOn(sql, company, approval.branch, level.role, today))
    const upper = above(approval)
    const since = approval.level_since
    const dueAt = work(since, level.answer_within_hours)
    // Nobody of it could answer, or nobody did.
    if (upper !== null && (free.length < level.quorum - agreedAt(approval) || now >= dueAt)) {
      const next = approval.levels[upper]!
      const why = now >= dueAt ? 'no answer in time' : 'nobody there'
      await tell(sql, ask, approval, 'approval escalated', why, { from: level.role, to: next.role })
      await goToLevel(sql, approval.id, upper, now)
      approval = { ...approval, level: upper, level_since: now, reminded: 0 }
      continue
    }
    const reminders =
      work(since, level.remind_after_hours) > now
        ? 0
        : 1 + pastDue(work, dueAt, level.answer_within_hours, now)
    if (reminders > approval.reminded) {
      await sql.rows('UPDATE approval SET reminded = $2 WHERE id = $1', [approval.id, reminders])
      await tell(sql, ask, approval, 'approval reminded', '', {
        role: level.role,
        people: [...new Set(free.map((h) => h.answers))],
      })
    }
    await askPeople(sql, approval, free, { now, reminders, sendAt: work(now, 0) })
    const nextAt =
      reminders === 0
        ? work(since, level.remind_after_hours)
        : upper !== null
          ? dueAt
          : work(dueAt, level.answer_within_hours * Math.max(0, reminders - 1))
    return mailAt(nextAt)
  }
}

/** Of the level whose turn it is. */
const agreedAt = ({ votes, level }: Approval): number =>
  votes.filter((v) => v.level === level && v.agrees).length

type WorkingTime = (from: Instant, hours: number) => Instant

/** Hours of work as the company's people have them. */
async function workingTime(
  sql: Sql,
  company: string,
  policy: Policy,
  calendar: WorkingCalendar,
): Promise<WorkingTime> {
  const { time_zone } = await mustFind<{ time_zone: string }>(
    sql,
    'company',
    company,
    'SELECT time_zone FROM company WHERE id = $1',
    [company],
  )
  const hours = { timeZone: time_zone, ...policy.contact_hours }
  return (from, length) => afterWorkingHours(from, length, calendar, hours)
}

/** How often a whole time to answer has passed since the last level should have answered. */
function pastDue(work: WorkingTime, dueAt: Instant, hours: number, now: Instant): number {
  let times = 0
  while (work(dueAt, hours * times) <= now) times++
  return times
}

/** All that it was about is settled. */
const nothingLeft = async (sql: Sql, { id, receivables }: Approval): Promise<boolean> =>
  receivables.length > 0 &&
  (await sql.one(
    `SELECT 1 FROM approval_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.approval_id = $1 AND r.closed_as IS NULL LIMIT 1`,
    [id],
  )) === null

/** What of its mails is to be sent, and when to look again. It is over when it is decided and nothing of it waits. */
async function waitingMail(sql: Sql, approval: Approval, now: Instant, nextAt: Instant | null) {
  const { due, nextTryAt } = await staffMailOf(sql, approval.id, now)
  const waits = approval.state === 'open' || due.length > 0 || nextTryAt !== null
  return {
    closed: !waits,
    outcome: approval.state,
    nextAt: [nextAt, nextTryAt].reduce(
      (first, at) => (first === null ? at : at === null ? first : Math.min(first, at)),
      null,
    ),
    deliveries: due.map((mail) => ({ channel: 'staff_mail' as const, id: mail })),
  }
}
