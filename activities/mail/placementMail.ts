import { languageFor } from '../../domain/notice.ts'
import type { PlacementNotice } from '../../ledger/placements/delivery.ts'
import { formatDay, formatWithCode, singleLine } from './noticeFormat.ts'
import { phrase, wordsOf } from './words.ts'

/** What is written to an agency: short, from one list of what is still to be collected. */

export function renderPlacementMail(
  notice: PlacementNotice,
  sender: { name: string; phone: string; replyTo: string },
): { subject: string; text: string; html: string } {
  const language = languageFor(notice.language)
  const { placementMail: words, labels } = wordsOf(language)
  const day = (on: string | null) => (on === null ? null : formatDay(on, language).long)
  const totals = [...new Set(notice.items.map((i) => i.currency))].map((currency) =>
    formatWithCode(
      notice.items.filter((i) => i.currency === currency).reduce((sum, i) => sum + i.minor, 0n),
      currency,
      language,
    ),
  )
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const said = (source: string): string =>
    phrase(source, {
      company: singleLine(sender.name),
      agency: singleLine(notice.agency.name),
      customer: singleLine(notice.customer.name),
      code: singleLine(notice.customer.code),
      placement: notice.placement,
      kind: words.kinds[notice.kind],
      answerBy: day(notice.answerBy),
      reportDueOn: day(notice.reportDueOn),
      commission: notice.commission,
      total: totals.length === 0 ? null : list.format(totals),
      gone: notice.gone.length === 0 ? null : list.format(notice.gone.map(singleLine)),
      phone: singleLine(sender.phone),
    })
  const letter = words.letters[notice.purpose]
  // What is recalled, or not offered any more, isn't to be collected.
  const items = notice.purpose === 'recall' || notice.purpose === 'expired' ? [] : notice.items
  const rows = items.map((i) => [
    singleLine(i.document),
    formatDay(i.dueOn, language).short,
    formatWithCode(i.minor, i.currency, language),
  ])
  const heads = [labels.document, labels.due, labels.open]
  const paragraphs = [said(words.greeting), said(letter.intro)]
  const closing = [said(words.questions), said(words.closing)]
  return {
    subject: singleLine(said(letter.subject)),
    text: `${[...paragraphs, ...(rows.length === 0 ? [] : [[heads, ...rows].map((row) => row.join('  ')).join('\n')]), ...closing].join('\n\n')}\n`,
    html: [
      `<!doctype html><html lang="${language}"><body style="font-family:Arial,sans-serif;font-size:14px;color:#222222">`,
      ...paragraphs.map((text) => `<p>${escaped(text)}</p>`),
      ...(rows.length === 0 ? [] : [tableOf(heads, rows)]),
      ...closing.map((text) => `<p>${escaped(text)}</p>`),
      '</body></html>',
    ].join('\n'),
  }
}

const CELL = 'padding:4px 12px 4px 0;border-bottom:1px solid #dddddd'
const tableOf = (heads: readonly string[], rows: readonly string[][]): string => {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row
      .map(
        (text, at) =>
          `<${tag} style="${CELL};text-align:${at === 2 ? 'right' : 'left'}">${escaped(text)}</${tag}>`,
      )
      .join('')
  return `<table style="border-collapse:collapse;font-size:13px"><tr>${cells(heads, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
