import type { Settlement } from './atSource.ts'
import { type Came, take } from './came.ts'

/** A payment that the customer says is on its way, and that hasn't been seen yet. */
export interface Announced {
  id: number
  minor: bigint
  trackingKey: string | null
  /** The newest transfer of the books when it was said. */
  afterTransfer: bigint
}

/** Money that was received; `minor` is what no other announcement has taken of it. */
export interface Received {
  receiptId: number
  minor: bigint
  trackingKey: string | null
  /** The transfer by which it came to the payer's account. */
  transfer: bigint
}

export interface Arrival {
  announcedId: number
  receiptId: number
  /** So much of the receipt is the announced money: it can't be another announcement's too. */
  minor: bigint
}

/**
 * Which announced payments have arrived, and as what. A receipt with an announcement's tracking key is that one's and
 * nobody else's, whatever its amount. The others take, the oldest first, what was received since they were said: in
 * whole or not at all, from as many receipts as it needs, each unit of money once. All of one payer and currency, in
 * the order in which they were said and recorded.
 */
export function arrivalsOf(announced: readonly Announced[], received: readonly Received[]): Arrival[] {
  const arrivals: Arrival[] = []
  const left = new Map(received.map((r) => [r.receiptId, r.minor]))
  const assign = (announcedId: number, receiptId: number, wanted: bigint): bigint => {
    const minor = wanted < left.get(receiptId)! ? wanted : left.get(receiptId)!
    left.set(receiptId, left.get(receiptId)! - minor)
    arrivals.push({ announcedId, receiptId, minor })
    return minor
  }
  const named = new Set(announced.flatMap((a) => a.trackingKey ?? []))
  const waiting: Announced[] = []
  for (const one of announced) {
    const own = received.find((r) => r.trackingKey !== null && r.trackingKey === one.trackingKey)
    if (own) assign(one.id, own.receiptId, one.minor)
    else waiting.push(one)
  }
  for (const one of waiting) {
    const since = received.filter(
      (r) =>
        r.transfer > one.afterTransfer &&
        left.get(r.receiptId)! > 0n &&
        (r.trackingKey === null || !named.has(r.trackingKey)),
    )
    if (since.reduce((sum, r) => sum + left.get(r.receiptId)!, 0n) < one.minor) continue
    let wanted = one.minor
    for (const r of since) if (wanted > 0n) wanted -= assign(one.id, r.receiptId, wanted)
  }
  return arrivals
}

/** An announced payment that hasn't arrived. */
export type Waiting = Pick<Announced, 'minor' | 'afterTransfer'> & {
  currency: string
  items: readonly number[]
}

/**
 * What of announced payments is still to come. What was received since, or settled at the source, and is too little to be
 * them may be part of them: of the oldest first, each unit of money once.
 */
export function stillToCome(
  waiting: readonly Waiting[],
  received: readonly (Came & { currency: string })[],
  settled: readonly Settlement[],
): bigint[] {
  const free = received.filter((r) => r.minor > 0n).map((r) => ({ ...r }))
  const settlements = settled.map((s) => ({ ...s }))
  return waiting.map((one) => {
    const here = free.filter((r) => r.currency === one.currency)
    const there = settlements.filter((s) => one.items.includes(s.item))
    return take(
      [...here, ...there].filter((came) => came.transfer > one.afterTransfer),
      one.minor,
    )
  })
}
