import { addDays, instantOf, type LocalDate } from '../../domain/calendar.ts'
import type { CreditLine, Guarantee } from '../../domain/credit/limit.ts'
import { lastDay, renewalDays } from '../../domain/credit/rules.ts'
import { changesUntil, nextChangeAfter, stateOn, type Term, termOn } from '../../domain/credit/term.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Look } from '../../domain/process.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import type { Looker, Looking } from '../looks.ts'
import { touchProcessesOf } from '../processes.ts'
import { type CaseScope, type CustomerScope, caseOfCustomer } from '../scope.ts'
import { closeAbout, openTask } from '../tasks.ts'
import { type About, noticed } from './events.ts'
import { guaranteesOf, linesOf } from './limit.ts'

/**
 * What time brings about by itself: lines and guarantees begin and end with the customer's day, and in time before one
 * ends or is to be looked at again the analyst is asked.
 */

const GONE: Look = { closed: true, outcome: 'unknown', nextAt: null }

export const lookAtLine: Looker = async (sql, looking) => {
  const [line] = await linesOf(sql, 'l.id', [Number(looking.id)])
  if (!line || looking.scope === null) return GONE
  const processes = await tellChanges(sql, looking, looking.scope, 'line', line)
  const reviewOn = await askToReview(sql, looking, await caseOfCustomer(sql, looking.scope), line)
  return lookAgain(looking.scope, line, processes, reviewOn)
}

export const lookAtGuarantee: Looker = async (sql, looking) => {
  const [guarantee] = await guaranteesOf(sql, 'g.id', [Number(looking.id)])
  if (!guarantee || looking.scope === null) return GONE
  const processes = await tellChanges(sql, looking, looking.scope, 'guarantee', guarantee)
  const askOn = await askToRenew(sql, looking, await caseOfCustomer(sql, looking.scope), guarantee)
  return lookAgain(looking.scope, guarantee, processes, askOn)
}

function lookAgain(
  { customer, today }: CustomerScope,
  { terms }: CreditLine | Guarantee,
  processes: string[],
  askOn: LocalDate | null,
): Look {
  const state = stateOn(terms, today)
  const days = [nextChangeAfter(terms, today), askOn].filter((day) => day !== null).sort()
  return {
    closed: state === 'lapsed' || state === 'closed',
    outcome: state,
    nextAt: days[0] === undefined ? null : instantOf(days[0], '00:00', customer.time_zone),
    processes,
  }
}

const EVENTS = {
  line: { began: 'credit line began', ended: 'credit line lapsed' },
  guarantee: { began: 'guarantee began', ended: 'guarantee lapsed' },
} as const

/** The limit became another one by itself: the journal knows it, and what waits about the customer looks again. */
async function tellChanges(
  sql: Sql,
  looking: Looking,
  { customer, today }: CustomerScope,
  about: About,
  item: CreditLine | Guarantee,
): Promise<string[]> {
  let told = false
  for (const day of changesUntil(item.terms, today)) {
    if (!(await noticed(sql, about, item.id, 'changed', day, looking.now))) continue
    const terms: readonly Term[] = item.terms
    const [before, now] = [termOn(terms, addDays(day, -1)), termOn(terms, day)]
    if (before === null && now === null) continue
    told = true
    const event = EVENTS[about][now === null ? 'ended' : 'began']
    await appendToJournal(sql, looking.company, customer.id, {
      event,
      actor: looking.actor,
      at: looking.now,
      receivables: [],
      data: {
        [about]: item.id,
        kind: item.kind,
        ...('reference' in item ? { reference: item.reference } : {}),
        currency: item.currency,
        before: toDecimal(before?.minor ?? 0n, item.currency),
        amount: toDecimal(now?.minor ?? 0n, item.currency),
        on: day,
      },
    })
  }
  if (!told) return []
  return touchProcessesOf(sql, [customer.id])
}

/** Returns the day on which the analyst is to be asked; null when that is over, or never. */
async function askToReview(
  sql: Sql,
  looking: Looking,
  scope: CaseScope,
  { id, terms }: CreditLine,
): Promise<LocalDate | null> {
  const subject = `line ${id}`
  const reviewOn = termOn(terms, scope.today) === null ? null : terms.at(-1)!.reviewOn
  const askOn = reviewOn === null ? null : scope.calendar.previousWorkingDay(reviewOn)
  if (askOn === null || askOn > scope.today) {
    await closeAbout(sql, looking, scope, 'review_line', subject)
    return askOn
  }
  if (await noticed(sql, 'line', id, 'review asked', reviewOn!, looking.now))
    await openTask(sql, looking, scope, {
      kind: 'review_line',
      subject,
      dueOn: scope.calendar.nextWorkingDay(scope.today),
      receivables: [],
      detail: { line: id },
    })
  return null
}

/** The same for a renewal: asked several times before the last day, and once more when it is over. */
async function askToRenew(
  sql: Sql,
  looking: Looking,
  scope: CaseScope,
  guarantee: Guarantee,
): Promise<LocalDate | null> {
  const { calendar, today } = scope
  const { id, terms } = guarantee
  const lapsed = stateOn(terms, today) === 'lapsed'
  const last = lastDay(terms, today)
  const days = last === null ? [] : renewalDays(scope.policy.credit, calendar, last)
  const due = days.filter(({ on }) => on <= today)
  if (!lapsed) await closeAbout(sql, looking, scope, 'renew_guarantee', `guarantee lapsed ${id}`)
  if (due.length === 0) await closeAbout(sql, looking, scope, 'renew_guarantee', `guarantee ${id}`)
  if (lapsed) {
    const lastOn = terms.at(-1)!.to!
    if (await noticed(sql, 'guarantee', id, 'lapse told', lastOn, looking.now))
      await renew(sql, looking, scope, guarantee, {
        subject: `guarantee lapsed ${id}`,
        last: lastOn,
        dueOn: calendar.nextWorkingDay(today),
        urgent: true,
      })
  }
  let asked = false
  for (const { daysBefore } of due)
    asked = (await noticed(sql, 'guarantee', id, `renewal asked ${daysBefore}`, last!, looking.now)) || asked
  if (asked)
    await renew(sql, looking, scope, guarantee, {
      subject: `guarantee ${id}`,
      last: last!,
      dueOn: calendar.previousWorkingDay(last!),
      urgent: due.length === days.length,
    })
  return days.find(({ on }) => on > today)?.on ?? null
}

async function renew(
  sql: Sql,
  looking: Looking,
  scope: CaseScope,
  { id, kind, reference }: Guarantee,
  { subject, last, dueOn, urgent }: { subject: string; last: LocalDate; dueOn: LocalDate; urgent: boolean },
): Promise<void> {
  const priority = urgent ? 'high' : 'normal'
  const task = await openTask(sql, looking, scope, {
    kind: 'renew_guarantee',
    subject,
    dueOn: dueOn < scope.today ? scope.today : dueOn,
    priority,
    receivables: [],
    detail: { guarantee: id, guaranteeKind: kind, reference, last },
  })
  if (!task.opened)
    await sql.rows('UPDATE task SET attempts = attempts + 1, priority = $2 WHERE id = $1', [
      task.id,
      priority,
    ])
}
