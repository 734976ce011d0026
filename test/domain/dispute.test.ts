import { describe, expect, it, test } from 'vitest'
import {
  type DisputeAmounts,
  type DisputeEvent,
  disputeAmounts,
  isPercent,
  type MovementKind,
  percentOf,
  shareOut,
} from '../../domain/dispute.ts'
import { randomOf } from './random.ts'

const sum = (parts: readonly bigint[]): bigint => parts.reduce((all, part) => all + part, 0n)

describe('a total shared out', () => {
  it('8 % of thirty invoices: every line to the cent, together exactly 8 %', () => {
    const invoices = Array.from({ length: 30 }, (_, i) => 100_003n + BigInt(i * 777))
    const total = percentOf(sum(invoices), '8')
    const parts = shareOut(total, invoices)
    expect(sum(parts)).toBe(total)
    for (const [i, part] of parts.entries()) {
      const exact = (Number(invoices[i]!) * 8) / 100
      expect(Math.abs(Number(part) - exact)).toBeLessThan(1)
    }
  })

  it('what rounding leaves goes to those that lost most, the first of equals first', () => {
    expect(shareOut(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(shareOut(10n, [1n, 1n, 4n])).toEqual([2n, 2n, 6n])
    expect(shareOut(2n, [0n, 5n, 0n])).toEqual([0n, 2n, 0n])
    expect(shareOut(5n, [0n, 0n])).toEqual([0n, 0n])
  })

  it('whatever the numbers, the parts are the total and none is off by a cent', () => {
    const { int } = randomOf(7)
    for (let run = 0; run < 500; run++) {
      const weights = Array.from({ length: int(1, 40) }, () => BigInt(int(0, 1_000_000)))
      const total = BigInt(int(0, 1_000_000))
      const whole = sum(weights)
      const parts = shareOut(total, weights)
      if (whole === 0n) continue
      expect(sum(parts)).toBe(total)
      for (const [i, part] of parts.entries()) {
        const low = (total * weights[i]!) / whole
        expect(part === low || part === low + 1n).toBe(true)
      }
    }
  })
})

test.each([
  ['8', true],
  ['0.0001', true],
  ['100', true],
  ['100.0001', false],
  ['0', false],
  ['-8', false],
  ['8.12345', false],
  ['8,5', false],
  ['8 %', false],
  ['', false],
])('"%s" is a percentage: %s', (text, is) => expect(isPercent(text)).toBe(is))

test('half a cent goes up', () => {
  expect(percentOf(100_00n, '8')).toBe(8_00n)
  expect(percentOf(625n, '8')).toBe(50n)
  expect(percentOf(631n, '8')).toBe(50n)
  expect(percentOf(632n, '8')).toBe(51n)
  expect(percentOf(1_000n, '0.05')).toBe(1n)
  expect(percentOf(999n, '0.05')).toBe(0n)
})

const moved = (kind: MovementKind, minor: bigint): DisputeEvent => ({ type: 'movement', kind, minor })
const decided = (
  outcome: 'credit_note' | 'rebill' | 'rejected' | 'withdrawn',
  minor: bigint,
): DisputeEvent => ({
  type: 'resolution',
  outcome,
  claimMinor: minor,
  minor,
  moves: outcome === 'credit_note',
})
const told = (original: bigint, owed: bigint, ...events: DisputeEvent[]): Partial<DisputeAmounts> =>
  Object.fromEntries(
    Object.entries(disputeAmounts(original, owed, events)).filter(([, minor]) => minor !== 0n),
  )

describe('what became of a disputed amount', () => {
  it('payments take what is not disputed first', () => {
    expect(told(80n, 100n, moved('paid', 20n))).toEqual({ original: 80n, disputed: 80n })
    expect(told(80n, 100n, moved('paid', 50n))).toEqual({ original: 80n, disputed: 50n, paid: 30n })
    expect(told(80n, 100n, moved('paid', 100n))).toEqual({ original: 80n, paid: 80n })
  })
  it('a payment that bounces gives it back', () => {
    expect(told(80n, 100n, moved('paid', 100n), moved('paid', -100n))).toEqual({
      original: 80n,
      disputed: 80n,
    })
  })
  it('a credit note of the dispute takes what is disputed, another one what is not', () => {
    expect(told(80n, 100n, decided('credit_note', 30n))).toEqual({
      original: 80n,
      disputed: 50n,
      credited: 30n,
    })
    expect(told(80n, 100n, moved('credited', 20n))).toEqual({ original: 80n, disputed: 80n })
  })
  it('decided in parts: a credit note, the rest rejected; what is paid later is no longer of the dispute', () => {
    expect(
      told(80n, 100n, decided('credit_note', 30n), decided('rejected', 50n), moved('paid', 70n)),
    ).toEqual({ original: 80n, credited: 30n, rejected: 50n })
  })
  it('re-invoiced, cancelled, written off', () => {
    expect(told(80n, 80n, decided('rebill', 80n))).toEqual({ original: 80n, cleared: 80n })
    expect(told(80n, 80n, moved('cleared', 80n))).toEqual({ original: 80n, cleared: 80n })
    expect(told(80n, 80n, moved('written_off', 80n))).toEqual({ original: 80n, writtenOff: 80n })
  })
  it('whatever happens, the amounts add up to the original one', () => {
    const { int, chance, pick } = randomOf(11)
    for (let run = 0; run < 300; run++) {
      let owed = BigInt(int(1, 1000))
      const original = BigInt(int(1, Number(owed)))
      let claim = original
      const events: DisputeEvent[] = []
      for (let n = 0; n < 6; n++) {
        if (chance(0.5)) {
          const minor = BigInt(int(0, Number(owed)))
          events.push(moved(pick(['paid', 'credited', 'cleared', 'written_off']), minor))
          owed -= minor
        } else {
          const open = claim < owed ? claim : owed
          const minor = BigInt(int(0, Number(open)))
          const event = decided(pick(['credit_note', 'rejected', 'withdrawn', 'rebill']), minor)
          events.push(event)
          claim -= minor
          if (event.type === 'resolution' && event.moves) owed -= minor
        }
      }
      const { original: whole, ...parts } = disputeAmounts(original, owed + movedBy(events), events)
      expect(sum(Object.values(parts))).toBe(whole)
      expect(Object.values(parts).every((part) => part >= 0n)).toBe(true)
    }
  })
})

const movedBy = (events: readonly DisputeEvent[]): bigint =>
  sum(events.map((e) => (e.type === 'movement' || e.moves ? e.minor : 0n)))
