import { type Instant, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import { formatMoney } from '../../domain/money.ts'
import type { Language } from '../../domain/notice.ts'
import { phrase } from './words.ts'

export interface DayView {
  iso: LocalDate
  /** `25 nov 2026`. */
  short: string
  /** `25 de noviembre de 2026`. */
  long: string
}

/**
 * Customer data as one line: control characters, line separators and bidirectional overrides (which make a
 * text read as something else) become blanks, so that a value can't start a header or a line of its own.
 */
export const singleLine = (value: string): string =>
  value
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()

/** Making a format takes longer than all that a message writes with it. */
const dayFormats = new Map<string, Intl.DateTimeFormat>()

function dayFormat(language: Language, month: 'short' | 'long'): Intl.DateTimeFormat {
  const key = `${language} ${month}`
  const locale = language === 'en' ? 'en-GB' : language
  const format =
    dayFormats.get(key) ??
    new Intl.DateTimeFormat(locale, { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' })
  dayFormats.set(key, format)
  return format
}

/** A calendar day in the notice's language. English days go before months, as in 25 Nov 2026. */
export function formatDay(day: LocalDate, language: Language): DayView {
  const noon = new Date(`${day}T12:00:00Z`)
  return {
    iso: day,
    short: dayFormat(language, 'short').format(noon),
    long: dayFormat(language, 'long').format(noon),
  }
}

/** An instant as day and hour in a zone: `25 nov 2026, 16:00`. */
export function formatMoment(at: Instant, timeZone: string, language: Language): string {
  const clock = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  return `${formatDay(localDateOf(at, timeZone), language).short}, ${clock.format(at)}`
}

/**
 * An amount where the currency is named nearby: without the letters that Intl puts before some dollar and
 * peso signs (`MX$1,234.50` in English), which take the width of a column and say nothing new.
 */
export const formatAmount = (minor: bigint, currency: string, language: Language): string =>
  formatMoney(minor, currency, language).replace(/[A-Z]+\$/, '$')

/**
 * An amount in a sentence, with its code: `$1,234.50` may be pesos or dollars, and a customer must not have
 * to guess. Kept on one line by no-break spaces, which the plain text and the subject turn into blanks.
 */
export function formatWithCode(minor: bigint, currency: string, language: Language): string {
  const text = formatAmount(minor, currency, language)
  return unbroken(text.includes(currency) ? text : `${text} ${currency}`)
}

export const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0')
export const breakable = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

/** Where to pay, line by line; a line may name the customer: `Ref. {{ customer.code }}`. */
export const bankLines = (bankReference: string, customer: { code: string; name: string }): string[] =>
  bankReference
    .split(/\r?\n/)
    .map((line) => singleLine(phrase(line, { customer })))
    .filter((line) => line !== '')

/** A file's name of what a phrase says: letters and digits of any language, and no more than that. */
export const fileName = (said: string, extension: string): string =>
  `${said.replace(/[^\p{L}\p{N}._-]+/gu, '_')}.${extension}`
