import type { CellValue, Workbook } from 'hucre/xlsx'

/** Computes the formulas that our workbooks hold, as a spreadsheet does: SUM of a range of the same sheet, SUMIFS, minus. */
export function computed(book: Workbook, formula: string): number {
  if (formula.startsWith('-')) return -computed(book, formula.slice(1))
  const [, name, inner] = /^(SUM|SUMIFS)\((.*)\)$/s.exec(formula) ?? []
  const args = (inner ?? '').match(/'[^']*'![^,]+|"[^"]*"|[^,]+/g) ?? []
  if (name === 'SUM')
    return valuesOf(book, args[0]!).reduce<number>((sum, value) => sum + Number(value ?? 0), 0)
  if (name !== 'SUMIFS') throw new Error(`not a formula that is computed here: ${formula}`)
  const [summed, ...conditions] = args
  const pairs = conditions.flatMap((range, i) =>
    i % 2 === 0 ? [{ values: valuesOf(book, range), wanted: JSON.parse(conditions[i + 1]!) as string }] : [],
  )
  return valuesOf(book, summed!).reduce<number>(
    (sum, value, row) =>
      pairs.every(({ values, wanted }) =>
        wanted.startsWith('>') ? Number(values[row]) > Number(wanted.slice(1)) : values[row] === wanted,
      )
        ? sum + Number(value ?? 0)
        : sum,
    0,
  )
}

function valuesOf(book: Workbook, range: string): CellValue[] {
  const [, sheetName, column, from, to] = /^(?:'(.*)'!)?\$?([A-Z])\$?(\d+):\$?[A-Z]\$?(\d+)$/.exec(range)!
  const sheet = sheetName === undefined ? book.sheets[0]! : book.sheets.find((one) => one.name === sheetName)!
  const at = column!.charCodeAt(0) - 65
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => {
    const row = Number(from) - 1 + i
    const formula = sheet.cells?.get(`${row},${at}`)?.formula
    return formula === undefined ? (sheet.rows[row]?.[at] ?? null) : computed(book, formula)
  })
}
