import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { createLoadActivities } from '../../activities/load.ts'
import { runFeed } from '../../client/feed.ts'
import type { Door } from '../../client/temporal.ts'
import { wordsOf } from '../../client/words/tell.ts'
import { openFeedFolder } from '../../config/feedFolder.ts'
import type { NewLoad } from '../../domain/load.ts'
import type { Database } from '../../ledger/database.ts'
import { COMPANY, calendars, freshLedger } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { type ErpItem, erpFolder } from './folder.ts'

/** Feeds without servers: the same bytes more than once, and a file without a line. */

/** Carries a load out where it is started. */
function doorOf(database: Database): Door {
  const { stage, promote } = createLoadActivities({ client: undefined as never, database, calendars })
  let now = noon('2040-03-05')
  const start = async (_: string, { args }: { args: [{ load: NewLoad }] }) => {
    const [{ load }] = args
    for (const step of [stage, promote]) {
      now += 1000
      await new MockActivityEnvironment().run(step, { load, now })
    }
  }
  return { client: { workflow: { start } }, company: COMPANY } as unknown as Door
}

async function folderOf(feed: string) {
  const { database } = await freshLedger()
  const door = doorOf(database)
  const erp = erpFolder(feed)
  const item: ErpItem = { customer: 'C-1', document: 'F-1', due: '2040-03-02' }
  /** Null: a file with its header alone, and control totals that say so. */
  return async (name: string, open: string | null) => {
    if (open === null) erp.put(name, erp.csv([]), { lines: 0, open: '0.00' })
    else erp.put(name, erp.csv([{ ...item, open }]))
    const run = await runFeed(door, database, openFeedFolder(erp.path), 'feed', { words: wordsOf('en') })
    const [{ balance }] = (await database.rows<{ balance: bigint }>(
      `SELECT a.balance_minor AS balance FROM account a JOIN receivable r ON r.id = a.receivable_id`,
    )) as [{ balance: bigint }]
    const { outcome, load } = run.files[0]!
    return { outcome, id: load!.id, open: Number(balance) / 100 }
  }
}

test('what came before is news again once another file came between', async () => {
  const feed = await folderOf('kind: delta\nfiles: changes-*.csv')
  const monday = await feed('changes-mon.csv', '0.00')
  expect(monday).toMatchObject({ outcome: 'done', open: 0 })
  // Stopped before the file was filed away, it is found again.
  expect(await feed('changes-mon.csv', '0.00')).toEqual(monday)
  // The cheque bounced there, and was made good the day after.
  expect(await feed('changes-tue.csv', '1000.00')).toMatchObject({ outcome: 'done', open: 1000 })
  const wednesday = await feed('changes-wed.csv', '0.00')
  expect(wednesday).toEqual({ id: `${monday.id}-2`, outcome: 'done', open: 0 })
  expect(await feed('changes-wed.csv', '0.00')).toEqual(wednesday)
})

test('a file of an earlier day than the newest changes nothing, however often it comes', async () => {
  const feed = await folderOf('kind: snapshot\nfiles: erp-YYYY-MM-DD.csv')
  const monday = await feed('erp-2040-03-04.csv', '1000.00')
  expect(await feed('erp-2040-03-05.csv', '400.00')).toMatchObject({ outcome: 'done', open: 400 })
  expect(await feed('erp-2040-03-04.csv', '1000.00')).toEqual({ ...monday, open: 400 })
})

test('a snapshot whose sender says that nothing is open any more settles what was', async () => {
  const feed = await folderOf('kind: snapshot\nfiles: erp-YYYY-MM-DD.csv\nscope: { customers: [C-1] }')
  await feed('erp-2040-03-04.csv', '1000.00')
  expect(await feed('erp-2040-03-05.csv', null)).toMatchObject({ outcome: 'done', open: 0 })
})

test('a file of changes without a line is a mistake, whatever its control totals say', async () => {
  const feed = await folderOf('kind: delta\nfiles: changes-*.csv')
  await feed('changes-1.csv', '1000.00')
  expect(await feed('changes-2.csv', null)).toMatchObject({ outcome: 'refused', open: 1000 })
})
