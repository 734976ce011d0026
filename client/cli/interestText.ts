import type { InterestView } from '../../ledger/interest/show.ts'
import type { Session } from './session.ts'
import { type Cell, pairs } from './table.ts'

type Speaking = Pick<Session, 'phrases' | 'speech' | 'table'>

/** Interest and fees of a customer: what came, what became of it, what is open; and the notes that charge it. */
export function interestText(session: Speaking, view: InterestView): string {
  const { phrases, speech } = session
  const { labels } = phrases.interest
  const heading = `${view.customer.code} ${view.customer.name}, ${speech.date(view.asOf)}`
  if (view.receivables.length === 0 && view.notes.length === 0) return `${heading}\n${phrases.interest.none}`
  const totals = view.totals.map((total) =>
    pairs([
      [labels.uncharged, speech.amount(total.uncharged, total.currency)],
      [labels.inNotes, Number(total.inNotes) === 0 ? '' : speech.amount(total.inNotes, total.currency)],
    ]),
  )
  return [
    heading,
    ...(view.receivables.length === 0 ? [] : ['', receivables(session, view)]),
    ...view.receivables.flatMap((receivable) =>
      receivable.segments && receivable.segments.length > 0
        ? ['', phrases.interest.cameOf(receivable.document), segments(session, receivable)]
        : [],
    ),
    ...(view.notes.length === 0 ? [] : ['', labels.notes, notes(session, view)]),
    ...totals.flatMap((text) => ['', text]),
  ].join('\n')
}

function receivables({ phrases, table }: Speaking, { receivables }: InterestView): string {
  const { labels } = phrases.interest
  const unlessZero = (amount: string, currency: string): Cell =>
    Number(amount) === 0 ? '' : { amount, currency }
  return table(
    [
      { title: phrases.labels.document },
      { title: phrases.labels.due },
      { title: labels.interest, right: true },
      { title: labels.fees, right: true },
      { title: labels.charged, right: true },
      { title: labels.waived, right: true },
      { title: labels.uncharged, right: true },
      { title: labels.bookedThrough },
    ],
    receivables.map((r): Cell[] => [
      r.document,
      { date: r.dueOn },
      { amount: r.interest, currency: r.currency },
      unlessZero(r.fees, r.currency),
      unlessZero(r.charged, r.currency),
      unlessZero(r.waived, r.currency),
      { amount: r.open, currency: r.currency },
      r.bookedThrough === null ? '' : { date: r.bookedThrough },
    ]),
  )
}

function segments(
  { phrases, table }: Speaking,
  { segments, currency }: InterestView['receivables'][number],
): string {
  const { labels } = phrases.interest
  return table(
    [
      { title: phrases.labels.from },
      { title: phrases.labels.until },
      { title: labels.days, right: true },
      { title: labels.base, right: true },
      { title: labels.rate, right: true },
    ],
    (segments ?? []).map((s): Cell[] => [
      { date: s.from },
      { date: s.to },
      { count: s.days },
      { amount: s.base, currency },
      `${s.percent} %`,
    ]),
  )
}

function notes({ phrases, table }: Speaking, { notes }: InterestView): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.document },
      { title: labels.issued },
      { title: labels.due },
      { title: labels.amount, right: true },
      { title: labels.open, right: true },
      { title: labels.what, cut: true },
    ],
    notes.map((n): Cell[] => [
      n.document,
      { date: n.issuedOn },
      { date: n.dueOn },
      { amount: n.amount, currency: n.currency },
      { amount: n.open, currency: n.currency },
      n.lines.map((line) => line.document).join(', '),
    ]),
  )
}
