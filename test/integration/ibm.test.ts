import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { openFileLedger, type TestLedger } from '../setup/ledger.ts'
import { type Stack, startStack } from '../setup/stack.ts'

/**
 * Somebody else's receivables, from the file to the aging: loaded through a profile, paid on their dates through
 * `pay --file`, aged as of past days, all by the command line. The truth comes with the data.
 */

const DATA = shippedFile('..', 'shared', 'data', 'open-items', 'ibm-ar.csv')

let ledger: TestLedger & { drop(): Promise<void> }
let stack: Stack

beforeAll(async () => {
  ledger = await openFileLedger()
  stack = await startStack(ledger)
})
afterAll(async () => {
  await stack.stop()
  await ledger.drop()
})

const json = async (...args: string[]) => {
  const { code, out, err } = await stack.cartera('--json', ...args)
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

test('2,466 invoices come in with their leading zeros, held, and nobody is chased', async () => {
  const loaded = await stack.cartera('load', DATA, '--profile', 'ibm-ar', '--hold')
  expect(loaded.code).toBe(0)
  expect(await ledger.database.one('SELECT count(*)::int AS n FROM receivable WHERE held')).toEqual({
    n: 2466,
  })
  expect(
    await ledger.database.one(`SELECT count(*)::int AS n FROM receivable WHERE document = '0000611365'`),
  ).toEqual({ n: 1 })
  expect(stack.mailCount()).toBe(0)
})

test('the same file again changes nothing', async () => {
  const before = await ledger.database.one('SELECT count(*)::int AS n, max(id)::int AS last FROM transfer')
  const again = await stack.cartera('load', DATA, '--profile', 'ibm-ar', '--hold')
  expect(again.code).toBe(0)
  expect(await ledger.database.one('SELECT count(*)::int AS n, max(id)::int AS last FROM transfer')).toEqual(
    before,
  )
})

test('the settlements are paid in on their dates, all receipts of the file in one go', async () => {
  const [header, ...lines] = readFileSync(DATA, 'utf8').trim().split(/\r?\n/)
  const column = (name: string) => header!.split(',').indexOf(name)
  const iso = (text: string) => {
    const [month, day, year] = text.split('/')
    return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
  }
  const receipts = lines.map((line) => {
    const cells = line.split(',')
    const document = cells[column('invoiceNumber')]!
    const amount = Number(cells[column('InvoiceAmount')]).toFixed(2)
    return `S-${document},${cells[column('customerID')]},USD,${amount},${iso(cells[column('SettledDate')]!)},${document},${amount}`
  })
  const file = join(stack.env.CARTERA_STATE!, 'settlements.csv')
  writeFileSync(
    file,
    `receipt,customer,currency,amount,value_on,apply_to,apply_amount\n${receipts.join('\n')}\n`,
  )
  const paid = await stack.cartera('pay', '--file', file)
  expect(paid.err).toBe('')
  expect(paid.code).toBe(0)
  expect(await ledger.database.rows('SELECT 1 FROM exception')).toEqual([])
  expect(
    await ledger.database.one('SELECT count(*)::int AS n FROM receivable WHERE closed_as IS NULL'),
  ).toEqual({ n: 0 })
})

test.for([
  ['2012-09-30', [104, '6029.22'], [94, '5416.55'], [9, '542.72'], [1, '69.95']],
  ['2013-01-31', [94, '5846.87'], [79, '4820.19'], [14, '940.29'], [1, '86.39']],
  ['2013-06-30', [84, '5119.85'], [72, '4284.29'], [12, '835.56'], [0, '0.00']],
] as const)(
  'the aging as of %s equals the truth to the cent',
  async ([asOf, open, current, first, second]) => {
    const report = await json('aging', '--as-of', asOf)
    const [usd] = report.currencies
    const bucket = (name: string) => {
      const found = usd.buckets.find((b: { bucket: string }) => b.bucket === name)
      return [found.count, found.amount]
    }
    expect(report.asOf).toBe(asOf)
    expect([usd.open.count, usd.open.amount]).toEqual(open)
    expect([bucket('current'), bucket('1-30'), bucket('31-60')]).toEqual([current, first, second])
  },
)

test('the journal of all of it verifies', async () => {
  const { code } = await stack.cartera('journal', 'verify')
  expect(code).toBe(0)
})
