/** Tables of plain text. Values come from files and mails: control characters never reach the terminal. */

export interface Column {
  title: string
  /** Amounts and counts stand on the right. */
  right?: boolean
  /** May be cut when the table is wider than the terminal. */
  cut?: boolean
}

/** What a cell says. What isn't text is said in the user's language, and stays typed in a file. */
export type Cell =
  | string
  /** A decimal; without a currency it stands in a column of its own, or in the title. */
  | { amount: string; currency?: string }
  /** `signed`: a plus is said too. */
  | { count: number; signed?: true }
  /** YYYY-MM-DD */
  | { date: string }
  /** Said once on the screen, where the row above has it; a file has it in every row. */
  | { again: string }

const LEAST_CUT = 12
const BETWEEN = '  '

/** One line per row under a line of titles; no trailing blanks. `width` is the terminal's, null for no limit. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null = null,
): string {
  const cells = rows.map((row) => columns.map((_, i) => plain(row[i] ?? '')))
  const widths = columns.map((column, i) =>
    Math.max(length(column.title), ...cells.map((row) => length(row[i]!))),
  )
  if (width !== null) shrink(columns, widths, width)
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => pad(cutTo(cell, widths[i]!), widths[i]!, columns[i]!.right === true))
      .join(BETWEEN)
      .trimEnd()
  return [
    line(columns.map((c) => c.title)),
    widths.map((w) => '─'.repeat(w)).join(BETWEEN),
    ...cells.map(line),
  ].join('\n')
}

/** Takes from the widest column that may be cut until the table fits, or none is left to cut. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  for (;;) {
    const over = widths.reduce((sum, w) => sum + w, BETWEEN.length * (widths.length - 1)) - width
    if (over <= 0) return
    const candidates = columns.flatMap((column, i) => (column.cut && widths[i]! > LEAST_CUT ? [i] : []))
    if (candidates.length === 0) return
    const widest = candidates.reduce((a, b) => (widths[b]! > widths[a]! ? b : a))
    widths[widest]!--
  }
}

/** Pairs of a name and what it says, aligned; empty ones are left out. */
export function pairs(entries: readonly (readonly [name: string, value: string])[]): string {
  const said = entries.filter(([, value]) => value !== '')
  const widest = Math.max(0, ...said.map(([name]) => length(name)))
  return said.map(([name, value]) => `${pad(name, widest, false)}  ${plain(value)}`).join('\n')
}

/** Without line ends and control characters, so that a name can't write over the screen. */
export const plain = (text: string): string =>
  text.normalize('NFC').replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')

/** The same for text of several lines: those stay. */
export const plainLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(plain)
    .join('\n')

const length = (text: string): number => [...text].length
const pad = (text: string, width: number, right: boolean): string => {
  const blanks = ' '.repeat(Math.max(0, width - length(text)))
  return right ? blanks + text : text + blanks
}
const cutTo = (text: string, width: number): string =>
  length(text) > width ? `${[...text].slice(0, width - 1).join('')}…` : text
