import { isCurrency, type MoneyJson, parseAmount, toDecimal } from '../../domain/money.ts'
import type { Phrases } from '../words/phrases.ts'
import { UsageError } from './exit.ts'

/** What people type, read. Amounts have a decimal point and may have commas between thousands. */

const AMOUNT_FORMAT = { decimal: '.', grouping: ',' } as const
/** Looks like an attempt at an amount, right or wrong. */
const LIKE_AMOUNT = /^[-+]?[0-9.,]*[0-9][0-9.,]*$/

export interface DocumentAmount {
  document: string
  /** As typed; null for all that is open. */
  amount: string | null
}

/**
 * Reads `DOCUMENT` or `DOCUMENT=AMOUNT`. A document may hold `=` and `/` itself: the amount is what stands behind the
 * last `=`, when it looks like one; `A=12=` is the document `A=12`.
 */
export function readDocumentAmount(text: string): DocumentAmount {
  const at = text.lastIndexOf('=')
  const behind = text.slice(at + 1).trim()
  if (at <= 0) return { document: text, amount: null }
  if (behind === '') return { document: text.slice(0, at), amount: null }
  return LIKE_AMOUNT.test(behind)
    ? { document: text.slice(0, at), amount: behind }
    : { document: text, amount: null }
}

export interface DateAmount {
  on: string
  amount: string | null
}

/** Reads `DATE` or `DATE=AMOUNT`. */
export function readDateAmount(text: string, option: string, phrases: Phrases): DateAmount {
  const at = text.indexOf('=')
  const on = readDate(at < 0 ? text : text.slice(0, at), option, phrases)
  const amount = at < 0 ? '' : text.slice(at + 1).trim()
  if (at >= 0 && amount === '') throw new UsageError(phrases.notAnAmount(option, text, ''))
  return { on, amount: amount === '' ? null : amount }
}

/** A day that exists, `YYYY-MM-DD`. */
export function readDate(text: string, option: string, phrases: Phrases): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  if (day === null || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
    throw new UsageError(phrases.notADate(option, text))
  return text
}

/** An instant of ISO 8601 with its offset, in ms. */
export function readInstant(text: string, option: string, phrases: Phrases): number {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(phrases.notAnInstant(option, text))
  return at
}

export function readCurrency(text: string, option: string, phrases: Phrases): string {
  const code = text.toUpperCase()
  if (!isCurrency(code)) throw new UsageError(phrases.notACurrency(option, text))
  return code
}

/** More than zero, with no more decimals than the currency has. */
export function readMoney(text: string, currency: string, option: string, phrases: Phrases): MoneyJson {
  const parsed = isCurrency(currency) ? parseAmount(text, currency, AMOUNT_FORMAT) : null
  if (!parsed?.ok || parsed.minor <= 0n) throw new UsageError(phrases.notAnAmount(option, text, currency))
  return { currency, minor: Number(parsed.minor) }
}

/** What somebody says is open: nothing is an answer too. */
export function readBalance(text: string, currency: string, option: string, phrases: Phrases): MoneyJson {
  const code = readCurrency(currency, option, phrases)
  const parsed = isCurrency(code) ? parseAmount(text, code, AMOUNT_FORMAT) : null
  if (!parsed?.ok || parsed.minor < 0n) throw new UsageError(phrases.notAnAmount(option, text, code))
  return { currency: code, minor: Number(parsed.minor) }
}

/** The number of a promise, task, dispute, pause or announced payment. */
export function readId(text: string, option: string, phrases: Phrases): number {
  const id = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id < 1)
    throw new UsageError(phrases.notANumber(option, text))
  return id
}

/** An amount as stored: a decimal string (or a bigint of minor units) with a point. */
export const decimalOf = (minor: bigint | number, currency: string): string =>
  toDecimal(BigInt(minor), currency)
