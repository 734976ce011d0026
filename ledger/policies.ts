import { createHash } from 'node:crypto'
import type { Instant } from '../domain/calendar.ts'
import { type Policy, policySchema } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import { customerId } from './customers.ts'
import { type Database, mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'

/** By the hash of their text, which is what a version is: zod is slow, and a worker meets few versions. */
const parsed = new Map<string, Policy>()

/** Published versions by id. */
export async function policiesById(sql: Sql, ids: readonly number[]): Promise<Map<number, Policy>> {
  const rows = await sql.rows<{ id: number; hash: string }>(
    'SELECT id::int, hash FROM policy_version WHERE id = ANY($1)',
    [[...new Set(ids)]],
  )
  const policies = new Map<number, Policy>()
  for (const { id, hash } of rows) policies.set(id, await policyOf(sql, hash))
  return policies
}

/** The text of a version is asked for once: it is longer than all else that is read of a case. */
export async function policyOf(sql: Sql, hash: string): Promise<Policy> {
  const known = parsed.get(hash)
  if (known) return known
  const row = await sql.one<{ document: unknown }>(
    'SELECT document FROM policy_version WHERE hash = $1 LIMIT 1',
    [hash],
  )
  const policy = policySchema.parse(row!.document)
  parsed.set(hash, policy)
  return policy
}

/**
 * SQL of the policy version that is current for customer `c`: the customer's own, its segment's, the company's;
 * of that code the newest version.
 */
export const currentPolicySql = `(SELECT v.id FROM policy_assignment s JOIN policy_version v ON v.company = s.company AND v.code = s.code
  WHERE s.company = c.company AND (s.scope = 'customer' AND s.subject = c.code OR s.scope = 'segment' AND s.subject = c.segment OR s.scope = 'company')
  ORDER BY CASE s.scope WHEN 'customer' THEN 1 WHEN 'segment' THEN 2 ELSE 3 END, v.version DESC LIMIT 1)`

/**
 * Publishes policies: a changed document becomes a new version, an unchanged one nothing. Assignments follow
 * the documents. Cases look again, since hours, gaps and tolerances are taken from the current version; steps of
 * live receivables stay pinned until they adopt it.
 *
 * @throws Error when two policies claim the same customers
 */
export async function publishPolicies(
  database: Database,
  company: string,
  policies: readonly Policy[],
  actor: string,
  now: Instant,
): Promise<string[]> {
  return database.transaction(async (sql) => {
    // Not the company's row: whoever writes to its journal holds customers already.
    await sql.one('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [company])
    const published: string[] = []
    for (const policy of policies) {
      const document = JSON.stringify(policy)
      const hash = createHash('sha256').update(document).digest('hex')
      const newest = await sql.one<{ version: number; hash: string }>(
        'SELECT version, hash FROM policy_version WHERE company = $1 AND code = $2 ORDER BY version DESC LIMIT 1',
        [company, policy.id],
      )
      if (newest?.hash === hash) continue
      const version = (newest?.version ?? 0) + 1
      await sql.rows(
        'INSERT INTO policy_version (company, code, version, hash, document, published_at) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))',
        [company, policy.id, version, hash, document, now],
      )
      published.push(`${policy.id} v${version}`)
    }
    const assigned = await assign(sql, company, policies)
    if (published.length === 0 && !assigned) return []
    const customers = await sql.rows<{ id: bigint }>(
      'SELECT id FROM customer WHERE company = $1 ORDER BY id FOR NO KEY UPDATE',
      [company],
    )
    await touchCustomers(
      sql,
      customers.map((c) => Number(c.id)),
    )
    await appendToJournal(sql, company, null, {
      event: 'policies published',
      actor,
      at: now,
      data: { published },
    })
    return published
  })
}

async function assign(sql: Sql, company: string, policies: readonly Policy[]): Promise<boolean> {
  const rows = policies.flatMap((policy) => [
    ...(policy.applies_to.company ? [{ scope: 'company', subject: '', code: policy.id }] : []),
    ...policy.applies_to.segments.map((subject) => ({ scope: 'segment', subject, code: policy.id })),
    ...policy.applies_to.customers.map((subject) => ({ scope: 'customer', subject, code: policy.id })),
  ])
  const seen = new Map<string, string>()
  for (const row of rows) {
    const claimed = seen.get(`${row.scope} ${row.subject}`)
    if (claimed)
      throw new Error(
        `Policies "${claimed}" and "${row.code}" both apply to ${row.scope} ${row.subject}`.trim() +
          ': leave it to one of them.',
      )
    seen.set(`${row.scope} ${row.subject}`, row.code)
  }
  const changed = await sql.rows(
    `INSERT INTO policy_assignment (company, scope, subject, code)
     SELECT $1, scope, subject, code FROM jsonb_to_recordset($2::jsonb) AS a(scope text, subject text, code text)
     ON CONFLICT (company, scope, subject) DO UPDATE SET code = excluded.code WHERE policy_assignment.code <> excluded.code
     RETURNING 1`,
    [company, JSON.stringify(rows)],
  )
  return changed.length > 0
}

/** The policy that is current for a customer; for nobody in particular, the company's. */
export async function policyFor(sql: Sql, company: string, customer: string | null): Promise<Policy> {
  if (customer === null) return policyOf(sql, (await companyPolicy(sql, company)).hash)
  await customerId(sql, company, customer)
  const row = await sql.one<{ hash: string }>(
    `SELECT v.hash FROM customer c JOIN policy_version v ON v.id = ${currentPolicySql} WHERE c.company = $1 AND c.code = $2`,
    [company, customer],
  )
  if (!row) throw new Refusal('NotFound', { what: 'policy', id: '' })
  return policyOf(sql, row.hash)
}

/** The version of the company's policy that is current. */
export const companyPolicy = (sql: Sql, company: string): Promise<{ id: number; hash: string }> =>
  mustFind<{ id: number; hash: string }>(
    sql,
    'policy',
    '',
    `SELECT v.id::int, v.hash FROM policy_assignment s JOIN policy_version v ON v.company = s.company AND v.code = s.code
     WHERE s.company = $1 AND s.scope = 'company' ORDER BY v.version DESC LIMIT 1`,
    [company],
  )
