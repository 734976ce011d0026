import type { ShownPromises } from '../../ledger/showPromises.ts'
import type { Session } from './session.ts'
import { table } from './table.ts'

/** A customer's promises: one line for each instalment; what belongs to the promise stands on its first. */
export function promisesText(
  { words, phrases, speech, io }: Session,
  { level, promises }: ShownPromises,
): string {
  if (promises.length === 0) return phrases.nothing
  const { labels } = phrases
  const list = table(
    [
      { title: labels.number, right: true },
      { title: labels.state },
      { title: labels.due },
      { title: labels.until },
      { title: labels.amount, right: true },
      { title: labels.paid, right: true },
      { title: labels.person, cut: true },
      { title: labels.document, cut: true },
    ],
    promises.flatMap((p) =>
      p.instalments.map((i, index) => {
        const own = (text: string) => (index === 0 ? text : '')
        return [
          own(String(p.id)),
          own(`${words.promiseStates[p.state]}${p.excused ? ` (${phrases.excused})` : ''}`),
          speech.date(i.dueOn),
          speech.date(i.countsUntil),
          speech.amount(i.amount, p.currency),
          i.paid === null ? '' : speech.amount(i.paid, p.currency),
          own(p.madeBy),
          own(p.documents.join(', ')),
        ]
      }),
    ),
    io.columns,
  )
  return `${list}\n${labels.level}: ${phrases.broken(level)}`
}
