import { type CsvCell, csvText } from '../../domain/csvWrite.ts'
import { toDecimal } from '../../domain/money.ts'
import { breakDown, type Notice } from '../../domain/notice.ts'
import { breakable, fileName, formatDay, singleLine } from './noticeFormat.ts'
import { allItemsOf } from './noticeTotals.ts'
import { waitInWords } from './noticeView.ts'
import { phrase, wordsOf } from './words.ts'

/**
 * All items of a notice as CSV: ISO dates and plain decimals, because it's read by programs as often as by
 * people.
 */
export function itemsCsv(notice: Notice): { filename: string; contentType: string; content: string } {
  const { csv } = wordsOf(notice.language)
  const header = [
    ...[csv.currency, csv.document, csv.tranche, csv.site, csv.issued, csv.due, csv.daysLate],
    ...[csv.original, csv.open, csv.disputed, csv.toPay, csv.remark],
  ]
  const lines = notice.sections.flatMap(({ currency, ...section }) => {
    const amount = (minor: bigint): CsvCell => ({ plain: toDecimal(minor, currency) })
    return allItemsOf({ currency, ...section }).map((item): CsvCell[] => [
      currency,
      singleLine(item.document),
      singleLine(item.tranche),
      singleLine(item.site ?? ''),
      item.issuedOn,
      item.dueOn,
      String(Math.max(0, item.daysLate)),
      amount(item.originalMinor),
      amount(item.openMinor),
      amount(item.disputedMinor),
      amount(breakDown([item]).payableMinor),
      singleLine(breakable(waitInWords(item, notice.language) ?? '')),
    ])
  })
  const name = phrase(csv.filename, {
    customer: notice.customer,
    date: formatDay(notice.today, notice.language),
  })
  return {
    filename: fileName(name, 'csv'),
    contentType: 'text/csv; charset=utf-8',
    content: csvText([header, ...lines]),
  }
}
