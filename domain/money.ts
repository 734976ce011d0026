import type { Language } from './notice.ts'

/** ISO 4217 alphabetic code, such as `MXN`. A plain string: `isCurrency` is the check at the border. */
export type Currency = string

/** An amount in integer minor units (cents of MXN, whole yen of JPY). */
export interface Money {
  currency: Currency
  minor: bigint
}

/** The same in JSON: `minor` is a safe integer, |minor| < 2^53. */
export interface MoneyJson {
  currency: Currency
  minor: number
}

/** Largest amount the system takes, in minor units: JSON carries it without loss. */
export const MAX_MINOR = BigInt(Number.MAX_SAFE_INTEGER)

/*
 * Active codes of ISO 4217 by their number of minor digits. Written out and not asked of Intl: ICU knows
 * how many digits people *show* (0 for COP, HUF, IDR, IRR, PKR, AFN, ALL, KPW, LAK, LBP, MGA, MMK, SOS, SYP,
 * YER; 0 for IQD where ISO says 3), and its list differs from one Node to the next. Banks and invoices
 * follow ISO. Left out: withdrawn codes (ANG, CUC, HRK, SLL, ZWL), precious metals, test and fund codes,
 * except the units that contracts are written in: CLF (UF, Chile), MXV (UDI, Mexico) and UYW.
 * BGN stays, although Bulgaria takes the euro in 2026: old receivables remain in it.
 */
const CODES_BY_DIGITS: ReadonlyArray<readonly [digits: number, codes: string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
     CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
     HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
     MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
     SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
     VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ],
]

/** Minor digits of every currency that can be used, by code. */
export const CURRENCIES: ReadonlyMap<Currency, number> = new Map(
  CODES_BY_DIGITS.flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, digits] as const),
  ).sort(([a], [b]) => (a < b ? -1 : 1)),
)

export const isCurrency = (code: string): boolean => CURRENCIES.has(code)

/** Digits after the decimal mark; throws RangeError for an unknown code. */
export function minorDigits(currency: Currency): number {
  const digits = CURRENCIES.get(currency)
  if (digits === undefined) throw new RangeError(`${JSON.stringify(currency)} is no currency of ISO 4217`)
  return digits
}

/** How a file writes numbers. A grouping mark is allowed, never required; ' ' and "'" take their typographic twins too. */
export interface AmountFormat {
  decimal: '.' | ','
  grouping?: string
}

export type AmountProblem = 'empty' | 'not-a-number' | 'bad-grouping' | 'too-many-decimals' | 'too-large'
export type ParsedAmount = { ok: true; minor: bigint } | { ok: false; reason: AmountProblem }

const refused = (reason: AmountProblem): ParsedAmount => ({ ok: false, reason })

/**
 * Reads an amount exactly, without floating point. Outer blanks are dropped. The sign is one of: none,
 * leading `-`, trailing `-` (as SAP writes it), parentheses. `.50` is read, `5.` is not; a grouping mark
 * must stand before every third digit. More decimals than the currency has are refused even when they are
 * zeros: `1.000` may as well mean a thousand. Currency signs, exponents and `+` are refused.
 * Throws RangeError for an unknown currency.
 */
export function parseAmount(text: string, currency: Currency, format: AmountFormat): ParsedAmount {
  const digits = minorDigits(currency)
  const trimmed = text.trim()
  if (trimmed === '') return refused('empty')
  const signed = /^(?:(-)(.+)|\((.+)\)|(.+)(-)|(.+))$/s.exec(trimmed)
  if (!signed) return refused('not-a-number')
  const body = signed[2] ?? signed[3] ?? signed[4] ?? signed[6] ?? ''
  const negative = signed[6] === undefined

  const parts = body.split(format.decimal)
  const fraction = parts[1] ?? ''
  if (parts.length > 2 || (parts.length === 2 && !/^[0-9]+$/.test(fraction))) return refused('not-a-number')
  const whole = ungroup(parts[0] ?? '', format.grouping)
  if (whole === null) return refused('bad-grouping')
  if (!/^[0-9]*$/.test(whole) || (whole === '' && fraction === '')) return refused('not-a-number')
  if (fraction.length > digits) return refused('too-many-decimals')

  const unsigned = whole.replace(/^0+/, '') + fraction.padEnd(digits, '0')
  // Length first: a megabyte of digits must not become a bigint.
  if (unsigned.length > 20) return refused('too-large')
  const minor = BigInt(unsigned === '' ? '0' : unsigned)
  if (minor > MAX_MINOR) return refused('too-large')
  return { ok: true, minor: negative ? -minor : minor }
}

/** Takes the grouping marks out of the whole part; null when they stand in the wrong places. */
function ungroup(whole: string, grouping: string | undefined): string | null {
  if (grouping === undefined || grouping === '') return whole
  const twins = grouping === ' ' ? /[ \u00a0\u2009\u202f]/ : grouping === "'" ? /['\u2019]/ : grouping
  const groups = whole.split(twins)
  if (groups.length === 1) return whole
  const [first = '', ...rest] = groups
  if (first.length < 1 || first.length > 3 || rest.some((group) => group.length !== 3)) return null
  return groups.join('')
}

/** Plain decimal with a point and all the currency's digits: `1234.50`, `-0.05`, `1234` for JPY. */
export function toDecimal(minor: bigint, currency: Currency): string {
  const digits = minorDigits(currency)
  const negative = minor < 0n
  const text = (negative ? -minor : minor).toString().padStart(digits + 1, '0')
  const cut = text.length - digits
  return `${negative ? '-' : ''}${text.slice(0, cut)}${digits > 0 ? `.${text.slice(cut)}` : ''}`
}

const formats = new Map<string, Intl.NumberFormat>()

/** For people: `$1,234.50` for MXN in es-MX, `MX$1,234.50` in English. Always ISO's number of decimals. */
export function formatMoney(minor: bigint, currency: Currency, language: Language): string {
  const key = `${language} ${currency}`
  let format = formats.get(key)
  if (!format) {
    const digits = minorDigits(currency)
    format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formats.set(key, format)
  }
  // A decimal string is formatted exactly; a number would lose digits above 2^53.
  return format.format(toDecimal(minor, currency) as `${number}`)
}

/** Throws RangeError when the amount isn't a safe integer or the currency unknown. */
export function toJson(minor: bigint, currency: Currency): MoneyJson {
  minorDigits(currency)
  if (minor > MAX_MINOR || minor < -MAX_MINOR)
    throw new RangeError(`${minor} is beyond what JSON carries exactly`)
  return { currency, minor: Number(minor) }
}

/** Throws RangeError when `minor` isn't a safe integer or the currency unknown. */
export function fromJson(json: MoneyJson): Money {
  minorDigits(json.currency)
  if (!Number.isSafeInteger(json.minor))
    throw new RangeError(`${json.minor} is not an amount in whole minor units`)
  return { currency: json.currency, minor: BigInt(json.minor) }
}
