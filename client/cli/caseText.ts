import type { CaseView } from '../../ledger/show.ts'
import { listLines } from '../words/speech.ts'
import { tellCode, tellListed, tellReason, tellSubject, tellTaskKind, tellWhy } from '../words/tell.ts'
import type { Session } from './session.ts'
import { type Cell, pairs, plain } from './table.ts'

type Speaking = Pick<Session, 'words' | 'phrases' | 'speech' | 'table' | 'left'>

/** A case for a person: its facts, then each thing that there is of it. */
export function caseText(session: Speaking, view: CaseView): string {
  const { labels } = session.phrases
  const sections: [string, string][] = [
    [labels.receivables, receivables(session, view)],
    [labels.promises, agreements(session, view)],
    [labels.announcements, announcements(session, view)],
    [labels.provisionals, provisionals(session, view)],
    [labels.disputes, disputes(session, view)],
    [labels.pauses, pauses(session, view)],
    [labels.confirmations, confirmations(session, view)],
    [labels.tasks, tasks(session, view)],
    [labels.inMail, messages(session, view)],
    [labels.contacts, contacts(view)],
  ]
  return [
    facts(session, view),
    ...sections.flatMap(([title, text]) => (text === '' ? [] : ['', title, text])),
  ].join('\n')
}

function facts({ words, phrases, speech }: Speaking, view: CaseView): string {
  const { labels } = phrases
  const { customer } = view
  return pairs([
    [labels.case, view.key],
    [labels.customer, [customer.code, customer.name].join(' ')],
    [labels.branch, customer.branch],
    [labels.analyst, customer.analyst],
    [labels.payer, customer.payer === customer.code ? '' : customer.payer],
    [labels.open, view.totals.map((t) => `${speech.amount(t.open, t.currency)} (${t.count})`).join(' + ')],
    [labels.overdue, view.totals.map((t) => speech.amount(t.overdue, t.currency)).join(' + ')],
    [phrases.interest.beside, view.interest.map((i) => speech.amount(i.open, i.currency)).join(' + ')],
    [
      labels.credits,
      view.credits.map((c) => `${c.document} ${speech.amount(c.open, c.currency)}`).join(', '),
    ],
    [
      labels.unapplied,
      view.unappliedCash.map((c) => `${c.receipt} ${speech.amount(c.amount, c.currency)}`).join(', '),
    ],
    [
      labels.stage,
      Object.entries(view.stages)
        .map(([stage, count]) => `${tellCode(words.stages, stage)} ${count}`)
        .join(', '),
    ],
    [labels.pays, customer.habit === null ? '' : phrases.habit(customer.habit)],
    [labels.promises, customer.brokenPromises > 0 ? phrases.broken(customer.brokenPromises) : ''],
    [
      labels.next,
      view.nextWakeAt === null ? phrases.whenAsked : speech.moment(view.nextWakeAt, customer.timeZone),
    ],
    [labels.state, view.behind ? phrases.behind : ''],
  ])
}

function receivables({ words, phrases, speech, table, left }: Speaking, view: CaseView): string {
  if (view.receivables.length === 0) return ''
  const { labels } = phrases
  const rows = view.receivables.map((r): Cell[] => [
    r.document,
    { amount: r.open, currency: r.currency },
    { date: r.dueOn },
    r.daysLate > 0 ? { count: r.daysLate } : '',
    [
      words.stages[r.stage],
      ...r.suspensions.map((s) => tellReason(words, s.kind)),
      ...(r.held ? [phrases.heldItem] : []),
    ].join('; '),
    r.lastStep === null ? '' : `${r.lastStep.step} (${words.stepStates[r.lastStep.state]})`,
    r.next.at === null
      ? (r.next.step ?? '')
      : `${r.next.step ?? ''} ${speech.moment(r.next.at, view.customer.timeZone)}`.trim(),
    r.next.reason === null ? '' : tellReason(words, r.next.reason),
  ])
  const columns = [
    { title: labels.document },
    { title: labels.open, right: true },
    { title: labels.due },
    { title: labels.daysLate, right: true },
    { title: labels.stage, cut: true },
    { title: labels.step },
    { title: labels.next },
    { title: labels.why, cut: true },
  ]
  const list = table(columns, rows)
  return view.notListed > 0 ? `${list}\n${left(phrases.notListed(view.notListed))}` : list
}

function agreements({ phrases, speech }: Speaking, view: CaseView): string {
  return lines(
    view.promises.map((p) => {
      const parts = p.instalments.map(
        (i) =>
          `${speech.amount(i.amount, p.currency)} ${speech.date(i.dueOn)} (${phrases.countsUntil(speech.date(i.countsUntil))})`,
      )
      return `${p.id}  ${p.madeBy}: ${parts.join(', ')}; ${p.documents.join(', ')}`
    }),
  )
}

function announcements({ phrases, speech }: Speaking, view: CaseView): string {
  const until = phrases.labels.until.toLowerCase()
  return lines(
    view.announcements.map(
      (a) =>
        `${a.id}  ${speech.amount(a.amount, a.currency)} ${until} ${speech.date(a.waitsUntil)}; ${a.documents.join(', ')}${a.trackingKey === null ? '' : `; ${a.trackingKey}`}`,
    ),
  )
}

function provisionals({ phrases, speech }: Speaking, view: CaseView): string {
  const until = phrases.labels.until.toLowerCase()
  return lines(
    view.provisionals.map(
      (p) =>
        `${p.number}  ${speech.amount(p.amount, p.currency)} ${until} ${speech.date(p.convertBy)}; ${p.documents.join(', ')}; ${phrases.by(p.issuedBy)}`,
    ),
  )
}

function disputes({ words, speech }: Speaking, view: CaseView): string {
  return lines(
    view.disputes.map(
      (d) =>
        `${d.id}  ${tellListed(words, 'disputeReasons', d.reason, d.words.reason)}, ${d.owner}, ${speech.date(d.openedOn)}: ${listLines(
          d.lines.filter((l) => Number(l.disputed) > 0).map((l) => ({ ...l, amount: l.disputed })),
          speech,
        )}`,
    ),
  )
}

function pauses({ speech }: Speaking, view: CaseView): string {
  return lines(
    view.pauses.map(
      (p) =>
        `${p.id}  ${p.document ?? view.customer.code}: ${speech.date(p.from)} – ${speech.date(p.to)}, ${p.reason}`,
    ),
  )
}

function confirmations({ words, phrases, speech }: Speaking, view: CaseView): string {
  const { labels } = phrases
  return lines(
    view.confirmations.map(
      (c) =>
        `${c.id}  ${words.confirmationModes[c.mode]}, ${labels.asOf.toLowerCase()} ${speech.date(c.asOf)}: ${words.confirmationStates[c.state]}${c.nextOn === null ? '' : `; ${labels.next.toLowerCase()} ${speech.date(c.nextOn)}`}`,
    ),
  )
}

function tasks({ words, phrases, speech }: Speaking, view: CaseView): string {
  return lines(
    view.tasks.map(
      (t) =>
        `${t.id}  ${speech.date(t.dueOn)}  ${t.owner}: ${tellTaskKind(words, t.kind)} (${tellSubject(words, t.subject, t.detail)})${t.resubmitOn === null ? '' : `; ${phrases.labels.back.toLowerCase()} ${speech.date(t.resubmitOn)}`}${t.documents.length > 0 ? `; ${t.documents.join(', ')}` : ''}`,
    ),
  )
}

function messages({ words, speech }: Speaking, view: CaseView): string {
  return lines(
    view.messages.map((m) => {
      const when =
        m.sentAt === null ? speech.date(m.plannedOn) : speech.moment(m.sentAt, view.customer.timeZone)
      return `${m.id}  ${when}  ${tellCode(words.templates, m.template)}, ${words.messageStates[m.state]}${m.recipient === null ? '' : `: ${m.recipient}`}${m.reason === null ? '' : ` (${tellWhy(words, m.reason)})`}`
    }),
  )
}

const contacts = (view: CaseView): string =>
  lines(
    view.contacts.map((c) =>
      [c.name, c.email, c.phone, c.site, c.refused === null ? null : `✗ ${c.refused}`]
        .filter((part) => part !== null && part !== '')
        .join(', '),
    ),
  )

const lines = (texts: readonly string[]): string => texts.map((text) => `  ${plain(text)}`).join('\n')
