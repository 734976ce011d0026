import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, TeamCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Asking } from './commands.ts'
import { companyToday } from './company.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { touchApprovalsOf } from './roles.ts'

/**
 * Who is away, and who stands in: from a day to a day of the company. Tasks keep their owner; in whose worklist they are
 * meanwhile says `task_owner` in SQL.
 */

export interface Absence {
  id: number
  person: string
  /** Null: the supervisor. */
  standIn: string | null
  from: LocalDate
  to: LocalDate
  /** First day back, when that was sooner than planned. */
  backOn: LocalDate | null
  why: string
  recordedBy: string
}

const ABSENCES = `SELECT id::int, person, stand_in AS "standIn", from_on AS "from", to_on AS "to", back_on AS "backOn", reason AS why, recorded_by AS "recordedBy"
  FROM absence`

/** Those of today and to come, or all. */
export const absences = (sql: Sql, company: string, today: LocalDate, all: boolean): Promise<Absence[]> =>
  sql.rows<Absence>(
    `${ABSENCES} WHERE company = $1 AND ($3 OR to_on >= $2 AND (back_on IS NULL OR back_on > $2)) ORDER BY from_on, id`,
    [company, today, all],
  )

export async function recordAbsence(
  sql: Sql,
  asking: Asking,
  input: TeamCommands['recordAbsence'],
): Promise<Answer> {
  const { company, actor, now } = asking
  const { person, from, to, why } = input
  const standIn = input.standIn ?? null
  const today = await companyToday(sql, company, now)
  if (to < from) throw new Refusal('InvalidDate', { field: 'to', value: to, must: `not be before ${from}` })
  if (to < today) throw new Refusal('InvalidDate', { field: 'to', value: to, must: `not be before ${today}` })
  // Who stands in answers in the other's place, so nobody makes themselves one.
  if (standIn === actor) throw new Refusal('SameActor', { actor })
  if (standIn === person || (standIn === null && (await isSupervisor(sql, company, person))))
    throw new Refusal('StandInNeeded', { person })
  const other = await sql.one<Absence>(
    `${ABSENCES} WHERE company = $1 AND person = $2 AND from_on <= $4 AND coalesce(back_on - 1, to_on) >= $3 ORDER BY from_on LIMIT 1`,
    [company, person, from, to],
  )
  if (other) throw new Refusal('AbsenceOverlaps', { person, from: other.from, to: other.to })
  const row = await sql.one<{ id: number }>(
    `INSERT INTO absence (company, person, stand_in, from_on, to_on, reason, recorded_by, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0)) RETURNING id::int`,
    [company, person, standIn, from, to, why, actor, now],
  )
  const result = { absence: row!.id, person, standIn, from, to }
  await appendToJournal(sql, company, null, {
    event: 'absence recorded',
    actor,
    at: now,
    why,
    data: result,
  })
  return { result, cases: [], processes: await touchApprovalsOf(sql, company, person) }
}

/** Back sooner than planned, or never away: from that day the tasks are the person's own again. */
export async function endAbsence(
  sql: Sql,
  asking: Asking,
  input: TeamCommands['endAbsence'],
): Promise<Answer> {
  const { company, actor, now } = asking
  const id = String(input.absence)
  const found = await mustFind<Absence>(sql, 'absence', id, `${ABSENCES} WHERE company = $1 AND id = $2`, [
    company,
    input.absence,
  ])
  const today = await companyToday(sql, company, now)
  if (found.to < today || (found.backOn !== null && found.backOn <= today))
    throw new Refusal('NotOpen', { what: 'absence', id, state: 'over' })
  const { backOn } = input
  // What stood in somebody else's list yesterday isn't taken back from there.
  if (backOn < today)
    throw new Refusal('InvalidDate', { field: 'backOn', value: backOn, must: `not be before ${today}` })
  if (backOn > found.to)
    throw new Refusal('InvalidDate', { field: 'backOn', value: backOn, must: `not be after ${found.to}` })
  await sql.rows('UPDATE absence SET back_on = $2 WHERE id = $1', [found.id, backOn])
  const result = { absence: found.id, person: found.person, standIn: found.standIn, backOn }
  await appendToJournal(sql, company, null, {
    event: 'absence ended',
    actor,
    at: now,
    why: input.why,
    data: result,
  })
  return { result, cases: [], processes: await touchApprovalsOf(sql, company, found.person) }
}

/** Of the version that holds of any policy. */
const isSupervisor = async (sql: Sql, company: string, person: string): Promise<boolean> =>
  (await sql.one(
    `SELECT 1 FROM policy_version v WHERE v.company = $1 AND v.document ->> 'supervisor' = $2
       AND v.version = (SELECT max(version) FROM policy_version x
         WHERE x.company = v.company AND x.code = v.code AND x.activated_at IS NOT NULL)`,
    [company, person],
  )) !== null
