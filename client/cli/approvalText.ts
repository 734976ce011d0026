import type { ApprovalView } from '../../ledger/approvals/show.ts'
import type { WaitingApproval } from '../../ledger/approvals/waiting.ts'
import { tellCode, tellEffect, tellWhy } from '../words/tell.ts'
import type { Session } from './session.ts'
import { type Cell, pairs, plain } from './table.ts'

type Telling = Pick<Session, 'words' | 'phrases' | 'speech' | 'table' | 'left'>

/** Those that wait, a line each. */
export function waitingText(
  { words, phrases, speech, table, left }: Telling,
  rows: readonly WaitingApproval[],
  { timeZone, all, more }: { timeZone: string; all: boolean; more: boolean },
): string {
  const { labels } = phrases
  const text = table(
    [
      { title: labels.number, right: true },
      { title: labels.kind },
      { title: labels.amount, right: true },
      { title: labels.customer },
      { title: labels.name, cut: true },
      { title: labels.branch },
      { title: labels.daysLate, right: true },
      { title: labels.askedBy },
      { title: labels.why, cut: true },
      { title: labels.answerBy },
      { title: all ? labels.role : labels.standsInFor },
    ],
    rows.map((row): Cell[] => [
      { count: row.id },
      tellCode(words.approvalKinds, row.kind),
      row.amount === null ? '' : { amount: row.amount, currency: row.currency! },
      row.customer ?? '',
      row.name ?? '',
      row.branch,
      row.daysPastDue > 0 ? { count: row.daysPastDue } : '',
      row.requester,
      tellAsked(words, row.why),
      row.answerBy === null ? '' : speech.moment(row.answerBy, timeZone),
      all ? tellCode(words.roles, row.role) : (row.standsInFor ?? ''),
    ]),
    all ? phrases.nothing : phrases.nothingToApprove,
  )
  return more ? `${text}\n${left(phrases.more(String(rows.at(-1)!.id)))}` : text
}

/** `step demand` is the ladder's own reason. */
const tellAsked = (words: Telling['words'], why: string): string => {
  const [, step] = /^step (\w+)$/.exec(why) ?? []
  return step ? tellCode(words.actions, step) : tellWhy(words, tellCode(words.taskSubjects as never, why))
}

/** All of one: what is asked, what follows, what it covers, who is asked and who answered. */
export function approvalText(session: Telling, view: ApprovalView): string {
  const { words, phrases, speech } = session
  const { labels } = phrases
  const moment = (at: number | null) => (at === null ? '' : speech.moment(at, view.timeZone))
  const effects = (list: ApprovalView['onYes']) =>
    list.map((e) => `  • ${plain(tellEffect(words, speech, e))}`)
  const facts = pairs([
    [labels.number, String(view.id)],
    [labels.kind, tellCode(words.approvalKinds, view.kind)],
    [labels.state, words.approvalStates[view.state]],
    [labels.amount, view.amount === null ? '' : speech.amount(view.amount, view.currency)],
    [labels.customer, view.customer === null ? '' : `${view.customer} ${view.name}`],
    [labels.branch, view.branch],
    [labels.daysLate, view.daysPastDue > 0 ? String(view.daysPastDue) : ''],
    [labels.askedBy, [view.requester, ...view.alsoAsked].join(', ')],
    [labels.why, tellAsked(words, view.why)],
    [labels.since, moment(view.requestedAt)],
    [labels.answerBy, view.state === 'open' ? moment(view.answerBy) : ''],
    [labels.closed, moment(view.closedAt)],
    [labels.result, view.closedWhy === null ? '' : tellWhy(words, view.closedWhy)],
  ])
  return [
    facts,
    '',
    `${labels.onYes}:`,
    ...effects(view.onYes),
    `${labels.onNo}:`,
    ...effects(view.onNo),
    ...(view.staleBecause === null ? [] : ['', phrases.wouldBeStale(tellWhy(words, view.staleBecause))]),
    ...(view.items.length === 0 ? [] : ['', itemsTable(session, view)]),
    '',
    levelsTable(session, view),
    ...(view.state !== 'open' ? [] : ['', canAnswerText(session, view)]),
    ...(view.votes.length === 0 ? [] : ['', votesTable(session, view)]),
    ...(view.notices.length === 0 ? [] : ['', noticesTable(session, view)]),
  ].join('\n')
}

function itemsTable({ phrases, table }: Telling, { items }: ApprovalView): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.document },
      { title: labels.due },
      { title: labels.atMost, right: true },
      { title: labels.owedNow, right: true },
    ],
    items.map((item) => [
      item.document,
      { date: item.dueOn },
      { amount: item.ceiling, currency: item.currency },
      { amount: item.owed, currency: item.currency },
    ]),
  )
}

function levelsTable({ words, phrases, table }: Telling, { levels }: ApprovalView): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.level, right: true },
      { title: labels.role },
      { title: labels.quorum, right: true },
      { title: labels.remindAfter, right: true },
      { title: labels.answerWithin, right: true },
      { title: labels.state },
    ],
    levels.map((level, index) => [
      { count: index + 1 },
      tellCode(words.roles, level.role),
      { count: level.quorum },
      { count: level.remindAfterHours },
      { count: level.answerWithinHours },
      phrases.levelStates[level.state === 'later' && level.onSilence ? 'onSilence' : level.state],
    ]),
  )
}

const canAnswerText = ({ phrases }: Telling, { canAnswer }: ApprovalView): string =>
  canAnswer.length === 0
    ? phrases.nobodyCanAnswer
    : phrases.canAnswer(
        canAnswer
          .map((c) =>
            c.standsInFor === null ? c.person : `${c.person} (${phrases.standsInFor(c.standsInFor)})`,
          )
          .join(', '),
      )

function votesTable({ words, phrases, speech, table }: Telling, { votes, timeZone }: ApprovalView): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.answer },
      { title: labels.person },
      { title: labels.role },
      { title: labels.standsInFor },
      { title: labels.date },
      { title: labels.why, cut: true },
    ],
    votes.map((vote) => [
      vote.agrees ? phrases.agreed : phrases.refusedIt,
      vote.person,
      tellCode(words.roles, vote.role),
      vote.standsInFor ?? '',
      speech.moment(vote.at, timeZone),
      vote.why,
    ]),
  )
}

function noticesTable(
  { words, phrases, speech, table }: Telling,
  { notices, timeZone }: ApprovalView,
): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.person },
      { title: labels.role },
      { title: labels.standsInFor },
      { title: labels.what },
      { title: labels.date },
      { title: labels.mail },
      { title: labels.why, cut: true },
    ],
    notices.map((notice) => [
      notice.person,
      tellCode(words.roles, notice.role),
      notice.standsInFor ?? '',
      words.noticeReasons[notice.reason],
      speech.moment(notice.at, timeZone),
      notice.mail === null ? words.messageStates.pending : words.messageStates[notice.mail],
      notice.mailWhy === null ? '' : tellWhy(words, notice.mailWhy),
    ]),
  )
}
