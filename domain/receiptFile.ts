import type { LocalDate } from './calendar.ts'
import { textFault } from './cellText.ts'
import { RECEIPT_FORMS, type ReceiptInput } from './command.ts'
import { visible } from './csvFile.ts'
import { type DataFile, type FileLine, placed, readDataFile } from './dataFile.ts'
import { dateReader } from './dateFormat.ts'
import { type AmountProblem, isCurrency, type MoneyJson, minorDigits, parseAmount } from './money.ts'
import type { LineError } from './openItem.ts'

/** Columns of a file of receipts, in the order in which Cartera writes them. Those after the first four may be missing. */
export const RECEIPT_COLUMNS = [
  'receipt',
  'currency',
  'amount',
  'value_on',
  'customer',
  'payer',
  'posting_on',
  'form',
  'tracking_key',
  'reference',
  'apply_to',
  'apply_amount',
] as const
type Column = (typeof RECEIPT_COLUMNS)[number]

const REQUIRED: readonly Column[] = ['receipt', 'currency', 'amount', 'value_on']
/** What belongs to a line and not to its receipt. */
const OF_LINE: readonly Column[] = ['receipt', 'apply_to', 'apply_amount']
const LENGTH_MAX = 64
const REFERENCE_LENGTH_MAX = 200

export interface ReceiptFile {
  /** Sound receipts in the order of their first lines; several lines of one number are one receipt. */
  receipts: ReceiptInput[]
  /** In the order of the lines; a file with any of them isn't to be posted. */
  errors: LineError[]
  /** Lines with content after the header, sound or not. */
  lines: number
}

/** Reads a file of receipts: XLSX, or CSV in UTF-8 with commas; as text, dates are YYYY-MM-DD and amounts have a point. */
export async function readReceipts(bytes: Uint8Array): Promise<ReceiptFile> {
  const file = await readDataFile(bytes, {
    encoding: 'utf-8',
    delimiter: ',',
    dateFormat: 'YYYY-MM-DD',
    decimal: '.',
    columns: RECEIPT_COLUMNS,
    dateColumns: ['value_on', 'posting_on'],
    needed: REQUIRED,
  })
  const read = receiptsOf(file)
  return { ...read, errors: placed(file, read.errors) }
}

/**
 * The receipts of a file. Several lines with the same
 * `receipt` are one receipt with several applications; after the first of them its other cells agree or stay empty.
 * Never throws on what is in the file. Codes, besides those of `readCsv` and `readWorkbook`: `missing-column`, `unknown-column`,
 * `duplicate-header`, `missing-value`, `too-long`, `control-character`, `spreadsheet-damage`, `unknown-currency`,
 * `bad-amount`, `not-positive`, `bad-date`, `unknown-form`, `two-parties`, `conflicting-receipt`,
 * `duplicate-application`, `duplicate-tracking-key`.
 */
export function receiptsOf(file: DataFile): ReceiptFile {
  const { header, lines, errors: fileErrors, lineCount } = file
  if (!header) return { receipts: [], errors: fileErrors, lines: lineCount }
  const headerErrors = checkHeader(header)
  if (headerErrors.length > 0)
    return { receipts: [], errors: [...headerErrors, ...fileErrors], lines: lineCount }
  if (lineCount === 0)
    return {
      receipts: [],
      errors: [
        {
          line: 0,
          column: '',
          value: '',
          code: 'empty-file',
          message: 'the file has a header and no line; export it again',
        },
      ],
      lines: 0,
    }
  const errors = [...fileErrors]
  const grouped = new Map<string, Row[]>()
  for (const line of lines) {
    const row: Row = { line: line.line, cells: cellsOf(header, line), errors }
    const number = text(row, 'receipt') ?? missing(row, 'receipt')
    if (number !== '') grouped.set(number, [...(grouped.get(number) ?? []), row])
  }
  const receipts: ReceiptInput[] = []
  const keys = new Map<string, string>()
  for (const [number, rows] of grouped) {
    const before = errors.length
    const receipt = receiptOf(number, rows)
    refuseSameTransfer(receipt, rows[0]!, keys)
    if (errors.length === before) receipts.push(receipt)
  }
  return { receipts, errors: errors.sort((a, b) => a.line - b.line), lines: lineCount }
}

function checkHeader({ line, cells }: FileLine): LineError[] {
  const error = (column: string, code: string, message: string): LineError => ({
    line,
    column,
    value: visible(cells.join(',')),
    code,
    message,
  })
  const known: readonly string[] = RECEIPT_COLUMNS
  return [
    ...REQUIRED.filter((name) => !cells.includes(name)).map((name) =>
      error(name, 'missing-column', `is not in the header; a file of receipts needs ${REQUIRED.join(', ')}`),
    ),
    // A column under a slightly other name must not be passed over in silence: its money would go elsewhere.
    ...cells
      .filter((name) => !known.includes(name))
      .map((name) =>
        error(
          name,
          'unknown-column',
          `is not a column of receipts (${known.join(', ')}); rename it or take it out`,
        ),
      ),
    ...known
      .filter((name) => cells.indexOf(name) !== cells.lastIndexOf(name))
      .map((name) => error(name, 'duplicate-header', 'is the name of two columns; take one out')),
  ]
}

interface Row {
  line: number
  cells: Partial<Record<Column, string>>
  errors: LineError[]
}

const cellsOf = (header: FileLine, line: FileLine): Row['cells'] =>
  Object.fromEntries(header.cells.map((name, index) => [name, (line.cells[index] ?? '').trim()]))

const cell = (row: Row, column: Column): string => row.cells[column] ?? ''

function fail(row: Row, column: Column, code: string, message: string): void {
  row.errors.push({ line: row.line, column, value: visible(cell(row, column)), code, message })
}

function missing(row: Row, column: Column): '' {
  if (cell(row, column) === '') fail(row, column, 'missing-value', 'is empty; every receipt needs it')
  return ''
}

/** The receipt that these lines describe; what is wrong with it goes to the rows' errors. */
function receiptOf(number: string, rows: readonly Row[]): ReceiptInput {
  const first = rows[0]!
  for (const row of rows.slice(1)) refuseOther(first, row)
  const optional = <K extends keyof ReceiptInput>(key: K, value: ReceiptInput[K] | null) =>
    value === null ? {} : { [key]: value }
  if (cell(first, 'customer') !== '' && cell(first, 'payer') !== '')
    fail(
      first,
      'payer',
      'two-parties',
      'is said beside a customer; give one of the two: a customer stands for its payer',
    )
  return {
    number,
    amount: amount(first, 'amount') ?? { currency: '', minor: 0 },
    valueOn: date(first, 'value_on') ?? missing(first, 'value_on'),
    applications: applicationsOf(first, rows),
    ...optional('customer', text(first, 'customer')),
    ...optional('payer', text(first, 'payer')),
    ...optional('postingOn', date(first, 'posting_on')),
    ...optional('form', form(first)),
    ...optional('trackingKey', text(first, 'tracking_key')),
    ...optional('reference', text(first, 'reference', REFERENCE_LENGTH_MAX)),
  }
}

/** A later line of a receipt says nothing else of it than its first. */
function refuseOther(first: Row, row: Row): void {
  for (const column of RECEIPT_COLUMNS) {
    if (OF_LINE.includes(column) || cell(row, column) === '' || cell(row, column) === cell(first, column))
      continue
    fail(
      row,
      column,
      'conflicting-receipt',
      `line ${first.line} says ${JSON.stringify(visible(cell(first, column)))} of the same receipt; make both lines agree, or leave this cell empty`,
    )
  }
}

function applicationsOf(first: Row, rows: readonly Row[]): NonNullable<ReceiptInput['applications']> {
  const applications: NonNullable<ReceiptInput['applications']> = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    const document = text(row, 'apply_to')
    const part =
      cell(row, 'apply_amount') === ''
        ? null
        : amount({ ...row, cells: { ...row.cells, currency: cell(first, 'currency') } }, 'apply_amount')
    if (document === null) {
      if (cell(row, 'apply_to') !== '') continue
      if (cell(row, 'apply_amount') !== '')
        fail(row, 'apply_to', 'missing-value', 'is empty beside an amount to apply; name the document')
      // A second line without a document adds nothing: more likely the same receipt twice.
      else if (rows.length > 1)
        fail(
          row,
          'apply_to',
          'missing-value',
          `is empty, and receipt ${cell(row, 'receipt')} has several lines; name the document, or take the line out`,
        )
      continue
    }
    const before = seen.get(document)
    if (before !== undefined)
      fail(
        row,
        'apply_to',
        'duplicate-application',
        `is already in line ${before} of the same receipt; put the amounts together`,
      )
    seen.set(document, row.line)
    applications.push(part ? { document, amount: part } : { document })
  }
  return applications
}

/** The same transfer under two numbers is the same money twice. */
function refuseSameTransfer(receipt: ReceiptInput, first: Row, keys: Map<string, string>): void {
  if (receipt.trackingKey === undefined) return
  const key = [receipt.trackingKey, receipt.amount.currency, receipt.amount.minor].join('\n')
  const before = keys.get(key)
  if (before !== undefined)
    fail(
      first,
      'tracking_key',
      'duplicate-tracking-key',
      `is that of receipt ${before}, with the same amount; take one of the two out`,
    )
  keys.set(key, receipt.number)
}

/** Null when empty or not usable (then an error is noted). */
function text(row: Row, column: Column, lengthMax = LENGTH_MAX): string | null {
  const value = cell(row, column)
  if (value === '') return null
  const fault = textFault(value, lengthMax)
  if (fault === null) return value
  fail(row, column, fault.code, fault.message)
  return null
}

function amount(row: Row, column: 'amount' | 'apply_amount'): MoneyJson | null {
  const currency = cell(row, 'currency')
  if (!isCurrency(currency)) {
    // Said once, where the currency stands.
    if (column === 'amount' && missing(row, 'currency') === '' && currency !== '')
      fail(
        row,
        'currency',
        'unknown-currency',
        'is not a currency code of ISO 4217; write one such as MXN or USD',
      )
    return null
  }
  if (cell(row, column) === '') {
    missing(row, column)
    return null
  }
  const parsed = parseAmount(cell(row, column), currency, { decimal: '.' })
  if (!parsed.ok) fail(row, column, 'bad-amount', amountMessage(parsed.reason, currency))
  else if (parsed.minor <= 0n)
    fail(row, column, 'not-positive', 'is not above zero; money that goes back is a reversal, not a receipt')
  else return { currency, minor: Number(parsed.minor) }
  return null
}

const amountMessage = (reason: AmountProblem, currency: string): string => {
  if (reason === 'too-many-decimals')
    return `has more than the ${minorDigits(currency)} decimals of ${currency}; correct it`
  if (reason === 'too-large') return 'is larger than the system can hold; check it'
  return "is not an amount; write digits with '.' as the decimal mark, and nothing else"
}

const readDate = dateReader('YYYY-MM-DD')!
const EARLIEST: LocalDate = '1980-01-01'
const LATEST: LocalDate = '2199-12-31'

function date(row: Row, column: 'value_on' | 'posting_on'): LocalDate | null {
  const value = cell(row, column)
  if (value === '') return null
  const read = readDate(value)
  if (read === null) fail(row, column, 'bad-date', 'is not a date written YYYY-MM-DD; correct it')
  else if (read < EARLIEST || read > LATEST)
    fail(row, column, 'bad-date', `is not between ${EARLIEST} and ${LATEST}; check the year`)
  else return read
  return null
}

function form(row: Row): (typeof RECEIPT_FORMS)[number] | null {
  const value = cell(row, 'form')
  if (value === '') return null
  const known = RECEIPT_FORMS.find((each) => each === value)
  if (known === undefined)
    fail(row, 'form', 'unknown-form', `is not a form of payment; write one of ${RECEIPT_FORMS.join(', ')}`)
  return known ?? null
}
