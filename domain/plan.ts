import type { Instant } from './calendar.ts'
import type { Stage } from './facts.ts'

/** A message on its way: what the workflow starts one activity for. */
export interface Intent {
  id: number
  template:
    | 'reminder'
    | 'statement'
    | 'promise_reminder'
    | 'promise_confirmation'
    | 'account_statement'
    | 'confirmation'
    | 'demand'
}

/** What a case's workflow does next; everything in it is already written down. */
export interface Plan {
  /** Messages to be sent: each open one, not only new ones. */
  intents: Intent[]
  /** There is more to look at: assess again at once. */
  more: boolean
  /** When to look again; null while only an event tells. */
  nextAt: Instant | null
  /** Nothing left to collect. */
  closed: boolean
  outcome: string
  /** Other cases of the customer whose facts changed by this. */
  wake: string[]
  /** Keys of the customer's processes that are to look again. */
  processes?: string[]
  /** Typed search attributes of the case, and what its details show. */
  shown: { customer: string; branch: string; analyst: string; stage: Stage; open: number; tasks: number }
  /** The first of the receivables looked at: stage, last step and next, by document. */
  lifecycle: {
    document: string
    stage: Stage
    last: string | null
    next: string | null
    nextAt: Instant | null
    reason: string
  }[]
}
