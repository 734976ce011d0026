import { describe, expect, it } from 'vitest'
import { netVirtually, type OpenDebit, type UnusedMoney } from '../../domain/netting.ts'
import { randomOf } from './random.ts'

const lot = (minor: bigint, valueOn = '2026-03-02', creditId: number | null = null): UnusedMoney => ({
  creditId,
  minor,
  valueOn,
})
const debit = (receivableId: number, minor: bigint): OpenDebit => ({ receivableId, minor })
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const sum = (amounts: readonly { minor: bigint }[]) => amounts.reduce((total, a) => total + a.minor, 0n)

describe('unused money', () => {
  it('covers the oldest items first, and the last of them in part', () => {
    expect(netVirtually([lot(150n)], [debit(1, 100n), debit(2, 100n), debit(3, 100n)])).toEqual([
      { receivableId: 1, creditId: null, minor: 100n, valueOn: '2026-03-02' },
      { receivableId: 2, creditId: null, minor: 50n, valueOn: '2026-03-02' },
    ])
  })

  it('keeps the value date of each lot: an item may be covered by several', () => {
    expect(netVirtually([lot(60n, '2026-03-02'), lot(60n, '2026-03-09')], [debit(1, 100n)])).toEqual([
      { receivableId: 1, creditId: null, minor: 60n, valueOn: '2026-03-02' },
      { receivableId: 1, creditId: null, minor: 40n, valueOn: '2026-03-09' },
    ])
  })

  it('of a credit says which credit: what it nets is told to the customer as that, not as cash', () => {
    expect(netVirtually([lot(60n, '2026-03-02', 7), lot(60n)], [debit(1, 100n)])).toEqual([
      { receivableId: 1, creditId: 7, minor: 60n, valueOn: '2026-03-02' },
      { receivableId: 1, creditId: null, minor: 40n, valueOn: '2026-03-02' },
    ])
  })

  it('that is more than is owed leaves the rest unused', () => {
    expect(netVirtually([lot(500n)], [debit(1, 100n)])).toEqual([
      { receivableId: 1, creditId: null, minor: 100n, valueOn: '2026-03-02' },
    ])
  })

  it('without items, and items without money, net nothing', () => {
    expect(netVirtually([lot(100n)], [])).toEqual([])
    expect(netVirtually([], [debit(1, 100n)])).toEqual([])
    expect(netVirtually([lot(0n), lot(0n)], [debit(1, 100n), debit(2, 0n)])).toEqual([])
  })

  it('passes over empty lots and settled items', () => {
    expect(netVirtually([lot(0n), lot(10n, '2026-03-03')], [debit(1, 0n), debit(2, 30n)])).toEqual([
      { receivableId: 2, creditId: null, minor: 10n, valueOn: '2026-03-03' },
    ])
  })

  it('that is overdrawn nets nothing, and takes nothing from other money', () => {
    expect(netVirtually([lot(-50n), lot(30n)], [debit(1, 100n)])).toEqual([
      { receivableId: 1, creditId: null, minor: 30n, valueOn: '2026-03-02' },
    ])
  })

  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    'is used once, never over an item (seed %i)',
    (seed) => {
      const random = randomOf(seed)
      const money = Array.from({ length: random.int(0, 6) }, () => lot(BigInt(random.int(0, 90))))
      const debits = Array.from({ length: random.int(0, 6) }, (_, id) => debit(id, BigInt(random.int(0, 90))))
      const netted = netVirtually(money, debits)
      const total = smaller(sum(money), sum(debits))
      expect(sum(netted)).toBe(total)
      expect(netted.every((n) => n.minor > 0n)).toBe(true)
      let left = total
      for (const one of debits) {
        const expected = smaller(one.minor, left)
        expect(sum(netted.filter((n) => n.receivableId === one.receivableId))).toBe(expected)
        left -= expected
      }
    },
  )
})
