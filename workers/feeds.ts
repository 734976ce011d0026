import type { Client } from '@temporalio/client'
import { runFeed } from '../client/feed.ts'
import { languageOf, wordsOf } from '../client/words/tell.ts'
import { openFeedFolder } from '../config/feedFolder.ts'
import type { FeedRun } from '../domain/feed.ts'
import type { Database } from '../ledger/database.ts'

/** Who takes files that no person has asked for. */
const BY_ITSELF = 'feed'

/** Takes what waits in a folder of the worker's machine, the way `cartera feed run` does. */
export const runFolder = (
  { client, database }: { client: Client; database: Database },
  company: string,
  folder: string,
  beat: () => void,
): Promise<FeedRun> =>
  runFeed({ client, company }, database, openFeedFolder(folder), BY_ITSELF, {
    words: wordsOf(languageOf(process.env)),
    progress: beat,
  })
