import { type CellStyle, type CellValue, writeXlsx } from 'hucre/xlsx'
import type { LocalDate } from '../../domain/calendar.ts'
import { minorDigits, toDecimal } from '../../domain/money.ts'

/**
 * Workbooks of typed cells. Text is always text, whatever it begins with: only what is said to be a formula here is one,
 * so that a document named `=HYPERLINK(…)` stays a name.
 */
export type XlsxCell =
  | null
  | string
  | number
  | { day: LocalDate }
  | { minor: bigint; currency: string; strong?: boolean }
  /** Its value is written too: who only looks at the file computes nothing. */
  | { formula: string; minor: bigint; currency: string; strong?: boolean }
  | { heading: string }

export interface XlsxSheet {
  name: string
  /** Widths in characters. */
  widths: number[]
  rows: XlsxCell[][]
  /** Rows on top that stay in sight and can be filtered; none when not said. */
  head?: boolean
}

export const makeXlsx = (
  sheets: readonly XlsxSheet[],
  about: { title: string; author: string; day: LocalDate },
): Promise<Uint8Array> => {
  // Equal content of the same day gives equal bytes: nothing is taken from the clock.
  const at = new Date(`${about.day}T12:00:00Z`)
  return writeXlsx({
    properties: { title: about.title, creator: about.author, created: at, modified: at },
    sheets: sheets.map(({ name, widths, rows, head }) => {
      const cells = new Map<string, { style: CellStyle; formula?: string; formulaResult?: CellValue }>()
      const values = rows.map((row, y) =>
        row.map((cell, x) => {
          const { value, ...detail } = written(cell)
          const style = head
            ? listStyle(detail.style, y === 0, isOnTheRight(rows[1]?.[x] ?? null))
            : detail.style
          if (style || detail.formula) cells.set(`${y},${x}`, { ...detail, style: style ?? {} })
          return value
        }),
      )
      return {
        name,
        columns: widths.map((width) => ({ width })),
        rows: values,
        cells,
        pageSetup: { orientation: 'landscape' as const, fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
        ...(head
          ? {
              freezePane: { rows: 1 },
              autoFilter: { range: `A1:${columnOf(widths.length - 1)}${Math.max(1, rows.length)}` },
            }
          : {}),
      }
    }),
  })
}

function written(cell: XlsxCell): {
  value: CellValue
  style?: CellStyle
  formula?: string
  formulaResult?: CellValue
} {
  if (cell === null || typeof cell === 'string' || typeof cell === 'number') return { value: cell }
  if ('day' in cell) return { value: new Date(`${cell.day}T00:00:00Z`), style: { numFmt: 'yyyy-mm-dd' } }
  if ('heading' in cell) return { value: cell.heading, style: { font: { bold: true } } }
  const digits = minorDigits(cell.currency)
  const style = {
    numFmt: digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`,
    ...(cell.strong ? { font: { bold: true } } : {}),
  }
  const value = Number(toDecimal(cell.minor, cell.currency))
  return 'formula' in cell
    ? { value: null, style, formula: cell.formula, formulaResult: value }
    : { value, style }
}

/** Of a list, heads stand over what they name, and text keeps off the figures beside it. */
const listStyle = (style: CellStyle | undefined, isHead: boolean, onTheRight: boolean): CellStyle => ({
  ...style,
  ...(isHead ? { font: { bold: true } } : {}),
  alignment: onTheRight ? { horizontal: 'right' } : { horizontal: 'left', indent: 1 },
})

const isOnTheRight = (cell: XlsxCell): boolean =>
  typeof cell === 'number' || (typeof cell === 'object' && cell !== null && !('heading' in cell))

/** `A` for 0, `AA` for 26. */
export const columnOf = (index: number): string =>
  index < 26
    ? String.fromCharCode(65 + index)
    : `${columnOf(Math.floor(index / 26) - 1)}${columnOf(index % 26)}`
