import { createHash } from 'node:crypto'
import type { Instant } from '../domain/calendar.ts'
import { type Policy, policySchema } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers } from './cases.ts'
import { customerId, LOCK_ORDER } from './customers.ts'
import { mustFind, type Sql } from './database.ts'
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
 * of that code the newest version that holds.
 */
export const currentPolicySql = `(SELECT v.id FROM policy_assignment s JOIN policy_version v ON v.company = s.company AND v.code = s.code AND v.activated_at IS NOT NULL
  WHERE s.company = c.company AND (s.scope = 'customer' AND s.subject = c.code OR s.scope = 'segment' AND s.subject = c.segment OR s.scope = 'company')
  ORDER BY CASE s.scope WHEN 'customer' THEN 1 WHEN 'segment' THEN 2 ELSE 3 END, v.version DESC LIMIT 1)`

export interface Published {
  published: Version[]
  /** Those that look again. */
  cases: string[]
}

export interface Version {
  code: string
  version: number
  /** Holds at once: the first of its name. */
  holds: boolean
}

/** A version by what it is called. */
export type Named = Pick<Version, 'code' | 'version'>

export const versionName = ({ code, version }: Named): string => `${code} v${version}`

/**
 * Publishes policies: a changed document becomes a new version, an unchanged one nothing. The first version of a policy
 * holds at once; a later one when a second person agrees: see `activateVersion`.
 *
 * @throws Error when two policies claim the same customers
 */
export async function publishVersions(
  sql: Sql,
  doing: { company: string; actor: string; now: Instant },
  policies: readonly Policy[],
): Promise<Published> {
  const { company, actor, now } = doing
  claims(policies)
  await onePublisher(sql, company)
  const published: Version[] = []
  const first: Policy[] = []
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
      `INSERT INTO policy_version (company, code, version, hash, document, published_at, published_by)
       VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7)`,
      [company, policy.id, version, hash, document, now, actor],
    )
    published.push({ code: policy.id, version, holds: newest === null })
    if (newest === null) first.push(policy)
  }
  if (published.length > 0)
    await appendToJournal(sql, company, null, {
      event: 'policies published',
      actor,
      at: now,
      data: { published: published.map(versionName) },
    })
  const holds = published.filter((p) => p.holds)
  return { published, cases: holds.length > 0 ? await takeEffect(sql, company, holds, first, now) : [] }
}

/**
 * From now on the version holds. Cases look again, since hours, gaps and tolerances are taken from the current version;
 * steps of live receivables stay pinned until they adopt it.
 *
 * @throws Refusal NotFound, NotOpen when it, or a later one, holds already
 */
export async function activateVersion(
  sql: Sql,
  doing: { company: string; actor: string; now: Instant },
  { code, version }: Named,
): Promise<string[]> {
  const { company, actor, now } = doing
  await onePublisher(sql, company)
  const { document } = await waitingVersion(sql, company, { code, version })
  const cases = await takeEffect(sql, company, [{ code, version }], [policySchema.parse(document)], now)
  await appendToJournal(sql, company, null, {
    event: 'policy activated',
    actor,
    at: now,
    data: { policy: code, version },
  })
  return cases
}

/** @throws Refusal NotFound, NotOpen when it, or a later one, holds already */
export async function waitingVersion(
  sql: Sql,
  company: string,
  { code, version }: Named,
): Promise<{ document: unknown; published_by: string; current: number | null }> {
  const row = await mustFind<{ document: unknown; published_by: string; current: number | null }>(
    sql,
    'policy',
    versionName({ code, version }),
    `SELECT document, published_by, (SELECT max(version) FROM policy_version x
       WHERE x.company = v.company AND x.code = v.code AND x.activated_at IS NOT NULL)::int AS current
     FROM policy_version v WHERE company = $1 AND code = $2 AND version = $3`,
    [company, code, version],
  )
  if (row.current !== null && row.current >= version)
    throw new Refusal('NotOpen', {
      what: 'policy',
      id: versionName({ code, version }),
      state: `v${row.current}`,
    })
  return row
}

/** Not the company's row: whoever writes to its journal holds customers already. */
const onePublisher = (sql: Sql, company: string) =>
  sql.one('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [company])

async function takeEffect(
  sql: Sql,
  company: string,
  versions: readonly Named[],
  policies: readonly Policy[],
  now: Instant,
): Promise<string[]> {
  await sql.rows(
    `UPDATE policy_version v SET activated_at = to_timestamp($3 / 1000.0)
     FROM jsonb_to_recordset($2::jsonb) AS p(code text, version int) WHERE v.company = $1 AND v.code = p.code AND v.version = p.version`,
    [company, JSON.stringify(versions), now],
  )
  await assign(sql, company, claims(policies))
  const customers = await sql.rows<{ id: bigint }>(
    `SELECT id FROM customer WHERE company = $1 ORDER BY ${LOCK_ORDER} FOR NO KEY UPDATE`,
    [company],
  )
  return touchCustomers(
    sql,
    customers.map((c) => Number(c.id)),
  )
}

interface Claim {
  scope: 'customer' | 'segment' | 'company'
  subject: string
  code: string
}

/** Whom policies are for. */
function claims(policies: readonly Policy[]): Claim[] {
  const rows = policies.flatMap((policy): Claim[] => [
    ...(policy.applies_to.company ? [{ scope: 'company' as const, subject: '', code: policy.id }] : []),
    ...policy.applies_to.segments.map((subject) => ({ scope: 'segment' as const, subject, code: policy.id })),
    ...policy.applies_to.customers.map((subject) => ({
      scope: 'customer' as const,
      subject,
      code: policy.id,
    })),
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
  return rows
}

const assign = (sql: Sql, company: string, rows: readonly Claim[]): Promise<unknown> =>
  sql.rows(
    `INSERT INTO policy_assignment (company, scope, subject, code)
     SELECT $1, scope, subject, code FROM jsonb_to_recordset($2::jsonb) AS a(scope text, subject text, code text)
     ON CONFLICT (company, scope, subject) DO UPDATE SET code = excluded.code WHERE policy_assignment.code <> excluded.code`,
    [company, JSON.stringify(rows)],
  )

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
    `SELECT v.id::int, v.hash FROM policy_assignment s JOIN policy_version v ON v.company = s.company AND v.code = s.code AND v.activated_at IS NOT NULL
     WHERE s.company = $1 AND s.scope = 'company' ORDER BY v.version DESC LIMIT 1`,
    [company],
  )
