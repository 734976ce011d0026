import type { ProcessKind } from '../domain/process.ts'
import { lookAtApproval } from './approvals/look.ts'
import { lookAtGuarantee, lookAtLine } from './credit/looks.ts'
import type { Looker } from './looks.ts'
import { lookAtNegotiation } from './negotiations/look.ts'
import { lookAtOrder } from './orders/look.ts'
import { lookAtPlacement } from './placements/look.ts'

/** What looks at each kind of process. */
export const LOOKERS: Record<ProcessKind, Looker> = {
  approval: lookAtApproval,
  negotiation: lookAtNegotiation,
  order: lookAtOrder,
  creditLine: lookAtLine,
  guarantee: lookAtGuarantee,
  placement: lookAtPlacement,
}
