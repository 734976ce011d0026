import type { ProcessKind } from '../domain/process.ts'
import { lookAtApproval } from './approvals/look.ts'
import type { Looker } from './looks.ts'
import { lookAtPlacement } from './placements/look.ts'

const nothing: Looker = async () => ({ closed: true, outcome: 'unknown', nextAt: null })

/** What looks at each kind of process. */
export const LOOKERS: Record<ProcessKind, Looker> = {
  approval: lookAtApproval,
  negotiation: nothing,
  order: nothing,
  creditLine: nothing,
  guarantee: nothing,
  placement: lookAtPlacement,
}
