import { createHash } from 'node:crypto'
import type { Instant } from '../domain/calendar.ts'
import type { Answer, Asked } from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Database, Limits, Sql } from './database.ts'
import { touchProcessesOfCases } from './processes.ts'

/** Who acts when nobody asks. */
export const BY_ITSELF = 'cartera'

/** What a command needs to know beside its content. `now` is the asking workflow's time. */
export interface Asking extends Asked {
  company: string
  now: Instant
}

/** The same for the same content, however its properties are ordered. */
export function contentHash(name: string, content: unknown): string {
  return createHash('sha256')
    .update(`${name} ${canonical(content)}`)
    .digest('hex')
}

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
      .join(',')}}`
  return JSON.stringify(value)
}

/**
 * Carries a command out once. Asked again under the same key it gives the stored answer; with other content
 * it refuses with `KeyConflict`. Two at once: the second waits for the first on the key and finds its answer.
 */
export async function once(
  database: Database,
  asking: Asking,
  name: string,
  content: unknown,
  work: (sql: Sql) => Promise<Answer>,
  limits?: Limits,
): Promise<Answer> {
  const hash = contentHash(name, content)
  return database.transaction(async (sql) => {
    await sql.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `${asking.company} ${asking.key}`,
    ])
    const before = await sql.one<{ content_hash: string; answer: Answer; name: string }>(
      'SELECT content_hash, answer, name FROM command WHERE company = $1 AND key = $2',
      [asking.company, asking.key],
    )
    if (before) {
      if (before.content_hash !== hash)
        throw new Refusal('KeyConflict', { key: asking.key, command: before.name })
      return before.answer
    }
    const answer = carried(await touching(sql, asking.company, await work(sql)))
    await sql.rows(
      `INSERT INTO command (company, key, name, content_hash, answer, actor, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0))`,
      [asking.company, asking.key, name, hash, JSON.stringify(answer), asking.actor, asking.now],
    )
    return answer
  }, limits)
}

/** So many keys an answer carries: a message of Temporal holds two megabytes, and this goes through several. */
const MOST_KEYS = 5_000

const carried = (answer: Answer): Answer =>
  answer.cases.length + (answer.processes?.length ?? 0) <= MOST_KEYS
    ? answer
    : { result: answer.result, cases: [], tooMany: true }

/** What waits about the customers whose facts changed looks again, whatever changed them. */
export async function touching<A extends Pick<Answer, 'processes'> & { cases?: string[] }>(
  sql: Sql,
  company: string,
  answer: A,
): Promise<A> {
  const touched = await touchProcessesOfCases(sql, company, answer.cases ?? [])
  if (touched.length === 0) return answer
  return { ...answer, processes: [...new Set([...(answer.processes ?? []), ...touched])].sort() }
}
