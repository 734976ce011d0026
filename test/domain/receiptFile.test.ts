import { expect, test } from 'vitest'
import { receiptCommands } from '../../domain/command.ts'
import { readCsv } from '../../domain/csvFile.ts'
import { type ReceiptFile, readReceipts, receiptsOf } from '../../domain/receiptFile.ts'

const read = (...lines: string[]) => receiptsOf(readCsv(Buffer.from(`${lines.join('\n')}\n`), 'utf-8', ','))
const SHORT = 'receipt,currency,amount,value_on'
const FULL =
  'receipt,customer,payer,currency,amount,value_on,posting_on,form,tracking_key,reference,apply_to,apply_amount'
const faults = (file: ReceiptFile) => file.errors.map((e) => `${e.line} ${e.column} ${e.code}`)

test('four columns are enough', () => {
  const file = read(SHORT, 'R-1,MXN,1234.50,2026-03-10', '', 'R-2,JPY,1234,2026-03-11')
  expect(file).toEqual({
    receipts: [
      { number: 'R-1', amount: { currency: 'MXN', minor: 123_450 }, valueOn: '2026-03-10', applications: [] },
      { number: 'R-2', amount: { currency: 'JPY', minor: 1234 }, valueOn: '2026-03-11', applications: [] },
    ],
    errors: [],
    lines: 2,
  })
})

test('all columns are taken, and what is read has the shape of the command', () => {
  const { receipts, errors } = read(
    FULL,
    'R-1,C-1,,MXN,100.00,2026-03-10,2026-03-11,cash,SPEI-1,"Pago, marzo",F-1,60.00',
    'R-2,,GROUP,USD,5.00,2026-03-10,,,,,F-9,',
  )
  expect(errors).toEqual([])
  expect(receipts).toEqual([
    {
      number: 'R-1',
      customer: 'C-1',
      amount: { currency: 'MXN', minor: 10_000 },
      valueOn: '2026-03-10',
      postingOn: '2026-03-11',
      form: 'cash',
      trackingKey: 'SPEI-1',
      reference: 'Pago, marzo',
      applications: [{ document: 'F-1', amount: { currency: 'MXN', minor: 6000 } }],
    },
    {
      number: 'R-2',
      payer: 'GROUP',
      amount: { currency: 'USD', minor: 500 },
      valueOn: '2026-03-10',
      applications: [{ document: 'F-9' }],
    },
  ])
  expect(receiptCommands.post.safeParse({ receipts }).success).toBe(true)
})

test('numbers that a spreadsheet rounded don’t make two receipts one', () => {
  const line = '2.02611E+11,C-1,,MXN,100.00,2026-11-25'
  expect(faults(read(FULL, `${line},,,,,F-1,`, `${line},,,,,F-2,`))).toEqual([
    '2 receipt spreadsheet-damage',
    '3 receipt spreadsheet-damage',
  ])
  expect(faults(read(FULL, 'R-1,C-1,,MXN,100.00,2026-11-25,,,"4,5E+17",#N/A,1E+12,'))).toEqual([
    '2 apply_to spreadsheet-damage',
    '2 tracking_key spreadsheet-damage',
    '2 reference spreadsheet-damage',
  ])
})

test('several lines of one number are one receipt with several applications, wherever they stand', () => {
  const { receipts, errors, lines } = read(
    FULL,
    'R-1,C-1,,MXN,100.00,2026-03-10,,,K,,F-1,60.00',
    'R-2,C-2,,MXN,1.00,2026-03-10,,,,,,',
    'R-1,,,,,,,,,,F-2,',
    'R-1,C-1,,MXN,100.00,2026-03-10,,,K,,F-3,5.00',
  )
  expect(errors).toEqual([])
  expect(lines).toBe(4)
  expect(receipts.map((r) => [r.number, r.applications])).toEqual([
    [
      'R-1',
      [
        { document: 'F-1', amount: { currency: 'MXN', minor: 6000 } },
        { document: 'F-2' },
        { document: 'F-3', amount: { currency: 'MXN', minor: 500 } },
      ],
    ],
    ['R-2', []],
  ])
})

test('lines of one receipt that disagree are told with both', () => {
  const file = read(
    FULL,
    'R-1,C-1,,MXN,100.00,2026-03-10,,,,,F-1,',
    'R-1,C-2,,MXN,200.00,2026-03-11,,cash,,,F-2,',
  )
  expect(faults(file)).toEqual([
    '3 amount conflicting-receipt',
    '3 value_on conflicting-receipt',
    '3 customer conflicting-receipt',
    '3 form conflicting-receipt',
  ])
  expect(file.errors[0]!.message).toBe(
    'line 2 says "100.00" of the same receipt; make both lines agree, or leave this cell empty',
  )
  expect(file.receipts).toEqual([])
})

test.each([
  [',MXN,1.00,2026-03-10', '2 receipt missing-value'],
  ['R-1,,1.00,2026-03-10', '2 currency missing-value'],
  ['R-1,mxn,1.00,2026-03-10', '2 currency unknown-currency'],
  ['R-1,MXN,,2026-03-10', '2 amount missing-value'],
  ['R-1,MXN,"1,000.00",2026-03-10', '2 amount bad-amount'],
  ['R-1,MXN,1.001,2026-03-10', '2 amount bad-amount'],
  ['R-1,JPY,1.00,2026-03-10', '2 amount bad-amount'],
  ['R-1,MXN,90071992547409.92,2026-03-10', '2 amount bad-amount'],
  ['R-1,MXN,0.00,2026-03-10', '2 amount not-positive'],
  ['R-1,MXN,-5.00,2026-03-10', '2 amount not-positive'],
  ['R-1,MXN,1.00,', '2 value_on missing-value'],
  ['R-1,MXN,1.00,10/03/2026', '2 value_on bad-date'],
  ['R-1,MXN,1.00,2026-02-29', '2 value_on bad-date'],
  ['R-1,MXN,1.00,0206-03-10', '2 value_on bad-date'],
  [`${'R'.repeat(65)},MXN,1.00,2026-03-10`, '2 receipt too-long'],
  ['"R\n1",MXN,1.00,2026-03-10', '2 receipt control-character'],
  ['R-1,MXN,1.00', '2  wrong-field-count'],
])('%s: %s', (line, fault) => {
  const file = read(SHORT, line)
  expect(faults(file)).toEqual([fault])
  expect(file.receipts).toEqual([])
})

test.each([
  ['R-1,C-1,P-1,MXN,1.00,2026-03-10,,,,,,', '2 payer two-parties'],
  ['R-1,C-1,,MXN,1.00,2026-03-10,,barter,,,,', '2 form unknown-form'],
  ['R-1,C-1,,MXN,1.00,2026-03-10,tomorrow,,,,,', '2 posting_on bad-date'],
  ['R-1,C-1,,MXN,1.00,2026-03-10,,,,,,1.00', '2 apply_to missing-value'],
  ['R-1,C-1,,MXN,1.00,2026-03-10,,,,,F-1,0', '2 apply_amount not-positive'],
  ['R-1,C-1,,MXN,1.00,2026-03-10,,,,,F-1,x', '2 apply_amount bad-amount'],
])('%s: %s', (line, fault) => {
  expect(faults(read(FULL, line))).toEqual([fault])
})

test('the same document twice, or a receipt that is only repeated, is told', () => {
  expect(faults(read(FULL, 'R-1,C-1,,MXN,9.00,2026-03-10,,,,,F-1,1.00', 'R-1,,,,,,,,,,F-1,2.00'))).toEqual([
    '3 apply_to duplicate-application',
  ])
  const line = 'R-1,C-1,,MXN,9.00,2026-03-10,,,,,,'
  expect(faults(read(FULL, line, line))).toEqual(['2 apply_to missing-value', '3 apply_to missing-value'])
})

test('the same transfer under two numbers is told', () => {
  const line = (number: string, amount: string) => `${number},C-1,,MXN,${amount},2026-03-10,,,SPEI-1,,,`
  expect(faults(read(FULL, line('R-1', '9.00'), line('R-2', '9.00')))).toEqual([
    '3 tracking_key duplicate-tracking-key',
  ])
  expect(faults(read(FULL, line('R-1', '9.00'), line('R-2', '8.00')))).toEqual([])
})

test('one bad line costs no other its place', () => {
  const file = read(SHORT, 'R-1,MXN,x,2026-03-10', 'R-2,MXN,1.00,2026-03-10', 'R-3,MXN,1.00,never')
  expect(faults(file)).toEqual(['2 amount bad-amount', '4 value_on bad-date'])
  expect(file.receipts.map((r) => r.number)).toEqual(['R-2'])
  expect(file.lines).toBe(3)
})

test('a header that isn’t one of receipts is refused before its lines', async () => {
  expect(faults(read('receipt,currency,amount', 'R-1,MXN,1.00'))).toEqual(['1 value_on missing-column'])
  expect(faults(read(`${SHORT},apply to`, 'R-1,MXN,1.00,2026-03-10,F-1'))).toEqual([
    '1 apply to unknown-column',
  ])
  expect(faults(read(`${SHORT},amount`, 'R-1,MXN,1.00,2026-03-10,2.00'))).toEqual([
    '1 amount duplicate-header',
  ])
  expect(faults(read(SHORT))).toEqual(['0  empty-file'])
  expect(faults(await readReceipts(new Uint8Array()))).toEqual(['0  empty-file'])
  expect(faults(await readReceipts(Buffer.from('PK\u0003\u0004 something')))).toEqual(['0  binary-file'])
})
