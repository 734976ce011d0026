import { createHash } from 'node:crypto'
import type { Database, Sql } from './database.ts'

const PART_BYTES = 1_000_000

/**
 * Puts a file where workers can read it, under the hash of its content. Changes nothing in the books, and again is
 * nothing new: the one write that clients do themselves, since a workflow's messages don't carry files.
 */
export async function upload(database: Database, content: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(content).digest('hex')
  await database.transaction(async (sql) => {
    for (let part = 0; part === 0 || part * PART_BYTES < content.length; part++)
      await sql.rows(
        'INSERT INTO upload_part (hash, part, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [hash, part, Buffer.from(content.subarray(part * PART_BYTES, (part + 1) * PART_BYTES))],
      )
  })
  return hash
}

/** @throws Error when the content isn't there, or isn't what was uploaded */
export async function download(sql: Sql, hash: string): Promise<Buffer> {
  const parts = await sql.rows<{ content: Buffer }>(
    'SELECT content FROM upload_part WHERE hash = $1 ORDER BY part',
    [hash],
  )
  const content = Buffer.concat(parts.map((p) => p.content))
  if (createHash('sha256').update(content).digest('hex') !== hash)
    throw new Error(`upload ${hash} is missing or damaged: send the file again`)
  return content
}
