import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { barWidths } from '../../activities/documents/agingPicture.ts'
import { statementPdf } from '../../activities/documents/statementPdf.ts'
import { readLook } from '../../config/lookFile.ts'
import { shippedFile } from '../../config/paths.ts'
import { formatMoney, toDecimal } from '../../domain/money.ts'
import { statementTotals } from '../../domain/statement.ts'
import { readPdf } from './readPdf.ts'
import { asOf, full, item, long, look, section, sender, statement } from './statements.ts'

const shipped = readLook(shippedFile('config', 'look.yaml'))
const flat = (pages: string[][]) => pages.flat().join('\n')

test('everything that a statement says, in Spanish, accents and all', async () => {
  const { pages, title, size } = await readPdf(await statementPdf(full(), sender, shipped))
  const said = flat(pages)
  expect(size).toEqual([612, 792])
  expect(title).toBe('Estado de cuenta C-0045 2026-11-25')
  for (const line of [
    'Cementos del Norte, S.A. de C.V.',
    'Distribuidora Ñandú y Hermanos',
    'María José Íñiguez',
    'Documentos por pagar\t$19,845.67 MXN',
    'Menos saldos a su favor\t-$250.50 MXN',
    'Menos pagos recibidos, aún no aplicados\t-$200.00 MXN',
    'Saldo neto\t$19,395.17 MXN',
    'Vencido\t$16,845.67 MXN',
    'F-20001\tTorre Ámbar\t14 jul 2026\t13 ago 2026\t104\t$2,000.00\t$1,500.00\tEn aclaración: $120.00',
    'Total\t$19,845.67',
    'NC-77\t3 nov 2026\t$250.50',
    'R-9001\t20 nov 2026\t$200.00',
    'F-20001\tPrecio o descuento\t12 nov 2026\t$120.00',
    '4 dic 2026\tF-20012\tSra. Peña\t$6,000.00',
    '18 dic 2026\tF-20012\tSra. Peña\t$6,345.67',
    'Intereses y cargos a la fecha (no incluidos)\t$137.33 MXN',
    'F-19987\t31 jul 2026\t$33.33',
    'ANT-5\t10 nov 2026\t$5,000.00',
    'Importes en USD',
    'CLABE 012 580 00123456789 7',
    'Ref. C-0045',
    'Página 1 de 3',
  ])
    expect(pages.flat()).toContainEqual(expect.stringContaining(line))
  expect(said).toContain('Antigüedad de saldos')
  expect(said).toContain('$1,500.00\t$1,500.00\t$12,345.67\t$1,500.00\t$1,500.00\t$1,500.00')
  expect(said).toContain('7.6%\t7.6%\t62.2%')
})

test('the same in English on A4', async () => {
  const { pages, size } = await readPdf(
    await statementPdf(full({ language: 'en' }), sender, { ...shipped, paper: 'A4' }),
  )
  expect(size).toEqual([595, 842])
  for (const line of [
    'Statement of account',
    'Net balance\t$19,395.17 MXN',
    'Page 1 of 2',
    'Agreed payments',
  ])
    expect(pages.flat()).toContainEqual(expect.stringContaining(line))
})

for (const [language, paper, of] of [
  ['es-MX', 'Letter', /Página (\d+) de (\d+)$/],
  ['en', 'A4', /Page (\d+) of (\d+)$/],
] as const)
  test(`five hundred items on ${paper} in ${language}: every page has its heads and number, every item is there once, the total is the ledger's`, async () => {
    const told = long(500, { language })
    const { pages } = await readPdf(await statementPdf(told, sender, look({ paper })))
    expect(pages.length).toBeGreaterThan(10)
    for (const [index, lines] of pages.entries()) {
      expect(lines.at(-1)).toMatch(of)
      expect(of.exec(lines.at(-1)!)!.slice(1).map(Number)).toEqual([index + 1, pages.length])
      expect(lines.filter((line) => /^(Documento|Document)\t(Emisión|Issued)/.test(line))).toHaveLength(1)
      if (index > 0) expect(lines[0]).toContain('Distribuidora Ñandú y Hermanos (C-0045)')
    }
    const rows = pages.flat().filter((line) => /^F-3\d{4}\t/.test(line))
    expect(rows.map((row) => row.split('\t')[0])).toEqual(told.sections[0]!.items.map((i) => i.document))
    const open = rows.map((row) => /\$[\d,.]+\t(\$[\d,.]+)/.exec(row)![1]!.replace(/[$,]/g, ''))
    const cents = open.reduce((sum, amount) => sum + Math.round(Number(amount) * 100), 0)
    const { openMinor } = statementTotals(told.sections[0]!, asOf)
    expect(BigInt(cents)).toBe(openMinor)
    const total = pages.flat().find((line) => line.startsWith('Total\t'))!
    expect(total.replace(/[^\d.]/g, '')).toBe(toDecimal(openMinor, 'MXN'))
  })

test('of thousands of items the oldest two thousand are listed, the rest is counted, and the totals are of all', async () => {
  const told = long(2_100)
  const { pages } = await readPdf(await statementPdf(told, sender, look()))
  const lines = pages.flat()
  const { items } = told.sections[0]!
  expect(lines.filter((line) => /^F-3\d{4}\t/.test(line))).toHaveLength(2_000)
  const rest = items.slice(2_000).reduce((sum, i) => sum + i.openMinor, 0n)
  const amount = (minor: bigint) => formatMoney(minor, 'MXN', 'es-MX')
  expect(lines.join(' ')).toContain(`y 100 documentos más por ${amount(rest)} MXN`)
  expect(lines).toContain(`Total\t${amount(items.reduce((sum, i) => sum + i.openMinor, 0n))}`)
})

test('no name, however long and without blanks, pushes an amount off the page', async () => {
  const long = `DOC-${'1234567890'.repeat(6)}`
  const bytes = await statementPdf(
    statement({
      customer: { code: 'C'.repeat(60), name: 'X'.repeat(90) },
      sections: [
        section({
          items: [
            item(long, 12, {
              site: 'Fraccionamiento Residencial Las Lomas del Poniente',
              openMinor: 12_345_678_901n,
            }),
          ],
        }),
      ],
    }),
    sender,
    shipped,
  )
  const { pages } = await readPdf(bytes)
  const rightmost = await rightEdge(bytes)
  expect(rightmost).toBeLessThanOrEqual(612 - 39)
  expect(flat(pages)).toContain('$123,456,789.01')
})

test('nothing open is said, and still where to pay', async () => {
  const { pages } = await readPdf(await statementPdf(statement({ sections: [] }), sender, shipped))
  expect(flat(pages)).toContain('no tiene saldos por pagar ni a su favor')
  expect(flat(pages)).toContain('CLABE 012')
})

test('equal facts give equal bytes; another day, another amount or another look doesn’t', async () => {
  const of = async (...[changes, by]: [Parameters<typeof full>[0]?, typeof shipped?]) =>
    (await statementPdf(full(changes), sender, by ?? shipped)).toString('base64')
  const first = await of()
  expect(await of()).toBe(first)
  expect(await of({ asOf: '2026-11-26' })).not.toBe(first)
  expect(await of({}, { ...shipped, colours: { ...shipped.colours, accent: '#004000' } })).not.toBe(first)
})

test('the bar of ages is whole, and the smallest share is still seen', () => {
  const widths = barWidths([1n, 0n, 999_999n], 500)
  expect(widths.reduce((sum, w) => sum + w, 0)).toBeCloseTo(500)
  expect(widths[0]).toBeGreaterThan(1)
  expect(widths[1]).toBe(0)
})

test('a look with a mistake says where; a logo may be SVG or PNG and is there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-look-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const file = (text: string) => {
    writeFileSync(join(dir, 'look.yaml'), text)
    return join(dir, 'look.yaml')
  }
  const why = (path: string) => {
    try {
      readLook(path)
      return 'read'
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(why(file('paper: A5\nbank_reference: x\n'))).toMatch(/look\.yaml:1:1: paper: /)
  expect(why(file('paper: A4\n'))).toMatch(/bank_reference/)
  expect(why(file('bank_reference: x\ncolours: { accent: blue }\n'))).toMatch(
    /look\.yaml:2:\d+: colours\.accent: must be a colour/,
  )
  expect(why(file('bank_reference: x\nlogo: gone.svg\n'))).toMatch(/logo: .*gone\.svg/)
  expect(why(file('bank_reference: x\nlogo: look.yaml\n'))).toMatch(/not an SVG, PNG or JPEG/)
  expect(why(join(dir, 'nowhere.yaml'))).toMatch(/nowhere\.yaml/)
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
  writeFileSync(join(dir, 'logo.png'), Buffer.from(png, 'base64'))
  const withPng = readLook(file('bank_reference: x\nlogo: logo.png\n'))
  const bytes = await statementPdf(statement(), sender, withPng)
  expect(bytes.includes('/Subtype /Image')).toBe(true)
  expect((await statementPdf(statement(), sender, look())).includes('/Subtype /Image')).toBe(false)
})

async function rightEdge(bytes: Uint8Array): Promise<number> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const { items } = await (await document.getPage(1)).getTextContent()
  await document.destroy()
  return Math.max(
    ...items.map((part) =>
      'str' in part && part.str.trim() !== '' ? (part.transform[4] as number) + part.width : 0,
    ),
  )
}
