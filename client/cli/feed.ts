import type { Command } from 'commander'
import type { FeedFolder } from '../../config/feedFolder.ts'
import type { FeedRun } from '../../domain/feed.ts'
import { TryLater } from '../failures.ts'
import { examples } from './examples.ts'
import { Ended, EXIT, tellError } from './exit.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** Folders into which a source puts its files again and again. */
export function addFeeds(program: Command, runs: Runs): void {
  const feed = program
    .command('feed')
    .description('Files that a source puts into a folder again and again: taken in order, each as a load.')
  examples(
    feed
      .command('run <dir>')
      .description(
        'Take what waits in a folder; each file goes to "done" or "refused" there, with the report beside it. The folder has a feed.yaml: profile, kind (snapshot, delta), files (their names, such as items-YYYY-MM-DD.csv), and when needed scope, control, settle_seconds. Control totals lie beside a file as NAME.control.yaml. Ends with 2 when a file was refused.',
      )
      .option('--watch', 'go on until Ctrl-C')
      .option('--every <seconds>', 'how often to look while watching', '10')
      .action(runs(run)),
    'feed run /srv/erp/export',
    'feed run /srv/erp/export --watch',
    '# workers watch the folders of CARTERA_FEEDS by themselves, every minute',
  )
  examples(
    feed
      .command('show <dir>')
      .description('Check the feed.yaml of a folder and show what waits there. Takes nothing.')
      .action(
        runs(async (session, dir: string) => {
          const folder = await open(dir)
          const waiting = folder.waiting(Date.now())
          const refused = folder.refused()
          session.show({ folder: folder.name, feed: folder.feed, waiting, refused }, () =>
            runText(session, {
              folder: folder.name,
              files: [],
              waiting,
              blockedBy: folder.feed.kind === 'delta' ? (refused[0] ?? null) : null,
            }),
          )
        }),
      ),
    'feed show /srv/erp/export',
  )
  examples(
    feed
      .command('list')
      .description(
        'Every source: the day that its newest file tells of, and how many receivables wait for the next.',
      )
      .action(
        runs(async (session) => {
          const { feedsOf } = await import('../../ledger/feeds.ts')
          const feeds = await feedsOf(await session.ledger(), await session.company())
          const { phrases, table } = session
          const { labels } = phrases
          session.show(feeds, () =>
            table(
              [
                { title: labels.feed },
                { title: labels.date },
                { title: labels.file, cut: true },
                { title: labels.held, right: true },
              ],
              feeds.map((f) => [
                f.source,
                f.asOf === null ? phrases.never : { date: f.asOf },
                f.fileName ?? '',
                f.waiting === 0 ? '' : { count: f.waiting },
              ]),
              phrases.nothing,
            ),
          )
        }),
      ),
    'feed list --json',
  )
}

const open = async (dir: string): Promise<FeedFolder> =>
  (await import('../../config/feedFolder.ts')).openFeedFolder(dir)

async function run(
  session: Session,
  dir: string,
  options: { watch?: boolean; every: string },
): Promise<void> {
  const { runFeed, watchFeed } = await import('../feed.ts')
  const { phrases, words } = session
  const [database, door] = [await session.ledger(), await session.door()]
  const once = async () =>
    runFeed(door, database, await open(dir), session.actor, {
      words,
      begins: (name) => session.note(phrases.feedBegins(name)),
    })
  if (!options.watch) {
    const done = await once()
    session.show(done, () => runText(session, done))
    if (done.files.some((file) => file.outcome !== 'done')) throw new Ended(EXIT.badInput)
    return
  }
  const everyMs = readId(options.every, '--every', phrases) * 1000
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  session.note(phrases.feedWatching(dir))
  let told = ''
  await watchFeed(once, everyMs, stop.signal, (result) => {
    if (!(result instanceof TryLater)) {
      if (result.files.length > 0) session.show(result, () => runText(session, result))
      told = ''
      return
    }
    const text = tellError(result, words, session.speech, session.addresses).lines.join('\n')
    if (text !== told) session.note(text)
    told = text
  })
}

function runText({ phrases }: Session, { folder, files, waiting, blockedBy }: FeedRun): string {
  const lines = [
    ...files.map(phrases.feedFile),
    ...waiting.map((file) => phrases.feedWaits(file, blockedBy !== null)),
    ...(blockedBy === null ? [] : [phrases.feedBlocked(blockedBy)]),
  ]
  return lines.length === 0 ? phrases.feedQuiet(folder) : lines.join('\n')
}
