import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'

export type About = 'line' | 'guarantee'

/** Writes down that something of a day was noticed; false when it was already, so that it is acted on once. */
export const noticed = async (
  sql: Sql,
  about: About,
  id: number,
  what: string,
  on: LocalDate,
  now: Instant,
): Promise<boolean> =>
  (await sql.one(
    `INSERT INTO credit_event (about, about_id, what, on_date, recorded_at) VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
     ON CONFLICT DO NOTHING RETURNING what`,
    [about, id, what, on, now],
  )) !== null
