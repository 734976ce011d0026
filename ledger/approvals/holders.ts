import type { Holder } from '../../domain/approval.ts'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'

/** Who holds a role, of a branch or of all. */
export const peopleOf = async (sql: Sql, company: string, branch: string, role: string): Promise<string[]> =>
  (
    await sql.rows<{ person: string }>(
      `SELECT DISTINCT person FROM role_holder WHERE company = $1 AND role = $2 AND branch IN ('', $3) AND revoked_at IS NULL ORDER BY 1`,
      [company, role, branch],
    )
  ).map((r) => r.person)

/** The same with who answers for each on a day: themselves, a stand-in who is there, or nobody. */
export const holdersOn = (
  sql: Sql,
  company: string,
  branch: string,
  role: string,
  on: LocalDate,
): Promise<Holder[]> =>
  sql.rows<Holder>(
    `WITH away AS MATERIALIZED (SELECT person, stand_in FROM away_on($1, $4))
     SELECT h.person, CASE WHEN a.person IS NULL THEN h.person
                           WHEN a.stand_in IN (SELECT person FROM away) THEN NULL ELSE a.stand_in END AS answers
     FROM (SELECT DISTINCT person FROM role_holder
           WHERE company = $1 AND role = $2 AND branch IN ('', $3) AND revoked_at IS NULL) h
     LEFT JOIN away a ON a.person = h.person ORDER BY h.person`,
    [company, role, branch, on],
  )
