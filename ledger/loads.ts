import type { Instant } from '../domain/calendar.ts'
import { type LoadReport, type LoadScope, type NewLoad, scopesOverlap } from '../domain/load.ts'
import type { LineError, OpenItem } from '../domain/openItem.ts'
import { companyToday } from './company.ts'
import { LOCK_ORDER } from './customers.ts'
import type { Database, Sql } from './database.ts'
import { touchNettedWith, touchWaiting } from './promotion/customers.ts'
import { spreadFirstConversations } from './promotion/firstConversations.ts'
import type { Calendars } from './scope.ts'

/** Opens the load, or finds it as it is: asking again resumes. */
export async function beginLoad(database: Database, load: NewLoad, now: Instant): Promise<LoadReport> {
  return database.transaction(async (sql) => {
    const authority = await sql.one<{ authority: string }>(
      `INSERT INTO source (company, code, authority) VALUES ($1, $2, $3)
       ON CONFLICT (company, code) DO UPDATE SET code = excluded.code RETURNING authority`,
      [load.company, load.source, load.authority],
    )
    await sql.rows(
      `INSERT INTO load (id, company, source, kind, file_name, file_hash, as_of, scope, control, profile, state, hold, actor, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'staging', $11, $12, to_timestamp($13 / 1000.0)) ON CONFLICT (id) DO NOTHING`,
      [
        load.id,
        load.company,
        load.source,
        load.kind,
        load.fileName,
        load.fileHash,
        load.asOf,
        JSON.stringify(load.scope ?? {}),
        load.control ? JSON.stringify(load.control) : null,
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
    `SELECT id, state, file_name AS "fileName", lines, created, unchanged, changed, vanished, exceptions,
       (SELECT count(*)::int FROM load_error e WHERE e.load_id = load.id AND fatal) AS errors,
       (SELECT count(*)::int FROM load_error e WHERE e.load_id = load.id AND NOT fatal) AS notes
     FROM load WHERE id = $1`,
    [id],
  )
}

/**
 * Whether another load of the source spoke of the same items since: what this one said may be news again. Not where days
 * tell that it is the older of the two, nor of a takeover, which happens once.
 */
export async function isOvertaken(sql: Sql, id: string): Promise<boolean> {
  const since = await sql.rows<{ mine: LoadScope; later: LoadScope }>(
    `SELECT l.scope AS mine, o.scope AS later FROM load l
     JOIN load o ON o.company = l.company AND o.source = l.source AND o.state IN ('held', 'released') AND o.started_at > l.finished_at
     WHERE l.id = $1 AND l.kind <> 'initial' AND (o.as_of > l.as_of) IS NOT TRUE`,
    [id],
  )
  return since.some(({ mine, later }) => scopesOverlap(mine, later))
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
       issued_on, due_on, presented_on, site, site_email, order_number, history)
     SELECT $1, line, customer ->> 'code', customer, document, tranche, kind, currency, "originalMinor", "openMinor",
       "issuedOn", "dueOn", "presentedOn", site, "siteEmail", "orderNumber", history
     FROM jsonb_to_recordset($2::jsonb) AS i(line int, customer jsonb, document text, tranche text, kind text, currency text,
       "originalMinor" bigint, "openMinor" bigint, "issuedOn" date, "dueOn" date, "presentedOn" date, site text, "siteEmail" text, "orderNumber" text, history jsonb)
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

/** Lets a held load go: from now on its receivables are chased. */
export async function releaseLoad(
  database: Database,
  calendars: Calendars,
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
        `SELECT id FROM customer WHERE id IN (SELECT customer_id FROM receivable WHERE load_id = $1 AND held)
           OR payer_id IN (SELECT payer_id FROM receivable WHERE load_id = $1 AND held) ORDER BY ${LOCK_ORDER} FOR NO KEY UPDATE`,
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
      const netted = await touchNettedWith(sql, id)
      await spreadFirstConversations(sql, calendars, { id, company: load.company, today, now })
      await sql.rows(`UPDATE load SET state = 'released' WHERE id = $1`, [id])
      await sql.rows(
        `SELECT journal_append($2, customer_id, jsonb_build_object('event', 'load released', 'actor', $3::text, 'at', $4::text, 'receivables', receivables, 'data', jsonb_build_object('load', $1::text)))
         FROM (SELECT customer_id, jsonb_agg(id ORDER BY id) AS receivables FROM receivable WHERE load_id = $1 GROUP BY customer_id ORDER BY customer_id) per_customer`,
        [id, load.company, actor, new Date(now).toISOString()],
      )
      await touchWaiting(sql, id, [], netted)
    }
    return (await reportOf(sql, id))!
  })
}
