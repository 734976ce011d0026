import type { GuaranteeKind, LineKind } from '../../domain/credit/limit.ts'
import type { CreditState } from '../../domain/credit/term.ts'
import type { Words } from './words.ts'

/** What is said of credit lines and guarantees, and of calls to the ERP. */

export const CREDIT_EVENTS = [
  'credit line granted',
  'credit line reduced',
  'credit line reviewed',
  'credit line closed',
  'credit line began',
  'credit line lapsed',
  'guarantee registered',
  'guarantee renewed',
  'guarantee realised',
  'guarantee released',
  'guarantee began',
  'guarantee lapsed',
  'erp told',
  'erp call failed',
  'erp call retried',
] as const
export type CreditEvent = (typeof CREDIT_EVENTS)[number]
export type CreditEvents = Pick<Words['events'], CreditEvent>

export interface CreditCodes {
  lineKinds: Record<LineKind, string>
  guaranteeKinds: Record<GuaranteeKind, string>
  creditStates: Record<CreditState, string>
  callEvents: Record<
    'released' | 'conditionally_released' | 'held' | 'rejected' | 'expired' | 'cancelled',
    string
  >
  callStates: Record<'pending' | 'sending' | 'delivered' | 'failed', string>
}

export type CreditRefusals = Pick<
  Words['refusals'],
  'NotLower' | 'GuaranteeExists' | 'CoverageTooHigh' | 'GuaranteeTooSmall'
>

export const CREDIT_LABELS = [
  'attempts',
  'counts',
  'coverage',
  'error',
  'givenBy',
  'guarantees',
  'limit',
  'lines',
  'maturesOn',
  'order',
  'reference',
  'review',
  'signedOn',
] as const
export type CreditLabels = Record<(typeof CREDIT_LABELS)[number], string>
