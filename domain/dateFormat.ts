import { isLocalDate, type LocalDate } from './calendar.ts'

/*
 * Date formats of files: YYYY, MM (two digits), M (one or two), MMM (three letters, English or Spanish),
 * DD, D, each part once, with any separators that are neither letters nor digits. Two-digit years are not
 * offered: 03/04/05 has six readings.
 */

const TOKENS: Record<string, { part: 'year' | 'month' | 'day'; pattern: string; loose: boolean }> = {
  YYYY: { part: 'year', pattern: '([0-9]{4})', loose: false },
  MMM: { part: 'month', pattern: '([A-Za-z]{3})', loose: false },
  MM: { part: 'month', pattern: '([0-9]{2})', loose: false },
  M: { part: 'month', pattern: '([0-9]{1,2})', loose: true },
  DD: { part: 'day', pattern: '([0-9]{2})', loose: false },
  D: { part: 'day', pattern: '([0-9]{1,2})', loose: true },
}

const MONTHS = new Map(
  [
    'jan feb mar apr may jun jul aug sep oct nov dec', // English
    'ene feb mar abr may jun jul ago sep oct nov dic', // Spanish
  ].flatMap((names) => names.split(' ').map((name, i) => [name, String(i + 1)] as const)),
)

/** Reads a date; null when the text isn't one in the format, or isn't a day of the calendar. */
export type DateReader = (text: string) => LocalDate | null

const readers = new Map<string, DateReader>()

/** The reader of a format such as `DD/MM/YYYY`; null when the format isn't one. */
export function dateReader(format: string): DateReader | null {
  const known = readers.get(format)
  if (known) return known
  const pieces = format.match(/YYYY|MMM|MM|M|DD|D|[^A-Za-z0-9]+|[A-Za-z0-9]/g) ?? []
  const tokens = pieces.map((piece) => TOKENS[piece])
  const parts = tokens.flatMap((token) => (token ? [token.part] : []))
  if ([...parts].sort().join() !== 'day,month,year') return null
  for (const [i, piece] of pieces.entries()) {
    const token = tokens[i]
    if (!token && /[A-Za-z0-9]/.test(piece)) return null
    // `MDYYYY` can't be cut: 1112026 is 1 November and 11 January.
    if (token?.loose && (tokens[i - 1] || tokens[i + 1])) return null
  }

  const pattern = new RegExp(
    `^${pieces.map((piece, i) => tokens[i]?.pattern ?? piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('')}$`,
  )
  const [year, month, day] = (['year', 'month', 'day'] as const).map((part) => parts.indexOf(part) + 1)
  const reader: DateReader = (text) => {
    const found = pattern.exec(text)
    if (!found) return null
    const name = found[month!]!
    const number = MONTHS.get(name.toLowerCase()) ?? name
    const date = `${found[year!]}-${number.padStart(2, '0')}-${found[day!]!.padStart(2, '0')}`
    return isLocalDate(date) ? date : null
  }
  readers.set(format, reader)
  return reader
}

const ENGLISH_MONTHS = [...MONTHS.keys()].slice(0, 12)

/** Writes a date as a reader of the format reads it. */
export const writeDate = (date: LocalDate, format: string): string => {
  const [year, month, day] = date.split('-') as [string, string, string]
  return format.replace(/YYYY|MMM|MM|M|DD|D/g, (token) => {
    if (token === 'YYYY') return year
    if (token === 'MMM') return ENGLISH_MONTHS[Number(month) - 1]!
    const part = token.startsWith('M') ? month : day
    return token.length === 1 ? String(Number(part)) : part
  })
}

const COMMON = [
  'YYYY-MM-DD',
  'D/M/YYYY',
  'M/D/YYYY',
  'D.M.YYYY',
  'D-M-YYYY',
  'YYYY/M/D',
  'YYYYMMDD',
  'D-MMM-YYYY',
]

/** Common formats in which all the texts are dates: a hint for a message, never a reading. */
export const formatsOfAll = (texts: readonly string[]): string[] =>
  COMMON.filter((format) => texts.every((text) => dateReader(format)?.(text) != null))
