import { isTimeZone, type LocalDate } from './calendar.ts'
import { type CsvLine, visible } from './csvFile.ts'
import { dateReader, formatsOfAll } from './dateFormat.ts'
import {
  type AmountFormat,
  type AmountProblem,
  type Currency,
  isCurrency,
  minorDigits,
  parseAmount,
  toDecimal,
} from './money.ts'
import { LANGUAGES } from './notice.ts'
import {
  CREDIT_KINDS,
  type CustomerColumns,
  isCreditKind,
  type LineError,
  type OpenItem,
  RECEIVABLE_KINDS,
  type ReceivableKind,
} from './openItem.ts'
import type { Profile, ProfileField } from './profile.ts'

/** What one line says. */
export interface ReadLine {
  /** Null when something in the line is wrong. Its `customer` is what the line says, without defaults. */
  item: OpenItem | null
  errors: LineError[]
}

/** In which cell of a line each field is; a field that the file lacks isn't there. */
export type ColumnIndex = Partial<Record<ProfileField, number>>

interface Row {
  line: CsvLine
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Reads a line; a field without column, like an empty cell, takes the profile's default. */
export function readLine(line: CsvLine, profile: Profile, columns: ColumnIndex): ReadLine {
  const row: Row = { line, profile, columns, errors: [] }
  const customer = readCustomer(row)
  const document = readText(row, 'document') ?? missing(row, 'document')
  const tranche = readText(row, 'tranche') ?? profile.defaults?.tranche ?? '1'
  const kind = readKind(row)
  const currency = readCurrency(row)
  const amounts = kind && currency ? readAmounts(row, kind, currency) : null
  const issuedOn = readDate(row, 'issued') ?? missing(row, 'issued')
  const dueOn = readDate(row, 'due') ?? missing(row, 'due')
  const presentedOn = readDate(row, 'presented')
  if (issuedOn && dueOn && dueOn < issuedOn)
    fail(row, 'due', 'due-before-issued', `is before the issue date ${issuedOn}; correct one of them`)
  if (issuedOn && presentedOn && presentedOn < issuedOn)
    fail(
      row,
      'presented',
      'presented-before-issued',
      `is before the issue date ${issuedOn}; correct one of them`,
    )
  const site = readText(row, 'site')
  const siteEmail = readEmail(row, 'site_email')
  const orderNumber = readText(row, 'order_number')
  if (row.errors.length > 0 || !kind || !currency || !amounts) return { item: null, errors: row.errors }
  const { originalMinor, openMinor } = amounts
  const item: OpenItem = {
    line: line.line,
    customer,
    document,
    tranche,
    kind,
    currency,
    originalMinor,
    openMinor,
    issuedOn,
    dueOn,
    presentedOn,
    site,
    siteEmail,
    orderNumber,
  }
  return { item, errors: row.errors }
}

const cellOf = ({ columns, line }: Row, field: ProfileField): string => {
  const index = columns[field]
  return index === undefined ? '' : (line.cells[index] ?? '').trim()
}

function fail(row: Row, field: ProfileField, code: string, message: string): void {
  const column = row.profile.columns[field] ?? field
  row.errors.push({ line: row.line.line, column, value: visible(cellOf(row, field)), message, code })
}

/** Says that a field is empty, unless something else is already said of it. Returns '' to go on with. */
function missing(row: Row, field: ProfileField): '' {
  if (cellOf(row, field) === '') fail(row, field, 'missing-value', 'is empty; every open item needs it')
  return ''
}

/** Null when empty or not usable (then an error is noted). */
function readText(row: Row, field: ProfileField): string | null {
  const text = cellOf(row, field)
  if (text === '') return null
  const lengthMax = TEXT_LENGTH_MAX[field] ?? CODE_LENGTH_MAX
  if (text.length > lengthMax)
    fail(row, field, 'too-long', `has ${text.length} characters, at most ${lengthMax} are kept; shorten it`)
  else if (CONTROLS.test(text))
    fail(row, field, 'control-character', 'has a line break, tab or other control character; take it out')
  else if (text.includes('E+') && /^[0-9](\.[0-9]+)?E\+[0-9]+$/.test(text))
    fail(
      row,
      field,
      'spreadsheet-damage',
      'is a number that a spreadsheet has rounded; export the column as text',
    )
  else if (text.startsWith('#') && /^#(N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NUM!|NULL!|#+)$/.test(text))
    fail(
      row,
      field,
      'spreadsheet-damage',
      'is an error of a spreadsheet; correct its formula or column width',
    )
  else return text
  return null
}

function readEmail(row: Row, field: ProfileField): string | null {
  const email = readText(row, field)
  if (email === null || /^[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\.]+(\.[^\s@,;:<>()"\\.]+)+$/.test(email))
    return email
  fail(row, field, 'bad-email', 'is not an e-mail address; write one address, such as name@company.mx')
  return null
}

function readCustomer(row: Row): CustomerColumns {
  const customer: CustomerColumns = { code: readText(row, 'customer') ?? missing(row, 'customer') }
  const set = <K extends keyof CustomerColumns>(key: K, value: CustomerColumns[K] | null): void => {
    if (value !== null) customer[key] = value
  }
  set('name', readText(row, 'customer_name'))
  set('segment', readText(row, 'segment'))
  set('branch', readText(row, 'branch'))
  set('analyst', readText(row, 'analyst'))
  set('payer', readText(row, 'payer'))
  set('contactName', readText(row, 'contact_name'))
  set('email', readEmail(row, 'email'))
  set('phone', readText(row, 'phone'))
  const language = readText(row, 'language')
  if (language !== null && !(LANGUAGES as readonly string[]).includes(language))
    fail(
      row,
      'language',
      'unknown-language',
      `is not a language of the system; write ${LANGUAGES.join(' or ')}`,
    )
  else set('language', language)
  const timeZone = readText(row, 'time_zone')
  if (timeZone !== null && !isTimeZone(timeZone))
    fail(row, 'time_zone', 'bad-time-zone', 'is not an IANA time zone; write for example America/Mexico_City')
  else set('timeZone', timeZone)
  return customer
}

function readKind(row: Row): ReceivableKind | null {
  const { kinds, defaults } = row.profile
  const text = readText(row, 'kind')
  if (text === null) {
    if (defaults?.kind) return defaults.kind
    missing(row, 'kind')
    return null
  }
  const kind = kinds
    ? Object.hasOwn(kinds, text)
      ? kinds[text]
      : undefined
    : RECEIVABLE_KINDS.find((each) => each === text)
  if (kind) return kind
  const known = kinds ? Object.keys(kinds) : RECEIVABLE_KINDS
  fail(
    row,
    'kind',
    'unknown-kind',
    `is not a known kind (${known.slice(0, 20).join(', ')}); add it under kinds in the profile`,
  )
  return null
}

function readCurrency(row: Row): Currency | null {
  const text = readText(row, 'currency')
  if (text === null) {
    if (row.profile.defaults?.currency) return row.profile.defaults.currency
    missing(row, 'currency')
    return null
  }
  if (isCurrency(text)) return text
  const upper = text.toUpperCase()
  const instead = isCurrency(upper) ? `write ${upper}` : 'write one such as MXN or USD'
  fail(row, 'currency', 'unknown-currency', `is not a currency code of ISO 4217; ${instead}`)
  return null
}

function readDate(row: Row, field: ProfileField): LocalDate | null {
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
function readAmount(row: Row, field: 'original' | 'open', currency: Currency): bigint | null {
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

/** Amounts with Cartera's signs: credits negative, whatever the source writes. */
function readAmounts(
  row: Row,
  kind: ReceivableKind,
  currency: Currency,
): { originalMinor: bigint; openMinor: bigint | null } | null {
  const original = readAmount(row, 'original', currency)
  const open = readAmount(row, 'open', currency)
  if (original === null) {
    missing(row, 'original')
    return null
  }
  if (original === 0n) {
    fail(row, 'original', 'zero-amount', 'is zero; an open item has an amount: leave the line out')
    return null
  }
  const credit = isCreditKind(kind)
  const flip = credit && row.profile.creditSign === 'positive'
  const negative = credit && !flip
  if (original < 0n !== negative) {
    fail(row, 'original', 'sign', signMessage(kind, credit, flip))
    return null
  }
  if (open !== null && open !== 0n && open < 0n !== negative) {
    fail(row, 'open', 'sign', `has another sign than the original amount; correct one of them`)
    return null
  }
  if (open !== null && (negative ? open < original : open > original)) {
    fail(
      row,
      'open',
      'open-exceeds-original',
      `is more than the original ${toDecimal(original, currency)}; correct one of them`,
    )
    return null
  }
  return { originalMinor: flip ? -original : original, openMinor: open === null ? null : flip ? -open : open }
}

function signMessage(kind: ReceivableKind, credit: boolean, flip: boolean): string {
  if (!credit)
    return `is negative, but the kind is ${kind}; a credit needs one of the kinds ${CREDIT_KINDS.join(', ')}`
  return flip
    ? `is negative, but the profile says that credits come positive; correct the sign, or the kind ${kind}`
    : `is positive, but ${kind} is a credit; write it negative, or set creditSign: positive in the profile`
}
