import type { Column, Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import {
  type Statement,
  type StatementSection,
  type StatementTotals,
  statementTotals,
} from '../../domain/statement.ts'
import { bankLines, formatDay, formatWithCode, singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { agingPicture } from './agingPicture.ts'
import { breakLong, makePdf } from './pdf.ts'
import { lists } from './statementLists.ts'

/** Who sends it: from the configuration. */
export interface DocumentSender {
  name: string
  replyTo: string
  phone: string
  bankReference: string
}

/** What others wrote, so that it stays on its line and on the page. */
const oneLine = (text: string): string => breakLong(singleLine(text))

/** A statement of account on paper. Equal statements give equal bytes. */
export function statementPdf(statement: Statement, sender: DocumentSender, look: Look): Promise<Buffer> {
  const { language, asOf } = statement
  const { document } = wordsOf(language)
  const customer = { code: oneLine(statement.customer.code), name: oneLine(statement.customer.name) }
  const date = formatDay(asOf, language)
  const asOfText = phrase(document.asOf, { date })
  const { sections } = statement
  return makePdf(look, {
    title: `${document.title} ${singleLine(statement.customer.code)} ${asOf}`,
    author: singleLine(sender.name),
    language,
    day: asOf,
    running: [singleLine(sender.name), document.title, `${customer.name} (${customer.code})`, asOfText].join(
      '  ·  ',
    ),
    foot: [look.footer, singleLine(sender.phone), singleLine(sender.replyTo)]
      .filter((part) => part !== '')
      .join('  ·  '),
    page: (page, pages) => phrase(document.page, { page, pages }),
    content: [
      ...head(statement, sender, look, asOfText),
      ...(sections.length === 0 ? [{ text: document.nothingOpen, margin: [0, 14, 0, 14] } as Content] : []),
      ...sections.flatMap((section) => sectionContent(section, statement, look)),
      payTo(bankLines(sender.bankReference, customer), statement, look),
    ],
  })
}

function head(statement: Statement, sender: DocumentSender, look: Look, asOf: string): Content[] {
  const { document } = wordsOf(statement.language)
  const { colours, logo } = look
  const fit: [number, number] = [110, 36]
  const picture: Column[] =
    logo === null
      ? []
      : [
          {
            width: 'auto',
            stack: [logo.kind === 'svg' ? { svg: logo.content, fit } : { image: logo.content, fit }],
          },
        ]
  const fact = (label: string, text: string): Content => ({
    text: [{ text: `${label}  `, color: colours.faint, fontSize: 7.5 }, text],
  })
  const analyst = oneLine(statement.analystName)
  return [
    {
      columns: [
        ...picture,
        { text: singleLine(sender.name), bold: true, fontSize: 12, width: '*', margin: [0, 8, 0, 0] },
        {
          stack: [
            { text: document.title, bold: true, fontSize: 16, color: colours.accent },
            { text: asOf, color: colours.faint },
          ],
          alignment: 'right',
          width: 'auto',
        },
      ],
      columnGap: 12,
    },
    {
      margin: [0, 14, 0, 4],
      columns: [
        {
          stack: [
            { text: oneLine(statement.customer.name), bold: true, fontSize: 10.5 },
            fact(document.customer, oneLine(statement.customer.code)),
          ],
        },
        { stack: analyst === '' ? [] : [fact(document.analyst, analyst)], alignment: 'right' },
      ],
    },
  ]
}

function sectionContent(section: StatementSection, statement: Statement, look: Look): Content[] {
  const { labels } = wordsOf(statement.language)
  const totals = statementTotals(section, statement.asOf)
  return [
    {
      text: phrase(labels.amountsIn, { currency: section.currency }),
      bold: true,
      fontSize: 11,
      color: look.colours.accent,
      margin: [0, 10, 0, 6],
    },
    summary(section, totals, statement, look),
    ...agingPicture(section, totals, statement, look),
    ...lists(section, totals, statement, look),
  ]
}

/** From what is open to what is left to pay; lines that are zero say nothing. */
function summary(
  section: StatementSection,
  totals: StatementTotals,
  { language }: Statement,
  { colours }: Look,
): Content {
  const { labels, document } = wordsOf(language)
  const money = (minor: bigint) => formatWithCode(minor, section.currency, language)
  const lines: [label: string, minor: bigint, strong: boolean][] = [
    [labels.totalOpen, totals.openMinor, false],
    [labels.lessCredits, -totals.creditMinor, false],
    [labels.lessUnapplied, -totals.cashMinor, false],
    [labels.balance, totals.balanceMinor, true],
    [document.overdue, totals.overdueMinor, false],
    [document.disputed, totals.disputedMinor, false],
  ]
  return {
    margin: [0, 0, 0, 10],
    table: {
      widths: ['*', 'auto'],
      body: lines
        .filter(([, minor, strong]) => minor !== 0n || strong)
        .map(([label, minor, strong]) => [
          { text: label, bold: strong, ...(strong ? {} : { color: colours.faint }) },
          {
            text: money(minor),
            alignment: 'right' as const,
            bold: strong,
            ...(strong ? { fontSize: 11 } : {}),
            ...(label === document.overdue ? { color: colours.late } : {}),
          },
        ]),
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      fillColor: () => colours.tint,
      paddingTop: () => 3,
      paddingBottom: () => 2,
      paddingLeft: () => 8,
      paddingRight: () => 8,
    },
  }
}

function payTo(lines: readonly string[], { language }: Statement, { colours }: Look): Content {
  const { document } = wordsOf(language)
  return {
    unbreakable: true,
    margin: [0, 6, 0, 0],
    table: {
      widths: ['*'],
      body: [
        [
          {
            stack: [
              { text: document.payTo, bold: true, color: colours.accent, margin: [0, 0, 0, 2] },
              ...lines.map((text) => ({ text, fontSize: 10 })),
            ],
          },
        ],
      ],
    },
    layout: {
      hLineWidth: () => 0.8,
      vLineWidth: () => 0,
      hLineColor: () => colours.accent,
      paddingTop: () => 6,
      paddingBottom: () => 6,
    },
  }
}
