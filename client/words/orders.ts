import type { Pass, ReasonCode, Reckoned } from '../../domain/orders/check.ts'
import type { RefusalName, Refusals } from '../../domain/refusal.ts'
import type { OrderState } from '../../ledger/orders/orders.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

/** What is said of sales orders, by language. */

export const ORDER_EVENTS = [
  'order released',
  'order released conditionally',
  'order held',
  'order rejected',
  'order expired',
  'order invoiced',
  'order cancelled',
  'standing set',
  'standing changed',
  'group joined',
  'group left',
  'rates loaded',
] as const
export type OrderEvent = (typeof ORDER_EVENTS)[number]

type OrderRefusal = Extract<
  RefusalName,
  | 'OrderOver'
  | 'OrderShipped'
  | 'OrderNotHeld'
  | 'DeadlinePassed'
  | 'OrderGrown'
  | 'OrderMoreAgainst'
  | 'NotAGroup'
  | 'InGroup'
>

export type Standing = Reckoned | 'stop' | 'exempt'

export interface OrderWords {
  states: Record<OrderState, string>
  reasons: Record<ReasonCode, (data: Data, speech: Speech) => string>
  passes: Record<Pass, string>
  standings: Record<Standing, string>
  events: Record<OrderEvent, (data: Data, speech: Speech) => string>
  refusals: { [N in OrderRefusal]: (data: Refusals[N], speech: Speech) => string }
  /** Titles of tables and names of facts. */
  labels: Record<
    | 'order'
    | 'state'
    | 'reasons'
    | 'neededBy'
    | 'shipOn'
    | 'reserved'
    | 'invoiced'
    | 'since'
    | 'condition'
    | 'grace'
    | 'exposure'
    | 'limit'
    | 'available'
    | 'owed'
    | 'netted'
    | 'standing'
    | 'saidBy'
    | 'head'
    | 'member'
    | 'subLimit'
    | 'pair'
    | 'rate'
    | 'source'
    | 'countsFrom'
    | 'type'
    | 'held',
    string
  >
  notCounting: string
  noLimit: string
  noGroup: (customer: string) => string
  noRate: (from: string, to: string) => string
  notAPair: (text: string) => string
  paidBy: (amount: string, by: string) => string
}

/** A reason as the ledger keeps it, in a sentence's part; one that nobody knows is said as it is. */
export function tellOrderReason(words: OrderWords, speech: Speech, reason: unknown): string {
  const { code, data } = reason as { code: string; data: Data }
  const tell = Object.hasOwn(words.reasons, code) ? words.reasons[code as ReasonCode] : undefined
  return tell ? tell(data, speech) : code
}

export const tellOrderReasons = (words: OrderWords, speech: Speech, reasons: unknown): string =>
  ((reasons ?? []) as unknown[]).map((reason) => tellOrderReason(words, speech, reason)).join('; ')
