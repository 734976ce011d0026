import type { Column, Content } from 'pdfmake/interfaces.js'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Look } from '../../domain/look.ts'
import type { Language } from '../../domain/notice.ts'
import { formatDay, singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { breakLong, type Paper } from './pdf.ts'

/** What every document to a customer has in common: who writes to whom, about which day, on every page. */

/** Who sends it: from the configuration. */
export interface DocumentSender {
  name: string
  replyTo: string
  phone: string
  bankReference: string
}

export interface Letter {
  title: string
  language: Language
  asOf: LocalDate
  customer: { code: string; name: string }
  analystName: string
}

/** What others wrote, so that it stays on its line and on the page. */
export const oneLine = (text: string): string => breakLong(singleLine(text))

const asOfIn = ({ asOf, language }: Letter): string =>
  phrase(wordsOf(language).document.asOf, { date: formatDay(asOf, language) })

export function paperOf(letter: Letter, sender: DocumentSender, look: Look): Omit<Paper, 'content'> {
  const { title, language, asOf, customer } = letter
  return {
    title: `${title} ${singleLine(customer.code)} ${asOf}`,
    author: singleLine(sender.name),
    language,
    day: asOf,
    running: [
      singleLine(sender.name),
      title,
      `${oneLine(customer.name)} (${oneLine(customer.code)})`,
      asOfIn(letter),
    ].join('  ·  '),
    foot: [look.footer, singleLine(sender.phone), singleLine(sender.replyTo)]
      .filter((part) => part !== '')
      .join('  ·  '),
    page: (page, pages) => phrase(wordsOf(language).document.page, { page, pages }),
  }
}

/** The head of the first page. */
export function letterhead(letter: Letter, sender: DocumentSender, look: Look): Content[] {
  const { document } = wordsOf(letter.language)
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
  const analyst = oneLine(letter.analystName)
  return [
    {
      columns: [
        ...picture,
        { text: singleLine(sender.name), bold: true, fontSize: 12, width: '*', margin: [0, 8, 0, 0] },
        {
          stack: [
            { text: letter.title, bold: true, fontSize: 16, color: colours.accent },
            { text: asOfIn(letter), color: colours.faint },
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
            { text: oneLine(letter.customer.name), bold: true, fontSize: 10.5 },
            fact(document.customer, oneLine(letter.customer.code)),
          ],
        },
        { stack: analyst === '' ? [] : [fact(document.analyst, analyst)], alignment: 'right' },
      ],
    },
  ]
}
