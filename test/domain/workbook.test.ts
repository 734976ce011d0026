import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { type WriteSheet, writeXlsx } from 'hucre/xlsx'
import { describe, expect, it } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { readOpenItems } from '../../domain/openItemFile.ts'
import type { Profile } from '../../domain/profile.ts'
import { readReceipts } from '../../domain/receiptFile.ts'
import { ZIP_ENTRIES_MAX, zipContents } from '../../domain/zipLimits.ts'
import { GOOD, HEADER, readLines, standard } from './openItemText.ts'
import { archive, partsOf } from './zipText.ts'

/** A profile such as an ERP's export in Mexico needs. */
const erp: Profile = {
  source: 'erp',
  authority: 'source',
  encoding: 'utf-8',
  delimiter: ',',
  dateFormat: 'DD/MM/YYYY',
  decimal: '.',
  grouping: ',',
  defaults: { currency: 'MXN', kind: 'invoice' },
  columns: {
    customer: 'Cliente',
    document: 'Documento',
    original: 'Importe',
    open: 'Saldo',
    issued: 'Emisión',
    due: 'Vence',
  },
}
const made = (name: string): Uint8Array => readFileSync(shippedFile('test', 'domain', 'workbooks', name))
const HEAD = ['Cliente', 'Documento', 'Importe', 'Saldo', 'Emisión', 'Vence']
const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
const row = (document: string | number | Date): (string | number | Date)[] => [
  'C-1',
  document,
  100,
  100,
  day('2026-10-01'),
  day('2026-10-31'),
]
const write = (...sheets: WriteSheet[]): Promise<Uint8Array> => writeXlsx({ sheets })
const brief = ({ errors }: { errors: { line: number; column: string; value: string; code: string }[] }) =>
  errors.map((e) => [e.line, e.column, e.code, e.value].join('|'))

describe('a workbook is read by the profile that reads CSV', () => {
  it('written by another program: titles, blank rows, the dates of 1904, text for numbers and numbers for dates', async () => {
    const { items, errors, lines } = await readOpenItems(made('openpyxl-1904.xlsx'), erp)
    expect(errors).toEqual([])
    expect(lines).toBe(3)
    expect(
      items.map((i) => [
        i.line,
        i.customer.code,
        i.document,
        i.originalMinor,
        i.openMinor,
        i.issuedOn,
        i.dueOn,
      ]),
    ).toEqual([
      [5, '00012', '0000123', 116_050n, 116_050n, '2026-10-01', '2026-10-31'],
      [7, '00012', '124', 250_010n, 30n, '2026-10-02', '2026-11-01'],
      [8, '00013', 'F-9', 9900n, null, '2026-10-03', '2026-11-02'],
    ])
  })

  it('takes the sheet that the profile names, results of formulas, text in several styles', async () => {
    const { items, errors } = await readOpenItems(made('xlsxwriter-two-sheets.xlsx'), {
      ...erp,
      sheet: 'Sur',
    })
    expect(brief({ errors })).toEqual(['3|Importe (Sur!C3)|bad-amount|0.333333333333333'])
    expect(items.map((i) => [i.document, i.originalMinor, i.openMinor, i.issuedOn, i.dueOn])).toEqual([
      ['Sur-1', 10_000n, 5000n, '2026-02-28', '2026-03-30'],
    ])
  })

  it('gives what the same lines give as CSV', async () => {
    const bytes = await write({ name: 'x', rows: [HEADER.split(','), GOOD.split(',')] })
    expect((await readOpenItems(bytes, standard)).items).toEqual(readLines([HEADER, GOOD]).items)
  })

  it('reads receipts', async () => {
    const rows = [
      ['receipt', 'currency', 'amount', 'value_on', 'customer', 'apply_to'],
      ['R-1', 'MXN', 1234.5, day('2026-03-10'), 'C-1', 1001],
    ]
    const { receipts, errors } = await readReceipts(await write({ name: 'Pagos', rows }))
    expect(errors).toEqual([])
    expect(receipts).toEqual([
      {
        number: 'R-1',
        customer: 'C-1',
        amount: { currency: 'MXN', minor: 123_450 },
        valueOn: '2026-03-10',
        applications: [{ document: '1001' }],
      },
    ])
  })

  it('a date written as a number of eight digits is no serial number', async () => {
    const rows = [HEAD, ['C-1', 'F-1', 100, 100, 20_261_001, 20_261_031]]
    const { items } = await readOpenItems(await write({ name: 'x', rows }), {
      ...erp,
      dateFormat: 'YYYYMMDD',
    })
    expect(items.map((i) => [i.issuedOn, i.dueOn])).toEqual([['2026-10-01', '2026-10-31']])
  })

  it('writes dates and decimals in whatever format the profile says', async () => {
    for (const dateFormat of ['D-MMM-YYYY', 'M/D/YYYY', 'YYYYMMDD', 'DD.MM.YYYY'])
      for (const decimal of ['.', ','] as const) {
        const { grouping: _, ...profile } = erp
        const { items, errors } = await readOpenItems(
          await write({
            name: 'x',
            rows: [HEAD, ['C-1', 'F-1', 10.5, 0.07, day('2026-08-09'), day('2026-12-25')]],
          }),
          { ...profile, dateFormat, decimal },
        )
        expect(errors).toEqual([])
        expect(items.map((i) => [i.originalMinor, i.openMinor, i.issuedOn, i.dueOn])).toEqual([
          [1050n, 7n, '2026-08-09', '2026-12-25'],
        ])
      }
  })
})

describe('what is wrong is told by sheet, column letter, row and value', () => {
  it('cells', async () => {
    const rows = [
      HEAD,
      row('F-1'),
      row(day('2026-01-02')),
      row(1.25e19),
      ['C-1', 'F-4', 'many', 100, day('2026-10-01'), '31/31/2026'],
      ['C-1', 'F-5', 100, 100, day('2026-10-01'), null],
      ['C-1', 'PeÃ±a', 100, 100, day('2026-10-01'), day('2026-10-31')],
    ]
    expect(brief(await readOpenItems(await write({ name: 'Hoja 1', rows }), erp))).toEqual([
      '3|Documento (Hoja 1!B3)|spreadsheet-damage|02/01/2026',
      '4|Documento (Hoja 1!B4)|spreadsheet-damage|12500000000000000000',
      '5|Importe (Hoja 1!C5)|bad-amount|many',
      '5|Vence (Hoja 1!F5)|bad-date|31/31/2026',
      '6|Vence (Hoja 1!F6)|missing-value|',
      '7|Documento (Hoja 1!B7)|mojibake|PeÃ±a',
    ])
  })

  it('a formula that nobody has reckoned yet is no empty cell', async () => {
    const parts = partsOf(await write({ name: 'Hoja1', rows: [HEAD, row('F-9'), row('F-10')] }))
    const withOpen = (cell: string): Uint8Array =>
      archive({
        ...parts,
        'xl/worksheets/sheet1.xml': parts['xl/worksheets/sheet1.xml']!.replace(/<c r="D2".*?<\/c>/, cell),
      })
    for (const cell of [
      '<c r="D2"><f>C2-900</f><v></v></c>',
      '<c r="D2"><f>C2-900</f></c>',
      '<c r="D2"><f t="shared" si="0"/><v/></c>',
    ])
      expect(brief(await readOpenItems(withOpen(cell), erp))).toEqual([
        '2|Saldo (Hoja1!D2)|spreadsheet-damage|',
      ])
    const { items, errors } = await readOpenItems(withOpen('<c r="D2" t="str"><f>""</f><v></v></c>'), erp)
    expect(errors).toEqual([])
    expect(items.map((i) => i.openMinor)).toEqual([null, 10_000n])
  })

  it('a line of nothing but such formulas is a line', async () => {
    const parts = partsOf(await write({ name: 'Hoja1', rows: [HEAD, row('F-9'), row('F-10')] }))
    const sheet = parts['xl/worksheets/sheet1.xml']!.replace(
      /(?<=<row r="3".*?>).*?(?=<\/row>)/,
      '<c r="A3"><f>Datos!A3</f><v/></c><c r="B3"><f>Datos!B3</f><v/></c>',
    )
    const { errors, lines } = await readOpenItems(
      archive({ ...parts, 'xl/worksheets/sheet1.xml': sheet }),
      erp,
    )
    expect(brief({ errors })).toEqual([
      '3|Cliente (Hoja1!A3)|spreadsheet-damage|',
      '3|Documento (Hoja1!B3)|spreadsheet-damage|',
    ])
    expect(lines).toBe(2)
  })

  it('columns that are missing, with the row that should have them', async () => {
    const bytes = await write({
      name: 'Datos',
      rows: [
        ['Cliente', 'Doc'],
        ['C-1', 'F-1'],
      ],
    })
    expect(brief(await readOpenItems(bytes, erp))[0]).toBe('1|Documento (Datos!1)|missing-column|Cliente,Doc')
  })

  it('sheets: several with data, none, another than the profile says', async () => {
    const data = [HEAD, row('F-1')]
    const of = async (...sheets: WriteSheet[]) => (await readOpenItems(await write(...sheets), erp)).errors
    expect(await of({ name: 'Norte', rows: data }, { name: 'Sur', rows: data })).toMatchObject([
      { code: 'several-sheets', message: expect.stringContaining('"Norte", "Sur"') },
    ])
    expect(await of({ name: 'Norte', rows: [[null, ' ']] })).toMatchObject([{ code: 'empty-file' }])
    expect(await of({ name: 'Norte', rows: data }, { name: 'Notas', rows: [['x']], hidden: true })).toEqual(
      [],
    )
    const wanted = await readOpenItems(await write({ name: 'Norte', rows: data }), { ...erp, sheet: 'Sur' })
    expect(wanted.errors).toMatchObject([
      {
        code: 'no-such-sheet',
        message: 'the workbook has no sheet "Sur"; it has "Norte": correct `sheet` in the profile',
      },
    ])
  })
})

describe('what is no workbook, or more than that, is refused', () => {
  const refusal = async (bytes: Uint8Array): Promise<string> => {
    const { errors, items } = await readOpenItems(bytes, erp)
    expect(items).toEqual([])
    return `${errors[0]?.code}: ${errors[0]?.message}`
  }

  it('with a password', async () => {
    const bytes = await writeXlsx({
      sheets: [{ name: 'x', rows: [HEAD] }],
      encryption: { password: 'secret', spinCount: 10 },
    })
    expect(await refusal(bytes)).toBe('encrypted-file: the workbook has a password; save it without one')
  })

  it('of another kind', async () => {
    const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
    expect(await refusal(old)).toMatch(/^binary-file: .*\(\.xls\); save it as \.xlsx/)
    expect(await refusal(archive({ 'xl/workbook.bin': '' }))).toMatch(/^binary-file: .*\.xlsb/)
    expect(await refusal(archive({ 'content.xml': '' }))).toMatch(/^binary-file: .*\.ods/)
    expect(await refusal(archive({ 'word/document.xml': '' }))).toMatch(/^binary-file: .*without a workbook/)
  })

  it('damaged, wherever it is cut off', async () => {
    const whole = await write({ name: 'x', rows: [HEAD, row('F-1')] })
    for (let length = 4; length < whole.length; length += 97)
      expect(await refusal(whole.subarray(0, length))).toMatch(/^binary-file: /)
    expect(await refusal(archive({ 'xl/workbook.xml': '<workbook', '[Content_Types].xml': '<' }))).toMatch(
      /^binary-file: /,
    )
  })

  it('with too many parts, or of too much unpacked', async () => {
    const parts = Object.fromEntries(Array.from({ length: ZIP_ENTRIES_MAX + 1 }, (_, i) => [`p${i}`, '']))
    expect(await refusal(archive(parts))).toMatch(/^zip-bomb: .*more than 1,000 parts/)
    const part = { text: 'x', declared: 100 * 1024 * 1024 }
    expect(await refusal(archive({ a: part, b: part, c: part }))).toMatch(/^zip-bomb: .*more than 256 MB/)
    expect(zipContents(archive({ a: { text: 'packed', declared: 0 } }))).toEqual({
      ok: false,
      problem: 'damaged',
    })
  })

  it('a part that unpacks to more than it declares', async () => {
    const parts = partsOf(await write({ name: 'x', rows: [HEAD, row('F-1')] }))
    const sheet = parts['xl/worksheets/sheet1.xml']!
    const padded = sheet.replace('</worksheet>', `${' '.repeat(50_000_000)}</worksheet>`)
    expect(deflateRawSync(padded).length).toBeLessThan(100_000)
    const honest = archive({
      ...parts,
      'xl/worksheets/sheet1.xml': { text: padded, declared: padded.length },
    })
    expect((await readOpenItems(honest, erp)).items).toHaveLength(1)
    const bomb = archive({ ...parts, 'xl/worksheets/sheet1.xml': { text: padded, declared: 2_000 } })
    expect(await refusal(bomb)).toMatch(/^binary-file: .*limit of 2000 bytes/)
  })

  it('two cells at the far corners of a sheet', async () => {
    const parts = partsOf(await write({ name: 'x', rows: [HEAD, row('F-1')] }))
    const sheet = parts['xl/worksheets/sheet1.xml']!
    const far = sheet.replace(
      '</sheetData>',
      '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )
    expect(await refusal(archive({ ...parts, 'xl/worksheets/sheet1.xml': far }))).toMatch(/^binary-file: /)
  })

  it('entities that grow', async () => {
    const parts = partsOf(await write({ name: 'x', rows: [HEAD, row('F-1')] }))
    const lol = Array.from({ length: 12 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
    const strings = parts['xl/sharedStrings.xml']!.replace(
      /<sst/,
      `<!DOCTYPE sst [<!ENTITY l0 "lol">${lol}]><sst`,
    ).replace('C-1', '&l12;')
    const { items, errors } = await readOpenItems(archive({ ...parts, 'xl/sharedStrings.xml': strings }), erp)
    expect(JSON.stringify([errors, items.length]).length).toBeLessThan(1000)
  })
})
