import { assess } from '../../ledger/assess.ts'
import type { Database, Sql } from '../../ledger/database.ts'
import type { Calendars } from '../../ledger/scope.ts'
import { Broken } from './broken.ts'

/**
 * The cases look only at receivables that were touched or are due. Here every open one is looked at, in a transaction
 * that is rolled back afterwards: what that takes away should have been gone already, and what it begins should
 * have begun, so some change of facts forgot to touch.
 */
export async function lookAtEverything(
  database: Database,
  calendars: Calendars,
  company: string,
  now: number,
): Promise<void> {
  const undone = new Error('undone')
  await database
    .transaction(async (sql) => {
      const cases = await sql.rows<{ id: number; key: string }>(
        'SELECT id::int, key FROM collection_case WHERE company = $1 AND facts_version = assessed_version ORDER BY id',
        [company],
      )
      const ids = cases.map((c) => c.id)
      const before = await standing(sql, ids)
      const soon = await dueSoon(sql, ids, now)
      await sql.rows('UPDATE receivable SET touched = true WHERE case_id = ANY($1) AND closed_as IS NULL', [
        ids,
      ])
      const inside: Database = { ...sql, transaction: (work) => work(sql), close: async () => {} }
      for (const { key } of cases) await assess(inside, calendars, company, key, now)
      compare(before, await standing(sql, ids), soon, await tooOld(sql, ids))
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}

interface Standing {
  key: string
  document: string
  what: string
  /** A message, a call or a visit of the case is open: what comes later may join it without being touched. */
  joinable: boolean
}

/** What is planned in these cases: steps on their way, open tasks about receivables, agreements that suspend. */
const standing = (sql: Sql, cases: number[]): Promise<Standing[]> =>
  sql.rows<Standing>(
    `SELECT k.key, w.document, w.document || w.what AS what, EXISTS (SELECT FROM message m WHERE m.case_id = k.id AND m.state IN ('pending', 'sending'))
        OR EXISTS (SELECT FROM task t WHERE t.case_id = k.id AND t.state = 'open' AND t.kind IN ('call', 'visit')) AS joinable
     FROM collection_case k JOIN (
       SELECT r.case_id, r.document, ' ' || s.step || ' ' || s.state AS what FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id
       UNION ALL SELECT t.case_id, r.document, ' in ' || t.kind || ' ' || t.subject FROM task t JOIN task_item i ON i.task_id = t.id
         JOIN receivable r ON r.id = i.receivable_id WHERE t.state = 'open'
       UNION ALL SELECT r.case_id, r.document, ' promise ' || p.state FROM promise p JOIN promise_item i ON i.promise_id = p.id JOIN receivable r ON r.id = i.receivable_id
         -- Nobody looks after what is held.
         WHERE NOT r.held
       UNION ALL SELECT r.case_id, r.document, ' announced ' || n.state FROM announced_payment n JOIN announced_item i ON i.announced_id = n.id JOIN receivable r ON r.id = i.receivable_id
     ) w ON w.case_id = k.id WHERE k.id = ANY($1)`,
    [cases],
  )

/**
 * Documents whose own turn, or that of a dispute, a promise or announced money that they share, comes at the next openings:
 * days count from midnight, so a look in between finds it earlier. What is held nobody looks at until it is released.
 */
const dueSoon = async (sql: Sql, cases: number[], now: number): Promise<Set<string>> => {
  const rows = await sql.rows<{ document: string }>(
    `SELECT document FROM receivable WHERE case_id = ANY($1) AND (held OR next_action_at < to_timestamp($2::float8 / 1000) + interval '5 days')
     UNION SELECT r.document FROM dispute d JOIN dispute_line l ON l.dispute_id = d.id JOIN receivable r ON r.id = l.receivable_id
     WHERE r.case_id = ANY($1) AND d.resolved_on IS NULL AND d.escalated_on IS NULL AND coalesce(d.reminded_on, d.due_on) <= to_timestamp($2::float8 / 1000)::date + 1
     UNION SELECT o.document FROM (
       SELECT i.receivable_id, w.receivable_id AS other FROM promise p JOIN promise_item i ON i.promise_id = p.id JOIN promise_item w ON w.promise_id = p.id WHERE p.state = 'open'
       UNION ALL SELECT i.receivable_id, w.receivable_id FROM announced_payment n JOIN announced_item i ON i.announced_id = n.id JOIN announced_item w ON w.announced_id = n.id WHERE n.state = 'open'
     ) shared JOIN receivable r ON r.id = shared.receivable_id JOIN receivable o ON o.id = shared.other
     WHERE r.next_action_at < to_timestamp($2::float8 / 1000) + interval '5 days' AND r.customer_id IN (SELECT customer_id FROM collection_case WHERE id = ANY($1))`,
    [cases, now],
  )
  return new Set(rows.map((r) => r.document))
}

/** Documents of which nothing is said because the source's files are too old: what waits to be sent is given back by its claim. */
const tooOld = async (sql: Sql, cases: number[]): Promise<Set<string>> => {
  const rows = await sql.rows<{ document: string }>(
    `SELECT document FROM receivable WHERE case_id = ANY($1) AND next_reason = 'feed_too_old'`,
    [cases],
  )
  return new Set(rows.map((r) => r.document))
}

function compare(before: Standing[], after: Standing[], soon: Set<string>, old: Set<string>): void {
  const told = ({ key, what }: Standing) => `${key}: ${what}`
  const was = new Set(before.map(told))
  const is = new Set(after.map(told))
  const joinable = new Set(before.filter((s) => s.joinable).map((s) => s.key))
  const gone = before.find(
    (s) => !is.has(told(s)) && !soon.has(s.document) && !(old.has(s.document) && s.what.endsWith(' pending')),
  )
  if (gone) throw new Broken('a second look at everything takes nothing away', told(gone))
  const begun = after.find((s) => !was.has(told(s)) && !joinable.has(s.key) && !soon.has(s.document))
  if (begun) throw new Broken('a second look at everything begins nothing', told(begun))
}
