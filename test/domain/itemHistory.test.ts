import { expect, test } from 'vitest'
import { brief, readLines } from './openItemText.ts'

/** What a line may tell of the time before the load. */

const read = (columns: Record<string, string>, line = '007,1,MXN,100.00,2026-01-01,2026-01-31') =>
  readLines([
    `customer,document,currency,original,issued,due,${Object.keys(columns).join(',')}`,
    `${line},${Object.values(columns).join(',')}`,
  ])
const wrong = (columns: Record<string, string>, line?: string) => brief(read(columns, line).errors)

test('all of it is read; the amounts of promise and dispute are all that is open when they aren’t told', () => {
  const { items, errors } = read({
    open: '60.00',
    stage: 'prelegal',
    last_step: 'second',
    last_step_on: '2026-02-10',
    promise_due: '2026-03-10',
    promise_made: '2026-02-20',
    dispute_reason: 'rebate',
    dispute_amount: '5.50',
    broken_promises: '2',
  })
  expect(errors).toEqual([])
  expect(items[0]!.customer.brokenPromises).toBe('2')
  expect(items[0]!.history).toEqual({
    stage: 'prelegal',
    lastStep: 'second',
    lastStepOn: '2026-02-10',
    promise: { dueOn: '2026-03-10', madeOn: '2026-02-20', minor: 6_000n },
    dispute: { reason: 'rebate', openedOn: null, minor: 550n },
    settledOn: null,
  })
})

test('a line that tells nothing has no history', () => {
  expect(read({ stage: '', settled: '' }).items[0]).not.toHaveProperty('history')
})

test.each<[string, Record<string, string>, string]>([
  ['a stage that follows from the dates', { stage: 'overdue' }, '2 stage unknown-stage'],
  ['a step without its day', { last_step: 'first' }, '2 last_step_on missing-value'],
  ['a day without its step', { last_step: '', last_step_on: '2026-02-10' }, '2 last_step missing-value'],
  ['a promise without its day', { promise_due: '', promise_amount: '5.00' }, '2 promise_due missing-value'],
  [
    'a promise of more than is open',
    { promise_due: '2026-03-10', promise_amount: '100.01' },
    '2 promise_amount part-exceeds-open',
  ],
  [
    'a promise of nothing',
    { promise_due: '2026-03-10', promise_amount: '0.00' },
    '2 promise_amount part-exceeds-open',
  ],
  [
    'a promise made after its day',
    { promise_due: '2026-03-10', promise_made: '2026-03-11' },
    '2 promise_made promise-made-late',
  ],
  [
    'a promise where nothing is open',
    { open: '0.00', promise_due: '2026-03-10' },
    '2 promise_due nothing-open',
  ],
  [
    'a dispute without its reason',
    { dispute_reason: '', dispute_amount: '5.00' },
    '2 dispute_reason missing-value',
  ],
  ['a reason that nobody knows', { dispute_reason: 'weather' }, '2 dispute_reason unknown-reason'],
  ['a day of payment of what is open', { settled: '2026-02-10' }, '2 settled settled-but-open'],
  [
    'a payment before the invoice',
    { open: '0.00', settled: '2025-12-31' },
    '2 settled settled-before-issued',
  ],
  ['a number of promises in words', { broken_promises: 'two' }, '2 broken_promises bad-count'],
])('%s is refused', (_, columns, error) => {
  expect(wrong(columns)).toEqual([error])
})

test('credits have no history of collecting', () => {
  expect(wrong({ kind: 'credit_note', stage: 'legal' }, '007,1,MXN,-100.00,2026-01-01,2026-01-31')).toEqual([
    '2 stage history-of-credit',
  ])
})
