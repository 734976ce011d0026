import type { LoadScope } from '../../domain/load.ts'
import { scopesOverlap } from '../../domain/load.ts'
import { toDecimal } from '../../domain/money.ts'
import type { LineError } from '../../domain/openItem.ts'
import type { Sql } from '../database.ts'
import { MOVED_HERE } from '../presentation.ts'
import type { Promoting } from './promote.ts'

/** What a file and the books say of the same things, and what makes a file impossible. */

const ofFile = (column: string, value: string, code: string, message: string): LineError => ({
  line: 0,
  column,
  value,
  code,
  message,
})

/** A file must not turn the books back to an earlier day, nor tell of a day to come. */
export async function checkAsOf(sql: Sql, load: Promoting): Promise<LineError[]> {
  const { asOf, today } = load
  if (asOf === null)
    return load.kind === 'snapshot'
      ? [ofFile('', '', 'as-of-missing', 'a snapshot needs the day that it tells of: give it as --as-of')]
      : []
  if (asOf > today)
    return [
      ofFile(
        '',
        asOf,
        'as-of-future',
        `says how things stand on ${asOf}, and today is ${today}: correct --as-of`,
      ),
    ]
  const later = await sql.rows<{ file_name: string; as_of: string; scope: LoadScope }>(
    `SELECT file_name, as_of, scope FROM load WHERE company = $1 AND source = $2 AND as_of > $3 AND state IN ('held', 'released') ORDER BY as_of DESC`,
    [load.company, load.source, asOf],
  )
  const taken = later.find((one) => scopesOverlap(one.scope, load.scope))
  return taken
    ? [
        ofFile(
          '',
          asOf,
          'older-than-taken',
          `is as of ${asOf}, and ${taken.file_name} as of ${taken.as_of} is in the books already: an older file would turn them back. Leave it out`,
        ),
      ]
    : []
}

const lastDue = (moved: string): string => `coalesce(
    (SELECT t.due_on FROM receivable_term t WHERE t.receivable_id = r.id AND t.reason NOT IN ${moved} ORDER BY t.seq DESC LIMIT 1), r.due_on)`

/**
 * A source that knows nothing of an acceptance, or of what was agreed with the customer, tells the due date from before
 * it: only another one is news.
 */
const SOURCES_DUE = `CASE WHEN i.presented_on IS NULL AND r.presented_on IS NOT NULL THEN ${lastDue(MOVED_HERE)}
  WHEN r.id IN (SELECT receivable_id FROM negotiation_item WHERE due_on IS NOT NULL) THEN ${lastDue("('negotiated', 'agreement broken')")}
  ELSE r.due_on END`

/**
 * Two tables for the rest of the promotion. `compared`: items of the file that the books have and that differ, with
 * the balance of the books as it was at the end of the file's day: what happened since, the file can't know. (Of an item
 * that is dated ahead, its first day is meant.)
 * `vanished`: what the books have open in the scope of a snapshot, what its source was the last to name, and the snapshot
 * no longer has.
 */
export async function compareWithBooks(sql: Sql, load: Promoting): Promise<void> {
  const asOf = load.asOf ?? load.today
  const since = 'value_on > greatest($3::date, r.issued_on)'
  const balanceThen = `a.balance_minor - coalesce((
      SELECT sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)::bigint FROM (
        SELECT debit_account, amount_minor FROM transfer WHERE debit_account = a.id AND ${since}
        UNION ALL SELECT debit_account, amount_minor FROM transfer WHERE credit_account = a.id AND ${since}) t), 0)`
  await sql.rows(
    `CREATE TEMP TABLE compared ON COMMIT DROP AS
     SELECT * FROM (
       SELECT i.line, r.id, r.customer_id, r.document, r.tranche, a.id AS account_id, r.closed_as, a.balance_minor, ${balanceThen} AS then_minor,
         c.code AS customer, i.customer AS said_customer, r.currency::text AS currency, i.currency AS said_currency, r.kind, i.kind AS said_kind,
         r.original_minor, i.original_minor AS said_original_minor, r.issued_on, i.issued_on AS said_issued_on,
         i.open_minor AS said_open_minor, ${SOURCES_DUE} AS due_on, i.due_on AS said_due_on, r.presented_on, i.presented_on AS said_presented_on
       FROM load_row i JOIN receivable r ON r.company = $2 AND r.document = i.document AND r.tranche = i.tranche
       JOIN customer c ON c.id = r.customer_id JOIN account a ON a.receivable_id = r.id
       WHERE i.load_id = $1) both_sides
     WHERE (customer, currency, kind, original_minor, issued_on, due_on)
           <> (said_customer, said_currency, said_kind, said_original_minor, said_issued_on, said_due_on)
       OR said_open_minor <> then_minor OR said_presented_on IS NOT NULL AND said_presented_on IS DISTINCT FROM presented_on`,
    [load.id, load.company, asOf],
  )
  await sql.rows(
    `CREATE TEMP TABLE vanished ON COMMIT DROP AS
     SELECT * FROM (
       SELECT r.id, r.customer_id, r.document, r.tranche, r.currency::text AS currency, a.id AS account_id, a.balance_minor, ${balanceThen} AS then_minor
       FROM receivable r LEFT JOIN load l ON l.id = r.load_id JOIN customer c ON c.id = r.customer_id JOIN account a ON a.receivable_id = r.id
       WHERE $5 AND r.company = $2 AND r.source = $4 AND r.closed_as IS NULL AND r.issued_on <= $3::date
         AND coalesce(l.as_of, l.finished_at::date, r.issued_on) <= $3::date
         AND (NOT $6::jsonb ? 'branches' OR $6::jsonb -> 'branches' ? c.branch) AND (NOT $6::jsonb ? 'customers' OR $6::jsonb -> 'customers' ? c.code)
         AND NOT EXISTS (SELECT FROM load_row i WHERE i.load_id = $1 AND i.document = r.document AND i.tranche = r.tranche)) gone
     WHERE then_minor <> 0`,
    [load.id, load.company, asOf, load.source, load.kind === 'snapshot', JSON.stringify(load.scope)],
  )
  await sql.rows('ANALYZE compared')
  await sql.rows('ANALYZE vanished')
}

/** Lines about customers that the file, by its own word, doesn't speak of. */
export async function checkScope(sql: Sql, load: Promoting): Promise<LineError[]> {
  if (load.scope.branches === undefined && load.scope.customers === undefined) return []
  const outside = await sql.rows<{ line: number; customer: string; branch: string; by_branch: boolean }>(
    `SELECT i.line, c.code AS customer, c.branch, $2::jsonb ? 'branches' AND NOT $2::jsonb -> 'branches' ? c.branch AS by_branch
     FROM load_row i JOIN customer c ON c.company = $3 AND c.code = i.customer
     WHERE i.load_id = $1 AND ($2::jsonb ? 'branches' AND NOT $2::jsonb -> 'branches' ? c.branch
                            OR $2::jsonb ? 'customers' AND NOT $2::jsonb -> 'customers' ? c.code) ORDER BY i.line LIMIT 1000`,
    [load.id, JSON.stringify(load.scope), load.company],
  )
  return outside.map(({ line, customer, branch, by_branch }) => ({
    line,
    column: by_branch ? 'branch' : 'customer',
    value: by_branch ? branch : customer,
    code: 'outside-scope',
    message: `is outside of what the file speaks of (${scopeText(load.scope)}): correct the line, or the scope`,
  }))
}

const scopeText = ({ branches, customers }: LoadScope): string =>
  [
    ...(branches ? [`branch ${branches.join(', ')}`] : []),
    ...(customers ? [`customer ${customers.join(', ')}`] : []),
  ].join('; ')

/** Without control totals, a snapshot that lost more of its items than this may have been cut off. */
const VANISHED_PERCENT_MAX = 25
const VANISHED_MIN = 10

/**
 * A changed customer, currency, kind, original amount or issue date can't be the same document. And a snapshot
 * without control totals that lost many items at once is more likely half a file than many payments.
 */
export async function checkAgainstBooks(sql: Sql, load: Promoting): Promise<LineError[]> {
  const conflicts = await sql.rows<{
    line: number
    document: string
    field: string
    currency: string
    said_currency: string
    old: string
    new: string
  }>(
    `SELECT line, document, field, currency, said_currency, old, new FROM compared
     CROSS JOIN LATERAL (VALUES
       ('customer', customer, said_customer), ('currency', currency, said_currency), ('kind', kind, said_kind),
       ('original', original_minor::text, said_original_minor::text), ('issued', issued_on::text, said_issued_on::text)) AS d(field, old, new)
     WHERE d.old <> d.new ORDER BY line`,
  )
  const told = (text: string, field: string, currency: string) =>
    field === 'original' ? `${toDecimal(BigInt(text), currency)} ${currency}` : text
  const errors = conflicts.map((c) => ({
    line: c.line,
    column: c.field,
    value: told(c.new, c.field, c.said_currency),
    code: 'conflict',
    message: `The books have ${c.document} with ${c.field} ${told(c.old, c.field, c.currency)}. A document never changes that: give the new one its own number, or mend the file.`,
  }))
  if (load.kind !== 'snapshot' || load.control !== null || load.authority !== 'source') return errors
  const gone = (await sql.one<{ gone: number; open: number }>(
    `SELECT (SELECT count(*)::int FROM vanished) AS gone,
       (SELECT count(*)::int FROM load_row WHERE load_id = $1 AND open_minor IS DISTINCT FROM 0) + (SELECT count(*)::int FROM vanished) AS open`,
    [load.id],
  ))!
  if (gone.gone >= VANISHED_MIN && gone.gone * 100 > gone.open * VANISHED_PERCENT_MAX)
    errors.push(
      ofFile(
        '',
        String(gone.gone),
        'too-many-vanished',
        `lacks ${gone.gone} items that are open in the books, and has no control totals: it may have been cut off. Give its control totals (--control), and it is believed`,
      ),
    )
  return errors
}

/** What an initial load tells of the time before must have been by now, and in the words of the policy. */
export async function checkHistory(sql: Sql, load: Promoting): Promise<LineError[]> {
  if (load.kind !== 'initial') return []
  const unknown = await sql.rows<{ line: number; step: string; policy: string; known: string }>(
    `SELECT f.line, f.history ->> 'lastStep' AS step, v.code AS policy,
       (SELECT string_agg(s ->> 'id', ', ') FROM jsonb_array_elements(v.document -> 'steps') s) AS known
     FROM fresh f JOIN policy_version v ON v.id = f.policy_id
     WHERE f.history ->> 'lastStep' IS NOT NULL AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(v.document -> 'steps') s WHERE s ->> 'id' = f.history ->> 'lastStep') ORDER BY f.line`,
  )
  const future = await sql.rows<{ line: number; field: string; day: string }>(
    `SELECT f.line, d.field, d.day FROM fresh f CROSS JOIN LATERAL (VALUES
       ('last_step_on', f.history ->> 'lastStepOn'), ('settled', f.history ->> 'settledOn'),
       ('promise_made', f.history #>> '{promise,madeOn}'), ('dispute_opened', f.history #>> '{dispute,openedOn}')) d(field, day)
     WHERE d.day::date > $1 ORDER BY f.line`,
    [load.today],
  )
  return [
    ...unknown.map(({ line, step, policy, known }) => ({
      line,
      column: 'last_step',
      value: step,
      code: 'unknown-step',
      message: `is not a step of policy "${policy}", which holds for this customer; it has ${known}`,
    })),
    ...future.map(({ line, field, day }) => ({
      line,
      column: field,
      value: day,
      code: 'future-date',
      message: `is after today, ${load.today}; correct it`,
    })),
  ].sort((a, b) => a.line - b.line)
}
