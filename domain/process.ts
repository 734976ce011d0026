import type { Instant } from './calendar.ts'

/** What waits by itself beside the collection cases, each looked after by a workflow of its name. */
export const PROCESS_KINDS = [
  'approval',
  'negotiation',
  'order',
  'creditLine',
  'guarantee',
  'placement',
] as const
export type ProcessKind = (typeof PROCESS_KINDS)[number]

export interface ProcessId {
  kind: ProcessKind
  id: string
}

/** One text for it: `order:SO-1`. */
export const processKey = ({ kind, id }: ProcessId): string => `${kind}:${id}`

export const processOf = (key: string): ProcessId => {
  const at = key.indexOf(':')
  return { kind: key.slice(0, at) as ProcessKind, id: key.slice(at + 1) }
}

/** Something that leaves the house and is due: one attempt is made, and after it the process is looked at again. */
export interface Delivery {
  channel: 'erp' | 'staff_mail' | 'placement_mail'
  id: number
}

/** What a look at a process answers; everything in it is already written down. */
export interface Look {
  /** It is over. */
  closed: boolean
  outcome: string
  /** When to look again; null while only an event tells. */
  nextAt: Instant | null
  deliveries?: Delivery[]
  /** Keys of the cases whose facts changed by this. */
  cases?: string[]
  /** Keys of other processes whose facts changed by this. */
  processes?: string[]
}
