import { setTimeout as sleep } from 'node:timers/promises'
import { type FeedFolder, FeedFolderError } from '../config/feedFolder.ts'
import type { FedFile, FeedFile, FeedRun } from '../domain/feed.ts'
import type { LoadReport } from '../domain/load.ts'
import type { LineError } from '../domain/openItem.ts'
import type { Database } from '../ledger/database.ts'
import { errorsOf } from '../ledger/loads.ts'
import { TryLater } from './failures.ts'
import { type Progress, startLoad, watchLoad } from './loads.ts'
import type { Door } from './temporal.ts'
import { tellLine } from './words/tell.ts'
import type { Words } from './words/words.ts'

export interface FeedTeller {
  /** In whose words the report beside a file is. */
  words: Words
  begins?(name: string): void
  progress?: Progress
}

/**
 * Takes what waits in a feed's folder, file by file in order, and moves each to `done` or `refused` with its report. One
 * that was replaced meanwhile stays for the next run, with the changes behind it. Stopped anywhere and run again it goes
 * on: a file that is in the books already is only filed away. A snapshot that is refused doesn't keep the next from
 * coming, since each tells all; a delta does, since the next builds on it.
 */
export async function runFeed(
  door: Door,
  database: Database,
  folder: FeedFolder,
  actor: string,
  teller: FeedTeller,
): Promise<FeedRun> {
  const { company } = folder.profile
  if (company !== undefined && company !== door.company)
    throw new FeedFolderError(
      `the profile of ${folder.name} is for company "${company}", not "${door.company}"`,
    )
  const run: FeedRun = { folder: folder.name, files: [], waiting: [], blockedBy: null }
  const isDelta = folder.feed.kind === 'delta'
  run.blockedBy = isDelta ? (folder.refused()[0] ?? null) : null
  for (const file of folder.waiting(Date.now())) {
    const heldUp = isDelta && run.waiting.length > 0
    if (run.blockedBy !== null || file.state !== 'ready' || heldUp) {
      run.waiting.push(file)
      continue
    }
    teller.begins?.(file.name)
    const fed = await takeFile(door, database, folder, file, actor, teller)
    run.files.push(fed)
    if (fed.replaced) run.waiting.push(file)
    else if (isDelta && fed.outcome !== 'done') run.blockedBy = file.name
  }
  return run
}

async function takeFile(
  door: Door,
  database: Database,
  folder: FeedFolder,
  { name, asOf }: FeedFile,
  actor: string,
  teller: FeedTeller,
): Promise<FedFile> {
  const { feed, profile } = folder
  // Before anything of it is read: what is put there under its name from now on is left for the next run.
  const mark = folder.markOf(name)
  let control: ReturnType<FeedFolder['controlOf']>
  try {
    control = folder.controlOf(name)
  } catch (error) {
    if (!(error instanceof FeedFolderError)) throw error
    const replaced = !folder.fileAway(name, mark, 'refused', `${error.message}\n`)
    return { name, asOf, outcome: 'unreadable', replaced, load: null }
  }
  const { id } = await startLoad(door, database, {
    content: folder.read(name),
    fileName: name,
    profile,
    kind: feed.kind,
    asOf,
    scope: feed.scope,
    control,
    hold: false,
    actor,
  })
  const load = await watchLoad(door, database, id, teller.progress)
  const outcome = load.state === 'refused' ? 'refused' : 'done'
  const report = reportText(teller.words, load, await errorsOf(database, id))
  return { name, asOf, outcome, replaced: !folder.fileAway(name, mark, outcome, report), load }
}

const reportText = (
  words: Words,
  load: LoadReport,
  lines: readonly (LineError & { fatal: boolean })[],
): string =>
  [
    words.phrases.load(load),
    ...lines.map((line) => tellLine(words, line)),
    ...(load.state === 'refused' ? [words.phrases.badFile(load.errors)] : []),
    '',
  ].join('\n')

/** Runs the feed again and again until the signal. A server that is away is waited for. */
export async function watchFeed(
  run: () => Promise<FeedRun>,
  everyMs: number,
  signal: AbortSignal,
  tell: (result: FeedRun | TryLater) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      tell(await run())
    } catch (error) {
      if (!(error instanceof TryLater)) throw error
      tell(error)
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {})
  }
}
