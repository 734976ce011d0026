import type { ApprovalKind } from '../../domain/authority.ts'
import type { Sql } from '../database.ts'
import { negotiationDeclined } from '../negotiations/approval.ts'
import { type Ask, ownCase } from '../scope.ts'
import type { Approval } from './approval.ts'
import { endSuspension } from './steps.ts'

/** What is to be done when a request of a kind is refused, overtaken, or doesn't fit any more when it is granted. */
export type Declined = (sql: Sql, ask: Ask, approval: Approval, why: string) => Promise<void>

export const DECLINED: Partial<Record<ApprovalKind, Declined>> = {
  negotiation: negotiationDeclined,
  suspension: async (sql, ask, approval) => {
    const scope = await ownCase(sql, ask.calendars, approval.customer_id!, ask.asking.now)
    await endSuspension(sql, ask.asking, scope, approval)
  },
}
