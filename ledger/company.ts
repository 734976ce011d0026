import { addDays, type Instant, type LocalDate, localDateOf } from '../domain/calendar.ts'
import type { Sql } from './database.ts'

/** The company's day: receipts and loads belong to its books, not to a customer's time zone. */
export async function companyToday(sql: Sql, company: string, now: Instant): Promise<LocalDate> {
  const row = await sql.one<{ time_zone: string }>('SELECT time_zone FROM company WHERE id = $1', [company])
  if (!row)
    throw new Error(`company ${company} is not in the ledger: start a worker with CARTERA_COMPANY=${company}`)
  return localDateOf(now, row.time_zone)
}

/** The day itself, or the first one after the closed period. */
export async function firstOpenDay(sql: Sql, company: string, day: LocalDate): Promise<LocalDate> {
  const row = await sql.one<{ closed: LocalDate | null }>(
    'SELECT books_closed_through AS closed FROM company WHERE id = $1',
    [company],
  )
  return row?.closed && day <= row.closed ? addDays(row.closed, 1) : day
}

/** Makes the company known; its name and time zone follow the configuration. */
export async function ensureCompany(
  sql: Sql,
  company: { id: string; name: string; timeZone: string },
): Promise<void> {
  await sql.rows(
    `INSERT INTO company (id, name, time_zone) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone
     WHERE (company.name, company.time_zone) IS DISTINCT FROM (excluded.name, excluded.time_zone)`,
    [company.id, company.name, company.timeZone],
  )
}
