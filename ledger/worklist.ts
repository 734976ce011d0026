import type { Instant, LocalDate } from '../domain/calendar.ts'
import { toDecimal } from '../domain/money.ts'
import type { PayerHabit } from '../domain/payerHabit.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Point, pointsOf, sumOfPoints } from '../domain/worklist.ts'
import type { Sql } from './database.ts'
import { type CustomerCase, casesOfCustomers } from './findCase.ts'
import { policiesById } from './policies.ts'
import type { Snoozed } from './snoozes.ts'
import { heldTasksSql, type TaskKind } from './tasks.ts'
import { type RowFacts, type Whose, worklistFacts } from './worklistFacts.ts'

/** What one person has to do about one customer, and why it stands where it stands. */
export interface WorklistRow {
  customer: string
  name: string
  branch: string
  owner: string
  /** The sum of `why`. */
  points: number
  why: Point[]
  /** Of the task that is due first. */
  dueOn: LocalDate
  /** What the customer owes beyond its due date, by currency; `askable` of it isn't kept back by anything. */
  overdue: { currency: string; amount: string; askable: string }[]
  /** Of the customer's oldest overdue item; 0 when none is. */
  oldestDaysLate: number
  promises: { kept: number; broken: number }
  /** How the customer's payer has paid; null without payments in two years. */
  habit: PayerHabit | null
  /** Put off until a day; `back` says what brought it back before. */
  snooze: Snoozed | null
  /** Cases of the customer with something to do or something open. */
  cases: Pick<CustomerCase, 'key' | 'open' | 'stages'>[]
  tasks: WorklistTask[]
}

export interface WorklistTask {
  id: number
  kind: TaskKind
  subject: string
  detail: Record<string, unknown>
  case: string
  /** Whose it is; somebody else's than the row's while that one is away. */
  owner: string
  dueOn: LocalDate
  /** The oldest few; `count` says how many there are. */
  documents: string[]
  count: number
}

export interface WorklistQuestion {
  company: string
  /** Whose tasks; everybody's when not said. */
  analyst?: string
  branch?: string
  /** Only the rows that are snoozed; else those that aren't. */
  snoozed?: boolean
  now: Instant
  limit: number
  /** `next` of the page before. */
  after?: string
}

const DOCUMENTS_SHOWN = 5

/** Place of a row in the order: points (descending), customer, owner. */
type Place = [points: number, customer: number, owner: string]

/**
 * Who is to be dealt with, most points first: one row per customer and owner with all that is open for the two. The
 * next page begins after the place of the last row, wherever that one stands by then.
 *
 * The order is reckoned for all rows of the list, by each customer's policy; what a row shows beside that is read for
 * the page.
 *
 * @throws Refusal NotFound when `after` is no cursor of this list
 */
export async function worklist(
  sql: Sql,
  { limit, after, snoozed = false, ...whose }: WorklistQuestion,
): Promise<{ rows: WorklistRow[]; next: string | null }> {
  const place = after === undefined ? null : placeOf(after)
  const ordered = (await inPoints(sql, await worklistFacts(sql, whose, snoozed)))
    .sort((a, b) => inOrder(a.place, b.place))
    .filter((row) => place === null || inOrder(row.place, place) > 0)
  const page = ordered.slice(0, limit)
  const last = ordered.length > limit ? page.at(-1) : undefined
  return { rows: await shown(sql, whose, page), next: last ? cursorOf(last.place) : null }
}

interface Placed {
  facts: RowFacts
  why: Point[]
  place: Place
}

async function inPoints(sql: Sql, rows: readonly RowFacts[]): Promise<Placed[]> {
  const policies = await policiesById(
    sql,
    rows.map((row) => row.policyId),
  )
  return rows.map((facts) => {
    const why = pointsOf(facts, policies.get(facts.policyId)!.worklist)
    return { facts, why, place: [sumOfPoints(why), facts.customerId, facts.owner] }
  })
}

function inOrder([points, customer, owner]: Place, [otherPoints, otherCustomer, otherOwner]: Place): number {
  return (
    otherPoints - points ||
    customer - otherCustomer ||
    (owner === otherOwner ? 0 : owner < otherOwner ? -1 : 1)
  )
}

async function shown(sql: Sql, whose: Whose, page: readonly Placed[]): Promise<WorklistRow[]> {
  const customers = [...new Set(page.map((row) => row.facts.customerId))]
  const tasks = await tasksOf(sql, whose, customers)
  const cases = await casesOfCustomers(sql, customers)
  return page.map(({ facts, why, place }) => {
    const mine = tasks.filter((t) => t.customer === facts.customerId && t.holder === facts.owner)
    return {
      customer: facts.code,
      name: facts.name,
      branch: facts.branch,
      owner: facts.owner,
      points: place[0],
      why,
      dueOn: facts.dueOn,
      overdue: facts.overdue.map(({ currency, minor, askableMinor }) => ({
        currency,
        amount: toDecimal(minor, currency),
        askable: toDecimal(askableMinor, currency),
      })),
      oldestDaysLate: facts.oldestDaysLate,
      promises: { kept: facts.kept, broken: facts.broken },
      habit: facts.habit,
      snooze: facts.snooze,
      cases: cases
        .filter((c) => c.customer === facts.customerId && (c.open > 0 || mine.some((t) => t.case === c.key)))
        .map(({ key, open, stages }) => ({ key, open, stages })),
      tasks: mine.map(({ customer: _, holder: __, ...task }) => task),
    }
  })
}

/** Tasks of the page's customers, and the oldest documents of each. */
const tasksOf = (
  sql: Sql,
  { company, now, analyst }: Whose,
  customers: readonly number[],
): Promise<(WorklistTask & { customer: number; holder: string })[]> =>
  sql.rows(
    `SELECT t.customer_id::int AS customer, t.holder, t.owner, t.id::int, t.kind, t.subject, t.detail, k.key AS case, t.due_on AS "dueOn",
       coalesce(i.documents, '{}') AS documents, coalesce(i.count, 0) AS count
     FROM ${heldTasksSql('$1', '$3', '$4')} t JOIN collection_case k ON k.id = t.case_id CROSS JOIN LATERAL (
       SELECT array_agg(f.name ORDER BY f.place) FILTER (WHERE f.place <= ${DOCUMENTS_SHOWN}) AS documents, count(*)::int AS count FROM (
         SELECT CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS name, row_number() OVER (ORDER BY r.due_on, r.id) AS place
         FROM task_item x JOIN receivable r ON r.id = x.receivable_id WHERE x.task_id = t.id) f) i
     WHERE t.customer_id = ANY($2) ORDER BY t.due_on, t.id`,
    [company, customers, now, analyst ?? null],
  )

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(place) &&
      place.length === 3 &&
      Number.isInteger(place[0]) &&
      Number.isInteger(place[1]) &&
      typeof place[2] === 'string'
    )
      return place as Place
  } catch {
    // Said below.
  }
  throw new Refusal('NotFound', { what: 'page', id: cursor })
}
