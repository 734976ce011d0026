import { expect, test } from 'vitest'
import {
  type ConfirmationItem,
  contestedParts,
  daysOfConfirmation,
  differencesOf,
} from '../../domain/confirmation.ts'
import { calendars, testPolicy } from '../setup/ledger.ts'

const items: ConfirmationItem[] = [
  { receivable: 1, document: 'F-1', currency: 'MXN', minor: 1000n },
  { receivable: 2, document: 'F-2', currency: 'MXN', minor: 500n },
  { receivable: 3, document: 'N-1', currency: 'MXN', minor: -200n },
]
const say = (document: string, minor: bigint, currency = 'MXN') => ({ document, currency, minor })
const told = (
  documents: ReturnType<typeof say>[],
  totals: { currency: string; minor: bigint }[] = [],
  mode: Parameters<typeof differencesOf>[0] = 'confirmation',
) => differencesOf(mode, items, { documents, totals }).map((d) => [d.document, d.oursMinor, d.theirsMinor])

test('what isn’t named is as in our books; what is named differs by its amount', () => {
  expect(told([])).toEqual([])
  expect(told([say('F-1', 900n), say('F-2', 500n)])).toEqual([['F-1', 1000n, 900n]])
  expect(told([say('F-2', 0n)])).toEqual([['F-2', 500n, 0n]])
})

test('a document that only they have is a difference, unless they have it with nothing', () => {
  expect(told([say('X-9', 70n)])).toEqual([['X-9', 0n, 70n]])
  expect(told([say('X-9', 0n)])).toEqual([])
})

test('a credit is told by its size', () => {
  expect(told([say('N-1', 200n)])).toEqual([])
  expect(told([say('N-1', 350n)])).toEqual([['N-1', -200n, -350n]])
})

test('of a request, the documents that they name are all that they have', () => {
  expect(told([say('F-1', 1000n), say('N-1', 200n)], [], 'request')).toEqual([['F-2', 500n, 0n]])
})

test('a total is explained by the documents, or stands as a difference of its own', () => {
  const total = (minor: bigint, currency = 'MXN') => [{ currency, minor }]
  expect(told([], total(1300n), 'request')).toEqual([])
  expect(told([], total(1250n), 'request')).toEqual([[null, 1300n, 1250n]])
  expect(told([say('F-1', 900n)], total(1200n))).toEqual([['F-1', 1000n, 900n]])
  expect(told([say('F-1', 900n)], total(1150n))).toEqual([
    ['F-1', 1000n, 900n],
    [null, 1200n, 1150n],
  ])
  expect(told([], total(5n, 'USD'))).toEqual([[null, 0n, 5n]])
})

const contested = (documents: ReturnType<typeof say>[], cash: bigint = 0n) =>
  contestedParts(differencesOf('confirmation', items, { documents, totals: [] }), [
    { currency: 'MXN', minor: cash },
  ]).map((c) => [c.document, c.minor])

test('contested is only what they owe less of than we have', () => {
  const documents = [say('F-1', 900n), say('F-2', 700n), say('N-1', 350n), say('X-1', 5n)]
  expect(contested(documents)).toEqual([['F-1', 100n]])
})

test('money that isn’t applied explains what they owe less of, and only once', () => {
  const documents = [say('F-1', 900n), say('F-2', 0n)]
  expect(contested(documents, 100n)).toEqual([['F-2', 500n]])
  expect(contested(documents, 250n)).toEqual([['F-2', 350n]])
  expect(contested(documents, 600n)).toEqual([])
  expect(
    contestedParts(differencesOf('confirmation', items, { documents, totals: [] }), [
      { currency: 'USD', minor: 600n },
    ]),
  ).toHaveLength(2)
})

test('a total is that of the documents less what was paid and isn’t applied', () => {
  const totals = [{ currency: 'MXN', minor: 900n }]
  const cash = [{ currency: 'MXN', minor: 400n }]
  expect(differencesOf('request', items, { documents: [], totals }, cash)).toEqual([])
})

test('who is to answer is reminded and then called on working days; of a notification silence is the answer', () => {
  const policy = testPolicy({
    confirmation: { remind_after_working_days: 5, call_after_working_days: 3, silence_working_days: 10 },
  }).confirmation
  const days = (mode: 'confirmation' | 'notification' | 'request') =>
    daysOfConfirmation(mode, '2026-03-10', policy, calendars('mx'))
  // 16 March is a holiday.
  expect(days('confirmation')).toEqual({ remindOn: '2026-03-18', callOn: '2026-03-23', closesOn: null })
  expect(days('request')).toEqual(days('confirmation'))
  expect(days('notification')).toEqual({ remindOn: null, callOn: null, closesOn: '2026-03-25' })
})
