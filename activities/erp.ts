import { log } from '@temporalio/activity'
import type { Database } from '../ledger/database.ts'
import { claimCall, markCall } from '../ledger/erp/calls.ts'
import type { Calendars } from '../ledger/scope.ts'
import type { Deliver } from './deliver.ts'
import type { ErpPort } from './erp/port.ts'
import { markableUntil, untilMarked } from './marking.ts'

export interface ErpDeps {
  database: Database
  calendars: Calendars
  erp: ErpPort
  /** The moment of the attempt: a call may wait in the queue, so the workflow's time would be stale. */
  clock: () => Promise<number>
}

/** From the claim to the first word to the ERP, and from its last to the mark. */
const AROUND_MS = 15_000

/**
 * One attempt to tell the ERP: claim, tell, mark. When the worker dies in between, the claim's lease ends and the same is
 * told again under the same id.
 */
export const createErpDelivery =
  ({ database, calendars, erp, clock }: ErpDeps): Deliver =>
  async (company, id) => {
    const leaseMs = erp.attemptTimeoutMs + AROUND_MS
    const giveUpAt = markableUntil(leaseMs)
    const call = await claimCall(database, company, id, await clock(), leaseMs)
    if (!call) return
    const told = await erp.tell(call)
    // The row has it.
    log.debug('the ERP was called', { call: id, ...told })
    await untilMarked(giveUpAt, id, async () =>
      markCall(database, calendars, { company, actor: 'cartera', now: await clock() }, call, told),
    )
  }
