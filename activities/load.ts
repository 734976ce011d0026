import { heartbeat } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { HISTORY_FIELDS } from '../domain/itemHistory.ts'
import { controlErrors, type LoadReport, type NewLoad, saysNothingOpen } from '../domain/load.ts'
import type { OpenItem } from '../domain/openItem.ts'
import { readOpenItems } from '../domain/openItemFile.ts'
import { profileSchema } from '../domain/profile.ts'
import type { Database } from '../ledger/database.ts'
import { addErrors, beginLoad, refuseLoad, releaseLoad, stagedThrough, stageRows } from '../ledger/loads.ts'
import { promoteLoad } from '../ledger/promotion/promote.ts'
import type { Calendars } from '../ledger/scope.ts'
import { refreshStatistics } from '../ledger/statistics.ts'
import { download } from '../ledger/uploads.ts'
import { whileBeating } from './beating.ts'
import { wakeBehind } from './wake.ts'

const CHUNK = 1_000

export interface LoadDeps {
  client: Client
  database: Database
  calendars: Calendars
}

/** The steps of a load. Each may run again after a crash and goes on where it was. */
export const createLoadActivities = ({ client, database, calendars }: LoadDeps) => ({
  /** Reads the file, checks every line, stages the rows; refuses the whole with a report of every bad line. */
  async stage({ load, now }: { load: NewLoad; now: number }): Promise<LoadReport> {
    const begun = await beginLoad(database, load, now)
    if (begun.state !== 'staging') return begun
    const content = await download(database, load.fileHash)
    const profile = profileSchema.parse(load.profile)
    const { items, errors, lines } = await readOpenItems(content, profile, saysNothingOpen(load))
    if (errors.length === 0 && load.control) errors.push(...controlErrors(load.control, items))
    if (errors.length > 0 || begun.errors > 0) return refuseLoad(database, load.id, lines, errors, now)
    const through = await stagedThrough(database, load.id)
    const left = items.filter((item) => item.line > through)
    for (let from = 0; from < left.length; from += CHUNK) {
      await stageRows(database, load.id, left.slice(from, from + CHUNK))
      heartbeat({ staged: from + CHUNK })
    }
    if (load.kind !== 'initial' && left.length > 0) await noteHistory(database, load.id, items)
    return { ...begun, lines }
  },

  async promote({ load, now }: { load: NewLoad; now: number }): Promise<LoadReport> {
    return whileBeating(async () => {
      const report = await promoteLoad(database, calendars, load.id, now)
      await refreshStatistics(database, report.created)
      return report
    })
  },

  release: ({ load, actor, now }: { load: NewLoad; actor: string; now: number }): Promise<LoadReport> =>
    whileBeating(() => releaseLoad(database, calendars, load.id, actor, now)),

  /** Wakes what a load concerns. */
  wakeLoaded({ load }: { load: NewLoad }): Promise<number> {
    let woken = 0
    return wakeBehind(client, database, load.company, () => heartbeat({ woken: ++woken }))
  },
})
export type LoadActivities = ReturnType<typeof createLoadActivities>

/** A file of every day may have the columns of an initial one: said once, so that nobody wonders. */
async function noteHistory(database: Database, id: string, items: readonly OpenItem[]): Promise<void> {
  const first = items.find((item) => item.history)
  if (!first) return
  const message = `This line and others tell what was done before (${HISTORY_FIELDS.join(', ')}): only an initial load carries that over, and only with documents that the books don't have yet.`
  await addErrors(
    database,
    id,
    [{ line: first.line, column: '', value: '', code: 'history-left', message }],
    false,
  )
}
