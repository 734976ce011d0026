import { APPROVAL_KINDS, type Level } from '../../domain/authority.ts'
import type { Policy } from '../../domain/policy.ts'
import { tellCode } from '../words/tell.ts'
import type { Session } from './session.ts'

type Telling = Pick<Session, 'words' | 'phrases' | 'speech' | 'table'>

/** Who has to agree to what: the rows in the order in which they are tried, and what holds when none fits. */
export function matrixText(session: Telling, { name, approvals }: Policy): string {
  const { words, phrases, speech, table } = session
  const { labels } = phrases
  const named = new Set(approvals.matrix.flatMap((row) => row.kinds))
  const rest = APPROVAL_KINDS.filter((kind) => !named.has(kind))
  const kinds = (list: readonly string[]) =>
    list.map((kind) => tellCode(words.approvalKinds, kind)).join(', ')
  const rows = [
    ...approvals.matrix,
    {
      kinds: rest,
      segments: [],
      branches: [],
      levels: approvals.otherwise,
      escalate_to: approvals.escalate_to,
    },
  ]
  return [
    phrases.matrixOf(name),
    '',
    table(
      [
        { title: labels.number, right: true },
        { title: labels.kind, cut: true },
        { title: labels.amountUpTo },
        { title: labels.daysUpTo, right: true },
        { title: labels.only },
        { title: labels.agrees, cut: true },
        { title: labels.onSilence },
      ],
      rows.map((row, index) => [
        { count: index + 1 },
        index === rows.length - 1
          ? [phrases.allElse, ...(rest.length === 0 ? [] : [kinds(rest)])].join(': ')
          : kinds(row.kinds),
        Object.entries(row.amount_up_to ?? {})
          .map(([currency, amount]) => speech.amount(amount, currency))
          .join(', '),
        row.days_past_due_up_to === undefined ? '' : { count: row.days_past_due_up_to },
        [...row.segments, ...row.branches].join(', '),
        row.levels.length === 0
          ? phrases.nobody
          : row.levels.map((level) => levelText(session, level)).join(' → '),
        row.levels.length === 0 ? '' : tellCode(words.roles, row.escalate_to ?? ''),
      ]),
    ),
    '',
    phrases.matrixNotes(approvals.pause_days),
  ].join('\n')
}

/** `2 × manager (4/8 h)` */
const levelText = (
  { words, phrases }: Telling,
  { role, quorum, remind_after_hours, answer_within_hours }: Level,
): string =>
  `${quorum > 1 ? `${quorum} × ` : ''}${tellCode(words.roles, role)} (${phrases.levelHours(remind_after_hours, answer_within_hours)})`
