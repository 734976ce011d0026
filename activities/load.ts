import { heartbeat } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import type { LoadReport, NewLoad } from '../domain/load.ts'
import { readOpenItems } from '../domain/openItemFile.ts'
import { profileSchema } from '../domain/profile.ts'
import type { Database } from '../ledger/database.ts'
import {
  beginLoad,
  casesOfLoad,
  compareWithBooks,
  promoteLoad,
  refuseLoad,
  releaseLoad,
  stagedThrough,
  stageRows,
} from '../ledger/loads.ts'
import { refreshStatistics } from '../ledger/statistics.ts'
import { download } from '../ledger/uploads.ts'
import { wakeAll } from './wake.ts'

const CHUNK = 1_000
const PAGE = 500

/** The steps of a load. Each may run again after a crash and goes on where it was. */
export const createLoadActivities = ({ client, database }: { client: Client; database: Database }) => ({
  /** Reads the file, checks every line, stages the rows; refuses the whole with a report of every bad line. */
  async stage({ load, now }: { load: NewLoad; now: number }): Promise<LoadReport> {
    const begun = await beginLoad(database, load, now)
    if (begun.state !== 'staging') return begun
    const content = await download(database, load.fileHash)
    const { items, errors, lines } = readOpenItems(content, profileSchema.parse(load.profile))
    if (errors.length > 0 || begun.errors > 0) return refuseLoad(database, load.id, lines, errors, now)
    const through = await stagedThrough(database, load.id)
    const left = items.filter((item) => item.line > through)
    for (let from = 0; from < left.length; from += CHUNK) {
      await stageRows(database, load.id, left.slice(from, from + CHUNK))
      heartbeat({ staged: from + CHUNK })
    }
    const { conflicts } = await compareWithBooks(database, load.id, load.company)
    return conflicts.length > 0 ? refuseLoad(database, load.id, lines, conflicts, now) : { ...begun, lines }
  },

  async promote({ load, now }: { load: NewLoad; now: number }): Promise<LoadReport> {
    return whileBeating(async () => {
      const report = await promoteLoad(database, load.id, now)
      await refreshStatistics(database, report.created)
      return report
    })
  },

  release: ({ load, actor, now }: { load: NewLoad; actor: string; now: number }): Promise<LoadReport> =>
    whileBeating(() => releaseLoad(database, load.id, actor, now)),

  /** Wakes the cases of a load a page at a time; after a crash it goes on behind the last page. */
  async wakeLoaded({ load }: { load: NewLoad }): Promise<number> {
    let after = ''
    let woken = 0
    for (;;) {
      const page = await casesOfLoad(database, load.id, after, PAGE)
      await wakeAll(
        client,
        load.company,
        page.map((c) => c.key),
        () => heartbeat({ woken }),
      )
      woken += page.length
      if (page.length < PAGE) return woken
      after = page.at(-1)!.key
    }
  },
})
export type LoadActivities = ReturnType<typeof createLoadActivities>

/** One long statement gives no sign of life by itself. */
async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), 10_000)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
