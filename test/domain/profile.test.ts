import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { shippedFile } from '../../config/paths.ts'
import { dateReader } from '../../domain/dateFormat.ts'
import {
  PROFILE_FIELDS,
  type Profile,
  parseProfile,
  profileErrorText,
  profileSchema,
} from '../../domain/profile.ts'

const shipped = (name: string): string =>
  readFileSync(shippedFile('config', 'profiles', `${name}.yaml`), 'utf8')

const profileOf = (text: string): Profile => {
  const parsed = parseProfile(text, 'test.yaml')
  if (!parsed.ok) throw new Error(parsed.errors.map(profileErrorText).join('\n'))
  return parsed.profile
}

const complaints = (text: string): string[] => {
  const parsed = parseProfile(text, 'test.yaml')
  return parsed.ok ? [] : parsed.errors.map(profileErrorText)
}

const SAP = `source: sap
authority: source
encoding: windows-1252
delimiter: ";"
dateFormat: DD.MM.YYYY
decimal: ","
grouping: "."
company: MX01
defaults:
  currency: MXN
  timeZone: America/Mexico_City
columns:
  customer: Deudor
  document: Documento
  kind: Clase
  original: Importe
  issued: Fecha
  due: Vencimiento
kinds:
  RV: invoice
  DG: credit_note
creditSign: negative
`

/** The complaints about SAP's profile with one line replaced. */
const changed = (from: string, to: string): string[] => {
  if (!SAP.includes(from)) throw new Error(`${from} is not in the profile`)
  return complaints(SAP.replace(from, to))
}

describe('the profiles that are shipped', () => {
  it('standard names every field that can be read, by Cartera’s own name', () => {
    const { columns, optionalColumns } = profileOf(shipped('standard'))
    expect(columns).toEqual(Object.fromEntries(PROFILE_FIELDS.map((field) => [field, field])))
    const needed = PROFILE_FIELDS.filter((field) => !optionalColumns?.includes(field))
    expect(needed).toEqual(['customer', 'document', 'currency', 'original', 'issued', 'due'])
  })

  it('ibm-ar reads American dates and takes all amounts as US dollars', () => {
    const profile = profileOf(shipped('ibm-ar'))
    expect(profile).toMatchObject({
      dateFormat: 'M/D/YYYY',
      decimal: '.',
      defaults: { currency: 'USD', kind: 'invoice' },
    })
  })
})

describe('a profile', () => {
  it('is read as it is written', () => {
    expect(profileOf(SAP)).toEqual(parse(SAP))
  })

  it('survives being written and read again', () => {
    const profile = profileOf(SAP)
    expect(profileOf(stringify(profile))).toEqual(profile)
    expect(profileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile)
  })

  it('with a setting that nobody knows is refused where it stands', () => {
    expect(changed('decimal: ","', 'decimal: ","\ndecimals: 2')).toEqual([
      'test.yaml:7:1: decimals: is not a setting of a profile; check its spelling',
    ])
    expect(changed('  due: Vencimiento', '  due: Vencimiento\n  due_date: Vencimiento')).toEqual([
      'test.yaml:19:3: columns.due_date: is not a setting of a profile; check its spelling',
    ])
    expect(changed('  currency: MXN', '  currency: MXN\n  colour: red')[0]).toContain(
      'test.yaml:11:3: defaults.colour',
    )
  })

  it('with a wrong value is refused with its line and path', () => {
    expect(changed('encoding: windows-1252', 'encoding: ebcdic')[0]).toMatch(
      /^test\.yaml:3:1: encoding: .*"utf-8"/,
    )
    expect(changed('  RV: invoice', '  RV: bill')[0]).toMatch(/^test\.yaml:20:3: kinds\.RV: /)
    expect(changed('  currency: MXN', '  currency: PESO')[0]).toMatch(
      /^test\.yaml:10:3: defaults\.currency: .*ISO 4217/,
    )
    expect(changed('America/Mexico_City', 'CDMX')[0]).toMatch(/^test\.yaml:11:3: defaults\.timeZone: /)
    expect(changed('  customer: Deudor', '  customer: 12')[0]).toMatch(
      /^test\.yaml:13:3: columns\.customer: /,
    )
    expect(changed('source: sap', 'source:')[0]).toMatch(/^test\.yaml:1:1: source: /)
  })

  it('without something that is needed is refused where it should stand', () => {
    expect(changed('  due: Vencimiento\n', '')[0]).toMatch(/^test\.yaml:12:1: columns\.due: /)
    expect(changed('authority: source\n', '')[0]).toMatch(/^test\.yaml:1:1: authority: /)
    expect(changed('  currency: MXN\n', '')[0]).toMatch(/^test\.yaml:11:1: columns: .*defaults\.currency/)
    expect(changed('  kind: Clase\n', '').join('\n')).toMatch(/defaults\.kind[\s\S]*needs columns\.kind/)
  })

  it('all of whose faults are told at once, in the order of the file', () => {
    const lines = complaints('source: x\nauthority: bank\nencoding: utf-8\ndelimiter: "#"\ncolumns: {}\n')
    expect(lines.length).toBeGreaterThan(5)
    const numbers = lines.map((line) => Number(line.split(':')[1]))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  })

  it('that contradicts itself is refused', () => {
    expect(changed('grouping: "."', 'grouping: ","')[0]).toContain(
      'grouping: must differ from the decimal mark',
    )
    expect(changed('creditSign: negative', 'optionalColumns: [site]')[0]).toContain(
      'site is not among the columns',
    )
    expect(changed('creditSign: negative', 'optionalColumns: [due]')[0]).toContain(
      'due is needed in every file',
    )
  })

  it('that is no YAML, or not the YAML of a profile, is refused with its line', () => {
    expect(complaints('source: x\nkinds: [a\n')[0]).toMatch(/^test\.yaml:[23]:/)
    expect(complaints('source: a\nsource: b\n')[0]).toMatch(/^test\.yaml:2:1: .*unique/i)
    expect(complaints('')).toHaveLength(1)
    expect(complaints('- a\n- b\n')).toHaveLength(1)
    expect(complaints('source: *nowhere\n')[0]).toMatch(/^test\.yaml:1:/)
  })
})

describe('a date format', () => {
  const read = (format: string, text: string): string | null | undefined => dateReader(format)?.(text)

  it('reads exactly what it shows', () => {
    expect(read('YYYY-MM-DD', '2026-03-04')).toBe('2026-03-04')
    expect(read('DD/MM/YYYY', '04/03/2026')).toBe('2026-03-04')
    expect(read('M/D/YYYY', '3/4/2026')).toBe('2026-03-04')
    expect(read('M/D/YYYY', '03/04/2026')).toBe('2026-03-04')
    expect(read('D.M.YYYY', '4.3.2026')).toBe('2026-03-04')
    expect(read('YYYYMMDD', '20260304')).toBe('2026-03-04')
    expect(read('YYYY年M月D日', '2026年3月4日')).toBe('2026-03-04')
  })

  it('takes month names in English and Spanish, in any case', () => {
    expect(
      ['04-ene-2026', '04-JAN-2026', '04-Dic-2026', '04-aug-2026', '04-AGO-2026'].map((text) =>
        read('DD-MMM-YYYY', text),
      ),
    ).toEqual(['2026-01-04', '2026-01-04', '2026-12-04', '2026-08-04', '2026-08-04'])
    expect(read('DD-MMM-YYYY', '04-xyz-2026')).toBeNull()
  })

  it('refuses other separators, missing zeros, days that do not exist and anything behind', () => {
    for (const text of [
      '4/03/2026',
      '04-03-2026',
      '04/03/26',
      '31/02/2026',
      '04/13/2026',
      '04/03/2026 00:00',
      '',
    ])
      expect(read('DD/MM/YYYY', text), text).toBeNull()
    expect(read('D.M.YYYY', '4x3x2026')).toBeNull()
  })

  it('that could be read in two ways, or lacks a part, is none', () => {
    for (const format of [
      'MDYYYY',
      'YYYYMD',
      'DD/MM/YY',
      'DD/MM',
      'YYYY-MM-DD-DD',
      'YYYY-MM-DDTHH',
      'date',
      '',
    ])
      expect(dateReader(format), format).toBeNull()
  })
})
