import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLoad, watchLoad } from '../../client/loads.ts'
import { standardProfile } from './lifecycle.ts'
import { openItemsFile } from './portfolio.ts'
import type { BenchStack } from './stack.ts'

/**
 * A file of open items through the real load, held so that nothing but the load works: uploaded, read, every line
 * checked, staged, compared with the books, promoted with customers, cases, accounts, transfers and journal. Against
 * PostgreSQL's own COPY of the same file into a table without a key.
 */
export interface LoadFigures {
  items: number
  seconds: number
  perSecond: number
  copySeconds: number
  copyPerSecond: number
  /** Of COPY's speed. */
  ratio: number
}

export async function measureLoad(stack: BenchStack, items: number): Promise<LoadFigures> {
  const content = openItemsFile({ prefix: 'L', receivables: items })
  const startedAt = performance.now()
  const { id } = await startLoad(stack.door, stack.database, {
    content,
    fileName: 'items.csv',
    profile: standardProfile(),
    kind: 'delta',
    asOf: null,
    hold: true,
    actor: 'bench',
  })
  const report = await watchLoad(stack.door, stack.database, id)
  const seconds = (performance.now() - startedAt) / 1000
  if (report.state !== 'held' || report.created !== items)
    throw new Error(`the load did not do what it should: ${JSON.stringify(report)}`)
  const copySeconds = await copy(stack, content)
  return {
    items,
    seconds,
    perSecond: items / seconds,
    copySeconds,
    copyPerSecond: items / copySeconds,
    ratio: copySeconds / seconds,
  }
}

async function copy(stack: BenchStack, content: Buffer): Promise<number> {
  const file = join(stack.dir, 'items.csv')
  writeFileSync(file, content)
  chmodSync(file, 0o644)
  await stack.observer.rows(
    `CREATE TABLE plain_item (customer text, customer_name text, segment text, branch text, analyst text, contact_name text,
       email text, document text, currency text, original numeric, issued date, due date)`,
  )
  const startedAt = performance.now()
  await stack.observer.rows(`COPY plain_item FROM '${file}' WITH (FORMAT csv, HEADER)`)
  const seconds = (performance.now() - startedAt) / 1000
  await stack.observer.rows('DROP TABLE plain_item')
  return seconds
}
