import { expect, test } from 'vitest'
import { minutesPdf } from '../../activities/documents/minutesPdf.ts'
import type { Minutes } from '../../ledger/minutes.ts'
import { readPdf } from './readPdf.ts'
import { look, sender } from './statements.ts'

const pagesOf = async (pdf: Buffer): Promise<string[]> =>
  (await readPdf(pdf)).pages.map((lines) => lines.join('\n').replaceAll('\u00a0', ' '))

const minutes = (changes: Partial<Minutes> = {}): Minutes => ({
  id: 7,
  case: 'C-1',
  customer: { code: 'C-1', name: 'Constructora Peña e Hijos' },
  company: { id: 'test', name: 'Cementos de Prueba' },
  mode: 'confirmation',
  state: 'differs',
  asOf: '2026-10-31',
  askedOn: '2026-11-03',
  askedBy: 'ana',
  analyst: 'Ana Núñez',
  language: 'es-MX',
  nextOn: null,
  answeredOn: '2026-11-10',
  answeredBy: 'Laura Ibáñez',
  reminded: false,
  called: false,
  totals: [
    {
      currency: 'MXN',
      documents: 3,
      cash: '100.00',
      ours: '1700.00',
      theirs: '1150.00',
      difference: '-550.00',
    },
  ],
  differences: [
    { document: 'F-1', known: true, currency: 'MXN', ours: '1000.00', theirs: '400.00', disputed: '600.00' },
    { document: 'X-77', known: false, currency: 'MXN', ours: '0.00', theirs: '50.00', disputed: null },
  ],
  dispute: { id: 3, owner: 'planta', outcome: null },
  ...changes,
})

test('the minutes say what both books have, where they differ, and who signs', async () => {
  const [page, ...more] = await pagesOf(await minutesPdf(minutes(), sender, look()))
  expect(more).toEqual([])
  for (const part of [
    'Acta de conciliación de saldos',
    'Constructora Peña e Hijos',
    'Laura Ibáñez respondió el 10 de noviembre de 2026',
    '$1,700.00 MXN',
    '$1,150.00 MXN',
    '-$550.00 MXN',
    'X-77',
    'No está en nuestros libros',
    'aclaración 3, a cargo de planta',
    'Ana Núñez',
  ])
    expect(page).toContain(part)
})

test('in English, and agreed to', async () => {
  const agreed = minutes({
    language: 'en',
    state: 'agreed',
    differences: [],
    dispute: null,
    totals: [
      { currency: 'USD', documents: 1, cash: '0.00', ours: '10.00', theirs: '10.00', difference: '0.00' },
    ],
  })
  const [page] = await pagesOf(await minutesPdf(agreed, sender, look()))
  expect(page).toContain('Reconciliation minutes')
  expect(page).toContain('Both sides agree with this balance.')
  expect(page).not.toContain('Where the books differ')
})

test('without an answer there is room to write it in', async () => {
  const open = minutes({
    state: 'asked',
    answeredOn: null,
    answeredBy: null,
    differences: [],
    dispute: null,
    totals: [{ currency: 'MXN', documents: 1, cash: '0.00', ours: '10.00', theirs: null, difference: null }],
  })
  const [page] = await pagesOf(await minutesPdf(open, sender, look()))
  expect(page).toContain('____')
  expect(page).toContain('aún no responde')
})

test('the same minutes are the same bytes', async () => {
  const once = await minutesPdf(minutes(), sender, look())
  expect((await minutesPdf(minutes(), sender, look())).equals(once)).toBe(true)
})
