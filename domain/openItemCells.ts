import type { LocalDate } from './calendar.ts'
import { textFault } from './cellText.ts'
import { visible } from './csvFile.ts'
import type { FileLine } from './dataFile.ts'
import { dateReader, formatsOfAll } from './dateFormat.ts'
import { type AmountFormat, type AmountProblem, type Currency, minorDigits, parseAmount } from './money.ts'
import type { LineError } from './openItem.ts'
import type { Profile, ProfileField } from './profile.ts'

/** Single cells of a line of open items: text, addresses, dates, amounts, each with the error that helps. */

/** In which cell of a line each field is; a field that the file lacks isn't there. */
export type ColumnIndex = Partial<Record<ProfileField, number>>

export interface Row {
  line: FileLine
  profile: Profile
  columns: ColumnIndex
  errors: LineError[]
}

/** Longest texts, in characters: codes go into keys, the rest is for people. */
const CODE_LENGTH_MAX = 64
const TEXT_LENGTH_MAX: Partial<Record<ProfileField, number>> = {
  tranche: 16,
  customer_name: 200,
  contact_name: 200,
  email: 254,
  site_email: 254,
  phone: 40,
}

/** Dates outside are typing errors, or a source's way to say "never". */
const EARLIEST: LocalDate = '1980-01-01'
const LATEST: LocalDate = '2199-12-31'

export const cellOf = ({ columns, line }: Row, field: ProfileField): string => {
  const index = columns[field]
  return index === undefined ? '' : (line.cells[index] ?? '').trim()
}

export function fail(row: Row, field: ProfileField, code: string, message: string): void {
  const column = row.profile.columns[field] ?? field
  row.errors.push({ line: row.line.line, column, value: visible(cellOf(row, field)), message, code })
}

/** Says that a field is empty, unless something else is already said of it. Returns '' to go on with. */
export function missing(row: Row, field: ProfileField): '' {
  if (cellOf(row, field) === '') fail(row, field, 'missing-value', 'is empty; every open item needs it')
  return ''
}

/** Null when empty or not usable (then an error is noted). */
export function readText(row: Row, field: ProfileField): string | null {
  const text = cellOf(row, field)
  if (text === '') return null
  const fault = textFault(text, TEXT_LENGTH_MAX[field] ?? CODE_LENGTH_MAX)
  if (fault === null) return text
  fail(row, field, fault.code, fault.message)
  return null
}

export function readEmail(row: Row, field: ProfileField): string | null {
  const email = readText(row, field)
  if (email === null || /^[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\.]+(\.[^\s@,;:<>()"\\.]+)+$/.test(email))
    return email
  fail(row, field, 'bad-email', 'is not an e-mail address; write one address, such as name@company.mx')
  return null
}

export function readDate(row: Row, field: ProfileField): LocalDate | null {
  const text = cellOf(row, field)
  if (text === '') return null
  const { dateFormat } = row.profile
  const date = dateReader(dateFormat)?.(text) ?? null
  if (date !== null && date >= EARLIEST && date <= LATEST) return date
  if (date !== null) fail(row, field, 'bad-date', `is not between ${EARLIEST} and ${LATEST}; check the year`)
  else {
    const [other] = formatsOfAll([text])
    const hint = other
      ? `; it would be one as ${other}: correct it, or dateFormat in the profile`
      : '; correct it'
    fail(row, field, 'bad-date', `is not a date written ${dateFormat}${hint}`)
  }
  return null
}

export const amountFormat = ({ decimal, grouping }: Profile): AmountFormat =>
  grouping === undefined ? { decimal } : { decimal, grouping }

/** Signed minor units as the file writes them; null when empty or wrong. */
export function readAmount(row: Row, field: ProfileField, currency: Currency): bigint | null {
  const text = cellOf(row, field)
  if (text === '') return null
  const parsed = parseAmount(text, currency, amountFormat(row.profile))
  if (parsed.ok) return parsed.minor
  fail(row, field, 'bad-amount', amountMessage(parsed.reason, row.profile, currency))
  return null
}

function amountMessage(reason: AmountProblem, { decimal, grouping }: Profile, currency: Currency): string {
  switch (reason) {
    case 'empty':
    case 'not-a-number':
      return `is not an amount; write digits with '${decimal}' as the decimal mark${grouping ? ` and '${grouping}' between thousands` : ''}, and nothing else`
    case 'bad-grouping':
      return `has '${grouping}' elsewhere than before every third digit; check grouping and decimal in the profile`
    case 'too-many-decimals':
      return `has more than the ${minorDigits(currency)} decimals of ${currency}; round it in the source, or check grouping and decimal in the profile`
    case 'too-large':
      return 'is larger than the system can hold; check it'
  }
}
