import type { Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import { formatMoney, parseAmount } from '../../domain/money.ts'
import type { Evidence } from '../../ledger/placements/evidence.ts'
import { formatDay, singleLine, unbroken } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { type DocumentSender, letterhead, paperOf } from './letter.ts'
import { makePdf, type PdfCell, type PdfColumn, pdfTable } from './pdf.ts'
import { statementPdf } from './statementPdf.ts'

/** The parts of a pack of evidence that are written by us, each a document of its own until they are put together. */

export interface Part {
  title: string
  bytes: Buffer
}

export async function evidenceParts(evidence: Evidence, sender: DocumentSender, look: Look): Promise<Part[]> {
  const { language, timeZone } = evidence
  const { evidence: words, labels } = wordsOf(language)
  const day = (on: string) => unbroken(formatDay(on, language).short)
  const moment = (at: number | string) =>
    new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
      new Date(at),
    )
  const money = (decimal: string, currency: string) => {
    const parsed = parseAmount(decimal, currency, { decimal: '.' })
    return parsed.ok ? formatMoney(parsed.minor, currency, language) : decimal
  }
  const word = (table: Record<string, string>, code: string) => table[code] ?? code
  const made = (title: string, content: Content[]): Promise<Buffer> => {
    const letter = {
      title,
      language,
      asOf: evidence.asOf,
      customer: evidence.customer,
      analystName: evidence.analyst,
    }
    return makePdf(look, {
      ...paperOf(letter, sender, look),
      // Folios of the whole pack are stamped when it is put together.
      page: () => '',
      content: [...letterhead(letter, sender, look), { text: '', margin: [0, 8, 0, 0] }, ...content],
    })
  }
  const listed = async (title: string, columns: PdfColumn[], rows: PdfCell[][]): Promise<Part[]> =>
    rows.length === 0 ? [] : [{ title, bytes: await made(title, [pdfTable(look, title, columns, rows)]) }]

  const { journal } = evidence
  return [
    ...(await listed(
      words.items,
      [
        { title: labels.document, width: '*' },
        { title: labels.due, width: 'auto' },
        { title: labels.original, width: 'auto', right: true },
        { title: labels.open, width: 'auto', right: true },
        { title: words.currency, width: 'auto' },
      ],
      evidence.placement.items.map((i) => [
        singleLine(i.document),
        day(i.dueOn),
        money(i.original, i.currency),
        money(i.open, i.currency),
        i.currency,
      ]),
    )),
    { title: words.statement, bytes: await statementPdf(evidence.statement, sender, look) },
    ...(await listed(
      words.messages,
      [
        { title: labels.date, width: 'auto' },
        { title: words.message, width: 'auto' },
        { title: words.to, width: '*' },
        { title: words.answer, width: '*' },
      ],
      evidence.messages.map((m) => [
        moment(m.at),
        word(words.templates, m.template),
        singleLine(m.to),
        singleLine(m.response),
      ]),
    )),
    ...(await listed(
      words.contacts,
      [
        { title: labels.date, width: 'auto' },
        { title: words.channel, width: 'auto' },
        { title: words.person, width: 'auto' },
        { title: words.result, width: 'auto' },
        { title: words.notes, width: '*' },
        { title: words.by, width: 'auto' },
      ],
      evidence.contacts.map((c) => [
        moment(c.at),
        word(words.channels, c.channel),
        singleLine(c.person),
        c.words?.[language] ?? word(words.results, c.result),
        singleLine(c.notes),
        singleLine(c.by),
      ]),
    )),
    ...(await listed(
      words.promises,
      [
        { title: labels.date, width: 'auto' },
        { title: words.person, width: '*' },
        { title: words.promised, width: 'auto' },
        { title: words.amount, width: 'auto', right: true },
        { title: words.outcome, width: 'auto' },
      ],
      evidence.promises.map((p) => [
        day(p.madeOn),
        singleLine(p.madeBy),
        p.dueOn.map(day).join(', '),
        money(p.amount, p.currency),
        word(words.promiseStates, p.state),
      ]),
    )),
    ...(await listed(
      words.disputes,
      [
        { title: labels.date, width: 'auto' },
        { title: labels.document, width: 'auto' },
        { title: words.reason, width: '*' },
        { title: words.amount, width: 'auto', right: true },
        { title: words.outcome, width: 'auto' },
      ],
      evidence.disputes.map((d) => [
        day(d.openedOn),
        singleLine(d.document),
        d.words?.[language] ?? word(wordsOf(language).disputeReasons, d.reason),
        money(d.amount, d.currency),
        word(words.disputeOutcomes, d.outcome ?? 'open'),
      ]),
    )),
    {
      title: words.journal,
      bytes: await made(words.journal, [
        {
          text: phrase(words.verify, {
            chain: journal.chain,
            seq: journal.head.seq,
            hash: journal.head.hash,
          }),
          margin: [0, 0, 0, 10],
        },
        pdfTable(
          look,
          words.journal,
          [
            { title: words.entry, width: 'auto', right: true },
            { title: labels.date, width: 'auto' },
            { title: words.event, width: '*' },
            { title: words.by, width: 'auto' },
            { title: words.hash, width: 200 },
          ],
          journal.entries.map((e) => [
            String(e.seq),
            moment(e.at),
            singleLine(e.event),
            singleLine(e.actor),
            inGroups(e.hash),
          ]),
        ),
      ]),
    },
  ]
}

/** A hash in parts that fit on a line and can be read out. */
const inGroups = (hash: string): string => hash.match(/.{1,16}/g)?.join(' ') ?? ''

/** The cover and the list of contents: how long it is, is known before the numbers in it are. */
export function coverPdf(
  evidence: Evidence,
  contents: readonly { title: string; folio: number | null; pages: number; hash: string | null }[],
  sender: DocumentSender,
  look: Look,
): Promise<Buffer> {
  const { language } = evidence
  const { evidence: words, placementMail } = wordsOf(language)
  const letter = {
    title: words.title,
    language,
    asOf: evidence.asOf,
    customer: evidence.customer,
    analystName: evidence.analyst,
  }
  const { placement } = evidence
  const approved = new Intl.ListFormat(language, { type: 'conjunction' }).format(placement.approvedBy)
  return makePdf(look, {
    ...paperOf(letter, sender, look),
    page: () => '',
    content: [
      ...letterhead(letter, sender, look),
      {
        margin: [0, 12, 0, 12],
        fontSize: 10,
        text: phrase(words.intro, {
          company: singleLine(sender.name),
          customer: singleLine(evidence.customer.name),
          placement: placement.id,
          kind: placementMail.kinds[placement.kind],
          agency: evidence.agency === null ? null : singleLine(evidence.agency),
          requestedBy: singleLine(placement.requestedBy),
          approved: approved === '' ? null : singleLine(approved),
          date: formatDay(evidence.asOf, language),
        }),
      },
      pdfTable(
        look,
        words.contents,
        [
          { title: words.part, width: '*' },
          { title: words.hash, width: 200 },
          { title: words.pages, width: 'auto', right: true },
          { title: words.folio, width: 'auto', right: true },
        ],
        contents.map((c) => [
          singleLine(c.title),
          c.hash === null ? '' : inGroups(c.hash),
          c.folio === null ? '—' : String(c.pages),
          c.folio === null ? words.zipOnly : String(c.folio),
        ]),
      ),
    ],
  })
}
