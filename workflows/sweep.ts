import { proxyActivities } from '@temporalio/workflow'
import type { SweepReport, WakeActivities } from '../activities/wake.ts'

const waking = proxyActivities<WakeActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 2 },
})

/** Every minute: cases that should have looked and haven't are woken; what stays behind is reported. */
export async function sweep({ company }: { v: 1; company: string }): Promise<SweepReport> {
  return waking.sweepCases({ company, now: Date.now() })
}
