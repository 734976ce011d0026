import { describe, expect, test } from 'vitest'
import { UsageError } from '../../client/cli/exit.ts'
import {
  readCurrency,
  readDate,
  readDateAmount,
  readDocumentAmount,
  readId,
  readInstant,
  readMoney,
} from '../../client/cli/given.ts'
import { enPhrases } from '../../client/words/phrases.en.ts'

describe('DOCUMENT=AMOUNT', () => {
  const cases: [string, string, string | null][] = [
    ['F-1', 'F-1', null],
    ['F-1=500', 'F-1', '500'],
    ['F-1=1,234.50', 'F-1', '1,234.50'],
    ['F-1/2=500', 'F-1/2', '500'],
    ['A/B/2', 'A/B/2', null],
    ['A=B', 'A=B', null],
    ['A=B=500', 'A=B', '500'],
    ['A=12=', 'A=12', null],
    ['A=12=3', 'A=12', '3'],
    ['=5', '=5', null],
    ['F 1 = 500', 'F 1 ', '500'],
    ['F-1=-5', 'F-1', '-5'],
    ['F-1=.50', 'F-1', '.50'],
    ['F-1=1.2.3', 'F-1', '1.2.3'],
    ['', '', null],
  ]
  test.each(cases)('%s', (text, document, amount) => {
    expect(readDocumentAmount(text)).toEqual({ document, amount })
  })
})

test('a date with its amount, or alone', () => {
  expect(readDateAmount('2026-12-04', '--on', enPhrases)).toEqual({ on: '2026-12-04', amount: null })
  expect(readDateAmount('2026-12-04=2500.50', '--on', enPhrases)).toEqual({
    on: '2026-12-04',
    amount: '2500.50',
  })
  expect(() => readDateAmount('2026-12-04=', '--on', enPhrases)).toThrow(UsageError)
})

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-11-31',
  '25/11/2026',
  '2026-1-5',
  '',
  'today',
  '2026-11-25T00:00',
])('"%s" is not a date', (text) => {
  expect(() => readDate(text, '--on', enPhrases)).toThrow(/^--on: ".*" is not a date/)
})

test('days that exist are dates', () => {
  for (const day of ['2028-02-29', '2026-12-31', '0001-01-01'])
    expect(readDate(day, '--on', enPhrases)).toBe(day)
})

test('an instant needs its offset', () => {
  expect(readInstant('2026-11-25T18:30:00-06:00', '--known-at', enPhrases)).toBe(
    Date.UTC(2026, 10, 26, 0, 30),
  )
  expect(readInstant('2026-11-25T18:30Z', '--known-at', enPhrases)).toBe(Date.UTC(2026, 10, 25, 18, 30))
  for (const text of ['2026-11-25', '2026-11-25T18:30:00', 'now', '1764000000000'])
    expect(() => readInstant(text, '--known-at', enPhrases)).toThrow(UsageError)
})

test('an amount is above zero and has no more decimals than its currency', () => {
  expect(readMoney('1,234.50', 'MXN', '--amount', enPhrases)).toEqual({ currency: 'MXN', minor: 123450 })
  expect(readMoney('1234', 'JPY', '--amount', enPhrases)).toEqual({ currency: 'JPY', minor: 1234 })
  for (const text of ['0', '-5', '1.005', '1.234,50', 'ten', '', '1e3', '99999999999999999'])
    expect(() => readMoney(text, 'MXN', '--amount', enPhrases), text).toThrow(UsageError)
  expect(() => readMoney('1', 'XXX', '--amount', enPhrases)).toThrow(UsageError)
})

test('currencies and ids', () => {
  expect(readCurrency('mxn', '--currency', enPhrases)).toBe('MXN')
  expect(() => readCurrency('PESO', '--currency', enPhrases)).toThrow(UsageError)
  expect(readId('12', 'ID', enPhrases)).toBe(12)
  for (const text of ['0', '-1', '1.5', 'x', '', '99999999999999999'])
    expect(() => readId(text, 'ID', enPhrases)).toThrow(UsageError)
})
