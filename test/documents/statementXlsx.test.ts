import { readXlsx } from 'hucre/xlsx'
import { expect, test } from 'vitest'
import { statementXlsx } from '../../activities/documents/statementXlsx.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Statement } from '../../domain/statement.ts'
import { statementTotals } from '../../domain/statement.ts'
import { computed } from './formulas.ts'
import { asOf, full, item, long, section, statement } from './statements.ts'

const read = async (told: Statement) =>
  readXlsx(await statementXlsx(told, 'Cementos del Norte'), { readStyles: true })

test('cells are typed: text is text, days are days, amounts are numbers with their format', async () => {
  const book = await read(full())
  expect(book.sheets.map((sheet) => sheet.name)).toEqual([
    'Resumen',
    'Documentos por pagar',
    'Saldos a su favor',
    'Pagos recibidos, aún no aplicad',
    'Documentos en aclaración',
    'Calendario de pagos acordados',
    'Intereses y cargos aún sin nota',
    'Anticipos de sus pedidos',
  ])
  const items = book.sheets[1]!
  expect(items.rows[0]).toEqual([
    ...['Moneda', 'Documento', 'Obra', 'Emisión', 'Vencimiento', 'Días de atraso', 'Antigüedad de saldos'],
    ...['Importe original', 'Saldo', 'Cubierto', 'En aclaración', 'Observaciones'],
  ])
  expect(items.rows[1]).toEqual([
    ...[
      'MXN',
      'F-20001',
      'Torre Ámbar',
      new Date('2026-07-14T00:00:00Z'),
      new Date('2026-08-13T00:00:00Z'),
      104,
    ],
    ...['Más de 90', 2000, 1500, 0, 120, 'En aclaración: $120.00'],
  ])
  expect(items.rows.at(-1)!.slice(0, 3)).toEqual(['USD', 'E-1', null])
  expect(items.cells?.get('1,8')?.style?.numFmt).toBe('#,##0.00')
})

for (const [name, told] of [
  ['with everything', full()],
  ['of five hundred items', long(500, { language: 'en' })],
  ['of one item, nothing else', statement({ sections: [section({ items: [item('F-1', 3)] })] })],
] as const)
  test(`a statement ${name}: the totals are formulas and come to what the ledger says`, async () => {
    const book = await read(told)
    const summary = book.sheets[0]!
    const formulas = [...(summary.cells ?? [])].filter(([, cell]) => cell.formula !== undefined)
    const amounts = formulas.map(([at, cell]) => {
      const value = computed(book, cell.formula!)
      // Who only looks at the file sees the same.
      expect(cell.formulaResult, `${at} ${cell.formula}`).toBeCloseTo(value, 6)
      return value.toFixed(2)
    })
    const expected = told.sections.flatMap((one) => {
      const t = statementTotals(one, asOf)
      return [
        t.openMinor,
        ...(one.credits.length > 0 ? [-t.creditMinor] : []),
        ...(one.cash.length > 0 ? [-t.cashMinor] : []),
        t.balanceMinor,
        t.overdueMinor,
        t.disputedMinor,
        ...(one.interest.length > 0 ? [t.interestMinor] : []),
        ...t.aging.map(({ minor }) => minor),
        t.openMinor,
      ].map((minor) => toDecimal(minor, one.currency))
    })
    expect(amounts).toEqual(expected)
  })

test('what begins as a formula and comes from outside is text, wherever it stands', async () => {
  const evil = ['=HYPERLINK("http://evil.example","pay")', '+1+1', '-2+3', '@SUM(A1)', "=cmd|' /C calc'!A0"]
  const told = statement({
    customer: { code: '=1+1', name: '@evil' },
    analystName: '=2+2',
    sections: [
      section({
        items: evil.map((document, i) => item(document, i, { site: document })),
        credits: [{ document: '=3+3', issuedOn: asOf, minor: 1n }],
        cash: [{ receipt: '=4+4', receivedOn: asOf, minor: 1n }],
        promises: [{ on: asOf, minor: 1n, documents: ['=5+5', '=6'], by: '=7+7' }],
      }),
    ],
  })
  const book = await read(told)
  const [summary, items] = book.sheets
  expect(items!.rows.slice(1).map((row) => row[1])).toEqual(evil)
  expect(items!.rows.slice(1).map((row) => row[2])).toEqual(evil)
  expect(summary!.rows[1]!.slice(1)).toEqual(['=1+1', '@evil'])
  for (const sheet of book.sheets.slice(1))
    expect([...(sheet.cells?.values() ?? [])].filter((cell) => cell.formula !== undefined)).toEqual([])
  for (const cell of summary!.cells?.values() ?? [])
    if (cell.formula !== undefined) expect(cell.formula).toMatch(/^-?(SUM|SUMIFS)\(/)
})

test('equal facts give equal bytes', async () => {
  const once = await statementXlsx(full(), 'Cementos')
  expect((await statementXlsx(full(), 'Cementos')).equals(once)).toBe(true)
  expect((await statementXlsx(full({ asOf: '2026-11-26' }), 'Cementos')).equals(once)).toBe(false)
})
