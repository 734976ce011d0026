import { createHash } from 'node:crypto'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { createLoadActivities } from '../../activities/load.ts'
import type { ControlTotals, LoadReport, NewLoad } from '../../domain/load.ts'
import type { Database } from '../../ledger/database.ts'
import { errorsOf } from '../../ledger/loads.ts'
import { upload } from '../../ledger/uploads.ts'
import { shippedProfile } from '../domain/openItemText.ts'
import { type Random, randomOf } from '../domain/random.ts'
import { COMPANY, calendars, freshLedger } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'

/** Two hundred files that came damaged: each is refused whole, by a message that says where and what to do. */

const FILES = 200
const HEADER = ['customer', 'document', 'kind', 'currency', 'original', 'open', 'issued', 'due', 'email']
type Cells = string[]

const good = (): Cells[] =>
  Array.from({ length: 30 }, (_, i) => [
    `C-${i % 6}`,
    `F-${100 + i}`,
    i % 10 === 9 ? 'credit_note' : 'invoice',
    i % 7 === 6 ? 'USD' : 'MXN',
    i % 10 === 9 ? '-50.00' : `${1000 + i}.50`,
    i % 10 === 9 ? '-50.00' : `${900 + i}.25`,
    '2026-02-01',
    `2026-03-${String(1 + (i % 28)).padStart(2, '0')}`,
    `pagos${i % 6}@example.com`,
  ])

const text = (rows: Cells[], header: Cells = HEADER, delimiter = ','): string =>
  [header, ...rows].map((cells) => `${cells.join(delimiter)}\n`).join('')

/** Damage as it happens: in transfer, in a spreadsheet, in an export that was changed. */
const DAMAGE: Record<string, (rows: Cells[], random: Random) => Buffer> = {
  'cut off at a byte': (rows, random) => {
    const whole = Buffer.from(text(rows))
    return whole.subarray(0, random.int(1, whole.length - 2))
  },
  'a line lost': (rows, random) => {
    rows.splice(random.int(0, 29), 1)
    return Buffer.from(text(rows))
  },
  'a line twice': (rows, random) => Buffer.from(text([...rows, rows[random.int(0, 29)]!])),
  'a cell lost': (rows, random) => {
    rows[random.int(0, 29)]!.splice(random.int(0, 8), 1)
    return Buffer.from(text(rows))
  },
  'an amount changed': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[5] = row[5]!.replace(/\d/, (digit) => (digit === '1' ? '2' : '1'))
    return Buffer.from(text(rows))
  },
  'an original amount changed': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[4] = row[4]!.replace(/(\d)\./, (_, digit) => `${(Number(digit) + 1) % 10}.`)
    return Buffer.from(text(rows))
  },
  'a decimal comma': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[5] = `"${row[5]!.replace('.', ',')}"`
    return Buffer.from(text(rows))
  },
  'a sign turned': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[4] = row[4]!.startsWith('-') ? row[4]!.slice(1) : `-${row[4]}`
    return Buffer.from(text(rows))
  },
  'another currency': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[3] = random.pick(['EUR', 'mxn', 'M.N.', ''])
    return Buffer.from(text(rows))
  },
  'another customer': (rows, random) => {
    rows[random.int(0, 29)]![0] = 'C-77'
    return Buffer.from(text(rows))
  },
  'a date of the spreadsheet': (rows, random) => {
    rows[random.int(0, 29)]![7] = random.pick(['46082', '03/05/2026', '2026-3-5', '2026-02-30', '5-mar-26'])
    return Buffer.from(text(rows))
  },
  'an issue date changed': (rows, random) => {
    rows[random.int(0, 29)]![6] = '2026-01-31'
    return Buffer.from(text(rows))
  },
  'due before it was issued': (rows, random) => {
    rows[random.int(0, 29)]![7] = '2026-01-15'
    return Buffer.from(text(rows))
  },
  'a document rounded': (rows, random) => {
    rows[random.int(0, 29)]![1] = '1.23457E+11'
    return Buffer.from(text(rows))
  },
  'a column renamed': (rows, random) => {
    const renamed = random.pick(['customer', 'document', 'original', 'issued', 'due'])
    return Buffer.from(
      text(
        rows,
        HEADER.map((name) => (name === renamed ? `${name} no.` : name)),
      ),
    )
  },
  'another delimiter': (rows, random) => Buffer.from(text(rows, HEADER, random.pick([';', '\t', '|']))),
  'another encoding': (rows, random) => {
    rows[random.int(0, 29)]![8] = 'peña@example.com'
    return random.pick([Buffer.from(text(rows), 'latin1'), Buffer.from(`\ufeff${text(rows)}`, 'utf16le')])
  },
  'a byte turned to NUL': (rows, random) => {
    const whole = Buffer.from(text(rows))
    whole[random.int(80, whole.length - 2)] = 0
    return whole
  },
  'a quote too many': (rows, random) => {
    const row = rows[random.int(0, 29)]!
    row[1] = `"${row[1]}`
    return Buffer.from(text(rows))
  },
  'a total line at the end': (rows, random) =>
    Buffer.from(
      `${text(rows)}${random.pick(['Total', 'TOTAL GENERAL', ''])},,,,${random.int(1, 99_999)}.00,,,,\n`,
    ),
  'a title before the header': (rows, random) =>
    Buffer.from(`Cartera al ${random.int(1, 31)} de marzo, hoja ${random.int(1, 99)},,,,,,,\n${text(rows)}`),
  'another day’s file with this day’s totals': (rows, random) => {
    for (let lost = random.int(1, 5); lost > 0; lost--) rows.splice(random.int(0, rows.length - 1), 1)
    return Buffer.from(text(rows))
  },
}

const books = (database: Database) =>
  database.one(
    `SELECT (SELECT count(*) FROM customer)::int AS customers, (SELECT count(*) FROM receivable)::int AS receivables, (SELECT count(*) FROM transfer)::int AS transfers,
       (SELECT sum(balance_minor) FROM account)::text AS balances, (SELECT count(*) FROM journal)::int AS journal, (SELECT count(*) FROM contact)::int AS contacts,
       (SELECT count(*) FROM receivable_term)::int AS terms, (SELECT count(*) FROM exception)::int AS exceptions, (SELECT count(*) FROM load_row)::int AS staged`,
  )

test('two hundred damaged files: each refused with a message that helps, and the books as they were', async () => {
  const { database } = await freshLedger()
  const profile = { ...shippedProfile('standard'), source: 'erp', authority: 'source' as const }
  const activities = createLoadActivities({ client: undefined as never, database, calendars })
  const env = new MockActivityEnvironment()
  const take = async (content: Buffer, asOf: string, control: ControlTotals): Promise<LoadReport> => {
    const fileHash = await upload(database, content)
    const load: NewLoad = {
      id: createHash('sha256').update(content).update(asOf).digest('hex').slice(0, 16),
      company: COMPANY,
      source: 'erp',
      authority: 'source',
      kind: 'snapshot',
      fileName: `erp-${asOf}.csv`,
      fileHash,
      asOf,
      control,
      profile,
      hold: false,
      actor: 'test',
    }
    const staged = (await env.run(activities.stage, { load, now: noon(asOf) })) as LoadReport
    return staged.state === 'staging'
      ? ((await env.run(activities.promote, { load, now: noon(asOf) })) as LoadReport)
      : staged
  }
  const sums: ControlTotals = { lines: 30, openMinor: {} }
  for (const [, , , currency, , open] of good())
    sums.openMinor![currency!] = (sums.openMinor![currency!] ?? 0) + Math.round(Number(open) * 100)
  expect(await take(Buffer.from(text(good())), '2026-03-05', sums)).toMatchObject({
    state: 'released',
    created: 30,
  })
  const before = await books(database)

  const kinds = Object.keys(DAMAGE)
  const told: Record<string, string> = {}
  const distinct = new Set<string>()
  for (let seed = 0; distinct.size < FILES; seed++) {
    const kind = kinds[seed % kinds.length]!
    const file = DAMAGE[kind]!(good(), randomOf(seed))
    const content = file.toString('latin1')
    if (distinct.has(content)) continue
    distinct.add(content)
    const report = await take(file, '2026-03-06', sums)
    expect(report.state, `seed ${seed}: ${kind}`).toBe('refused')
    const errors = await errorsOf(database, report.id)
    expect(errors.length, `seed ${seed}: ${kind}`).toBeGreaterThan(0)
    for (const error of errors) {
      // Where: a line, or the whole file; what to do: more than the name of the mistake.
      expect(error.line).toBeGreaterThanOrEqual(0)
      expect(error.message, `seed ${seed}: ${kind}`).toMatch(/\w.*[;:,.] ?\w/)
      expect(error.code).not.toBe('')
    }
    told[kind] ??= `${errors[0]!.line} ${errors[0]!.column} ${errors[0]!.message}`
    expect(await books(database), `seed ${seed}: ${kind}`).toEqual(before)
  }
  if (process.env.CARTERA_TEST_VERBOSE) console.log(distinct.size, told)
  expect(await take(Buffer.from(text(good())), '2026-03-06', sums)).toMatchObject({
    state: 'released',
    unchanged: 30,
  })
})
