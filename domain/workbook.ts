import { type CellValue, type Sheet as ReadSheet, readXlsx } from 'hucre/xlsx'
import { addDays, type LocalDate } from './calendar.ts'
import { looksLikeMojibake } from './csvDecode.ts'
import { visible } from './csvFile.ts'
import type { DataFile, FileLine, Reading } from './dataFile.ts'
import { writeDate } from './dateFormat.ts'
import { isOle2 } from './fileKind.ts'
import type { LineError } from './openItem.ts'
import { ZIP_ENTRIES_MAX, ZIP_UNPACKED_BYTES_MAX, zipContents } from './zipLimits.ts'

/** Excel workbooks (.xlsx) as the text of one sheet's cells, so that one profile reads them and CSV alike. */

const SHEETS_MAX = 100
/** The names of the columns stand in one of the first so many rows that aren't blank. */
const HEADER_ROWS_MAX = 20
/** Further on a number has lost digits: it was a code. */
const EXACT_MAX = 1e15

/** What stands in a cell that has a formula and no result: a program wrote it, and no spreadsheet has reckoned it since. */
const UNRECKONED = Symbol('a formula without its result')
type Cell = CellValue | typeof UNRECKONED

interface Sheet {
  name: string
  hidden?: boolean
  veryHidden?: boolean
  rows: Cell[][]
}

/**
 * Reads one sheet. Numbers are told as in the profile's format, dates too, also those that come as bare serial numbers
 * (of the 1900 or the 1904 system) in a column of dates. Codes: `binary-file`, `encrypted-file`, `zip-bomb`,
 * `empty-file`, `no-such-sheet`, `several-sheets`, `spreadsheet-damage`, `mojibake`.
 */
export async function readWorkbook(bytes: Uint8Array, how: Reading): Promise<DataFile> {
  const fault = containerFault(bytes)
  if (fault) return unreadable(fault.code, fault.message)
  let sheets: Sheet[]
  let dateSystem: '1900' | '1904'
  try {
    const book = await readXlsx(bytes, { sheets: (_, index) => index < SHEETS_MAX })
    sheets = book.sheets.map((sheet) => ({ ...sheet, rows: withUnreckoned(sheet) }))
    dateSystem = book.dateSystem ?? '1900'
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    return unreadable(
      'binary-file',
      `the workbook can't be read (${visible(cause)}); open it in a spreadsheet program and save it again as .xlsx`,
    )
  }
  const chosen = choose(sheets, how.sheet)
  if ('code' in chosen) return unreadable(chosen.code, chosen.message)
  return linesOf(chosen, dateSystem, how)
}

interface Fault {
  code: string
  message: string
}

const unreadable = (code: string, message: string): DataFile => ({
  header: null,
  lines: [],
  errors: [{ line: 0, column: '', value: '', code, message }],
  lineCount: 0,
})

const count = (n: number): string => n.toLocaleString('en')

function containerFault(bytes: Uint8Array): Fault | null {
  if (isOle2(bytes))
    // Names in the container's directory are UTF-16.
    return Buffer.from(bytes).includes(Buffer.from('EncryptedPackage', 'utf16le'))
      ? { code: 'encrypted-file', message: 'the workbook has a password; save it without one' }
      : {
          code: 'binary-file',
          message: 'the file is an old Excel workbook (.xls); save it as .xlsx, or export it as CSV',
        }
  const contents = zipContents(bytes)
  if (!contents.ok)
    switch (contents.problem) {
      case 'damaged':
        return {
          code: 'binary-file',
          message: 'the workbook or ZIP archive is damaged or was cut off; get it again',
        }
      case 'too-many-entries':
        return {
          code: 'zip-bomb',
          message: `the workbook has more than ${count(ZIP_ENTRIES_MAX)} parts; save only the sheet with the data`,
        }
      case 'too-large':
        return {
          code: 'zip-bomb',
          message: `the workbook unpacks to more than ${count(ZIP_UNPACKED_BYTES_MAX / 1024 / 1024)} MB; split it, or export it as CSV`,
        }
    }
  if (contents.names.includes('xl/workbook.xml')) return null
  const what = contents.names.includes('xl/workbook.bin')
    ? 'a binary workbook (.xlsb)'
    : contents.names.includes('content.xml')
      ? 'an OpenDocument (.ods)'
      : 'a ZIP archive without a workbook in it'
  return { code: 'binary-file', message: `the file is ${what}; save it as .xlsx, or export it as CSV` }
}

/** The reader has such a cell as an empty one, which would mean something else: all of it is open, say. */
function withUnreckoned({ rows, cells }: ReadSheet): Cell[][] {
  const marked: Cell[][] = rows
  for (const [at, { formula, value }] of cells ?? []) {
    if (formula === undefined || value !== null) continue
    const [row, column] = at.split(',').map(Number)
    marked[row!]![column!] = UNRECKONED
  }
  return marked
}

const isBlank = (value: Cell | undefined): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '')

/** The sheet that is asked for; else the one that has data, of those that people see. */
function choose(sheets: readonly Sheet[], wanted: string | undefined): Sheet | Fault {
  const named = (list: readonly Sheet[]): string =>
    list.map((s) => JSON.stringify(visible(s.name))).join(', ')
  if (wanted !== undefined)
    return (
      sheets.find((s) => s.name === wanted) ?? {
        code: 'no-such-sheet',
        message: `the workbook has no sheet ${JSON.stringify(wanted)}; it has ${named(sheets)}: correct \`sheet\` in the profile`,
      }
    )
  const filled = sheets.filter(
    (s) => !s.hidden && !s.veryHidden && s.rows.some((row) => row.some((value) => !isBlank(value))),
  )
  if (filled.length === 0)
    return {
      code: 'empty-file',
      message: `no sheet of the workbook has data (${named(sheets)}); export it again`,
    }
  if (filled.length > 1)
    return {
      code: 'several-sheets',
      message: `the workbook has data in ${named(filled)}; say which one as \`sheet\` in the profile, or leave only that`,
    }
  return filled[0]!
}

function linesOf({ name, rows }: Sheet, dateSystem: '1900' | '1904', how: Reading): DataFile {
  const filled = rows.flatMap((cells, index) => (cells.every(isBlank) ? [] : [{ line: index + 1, cells }]))
  const headerAt = Math.max(
    0,
    filled.slice(0, HEADER_ROWS_MAX).findIndex(({ cells }) => {
      const names = cells.map(headerText)
      return how.needed.every((needed) => names.includes(needed))
    }),
  )
  const first = filled[headerAt]
  if (!first) return unreadable('empty-file', `the sheet ${JSON.stringify(name)} is empty; export it again`)
  const header: FileLine = { line: first.line, cells: first.cells.map(headerText) }
  const isDate = header.cells.map((column) => how.dateColumns.includes(column))
  const isUsed = header.cells.map((column) => how.columns.includes(column))
  const records = filled.slice(headerAt + 1)
  const errors: LineError[] = []
  const lines = records.flatMap(({ line, cells }): FileLine[] => {
    const before = errors.length
    const texts = header.cells.map((column, i) => {
      const value = cells[i] ?? null
      const fault = isUsed[i] ? faultOf(value, isDate[i]!) : null
      const text = cellText(value, isDate[i]!, dateSystem, how)
      if (fault) errors.push({ line, column, value: visible(text), ...fault })
      return text
    })
    return errors.length === before ? [{ line, cells: texts }] : []
  })
  return { header, lines, errors, lineCount: records.length, sheet: name }
}

const headerText = (value: Cell): string =>
  value === null || value === UNRECKONED ? '' : String(value).trim()

/** What a spreadsheet does to text that it takes for something else. */
function faultOf(value: Cell, isDate: boolean): Fault | null {
  if (value === UNRECKONED)
    return {
      code: 'spreadsheet-damage',
      message:
        'is a formula without its result; open the workbook in a spreadsheet program and save it, or export values',
    }
  if (value instanceof Date && !isDate)
    return {
      code: 'spreadsheet-damage',
      message:
        'is a date in the workbook, and no column of dates; format the column as text and enter it again',
    }
  if (typeof value === 'number' && Math.abs(value) >= EXACT_MAX)
    return {
      code: 'spreadsheet-damage',
      message: 'is a number too long for a spreadsheet, its last digits are lost; export the column as text',
    }
  if (typeof value === 'string' && looksLikeMojibake(value))
    return {
      code: 'mojibake',
      message: 'was converted to UTF-8 twice (PeÃ±a for Peña); export it from the source again',
    }
  return null
}

function cellText(value: Cell, isDate: boolean, dateSystem: '1900' | '1904', how: Reading): string {
  if (value === null || value === UNRECKONED) return ''
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '' : dateText(value.toISOString().slice(0, 10), how)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'string') return value
  const day = isDate ? serialDay(value, dateSystem) : null
  return day === null ? numberText(value).replace('.', how.decimal) : dateText(day, how)
}

const dateText = (day: LocalDate, { dateFormat }: Reading): string => writeDate(day, dateFormat)

/** Serial numbers of 1980 to 2199: a larger one is a date written as a number, such as 20261125. */
const SERIAL_MIN = 27_759
const SERIAL_MAX = 109_938

function serialDay(value: number, dateSystem: '1900' | '1904'): LocalDate | null {
  const days = Math.floor(value)
  return days >= SERIAL_MIN && days <= SERIAL_MAX
    ? addDays(dateSystem === '1904' ? '1904-01-01' : '1899-12-30', days)
    : null
}

/** As a spreadsheet means it: 15 digits, so that 0.1 + 0.2 is 0.3. */
function numberText(value: number): string {
  const text = String(Number(value.toPrecision(15)))
  return text.includes('e') ? text.toUpperCase() : text
}
