import type { Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import type { Statement, StatementSection, StatementTotals } from '../../domain/statement.ts'
import { formatAmount, formatDay, formatWithCode, singleLine, unbroken } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { type PdfCell, type PdfColumn, pdfTable } from './pdf.ts'
import { disputeReason, remarksOn } from './statementRemarks.ts'

/**
 * The oldest of them: nobody reads hundreds of pages, and drawing them keeps a worker from all else for many seconds. The
 * workbook has every one.
 */
const MOST_LISTED = 2_000

/** The tables of a currency: what is open, what is in the customer's favour, in dispute and agreed. */
export function lists(
  section: StatementSection,
  totals: StatementTotals,
  { language }: Statement,
  look: Look,
): Content[] {
  const { labels, document } = wordsOf(language)
  const money = (minor: bigint) => formatAmount(minor, section.currency, language)
  const day = (on: string) => unbroken(formatDay(on, language).short)
  const list = (
    heading: string,
    columns: PdfColumn[],
    rows: PdfCell[][],
    total: PdfCell[] | null = null,
  ): Content[] =>
    rows.length === 0
      ? []
      : [
          pdfTable(look, heading, columns, total === null ? rows : [...rows, total], {
            total: total !== null,
          }),
        ]
  const withSites = section.items.some((item) => item.site !== null)
  const site = (text: string) => (withSites ? [text] : [])
  const items = list(
    document.items,
    [
      { title: labels.document, width: 'auto' },
      ...site(labels.site).map((name): PdfColumn => ({ title: name, width: 'auto' })),
      { title: labels.issued, width: 'auto' },
      { title: labels.due, width: 'auto' },
      { title: labels.daysLate, width: 34, right: true },
      { title: labels.original, width: 'auto', right: true },
      { title: labels.open, width: 'auto', right: true },
      { title: labels.remark, width: '*' },
    ],
    section.items
      .slice(0, MOST_LISTED)
      .map((item) => [
        singleLine(item.document),
        ...site(singleLine(item.site ?? '')),
        day(item.issuedOn),
        item.unpresented ? '—' : day(item.dueOn),
        item.daysLate > 0 ? { text: String(item.daysLate), color: look.colours.late, bold: true } : '—',
        money(item.originalMinor),
        money(item.openMinor),
        remarksOn(item, section.currency, language).join('. '),
      ]),
    [document.total, ...site(''), '', '', '', '', money(totals.openMinor), ''],
  )
  const amount: PdfColumn = { title: document.amount, width: 'auto', right: true }
  const documentAndDay = (heading: string, credits: StatementSection['credits'], minor: bigint) =>
    list(
      heading,
      [{ title: labels.document, width: '*' }, { title: labels.issued, width: 'auto' }, amount],
      credits.map((c) => [singleLine(c.document), day(c.issuedOn), money(c.minor)]),
      [document.total, '', money(minor)],
    )
  const rest = section.items.slice(MOST_LISTED)
  const notListed: Content[] =
    rest.length === 0
      ? []
      : [
          {
            text: phrase(document.notListed, {
              count: rest.length,
              amount: formatWithCode(
                rest.reduce((sum, item) => sum + item.openMinor, 0n),
                section.currency,
                language,
              ),
            }),
            margin: [0, 0, 0, 10],
          },
        ]
  return [
    ...items,
    ...notListed,
    ...documentAndDay(document.credits, section.credits, totals.creditMinor),
    ...list(
      document.cash,
      [{ title: document.receipt, width: '*' }, { title: document.received, width: 'auto' }, amount],
      section.cash.map((c) => [singleLine(c.receipt), day(c.receivedOn), money(c.minor)]),
      [document.total, '', money(totals.cashMinor)],
    ),
    ...list(
      document.disputes,
      [
        { title: labels.document, width: 'auto' },
        { title: document.reason, width: '*' },
        { title: document.since, width: 'auto' },
        amount,
      ],
      section.disputes.map((d) => [
        singleLine(d.document),
        disputeReason(d, language),
        day(d.openedOn),
        money(d.minor),
      ]),
      [document.total, '', '', money(totals.disputedMinor)],
    ),
    ...list(
      document.promises,
      [
        { title: document.day, width: 'auto' },
        { title: document.documents, width: '*' },
        { title: document.by, width: 'auto' },
        amount,
      ],
      section.promises.map((p) => [
        day(p.on),
        p.documents.map(singleLine).join(', '),
        singleLine(p.by),
        money(p.minor),
      ]),
    ),
    ...list(
      document.interest,
      [{ title: labels.document, width: '*' }, { title: labels.due, width: 'auto' }, amount],
      section.interest
        .slice(0, MOST_LISTED)
        .map((i) => [singleLine(i.document), day(i.dueOn), money(i.minor)]),
      [document.total, '', money(totals.interestMinor)],
    ),
    ...(section.interest.length === 0
      ? []
      : [{ text: document.interestKept, margin: [0, -4, 0, 10] } as Content]),
    ...documentAndDay(document.downPayments, section.downPayments, totals.downPaymentMinor),
  ]
}
