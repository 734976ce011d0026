import { addDays, type Instant, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { endOf, lookAtClock } from '../../domain/placement/prescription.ts'
import type { Instrument } from '../../domain/placement/rules.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import { openOfCustomer } from '../commandScope.ts'
import { mustFind, type Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { beginProcess } from '../processes.ts'
import { findReceivables } from '../receivables.ts'
import { type Ask, type CaseScope, type CommandScope, caseOfCustomer, openCustomer } from '../scope.ts'
import { closeAbout, openTask } from '../tasks.ts'
import { ourOwn } from './agencies.ts'

/** Clocks on claims: begun by a person who has the paper in hand, begun anew by a suit, warned of in time. */

interface Clock {
  id: number
  customer_id: number
  receivable_id: number
  document: string
  instrument: Instrument
  reference: string
  started_on: LocalDate
  ends_on: LocalDate
  warn_days: number[]
  warned_days: number | null
  state: 'running' | 'interrupted' | 'settled' | 'expired'
  closed: boolean
}

/** SQL: the claim `r` of a clock is settled. One that was written off isn't. */
export const IS_SETTLED = `(r.closed_as IS NOT NULL AND r.closed_as <> 'written_off')`

const CLOCK = `SELECT x.id::int, x.customer_id::int, x.receivable_id::int, r.document, x.instrument, x.reference, x.started_on, x.ends_on, x.warn_days,
    x.warned_days, x.state, ${IS_SETTLED} AS closed FROM prescription x JOIN receivable r ON r.id = x.receivable_id`

const subjectOf = (clock: number): string => `prescription ${clock}`
const processOf = (clock: number) => ({ kind: 'placement' as const, id: `clock-${clock}` })

export async function startPrescription(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['startPrescription'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, input.customer))
  const [receivable] = openOfCustomer(scope, await findReceivables(sql, asking.company, [input.document]))
  const running = await sql.one<{ id: number }>(
    `SELECT id::int FROM prescription WHERE receivable_id = $1 AND instrument = $2 AND reference = $3 AND state = 'running'`,
    [receivable!.id, input.instrument, input.reference ?? ''],
  )
  if (running) throw new Refusal('ClockRuns', { document: receivable!.name, clock: running.id })
  return begin(sql, scope, {
    receivable: receivable!.id,
    document: receivable!.name,
    instrument: input.instrument,
    reference: input.reference ?? '',
    startedOn: input.startedOn ?? receivable!.due_on,
    replaces: null,
    why: '',
  })
}

async function begin(
  sql: Sql,
  scope: CommandScope,
  of: {
    receivable: number
    document: string
    instrument: Instrument
    reference: string
    startedOn: LocalDate
    replaces: number | null
    why: string
  },
): Promise<Answer> {
  const { asking, customer, policy, today } = scope
  const term = policy.placements.prescription[of.instrument]
  if (!term)
    throw new Refusal('NoTerm', {
      instrument: of.instrument,
      known: Object.keys(policy.placements.prescription),
    })
  if (of.startedOn > today && of.replaces !== null)
    throw new Refusal('InvalidDate', { field: 'on', value: of.startedOn, must: `not be after ${today}` })
  const endsOn = endOf(of.startedOn, term)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO prescription (company, customer_id, receivable_id, instrument, reference, started_on, ends_on, warn_days, state, replaces_id, begun_by, why)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, $11) RETURNING id::int`,
    [
      asking.company,
      customer.id,
      of.receivable,
      of.instrument,
      of.reference,
      of.startedOn,
      endsOn,
      term.warn_days,
      of.replaces,
      asking.actor,
      of.why,
    ],
  )
  const result = {
    clock: row!.id,
    document: of.document,
    instrument: of.instrument,
    reference: of.reference,
    startedOn: of.startedOn,
    endsOn,
  }
  await appendToJournal(sql, asking.company, customer.id, {
    event: of.replaces === null ? 'prescription started' : 'prescription interrupted',
    actor: asking.actor,
    at: asking.now,
    ...(of.why === '' ? {} : { why: of.why }),
    receivables: [of.receivable],
    data: result,
  })
  const process = await beginProcess(sql, asking.company, { ...processOf(row!.id), customer: customer.id })
  return { result, cases: [scope.case.key], processes: [process] }
}

/** The old clock stops, and one of the same claim begins on the day of what interrupted it. */
export async function interruptPrescription(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['interruptPrescription'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const of = await mustFind<{ code: string }>(
    sql,
    'prescription',
    String(input.clock),
    'SELECT c.code FROM prescription x JOIN customer c ON c.id = x.customer_id WHERE x.company = $1 AND x.id = $2',
    [asking.company, input.clock],
  )
  const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, of.code))
  const clock = (await sql.one<Clock>(`${CLOCK} WHERE x.id = $1`, [input.clock]))!
  if (clock.state !== 'running')
    throw new Refusal('NotOpen', { what: 'prescription', id: String(clock.id), state: clock.state })
  if (input.on < clock.started_on || input.on > clock.ends_on)
    throw new Refusal('InvalidDate', {
      field: 'on',
      value: input.on,
      must: `be from ${clock.started_on} to ${clock.ends_on}`,
    })
  await endClock(sql, asking, scope, clock, 'interrupted')
  const answer = await begin(sql, scope, {
    receivable: clock.receivable_id,
    document: clock.document,
    instrument: clock.instrument,
    reference: clock.reference,
    startedOn: input.on,
    replaces: clock.id,
    why: input.why,
  })
  return { ...answer, processes: [...(answer.processes ?? []), `placement:clock-${clock.id}`] }
}

type Doing = { company: string; actor: string; now: Instant }

async function endClock(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  clock: Clock,
  state: Clock['state'],
): Promise<void> {
  await sql.rows('UPDATE prescription SET state = $2 WHERE id = $1', [clock.id, state])
  if (state !== 'expired') await closeAbout(sql, doing, scope, 'tell_supervisor', subjectOf(clock.id))
}

/** A payment may come back: up to its last day the clock waits for that, and then warns as if none had been given. */
async function waitSettled(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  clock: Clock,
): Promise<{ outcome: string; nextOn: LocalDate | null }> {
  if (scope.today > clock.ends_on) {
    await endClock(sql, doing, scope, clock, 'settled')
    return { outcome: 'settled', nextOn: null }
  }
  await closeAbout(sql, doing, scope, 'tell_supervisor', subjectOf(clock.id))
  await sql.rows('UPDATE prescription SET warned_days = NULL WHERE id = $1', [clock.id])
  return { outcome: 'settled', nextOn: addDays(clock.ends_on, 1) }
}

/** Gives the warning that is due, or says that the claim is lost; answers when to look again, null when it is over. */
export async function lookAtPrescription(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  id: number,
): Promise<{ outcome: string; nextOn: LocalDate | null }> {
  const clock = (await sql.one<Clock>(`${CLOCK} WHERE x.id = $1`, [id]))!
  if (clock.state !== 'running') return { outcome: clock.state, nextOn: null }
  if (clock.closed) return waitSettled(sql, doing, scope, clock)
  const look = lookAtClock(
    { endsOn: clock.ends_on, warnDays: clock.warn_days, warnedDays: clock.warned_days },
    scope.today,
    scope.calendar,
  )
  if (look.warn)
    await sql.rows('UPDATE prescription SET warned_days = $2 WHERE id = $1', [id, look.warn.days])
  if (look.expired) await endClock(sql, doing, scope, clock, 'expired')
  if (look.warn || look.expired) {
    const detail = {
      clock: id,
      instrument: clock.instrument,
      reference: clock.reference,
      endsOn: clock.ends_on,
      ...(look.warn ? { left: look.warn.left } : {}),
    }
    // A warning nobody has acted on is said anew.
    await closeAbout(sql, doing, scope, 'tell_supervisor', subjectOf(id))
    await openTask(sql, doing, scope, {
      kind: 'tell_supervisor',
      subject: subjectOf(id),
      owner: scope.policy.supervisor,
      receivables: [clock.receivable_id],
      detail,
      priority: 'high',
    })
    await appendToJournal(sql, doing.company, scope.customer.id, {
      event: look.expired ? 'prescription expired' : 'prescription near',
      actor: doing.actor,
      at: doing.now,
      receivables: [clock.receivable_id],
      data: { document: clock.document, ...detail },
    })
  }
  return { outcome: look.expired ? 'expired' : 'running', nextOn: look.nextOn }
}
