import type { Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import type { Demand } from '../../ledger/placements/demandLetter.ts'
import {
  bankLines,
  formatAmount,
  formatDay,
  formatWithCode,
  singleLine,
  unbroken,
} from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { type DocumentSender, letterhead, oneLine, paperOf } from './letter.ts'
import { makePdf, pdfTable } from './pdf.ts'

const SIGNATURE_WIDTH = 190

/** The letter of a formal demand: what is owed, until when it is to be paid, and what follows. Equal demands give equal bytes. */
export function demandPdf(demand: Demand, sender: DocumentSender, look: Look): Promise<Buffer> {
  const { language } = demand
  const { demandLetter: words, document, labels } = wordsOf(language)
  const customer = { code: oneLine(demand.customer.code), name: oneLine(demand.customer.name) }
  const letter = { ...demand, customer, title: words.title }
  const amount = new Intl.ListFormat(language, { type: 'conjunction' }).format(
    demand.sections.map((s) => formatWithCode(s.demandedMinor, s.currency, language)),
  )
  const said = (source: string, more: object = {}): string =>
    phrase(source, {
      company: singleLine(sender.name),
      customer: singleLine(demand.customer.name),
      date: formatDay(demand.asOf, language),
      deadline: formatDay(demand.deadline, language).long,
      amount,
      ...more,
    })
  const paragraph = (text: string, bold = false): Content => ({
    text,
    bold,
    fontSize: 10,
    margin: [0, 0, 0, 10],
  })
  return makePdf(look, {
    ...paperOf(letter, sender, look),
    content: [
      ...letterhead(letter, sender, look),
      { text: '', margin: [0, 8, 0, 0] },
      paragraph(said(words.intro)),
      ...demand.sections.map(tableOf),
      paragraph(said(words.demand), true),
      paragraph(said(words.consequence)),
      payTo(bankLines(sender.bankReference, demand.customer), document.payTo),
      paragraph(said(words.reserve)),
      {
        unbreakable: true,
        margin: [0, 44, 0, 0],
        stack: [
          { canvas: [{ type: 'line', x1: 0, y1: 0, x2: SIGNATURE_WIDTH, y2: 0, lineWidth: 0.8 }] },
          { text: singleLine(sender.name), bold: true, margin: [0, 4, 0, 2] },
          { text: words.signature, color: look.colours.faint },
        ],
      },
    ],
  })

  function tableOf({ currency, items, demandedMinor }: Demand['sections'][number]): Content {
    const money = (minor: bigint) => formatAmount(minor, currency, language)
    const day = (on: string) => unbroken(formatDay(on, language).short)
    return pdfTable(
      look,
      words.items,
      [
        { title: labels.document, width: '*' },
        { title: labels.issued, width: 'auto' },
        { title: labels.due, width: 'auto' },
        { title: labels.daysLate, width: 'auto', right: true },
        { title: labels.original, width: 'auto', right: true },
        { title: labels.open, width: 'auto', right: true },
        { title: labels.toPay, width: 'auto', right: true },
      ],
      [
        ...items.map((item) => [
          singleLine(item.document),
          day(item.issuedOn),
          day(item.dueOn),
          String(item.daysLate),
          money(item.originalMinor),
          money(item.openMinor),
          money(item.demandedMinor),
        ]),
        [phrase(words.total, { currency }), '', '', '', '', '', money(demandedMinor)],
      ],
      { total: true },
    )
  }
}

const payTo = (lines: readonly string[], title: string): Content =>
  lines.length === 0
    ? { text: '' }
    : {
        unbreakable: true,
        margin: [0, 0, 0, 10],
        stack: [{ text: title, bold: true, margin: [0, 0, 0, 2] }, ...lines.map((text) => ({ text }))],
      }
