import { allHandlersFinished, condition, proxyActivities, setHandler } from '@temporalio/workflow'
import type { LoadActivities } from '../activities/load.ts'
import type { LoadReport } from '../domain/load.ts'
import { type PortfolioLoadInput, release } from './portfolioLoad.messages.ts'

const loading = proxyActivities<LoadActivities>({
  startToCloseTimeout: '30m',
  // The longest that reading a big file keeps a worker from beating.
  heartbeatTimeout: '30s',
  retry: { maximumInterval: '30s' },
})

/** A file of open items: staged and checked whole, promoted in one transaction or not at all, then its cases are woken. */
export async function portfolioLoad({ load }: PortfolioLoadInput): Promise<LoadReport> {
  let report: LoadReport | null = null
  let releasedBy: string | null = null
  setHandler(release, async (actor) => {
    await condition(() => report !== null && report.state !== 'staging')
    releasedBy = actor
    await condition(() => report?.state !== 'held')
    return report!
  })

  report = await loading.stage({ load, now: Date.now() })
  if (report.state === 'staging') report = await loading.promote({ load, now: Date.now() })
  if (report.state === 'held') {
    await condition(() => releasedBy !== null)
    report = await loading.release({ load, actor: releasedBy ?? load.actor, now: Date.now() })
  }
  if (report.state === 'released') await loading.wakeLoaded({ load })
  await condition(allHandlersFinished)
  return report
}
