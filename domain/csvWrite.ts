/** CSV that spreadsheets open: with a byte order mark, without which Excel takes UTF-8 for the code page of the machine. */

/** Text, wherever it comes from; `plain` is a number or a date that was made here. */
export type CsvCell = string | { plain: string }

/**
 * A spreadsheet takes a cell that begins with = + - @ (or their full-width twins, even after blanks) as a
 * formula; an apostrophe in front makes it text. See OWASP, "CSV Injection".
 */
const inert = (text: string): string => (/^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text)

const cellText = (cell: CsvCell): string => {
  const text = typeof cell === 'string' ? inert(cell) : cell.plain
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
