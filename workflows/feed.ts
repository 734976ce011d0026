import { proxyActivities } from '@temporalio/workflow'
import type { FeedActivities } from '../activities/feed.ts'
import type { FeedRun } from '../domain/feed.ts'

const feeding = proxyActivities<FeedActivities>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '1m',
  retry: { maximumInterval: '1m', maximumAttempts: 5 },
})

/** Every minute: what a source has put into its folder is taken, in order. A file is a load of its own. */
export async function feed({ company, folder }: { v: 1; company: string; folder: string }): Promise<FeedRun> {
  return feeding.runFeed({ company, folder })
}
