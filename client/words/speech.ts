import { formatMoney, isCurrency, parseAmount } from '../../domain/money.ts'
import type { Language } from '../../domain/notice.ts'

/** How amounts, dates and lists are said in a language. Takes what stands in stored data; what it can't read it repeats. */
export interface Speech {
  language: Language
  /** `1234.50`, `MXN` → `$1,234.50`. */
  amount(decimal: unknown, currency: unknown): string
  /** An amount whose currency isn't told. */
  number(decimal: unknown): string
  /** `2026-11-25` → `25 nov 2026`. */
  date(day: unknown): string
  weekday(day: string): string
  /** An instant as date and time in a zone. */
  moment(instant: number | string, timeZone: string): string
  list(items: unknown): string
}

const COMMA = { decimal: '.', grouping: ',' } as const

export function createSpeech(language: Language): Speech {
  const inUtc = { timeZone: 'UTC' } as const
  const dates = new Intl.DateTimeFormat(language, {
    ...inUtc,
    day: '2-digit',
    month: 'short',
    year: 'numeric',
  })
  const weekdays = new Intl.DateTimeFormat(language, { ...inUtc, weekday: 'short' })
  const dateOf = (day: unknown): Date | null =>
    typeof day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : null
  const shown = (format: Intl.DateTimeFormat, day: unknown) => {
    const date = dateOf(day)
    return date && !Number.isNaN(date.getTime()) ? format.format(date) : String(day ?? '')
  }
  const number = (decimal: unknown) => {
    const text = String(decimal ?? '')
    if (!/^-?\d+(\.\d+)?$/.test(text)) return text
    const digits = text.split('.')[1]?.length ?? 0
    return new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(text as `${number}`)
  }
  return {
    language,
    amount(decimal, currency) {
      const code = String(currency ?? '')
      if (!isCurrency(code)) return code === '' ? number(decimal) : `${number(decimal)} ${code}`
      const parsed = parseAmount(String(decimal ?? ''), code, COMMA)
      return parsed.ok ? formatMoney(parsed.minor, code, language) : `${String(decimal)} ${code}`
    },
    number,
    date: (day) => shown(dates, day),
    weekday: (day) => shown(weekdays, day),
    moment: (instant, timeZone) =>
      new Intl.DateTimeFormat(language, {
        timeZone,
        day: '2-digit',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(instant)),
    list: (items) => (Array.isArray(items) ? items.map(String).join(', ') : String(items ?? '')),
  }
}

const NAMES_SAID = 5

/** Names as a sentence holds them; of many the first. */
export function someOf(names: unknown): string {
  const all = Array.isArray(names) ? names.map(String) : [String(names ?? '')]
  return [...all.slice(0, NAMES_SAID), ...(all.length > NAMES_SAID ? [`… (${all.length})`] : [])].join(', ')
}

const LINES_SAID = 12

/** Documents with their amounts, as answers and events hold them; of many the first. */
export function listLines(lines: unknown, say: Speech): string {
  const all = (Array.isArray(lines) ? lines : []) as { document: string; amount: string; currency: string }[]
  const said = all.slice(0, LINES_SAID).map((l) => `${l.document} ${say.amount(l.amount, l.currency)}`)
  return [...said, ...(all.length > LINES_SAID ? [`… (${all.length})`] : [])].join(', ')
}

/** Fields that changed, each with what it was and what it is. */
export const listChanges = (changes: unknown): string =>
  Object.entries((changes ?? {}) as Record<string, [string, string]>)
    .map(([field, [before, after]]) => `${field} ${before} → ${after}`)
    .join(', ')

/** `a.pdf, a.xlsx`: the names of a list of named things, as stored. */
export const namesOf = (list: unknown): string =>
  ((list ?? []) as { name: string }[]).map(({ name }) => name).join(', ')

/** Amounts of several currencies. */
export const listAmounts = (amounts: unknown, say: Speech): string =>
  ((amounts ?? []) as { currency: string; amount: string }[])
    .map(({ amount, currency }) => say.amount(amount, currency))
    .join(' + ')
