import { describe, expect, it } from 'vitest'
import {
  CURRENCIES,
  formatMoney,
  fromJson,
  isCurrency,
  MAX_MINOR,
  minorDigits,
  parseAmount,
  toDecimal,
  toJson,
} from '../../domain/money.ts'

const point = { decimal: '.' } as const
const us = { decimal: '.', grouping: ',' } as const
const german = { decimal: ',', grouping: '.' } as const

/** The minor units as text, or the reason of the refusal. */
const read = (text: string, currency = 'MXN', format: Parameters<typeof parseAmount>[2] = point): string => {
  const parsed = parseAmount(text, currency, format)
  return parsed.ok ? String(parsed.minor) : parsed.reason
}

/** Same sequence in every run: a failure can be repeated. */
function* numbersFrom(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state
  }
}

describe('currencies', () => {
  it('have the minor digits that ISO 4217 says, not those people show', () => {
    const digits = ['MXN', 'USD', 'JPY', 'CLP', 'KWD', 'IQD', 'COP', 'HUF', 'CLF'].map((code) =>
      minorDigits(code),
    )
    expect(digits).toEqual([2, 2, 0, 0, 3, 3, 2, 2, 4])
  })

  it('are listed once each, as three capital letters', () => {
    const codes = [...CURRENCIES.keys()]
    expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true)
    expect(codes).toEqual([...new Set(codes)].sort())
    expect(codes.length).toBeGreaterThan(150)
  })

  it('that are withdrawn, lower case or unknown are refused', () => {
    expect(['HRK', 'mxn', 'PESO', '', 'toString'].filter(isCurrency)).toEqual([])
    expect(() => minorDigits('XXX')).toThrow(RangeError)
  })
})

describe('reading an amount', () => {
  it('is exact where floating point is not', () => {
    expect([read('0.29'), read('1.005', 'KWD'), read('4.35'), read('90071992547409.91')]).toEqual([
      '29',
      '1005',
      '435',
      String(MAX_MINOR),
    ])
  })

  it('fills missing decimals, and takes amounts without a whole part', () => {
    expect([read('1234'), read('1234.5'), read('.50'), read('007.10'), read(' 12.00 ')]).toEqual([
      '123400',
      '123450',
      '50',
      '710',
      '1200',
    ])
  })

  it('takes a sign before, a sign after, or parentheses, but only one of them', () => {
    expect([read('-1.50'), read('1.50-'), read('(1.50)'), read('-0')]).toEqual(['-150', '-150', '-150', '0'])
    for (const text of ['-1.50-', '(-1.50)', '--1', '+1', '(1', '1)', '()', '-', '- 1'])
      expect(read(text), text).toBe('not-a-number')
  })

  it('takes grouping marks only where they belong', () => {
    expect([read('1,234,567.89', 'MXN', us), read('1234567.89', 'MXN', us)]).toEqual([
      '123456789',
      '123456789',
    ])
    expect(read('1.234.567,89', 'EUR', german)).toBe('123456789')
    expect(read('1 234\u00a0567\u202f890,5', 'EUR', { decimal: ',', grouping: ' ' })).toBe('123456789050')
    expect(read('1’234.50', 'CHF', { decimal: '.', grouping: "'" })).toBe('123450')
    for (const text of ['12,34.00', '1,2345', ',123', '1234,567', '1,,234'])
      expect(read(text, 'MXN', us), text).toBe('bad-grouping')
  })

  it('does not guess when decimal and grouping marks are the other way round', () => {
    expect([
      read('1.234', 'MXN', us),
      read('1.000'),
      read('1,50', 'MXN', us),
      read('1,234.50', 'EUR', german),
    ]).toEqual(['too-many-decimals', 'too-many-decimals', 'bad-grouping', 'not-a-number'])
    expect(read('1,50')).toBe('not-a-number')
  })

  it('refuses more decimals than the currency has, zeros or not', () => {
    expect([read('1.001'), read('1.100'), read('1.0', 'JPY')]).toEqual(Array(3).fill('too-many-decimals'))
  })

  it('refuses what only looks like a number', () => {
    for (const text of ['5.', '.', '1e3', '0x10', 'NaN', '$5', '5 MXN', '1.2.3', '٣', '１'])
      expect(read(text), text).toBe('not-a-number')
    expect([read(''), read('  ')]).toEqual(['empty', 'empty'])
  })

  it('refuses what JSON could not carry exactly, however long it is', () => {
    expect([read('90071992547409.92'), read('9'.repeat(1_000_000))]).toEqual(['too-large', 'too-large'])
    expect(read(`${'0'.repeat(100)}1`)).toBe('100')
  })
})

describe('writing an amount', () => {
  it('keeps every digit of the currency', () => {
    expect([
      toDecimal(123450n, 'MXN'),
      toDecimal(-5n, 'MXN'),
      toDecimal(0n, 'USD'),
      toDecimal(1234n, 'JPY'),
    ]).toEqual(['1234.50', '-0.05', '0.00', '1234'])
    expect(toDecimal(-1n, 'CLF')).toBe('-0.0001')
  })

  it('and reading it again gives the same amount, for every currency', () => {
    const numbers = numbersFrom(20260101)
    for (const currency of CURRENCIES.keys())
      for (let i = 0; i < 20; i++) {
        const high = BigInt(numbers.next().value ?? 0)
        const minor = ((high << 21n) + BigInt(i)) % MAX_MINOR
        const signed = i % 2 === 0 ? minor : -minor
        expect(parseAmount(toDecimal(signed, currency), currency, point)).toEqual({ ok: true, minor: signed })
      }
  })

  it('for people follows their language and loses no cent', () => {
    const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')
    expect(plain(formatMoney(123450n, 'MXN', 'es-MX'))).toBe('$1,234.50')
    expect(plain(formatMoney(123450n, 'USD', 'es-MX'))).toBe('USD 1,234.50')
    expect(plain(formatMoney(-123450n, 'USD', 'en'))).toBe('-$1,234.50')
    expect(plain(formatMoney(123450n, 'MXN', 'en'))).toBe('MX$1,234.50')
    expect(formatMoney(MAX_MINOR, 'MXN', 'es-MX')).toBe('$90,071,992,547,409.91')
    expect(formatMoney(123450n, 'COP', 'en')).toMatch(/1,234\.50$/)
    expect(formatMoney(1234n, 'JPY', 'en')).toBe('¥1,234')
  })
})

describe('money in JSON', () => {
  it('survives the way there and back', () => {
    const there = JSON.parse(JSON.stringify(toJson(-MAX_MINOR, 'MXN')))
    expect(fromJson(there)).toEqual({ minor: -MAX_MINOR, currency: 'MXN' })
  })

  it('is refused when it is no safe integer or no currency', () => {
    expect(() => toJson(MAX_MINOR + 1n, 'MXN')).toThrow(RangeError)
    expect(() => toJson(1n, 'XXX')).toThrow(RangeError)
    for (const minor of [0.5, 2 ** 53, Number.NaN])
      expect(() => fromJson({ currency: 'MXN', minor })).toThrow(RangeError)
    expect(() => fromJson({ currency: 'pesos', minor: 1 })).toThrow(RangeError)
  })
})
