import type { Answer, TeamCommands } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'

/** Who of the company may decide what: people and the roles that they hold, of a branch or of all. */

export interface RoleHolder {
  id: number
  person: string
  name: string
  email: string | null
  /** Why the mail server refused the address. */
  refused: string | null
  language: string
  role: string
  branch: string
  grantedBy: string
}

export const roleHolders = (sql: Sql, company: string): Promise<RoleHolder[]> =>
  sql.rows<RoleHolder>(
    `SELECT h.id::int, h.person, c.name, c.email, c.refused_reason AS refused, c.language, h.role, h.branch, h.granted_by AS "grantedBy"
     FROM role_holder h JOIN colleague c ON c.company = h.company AND c.person = h.person
     WHERE h.company = $1 AND h.revoked_at IS NULL ORDER BY h.role, h.branch, h.person`,
    [company],
  )

/** Nobody raises themselves. Granted again it changes how the person is reached, and nothing else. */
export async function grantRole(sql: Sql, asking: Asking, input: TeamCommands['grantRole']): Promise<Answer> {
  const { company, actor, now } = asking
  const { person, role, branch = '', name = person, email, language = 'es-MX' } = input
  if (actor === person) throw new Refusal('SameActor', { actor })
  await sql.rows(
    `INSERT INTO colleague (company, person, name, email, language) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (company, person) DO UPDATE SET name = CASE WHEN $6 THEN excluded.name ELSE colleague.name END,
       email = coalesce(excluded.email, colleague.email), refused_at = CASE WHEN excluded.email IS NULL THEN colleague.refused_at END,
       refused_reason = CASE WHEN excluded.email IS NULL THEN colleague.refused_reason END, language = CASE WHEN $7 THEN excluded.language ELSE colleague.language END`,
    [company, person, name, email ?? null, language, input.name !== undefined, input.language !== undefined],
  )
  await sql.rows(
    `INSERT INTO role_holder (company, person, role, branch, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))
     ON CONFLICT (company, role, branch, person) WHERE revoked_at IS NULL DO NOTHING`,
    [company, person, role, branch, actor, now],
  )
  if (email !== undefined)
    await sql.rows(
      `UPDATE exception SET resolved_at = to_timestamp($3 / 1000.0), resolved_by = $4, resolved_why = 'another address'
       WHERE company = $1 AND kind = 'staff_address' AND detail ->> 'person' = $2 AND resolved_at IS NULL`,
      [company, person, now, actor],
    )
  const result = { person, role, branch, ...(email === undefined ? {} : { email }) }
  await appendToJournal(sql, company, null, { event: 'role granted', actor, at: now, data: result })
  return { result, cases: [], processes: await touchApprovals(sql, company, [role]) }
}

/** Gives these roles where nobody has ever held one: all of them, or none. Returns how many. */
export async function seedRoles(
  sql: Sql,
  asking: Asking,
  grants: readonly TeamCommands['grantRole'][],
): Promise<number> {
  await sql.one('SELECT 1 FROM company WHERE id = $1 FOR NO KEY UPDATE', [asking.company])
  if (await sql.one('SELECT 1 FROM role_holder WHERE company = $1 LIMIT 1', [asking.company])) return 0
  for (const grant of grants) await grantRole(sql, asking, grant)
  return grants.length
}

/** The role isn't theirs any more; what they decided stays decided. */
export async function revokeRole(
  sql: Sql,
  asking: Asking,
  input: TeamCommands['revokeRole'],
): Promise<Answer> {
  const { company, actor, now } = asking
  const { person, role, branch = '', why } = input
  await mustFind(
    sql,
    'role',
    `${role} ${person}`,
    `UPDATE role_holder SET revoked_by = $5, revoked_at = to_timestamp($6 / 1000.0)
     WHERE company = $1 AND person = $2 AND role = $3 AND branch = $4 AND revoked_at IS NULL RETURNING id`,
    [company, person, role, branch, actor, now],
  )
  const result = { person, role, branch }
  await appendToJournal(sql, company, null, { event: 'role revoked', actor, at: now, why, data: result })
  return { result, cases: [], processes: await touchApprovals(sql, company, [role]) }
}

/** Those that wait for one of these roles look again: somebody else may be asked now. */
export const touchApprovals = async (
  sql: Sql,
  company: string,
  roles: readonly string[],
): Promise<string[]> =>
  (
    await sql.rows<{ id: string }>(
      `UPDATE process p SET facts_version = facts_version + 1 FROM approval a
       WHERE a.company = $1 AND a.state = 'open' AND a.levels -> a.level ->> 'role' = ANY($2)
         AND p.company = a.company AND p.kind = 'approval' AND p.id = a.id::text AND p.closed_at IS NULL RETURNING p.id`,
      [company, roles],
    )
  ).map(({ id }) => `approval:${id}`)

/** The same for an absence: of whoever holds a role, or stands in for who does. */
export async function touchApprovalsOf(sql: Sql, company: string, person: string): Promise<string[]> {
  const roles = await sql.rows<{ role: string }>(
    `SELECT DISTINCT role FROM role_holder WHERE company = $1 AND revoked_at IS NULL AND person IN (
       SELECT $2 UNION SELECT person FROM absence WHERE company = $1 AND stand_in = $2)`,
    [company, person],
  )
  return roles.length === 0
    ? []
    : touchApprovals(
        sql,
        company,
        roles.map((r) => r.role),
      )
}
