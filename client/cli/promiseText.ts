import type { ShownPromises } from '../../ledger/showPromises.ts'
import type { Session } from './session.ts'
import type { Cell } from './table.ts'

/** A customer's promises: one line for each instalment; what belongs to the promise stands on its first. */
export function promisesText({ words, phrases, table }: Session, { level, promises }: ShownPromises): string {
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
        const own = (text: string): Cell => (index === 0 ? text : { again: text })
        return [
          index === 0 ? { count: p.id } : { again: String(p.id) },
          own(`${words.promiseStates[p.state]}${p.excused ? ` (${phrases.excused})` : ''}`),
          { date: i.dueOn },
          { date: i.countsUntil },
          { amount: i.amount, currency: p.currency },
          i.paid === null ? '' : { amount: i.paid, currency: p.currency },
          own(p.madeBy),
          own(p.documents.join(', ')),
        ]
      }),
    ),
    phrases.nothing,
  )
  return promises.length === 0 ? list : `${list}\n${labels.level}: ${phrases.broken(level)}`
}
