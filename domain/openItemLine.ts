import { timeZoneOf } from './calendar.ts'
import type { FileLine } from './dataFile.ts'
import { historyOf } from './itemHistory.ts'
import { type Currency, isCurrency, toDecimal } from './money.ts'
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
import {
  type ColumnIndex,
  fail,
  missing,
  type Row,
  readAmount,
  readDate,
  readEmail,
  readText,
} from './openItemCells.ts'
import type { Profile, ProfileField } from './profile.ts'
import { isReviewDays, plainReviewDays } from './reviewDays.ts'

/** What one line says. */
export interface ReadLine {
  /** Null when something in the line is wrong. Its `customer` is what the line says, without defaults. */
  item: OpenItem | null
  errors: LineError[]
}

/** Reads a line; a field without column, like an empty cell, takes the profile's default. */
export function readLine(line: FileLine, profile: Profile, columns: ColumnIndex): ReadLine {
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
  const history = kind && currency && amounts ? historyOf(row, kind, currency, amounts, issuedOn) : null
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
    ...(history ? { history } : {}),
  }
  return { item, errors: row.errors }
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
  set('brokenPromises', readCount(row, 'broken_promises'))
  const language = readText(row, 'language')
  if (language !== null && !(LANGUAGES as readonly string[]).includes(language))
    fail(
      row,
      'language',
      'unknown-language',
      `is not a language of the system; write ${LANGUAGES.join(' or ')}`,
    )
  else set('language', language)
  const named = readText(row, 'time_zone')
  const timeZone = named === null ? null : timeZoneOf(named)
  if (named !== null && timeZone === null)
    fail(row, 'time_zone', 'bad-time-zone', 'is not an IANA time zone; write for example America/Mexico_City')
  else set('timeZone', timeZone)
  const reviewDays = plainReviewDays(readText(row, 'review_days') ?? '')
  if (reviewDays === 'any' || reviewDays === 'none' || (reviewDays !== '' && isReviewDays(reviewDays)))
    set('reviewDays', reviewDays)
  else if (reviewDays !== '')
    fail(
      row,
      'review_days',
      'bad-review-days',
      'names no review days; write for example "mon,thu", "1mon,3mon", any or none',
    )
  return customer
}

function readCount(row: Row, field: ProfileField): string | null {
  const text = readText(row, field)
  if (text === null || /^\d{1,4}$/.test(text)) return text
  fail(row, field, 'bad-count', 'is not a number of promises; write digits, such as 2')
  return null
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
