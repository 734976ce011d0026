import { bucketOf, UNPRESENTED } from '../../domain/aging.ts'
import type { Statement, StatementItem, StatementSection } from '../../domain/statement.ts'
import { statementTotals } from '../../domain/statement.ts'
import { formatDay, singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { bucketName, disputeReason, remarksOn } from './statementRemarks.ts'
import { columnOf, makeXlsx, type XlsxCell, type XlsxSheet } from './xlsx.ts'

/** A list of all currencies, one line each; its columns are named by their position in formulas. */
interface List {
  sheet: XlsxSheet
  /** A column of it as a range, by its title. */
  range: (title: string) => string
}

/**
 * A statement of account for those who reckon on: lists of typed cells, and a summary whose totals are formulas over
 * them. Equal statements give equal bytes.
 */
export async function statementXlsx(statement: Statement, author: string): Promise<Buffer> {
  const lists = listsOf(statement)
  const { document } = wordsOf(statement.language)
  const sheets = [summaryOf(statement, lists), ...Object.values(lists).map(({ sheet }) => sheet)]
  const bytes = await makeXlsx(
    sheets.filter((sheet, index) => index < 2 || sheet.rows.length > 1),
    {
      title: `${document.title} ${singleLine(statement.customer.code)}`,
      author: singleLine(author),
      day: statement.asOf,
    },
  )
  return Buffer.from(bytes)
}

function listsOf(statement: Statement) {
  const { language, asOf, sections } = statement
  const { labels, document } = wordsOf(language)
  const currency = wordsOf(language).csv.currency
  const lines = <T>(
    of: (section: StatementSection) => readonly T[],
    row: (one: T, currency: string) => XlsxCell[],
  ) =>
    sections.flatMap((section) => of(section).map((one) => [section.currency, ...row(one, section.currency)]))
  const money = (minor: bigint, of: string): XlsxCell => ({ minor, currency: of })
  const age = (item: StatementItem) =>
    bucketName(item.unpresented ? UNPRESENTED : bucketOf(item.dueOn, asOf), language)
  return {
    items: listOf(
      document.items,
      [
        [currency, 9],
        [labels.document, 18],
        [labels.site, 18],
        [labels.issued, 12],
        [labels.due, 12],
        [labels.daysLate, 10],
        [labels.aging, 14],
        [labels.original, 16],
        [labels.open, 16],
        [document.covered, 14],
        [document.disputed, 14],
        [labels.remark, 50],
      ],
      lines(
        (section) => section.items,
        (item, of) => [
          singleLine(item.document),
          item.site === null ? null : singleLine(item.site),
          { day: item.issuedOn },
          item.unpresented ? null : { day: item.dueOn },
          Math.max(0, item.daysLate),
          age(item),
          money(item.originalMinor, of),
          money(item.openMinor, of),
          money(item.coveredMinor, of),
          money(item.disputedMinor, of),
          remarksOn(item, of, language)
            .join('. ')
            .replace(/[\u00a0\u202f]/g, ' '),
        ],
      ),
    ),
    credits: listOf(
      document.credits,
      [
        [currency, 9],
        [labels.document, 24],
        [labels.issued, 12],
        [document.amount, 16],
      ],
      lines(
        (s) => s.credits,
        (c, of) => [singleLine(c.document), { day: c.issuedOn }, money(c.minor, of)],
      ),
    ),
    cash: listOf(
      document.cash,
      [
        [currency, 9],
        [document.receipt, 24],
        [document.received, 12],
        [document.amount, 16],
      ],
      lines(
        (s) => s.cash,
        (c, of) => [singleLine(c.receipt), { day: c.receivedOn }, money(c.minor, of)],
      ),
    ),
    disputes: listOf(
      document.disputes,
      [
        [currency, 9],
        [labels.document, 24],
        [document.reason, 30],
        [document.since, 12],
        [document.amount, 16],
      ],
      lines(
        (s) => s.disputes,
        (d, of) => [
          singleLine(d.document),
          disputeReason(d, language),
          { day: d.openedOn },
          money(d.minor, of),
        ],
      ),
    ),
    promises: listOf(
      document.promises,
      [
        [currency, 9],
        [document.day, 12],
        [document.documents, 50],
        [document.by, 24],
        [document.amount, 16],
      ],
      lines(
        (s) => s.promises,
        (p, of) => [
          { day: p.on },
          p.documents.map(singleLine).join(', '),
          singleLine(p.by),
          money(p.minor, of),
        ],
      ),
    ),
    interest: listOf(
      document.interest,
      [
        [currency, 9],
        [labels.document, 24],
        [labels.due, 12],
        [document.amount, 16],
      ],
      lines(
        (s) => s.interest,
        (i, of) => [singleLine(i.document), { day: i.dueOn }, money(i.minor, of)],
      ),
    ),
    downPayments: listOf(
      document.downPayments,
      [
        [currency, 9],
        [labels.document, 24],
        [labels.issued, 12],
        [document.amount, 16],
      ],
      lines(
        (s) => s.downPayments,
        (c, of) => [singleLine(c.document), { day: c.issuedOn }, money(c.minor, of)],
      ),
    ),
  }
}

function listOf(title: string, columns: [title: string, width: number][], lines: XlsxCell[][]): List {
  // What a sheet's name may not hold, and how long it may be.
  const name = title.replace(/[[\]:*?/\\']/g, ' ').slice(0, 31)
  return {
    sheet: {
      name,
      head: true,
      // A filter's button stands beside each head.
      widths: columns.map(([head, width]) => Math.max(width, head.length + 4)),
      rows: [columns.map(([head]) => head), ...lines],
    },
    range: (head) => {
      const column = columnOf(columns.findIndex(([known]) => known === head))
      return `'${name}'!$${column}$2:$${column}$${Math.max(2, lines.length + 1)}`
    },
  }
}

/** The arithmetic of the statement, currency by currency. */
function summaryOf(statement: Statement, lists: ReturnType<typeof listsOf>): XlsxSheet {
  const { language, asOf } = statement
  const { labels, document, csv } = wordsOf(language)
  const rows: XlsxCell[][] = [
    [{ heading: document.title }],
    [document.customer, singleLine(statement.customer.code), singleLine(statement.customer.name)],
    [labels.date, { day: asOf }, phrase(document.asOf, { date: formatDay(asOf, language) })],
  ]
  for (const section of statement.sections) {
    const { currency } = section
    const totals = statementTotals(section, asOf)
    const sumOf = ({ range }: List, column: string, more = '') =>
      `SUMIFS(${range(column)},${range(csv.currency)},"${currency}"${more})`
    const line = (label: string, formula: string, minor: bigint, strong = false) =>
      rows.push([label, { formula, minor, currency, strong }])
    rows.push([], [{ heading: phrase(labels.amountsIn, { currency }) }])
    const first = rows.length + 1
    line(labels.totalOpen, sumOf(lists.items, labels.open), totals.openMinor)
    if (section.credits.length > 0)
      line(labels.lessCredits, `-${sumOf(lists.credits, document.amount)}`, -totals.creditMinor)
    if (section.cash.length > 0)
      line(labels.lessUnapplied, `-${sumOf(lists.cash, document.amount)}`, -totals.cashMinor)
    line(labels.balance, `SUM(B${first}:B${rows.length})`, totals.balanceMinor, true)
    line(
      document.overdue,
      sumOf(lists.items, labels.open, `,${lists.items.range(labels.daysLate)},">0"`),
      totals.overdueMinor,
    )
    line(document.disputed, sumOf(lists.items, document.disputed), totals.disputedMinor)
    if (section.interest.length > 0)
      line(labels.interest, sumOf(lists.interest, document.amount), totals.interestMinor)
    rows.push([{ heading: labels.aging }])
    const oldest = rows.length + 1
    for (const { bucket, minor } of totals.aging) {
      const name = bucketName(bucket, language)
      line(name, sumOf(lists.items, labels.open, `,${lists.items.range(labels.aging)},"${name}"`), minor)
    }
    line(document.total, `SUM(B${oldest}:B${rows.length})`, totals.openMinor, true)
  }
  return { name: document.summary, widths: [44, 18, 40], rows }
}
