import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { LoadReport, NewLoad } from '../domain/load.ts'
import { toDecimal } from '../domain/money.ts'
import type { LineError, OpenItem } from '../domain/openItem.ts'
import { caseKeySql } from './cases.ts'
import { companyToday } from './company.ts'
import type { Database, Sql } from './database.ts'
import { currentPolicySql } from './policies.ts'

/** Opens the load, or finds it as it is: asking again resumes. */
export async function beginLoad(database: Database, load: NewLoad, now: Instant): Promise<LoadReport> {
  return database.transaction(async (sql) => {
    const authority = await sql.one<{ authority: string }>(
      `INSERT INTO source (company, code, authority) VALUES ($1, $2, $3)
       ON CONFLICT (company, code) DO UPDATE SET code = excluded.code RETURNING authority`,
      [load.company, load.source, load.authority],
    )
    await sql.rows(
      `INSERT INTO load (id, company, source, kind, file_name, file_hash, as_of, profile, state, hold, actor, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'staging', $9, $10, to_timestamp($11 / 1000.0)) ON CONFLICT (id) DO NOTHING`,
      [
        load.id,
        load.company,
        load.source,
        load.kind,
        load.fileName,
        load.fileHash,
        load.asOf,
        JSON.stringify(load.profile),
        load.hold,
        load.actor,
        now,
      ],
    )
    if (authority!.authority !== load.authority) {
      const message = `The source "${load.source}" was declared with authority "${authority!.authority}" before; this profile says "${load.authority}". Give the profile another source, or mend its authority.`
      await addErrors(
        sql,
        load.id,
        [{ line: 0, column: '', value: load.authority, code: 'authority-changed', message }],
        true,
      )
    }
    return (await reportOf(sql, load.id))!
  })
}

export async function reportOf(sql: Sql, id: string): Promise<LoadReport | null> {
  return sql.one<LoadReport>(
    `SELECT id, state, file_name AS "fileName", lines, created, unchanged,
       (SELECT count(*)::int FROM load_error e WHERE e.load_id = load.id AND fatal) AS errors,
       (SELECT count(*)::int FROM load_error e WHERE e.load_id = load.id AND NOT fatal) AS notes
     FROM load WHERE id = $1`,
    [id],
  )
}

export const errorsOf = (sql: Sql, id: string, limit = 10_000): Promise<(LineError & { fatal: boolean })[]> =>
  sql.rows(
    `SELECT line, field AS column, value, code, message, fatal FROM load_error WHERE load_id = $1 ORDER BY fatal DESC, line, seq LIMIT $2`,
    [id, limit],
  )

/** The line up to which rows are staged: where an interrupted staging goes on. */
export async function stagedThrough(sql: Sql, id: string): Promise<number> {
  return (await sql.one<{ line: number }>(
    'SELECT coalesce(max(line), 0)::int AS line FROM load_row WHERE load_id = $1',
    [id],
  ))!.line
}

export async function stageRows(sql: Sql, id: string, items: readonly OpenItem[]): Promise<void> {
  await sql.rows(
    `INSERT INTO load_row (load_id, line, customer, customer_facts, document, tranche, kind, currency, original_minor, open_minor,
       issued_on, due_on, presented_on, site, site_email, order_number)
     SELECT $1, line, customer ->> 'code', customer, document, tranche, kind, currency, "originalMinor", "openMinor",
       "issuedOn", "dueOn", "presentedOn", site, "siteEmail", "orderNumber"
     FROM jsonb_to_recordset($2::jsonb) AS i(line int, customer jsonb, document text, tranche text, kind text, currency text,
       "originalMinor" bigint, "openMinor" bigint, "issuedOn" date, "dueOn" date, "presentedOn" date, site text, "siteEmail" text, "orderNumber" text)
     ON CONFLICT (load_id, line) DO NOTHING`,
    [id, JSON.stringify(items, (_, value) => (typeof value === 'bigint' ? Number(value) : value))],
  )
}

export async function addErrors(
  sql: Sql,
  id: string,
  errors: readonly LineError[],
  fatal: boolean,
): Promise<void> {
  if (errors.length === 0) return
  await sql.rows(
    `INSERT INTO load_error (load_id, seq, line, field, value, code, message, fatal)
     SELECT $1, (SELECT coalesce(max(seq), 0) FROM load_error WHERE load_id = $1) + row_number() OVER (), line, "column", value, code, message, $3
     FROM jsonb_to_recordset($2::jsonb) AS e(line int, "column" text, value text, code text, message text)`,
    [id, JSON.stringify(errors), fatal],
  )
}

/** Turns the load down: nothing of it enters the books. What was staged is dropped, the errors stay. */
export async function refuseLoad(
  database: Database,
  id: string,
  lines: number,
  errors: readonly LineError[],
  now: Instant,
): Promise<LoadReport> {
  return database.transaction(async (sql) => {
    const before = await sql.one<{ state: string }>('SELECT state FROM load WHERE id = $1 FOR UPDATE', [id])
    if (before?.state === 'staging') {
      await addErrors(sql, id, errors, true)
      await sql.rows(
        `UPDATE load SET state = 'refused', lines = $2, finished_at = to_timestamp($3 / 1000.0) WHERE id = $1`,
        [id, lines, now],
      )
      await sql.rows('DELETE FROM load_row WHERE load_id = $1', [id])
    }
    return (await reportOf(sql, id))!
  })
}

interface Difference {
  line: number
  document: string
  field: string
  /** The currency of each side, for amounts. */
  currency: string
  filed: string
  old: string
  new: string
}

const VERSUS = `SELECT i.line, i.document, d.field, r.currency, i.currency AS filed, d.old, d.new
  FROM load_row i JOIN receivable r ON r.company = $2 AND r.document = i.document AND r.tranche = i.tranche
  JOIN customer c ON c.id = r.customer_id JOIN account a ON a.receivable_id = r.id
  CROSS JOIN LATERAL (VALUES
    ('customer', c.code, i.customer), ('currency', r.currency::text, i.currency), ('kind', r.kind, i.kind),
    ('original', r.original_minor::text, i.original_minor::text), ('issued', r.issued_on::text, i.issued_on::text),
    ('open', a.balance_minor::text, i.open_minor::text), ('due', r.due_on::text, i.due_on::text)) AS d(field, old, new)
  WHERE i.load_id = $1 AND d.old <> d.new ORDER BY i.line`

/** What makes it another document; the rest may change over its life. */
const IDENTITY = ['customer', 'currency', 'kind', 'original', 'issued']

/**
 * What the file says otherwise than the books. A changed customer, currency, original amount or issue date can't be
 * the same document: a conflict. A changed balance or due date is noted for a person.
 */
export async function compareWithBooks(
  sql: Sql,
  id: string,
  company: string,
): Promise<{ conflicts: LineError[]; notes: LineError[] }> {
  const differences = await sql.rows<Difference>(VERSUS, [id, company])
  const told = (text: string, field: string, currency: string) =>
    field === 'original' || field === 'open' ? `${toDecimal(BigInt(text), currency)} ${currency}` : text
  const errorOf = (d: Difference, code: string, advice: string): LineError => ({
    line: d.line,
    column: d.field,
    value: told(d.new, d.field, d.filed),
    code,
    message: `The books have ${d.document} with ${d.field} ${told(d.old, d.field, d.currency)}${advice}`,
  })
  const advice = '. A document never changes that: give the new one its own number, or mend the file.'
  return {
    conflicts: differences
      .filter((d) => IDENTITY.includes(d.field))
      .map((d) => errorOf(d, 'conflict', advice)),
    notes: differences
      .filter((d) => !IDENTITY.includes(d.field))
      .map((d) => errorOf(d, 'differs', '; left as it is there.')),
  }
}

/**
 * Brings a staged and checked load into the books, in one transaction: customers, contacts, cases, receivables with
 * their accounts and opening transfers, journal. What is known already is left as it is. Done twice, the second time
 * finds it done.
 */
export async function promoteLoad(database: Database, id: string, now: Instant): Promise<LoadReport> {
  return database.transaction(async (sql) => {
    const load = await sql.one<{
      company: string
      source: string
      state: string
      hold: boolean
      actor: string
    }>('SELECT company, source, state, hold, actor FROM load WHERE id = $1 FOR UPDATE', [id])
    if (!load) throw new Error(`load ${id} is not in the ledger`)
    if (load.state !== 'staging') return (await reportOf(sql, id))!
    const today = await companyToday(sql, load.company, now)
    const { notes } = await compareWithBooks(sql, id, load.company)
    await addErrors(sql, id, notes, false)
    await takeCustomers(sql, id, load, now)
    await takeContacts(sql, id, load.company)
    const lines = (await sql.one<{ n: number }>(
      'SELECT count(*)::int AS n FROM load_row WHERE load_id = $1',
      [id],
    ))!.n
    const created = await takeReceivables(sql, id, load, today, now)
    await openAccounts(sql, id, load, today, now)
    await journalLoad(sql, id, load, now)
    await sql.rows(
      `UPDATE load SET state = CASE WHEN hold THEN 'held' ELSE 'released' END, lines = $2, created = $3, unchanged = $4,
         finished_at = to_timestamp($5 / 1000.0) WHERE id = $1`,
      [id, lines, created, lines - created, now],
    )
    await sql.rows(
      'UPDATE source SET last_load_at = to_timestamp($3 / 1000.0) WHERE company = $1 AND code = $2',
      [load.company, load.source, now],
    )
    await sql.rows('DELETE FROM load_row WHERE load_id = $1', [id])
    return (await reportOf(sql, id))!
  })
}

type Promoting = { company: string; hold: boolean; actor: string; source: string }

/** Customers and their payers, made or brought up to date; every one of the file is locked, in order. */
async function takeCustomers(sql: Sql, id: string, load: Promoting, now: Instant): Promise<void> {
  const { company } = load
  await sql.rows(
    `CREATE TEMP TABLE said ON COMMIT DROP AS
     SELECT customer AS code, jsonb_object_agg(e.key, e.value) AS facts,
       EXISTS (SELECT FROM customer c WHERE c.company = $2 AND c.code = customer) AS known
     FROM load_row, jsonb_each_text(customer_facts) e WHERE load_id = $1 AND e.value <> '' GROUP BY customer`,
    [id, load.company],
  )
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
  await sql.rows(
    `SELECT c.id FROM customer c JOIN said s ON s.code = c.code WHERE c.company = $1 ORDER BY c.id FOR NO KEY UPDATE OF c`,
    [company],
  )
  await sql.rows(
    `SELECT journal_append($1, c.id, jsonb_build_object('event', 'customer changed', 'actor', $2::text, 'at', $3::text, 'receivables', '[]'::jsonb,
       'data', jsonb_build_object('load', $4::text, 'changes', d.changes)))
     FROM said s JOIN customer c ON c.company = $1 AND c.code = s.code JOIN payer p ON p.id = c.payer_id
     CROSS JOIN LATERAL (
       SELECT jsonb_object_agg(field, jsonb_build_array(old, new)) AS changes
       FROM (VALUES ('name', c.name, s.facts ->> 'name'), ('segment', c.segment, s.facts ->> 'segment'), ('branch', c.branch, s.facts ->> 'branch'),
                    ('language', c.language, s.facts ->> 'language'), ('timeZone', c.time_zone, s.facts ->> 'timeZone'),
                    ('analyst', c.analyst, s.facts ->> 'analyst'), ('payer', p.code, s.facts ->> 'payer')) v(field, old, new)
       WHERE new <> old) d
     WHERE s.known AND d.changes IS NOT NULL ORDER BY c.id`,
    [company, load.actor, new Date(now).toISOString(), id],
  )
  await sql.rows(
    `UPDATE customer c SET name = coalesce(s.facts ->> 'name', c.name), segment = coalesce(s.facts ->> 'segment', c.segment),
       branch = coalesce(s.facts ->> 'branch', c.branch), language = coalesce(s.facts ->> 'language', c.language),
       time_zone = coalesce(s.facts ->> 'timeZone', c.time_zone), analyst = coalesce(s.facts ->> 'analyst', c.analyst),
       payer_id = coalesce((SELECT p.id FROM payer p WHERE p.company = c.company AND p.code = s.facts ->> 'payer'), c.payer_id)
     FROM said s WHERE c.company = $1 AND c.code = s.code`,
    [company],
  )
}

async function takeContacts(sql: Sql, id: string, company: string): Promise<void> {
  await sql.rows(
    `INSERT INTO contact (customer_id, site, name, email, phone)
     SELECT c.id, '', coalesce(s.facts ->> 'contactName', ''), s.facts ->> 'email', s.facts ->> 'phone'
     FROM said s JOIN customer c ON c.company = $1 AND c.code = s.code 
     WHERE s.facts ? 'email' OR s.facts ? 'phone' AND NOT EXISTS (SELECT FROM contact x WHERE x.customer_id = c.id AND x.phone = s.facts ->> 'phone')
     ORDER BY c.id
     ON CONFLICT (customer_id, site, lower(email)) WHERE email IS NOT NULL DO NOTHING`,
    [company],
  )
  await sql.rows(
    `INSERT INTO contact (customer_id, site, name, email)
     SELECT DISTINCT ON (c.id, i.site, lower(i.site_email)) c.id, i.site, i.site, i.site_email
     FROM load_row i JOIN customer c ON c.company = $2 AND c.code = i.customer WHERE i.load_id = $1 AND i.site IS NOT NULL AND i.site_email IS NOT NULL
     ON CONFLICT (customer_id, site, lower(email)) WHERE email IS NOT NULL DO NOTHING`,
    [id, company],
  )
}

/** Receivables that the books don't have yet, each in the case that its customer's policy groups it into. */
async function takeReceivables(
  sql: Sql,
  id: string,
  load: Promoting,
  today: LocalDate,
  now: Instant,
): Promise<number> {
  await sql.rows(
    `CREATE TEMP TABLE fresh ON COMMIT DROP AS
     SELECT r.*, c.id AS customer_id, c.payer_id, v.id AS policy_id, v.document ->> 'grouping' AS grouping,
       ${caseKeySql(`(v.document ->> 'grouping')`)} AS case_key
     FROM (SELECT line, customer, document, tranche, kind, currency, original_minor, open_minor, issued_on, due_on, presented_on,
                  coalesce(site, '') AS site, order_number FROM load_row WHERE load_id = $1) r
     JOIN customer c ON c.company = $2 AND c.code = r.customer
     JOIN payer p ON p.id = c.payer_id
     LEFT JOIN policy_version v ON v.id = ${currentPolicySql}
     WHERE NOT EXISTS (SELECT FROM receivable x WHERE x.company = $2 AND x.document = r.document AND x.tranche = r.tranche)`,
    [id, load.company],
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
         issued_on, due_on, presented_on, order_number, site, load_id, held, first_seen_on, closed_as, stage)
       SELECT $1, f.document, f.tranche, f.customer_id, f.payer_id, k.id, f.policy_id, f.kind, f.currency, f.original_minor,
         f.issued_on, f.due_on, f.presented_on, f.order_number, f.site, $2, $3, $4,
         CASE WHEN f.open_minor = 0 THEN 'paid' END, CASE WHEN f.open_minor = 0 THEN 'closed' ELSE 'current' END
       FROM fresh f JOIN collection_case k ON k.company = $1 AND k.key = f.case_key ORDER BY f.line RETURNING 1)
     SELECT count(*)::int AS n FROM made`,
    [load.company, id, load.hold, today],
  )
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT id, 1, due_on, presented_on, issued_on, to_timestamp($2 / 1000.0), 'loaded' FROM receivable WHERE load_id = $1`,
    [id, now],
  )
  if (!load.hold)
    await sql.rows(
      'UPDATE collection_case SET facts_version = facts_version + 1 WHERE id IN (SELECT case_id FROM receivable WHERE load_id = $1)',
      [id],
    )
  return made!.n
}

/** Opening transfers: the whole amount at its issue date, and what was settled before the load against it. */
async function openAccounts(
  sql: Sql,
  id: string,
  load: Promoting,
  today: LocalDate,
  now: Instant,
): Promise<void> {
  await sql.rows(
    `INSERT INTO account (company, kind, currency, receivable_id, balance_minor, floor_minor, ceiling_minor)
     SELECT company, 'receivable', currency, id, 0, least(0, original_minor), greatest(0, original_minor) FROM receivable WHERE load_id = $1`,
    [id],
  )
  await sql.rows(
    `INSERT INTO account (company, kind, currency)
     SELECT DISTINCT r.company, k.kind, r.currency FROM receivable r, (VALUES ('sales'), ('opening_balance')) k(kind) WHERE r.load_id = $1
     ON CONFLICT DO NOTHING`,
    [id],
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
                                (coalesce(f.open_minor, r.original_minor) - r.original_minor, 'settled_before', 'opening_balance', greatest(r.issued_on, $5::date)))
       AS t(minor, code, contra, on_date)
     JOIN account contra ON contra.company = r.company AND contra.kind = t.contra AND contra.currency = r.currency AND contra.kind <> 'receivable'
     WHERE r.load_id = $1 AND t.minor <> 0
     ORDER BY r.id, t.code`,
    [id, `load ${id}`, load.actor, now, today, load.company],
  )
}

/** One entry per customer, naming what came in. */
async function journalLoad(sql: Sql, id: string, load: Promoting, now: Instant): Promise<void> {
  await sql.rows(
    `SELECT journal_append($2, customer_id, jsonb_build_object('event', 'loaded', 'actor', $3::text, 'at', $4::text, 'receivables', receivables,
       'data', jsonb_build_object('load', $1::text, 'source', $5::text, 'held', $6::boolean, 'count', jsonb_array_length(receivables))))
     FROM (SELECT customer_id, jsonb_agg(id ORDER BY id) AS receivables FROM receivable WHERE load_id = $1 GROUP BY customer_id ORDER BY customer_id) per_customer`,
    [id, load.company, load.actor, new Date(now).toISOString(), load.source, load.hold],
  )
}

/** Lets a held load go: from now on its receivables are chased. */
export async function releaseLoad(
  database: Database,
  id: string,
  actor: string,
  now: Instant,
): Promise<LoadReport> {
  return database.transaction(async (sql) => {
    const load = await sql.one<{ company: string; state: string }>(
      'SELECT company, state FROM load WHERE id = $1 FOR UPDATE',
      [id],
    )
    if (load?.state === 'held') {
      await sql.rows(
        'SELECT id FROM customer WHERE id IN (SELECT customer_id FROM receivable WHERE load_id = $1 AND held) ORDER BY id FOR NO KEY UPDATE',
        [id],
      )
      const today = await companyToday(sql, load.company, now)
      await sql.rows(
        'UPDATE receivable SET held = false, touched = true, first_seen_on = $2 WHERE load_id = $1 AND held',
        [id, today],
      )
      await sql.rows(
        'UPDATE collection_case SET facts_version = facts_version + 1 WHERE id IN (SELECT case_id FROM receivable WHERE load_id = $1)',
        [id],
      )
      await sql.rows(`UPDATE load SET state = 'released' WHERE id = $1`, [id])
      await sql.rows(
        `SELECT journal_append($2, customer_id, jsonb_build_object('event', 'load released', 'actor', $3::text, 'at', $4::text, 'receivables', receivables, 'data', jsonb_build_object('load', $1::text)))
         FROM (SELECT customer_id, jsonb_agg(id ORDER BY id) AS receivables FROM receivable WHERE load_id = $1 GROUP BY customer_id ORDER BY customer_id) per_customer`,
        [id, load.company, actor, new Date(now).toISOString()],
      )
    }
    return (await reportOf(sql, id))!
  })
}

/** Keys of the cases that a load brought receivables into, a page at a time. */
export const casesOfLoad = (sql: Sql, id: string, after: string, limit: number): Promise<{ key: string }[]> =>
  sql.rows(
    `SELECT DISTINCT k.key FROM collection_case k JOIN receivable r ON r.case_id = k.id WHERE r.load_id = $1 AND k.key > $2 ORDER BY k.key LIMIT $3`,
    [id, after, limit],
  )
