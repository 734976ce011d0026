import { writeFileSync } from 'node:fs'
import type { CellValue } from 'hucre/xlsx'
import { type CsvCell, csvText } from '../../domain/csvWrite.ts'
import { type Cell, type Column, plain } from './table.ts'

/** Lists as files: typed cells, and text from outside that is never a formula. */

export interface ListFile {
  /** Of the sheet. */
  name: string
  lists: { columns: readonly Column[]; rows: readonly (readonly Cell[])[] }[]
  /** Title of the column beside an amount that says its currency. */
  currency: string
}

/** A column whose amounts name their currency becomes two: what is added up must be numbers. */
interface Field {
  title: string
  kind: 'text' | 'amount' | 'count' | 'date'
  /** Decimals to show. */
  digits: number
  of(row: readonly Cell[]): Cell
}

/** Writes the lists by the name's ending; returns how many rows, or null when a CSV would need several tables. */
export async function writeListFile(
  file: string,
  { name, lists, currency }: ListFile,
): Promise<number | null> {
  const sheets = lists.map(({ columns, rows }) => ({
    fields: columns.flatMap((c, i) => fieldsOf(c, i, rows, currency)),
    rows,
  }))
  if (/\.csv$/i.test(file)) {
    if (sheets.length > 1) return null
    const { fields, rows } = sheets[0]!
    writeFileSync(
      file,
      csvText([
        fields.map((f) => plain(f.title)),
        ...rows.map((row) => fields.map((f) => csvCell(f.of(row)))),
      ]),
    )
  } else writeFileSync(file, await workbook(name, sheets))
  return sheets.reduce((sum, { rows }) => sum + rows.length, 0)
}

function fieldsOf(
  { title }: Column,
  index: number,
  rows: readonly (readonly Cell[])[],
  currency: string,
): Field[] {
  const cells = rows.map((row) => row[index] ?? '')
  const amounts = cells.flatMap((cell) => (typeof cell === 'object' && 'amount' in cell ? [cell] : []))
  const has = (kind: 'count' | 'date'): boolean =>
    cells.some((cell) => typeof cell === 'object' && kind in cell)
  const field: Field = {
    title,
    kind: amounts.length > 0 ? 'amount' : has('count') ? 'count' : has('date') ? 'date' : 'text',
    digits: Math.max(0, ...amounts.map((a) => a.amount.split('.')[1]?.length ?? 0)),
    of: (row) => row[index] ?? '',
  }
  if (!amounts.some((a) => a.currency !== undefined)) return [field]
  const currencyOf = (cell: Cell): string =>
    typeof cell === 'object' && 'amount' in cell ? (cell.currency ?? '') : ''
  return [
    field,
    { title: `${title} (${currency})`, kind: 'text', digits: 0, of: (row) => currencyOf(row[index] ?? '') },
  ]
}

function csvCell(cell: Cell): CsvCell {
  if (typeof cell === 'string') return plain(cell)
  if ('amount' in cell) return isDecimal(cell.amount) ? { plain: cell.amount } : plain(cell.amount)
  if ('count' in cell) return { plain: String(cell.count) }
  return 'date' in cell ? { plain: cell.date } : plain(cell.again)
}

function xlsxValue(cell: Cell): CellValue {
  if (typeof cell === 'string') return cell === '' ? null : plain(cell)
  if ('amount' in cell) return isDecimal(cell.amount) ? Number(cell.amount) : plain(cell.amount)
  if ('count' in cell) return cell.count
  return 'date' in cell ? new Date(`${cell.date}T00:00:00Z`) : plain(cell.again)
}

const isDecimal = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

const WIDTH_MIN = 9
const WIDTH_MAX = 50

async function workbook(
  name: string,
  sheets: { fields: Field[]; rows: readonly (readonly Cell[])[] }[],
): Promise<Uint8Array> {
  const { writeXlsx } = await import('hucre/xlsx')
  return writeXlsx({
    sheets: sheets.map(({ fields, rows }, index) => {
      const values = rows.map((row) => fields.map((f) => xlsxValue(f.of(row))))
      return {
        name: index === 0 ? name : `${name} ${index + 1}`,
        columns: fields.map((f, i) => ({
          width: Math.min(
            WIDTH_MAX,
            Math.max(WIDTH_MIN, f.title.length, ...values.map((v) => textLength(v[i]!))) + 2,
          ),
          numFmt: FORMATS[f.kind](f.digits),
        })),
        rows: [fields.map((f) => plain(f.title)), ...values],
        cells: new Map(fields.map((_, i) => [`0,${i}`, { style: { font: { bold: true } } }])),
        freezePane: { rows: 1 },
      }
    }),
  })
}

/** Text cells are of the format for text: edited, they don't turn into formulas or numbers either. */
const FORMATS: Record<Field['kind'], (digits: number) => string> = {
  text: () => '@',
  amount: (digits) => `#,##0${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`,
  count: () => '0',
  date: () => 'yyyy-mm-dd',
}

const textLength = (value: CellValue): number => (value instanceof Date ? 10 : String(value ?? '').length)
