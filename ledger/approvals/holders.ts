import type { Holder } from '../../domain/approval.ts'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'

/** Who holds a role, of a branch or of all, and who answers for each on a day: themselves, a stand-in who is there, or nobody. */
export const holdersOn = (
  sql: Sql,
  company: string,
  branch: string,
  role: string,
  on: LocalDate,
): Promise<Holder[]> =>
  sql.rows<Holder>('SELECT person, answers FROM role_answers($1, $2, $3, $4) ORDER BY person', [
    company,
    branch,
    role,
    on,
  ])

/** The first day after this one on which somebody of the role goes away or comes back. */
export async function holdersChangeOn(
  sql: Sql,
  company: string,
  branch: string,
  role: string,
  after: LocalDate,
): Promise<LocalDate | null> {
  const row = await sql.one<{ on: LocalDate | null }>(
    `SELECT min(d.day) AS on FROM absence a CROSS JOIN LATERAL (VALUES (a.from_on), (coalesce(a.back_on, a.to_on + 1))) AS d(day)
     WHERE a.company = $1 AND a.to_on >= $4 AND d.day > $4 AND (a.back_on IS NULL OR a.back_on > a.from_on)
       AND EXISTS (SELECT FROM role_holder h WHERE h.company = $1 AND h.role = $3 AND h.branch IN ('', $2) AND h.revoked_at IS NULL
                   AND h.person IN (SELECT a.person UNION SELECT b.person FROM absence b WHERE b.company = $1 AND b.stand_in = a.person AND b.to_on >= $4))`,
    [company, branch, role, after],
  )
  return row!.on
}
