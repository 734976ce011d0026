import { describe, expect, it } from 'vitest'
import type { LineError } from '../../domain/openItem.ts'
import type { Profile } from '../../domain/profile.ts'
import {
  brief,
  bytesOf,
  complaints,
  GOOD,
  HEADER,
  readItems,
  readLines,
  standard,
  withColumn,
} from './openItemText.ts'

describe('a line', () => {
  it('with too few or too many fields is refused, the others are read', () => {
    const { items, errors, lines } = readLines([
      HEADER,
      GOOD,
      '007,0002,MXN',
      `${GOOD},extra`,
      GOOD.replace('0001', '0003'),
    ])
    expect(brief(errors)).toEqual(['3 wrong-field-count', '4 wrong-field-count'])
    expect(items.map(({ line }) => line)).toEqual([2, 5])
    expect(lines).toBe(4)
  })

  it('that is the last and short in a file without final line end was cut off', () => {
    expect(brief(readItems(bytesOf(`${HEADER}\n${GOOD}\n007,0002,MX`), standard).errors)).toEqual([
      '3 truncated',
    ])
  })

  it('whose quote is never closed does not hide the lines after it', () => {
    const { items, errors } = readLines([
      HEADER,
      '007,"0002,MXN,1,2026-01-01,2026-01-01',
      GOOD,
      '007,0003,MXN,x,2026-01-01,2026-01-01',
    ])
    expect(brief(errors)).toEqual(['2 unclosed-quote', '4 original bad-amount'])
    expect(items.map(({ line }) => line)).toEqual([3])
  })

  it('with a quote inside an unquoted field, or text behind a quoted one, is refused', () => {
    expect(complaints('007,1/2" pipe,MXN,1,2026-01-01,2026-01-01')).toEqual(['3 stray-quote'])
    expect(complaints('007,"0002"x,MXN,1,2026-01-01,2026-01-01')).toEqual(['3 unclosed-quote'])
    expect(complaints('007,"1/2"" pipe",MXN,1,2026-01-01,2026-01-01')).toEqual([])
  })

  it('without a needed value is refused, blanks are no value', () => {
    expect(complaints(' ,\u00a0,,,,')).toEqual([])
    expect(complaints('007, ,MXN,,,2026-01-01')).toEqual([
      '3 document missing-value',
      '3 original missing-value',
      '3 issued missing-value',
    ])
    expect(complaints('Total,,,100.00,,')).toEqual([
      '3 document missing-value',
      '3 currency missing-value',
      '3 issued missing-value',
      '3 due missing-value',
    ])
  })

  it('with a date that does not exist, or is written otherwise, is refused', () => {
    expect(complaints('007,2,MXN,1,2026-02-29,2026-03-01')).toEqual(['3 issued bad-date'])
    expect(complaints('007,2,MXN,1,2026-01-01,31/01/2026')).toEqual(['3 due bad-date'])
    expect(complaints('007,2,MXN,1,2026-01-01,9999-12-31')).toEqual(['3 due bad-date'])
    const { errors } = readLines([HEADER, GOOD, '007,2,MXN,1,2026-01-01,31/01/2026'])
    expect(errors[0]?.message).toContain('it would be one as D/M/YYYY')
  })

  it('that falls due before it was issued, or was accepted before, is refused', () => {
    expect(complaints('007,2,MXN,1,2026-01-02,2026-01-01')).toEqual(['3 due due-before-issued'])
    expect(withColumn('presented', '2025-12-31')).toEqual(['3 presented presented-before-issued'])
  })

  it('with an amount that is none, zero, or too precise is refused', () => {
    for (const amount of ['abc', '1e3', '$1', '1.234', '99999999999999999', '"1,234.00"', 'NaN'])
      expect(complaints(`007,2,MXN,${amount},2026-01-01,2026-01-01`), amount).toEqual([
        '3 original bad-amount',
      ])
    expect(complaints('007,2,MXN,0.00,2026-01-01,2026-01-01')).toEqual(['3 original zero-amount'])
    expect(complaints('007,2,JPY,1.50,2026-01-01,2026-01-01')).toEqual(['3 original bad-amount'])
  })

  it('with a currency that is none is refused', () => {
    expect(complaints('007,2,mxn,1,2026-01-01,2026-01-01')).toEqual(['3 currency unknown-currency'])
    expect(complaints('007,2,PESOS,1,2026-01-01,2026-01-01')).toEqual(['3 currency unknown-currency'])
  })

  it('whose sign contradicts its kind is refused', () => {
    const kinds = [
      `${HEADER},kind,open`,
      '007,1,MXN,-1,2026-01-01,2026-01-01,invoice,',
      '007,2,MXN,1,2026-01-01,2026-01-01,credit_note,',
    ]
    expect(brief(readLines([...kinds, '007,3,MXN,5,2026-01-01,2026-01-01,invoice,-1']).errors)).toEqual([
      '2 original sign',
      '3 original sign',
      '4 open sign',
    ])
    const positive: Profile = { ...standard, creditSign: 'positive' }
    expect(
      brief(readLines([...kinds, '007,3,MXN,-5,2026-01-01,2026-01-01,credit_note,'], positive).errors),
    ).toEqual(['2 original sign', '4 original sign'])
  })

  it('of which more is open than it was is refused, also for credits', () => {
    expect(withColumn('open', '100.01')).toEqual(['3 open open-exceeds-original'])
    expect(
      brief(readLines([`${HEADER},kind,open`, '007,1,MXN,-1,2026-01-01,2026-01-01,credit_note,-2']).errors),
    ).toEqual(['2 open open-exceeds-original'])
  })

  it('with a kind, language, zone or address that is none is refused', () => {
    for (const kind of ['factura', 'INVOICE', 'constructor', '__proto__'])
      expect(withColumn('kind', kind), kind).toEqual(['3 kind unknown-kind'])
    const mapped: Profile = { ...standard, kinds: { RV: 'invoice' } }
    expect(brief(readLines([`${HEADER},kind`, `${GOOD},toString`], mapped).errors)).toEqual([
      '2 kind unknown-kind',
    ])
    expect(withColumn('language', 'fr')).toEqual(['3 language unknown-language'])
    expect(withColumn('time_zone', 'GMT+25')).toEqual(['3 time_zone bad-time-zone'])
    expect(withColumn('review_days', 'someday')).toEqual(['3 review_days bad-review-days'])
    for (const days of ['tue, THU', '1mon', 'any', 'none'])
      expect(withColumn('review_days', `"${days}"`)).toEqual([])
    for (const email of ['nobody', 'a@b', 'a@b.mx;c@d.mx', 'a b@c.mx', 'Juan <a@b.mx>', '@b.mx', 'a@b..mx'])
      expect(withColumn('email', email), email).toEqual(['3 email bad-email'])
    expect(withColumn('site_email', 'x')).toEqual(['3 site_email bad-email'])
  })

  it('with a text too long to keep is refused, and shown cut', () => {
    expect(withColumn('customer_name', 'x'.repeat(200))).toEqual([])
    expect(withColumn('customer_name', 'x'.repeat(201))).toEqual(['3 customer_name too-long'])
    const { errors } = readLines([
      HEADER,
      `007,${'9'.repeat(65)},MXN,1,2026-01-01,2026-01-01`,
      `007,${'9'.repeat(900)},MXN,1,2026-01-01,2026-01-01`,
    ])
    expect(errors.map(({ value }) => value.length)).toEqual([65, 80])
  })

  it('with a line break inside a name is refused, and shown with it visible', () => {
    expect(withColumn('customer_name', '"Bcc:\nx"')).toEqual(['3 customer_name control-character'])
    const { errors } = readLines([`${HEADER},customer_name`, `${GOOD},"a\tb\r\nc"`])
    expect(errors[0]?.value).toBe('a\\tb\\r\\nc')
  })

  it('that a spreadsheet has damaged is refused', () => {
    expect(complaints('007,1.23457E+12,MXN,1,2026-01-01,2026-01-01')).toEqual([
      '3 document spreadsheet-damage',
    ])
    expect(withColumn('customer_name', '#N/A')).toEqual(['3 customer_name spreadsheet-damage'])
    expect(withColumn('order_number', '########')).toEqual(['3 order_number spreadsheet-damage'])
    expect(withColumn('customer_name', '#1 Concretos')).toEqual([])
  })

  it('is told all its faults at once', () => {
    expect(complaints('007,,MXN,x,2026-13-01,')).toEqual([
      '3 document missing-value',
      '3 original bad-amount',
      '3 issued bad-date',
      '3 due missing-value',
    ])
  })
})

describe('two lines', () => {
  it('of one document and tranche are refused, tranches of one document are not', () => {
    expect(complaints(GOOD)).toEqual(['3 document duplicate-document'])
    expect(complaints(GOOD.replace('007', '008'))).toEqual(['3 document duplicate-document'])
    expect(readLines([HEADER, GOOD, GOOD]).errors[0]?.message).toContain('already in line 2')
    expect(brief(readLines([`${HEADER},tranche`, `${GOOD},1`, `${GOOD},2`, `${GOOD},`]).errors)).toEqual([
      '4 document duplicate-document',
    ])
  })

  it('that describe a customer differently are refused, naming both', () => {
    const { errors, items } = readLines([
      `${HEADER},customer_name`,
      `${GOOD},Peña`,
      '007,0002,MXN,1,2026-01-01,2026-01-01,Pena',
      '007,0003,MXN,1,2026-01-01,2026-01-01,',
      '008,0004,MXN,1,2026-01-01,2026-01-01,Pena',
    ])
    expect(brief(errors)).toEqual(['3 customer_name conflicting-customer'])
    expect(errors[0]?.message).toContain('line 2 says "Peña" of customer 007')
    expect(items.map(({ line }) => line)).toEqual([2, 4, 5])
  })

  it('that give a site two addresses are refused', () => {
    const site = (document: string, customer: string, email: string): string =>
      `${customer},${document},MXN,1,2026-01-01,2026-01-01,Torre,${email}`
    expect(
      brief(
        readLines([
          `${HEADER},site,site_email`,
          site('1', '007', 'a@x.mx'),
          site('2', '007', 'b@x.mx'),
          site('3', '008', 'b@x.mx'),
        ]).errors,
      ),
    ).toEqual(['3 site_email conflicting-site'])
  })
})

describe('a column that is wrong in every line', () => {
  const many = (line: (i: number) => string): LineError[] =>
    readLines([HEADER, ...Array.from({ length: 50 }, (_, i) => line(i))]).errors

  it('is one error, and says which format its dates have', () => {
    const errors = many((i) => `1,${i},MXN,1,1/${(i % 28) + 1}/2026,2026-12-31`)
    expect(brief(errors)).toEqual(['2 issued bad-date'])
    expect(errors[0]?.message).toContain('M/D/YYYY; set dateFormat')
  })

  it('is one error when amounts have the wrong decimal mark', () => {
    const errors = many((i) => `1,${i},MXN,"1,50",2026-01-01,2026-12-31`)
    expect(brief(errors)).toEqual(['2 original bad-amount'])
    expect(errors[0]?.message).toMatch(/^in every line: /)
  })

  it('is one error with the source’s words when no kind is known', () => {
    const lines = Array.from(
      { length: 50 },
      (_, i) => `1,${i},MXN,1,2026-01-01,2026-12-31,${i % 2 ? 'RV' : 'DG'}`,
    )
    const { errors } = readLines([`${HEADER},kind`, ...lines])
    expect(brief(errors)).toEqual(['2 kind unknown-kind'])
    expect(errors[0]?.message).toContain('(DG, RV)')
  })

  it('is one error when amounts and dates are swapped', () => {
    const errors = many((i) => `1,${i},MXN,2026-01-01,2026-01-01,150.00`)
    expect(brief(errors)).toEqual(['2 original swapped-columns'])
    expect(errors[0]?.message).toContain('columns.original and columns.due')
  })

  it('is one error when issue and due dates are swapped', () => {
    expect(brief(many((i) => `1,${i},MXN,1,2026-02-01,2026-01-01`))).toEqual(['2 due swapped-columns'])
  })

  it('is one error when every line has a field too many', () => {
    expect(brief(many((i) => `1,${i},MXN,1,2026-02-01,2026-02-01,`))).toEqual(['2 wrong-field-count'])
  })

  it('is not claimed when one line is right', () => {
    expect(many((i) => `1,${i},MXN,${i === 0 ? '1' : 'x'},2026-01-01,2026-02-01`)).toHaveLength(49)
  })
})
