import { CsvError, parse } from 'csv-parse/sync'
import { decodeText, type Encoding, looksLikeMojibake } from './csvDecode.ts'
import type { DataFile, FileLine } from './dataFile.ts'
import type { LineError } from './openItem.ts'

/** After so many broken quotes the file isn't CSV: each costs another start of the parser. */
const BROKEN_QUOTES_MAX = 1000
/** Up to so many texts of a wrong encoding are told one by one. */
const SAME_ERROR_MAX = 20
const VALUE_LENGTH_MAX = 80

/**
 * Reads RFC 4180 CSV with a header (its first line that is not blank), any line ends, in one of four encodings. Sound
 * lines have as many cells as the header, and text of the declared encoding. Never throws on what is in the file. Codes: `empty-file`, `binary-file`, `wrong-encoding`, `not-utf8`, `nul-byte`, `mojibake`,
 * `unclosed-quote`, `stray-quote`, `wrong-field-count`, `truncated`.
 */
export function readCsv(bytes: Uint8Array, encoding: Encoding, delimiter: string): DataFile {
  const decoded = decodeText(bytes, encoding)
  if ('error' in decoded) return { header: null, lines: [], errors: [decoded.error], lineCount: 0 }
  const { text, undecodable } = decoded
  const { records, errors } = recordsOf(text, delimiter)
  const filled = records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const first = filled.shift()
  // With a broken header no column can be found.
  if (!first || errors.some((error) => error.line < first.line))
    return { header: null, lines: [], errors, lineCount: 0 }
  const header = first.cells.map((name) => name.trim())
  const lineCount = filled.length + errors.length

  const cutOff = !/[\r\n]$/.test(text) ? filled.at(-1) : undefined
  // One look at the whole text spares a look at each of its cells.
  const suspect = SUSPECT.test(text) || looksLikeMojibake(text)
  const textErrors: LineError[] = suspect
    ? textErrorsOf(first.line, header, header, encoding, undecodable)
    : []
  const countErrors: LineError[] = []
  const lines = filled.filter((record) => {
    const found = suspect ? textErrorsOf(record.line, record.cells, header, encoding, undecodable) : []
    for (const error of found) textErrors.push(error)
    const countIsRight = record.cells.length === header.length
    if (!countIsRight) countErrors.push(fieldCountError(record, header, record === cutOff))
    return found.length === 0 && countIsRight
  })
  // Every line alike, as with a delimiter at the end of each: that is one fault.
  const alike = countErrors.length === filled.length && countErrors.length > SAME_ERROR_MAX
  for (const error of alike ? gathered(countErrors) : countErrors) errors.push(error)
  const told = [...errors, ...gathered(textErrors)].sort((a, b) => a.line - b.line)
  return { header: { line: first.line, cells: header }, lines, errors: told, lineCount }
}

/**
 * All records of the text. After a broken quote the parser can't go on; it is started again on the physical
 * line after the one on which the broken record began, so that one stray quote doesn't hide the rest.
 */
function recordsOf(text: string, delimiter: string): { records: FileLine[]; errors: LineError[] } {
  const bytes = Buffer.from(text)
  const records: FileLine[] = []
  const errors: LineError[] = []
  let start = 0
  let line = 1
  while (start < bytes.length) {
    const base = start
    let parserLines = 0
    try {
      parse(start === 0 ? bytes : bytes.subarray(start), {
        delimiter,
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_column_count: true,
        on_record: (cells: string[], info) => {
          records.push({ line, cells })
          const end = base + info.bytes
          // The parser counts \r\n inside quotes twice: records of several lines are counted here.
          line += info.lines - parserLines === 1 ? 1 : lineBreaks(bytes, start, end)
          parserLines = info.lines
          start = end
          return null
        },
      })
      break
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      errors.push(quoteError(error.code, line, bytes.subarray(start, start + 200).toString()))
      if (errors.length >= BROKEN_QUOTES_MAX) {
        const message = `the lines after this one were not read: ${BROKEN_QUOTES_MAX} have broken quotes; export the file as CSV`
        errors.push({ line, column: '', value: '', code: 'unclosed-quote', message })
        break
      }
      start = nextLine(bytes, start)
      line++
    }
  }
  return { records, errors }
}

const LF = 0x0a
const CR = 0x0d

function nextLine(bytes: Buffer, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    if (bytes[i] === LF) return i + 1
    if (bytes[i] === CR) return bytes[i + 1] === LF ? i + 2 : i + 1
  }
  return bytes.length
}

function lineBreaks(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i = nextLine(bytes, i)) count++
  return count
}

function quoteError(code: string, line: number, start: string): LineError {
  const value = visible(start.split(/[\r\n]/, 1)[0] ?? '')
  return code === 'INVALID_OPENING_QUOTE'
    ? {
        line,
        column: '',
        value,
        code: 'stray-quote',
        message:
          'a quote stands inside a field without quotes; put the field in quotes and double the one inside: "1/2"" pipe"',
      }
    : {
        line,
        column: '',
        value,
        code: 'unclosed-quote',
        message:
          'a quoted field that starts in this line is not closed before the next delimiter or line; close it, and double quotes inside it',
      }
}

function fieldCountError(record: FileLine, header: string[], atCutOff: boolean): LineError {
  const { line, cells } = record
  const count = `the line has ${cells.length} fields, the header ${header.length}`
  const value = visible(cells.join(' | '))
  if (atCutOff && cells.length < header.length)
    return {
      line,
      column: '',
      value,
      code: 'truncated',
      message: `${count}, and the file ends in it; it was cut off: get it again`,
    }
  const cause =
    cells.length > header.length ? 'put fields that contain the delimiter in quotes' : 'complete it'
  return { line, column: '', value, code: 'wrong-field-count', message: `${count}; ${cause}` }
}

// NUL, and the mark that decoders put for what they can't read.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const SUSPECT = /[\u0000\ufffd]/

function textErrorsOf(
  line: number,
  cells: string[],
  header: string[],
  encoding: Encoding,
  undecodable: boolean,
): LineError[] {
  return cells.flatMap((cell, i) => {
    const column = header[i] ?? `column ${i + 1}`
    const error = (code: string, message: string): LineError[] => [
      { line, column, value: visible(cell), code, message },
    ]
    if (cell.includes('\0'))
      return error('nul-byte', 'has a NUL byte; the file is damaged or of another encoding: export it again')
    if (cell.includes('\ufffd')) {
      if (!undecodable)
        return error(
          'mojibake',
          'has characters that an earlier conversion lost; export it from the source again',
        )
      if (encoding === 'utf-8')
        return error(
          'not-utf8',
          'is not UTF-8; declare the encoding of the file (often windows-1252), or export it as UTF-8',
        )
      return error('wrong-encoding', `is not ${encoding}; declare the encoding of the file`)
    }
    if (looksLikeMojibake(cell))
      return error(
        'mojibake',
        'was converted to UTF-8 twice (PeÃ±a for Peña); export it from the source again',
      )
    return []
  })
}

/** More than a few errors of one code become one: the file as a whole has that fault. */
function gathered(errors: LineError[]): LineError[] {
  const counts = new Map<string, number>()
  for (const { code } of errors) counts.set(code, (counts.get(code) ?? 0) + 1)
  const told = new Set<string>()
  return errors.flatMap((error) => {
    const count = counts.get(error.code) ?? 0
    if (count <= SAME_ERROR_MAX) return [error]
    if (told.has(error.code)) return []
    told.add(error.code)
    return [{ ...error, message: `${error.message} (${count.toLocaleString('en')} in all)` }]
  })
}

/** A value as an error shows it: at most 80 characters, control and invisible characters as escapes. */
export function visible(value: string): string {
  const cut = value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX - 1)}…` : value
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]|\p{Surrogate}/gu, (char) => {
    if (char === '\n') return '\\n'
    if (char === '\r') return '\\r'
    if (char === '\t') return '\\t'
    return `\\u{${char.codePointAt(0)!.toString(16)}}`
  })
}
