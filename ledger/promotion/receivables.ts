import { caseKeySql } from '../cases.ts'
import type { Sql } from '../database.ts'
import { currentPolicySql } from '../policies.ts'
import type { Promoting } from './promote.ts'

/** The receivables of a file: whose they are from now on, and those that the books don't have yet. */

/** What the file names is its source's from now on, whoever brought or made it. */
export const nameReceivables = (sql: Sql, load: Promoting): Promise<unknown> =>
  sql.rows(
    `UPDATE receivable r SET source = $3 FROM load_row i
     WHERE i.load_id = $1 AND r.company = $2 AND r.document = i.document AND r.tranche = i.tranche AND r.source IS DISTINCT FROM $3`,
    [load.id, load.company, load.source],
  )

/** Makes each of them, in the case that its customer's policy groups it into. Returns how many. */
export async function takeReceivables(sql: Sql, load: Promoting): Promise<number> {
  await sql.rows(
    `CREATE TEMP TABLE fresh ON COMMIT DROP AS
     SELECT r.*, c.id AS customer_id, c.payer_id, v.id AS policy_id, v.grouping,
       ${caseKeySql('v.grouping')} AS case_key
     FROM (SELECT line, customer, document, tranche, kind, currency, original_minor, open_minor, issued_on, due_on, presented_on,
                  coalesce(site, '') AS site, order_number, CASE WHEN $3 THEN history END AS history FROM load_row WHERE load_id = $1) r
     JOIN customer c ON c.company = $2 AND c.code = r.customer
     JOIN payer p ON p.id = c.payer_id
     -- Each version is opened once, not for each receivable.
     LEFT JOIN (SELECT id, document ->> 'grouping' AS grouping FROM policy_version WHERE company = $2 OFFSET 0) v ON v.id = ${currentPolicySql}
     WHERE NOT EXISTS (SELECT FROM receivable x WHERE x.company = $2 AND x.document = r.document AND x.tranche = r.tranche)`,
    [load.id, load.company, load.kind === 'initial'],
  )
  // Without statistics the planner takes it for small and compares each of its rows with each receivable.
  await sql.rows('ANALYZE fresh')
  const without = await sql.one<{ customer: string }>(
    'SELECT customer FROM fresh WHERE policy_id IS NULL LIMIT 1',
  )
  if (without)
    throw new Error(
      `no policy applies to customer ${without.customer}: publish one with applies_to.company: true`,
    )
  await sql.rows(
    `INSERT INTO collection_case (company, customer_id, key, grouping, site)
     SELECT DISTINCT $1, customer_id, case_key, grouping, CASE WHEN grouping = 'site' THEN site ELSE '' END FROM fresh ORDER BY 2, 3
     ON CONFLICT (company, key) DO NOTHING`,
    [load.company],
  )
  const made = await sql.one<{ n: number }>(
    `WITH made AS (
       INSERT INTO receivable (company, document, tranche, customer_id, payer_id, case_id, policy_id, kind, currency, original_minor,
         issued_on, due_on, presented_on, order_number, site, load_id, source, held, first_seen_on, closed_as, stage)
       SELECT $1, f.document, f.tranche, f.customer_id, f.payer_id, k.id, f.policy_id, f.kind, f.currency, f.original_minor,
         f.issued_on, f.due_on, f.presented_on, f.order_number, f.site, $2, $5, $3, $4,
         CASE WHEN f.open_minor = 0 THEN 'paid' END,
         CASE WHEN f.open_minor = 0 THEN 'closed' ELSE coalesce(f.history ->> 'stage', 'current') END
       FROM fresh f JOIN collection_case k ON k.company = $1 AND k.key = f.case_key ORDER BY f.line RETURNING 1)
     SELECT count(*)::int AS n FROM made`,
    [load.company, load.id, load.hold, load.today, load.source],
  )
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT id, 1, due_on, presented_on, issued_on, to_timestamp($2 / 1000.0), 'loaded' FROM receivable WHERE load_id = $1`,
    [load.id, load.now],
  )
  if (!load.hold)
    await sql.rows(
      'UPDATE collection_case SET facts_version = facts_version + 1 WHERE id IN (SELECT case_id FROM receivable WHERE load_id = $1)',
      [load.id],
    )
  return made!.n
}

/**
 * Opening transfers: the whole amount at its issue date, and what was settled before the load against it, on the day
 * it was settled where the file says so.
 */
export async function openAccounts(sql: Sql, load: Promoting): Promise<void> {
  await sql.rows(
    `INSERT INTO account (company, kind, currency, receivable_id, balance_minor, floor_minor, ceiling_minor)
     SELECT company, 'receivable', currency, id, 0, least(0, original_minor), greatest(0, original_minor) FROM receivable WHERE load_id = $1`,
    [load.id],
  )
  await sql.rows(
    `INSERT INTO account (company, kind, currency)
     SELECT DISTINCT r.company, k.kind, r.currency FROM receivable r, (VALUES ('sales'), ('opening_balance')) k(kind) WHERE r.load_id = $1
     ON CONFLICT DO NOTHING`,
    [load.id],
  )
  await sql.rows(
    `INSERT INTO transfer (company, debit_account, credit_account, currency, amount_minor, code, reference, idempotency_key, actor, value_on, posting_on, recorded_at)
     SELECT r.company, CASE WHEN t.minor > 0 THEN a.id ELSE contra.id END, CASE WHEN t.minor > 0 THEN contra.id ELSE a.id END, r.currency, abs(t.minor),
       t.code, $2, t.code || ':' || r.id, $3, t.on_date, greatest(t.on_date, company.books_closed_through + 1), to_timestamp($4 / 1000.0)
     FROM fresh f
     JOIN receivable r ON r.company = $6 AND r.document = f.document AND r.tranche = f.tranche
     JOIN company ON company.id = r.company
     JOIN account a ON a.receivable_id = r.id
     CROSS JOIN LATERAL (VALUES (r.original_minor, 'opening', 'sales', r.issued_on),
                                (coalesce(f.open_minor, r.original_minor) - r.original_minor, 'settled_before', 'opening_balance',
                                 coalesce((f.history ->> 'settledOn')::date, greatest(r.issued_on, $5::date))))
       AS t(minor, code, contra, on_date)
     JOIN account contra ON contra.company = r.company AND contra.kind = t.contra AND contra.currency = r.currency AND contra.kind NOT IN ('receivable', 'interest')
     WHERE r.load_id = $1 AND t.minor <> 0
     ORDER BY r.id, t.code`,
    [load.id, `load ${load.id}`, load.actor, load.now, load.asOf ?? load.today, load.company],
  )
}

/** One entry per customer, naming what came in. */
export async function journalLoad(sql: Sql, load: Promoting): Promise<void> {
  await sql.rows(
    `SELECT journal_append($2, customer_id, jsonb_build_object('event', 'loaded', 'actor', $3::text, 'at', $4::text, 'receivables', receivables,
       'data', jsonb_build_object('load', $1::text, 'source', $5::text, 'held', $6::boolean, 'count', jsonb_array_length(receivables))))
     FROM (SELECT customer_id, jsonb_agg(id ORDER BY id) AS receivables FROM receivable WHERE load_id = $1 GROUP BY customer_id ORDER BY customer_id) per_customer`,
    [load.id, load.company, load.actor, new Date(load.now).toISOString(), load.source, load.hold],
  )
}
