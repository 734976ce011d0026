import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import type { LocalDate } from '../domain/calendar.ts'
import {
  byDay,
  controlFileOf,
  dayInName,
  FEED_FILE,
  type Feed,
  type FeedFile,
  parseControl,
  parseFeed,
} from '../domain/feed.ts'
import type { ControlTotals } from '../domain/load.ts'
import type { Profile } from '../domain/profile.ts'
import { problemText } from '../domain/yamlFile.ts'
import { readProfile } from './profileFiles.ts'

/** What is in a feed's folder can't be used; the message says what, where, and what to do. */
export class FeedFolderError extends Error {
  override name = 'FeedFolderError'
}

/** Where a file goes once it was read. */
export type FeedOutcome = 'done' | 'refused'

export interface FeedFolder {
  /** As it was asked for. */
  name: string
  feed: Feed
  profile: Profile
  /** What waits, in the order in which it is to be taken. `now` in ms. */
  waiting(now: number): FeedFile[]
  /** Files that were refused and lie there still. */
  refused(): string[]
  read(name: string): Buffer
  /** @throws FeedFolderError when the totals themselves can't be read; null when there are none */
  controlOf(name: string): ControlTotals | null
  /** Tells what lies there under a name, with its control totals, from what is put there later. */
  markOf(name: string): string
  /**
   * Moves a file, with its control totals, and writes the report beside it. Twice is once. What was put there since it was
   * marked is another file, and stays: false.
   */
  fileAway(name: string, mark: string, outcome: FeedOutcome, report: string): boolean
}

/**
 * Opens the folder of a feed.
 * @throws FeedFolderError without feed.yaml, or with mistakes in it; ProfileFileError
 */
export function openFeedFolder(folder: string): FeedFolder {
  const path = resolve(folder)
  const settings = join(path, FEED_FILE)
  if (!existsSync(settings))
    throw new FeedFolderError(`${path} has no ${FEED_FILE}: it says how the files are named and read`)
  const parsed = parseFeed(readFileSync(settings, 'utf8'))
  if (!parsed.ok) throw new FeedFolderError(parsed.problems.map(problemText).join('\n'))
  const feed = parsed.value
  const dataFiles = (of: string): { name: string; asOf: LocalDate | null }[] =>
    existsSync(of)
      ? readdirSync(of, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .flatMap(({ name }) => {
            const asOf = dayInName(feed, name)
            return asOf === undefined || isCompanion(name) ? [] : [{ name, asOf }]
          })
          .sort(byDay)
      : []
  return {
    name: folder,
    feed,
    profile: readProfile(feed.profile, path),
    waiting: (now) =>
      dataFiles(path).map((file) => ({ ...file, state: stateOf(path, file.name, feed, now) })),
    refused: () => dataFiles(join(path, 'refused')).map((file) => file.name),
    read: (name) => readFileSync(join(path, name)),
    controlOf: (name) => controlOf(path, name),
    markOf: (name) => markOf(path, name),
    fileAway: (name, mark, outcome, report) => fileAway(path, name, mark, outcome, report),
  }
}

/** Reports, control totals and the locks of an open workbook lie beside the files, and aren't files of the source. */
const isCompanion = (name: string): boolean =>
  name === FEED_FILE ||
  name.endsWith('.control.yaml') ||
  name.endsWith('.report.txt') ||
  name.startsWith('~$') ||
  name.startsWith('.~lock.')

function stateOf(path: string, name: string, feed: Feed, now: number): FeedFile['state'] {
  const hasControl = existsSync(join(path, controlFileOf(name)))
  // Who sends control totals sends them last.
  if (feed.control === 'required') return hasControl ? 'ready' : 'no-control'
  const settled = statSync(join(path, name)).mtimeMs <= now - feed.settle_seconds * 1000
  return hasControl || settled ? 'ready' : 'growing'
}

function controlOf(path: string, name: string): ControlTotals | null {
  const file = controlFileOf(name)
  if (!existsSync(join(path, file))) return null
  const parsed = parseControl(readFileSync(join(path, file), 'utf8'), file)
  if (!parsed.ok) throw new FeedFolderError(parsed.problems.map(problemText).join('\n'))
  return parsed.value
}

const markOf = (path: string, name: string): string =>
  [name, controlFileOf(name)]
    .map((file) => join(path, file))
    .map((file) =>
      existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'none',
    )
    .join(' ')

function fileAway(path: string, name: string, mark: string, outcome: FeedOutcome, report: string): boolean {
  if (!existsSync(join(path, name))) return true
  if (markOf(path, name) !== mark) return false
  const target = join(path, outcome)
  mkdirSync(target, { recursive: true })
  // The same name again, as a source does that mends a file, doesn't overwrite what was there.
  let free = name
  for (let n = 2; existsSync(join(target, free)); n++) free = name.replace(/(\.[^.]*)?$/, `-${n}$1`)
  writeFileSync(join(target, `${free}.report.txt`), report)
  const control = join(path, controlFileOf(name))
  renameSync(join(path, name), join(target, free))
  if (existsSync(control)) renameSync(control, join(target, controlFileOf(free)))
  return true
}
