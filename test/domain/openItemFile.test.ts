import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../config/paths.ts'
import { daysBetween } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import type { OpenItem } from '../../domain/openItem.ts'
import { readOpenItems } from '../../domain/openItemFile.ts'
import type { Profile } from '../../domain/profile.ts'
import {
  brief,
  bytesOf,
  GOOD,
  HEADER,
  readItems,
  readLines,
  sameItems,
  shippedProfile,
  standard,
} from './openItemText.ts'

describe('a sound file', () => {
  it('keeps leading zeros, and gives each item its line', () => {
    const { items, errors, lines } = readLines([HEADER, GOOD, '', '0010,00020,MXN,1.5,2026-01-01,2026-01-01'])
    expect(errors).toEqual([])
    expect(lines).toBe(2)
    expect(
      items.map(({ line, customer, document, originalMinor }) => [
        line,
        customer.code,
        document,
        originalMinor,
      ]),
    ).toEqual([
      [2, '007', '0001', 10000n],
      [4, '0010', '00020', 150n],
    ])
  })

  it('says nothing of what it has no column for', () => {
    expect(readLines([HEADER, GOOD]).items[0]).toEqual({
      line: 2,
      customer: { code: '007' },
      document: '0001',
      tranche: '1',
      kind: 'invoice',
      currency: 'MXN',
      originalMinor: 10000n,
      openMinor: null,
      issuedOn: '2026-01-01',
      dueOn: '2026-01-31',
      presentedOn: null,
      site: null,
      siteEmail: null,
      orderNumber: null,
    })
  })

  it('reads every column of the standard profile', () => {
    const header = Object.values(standard.columns).join(',')
    const line =
      'C1,"Peña, S.A.",F1,2,credit_note,USD,-10.00,-4.00,2026-01-01,2026-01-31,2026-01-05,Torre,obra@x.mx,P9,mayoreo,norte,en,America/Tijuana,"tue,thu",ana,C2,Juan,juan@x.mx,+52 81,,,,,,,2,,,,'
    const { items, errors } = readLines([header, line])
    expect(errors).toEqual([])
    expect(items[0]).toMatchObject({
      customer: {
        code: 'C1',
        name: 'Peña, S.A.',
        segment: 'mayoreo',
        branch: 'norte',
        language: 'en',
        timeZone: 'America/Tijuana',
        reviewDays: 'tue,thu',
        analyst: 'ana',
        payer: 'C2',
        contactName: 'Juan',
        email: 'juan@x.mx',
        phone: '+52 81',
        brokenPromises: '2',
      },
      tranche: '2',
      kind: 'credit_note',
      originalMinor: -1000n,
      openMinor: -400n,
      presentedOn: '2026-01-05',
      site: 'Torre',
      siteEmail: 'obra@x.mx',
      orderNumber: 'P9',
    })
  })

  it('may end its lines in any way, and the last one not at all', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      sameItems(readItems(bytesOf([HEADER, GOOD].join(end)), standard), [HEADER, GOOD])
      sameItems(readItems(bytesOf([HEADER, GOOD, ',,,,,', '', ''].join(end)), standard), [HEADER, GOOD])
    }
  })

  it('counts physical lines, also after fields of several lines', () => {
    const { items, errors } = readLines([
      `${HEADER},note`,
      `${GOOD},"one\r\ntwo\nthree"`,
      '007,0002,MXN,100.00,2026-01-01,2026-01-31,x',
      '007,0003,MXN,100.00,2026-01-01,oops,x',
    ])
    expect(items.map(({ line }) => line)).toEqual([2, 5])
    expect(brief(errors)).toEqual(['6 due bad-date'])
  })

  it('may start with a byte order mark', () => {
    sameItems(readItems(bytesOf(`\ufeff${HEADER}\n${GOOD}\n`), standard), [HEADER, GOOD])
  })

  it('may be of any declared encoding', () => {
    const lines = [`${HEADER},customer_name`, `${GOOD},Peña “Ñandú”`]
    const text = `${lines.join('\n')}\n`
    const windows = Buffer.from(text.replace('“', '\u0093').replace('”', '\u0094'), 'latin1')
    sameItems(readItems(windows, { ...standard, encoding: 'windows-1252' }), lines)
    sameItems(readItems(bytesOf(`\ufeff${text}`, 'utf16le'), { ...standard, encoding: 'utf-16le' }), lines)
    sameItems(readItems(bytesOf(text, 'utf16le'), { ...standard, encoding: 'utf-16le' }), lines)
    const plain = [`${HEADER},customer_name`, `${GOOD},Peña`]
    const latin = bytesOf(`${plain.join('\n')}\n`, 'latin1')
    sameItems(readItems(latin, { ...standard, encoding: 'iso-8859-1' }), plain)
  })

  it('may have any further columns', () => {
    expect(readLines([`x,${HEADER},x`, `1,${GOOD},2`]).items).toHaveLength(1)
  })

  it('is read in the source’s own words, dates, amounts and signs', () => {
    const sap: Profile = {
      ...standard,
      delimiter: ';',
      dateFormat: 'DD.MM.YYYY',
      decimal: ',',
      grouping: '.',
      creditSign: 'positive',
      defaults: { currency: 'MXN', language: 'es-MX', branch: 'norte' },
      columns: {
        customer: 'Deudor',
        document: 'Doc.',
        kind: 'Clase',
        original: 'Importe',
        issued: 'Fecha',
        due: 'Vence',
      },
      kinds: { RV: 'invoice', DG: 'credit_note' },
      optionalColumns: [],
    }
    const { items, errors } = readLines(
      [
        'Deudor;Doc.;Clase;Importe;Fecha;Vence',
        '1;A;RV;1.234,50;01.02.2026;03.04.2026',
        '1;B;DG;34,50;01.02.2026;01.02.2026',
      ],
      sap,
    )
    expect(errors).toEqual([])
    expect(items.map(({ kind, originalMinor, dueOn }) => [kind, originalMinor, dueOn])).toEqual([
      ['invoice', 123450n, '2026-04-03'],
      ['credit_note', -3450n, '2026-02-01'],
    ])
    expect(items[0]?.customer).toEqual({ code: '1', language: 'es-MX', branch: 'norte' })
  })

  it('describes a customer once, with all that its lines say', () => {
    const { items } = readLines(
      [`${HEADER},customer_name,language`, `${GOOD},,`, '007,0002,MXN,1,2026-01-01,2026-01-01,Peña,en'],
      { ...standard, defaults: { kind: 'invoice', language: 'es-MX', branch: 'norte' } },
    )
    expect(items.map(({ customer }) => customer)).toEqual(
      Array(2).fill({ code: '007', name: 'Peña', language: 'en', branch: 'norte' }),
    )
  })

  it('may hold an item of which nothing is open', () => {
    const { items } = readLines([`${HEADER},open`, `${GOOD},0.00`])
    expect(items[0]?.openMinor).toBe(0n)
  })

  it('of a hundred thousand lines is read in seconds', () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `${i % 900},${i},MXN,12345.67,2026-01-01,2026-02-01`,
    )
    expect(readLines([HEADER, ...lines]).items).toHaveLength(100_000)
  })
})

describe('a file that is not the CSV it should be', () => {
  const codes = (bytes: Uint8Array, profile: Profile = standard): string[] =>
    brief(readItems(bytes, profile).errors)
  const text = `${HEADER},customer_name\n${GOOD},Peña\n`
  const declared = (encoding: Profile['encoding']): Profile => ({ ...standard, encoding })
  const first = (bytes: Uint8Array, profile: Profile = standard): string =>
    readItems(bytes, profile).errors[0]?.message ?? ''

  it('because it is empty', () => {
    expect(codes(new Uint8Array())).toEqual(['0 empty-file'])
    expect(codes(bytesOf(' \r\n\n'))).toEqual(['0 empty-file'])
    expect(codes(bytesOf('\ufeff'))).toEqual(['0 empty-file'])
    expect(codes(bytesOf(`${HEADER}\n,,,,,\n`))).toEqual(['0 empty-file'])
  })

  it('but a header alone is none where it may be', async () => {
    const read = (text: string) => readOpenItems(bytesOf(text), standard, true)
    expect(await read(`${HEADER}\n`)).toEqual({ items: [], errors: [], lines: 0 })
    expect((await read('')).errors).toMatchObject([{ code: 'empty-file' }])
    expect((await read('customer,document\n')).errors[0]).toMatchObject({ code: 'missing-column' })
  })

  it('because it is a workbook, an archive, a PDF or a web page', () => {
    expect(first(bytesOf('PK\x03\x04\x14\0', 'latin1'))).toContain('Excel workbook (.xlsx)')
    expect(first(bytesOf('\xd0\xcf\x11\xe0\xa1\xb1', 'latin1'))).toContain('old Excel workbook')
    expect(first(bytesOf('%PDF-1.7\n'))).toContain('a PDF')
    expect(first(bytesOf('\x1f\x8b\x08', 'latin1'))).toContain('gzip')
    expect(first(bytesOf('<html><table><tr><td>customer</td></tr></table>'))).toContain('HTML')
    expect(first(bytesOf('\x01\x02\x03\x04\x05\x06abc'))).toContain('binary')
    expect(codes(bytesOf('%PDF-1.7\n'))).toEqual(['0 binary-file'])
  })

  it('because it is UTF-16, and then says what to declare', () => {
    expect(first(bytesOf(`\ufeff${text}`, 'utf16le'))).toContain('declare `encoding: utf-16le`')
    expect(first(bytesOf(text, 'utf16le'))).toContain('declare `encoding: utf-16le`')
    expect(first(bytesOf('\xfe\xff\0c', 'latin1'))).toContain('export it as UTF-8')
    expect(codes(bytesOf(text), declared('utf-16le'))).toEqual(['0 wrong-encoding'])
  })

  it('because it is UTF-8 and declared as something older', () => {
    expect(first(bytesOf(text), declared('windows-1252'))).toContain('declare `encoding: utf-8`')
    expect(codes(bytesOf(text), declared('iso-8859-1'))).toEqual(['2 wrong-encoding'])
    expect(codes(bytesOf('\ufeffa'), declared('windows-1252'))).toEqual(['0 wrong-encoding'])
  })

  it('because it is windows-1252 and declared as ISO 8859-1', () => {
    expect(codes(bytesOf(`${HEADER},n\n${GOOD},\x93\xd1\x94\n`, 'latin1'), declared('iso-8859-1'))).toEqual([
      '2 wrong-encoding',
    ])
  })

  it('because bytes are not of the declared encoding, each told with its line and column', () => {
    expect(codes(bytesOf(text, 'latin1'))).toEqual(['2 customer_name not-utf8'])
    expect(readItems(bytesOf(text, 'latin1'), standard).errors[0]?.value).toBe('Pe\\u{fffd}a')
    expect(codes(bytesOf(`${HEADER},note\n${GOOD},\x81\xe9\n`, 'latin1'), declared('windows-1252'))).toEqual([
      '2 note wrong-encoding',
    ])
    expect(codes(bytesOf(`\ufeff${text}`, 'utf16le').slice(0, -1), declared('utf-16le'))).toContain(
      '2 customer_name wrong-encoding',
    )
  })

  it('because it was converted twice, or lost letters in a conversion', () => {
    expect(codes(bytesOf(text.replace('ñ', 'Ã±')))).toEqual(['2 customer_name mojibake'])
    expect(codes(bytesOf(text.replace('ñ', 'â€™')))).toEqual(['2 customer_name mojibake'])
    expect(codes(bytesOf(text.replace('ñ', '\ufffd')))).toEqual(['2 customer_name mojibake'])
    for (const name of ['JOÃO', 'IRMÃ', '«JOSÉ»', 'Ângela', 'Peña'])
      expect(codes(bytesOf(text.replace('Peña', name))), name).toEqual([])
  })

  it('and a fault of the whole file is told once', () => {
    const many = Array.from({ length: 500 }, (_, i) => `007,${i},MXN,1,2026-01-01,2026-01-01,Peña`)
    const { errors, lines } = readItems(
      bytesOf([`${HEADER},customer_name`, ...many].join('\n'), 'latin1'),
      standard,
    )
    expect(brief(errors)).toEqual(['2 customer_name not-utf8'])
    expect(errors[0]?.message).toContain('500 in all')
    expect(lines).toBe(500)
  })

  it('because of a NUL byte', () => {
    const { errors } = readLines([HEADER, GOOD, '007,00\u0000 2,MXN,1,2026-01-01,2026-01-01'])
    expect(brief(errors)).toEqual(['3 document nul-byte'])
    expect(errors[0]?.value).toBe('00\\u{0} 2')
  })
})

describe('a header', () => {
  it('that lacks needed columns is refused with all of them', () => {
    expect(brief(readLines(['customer,document,issued', '1,2,3']).errors)).toEqual([
      '1 currency missing-column',
      '1 original missing-column',
      '1 due missing-column',
    ])
  })

  it('with almost the right name is told so, even for an optional column', () => {
    const { errors } = readLines([`${HEADER},Open`, `${GOOD},50`])
    expect(brief(errors)).toEqual(['1 open missing-column'])
    expect(errors[0]?.message).toContain('the file has "Open"')
  })

  it('with the same name twice is refused', () => {
    expect(brief(readLines([`${HEADER},due`, `${GOOD},2026-02-01`]).errors)).toEqual([
      '1 due duplicate-header',
    ])
  })

  it('that is one field tells which delimiter it has', () => {
    const { errors } = readLines([HEADER.replaceAll(',', ';'), GOOD.replaceAll(',', ';')])
    expect(brief(errors)).toEqual(['1 wrong-delimiter'])
    expect(errors[0]?.message).toContain('delimiter: ";"')
  })

  it('with a broken quote ends the reading', () => {
    expect(brief(readLines([`"${HEADER}`, GOOD]).errors)).toContain('1 unclosed-quote')
    expect(readLines([`"${HEADER}`, GOOD]).items).toEqual([])
  })
})

// The data isn't ours to ship; it stands beside the package where it is checked.
const ibmFile = join(packageRoot, '..', 'shared', 'data', 'open-items', 'ibm-ar.csv')

describe.runIf(existsSync(ibmFile))('the sample data of IBM', () => {
  const bytes = existsSync(ibmFile) ? new Uint8Array(readFileSync(ibmFile)) : new Uint8Array()
  const file = readItems(bytes, shippedProfile('ibm-ar'))

  it('is read whole: 2,466 invoices of 100 customers, leading zeros kept', () => {
    expect(file.errors).toEqual([])
    expect([
      file.items.length,
      file.lines,
      new Set(file.items.map(({ customer }) => customer.code)).size,
    ]).toEqual([2466, 2466, 100])
    expect(file.items[0]).toMatchObject({
      document: '0000611365',
      issuedOn: '2013-01-02',
      dueOn: '2013-02-01',
      originalMinor: 5594n,
    })
    expect(file.items.every(({ document }) => /^\d{10}$/.test(document))).toBe(true)
  })

  it('ages as its truth table says: due today is current', () => {
    // When an invoice was settled isn't a column of open items: read as a presentation day, by a profile of the test.
    const profile = shippedProfile('ibm-ar')
    const settled = readItems(bytes, {
      ...profile,
      columns: { ...profile.columns, presented: 'SettledDate' },
    })
    expect(settled.errors).toEqual([])
    expect([
      aged(settled.items, '2012-09-30'),
      aged(settled.items, '2013-01-31'),
      aged(settled.items, '2013-06-30'),
    ]).toEqual([
      ['104 / 6029.22', '94 / 5416.55', '9 / 542.72', '1 / 69.95'],
      ['94 / 5846.87', '79 / 4820.19', '14 / 940.29', '1 / 86.39'],
      ['84 / 5119.85', '72 / 4284.29', '12 / 835.56', '0 / 0.00'],
    ])
  })
})

/** Open, current, 1–30 and 31–60 days late of the items open on the day: number / amount. */
function aged(items: OpenItem[], asOf: string): string[] {
  const open = items.filter(({ issuedOn, presentedOn }) => issuedOn <= asOf && asOf < (presentedOn ?? ''))
  const sum = (some: OpenItem[]): string =>
    `${some.length} / ${toDecimal(
      some.reduce((total, { originalMinor }) => total + originalMinor, 0n),
      'USD',
    )}`
  const late = (from: number, to: number): OpenItem[] =>
    open.filter(({ dueOn }) => daysBetween(dueOn, asOf) >= from && daysBetween(dueOn, asOf) <= to)
  return [sum(open), sum(late(-10_000, 0)), sum(late(1, 30)), sum(late(31, 60))]
}
