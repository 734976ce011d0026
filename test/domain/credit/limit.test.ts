import { expect, test } from 'vitest'
import { type CreditLine, covered, type Guarantee, limitsOn } from '../../../domain/credit/limit.ts'
import { nextChangeAfter, type Term, termOn } from '../../../domain/credit/term.ts'

const term = (seq: number, minor: number, from: string, to: string | null = null): Term => ({
  seq,
  minor: BigInt(minor),
  from,
  to,
})

test('what was decided last of what has begun holds', () => {
  const terms = [
    term(1, 100, '2026-01-01'),
    term(2, 300, '2026-06-01', '2026-06-30'),
    // Decided after the increase that is to come: that one doesn't come any more.
    term(3, 50, '2026-05-01'),
  ]
  const on = (day: string) => termOn(terms, day)?.minor ?? null
  expect(on('2025-12-31')).toBeNull()
  expect(on('2026-01-01')).toBe(100n)
  expect(on('2026-05-01')).toBe(50n)
  expect(on('2026-06-15')).toBe(50n)
})

test('a term holds on its last day and not after it, and what it took the place of stays gone', () => {
  const terms = [term(1, 100, '2026-01-01'), term(2, 300, '2026-02-01', '2026-02-28')]
  expect(termOn(terms, '2026-02-28')?.minor).toBe(300n)
  expect(termOn(terms, '2026-03-01')).toBeNull()
  const changes: string[] = []
  for (let day: string | null = '2025-06-01'; day !== null; ) {
    day = nextChangeAfter(terms, day)
    if (day !== null) changes.push(day)
  }
  expect(changes).toEqual(['2026-01-01', '2026-02-01', '2026-03-01'])
  expect(nextChangeAfter([...terms, term(3, 0, '2026-02-10')], '2026-02-10')).toBeNull()
})

test('a limit is its lines and what counts of its guarantees, in each currency by itself', () => {
  const line = (id: number, kind: CreditLine['kind'], currency: string, terms: Term[]): CreditLine => ({
    id,
    customerId: 1,
    kind,
    currency,
    terms: terms.map((t) => ({ ...t, what: 'granted', reviewOn: null })),
  })
  const insured: Guarantee = {
    id: 7,
    customerId: 1,
    kind: 'insurance',
    reference: 'P-1',
    givenBy: 'Aseguradora',
    signedOn: null,
    maturesOn: null,
    currency: 'MXN',
    terms: [{ what: 'registered', ...term(1, 999, '2026-01-01', '2026-12-31'), coveragePercent: 90 }],
  }
  const lines = [
    line(1, 'base', 'MXN', [term(1, 1000, '2026-01-01')]),
    line(2, 'temporary', 'MXN', [term(1, 500, '2026-03-01', '2026-03-31')]),
    line(3, 'base', 'USD', [term(1, 40, '2026-01-01')]),
  ]
  const on = (day: string) => limitsOn(lines, [insured], day).map((l) => `${l.currency} ${l.minor}`)
  expect(on('2026-02-28')).toEqual(['MXN 1899', 'USD 40'])
  expect(on('2026-03-31')).toEqual(['MXN 2399', 'USD 40'])
  expect(on('2027-01-01')).toEqual(['MXN 1000', 'USD 40'])
  expect(limitsOn(lines, [insured], '2026-03-01')[0]).toMatchObject({
    lines: [
      { line: 1, kind: 'base', minor: 1000n },
      { line: 2, kind: 'temporary', minor: 500n, to: '2026-03-31' },
    ],
    guarantees: [{ guarantee: 7, amountMinor: 999n, coveragePercent: 90, minor: 899n }],
  })
})

test('of a guarantee never a cent more counts than its percentage', () => {
  for (let minor = 0n; minor < 250n; minor++)
    for (const percent of [0, 1, 33, 50, 99, 100]) {
      const counts = covered(minor, percent)
      expect(counts * 100n <= minor * BigInt(percent)).toBe(true)
      expect((counts + 1n) * 100n > minor * BigInt(percent)).toBe(true)
    }
})
