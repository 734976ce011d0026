import { condition, defineSignal, proxyLocalActivities, setHandler, sleep } from '@temporalio/workflow'
import type { BaselineActivities } from './worker.ts'

/** What a competent engineer would write first: no rules, no mail, no journal, no money. */

export const paid = defineSignal('paid')

export interface CycleInput {
  customer: string
  documents: string[]
}

const { insert, markPaid } = proxyLocalActivities<BaselineActivities>({ startToCloseTimeout: '10s' })

export async function cycle({ customer, documents }: CycleInput): Promise<void> {
  let isPaid = false
  setHandler(paid, () => {
    isPaid = true
  })
  await insert(customer, documents)
  await sleep('1 second')
  await condition(() => isPaid)
  await markPaid(customer)
}
