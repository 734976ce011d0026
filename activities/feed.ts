import { heartbeat } from '@temporalio/activity'
import type { FeedRun } from '../domain/feed.ts'

export interface FeedDeps {
  /** Takes what waits in a folder of this machine; `beat` is called while it lives. */
  runFeed(company: string, folder: string, beat: () => void): Promise<FeedRun>
}

/** Folders into which sources put their files. Again after a crash it goes on where it was. */
export const createFeedActivities = ({ runFeed }: FeedDeps) => ({
  runFeed: ({ company, folder }: { company: string; folder: string }): Promise<FeedRun> =>
    runFeed(company, folder, () => heartbeat()),
})
export type FeedActivities = ReturnType<typeof createFeedActivities>
