import type { Encoding } from './csvDecode.ts'
import { readCsv } from './csvFile.ts'
import { isWorkbook } from './fileKind.ts'
import type { LineError } from './openItem.ts'
import { readWorkbook } from './workbook.ts'

/** One record of a file; `line` is the physical line, or the row of the sheet, on which it starts, 1-based. */
export interface FileLine {
  line: number
  cells: string[]
}

export interface DataFile {
  /** The line with the names of the columns, trimmed; null when the file can't be read at all. */
  header: FileLine | null
  /** Sound records. Blank ones are skipped. */
  lines: FileLine[]
  /** In the order of the lines. */
  errors: LineError[]
  /** Records after the header that aren't blank, sound or not. */
  lineCount: number
  /** Of a workbook: the sheet that was read. */
  sheet?: string
}

/** How to read a file. What is typed in a workbook comes as text in these formats too. */
export interface Reading {
  encoding: Encoding
  delimiter: string
  dateFormat: string
  decimal: '.' | ','
  /** Of a workbook; the only one with data when not said. */
  sheet?: string | undefined
  /** Names of the columns that are used: any, and those that hold dates. */
  columns: readonly string[]
  dateColumns: readonly string[]
  /** Without all of these a line isn't the header: lines of a workbook above it are titles. */
  needed: readonly string[]
}

/** Reads CSV or an Excel workbook, whichever the file is, whatever its name says. Never throws on what is in it. */
export const readDataFile = (bytes: Uint8Array, how: Reading): Promise<DataFile> =>
  isWorkbook(bytes) ? readWorkbook(bytes, how) : Promise.resolve(readCsv(bytes, how.encoding, how.delimiter))

/** Errors as they are told: those of a workbook say where in it the cell is, as `Importe (Cartera!D5)`. */
export function placed({ sheet, header }: DataFile, errors: readonly LineError[]): LineError[] {
  if (sheet === undefined) return [...errors]
  return errors.map((error) => {
    if (error.line === 0) return error
    const index = error.column === '' ? -1 : (header?.cells.indexOf(error.column) ?? -1)
    const address = `${sheet}!${index < 0 ? '' : columnLetter(index)}${error.line}`
    return { ...error, column: error.column === '' ? address : `${error.column} (${address})` }
  })
}

/** 0 → A, 26 → AA. */
export const columnLetter = (index: number): string =>
  (index >= 26 ? columnLetter(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
