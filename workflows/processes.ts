import {
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow'
import type { DecisionActivities } from '../activities/decisions.ts'
import type { DeliverActivities } from '../activities/deliver.ts'
import type { WakeActivities } from '../activities/wake.ts'
import type { Delivery, Look } from '../domain/process.ts'
import { wake } from './collection.messages.ts'
import { createKeeper } from './keeping.ts'
import type { ProcessInput } from './process.messages.ts'
import { MAIL_TASK_QUEUE } from './taskQueues.ts'

// Short work next to the workflow. Bounded: an endless one would grow the history.
const ledger = proxyLocalActivities<DecisionActivities>({
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '12s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
})
const waking = proxyActivities<WakeActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 3 },
})
// One activity is one attempt; when the next one is due stands on the row.
const attempt = { startToCloseTimeout: '3m', heartbeatTimeout: '20s', retry: { maximumAttempts: 1 } } as const
const calls = proxyActivities<DeliverActivities>(attempt)
const mail = proxyActivities<DeliverActivities>({ ...attempt, taskQueue: MAIL_TASK_QUEUE })

/** Looks after one of them until it is over: does what is due, delivers, waits for the next time or for a wake. */
async function lookAfter(input: ProcessInput): Promise<string> {
  const { company, kind, id } = input
  const keeper = createKeeper()
  setHandler(wake, keeper.wake)

  return keeper.keep(
    () => ledger.look({ company, key: `${kind}:${id}`, now: Date.now() }),
    ({ deliveries = [], cases = [], processes = [], outcome, nextAt }: Look) => {
      setCurrentDetails(
        `${outcome}; next ${nextAt === null ? 'when something happens' : new Date(nextAt).toISOString()}`,
      )
      for (const delivery of deliveries)
        keeper.detach(`${delivery.channel} ${delivery.id}`, () => deliver(delivery))
      if (cases.length + processes.length > 0)
        keeper.detach(`wake ${[...cases, ...processes].join(' ')}`, () =>
          waking.wakeCases({ company, keys: cases, processes }),
        )
    },
    () => continueAsNew<typeof lookAfter>(input),
  )

  function deliver(delivery: Delivery): Promise<void> {
    return (delivery.channel === 'erp' ? calls : mail).deliver({ company, delivery })
  }
}

/** A request that somebody with the authority decides: reminded, then escalated, never answered by silence. */
export const approval = (input: ProcessInput): Promise<string> => lookAfter(input)
/** An offer, its validity, and whether what was agreed is kept. */
export const negotiation = (input: ProcessInput): Promise<string> => lookAfter(input)
/** A sales order: held, released under a condition, expired. */
export const order = (input: ProcessInput): Promise<string> => lookAfter(input)
/** A credit line: its reviews and its end. */
export const creditLine = (input: ProcessInput): Promise<string> => lookAfter(input)
/** A guarantee: its renewals and its lapse. */
export const guarantee = (input: ProcessInput): Promise<string> => lookAfter(input)
/** A claim in other hands: accepted, reported about, recalled, returned. */
export const placement = (input: ProcessInput): Promise<string> => lookAfter(input)
