import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFeed } from '../../client/feed.ts'
import { wordsOf } from '../../client/words/tell.ts'
import { openFeedFolder } from '../../config/feedFolder.ts'
import { instantOf } from '../../domain/calendar.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { type ErpItem, erpFolder } from './folder.ts'

const AT = instantOf('2040-03-05', '07:00', 'America/Mexico_City')
const item = (document: string, open = '1000.00'): ErpItem => ({
  customer: 'C-1',
  document,
  open,
  due: '2040-03-02',
})

/** Runs the feed of a folder; `meanwhile` happens once, while the first file is loaded. */
async function folderOf(feed: string) {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: AT })
  const erp = erpFolder(feed)
  const run = (meanwhile: () => void = () => {}) => {
    let happened = false
    return runFeed(
      { client: engine.client, company: COMPANY },
      ledger.database,
      openFeedFolder(erp.path),
      'feed',
      {
        words: wordsOf('en'),
        progress: () => {
          if (!happened) meanwhile()
          happened = true
        },
      },
    )
  }
  const open = async (document: string) =>
    (await ledger.database.one<{ minor: bigint }>(
      `SELECT a.balance_minor AS minor FROM account a JOIN receivable r ON r.id = a.receivable_id WHERE r.document = $1`,
      [document],
    ))!.minor
  return { erp, run, open }
}

test('a file that is replaced while it is taken stays, and is taken by the next run', async () => {
  const name = 'erp-2040-03-05.csv'
  const { erp, run, open } = await folderOf('kind: snapshot\nfiles: erp-YYYY-MM-DD.csv')
  erp.put(name, erp.csv([item('F-1')]), { lines: 1, open: '1000.00' })
  const first = await run(() => erp.put(name, erp.csv([item('F-1', '400.00')]), { lines: 1, open: '400.00' }))
  expect(first).toMatchObject({
    files: [{ name, outcome: 'done', replaced: true }],
    waiting: [{ name, state: 'ready' }],
  })
  expect(existsSync(join(erp.path, 'done'))).toBe(false)
  expect(await open('F-1')).toBe(100_000n)

  expect(await run()).toMatchObject({ files: [{ name, outcome: 'done', replaced: false }], waiting: [] })
  expect(await open('F-1')).toBe(40_000n)
  expect(readFileSync(join(erp.path, 'done', name), 'utf8')).toContain('400.00')
  expect(readdirSync(join(erp.path, 'done')).sort()).toEqual([
    name,
    `${name}.control.yaml`,
    `${name}.report.txt`,
  ])
})

test('a refused change that was mended meanwhile holds the later ones up, and blocks nothing', async () => {
  const { erp, run, open } = await folderOf('kind: delta\nfiles: changes-*.csv')
  erp.put('changes-1.csv', erp.csv([item('F-1', 'x')]))
  erp.put('changes-2.csv', erp.csv([item('F-1', '300.00')]))
  const first = await run(() => erp.put('changes-1.csv', erp.csv([item('F-1')])))
  expect(first).toMatchObject({
    files: [{ name: 'changes-1.csv', outcome: 'refused', replaced: true }],
    waiting: [{ name: 'changes-1.csv' }, { name: 'changes-2.csv' }],
    blockedBy: null,
  })
  expect((await run()).files.map((f) => f.outcome)).toEqual(['done', 'done'])
  expect(await open('F-1')).toBe(30_000n)
})
