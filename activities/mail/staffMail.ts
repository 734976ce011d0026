import type { Language } from '../../domain/notice.ts'
import type { AskedApproval } from '../../ledger/approvals/asked.ts'
import type { Effect } from '../../ledger/approvals/authority.ts'
import type { StaffMail } from '../../ledger/approvals/staffMail.ts'
import { breakable, formatMoment, formatWithCode, singleLine } from './noticeFormat.ts'
import { engineFor, tidyText } from './render.ts'
import { phrase, wordsOf } from './words.ts'

/** The codes of approvals as words of a language. */
export interface ApprovalTeller {
  kind(code: string): string
  effect(effect: Effect): string
}
export type ApprovalTellers = (language: Language) => ApprovalTeller

/** So many are told one by one; of more a list with totals, and of that the first. */
const TOLD = 20
const LISTED = 50

/** What a person is asked to decide, in their language: pure but for the templates, which are read once. */
export function renderStaffMail(
  { person, language, timeZone, asked }: StaffMail,
  company: string,
  tellers: ApprovalTellers,
): { subject: string; html: string; text: string } {
  const words = wordsOf(language).approvals
  const tell = tellers(language)
  const isList = asked.length > TOLD
  const approvals = asked
    .slice(0, isList ? LISTED : TOLD)
    .map((approval) => viewOf(approval, { words, tell, language, timeZone }))
  const [first] = approvals
  const count = asked.length
  const subject =
    count === 1 ? phrase(words.subjectOne, first!) : phrase(words.subjectMany, { count: String(count) })
  const view = {
    language,
    company,
    subject: singleLine(breakable(subject)),
    title: phrase(words.title, { count }),
    intro: phrase(words.intro, { name: singleLine(person.name) }),
    words,
    isList,
    totals: totalsOf(asked, tell, language),
    soonest: isList ? phrase(words.soonest, { count: approvals.length }) : '',
    listed: count > approvals.length ? phrase(words.listed, { count: count - approvals.length }) : null,
    allCommand: 'cartera approvals',
    approvals,
  }
  const render = (format: 'html' | 'txt') =>
    String(engineFor(language, format).renderFileSync(`approvals.${format}.liquid`, view))
  return { subject: view.subject, html: render('html'), text: tidyText(render('txt')) }
}

interface Telling {
  words: ReturnType<typeof wordsOf>['approvals']
  tell: ApprovalTeller
  language: Language
  timeZone: string
}

function viewOf(approval: AskedApproval, { words, tell, language, timeZone }: Telling) {
  const { id, customer, amount, documents, daysPastDue, requester, why, answerBy } = approval
  return {
    id,
    kind: tell.kind(approval.kind),
    amount: amount && formatWithCode(amount.minor, amount.currency, language),
    customer: customer && singleLine(`${customer.name} (${customer.code})`),
    remarks: [
      ...(approval.reason === 'asked' ? [] : [words[approval.reason]]),
      ...(approval.standsInFor === null
        ? []
        : [phrase(words.standsInFor, { holder: singleLine(approval.standsInFor) })]),
    ],
    documents: documents === 0 ? null : phrase(words.documents, { count: documents, days: daysPastDue }),
    askedBy: phrase(words.askedBy, { requester: singleLine(requester) }),
    why: singleLine(why),
    since: formatMoment(approval.requestedAt, timeZone, language),
    answerBy: answerBy === null ? null : formatMoment(answerBy, timeZone, language),
    onYes: approval.onYes.map((effect) => singleLine(tell.effect(effect))),
    onNo: approval.onNo.map((effect) => singleLine(tell.effect(effect))),
  }
}

/** How many of each kind and currency, and for how much. */
function totalsOf(asked: readonly AskedApproval[], tell: ApprovalTeller, language: Language) {
  const totals = new Map<string, { kind: string; count: number; currency: string | null; minor: bigint }>()
  for (const { kind, amount } of asked) {
    const key = `${kind} ${amount?.currency ?? ''}`
    const total = totals.get(key) ?? { kind, count: 0, currency: amount?.currency ?? null, minor: 0n }
    totals.set(key, { ...total, count: total.count + 1, minor: total.minor + (amount?.minor ?? 0n) })
  }
  return [...totals.values()]
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1))
    .map(({ kind, count, currency, minor }) => ({
      kind: tell.kind(kind),
      count,
      amount: currency === null ? null : formatWithCode(minor, currency, language),
    }))
}
