import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createDocumentActivities } from '../../activities/documents.ts'
import { instantOf } from '../../domain/calendar.ts'
import { listDocuments } from '../../ledger/documents.ts'
import { beginRun } from '../../ledger/statementRuns.ts'
import { type DocumentStore, openStore } from '../../store/store.ts'
import { pay } from '../ledger/books.ts'
import { quiet } from '../setup/engine.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { readPdf } from './readPdf.ts'
import { look, sender } from './statements.ts'

const DAY = '2026-12-01'
const at = instantOf(DAY, '06:00', 'America/Mexico_City')
const CUSTOMERS = ['A', 'B', 'C', 'D', 'E']

/** Five customers on paper, one of them with so many items that they take pages. */
async function ready(wrap: (store: DocumentStore) => DocumentStore = (store) => store) {
  quiet()
  const { database } = await freshLedger([testPolicy({ statements: { working_day: 1, delivery: 'print' } })])
  await loadItems(
    database,
    CUSTOMERS.flatMap((customer) =>
      Array.from({ length: customer === 'B' ? 90 : 2 }, (_, i) => ({
        document: `${customer}-${i}`,
        customer,
        due: '2026-12-20',
        amount: 100 + i,
      })),
    ),
    noon('2026-11-25'),
  )
  const doing = { company: COMPANY, actor: 'cartera', now: at }
  const run = await beginRun(
    database,
    calendars,
    doing,
    { branch: 'Norte', timeZone: 'America/Mexico_City' },
    DAY,
  )
  const dir = mkdtempSync(join(tmpdir(), 'cartera-pack-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const store = openStore(dir)
  const { makePrintPack } = createDocumentActivities({
    database,
    calendars,
    store: wrap(store),
    look: look(),
    sender,
    clock: async () => at,
  })
  const make = async () =>
    (await new MockActivityEnvironment().run(makePrintPack, {
      company: COMPANY,
      run: run!,
      actor: 'ana',
    })) as Awaited<ReturnType<typeof makePrintPack>>
  return { database, store, make }
}

test('those on paper are one PDF: everybody once, by name, with page numbers of their own', async () => {
  const { database, store, make } = await ready()
  const made = (await make())!
  expect(made).toMatchObject({ kind: 'print_pack', customer: null, asOf: DAY, actor: 'ana' })
  const { pages } = await readPdf(await store.get(made.hash))
  const numbers = pages.map((lines) => /Página (\d+) de (\d+)$/.exec(lines.at(-1)!)!.slice(1).map(Number))
  const first = numbers.flatMap(([page], index) => (page === 1 ? [index] : []))
  expect(first.map((index) => pages[index]!.find((line) => line.startsWith('Customer ')))).toEqual(
    CUSTOMERS.map((code) => expect.stringContaining(`Customer ${code}`)),
  )
  expect(numbers[0]).toEqual([1, 1])
  const [, last] = numbers[1]!
  expect(last).toBeGreaterThan(1)
  expect(numbers.slice(1, 1 + last!)).toEqual(Array.from({ length: last! }, (_, i) => [i + 1, last]))

  // Asked again, it is the same, whatever was paid since: a statement tells of its day.
  await pay(database, 'R-1', 100, ['A-0'], '2026-12-02', { customer: 'A' })
  expect((await make())!.id).toBe(made.id)
  expect(await listDocuments(database, COMPANY, { kind: 'statement' }, 99)).toHaveLength(CUSTOMERS.length)
})

test('killed twice while it is drawn: what is drawn stays, nobody is in it twice, nobody is missing', async () => {
  let puts = 0
  const { database, store, make } = await ready((real) => ({
    ...real,
    async put(bytes) {
      if ([3, 5].includes(++puts)) throw new Error('the worker is gone')
      return real.put(bytes)
    },
  }))
  await expect(make()).rejects.toThrow('the worker is gone')
  await expect(make()).rejects.toThrow('the worker is gone')
  const made = (await make())!
  // Five statements and the pack; two of them were lost once.
  expect(puts).toBe(8)
  expect(await listDocuments(database, COMPANY, { kind: 'statement' }, 99)).toHaveLength(CUSTOMERS.length)
  const { pages } = await readPdf(await store.get(made.hash))
  expect(pages.filter((lines) => / 1 de \d+$/.test(lines.at(-1)!))).toHaveLength(CUSTOMERS.length)
})
