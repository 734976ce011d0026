import type { Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import { parseAmount } from '../../domain/money.ts'
import { languageFor } from '../../domain/notice.ts'
import type { Minutes } from '../../ledger/minutes.ts'
import { formatDay, formatWithCode, singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { type DocumentSender, letterhead, oneLine, paperOf } from './letter.ts'
import { makePdf, pdfTable } from './pdf.ts'

/** Left open for what is written by hand. */
const BLANK = '________________'
const LINE = 190

/**
 * The minutes of a reconciliation, to be signed by both: what each has in its books, where they differ, what becomes of
 * that. Without an answer yet, with room to write it in.
 */
export function minutesPdf(minutes: Minutes, sender: DocumentSender, look: Look): Promise<Buffer> {
  const language = languageFor(minutes.language)
  const { minutes: words, minutesOutcome } = wordsOf(language)
  const company = singleLine(sender.name)
  const customer = singleLine(minutes.customer.name)
  const letter = {
    title: words.title,
    language,
    asOf: minutes.asOf,
    customer: minutes.customer,
    analystName: minutes.analyst,
  }
  const money = (decimal: string | null, currency: string): string => {
    if (decimal === null) return BLANK
    const parsed = parseAmount(decimal, currency, { decimal: '.' })
    return parsed.ok ? formatWithCode(parsed.minor, currency, language) : decimal
  }
  const said = (source: string): string =>
    phrase(source, {
      company,
      customer,
      date: formatDay(minutes.asOf, language),
      askedOn: formatDay(minutes.askedOn, language).long,
      answeredOn: minutes.answeredOn === null ? null : formatDay(minutes.answeredOn, language).long,
      answeredBy: minutes.answeredBy === null ? null : singleLine(minutes.answeredBy),
      dispute: minutes.dispute?.id ?? null,
      owner: minutes.dispute === null ? null : singleLine(minutes.dispute.owner),
    })
  return makePdf(look, {
    ...paperOf(letter, sender, look),
    content: [
      ...letterhead(letter, sender, look),
      { text: said(words.intro), fontSize: 10, margin: [0, 12, 0, 12] },
      pdfTable(
        look,
        words.balances,
        [
          { title: words.documents, width: 'auto', right: true },
          { title: words.cash, width: '*', right: true },
          { title: words.ours, width: '*', right: true },
          { title: words.theirs, width: '*', right: true },
          { title: words.difference, width: '*', right: true },
        ],
        minutes.totals.map((t) => [
          String(t.documents),
          money(t.cash, t.currency),
          money(t.ours, t.currency),
          money(t.theirs, t.currency),
          money(t.difference, t.currency),
        ]),
      ),
      ...(minutes.differences.length === 0
        ? []
        : [
            pdfTable(
              look,
              words.differences,
              [
                { title: words.document, width: '*' },
                { title: words.ours, width: 'auto', right: true },
                { title: words.theirs, width: 'auto', right: true },
                { title: words.disputed, width: 'auto', right: true },
                { title: words.remark, width: 'auto' },
              ],
              minutes.differences.map((d) => [
                d.document === null ? words.unexplained : singleLine(d.document),
                money(d.ours, d.currency),
                money(d.theirs, d.currency),
                d.disputed === null ? '' : money(d.disputed, d.currency),
                d.known || d.document === null ? '' : words.unknown,
              ]),
            ),
          ]),
      { text: said(minutesOutcome[minutes.state]), fontSize: 10, margin: [0, 4, 0, 0] },
      signatures(
        [
          { title: said(words.forUs), name: minutes.analyst },
          { title: said(words.forThem), name: minutes.answeredBy ?? '' },
        ],
        words,
      ),
    ],
  })
}

function signatures(
  parties: readonly { title: string; name: string }[],
  words: { name: string; position: string; day: string },
): Content {
  return {
    unbreakable: true,
    margin: [0, 60, 0, 0],
    columns: parties.map(({ title, name }) => ({
      width: '*',
      stack: [
        { canvas: [{ type: 'line' as const, x1: 0, y1: 0, x2: LINE, y2: 0, lineWidth: 0.8 }] },
        { text: title, bold: true, margin: [0, 4, 0, 6] as [number, number, number, number] },
        ...[
          [words.name, oneLine(name)],
          [words.position, ''],
          [words.day, ''],
        ].map(([label, text]) => ({
          text: `${label}: ${text || BLANK}`,
          margin: [0, 0, 0, 6] as [number, number, number, number],
        })),
      ],
    })),
  }
}
