import type { Instant, LocalDate } from '../domain/calendar.ts'
import { isStatementDay } from '../domain/statementDay.ts'
import { type Database, mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { Doing } from './messages.ts'
import { planMessage } from './outbox.ts'
import { currentPolicySql, policiesById } from './policies.ts'
import { type Calendars, openCase } from './scope.ts'
import { HAS_OPEN, isPaused } from './statementDue.ts'

/** Statements of account for the customers of a branch on one of their days: who gets one, and what came of each. */

/** Whose statements: customers of a branch that live by one clock. */
export interface StatementGroup {
  branch: string
  timeZone: string
}

/** Every branch and time zone that has customers. */
export const statementGroups = (sql: Sql, company: string): Promise<StatementGroup[]> =>
  sql.rows(
    'SELECT DISTINCT branch, time_zone AS "timeZone" FROM customer WHERE company = $1 ORDER BY branch, time_zone',
    [company],
  )

interface Candidate {
  id: number
  policy: number
  calendar: string | null
  owes: boolean
  mailable: boolean
  paused: boolean
}

/**
 * Begins the run of a group's day, or finds it begun: who is to get a statement, and how, is decided here and once.
 *
 * @returns the run; null when the day is nobody's day
 */
export async function beginRun(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  group: StatementGroup,
  day: LocalDate,
): Promise<number | null> {
  return database.transaction(async (sql) => {
    await sql.one('SELECT pg_advisory_xact_lock(hashtextextended($1, 3))', [
      JSON.stringify([doing.company, group.branch, group.timeZone]),
    ])
    const begun = await sql.one<{ id: number }>(
      'SELECT id::int FROM statement_run WHERE company = $1 AND branch = $2 AND time_zone = $3 AND day = $4',
      [doing.company, group.branch, group.timeZone, day],
    )
    if (begun) return begun.id
    const items = await whoGetsOne(sql, calendars, doing.company, group, day)
    if (items.length === 0) return null
    const run = await sql.one<{ id: number }>(
      `INSERT INTO statement_run (company, branch, time_zone, day, begun_at, begun_by)
       VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6) RETURNING id::int`,
      [doing.company, group.branch, group.timeZone, day, doing.now, doing.actor],
    )
    await sql.rows(
      `INSERT INTO statement_run_item (run_id, customer_id, state, why)
       SELECT $1, customer, state, why FROM jsonb_to_recordset($2::jsonb) AS i(customer bigint, state text, why text)`,
      [run!.id, JSON.stringify(items)],
    )
    const count = (state: string) => items.filter((item) => item.state === state).length
    await appendToJournal(sql, doing.company, null, {
      event: 'statement run begun',
      actor: doing.actor,
      at: doing.now,
      data: {
        run: run!.id,
        ...group,
        day,
        mail: count('waiting'),
        print: count('print'),
        skipped: count('skipped'),
      },
    })
    return run!.id
  })
}

interface Item {
  customer: number
  state: 'waiting' | 'print' | 'skipped'
  why: string | null
}

async function whoGetsOne(
  sql: Sql,
  calendars: Calendars,
  company: string,
  { branch, timeZone }: StatementGroup,
  day: LocalDate,
): Promise<Item[]> {
  const candidates = await sql.rows<Candidate>(
    `SELECT c.id::int, ${currentPolicySql}::int AS policy, c.calendar,
       ${HAS_OPEN} AS owes,
       EXISTS (SELECT FROM contact x WHERE x.customer_id = c.id AND x.email IS NOT NULL AND x.refused_at IS NULL) AS mailable,
       ${isPaused('$4')} AS paused
     FROM customer c WHERE c.company = $1 AND c.branch = $2 AND c.time_zone = $3 ORDER BY c.id`,
    [company, branch, timeZone, day],
  )
  const policies = await policiesById(
    sql,
    candidates.map((c) => c.policy),
  )
  return candidates.flatMap(({ id, policy, calendar, owes, mailable, paused }): Item[] => {
    const { statements, calendar: usual } = policies.get(policy)!
    if (!isStatementDay(statements, day, calendars(calendar ?? usual))) return []
    const item = (state: Item['state'], why: string | null = null): Item[] => [{ customer: id, state, why }]
    if (paused) return item('skipped', 'paused')
    if (!owes && !statements.zero_balance) return item('skipped', 'nothing owed')
    if (statements.delivery === 'print') return item('print')
    if (mailable) return item('waiting')
    return statements.without_address === 'print'
      ? item('print', 'no address')
      : item('skipped', 'no address')
  })
}

/**
 * Plans the messages of the next customers of a run, each in its own conversation's outbox. Done twice, the second time
 * goes on with those that are left.
 *
 * @returns how many had their turn, fewer than `limit` when nobody waits any more, and the cases to wake
 */
export async function planStatements(
  database: Database,
  calendars: Calendars,
  doing: Doing,
  run: number,
  limit: number,
): Promise<{ done: number; keys: string[] }> {
  return database.transaction(async (sql) => {
    const waiting = await sql.rows<{ customer: number; key: string | null }>(
      `SELECT i.customer_id::int AS customer,
         (SELECT k.key FROM collection_case k WHERE k.customer_id = c.id ORDER BY k.key = c.code DESC, k.id LIMIT 1) AS key
       FROM statement_run_item i JOIN customer c ON c.id = i.customer_id
       WHERE i.run_id = $1 AND i.state = 'waiting' ORDER BY i.customer_id LIMIT $2 FOR UPDATE OF i`,
      [run, limit],
    )
    const keys: string[] = []
    for (const { customer, key } of waiting) {
      if (key === null) {
        await setItem(sql, run, customer, 'skipped', 'nothing owed', null)
        continue
      }
      const scope = (await openCase(sql, calendars, doing.company, key, doing.now))!
      const today = await sql.one<{ id: number }>(
        `SELECT id FROM message WHERE case_id = $1 AND purpose = 'statement' AND (planned_on = $2 OR state = 'pending') LIMIT 1`,
        [scope.case.id, scope.today],
      )
      if (today) {
        await setItem(sql, run, customer, 'skipped', 'another run wrote today', null)
        continue
      }
      const message = await planMessage(sql, doing, scope, 'account_statement')
      await setItem(sql, run, customer, 'mailed', null, message)
      keys.push(key)
    }
    return { done: waiting.length, keys }
  })
}

const setItem = (
  sql: Sql,
  run: number,
  customer: number,
  state: string,
  why: string | null,
  message: number | null,
): Promise<unknown> =>
  sql.rows(
    'UPDATE statement_run_item SET state = $3, why = $4, message_id = $5 WHERE run_id = $1 AND customer_id = $2',
    [run, customer, state, why, message],
  )

/** The next message goes on in the place of one that was refused; the one of a later run, which it joins, is that run's. */
export const sendInstead = (sql: Sql, refused: number, by: number): Promise<unknown> =>
  sql.rows(
    `UPDATE statement_run_item SET message_id = $2 WHERE message_id = $1
       AND NOT EXISTS (SELECT FROM statement_run_item WHERE message_id = $2)`,
    [refused, by],
  )

/** Everybody's turn has come; what is on its way goes on by itself. */
export const finishRun = (sql: Sql, run: number, now: Instant): Promise<unknown> =>
  sql.rows(
    'UPDATE statement_run SET finished_at = coalesce(finished_at, to_timestamp($2 / 1000.0)) WHERE id = $1',
    [run, now],
  )

/** What became of a run's statements, counted. */
export interface RunCounts {
  id: number
  branch: string
  timeZone: string
  day: LocalDate
  begunBy: string
  begunAt: Instant
  finishedAt: Instant | null
  customers: number
  /** Not planned yet. */
  waiting: number
  /** Planned, and not with the mail server yet. */
  onTheWay: number
  sent: number
  failed: number
  print: number
  skipped: number
}

const COUNTS = `SELECT r.id::int, r.branch, r.time_zone AS "timeZone", r.day, r.begun_by AS "begunBy", r.begun_at AS "begunAt", r.finished_at AS "finishedAt",
    count(*)::int AS customers,
    count(*) FILTER (WHERE i.state = 'waiting')::int AS waiting,
    count(*) FILTER (WHERE m.state IN ('pending', 'sending'))::int AS "onTheWay",
    count(*) FILTER (WHERE m.state = 'sent')::int AS sent,
    count(*) FILTER (WHERE m.state = 'failed')::int AS failed,
    count(*) FILTER (WHERE i.state = 'print')::int AS print,
    count(*) FILTER (WHERE i.state = 'skipped' OR m.state = 'skipped')::int AS skipped
  FROM statement_run r JOIN statement_run_item i ON i.run_id = r.id LEFT JOIN message m ON m.id = i.message_id`

/** The runs of a company, the newest first. */
export const statementRuns = (sql: Sql, company: string, limit: number): Promise<RunCounts[]> =>
  sql.rows(
    `${COUNTS} WHERE r.company = $1 AND r.id IN (SELECT id FROM statement_run WHERE company = $1 ORDER BY id DESC LIMIT $2)
     GROUP BY r.id ORDER BY r.id DESC`,
    [company, limit],
  )

/** Who of a run gets the statement on paper, in the order in which it is printed. @throws Refusal NotFound */
export async function printedOfRun(
  sql: Sql,
  company: string,
  run: number,
): Promise<{ branch: string; day: LocalDate; customers: number[] }> {
  return mustFind(
    sql,
    'statement run',
    String(run),
    `SELECT r.branch, r.day, coalesce((SELECT array_agg(c.id::int ORDER BY c.name, c.code) FROM statement_run_item i JOIN customer c ON c.id = i.customer_id
       WHERE i.run_id = r.id AND i.state = 'print'), '{}') AS customers
     FROM statement_run r WHERE r.company = $1 AND r.id = $2`,
    [company, run],
  )
}

export interface RunItem {
  customer: string
  name: string
  state: 'waiting' | 'on the way' | 'sent' | 'failed' | 'print' | 'skipped'
  why: string | null
}

export interface RunReport extends RunCounts {
  /** Who didn't get one by mail, and why. */
  others: RunItem[]
}

/** @throws Refusal NotFound */
export async function reportOfRun(sql: Sql, company: string, run: number): Promise<RunReport> {
  const counts = await mustFind<RunCounts>(
    sql,
    'statement run',
    String(run),
    `${COUNTS} WHERE r.company = $1 AND r.id = $2 GROUP BY r.id`,
    [company, run],
  )
  const others = await sql.rows<RunItem>(
    `SELECT c.code AS customer, c.name, coalesce(m.reason, i.why) AS why,
       CASE WHEN m.state IN ('pending', 'sending') THEN 'on the way' ELSE coalesce(m.state, i.state) END AS state
     FROM statement_run_item i JOIN customer c ON c.id = i.customer_id LEFT JOIN message m ON m.id = i.message_id
     WHERE i.run_id = $1 AND coalesce(m.state, '') <> 'sent' ORDER BY state, c.code`,
    [run],
  )
  return { ...counts, others }
}
