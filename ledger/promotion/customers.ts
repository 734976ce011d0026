import { raiseCases } from '../cases.ts'
import { LOCK_ORDER } from '../customers.ts'
import type { Sql } from '../database.ts'
import { askAgainForAddress } from '../outbox.ts'
import { acceptOpen } from '../presentation.ts'
import { touchProcessesOf } from '../processes.ts'
import { followAnalyst } from '../tasks.ts'
import type { Promoting } from './promote.ts'

/** As a file says them. */
const REVIEW_DAYS = `CASE WHEN NOT c.requires_presentation THEN 'none' WHEN c.review_days = '' THEN 'any' ELSE c.review_days END`

/** What a file says of its customers. What it doesn't say stays as it is. */

/** Customers and their payers, made or brought up to date. `said` keeps what the file says of each, for later steps. */
export async function takeCustomers(sql: Sql, load: Promoting): Promise<void> {
  const { company } = load
  await sql.rows(
    `CREATE TEMP TABLE said ON COMMIT DROP AS
     SELECT customer AS code, jsonb_object_agg(e.key, e.value) AS facts,
       EXISTS (SELECT FROM customer c WHERE c.company = $2 AND c.code = customer) AS known
     FROM load_row, jsonb_each_text(customer_facts) e WHERE load_id = $1 AND e.value <> '' GROUP BY customer`,
    [load.id, company],
  )
  await sql.rows('ANALYZE said')
  await sql.rows(
    `INSERT INTO payer (company, code, name)
     SELECT DISTINCT ON (code) $1, code, name FROM (
       SELECT coalesce(facts ->> 'payer', code) AS code,
              CASE WHEN facts ? 'payer' AND facts ->> 'payer' <> code THEN facts ->> 'payer' ELSE coalesce(facts ->> 'name', code) END AS name FROM said) p
     ORDER BY code ON CONFLICT (company, code) DO NOTHING`,
    [company],
  )
  await sql.rows(
    `INSERT INTO customer (company, code, name, payer_id)
     SELECT $1, s.code, coalesce(s.facts ->> 'name', s.code), p.id
     FROM said s JOIN payer p ON p.company = $1 AND p.code = coalesce(s.facts ->> 'payer', s.code) ORDER BY s.code
     ON CONFLICT (company, code) DO NOTHING`,
    [company],
  )
}

/**
 * Takes the locks of every customer that the file concerns, those included whose items it no longer has, those that wait
 * for it, those that share a payer with one of it and those whose orders it invoices, and then writes what it says of them. A customer that is paid for by another from now on takes along what it
 * owes or may owe again; cash stays with the payer whose it is, and a person is told where there is some. Returns whom that
 * concerns.
 */
export async function lockCustomersOf(sql: Sql, load: Promoting): Promise<number[]> {
  const { company } = load
  await sql.rows(
    `SELECT id FROM customer WHERE id IN (
       SELECT c.id FROM customer c JOIN said s ON s.code = c.code WHERE c.company = $1
       UNION SELECT customer_id FROM receivable WHERE $2 AND company = $1 AND closed_as IS NULL AND source = $3
       UNION SELECT customer_id FROM receivable WHERE company = $1 AND next_reason = 'feed_too_old' AND closed_as IS NULL
       UNION SELECT partner.id FROM said s JOIN customer c ON c.company = $1 AND c.code = s.code
             LEFT JOIN payer n ON n.company = $1 AND n.code = s.facts ->> 'payer' JOIN customer partner ON partner.payer_id IN (c.payer_id, n.id)
       UNION SELECT o.customer_id FROM load_row i JOIN sales_order o ON o.company = $1 AND o.number = i.order_number WHERE i.load_id = $4)
     ORDER BY ${LOCK_ORDER} FOR NO KEY UPDATE`,
    [company, load.kind === 'snapshot', load.source, load.id],
  )
  await sql.rows(
    `CREATE TEMP TABLE customer_change ON COMMIT DROP AS
     SELECT c.id, d.changes, p.id AS old_payer, n.id AS new_payer
     FROM said s JOIN customer c ON c.company = $1 AND c.code = s.code JOIN payer p ON p.id = c.payer_id
     LEFT JOIN payer n ON n.company = $1 AND n.code = s.facts ->> 'payer' AND n.id <> p.id
     CROSS JOIN LATERAL (
       SELECT jsonb_object_agg(field, jsonb_build_array(old, new)) AS changes
       FROM (VALUES ('name', c.name, s.facts ->> 'name'), ('segment', c.segment, s.facts ->> 'segment'), ('branch', c.branch, s.facts ->> 'branch'),
                    ('language', c.language, s.facts ->> 'language'), ('timeZone', c.time_zone, s.facts ->> 'timeZone'), ('reviewDays', ${REVIEW_DAYS}, s.facts ->> 'reviewDays'),
                    ('analyst', c.analyst, s.facts ->> 'analyst'), ('payer', p.code, s.facts ->> 'payer')) v(field, old, new)
       WHERE new <> old) d
     WHERE s.known AND d.changes IS NOT NULL`,
    [company],
  )
  await sql.rows(
    `SELECT journal_append($1, id, jsonb_build_object('event', 'customer changed', 'actor', $2::text, 'at', $3::text, 'receivables', '[]'::jsonb,
       'data', jsonb_build_object('load', $4::text, 'changes', changes)))
     FROM customer_change ORDER BY id`,
    [company, load.actor, new Date(load.now).toISOString(), load.id],
  )
  await sql.rows(
    `UPDATE receivable r SET payer_id = d.new_payer FROM customer_change d
     WHERE r.customer_id = d.id AND r.payer_id = d.old_payer AND d.new_payer IS NOT NULL
       AND (r.closed_as IS NULL OR r.closed_as NOT IN ('cancelled', 'replaced'))`,
  )
  const reviewing = await sql.rows<{ id: number }>(
    `SELECT id::int FROM customer_change WHERE changes -> 'reviewDays' ->> 0 = 'none'`,
  )
  await acceptOpen(
    sql,
    reviewing.map((c) => c.id),
    load.now,
  )
  await sql.rows(
    `UPDATE customer c SET name = coalesce(s.facts ->> 'name', c.name), segment = coalesce(s.facts ->> 'segment', c.segment),
       branch = coalesce(s.facts ->> 'branch', c.branch), language = coalesce(s.facts ->> 'language', c.language),
       time_zone = coalesce(s.facts ->> 'timeZone', c.time_zone), analyst = coalesce(s.facts ->> 'analyst', c.analyst),
       payer_id = coalesce((SELECT p.id FROM payer p WHERE p.company = c.company AND p.code = s.facts ->> 'payer'), c.payer_id),
       requires_presentation = coalesce(s.facts ->> 'reviewDays' <> 'none', c.requires_presentation),
       review_days = coalesce(CASE WHEN s.facts ->> 'reviewDays' IN ('any', 'none') THEN '' ELSE s.facts ->> 'reviewDays' END, c.review_days),
       broken_before = CASE WHEN $2 THEN coalesce((s.facts ->> 'brokenPromises')::int, c.broken_before) ELSE c.broken_before END
     FROM said s WHERE c.company = $1 AND c.code = s.code`,
    [company, load.kind === 'initial'],
  )
  await followAnalyst(
    sql,
    load,
    await sql.rows(
      `SELECT id::int AS customer, changes -> 'analyst' ->> 0 AS "from", changes -> 'analyst' ->> 1 AS "to"
       FROM customer_change WHERE changes ? 'analyst' ORDER BY id`,
    ),
  )
  await sql.rows(
    `INSERT INTO exception (company, kind, customer_id, load_id, detail, raised_at)
     SELECT $1, 'payer_changed', d.id, $2, jsonb_build_object('payer', o.code, 'currency', a.currency, 'unappliedMinor', -a.balance_minor), to_timestamp($3 / 1000.0)
     FROM customer_change d JOIN payer o ON o.id = d.old_payer JOIN account a ON a.payer_id = d.old_payer AND a.kind = 'unapplied' AND a.balance_minor < 0
     WHERE d.new_payer IS NOT NULL`,
    [company, load.id, load.now],
  )
  // Netting, hours and who is asked may be otherwise now; also for those whom the old payer still pays for.
  return touchEverythingOf(
    sql,
    await sql.rows(
      `SELECT id::int FROM customer_change UNION
       SELECT c.id::int FROM customer c JOIN customer_change d ON c.payer_id IN (d.old_payer, d.new_payer) WHERE d.new_payer IS NOT NULL`,
    ),
  )
}

export async function takeContacts(sql: Sql, { id, company, now }: Promoting): Promise<void> {
  await sql.rows(
    `CREATE TEMP TABLE new_contact ON COMMIT DROP AS
     WITH added AS (
       INSERT INTO contact (customer_id, site, name, email, phone)
       SELECT c.id, '', coalesce(s.facts ->> 'contactName', ''), s.facts ->> 'email', s.facts ->> 'phone'
       FROM said s JOIN customer c ON c.company = $1 AND c.code = s.code
       WHERE s.facts ? 'email' OR s.facts ? 'phone' AND NOT EXISTS (SELECT FROM contact x WHERE x.customer_id = c.id AND x.phone = s.facts ->> 'phone')
       ORDER BY c.id
       ON CONFLICT (customer_id, site, lower(email)) WHERE email IS NOT NULL
         DO UPDATE SET name = coalesce(nullif(excluded.name, ''), contact.name), phone = coalesce(excluded.phone, contact.phone)
         WHERE (coalesce(nullif(excluded.name, ''), contact.name), coalesce(excluded.phone, contact.phone)) IS DISTINCT FROM (contact.name, contact.phone)
       RETURNING customer_id)
     SELECT DISTINCT a.customer_id FROM added a JOIN customer c ON c.id = a.customer_id JOIN said s ON s.code = c.code WHERE s.known`,
    [company],
  )
  await sql.rows(
    `INSERT INTO contact (customer_id, site, name, email)
     SELECT DISTINCT ON (c.id, i.site, lower(i.site_email)) c.id, i.site, i.site, i.site_email
     FROM load_row i JOIN customer c ON c.company = $2 AND c.code = i.customer WHERE i.load_id = $1 AND i.site IS NOT NULL AND i.site_email IS NOT NULL
     ON CONFLICT (customer_id, site, lower(email)) WHERE email IS NOT NULL DO NOTHING`,
    [id, company],
  )
  const reachable = await touchEverythingOf(
    sql,
    await sql.rows('SELECT customer_id::int AS id FROM new_contact'),
  )
  await askAgainForAddress(sql, reachable, now)
}

/**
 * What a load brings in or changes takes part in netting: its credits cover other items, and its debits take unused money
 * that covered others, or leave it to them. Whoever that may concern looks again, and is returned.
 */
export async function touchNettedWith(
  sql: Sql,
  load: string,
  changed: readonly number[] = [],
): Promise<number[]> {
  // Asked first: inside the update the planner would answer it again for each receivable.
  const concerned = await sql.rows<{ id: number }>(
    `WITH came AS MATERIALIZED (SELECT id, customer_id, payer_id, kind FROM receivable WHERE load_id = $1 OR id = ANY($2)),
       cash AS MATERIALIZED (SELECT a.payer_id FROM account a WHERE a.payer_id = ANY(ARRAY(SELECT DISTINCT payer_id FROM came)) AND a.kind = 'unapplied' AND a.balance_minor < 0)
     SELECT customer_id::int AS id FROM receivable WHERE payer_id = ANY(ARRAY(SELECT payer_id FROM cash)) AND closed_as IS NULL
     UNION SELECT customer_id::int FROM came WHERE kind IN ('credit_note', 'on_account_credit')
     UNION SELECT customer_id::int FROM receivable WHERE customer_id = ANY(ARRAY(SELECT DISTINCT customer_id FROM came)) AND closed_as IS NULL
       AND NOT held AND kind IN ('credit_note', 'on_account_credit')`,
    [load, changed],
  )
  return touchEverythingOf(sql, concerned)
}

/** Everything open of these customers is looked at again. Their locks are taken. */
async function touchEverythingOf(sql: Sql, customers: readonly { id: number }[]): Promise<number[]> {
  const ids = customers.map((c) => c.id)
  await raiseCases(
    sql,
    `UPDATE receivable SET touched = true WHERE customer_id = ANY($1) AND closed_as IS NULL AND NOT held RETURNING case_id`,
    'SELECT case_id FROM touched',
    [ids],
  )
  return ids
}

/**
 * What waits about the customers of what a load brings in or changes, and about the others whom that concerns, looks again:
 * the last of a load, as it is of a command.
 */
export async function touchWaiting(
  sql: Sql,
  load: string,
  changed: readonly number[],
  others: readonly number[],
): Promise<void> {
  const own = await sql.rows<{ id: number }>(
    'SELECT DISTINCT customer_id::int AS id FROM receivable WHERE load_id = $1 OR id = ANY($2)',
    [load, changed],
  )
  await touchProcessesOf(sql, [...new Set([...own.map((c) => c.id), ...others])])
}
