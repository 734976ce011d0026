import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readXlsx } from 'hucre/xlsx'
import { expect, onTestFinished, test } from 'vitest'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { hashOf } from '../../store/store.ts'
import { readPdf } from '../documents/readPdf.ts'
import { pay } from '../ledger/books.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

/** Of the customer: somewhere it is tomorrow already. */
const inDays = (n: number) => addDays(localDateOf(Date.now(), 'America/Mexico_City'), n)

test('a statement on the screen and as files; documents are listed and come back as they were kept', {
  timeout: 240_000,
}, async () => {
  const ledger = await freshLedger()
  const stack = await startStack(ledger)
  const dir = mkdtempSync(join(tmpdir(), 'cartera-statement-'))
  onTestFinished(async () => {
    await stack.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  await loadItems(
    ledger.database,
    [
      { document: 'F-1', due: inDays(-40), issued: inDays(-70), amount: 1000.5 },
      { document: 'F-2', due: inDays(10), amount: 99.5 },
    ],
    Date.now(),
    true,
  )
  await ledger.database.rows('UPDATE receivable SET held = false')
  await pay(ledger.database, 'R-1', 400, ['F-1'], inDays(-5))
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }

  const screen = await cartera('statement', 'C-1')
  if (process.env.CARTERA_TEST_VERBOSE) console.log(screen)
  expect(screen).toMatch(/F-1 .* 40 +MX\$1,000\.50 +MX\$600\.50/)
  expect(screen).toMatch(/Net balance +MX\$700\.00/)
  const json = JSON.parse(await cartera('statement', 'C-1', '--json'))
  expect(json.currencies).toMatchObject([
    { currency: 'MXN', open: '700.00', overdue: '600.50', balance: '700.00' },
  ])
  const before = JSON.parse(await cartera('statement', 'C-1', '--as-of', inDays(-6), '--json'))
  expect(before.currencies).toMatchObject([{ open: '1100.00' }])

  const [pdf, xlsx] = [join(dir, 'a.pdf'), join(dir, 'a.xlsx')]
  const asked = ['statement', 'C-1', '--pdf', pdf, '--xlsx', xlsx, '--key', 'k-1', '--json']
  const made = JSON.parse(await cartera(...asked))
  expect((await readPdf(readFileSync(pdf))).pages.flat()).toContain('Saldo neto\t$700.00 MXN')
  expect((await readXlsx(readFileSync(xlsx))).sheets[1]!.rows[1]!.slice(0, 2)).toEqual(['MXN', 'F-1'])
  expect(JSON.parse(await cartera(...asked))).toEqual(made)
  // Another key, the same facts: the same documents.
  const again = JSON.parse(await cartera('statement', 'C-1', '--pdf', pdf, '--json'))
  expect(again.documents[0].id).toBe(made.documents[0].id)

  const { documents } = JSON.parse(await cartera('document', 'list', '--customer', 'C-1', '--json'))
  expect(documents.map((d: { id: number }) => d.id)).toEqual([made.documents[1].id, made.documents[0].id])
  expect(documents[0]).toMatchObject({ customer: 'C-1', kind: 'statement', actor: 'ana' })
  expect(await cartera('document', 'list', '--kind', 'statement')).toContain(documents[1].name)
  const copy = join(dir, 'copy.pdf')
  await cartera('document', 'get', String(documents[1].id), copy)
  expect(hashOf(readFileSync(copy))).toBe(documents[1].hash)

  expect((await stack.cartera('statement', 'nobody')).code).toBe(4)
  expect((await stack.cartera('statement', 'nobody', '--pdf', join(dir, 'no.pdf'))).code).toBe(4)
  const early = await stack.cartera('statement', 'C-1', '--as-of', inDays(3), '--pdf', join(dir, 'no.pdf'))
  expect(early.code).toBe(3)
  expect(early.err).toContain('after')
  expect(existsSync(join(dir, 'no.pdf'))).toBe(false)
  expect((await stack.cartera('document', 'get', '999999', join(dir, 'no.pdf'))).code).toBe(4)
})
