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
  language: string
  role: string
  branch: string
  grantedBy: string
}

export const roleHolders = (sql: Sql, company: string): Promise<RoleHolder[]> =>
  sql.rows<RoleHolder>(
    `SELECT h.id::int, h.person, c.name, c.email, c.language, h.role, h.branch, h.granted_by AS "grantedBy"
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
       email = coalesce(excluded.email, colleague.email), language = CASE WHEN $7 THEN excluded.language ELSE colleague.language END`,
    [company, person, name, email ?? null, language, input.name !== undefined, input.language !== undefined],
  )
  await sql.rows(
    `INSERT INTO role_holder (company, person, role, branch, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))
     ON CONFLICT (company, role, branch, person) WHERE revoked_at IS NULL DO NOTHING`,
    [company, person, role, branch, actor, now],
  )
  const result = { person, role, branch, ...(email === undefined ? {} : { email }) }
  await appendToJournal(sql, company, null, { event: 'role granted', actor, at: now, data: result })
  return { result, cases: [], processes: await touchApprovals(sql, company) }
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
  return { result, cases: [], processes: await touchApprovals(sql, company) }
}

/** Those that wait look again: somebody else may be asked now. */
export const touchApprovals = async (sql: Sql, company: string): Promise<string[]> =>
  (
    await sql.rows<{ id: string }>(
      `UPDATE process SET facts_version = facts_version + 1 WHERE company = $1 AND kind = 'approval' AND closed_at IS NULL RETURNING id`,
      [company],
    )
  ).map(({ id }) => `approval:${id}`)
