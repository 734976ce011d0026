import { toDecimal } from '../../domain/money.ts'
import { breakDown, type Notice } from '../../domain/notice.ts'
import { breakable, formatDay, singleLine } from './noticeFormat.ts'
import { allItemsOf } from './noticeTotals.ts'
import { waitInWords } from './noticeView.ts'
import { phrase, wordsOf } from './words.ts'

/**
 * A spreadsheet takes a cell that begins with = + - @ (or their full-width twins, even after blanks) as a
 * formula; an apostrophe in front makes it text. See OWASP, "CSV Injection".
 */
const inert = (cell: string): string => (/^\s*[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell)

const cellOf = (value: string): string => {
  const cell = inert(singleLine(value))
  return /[",;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/**
 * All items of a notice as CSV: ISO dates and plain decimals, because it's read by programs as often as by
 * people. With a byte order mark, without which Excel takes UTF-8 for the code page of the machine.
 */
export function itemsCsv(notice: Notice): { filename: string; contentType: string; content: string } {
  const { csv } = wordsOf(notice.language)
  const header = [
    ...[csv.currency, csv.document, csv.tranche, csv.site, csv.issued, csv.due, csv.daysLate],
    ...[csv.original, csv.open, csv.disputed, csv.toPay, csv.remark],
  ]
  const lines = notice.sections.flatMap((section) =>
    allItemsOf(section).map((item) => [
      section.currency,
      item.document,
      item.tranche,
      item.site ?? '',
      item.issuedOn,
      item.dueOn,
      String(Math.max(0, item.daysLate)),
      toDecimal(item.originalMinor, section.currency),
      toDecimal(item.openMinor, section.currency),
      toDecimal(item.disputedMinor, section.currency),
      toDecimal(breakDown([item]).payableMinor, section.currency),
      breakable(waitInWords(item, notice.language) ?? ''),
    ]),
  )
  const name = phrase(csv.filename, {
    customer: notice.customer,
    date: formatDay(notice.today, notice.language),
  })
  return {
    filename: `${name.replace(/[^\p{L}\p{N}._-]+/gu, '_')}.csv`,
    contentType: 'text/csv; charset=utf-8',
    content: `\ufeff${[header, ...lines].map((line) => line.map(cellOf).join(',')).join('\r\n')}\r\n`,
  }
}
