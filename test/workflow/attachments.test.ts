import { readXlsx } from 'hucre/xlsx'
import type { ParsedMail } from 'mailparser'
import { expect, test } from 'vitest'
import { toDecimal } from '../../domain/money.ts'
import { statementTotals } from '../../domain/statement.ts'
import { findCustomer } from '../../ledger/customers.ts'
import { listDocuments } from '../../ledger/documents.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { statementOf } from '../../ledger/statement.ts'
import { type DocumentStore, hashOf } from '../../store/store.ts'
import { computed } from '../documents/formulas.ts'
import { readPdf } from '../documents/readPdf.ts'
import { pay } from '../ledger/books.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, type TestLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const PDF = 'application/pdf'
const attaching = () => testPolicy({ attachments: { reminder: ['pdf', 'xlsx'] } })

/** Two items, one with a credit against it, and a reminder on 11 January. */
async function ready(): Promise<TestLedger> {
  const ledger = await freshLedger([attaching()])
  await loadItems(
    ledger.database,
    [
      { document: 'F-1', due: '2040-01-10', amount: 1000.55 },
      { document: 'F-2', due: '2040-02-10', amount: 300 },
      { document: 'N-1', due: '2040-01-05', amount: -120.05, kind: 'credit_note' },
    ],
    noon('2040-01-09'),
  )
  return ledger
}

async function said(mail: ParsedMail): Promise<{ pdf: string; balance: number }> {
  const [pdf, xlsx] = mail.attachments
  const { pages } = await readPdf(pdf!.content)
  const book = await readXlsx(xlsx!.content)
  const summary = book.sheets[0]!
  const row = summary.rows.findIndex((cells) => cells[0] === 'Saldo neto')
  return { pdf: pages.flat().join('\n'), balance: computed(book, summary.cells!.get(`${row},1`)!.formula!) }
}

const events = async ({ database }: TestLedger, event: string) =>
  (
    await database.rows<{ entry: string }>(
      `SELECT entry FROM journal WHERE chain LIKE 'customer:%' AND event = $1 ORDER BY seq`,
      [event],
    )
  ).map(({ entry }) => JSON.parse(entry) as { data: { documents: { name: string; hash: string }[] } })

test('a reminder brings the statement as PDF and XLSX: they say what the ledger says, and their hashes are in the journal', async () => {
  const ledger = await ready()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  const [mail, ...more] = await engine.mails()
  expect(more).toEqual([])
  expect(mail!.attachments.map((a) => [a.filename, a.contentType])).toEqual([
    ['estado-de-cuenta-C-1-2040-01-11.pdf', PDF],
    [
      'estado-de-cuenta-C-1-2040-01-11.xlsx',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
  ])
  const statement = await statementOf(
    ledger.database,
    await findCustomer(ledger.database, COMPANY, 'C-1'),
    '2040-01-11',
  )
  const { balanceMinor } = statementTotals(statement.sections[0]!, '2040-01-11')
  const { pdf, balance } = await said(mail!)
  expect(toDecimal(balanceMinor, 'MXN')).toBe('1180.50')
  expect(pdf).toContain('Saldo neto\t$1,180.50 MXN')
  expect(balance).toBeCloseTo(1180.5, 6)

  const kept = await listDocuments(ledger.database, COMPANY, { customer: 'C-1' }, 10)
  expect(kept.map((d) => d.hash)).toEqual(mail!.attachments.map((a) => hashOf(a.content)).reverse())
  const [made] = await events(ledger, 'documents made')
  const [sent] = await events(ledger, 'reminder sent')
  const hashes = mail!.attachments.map((a) => hashOf(a.content))
  expect(made!.data.documents.map((d) => d.hash)).toEqual(hashes)
  expect(sent!.data.documents.map((d) => d.hash)).toEqual(hashes)
  expect((await verifyJournal(ledger.database)).findings).toEqual([])
})

test('paid in part while the documents were drawn: what goes out says it, message and documents alike', async () => {
  const ledger = await ready()
  let paid = false
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    wrapStore: (store) => ({
      ...store,
      async put(bytes) {
        if (!paid) {
          paid = true
          await pay(ledger.database, 'R-1', 400.55, ['F-1'], '2040-01-11')
        }
        return store.put(bytes)
      },
    }),
  })
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  const [mail, ...more] = await engine.mails()
  expect(more).toEqual([])
  const { pdf, balance } = await said(mail!)
  expect(mail!.text).toContain('$600.00')
  expect(pdf).toContain('Saldo neto\t$779.95 MXN')
  expect(balance).toBeCloseTo(779.95, 6)
  const [sent] = await events(ledger, 'reminder sent')
  expect(sent!.data.documents.map((d) => d.hash)).toEqual(mail!.attachments.map((a) => hashOf(a.content)))
})

test('wholly paid while they were drawn: nothing is sent', async () => {
  const ledger = await ready()
  let paid = false
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    wrapStore: (store) => ({
      ...store,
      async put(bytes) {
        if (!paid) {
          paid = true
          await pay(ledger.database, 'R-1', 1000.55, ['F-1'], '2040-01-11')
        }
        return store.put(bytes)
      },
    }),
  })
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  expect(await engine.mails()).toEqual([])
})

test('killed between drawing and writing down: drawn again, kept once, sent once', async () => {
  const ledger = await ready()
  const store: { real?: DocumentStore } = {}
  let puts = 0
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    wrapStore: (real) => {
      store.real = real
      return {
        ...real,
        async put(bytes) {
          const hash = await real.put(bytes)
          if (++puts === 2) throw new Error('the worker is gone')
          return hash
        },
      }
    },
  })
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  const [mail, ...more] = await engine.mails()
  expect(more).toEqual([])
  expect(puts).toBe(4)
  const kept = await listDocuments(ledger.database, COMPANY, {}, 10)
  expect(kept).toHaveLength(2)
  for (const { hash } of kept) expect(hashOf(await store.real!.get(hash))).toBe(hash)
  expect(mail!.attachments).toHaveLength(2)
})

test('nobody knows whether it was taken: the same bytes go again, documents and all', async () => {
  const ledger = await ready()
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    behaviour: ({ count }) => (count === 1 ? 'drop' : 'accept'),
  })
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  const mails = await engine.mails()
  expect(mails.length).toBe(2)
  expect(new Set(mails.map((m) => m.messageId)).size).toBe(1)
  const [first, second] = mails.map((m) => m.attachments.map((a) => hashOf(a.content)))
  expect(second).toEqual(first)
  expect(await listDocuments(ledger.database, COMPANY, {}, 10)).toHaveLength(2)
})
