import { expect, test } from 'vitest'
import { type Announced, arrivalsOf, type Received } from '../../domain/announced.ts'
import { randomOf } from './random.ts'

const said = (id: number, minor: bigint, changes: Partial<Announced> = {}): Announced => ({
  id,
  minor,
  trackingKey: null,
  afterTransfer: 10n,
  ...changes,
})
const got = (receiptId: number, minor: bigint, changes: Partial<Received> = {}): Received => ({
  receiptId,
  minor,
  trackingKey: null,
  transfer: 20n,
  ...changes,
})

test('one receipt is one announced payment, the one that was said first', () => {
  expect(arrivalsOf([said(1, 100n), said(2, 100n)], [got(7, 100n)])).toEqual([
    { announcedId: 1, receiptId: 7, minor: 100n },
  ])
})

test('one receipt of enough is several announced payments, and several receipts are one', () => {
  expect(arrivalsOf([said(1, 60n), said(2, 40n)], [got(7, 100n)])).toEqual([
    { announcedId: 1, receiptId: 7, minor: 60n },
    { announcedId: 2, receiptId: 7, minor: 40n },
  ])
  expect(arrivalsOf([said(1, 100n)], [got(7, 70n), got(8, 70n)])).toEqual([
    { announcedId: 1, receiptId: 7, minor: 70n },
    { announcedId: 1, receiptId: 8, minor: 30n },
  ])
})

test('too little is nobody’s: a smaller announcement behind it takes it', () => {
  expect(arrivalsOf([said(1, 100n), said(2, 50n)], [got(7, 60n)])).toEqual([
    { announcedId: 2, receiptId: 7, minor: 50n },
  ])
})

test('a tracking key says whose the money is, whatever its amount, and whenever it was recorded', () => {
  const keyed = said(2, 100n, { trackingKey: 'T-2' })
  expect(arrivalsOf([said(1, 100n), keyed], [got(7, 100n, { trackingKey: 'T-2', transfer: 5n })])).toEqual([
    { announcedId: 2, receiptId: 7, minor: 100n },
  ])
  // More than was announced under that key: still not the other one's.
  expect(arrivalsOf([said(1, 100n), keyed], [got(7, 300n, { trackingKey: 'T-2' })])).toEqual([
    { announcedId: 2, receiptId: 7, minor: 100n },
  ])
})

test('money that was there before, or that others have taken, isn’t what was announced', () => {
  expect(arrivalsOf([said(1, 100n)], [got(7, 100n, { transfer: 10n }), got(8, 0n)])).toEqual([])
})

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'each unit of money is one announcement’s (seed %i)',
  (seed) => {
    const random = randomOf(seed)
    const announced = Array.from({ length: random.int(0, 5) }, (_, id) =>
      said(id, BigInt(random.int(1, 90)), {
        afterTransfer: BigInt(random.int(1, 30)),
        trackingKey: random.pick([null, `T-${id}`]),
      }),
    )
    const received = Array.from({ length: random.int(0, 5) }, (_, id) =>
      got(id, BigInt(random.int(0, 90)), {
        transfer: BigInt(random.int(1, 30)),
        trackingKey: random.pick([null, `T-${id}`]),
      }),
    )
    const arrivals = arrivalsOf(announced, received)
    for (const r of received) {
      const taken = arrivals.filter((a) => a.receiptId === r.receiptId)
      expect(taken.reduce((sum, a) => sum + a.minor, 0n) <= r.minor).toBe(true)
    }
    for (const a of announced.filter((one) => one.trackingKey === null)) {
      const taken = arrivals.filter((one) => one.announcedId === a.id)
      if (taken.length > 0) expect(taken.reduce((sum, one) => sum + one.minor, 0n)).toBe(a.minor)
    }
  },
)
