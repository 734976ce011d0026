import { expect, test } from 'vitest'
import { type Claim, type Settlement, settledAtSource } from '../../domain/atSource.ts'

const claim = (id: number, minor: bigint, changes: Partial<Claim> = {}): Claim => ({
  id,
  minor,
  items: [1],
  afterTransfer: 10n,
  found: false,
  closedOn: null,
  ...changes,
})
const moved = (transfer: bigint, minor: bigint, changes: Partial<Settlement> = {}): Settlement => ({
  transfer,
  minor,
  item: 1,
  on: '2026-03-10',
  ...changes,
})
const settled = (claims: Claim[], movements: Settlement[]) => [...settledAtSource(claims, movements).settled]

test('in whole or not at all, from as many settlements of its items as it needs', () => {
  expect(settled([claim(1, 100n)], [moved(11n, 99n)])).toEqual([])
  expect(
    settled([claim(1, 100n, { items: [1, 2] })], [moved(11n, 60n), moved(12n, 40n, { item: 2 })]),
  ).toEqual([1])
  expect(settled([claim(1, 100n)], [moved(10n, 100n), moved(11n, 100n, { item: 2 })])).toEqual([])
})

test('each unit once, and the first first; what nobody took is left', () => {
  expect(settled([claim(1, 100n), claim(2, 100n)], [moved(11n, 100n)])).toEqual([1])
  expect(settled([claim(1, 100n), claim(2, 50n)], [moved(11n, 60n)])).toEqual([2])
  expect(settledAtSource([claim(1, 100n), claim(2, 50n)], [moved(11n, 60n)]).left).toEqual([moved(11n, 10n)])
})

test('what was opened again settled nothing: the newest of the item', () => {
  expect(settled([claim(1, 100n)], [moved(11n, 100n), moved(12n, -100n)])).toEqual([])
  expect(
    settled([claim(1, 100n), claim(2, 50n)], [moved(11n, 100n), moved(12n, 50n), moved(13n, -50n)]),
  ).toEqual([1])
  // Settled before, opened again since.
  expect(settled([claim(1, 100n)], [moved(11n, -100n), moved(12n, 100n)])).toEqual([1])
})

test('what was found before keeps what there was that day, and nothing later', () => {
  const found = claim(1, 100n, { found: true, closedOn: '2026-03-10' })
  expect(settled([found, claim(2, 100n)], [moved(11n, 100n)])).toEqual([1])
  expect(settled([found, claim(2, 100n)], [moved(12n, 100n, { on: '2026-03-11' })])).toEqual([1, 2])
})
