import type { Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import {
  type Statement,
  type StatementSection,
  type StatementTotals,
  statementTotals,
} from '../../domain/statement.ts'
import { bankLines, formatWithCode } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { agingPicture } from './agingPicture.ts'
import { type DocumentSender, letterhead, oneLine, paperOf } from './letter.ts'
import { makePdf } from './pdf.ts'
import { lists } from './statementLists.ts'

/** A statement of account on paper. Equal statements give equal bytes. */
export function statementPdf(statement: Statement, sender: DocumentSender, look: Look): Promise<Buffer> {
  const { language, sections } = statement
  const { document } = wordsOf(language)
  const customer = { code: oneLine(statement.customer.code), name: oneLine(statement.customer.name) }
  const letter = { ...statement, title: document.title }
  return makePdf(look, {
    ...paperOf(letter, sender, look),
    content: [
      ...letterhead(letter, sender, look),
      ...(sections.length === 0 ? [{ text: document.nothingOpen, margin: [0, 14, 0, 14] } as Content] : []),
      ...sections.flatMap((section) => sectionContent(section, statement, look)),
      payTo(bankLines(sender.bankReference, customer), statement, look),
    ],
  })
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
    [labels.interest, totals.interestMinor, false],
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
