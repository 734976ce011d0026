import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFileLedger, type TestLedger } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { type Stack, startStack } from '../setup/stack.ts'

/**
 * Bad files through the front door: each is refused with a message that says where and what to do, and the ledger is
 * what it was.
 */

const HEADER = 'customer,document,currency,original,issued,due,email'
const GOOD = [
  'C-1,A-1,MXN,100.00,2026-01-05,2026-02-05,uno@example.com',
  'C-2,A-2,USD,50.00,2026-01-06,2026-02-06,',
]
const csv = (...lines: string[]) => Buffer.from(`${[HEADER, ...GOOD, ...lines].join('\n')}\n`)
const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** Content, and what the message must say. */
const files: Record<string, [Buffer, RegExp]> = {
  'an empty file': [Buffer.alloc(0), /empty/i],
  'a header and nothing else': [Buffer.from(`${HEADER}\n`), /no line/i],
  'a file cut off in its last line': [
    Buffer.from(`${HEADER}\n${GOOD[0]}\nC-2,A-2,US`),
    /line 3.*(cut|truncated|end)/i,
  ],
  'a quote that never closes': [csv('C-3,"A-3,MXN,1.00,2026-01-05,2026-02-05,'), /line 4.*quote/i],
  'Latin-1 declared as UTF-8': [
    latin1(`${HEADER}\nC-1,Año-1,MXN,1.00,2026-01-05,2026-02-05,\n`),
    /line 2.*(utf-8|encoding)/i,
  ],
  'UTF-16 declared as UTF-8': [Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /utf-16/i],
  'text decoded twice': [csv('C-3,FacturaciÃ³n-3,MXN,1.00,2026-01-05,2026-02-05,'), /line 4.*UTF-8 twice/],
  'NUL bytes': [csv('C-3,A\u0000-3,MXN,1.00,2026-01-05,2026-02-05,'), /line 4.*NUL/i],
  'a spreadsheet given as CSV': [
    Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(200, 7)]),
    /(zip|xlsx|spreadsheet)/i,
  ],
  'swapped columns': [
    Buffer.from(
      `${HEADER}\n${['1', '2', '3', '4'].map((n) => `C-${n},B-${n},MXN,2026-01-05,10.00,2026-02-05,`).join('\n')}\n`,
    ),
    /(swapped|column)/i,
  ],
  'a missing column': [
    Buffer.from('customer,document,currency,original,issued\nC-1,A-1,MXN,1.00,2026-01-05\n'),
    /column "due"|due/,
  ],
  'another delimiter': [Buffer.from(`${[HEADER, ...GOOD].join('\n').replaceAll(',', ';')}\n`), /delimiter/i],
  'a line with too few fields': [csv('C-3,A-3,MXN,1.00'), /line 4.*field/i],
  'a negative amount on an invoice': [
    csv('C-3,A-3,MXN,-1.00,2026-01-05,2026-02-05,'),
    /line 4, column "original": "-1.00"/,
  ],
  'an amount with a comma': [
    csv('C-3,A-3,MXN,"1,5",2026-01-05,2026-02-05,'),
    /line 4, column "original": "1,5"/,
  ],
  'an amount of zero': [csv('C-3,A-3,MXN,0.00,2026-01-05,2026-02-05,'), /line 4, column "original": "0.00"/],
  'the same document twice': [csv('C-3,A-1,MXN,1.00,2026-01-05,2026-02-05,'), /line 4.*A-1.*line 2/],
  'an unknown currency': [csv('C-3,A-3,PSO,1.00,2026-01-05,2026-02-05,'), /line 4, column "currency": "PSO"/],
  'a day that does not exist': [
    csv('C-3,A-3,MXN,1.00,2026-01-05,2026-02-31,'),
    /line 4, column "due": "2026-02-31"/,
  ],
  'due before it was issued': [csv('C-3,A-3,MXN,1.00,2026-01-05,2026-01-04,'), /line 4, column "due"/],
  'an address that is none': [
    csv('C-3,A-3,MXN,1.00,2026-01-05,2026-02-05,nobody'),
    /line 4, column "email": "nobody"/,
  ],
  'a customer that the books know otherwise': [
    csv('C-9,OLD-1,MXN,1000.00,2025-12-02,2026-01-01,'),
    /line 4, column "customer".*OLD-1/,
  ],
  'an amount that the books know otherwise': [
    csv('C-1,OLD-1,MXN,999.00,2025-12-02,2026-01-01,'),
    /line 4, column "original".*1,?000\.00/,
  ],
}

let ledger: TestLedger & { drop(): Promise<void> }
let stack: Stack
let dir: string

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cartera-bad-'))
  ledger = await openFileLedger()
  await loadItems(ledger.database, [{ document: 'OLD-1', due: '2026-01-01' }], Date.UTC(2026, 0, 2), true)
  stack = await startStack(ledger)
})
afterAll(async () => {
  await stack.stop()
  await ledger.drop()
  rmSync(dir, { recursive: true, force: true })
})

/** Everything in the books, as one value. */
const books = () =>
  ledger.database.one(
    `SELECT (SELECT count(*) FROM customer)::int AS customers, (SELECT count(*) FROM receivable)::int AS receivables,
       (SELECT count(*) FROM transfer)::int AS transfers, (SELECT sum(balance_minor) FROM account)::text AS balances,
       (SELECT count(*) FROM journal)::int AS journal, (SELECT count(*) FROM contact)::int AS contacts, (SELECT count(*) FROM load_row)::int AS staged`,
  )

test.for(Object.entries(files))(
  '%s is refused with a message that helps, and the ledger is unchanged',
  async ([name, [content, says]]) => {
    const before = await books()
    const file = join(dir, `${name.replaceAll(' ', '-')}.csv`)
    writeFileSync(file, content)
    const { code, err } = await stack.cartera('load', file, '--profile', 'standard')
    expect(code).toBe(2)
    expect(err).toMatch(says)
    expect(await books()).toEqual(before)
  },
)

test('the good lines of those files alone are taken', async () => {
  const file = join(dir, 'good.csv')
  writeFileSync(file, csv())
  const { code, out } = await stack.cartera('--json', 'load', file, '--profile', 'standard', '--hold')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ state: 'held', created: 2 })
})
