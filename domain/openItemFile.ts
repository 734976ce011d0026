import { visible } from './csvFile.ts'
import { type DataFile, type FileLine, placed, readDataFile } from './dataFile.ts'
import { formatsOfAll } from './dateFormat.ts'
import { isCurrency, parseAmount } from './money.ts'
import type { CustomerColumns, LineError, OpenItem } from './openItem.ts'
import { amountFormat, type ColumnIndex } from './openItemCells.ts'
import { readLine } from './openItemLine.ts'
import { ALWAYS_NEEDED, PROFILE_FIELDS, type Profile, type ProfileField } from './profile.ts'

export interface OpenItemFile {
  /** Sound items in the order of the file. All items of a customer share one `customer` object. */
  items: OpenItem[]
  /** In the order of the lines; a file with any of them isn't to be loaded. */
  errors: LineError[]
  /** Lines with content after the header, sound or not. */
  lines: number
}

/** Columns that hold dates. */
const DATE_FIELDS: readonly ProfileField[] = [
  'issued',
  'due',
  'presented',
  'last_step_on',
  'promise_due',
  'promise_made',
  'dispute_opened',
  'settled',
]

/** Reads a file of open items, CSV or XLSX, as its profile says. A header alone is an error, unless it `mayBeEmpty`. */
export async function readOpenItems(
  bytes: Uint8Array,
  profile: Profile,
  mayBeEmpty = false,
): Promise<OpenItemFile> {
  const named = (fields: readonly ProfileField[]): string[] =>
    fields.flatMap((field) => profile.columns[field] ?? [])
  const file = await readDataFile(bytes, {
    ...profile,
    columns: named(PROFILE_FIELDS),
    dateColumns: named(DATE_FIELDS),
    needed: named(ALWAYS_NEEDED),
  })
  const read = openItemsOf(file, profile, mayBeEmpty)
  return { ...read, errors: placed(file, read.errors) }
}

/**
 * The open items of a file, as its profile says. Never throws on what is in the file: each bad value is an
 * error with its line; a column that is wrong in every line is one error. Codes, besides those of `readCsv` and `readWorkbook`:
 * `missing-column`, `duplicate-header`, `wrong-delimiter`, `missing-value`, `too-long`, `control-character`,
 * `spreadsheet-damage`, `bad-email`, `unknown-language`, `bad-time-zone`, `bad-review-days`, `unknown-kind`,
 * `unknown-currency`, `bad-date`, `bad-amount`, `zero-amount`, `sign`, `open-exceeds-original`,
 * `due-before-issued`, `presented-before-issued`, `duplicate-document`, `conflicting-customer`,
 * `conflicting-site`, `swapped-columns`.
 */
export function openItemsOf(file: DataFile, profile: Profile, mayBeEmpty = false): OpenItemFile {
  const { header, lines, errors: fileErrors, lineCount } = file
  if (!header) return { items: [], errors: fileErrors, lines: lineCount }
  const { columns, errors: headerErrors } = findColumns(header, profile)
  if (headerErrors.length > 0)
    return { items: [], errors: [...headerErrors, ...fileErrors], lines: lineCount }
  if (lineCount === 0 && !mayBeEmpty) {
    const message =
      'the file has a header and no line; export it again (when nothing is open any more, a snapshot says so by the control total lines: 0)'
    return { items: [], errors: [{ line: 0, column: '', value: '', message, code: 'empty-file' }], lines: 0 }
  }

  const items: OpenItem[] = []
  const lineErrors: LineError[] = []
  const together = makeComparison(profile)
  for (const line of lines) {
    const { item, errors } = readLine(line, profile, columns)
    if (item) errors.push(...together.add(item))
    for (const error of errors) lineErrors.push(error)
    if (item && errors.length === 0) items.push(item)
  }
  together.finish()
  const errors = [...fileErrors, ...wholeColumns(lineErrors, lines, columns, profile)]
  return { items, errors: errors.sort((a, b) => a.line - b.line), lines: lineCount }
}

// ---- The header

function findColumns(
  { line, cells: header }: FileLine,
  profile: Profile,
): { columns: ColumnIndex; errors: LineError[] } {
  const columns: ColumnIndex = {}
  const errors: LineError[] = []
  const error = (column: string, code: string, message: string): void => {
    errors.push({ line, column, value: visible(header.join(profile.delimiter)), code, message })
  }
  for (const field of PROFILE_FIELDS) {
    const name = profile.columns[field]
    if (name === undefined) continue
    const index = header.indexOf(name)
    if (index >= 0) {
      columns[field] = index
      if (header.indexOf(name, index + 1) >= 0)
        error(name, 'duplicate-header', `is the name of two columns; rename the one that isn't ${field}`)
      continue
    }
    const similar = header.find((each) => plain(each) === plain(name))
    // An optional column that is there under a slightly other name must not be passed over in silence.
    if (similar === undefined && profile.optionalColumns?.includes(field)) continue
    const hint = similar === undefined ? '' : `; the file has ${JSON.stringify(similar)}`
    error(
      name,
      'missing-column',
      `is not in the header${hint}; correct columns.${field} in the profile, or the file`,
    )
  }
  const other =
    header.length === 1 ? [',', ';', '\t', '|'].find((each) => header[0]?.includes(each)) : undefined
  if (errors.length === 0 || other === undefined) return { columns, errors }
  const message = `the header is one field with ${JSON.stringify(other)} in it; declare \`delimiter: ${JSON.stringify(other)}\` in the profile`
  return { columns, errors: [{ ...errors[0]!, column: '', code: 'wrong-delimiter', message }] }
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

// ---- What lines say of the same thing

/** Customer fields by the profile's name for them. */
const CUSTOMER_FIELDS: readonly (readonly [keyof CustomerColumns, ProfileField])[] = [
  ['name', 'customer_name'],
  ['segment', 'segment'],
  ['branch', 'branch'],
  ['language', 'language'],
  ['timeZone', 'time_zone'],
  ['reviewDays', 'review_days'],
  ['analyst', 'analyst'],
  ['payer', 'payer'],
  ['contactName', 'contact_name'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['brokenPromises', 'broken_promises'],
]

interface SeenCustomer {
  columns: CustomerColumns
  /** Line that said each field first. */
  saidIn: Partial<Record<ProfileField, number>>
}

/** Compares each item with those before it. `add` makes the item share its customer's one description. */
function makeComparison(profile: Profile): { add(item: OpenItem): LineError[]; finish(): void } {
  const documents = new Map<string, number>()
  const customers = new Map<string, SeenCustomer>()
  const sites = new Map<string, { email: string; line: number }>()
  const conflict = (
    item: OpenItem,
    field: ProfileField,
    value: string,
    code: string,
    message: string,
  ): LineError => ({
    line: item.line,
    column: profile.columns[field] ?? field,
    value: visible(value),
    code,
    message,
  })

  const addCustomer = (item: OpenItem): LineError[] => {
    const said = item.customer
    let seen = customers.get(said.code)
    if (!seen) {
      seen = { columns: { code: said.code }, saidIn: {} }
      customers.set(said.code, seen)
    }
    item.customer = seen.columns
    const errors: LineError[] = []
    for (const [key, field] of CUSTOMER_FIELDS) {
      const value = said[key]
      if (value === undefined) continue
      const before = seen.columns[key]
      if (before === undefined) {
        seen.columns[key] = value
        seen.saidIn[field] = item.line
      } else if (before !== value) {
        const message = `line ${seen.saidIn[field]} says ${JSON.stringify(before)} of customer ${said.code}; make both lines agree`
        errors.push(conflict(item, field, value, 'conflicting-customer', message))
      }
    }
    return errors
  }

  return {
    add(item) {
      const { document, tranche, line } = item
      const errors = addCustomer(item)
      const key = `${document}\n${tranche}`
      const firstLine = documents.get(key)
      if (firstLine === undefined) documents.set(key, line)
      else {
        const message = `document ${document}, tranche ${tranche} is already in line ${firstLine}; take one out, or number the tranches`
        errors.push(conflict(item, 'document', document, 'duplicate-document', message))
      }
      if (item.site !== null && item.siteEmail !== null) {
        const siteKey = `${item.customer.code}\n${item.site}`
        const site = sites.get(siteKey)
        if (!site) sites.set(siteKey, { email: item.siteEmail, line })
        else if (site.email !== item.siteEmail) {
          const message = `line ${site.line} says ${site.email} of site ${item.site}; make both lines agree`
          errors.push(conflict(item, 'site_email', item.siteEmail, 'conflicting-site', message))
        }
      }
      return errors
    },
    // Only now: a default must not contradict what a later line says of the customer.
    finish() {
      const { segment, branch, language, timeZone, analyst } = profile.defaults ?? {}
      const defaults = { segment, branch, language, timeZone, analyst }
      for (const { columns } of customers.values())
        for (const [key, value] of Object.entries(defaults) as [keyof typeof defaults, string | undefined][])
          if (value !== undefined) columns[key] ??= value
    },
  }
}

// ---- Columns that are wrong in every line

/** So many lines must agree before an error is laid to the column. */
const WHOLE_COLUMN_MIN = 3

/** Makes one error of a column that fails in every line: it tells more than a hundred thousand. */
function wholeColumns(
  errors: LineError[],
  lines: FileLine[],
  columns: ColumnIndex,
  profile: Profile,
): LineError[] {
  const counts = new Map<string, number>()
  const keyOf = (error: LineError): string => `${error.code}\n${error.column}`
  for (const error of errors) counts.set(keyOf(error), (counts.get(keyOf(error)) ?? 0) + 1)

  const replacements = new Map<string, LineError | null>()
  for (const error of errors) {
    const key = keyOf(error)
    if (replacements.has(key)) continue
    const field = PROFILE_FIELDS.find((each) => profile.columns[each] === error.column)
    const values = field === undefined ? [] : valuesOf(lines, columns[field])
    const due = error.code === 'missing-value' ? lines.length : values.length
    if (counts.get(key) === due && due >= WHOLE_COLUMN_MIN)
      replacements.set(key, { ...error, ...columnFault(error, values) })
  }
  swapped(errors, counts, lines, columns, profile, replacements)

  const told = new Set<string>()
  return errors.flatMap((error) => {
    const key = keyOf(error)
    const instead = replacements.get(key)
    if (instead === undefined) return [error]
    if (instead === null || told.has(key)) return []
    told.add(key)
    return [instead]
  })
}

const valuesOf = (lines: FileLine[], index: number | undefined): string[] =>
  index === undefined
    ? []
    : lines.map(({ cells }) => (cells[index] ?? '').trim()).filter((value) => value !== '')

function columnFault({ code, message }: LineError, values: string[]): { code: string; message: string } {
  const every = `in every line (${values.length.toLocaleString('en')}), this`
  if (code === 'due-before-issued')
    return {
      code: 'swapped-columns',
      message: `${every} is before the issue date; are columns.issued and columns.due of the profile swapped?`,
    }
  const formats = code === 'bad-date' ? formatsOfAll(values) : []
  if (formats.length > 0)
    return {
      code,
      message: `${every} is a date written ${formats.join(' or ')}; set dateFormat in the profile to it`,
    }
  const distinct = [...new Set(values)]
  const others = distinct.length > 1 && distinct.length <= 10 ? ` (${distinct.map(visible).join(', ')})` : ''
  return { code, message: `in every line${others}: ${message}` }
}

/** Finds an amount column full of dates and a date column full of amounts, and says so once. */
function swapped(
  errors: LineError[],
  counts: Map<string, number>,
  lines: FileLine[],
  columns: ColumnIndex,
  profile: Profile,
  replacements: Map<string, LineError | null>,
): void {
  const currency = [profile.defaults?.currency, ...valuesOf(lines, columns.currency)].find(
    (each) => each && isCurrency(each),
  )
  if (!currency) return
  const isDate = (value: string): boolean => formatsOfAll([value]).length > 0
  const isAmount = (value: string): boolean => parseAmount(value, currency, amountFormat(profile)).ok
  for (const amountField of ['original', 'open'] as const)
    for (const dateField of ['issued', 'due', 'presented'] as const) {
      const amountKey = `bad-amount\n${profile.columns[amountField]}`
      const dateKey = `bad-date\n${profile.columns[dateField]}`
      if (!counts.has(amountKey) || !counts.has(dateKey)) continue
      if (!valuesOf(lines, columns[amountField]).every(isDate)) continue
      if (!valuesOf(lines, columns[dateField]).every(isAmount)) continue
      const first = errors.find((error) => `${error.code}\n${error.column}` === amountKey)!
      const message = `holds dates in every line, and ${profile.columns[dateField]} amounts; the columns are swapped: exchange columns.${amountField} and columns.${dateField} in the profile, or the file's headers`
      replacements.set(amountKey, { ...first, code: 'swapped-columns', message })
      replacements.set(dateKey, null)
    }
}
