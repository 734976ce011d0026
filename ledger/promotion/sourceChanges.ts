import { toDecimal } from '../../domain/money.ts'
import type { LineError } from '../../domain/openItem.ts'
import { documentName, raiseCases, touchReceivables } from '../cases.ts'
import type { Sql } from '../database.ts'
import { appendAllToJournal } from '../journal.ts'
import { wakeWaitingForFile } from '../outbox.ts'
import { correctPromises } from '../promiseStanding.ts'
import { settleStages } from '../receivables.ts'
import type { Promoting } from './promote.ts'

/**
 * What the source has changed since the books last heard of it. Where the source keeps the books for money its word is
 * taken: balances move by transfers, terms get a new line in their history. What it can't know better (money that was
 * entered here), and everything when Cartera keeps the books, is an exception for a person.
 */

export interface SourceChanges {
  /** What was taken over of. */
  receivables: number[]
  /** Lines of the file of which something was taken over. */
  changed: number
  vanished: number
  exceptions: number
  /** Lines of the file that differ and are left as the books have them. */
  otherwise: number
  notes: LineError[]
}

interface Movement {
  id: number
  line: number
  customer: number
  document: string
  tranche: string
  currency: string
  balance: bigint
  said: bigint
  /** Settled at the source when positive, open there again when negative; signed like the item's debt. */
  taken: bigint
  /** What isn't taken over of the difference. */
  left: bigint
  credit: boolean
}

interface TermChange {
  id: number
  line: number
  customer: number
  document: string
  tranche: string
  field: 'due' | 'presented'
  from: string | null
  to: string
}

export async function takeChanges(sql: Sql, load: Promoting): Promise<SourceChanges> {
  const movements = await moveBalances(sql, load)
  const terms = await changeTerms(sql, load)
  const taken = load.authority === 'source' ? terms : []
  const moved = movements.filter((m) => m.taken !== 0n)
  const disagreements = [
    ...movements.filter((m) => m.left !== 0n).map(balanceDiffers),
    ...(load.authority === 'source' ? [] : terms.map(termDiffers)),
  ]
  await raiseExceptions(sql, load, disagreements)
  await journalChanges(sql, load, moved, taken)
  const ids = [...new Set([...moved, ...taken].map((each) => each.id))]
  await settleStages(sql, ids, 'paid')
  await touchReceivables(sql, ids)
  const asking = { company: load.company, actor: load.actor, key: load.id, now: load.now }
  await correctPromises(
    sql,
    asking,
    moved.filter((m) => m.taken > 0n).map((m) => m.id),
  )
  await correctPromises(
    sql,
    asking,
    moved.filter((m) => m.taken < 0n).map((m) => m.id),
    true,
  )
  const changedLines = new Set([...moved, ...taken].map((each) => each.line).filter((line) => line > 0))
  const otherwise = new Set(
    disagreements.map((d) => d.line).filter((line) => line > 0 && !changedLines.has(line)),
  )
  return {
    receivables: ids,
    changed: changedLines.size,
    vanished: moved.filter((m) => m.line === 0).length,
    exceptions: disagreements.length,
    otherwise: otherwise.size,
    notes: disagreements.map(({ line, column, value, code, message }) => ({
      line,
      column,
      value,
      code,
      message,
    })),
  }
}

/**
 * Posts what the source settled or opened again, at most what is open, and at most what the source had settled itself
 * and doesn't any more: a payment that was entered here isn't undone because the source doesn't know it yet.
 */
async function moveBalances(sql: Sql, load: Promoting): Promise<Movement[]> {
  await sql.rows(
    `CREATE TEMP TABLE movement ON COMMIT DROP AS
     WITH differing AS (
       SELECT id, line, customer_id, document, tranche, currency, account_id, balance_minor, then_minor, said_open_minor AS said_minor, closed_as
       FROM compared WHERE said_open_minor <> then_minor
       UNION ALL SELECT id, 0, customer_id, document, tranche, currency, account_id, balance_minor, then_minor, 0, NULL FROM vanished),
     sized AS (
       SELECT d.*, r.original_minor, r.original_minor < 0 AS credit, CASE WHEN r.original_minor < 0 THEN -1 ELSE 1 END AS sign, r.issued_on,
         coalesce((SELECT sum(CASE t.code WHEN 'source_reopening' THEN -t.amount_minor ELSE t.amount_minor END)::bigint FROM transfer t
                   WHERE (t.debit_account = d.account_id OR t.credit_account = d.account_id)
                     AND t.code IN ('settled_before', 'source_settlement', 'source_reopening')), 0) AS settled_there
       FROM differing d JOIN receivable r ON r.id = d.id),
     wanted AS (SELECT *, sign * (then_minor - said_minor) AS wanted FROM sized)
     SELECT *, CASE WHEN NOT $1 THEN 0
                    WHEN wanted > 0 THEN least(wanted, sign * balance_minor)
                    WHEN closed_as IS NULL OR closed_as = 'paid' THEN -greatest(0, least(-wanted, settled_there - sign * (original_minor - said_minor))) ELSE 0 END AS taken
     FROM wanted`,
    [load.authority === 'source'],
  )
  await sql.rows(
    `INSERT INTO account (company, kind, currency) SELECT DISTINCT $1, 'settled_at_source', currency FROM movement WHERE taken <> 0 ON CONFLICT DO NOTHING`,
    [load.company],
  )
  await sql.rows(
    `INSERT INTO transfer (company, debit_account, credit_account, currency, amount_minor, code, reference, idempotency_key, actor, value_on, posting_on, recorded_at)
     SELECT $1, CASE WHEN m.credit = (m.taken > 0) THEN m.account_id ELSE contra.id END, CASE WHEN m.credit = (m.taken > 0) THEN contra.id ELSE m.account_id END,
       m.currency, abs(m.taken), d.code, $2, d.code || ':' || $3 || ':' || m.id, $4, d.on_date, greatest(d.on_date, company.books_closed_through + 1),
       to_timestamp($6 / 1000.0)
     FROM movement m JOIN company ON company.id = $1
     JOIN account contra ON contra.company = $1 AND contra.kind = 'settled_at_source' AND contra.currency = m.currency
     CROSS JOIN LATERAL (SELECT CASE WHEN m.taken > 0 THEN 'source_settlement' ELSE 'source_reopening' END AS code,
                                greatest(m.issued_on, $5::date) AS on_date) d
     WHERE m.taken <> 0 ORDER BY m.id`,
    [load.company, `load ${load.id}`, load.id, load.actor, load.asOf ?? load.today, load.now],
  )
  return sql.rows<Movement>(
    `SELECT id::int, line, customer_id::int AS customer, document, tranche, currency, then_minor AS balance, said_minor::bigint AS said,
       taken::bigint AS taken, (wanted - taken)::bigint AS left, credit FROM movement ORDER BY line, id`,
  )
}

/**
 * New due and acceptance dates of what is open, or is again; with the source's authority they hold from now on. What a
 * later file has said of them, one of an earlier day can't know.
 */
async function changeTerms(sql: Sql, load: Promoting): Promise<TermChange[]> {
  const on = load.asOf ?? load.today
  const changes = await sql.rows<TermChange>(
    `SELECT c.id::int, c.line, c.customer_id::int AS customer, c.document, c.tranche, d.field, d.was::text AS from, d.said::text AS to
     FROM compared c CROSS JOIN LATERAL (VALUES ('due', due_on, said_due_on), ('presented', presented_on, coalesce(said_presented_on, presented_on))) d(field, was, said)
     WHERE (c.closed_as IS NULL OR c.id IN (SELECT id FROM movement WHERE taken < 0)) AND d.was IS DISTINCT FROM d.said
       AND NOT EXISTS (SELECT FROM receivable_term t WHERE t.receivable_id = c.id AND t.reason = 'source' AND t.effective_on > greatest(c.issued_on, $1::date))
     ORDER BY c.line`,
    [on],
  )
  if (changes.length === 0 || load.authority !== 'source') return changes
  await sql.rows(
    `UPDATE receivable r SET due_on = CASE WHEN c.due_on = c.said_due_on THEN r.due_on ELSE c.said_due_on END, presented_on = coalesce(c.said_presented_on, r.presented_on) FROM compared c WHERE c.id = r.id AND r.id = ANY($1)`,
    [changes.map((c) => c.id)],
  )
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT r.id, (SELECT max(seq) + 1 FROM receivable_term t WHERE t.receivable_id = r.id), r.due_on, r.presented_on,
       greatest(r.issued_on, $2::date), to_timestamp($3 / 1000.0), 'source' FROM receivable r WHERE r.id = ANY($1)`,
    [changes.map((c) => c.id), on, load.now],
  )
  return changes
}

interface Disagreement extends LineError {
  receivable: number
  kind: string
  detail: Record<string, unknown>
}

function balanceDiffers(m: Movement): Disagreement {
  const [books, said] = [toDecimal(m.balance, m.currency), toDecimal(m.said, m.currency)]
  const name = documentName(m)
  const vanished = m.line === 0
  return {
    receivable: m.id,
    kind: vanished ? 'vanished' : 'balance_differs',
    line: m.line,
    column: 'open',
    value: `${said} ${m.currency}`,
    code: vanished ? 'vanished' : 'differs',
    message: vanished
      ? `The books have ${name} with open ${books} ${m.currency}, and the file no longer has it; left as it is there.`
      : `The books have ${name} with open ${books} ${m.currency}; left as it is there.`,
    detail: { document: name, field: 'open', currency: m.currency, books, source: said },
  }
}

function termDiffers(t: TermChange): Disagreement {
  const name = documentName(t)
  return {
    receivable: t.id,
    kind: `${t.field}_differs`,
    line: t.line,
    column: t.field,
    value: t.to,
    code: 'differs',
    message: `The books have ${name} with ${t.field} ${t.from ?? 'empty'}; left as it is there.`,
    detail: { document: name, field: t.field, books: t.from, source: t.to },
  }
}

/** One exception per receivable and kind while it lasts; what agrees again is resolved by itself. */
async function raiseExceptions(sql: Sql, load: Promoting, found: readonly Disagreement[]): Promise<void> {
  const at = load.now
  await sql.rows(
    `INSERT INTO exception (company, kind, customer_id, receivable_id, load_id, detail, raised_at)
     SELECT $1, d.kind, r.customer_id, r.id, $2, d.detail, to_timestamp($4 / 1000.0)
     FROM jsonb_to_recordset($3::jsonb) AS d(receivable bigint, kind text, detail jsonb) JOIN receivable r ON r.id = d.receivable
     ON CONFLICT (receivable_id, kind) WHERE resolved_at IS NULL AND receivable_id IS NOT NULL
     DO UPDATE SET detail = excluded.detail, load_id = excluded.load_id`,
    [
      load.company,
      load.id,
      JSON.stringify(found.map(({ receivable, kind, detail }) => ({ receivable, kind, detail }))),
      at,
    ],
  )
  await sql.rows(
    `UPDATE exception e SET resolved_at = to_timestamp($3 / 1000.0), resolved_by = $4, resolved_why = 'source and books agree'
     FROM receivable r, load l
     WHERE e.receivable_id = r.id AND l.id = e.load_id AND e.resolved_at IS NULL AND e.kind IN ('balance_differs', 'vanished', 'due_differs', 'presented_differs')
       AND e.company = $1 AND e.load_id <> $2 AND l.source = $5
       AND EXISTS (SELECT FROM load_row i WHERE i.load_id = $2 AND i.document = r.document AND i.tranche = r.tranche)`,
    [load.company, load.id, at, load.actor, load.source],
  )
}

/** One entry per customer with everything that changed for it. */
async function journalChanges(
  sql: Sql,
  load: Promoting,
  moved: readonly Movement[],
  terms: readonly TermChange[],
): Promise<void> {
  const entries = new Map<number, { receivables: Set<number>; changes: Record<string, unknown>[] }>()
  const add = ({ customer, id }: { customer: number; id: number }, change: Record<string, unknown>) => {
    const entry = entries.get(customer) ?? { receivables: new Set(), changes: [] }
    entry.receivables.add(id)
    entry.changes.push(change)
    entries.set(customer, entry)
  }
  for (const m of moved)
    add(m, {
      document: documentName(m),
      what: m.taken > 0n ? 'settled' : 'reopened',
      amount: toDecimal(m.taken > 0n ? m.taken : -m.taken, m.currency),
      currency: m.currency,
    })
  for (const t of terms) add(t, { document: documentName(t), what: t.field, from: t.from, to: t.to })
  await appendAllToJournal(
    sql,
    load.company,
    [...entries]
      .sort(([a], [b]) => a - b)
      .map(([customerId, { receivables, changes }]) => ({
        customerId,
        event: 'source changed',
        actor: load.actor,
        at: load.now,
        receivables: [...receivables].sort((a, b) => a - b),
        data: { load: load.id, asOf: load.asOf ?? load.today, changes },
      })),
  )
}

/** Cases that spoke to nobody because a feed was too old look again, and what waits in the outbox for it is its turn. */
export async function wakeWhoWaits(sql: Sql, load: Promoting): Promise<void> {
  await wakeWaitingForFile(sql, load.company, load.now)
  await raiseCases(
    sql,
    `UPDATE receivable SET touched = true WHERE company = $1 AND next_reason = 'feed_too_old' AND closed_as IS NULL RETURNING case_id`,
    'SELECT case_id FROM touched',
    [load.company],
  )
}
