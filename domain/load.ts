import type { LocalDate } from './calendar.ts'
import { type Currency, isCurrency, parseAmount, toDecimal } from './money.ts'
import type { LineError, OpenItem } from './openItem.ts'

/**
 * A file of open items on its way into the ledger: staged in chunks, checked whole, promoted in one transaction.
 *
 * - `initial`: a portfolio that is taken over, with what was done about it before.
 * - `delta`: what is new or changed; what it doesn't name stays as it is.
 * - `snapshot`: everything that is open in its scope on a day; what it doesn't name is no longer open there.
 */
export const LOAD_KINDS = ['initial', 'delta', 'snapshot'] as const
export type LoadKind = (typeof LOAD_KINDS)[number]

/** The part of a source that a file speaks of. Without a list it isn't narrowed that way: {} is all of the source. */
export interface LoadScope {
  branches?: string[]
  customers?: string[]
}

/** What the sender says is in the file, so that a part of it can't pass for the whole. */
export interface ControlTotals {
  /** Items. */
  lines?: number
  /** Sum of what is open, by currency, in minor units; a credit counts negative. */
  openMinor?: Record<Currency, number>
}

export interface NewLoad {
  id: string
  company: string
  source: string
  authority: 'source' | 'cartera'
  kind: LoadKind
  fileName: string
  fileHash: string
  asOf: LocalDate | null
  /** Absent: all of the source. */
  scope?: LoadScope
  control?: ControlTotals | null
  profile: unknown
  hold: boolean
  actor: string
}

export interface LoadReport {
  id: string
  state: 'staging' | 'refused' | 'held' | 'released'
  fileName: string
  lines: number
  created: number
  unchanged: number
  /** Items whose balance or terms the source has changed, taken over. */
  changed: number
  /** Items that a snapshot no longer has, taken as settled. */
  vanished: number
  /** What a person has to look at. */
  exceptions: number
  errors: number
  notes: number
}

/** Whether both speak of some item: then the later of the two must not be undone by the earlier. */
export function scopesOverlap(a: LoadScope, b: LoadScope): boolean {
  const disjoint = (x?: string[], y?: string[]) =>
    x !== undefined && y !== undefined && !x.some((each) => y.includes(each))
  return !disjoint(a.branches, b.branches) && !disjoint(a.customers, b.customers)
}

/** @returns null when the text isn't `lines=N` or `CURRENCY=AMOUNT` */
export function addControl(totals: ControlTotals, name: string, value: string): ControlTotals | null {
  if (name === 'lines') return /^\d+$/.test(value) ? { ...totals, lines: Number(value) } : null
  if (!isCurrency(name)) return null
  const parsed = parseAmount(value, name, { decimal: '.', grouping: ',' })
  return parsed.ok ? { ...totals, openMinor: { ...totals.openMinor, [name]: Number(parsed.minor) } } : null
}

/** Whether the sender's word is that nothing is open any more: a file without lines is then no mistake. */
export const saysNothingOpen = ({ kind, control }: Pick<NewLoad, 'kind' | 'control'>): boolean =>
  kind === 'snapshot' && control?.lines === 0

/** Where a file isn't what its sender says it is. Every currency of the file must be told when one is. */
export function controlErrors(control: ControlTotals, items: readonly OpenItem[]): LineError[] {
  const error = (column: string, value: string, message: string): LineError => ({
    line: 0,
    column,
    value,
    code: 'control-total',
    message,
  })
  const errors: LineError[] = []
  const advice = 'the file is not the one that was sent, or not all of it: export it again'
  if (control.lines !== undefined && control.lines !== items.length)
    errors.push(
      error(
        'lines',
        String(items.length),
        `has ${items.length} items, the control total says ${control.lines}; ${advice}`,
      ),
    )
  if (control.openMinor === undefined) return errors
  const found = new Map<string, bigint>(Object.keys(control.openMinor).map((currency) => [currency, 0n]))
  for (const { currency, openMinor, originalMinor } of items)
    found.set(currency, (found.get(currency) ?? 0n) + (openMinor ?? originalMinor))
  for (const [currency, minor] of found) {
    const said = control.openMinor[currency]
    const has = toDecimal(minor, currency)
    if (said === undefined)
      errors.push(
        error(
          currency,
          has,
          `has ${has} ${currency} open, the control totals don't name ${currency}; ${advice}`,
        ),
      )
    else if (BigInt(said) !== minor)
      errors.push(
        error(
          currency,
          has,
          `has ${has} ${currency} open, the control total says ${toDecimal(BigInt(said), currency)}; ${advice}`,
        ),
      )
  }
  return errors
}
