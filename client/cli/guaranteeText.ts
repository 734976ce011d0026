import type { GuaranteeView, ShownGuarantee } from '../../ledger/credit/shows.ts'
import { tellCode } from '../words/tell.ts'
import { proofText } from './proofs.ts'
import type { Session } from './session.ts'
import { pairs } from './table.ts'

/** Guarantees as text. */

export function guaranteeTable({ phrases, words, table }: Session, rows: readonly ShownGuarantee[]): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.kind },
      { title: labels.reference, cut: true },
      { title: labels.givenBy, cut: true },
      { title: labels.amount, right: true },
      { title: labels.coverage, right: true },
      { title: labels.counts, right: true },
      { title: labels.until },
      { title: labels.state },
    ],
    rows.map((row) => [
      { count: row.id },
      row.customer,
      tellCode(words.guaranteeKinds, row.kind),
      row.reference,
      row.givenBy,
      { amount: row.amount, currency: row.currency },
      { count: row.coveragePercent },
      { amount: row.covered },
      row.to === null ? '' : { date: row.to },
      tellCode(words.creditStates, row.state),
    ]),
    phrases.nothing,
  )
}

/** Its facts, how it came to be, and what proves it. */
export function guaranteeText(session: Session, view: GuaranteeView): string {
  const { phrases, words, speech } = session
  const { labels } = phrases
  const day = (on: string | null) => (on === null ? '' : speech.date(on))
  const facts = pairs([
    [labels.number, String(view.id)],
    [labels.customer, view.customer],
    [labels.kind, tellCode(words.guaranteeKinds, view.kind)],
    [labels.reference, view.reference],
    [labels.givenBy, view.givenBy],
    [labels.amount, speech.amount(view.amount, view.currency)],
    [labels.coverage, `${view.coveragePercent} %`],
    [labels.counts, speech.amount(view.covered, view.currency)],
    [labels.from, day(view.from)],
    [labels.until, day(view.to)],
    [labels.signedOn, day(view.signedOn)],
    [labels.maturesOn, day(view.maturesOn)],
    [labels.state, tellCode(words.creditStates, view.state)],
    [labels.proof, proofText(session, view.documents)],
  ])
  const history = view.history.map(
    (t) =>
      `${speech.date(t.from)}  ${speech.amount(t.amount, view.currency)}  ${t.coveragePercent} %  ${phrases.by(t.actor)}; ${phrases.because(t.why)}`,
  )
  return `${facts}\n\n${history.join('\n')}`
}
