import type { ApprovalKind } from '../../domain/authority.ts'
import type { Sql } from '../database.ts'
import type { Ask } from '../scope.ts'
import type { Approval } from './approval.ts'

/** What is to be done when a request of a kind is refused, or doesn't fit any more when it is granted. */
export type Declined = (sql: Sql, ask: Ask, approval: Approval, why: string) => Promise<void>

export const DECLINED: Partial<Record<ApprovalKind, Declined>> = {}
