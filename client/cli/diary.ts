import type { ReceivableView } from '../../ledger/show.ts'
import { tellAction, tellCode, tellEvent, tellReason, tellWhy } from '../words/tell.ts'
import type { Session } from './session.ts'
import { pairs, plain } from './table.ts'

type Speaking = Pick<Session, 'words' | 'phrases' | 'speech' | 'table'>

/** Who writes in the journal when nobody asked. */
const ENGINE = 'cartera'

/** A receivable as a diary: what it is, what happened to it and why, its ladder, and what is next. */
export function diary(session: Speaking, view: ReceivableView): string {
  const { labels } = session.phrases
  const { timeZone } = view.customer
  return [
    facts(session, view),
    '',
    labels.events,
    ...view.timeline.flatMap((row) => entry(session, row, timeZone)),
    '',
    steps(session, view),
    '',
    session.phrases.afterwards,
    `  ${plain(whatIsNext(session, view, timeZone))}`,
  ].join('\n')
}

function facts({ words, phrases, speech }: Speaking, view: ReceivableView): string {
  const { labels } = phrases
  const state =
    view.closedAs === null
      ? words.stages[view.stage]
      : `${words.stages.closed}: ${words.closedAs[view.closedAs]}`
  const suspended = view.suspensions.map(
    (s) =>
      `${tellReason(words, s.kind)}${s.until === null ? '' : ` (${labels.until.toLowerCase()} ${speech.date(s.until)})`}`,
  )
  return pairs([
    [labels.document, `${view.document} (${tellCode(words.kinds, view.kind)})`],
    [labels.customer, `${view.customer.code} ${view.customer.name}`],
    [labels.case, view.case],
    [labels.site, view.site],
    [labels.original, speech.amount(view.original, view.currency)],
    [labels.owed, speech.amount(view.open, view.currency)],
    [phrases.interest.beside, interest({ phrases, speech }, view)],
    [labels.disputed, Number(view.disputed) === 0 ? '' : speech.amount(view.disputed, view.currency)],
    [labels.issued, speech.date(view.issuedOn)],
    [labels.due, speech.date(view.dueOn)],
    [labels.presented, view.presentedOn === null ? '' : speech.date(view.presentedOn)],
    [labels.nextReview, view.reviewOn === null ? '' : speech.date(view.reviewOn)],
    [labels.stage, [state, ...suspended, ...(view.held ? [phrases.heldItem] : [])].join('; ')],
    [labels.daysLate, view.daysLate > 0 ? String(view.daysLate) : ''],
    [labels.policy, `${view.policy.id} v${view.policy.version}`],
    [words.closedAs.replaced, [view.replaces, view.replacedBy].filter((d) => d !== null).join(' → ')],
  ])
}

/** What of it is open, and what that is of. */
function interest(
  { phrases, speech }: Pick<Speaking, 'phrases' | 'speech'>,
  { interest, currency }: ReceivableView,
): string {
  if (interest === null || (Number(interest.interest) === 0 && Number(interest.fees) === 0)) return ''
  const { labels } = phrases.interest
  const parts = (['interest', 'fees', 'charged', 'waived'] as const)
    .filter((part) => Number(interest[part]) !== 0)
    .map((part) => `${labels[part].toLowerCase()} ${speech.amount(interest[part], currency)}`)
  return `${speech.amount(interest.open, currency)} (${parts.join(', ')})`
}

/** Date, time and what happened; under it who did it and why. */
function entry(
  { words, phrases, speech }: Speaking,
  row: ReceivableView['timeline'][number],
  timeZone: string,
): string[] {
  const when = speech.moment(row.at, timeZone)
  const under = ' '.repeat(when.length + 4)
  const by = row.actor === ENGINE ? phrases.engine : phrases.by(row.actor)
  const why = row.why === null ? '' : `; ${phrases.because(tellWhy(words, row.why))}`
  return [
    `  ${when}  ${plain(tellEvent(words, speech, row.event, row.data))}`,
    `${under}${plain(`${by}${why}`)}`,
  ]
}

function steps({ words, phrases, table }: Speaking, view: ReceivableView): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.step },
      { title: labels.action, cut: true },
      { title: labels.state },
      { title: labels.date },
      { title: labels.why, cut: true },
    ],
    view.steps.map((s) => [
      s.step,
      tellAction(words, s.action),
      words.stepStates[s.state],
      s.on === null ? '' : { date: s.on },
      s.why === null ? '' : tellWhy(words, s.why),
    ]),
  )
}

function whatIsNext({ words, phrases, speech }: Speaking, view: ReceivableView, timeZone: string): string {
  if (view.closedAs !== null) return phrases.nothing
  if (view.held) return phrases.heldItem
  const { step, at, reason } = view.next
  const action =
    step === null
      ? ''
      : `${tellAction(words, step.startsWith('review#') ? 'review' : (view.steps.find((s) => s.step === step)?.action ?? step))} (${step})`
  const why = reason === null ? '' : tellReason(words, reason)
  return phrases.nextLine(at === null ? phrases.whenAsked : speech.moment(at, timeZone), action, why)
}
