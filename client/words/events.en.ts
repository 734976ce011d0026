import { enCodes } from './codes.en.ts'
import { enCreditEvents } from './credit.en.ts'
import { negotiationEn } from './negotiation.en.ts'
import { enOrders } from './orders.en.ts'
import { enPlacements } from './placements.en.ts'
import { listAmounts, listChanges, listLines, namesOf, type Speech } from './speech.ts'
import type { Data, Words } from './words.ts'

/** What happened, in English: a clause without capital and full stop, for a diary or an answer. */

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const said = (texts: unknown): string | undefined => (texts as Record<string, string> | undefined)?.en
const reason = (d: Data): string => said(d.reasonWords) ?? word(enCodes.disputeReasons, d.reason)
const rootCause = (d: Data): string => said(d.rootCauseWords) ?? word(enCodes.rootCauses, d.rootCause)
const applied = (data: Data, say: Speech): string => {
  const list = (data.applied ?? []) as { document: string; amount: string }[]
  return list.length === 0
    ? 'nothing applied'
    : `applied to ${list.map((a) => `${a.document} (${say.amount(a.amount, data.currency)})`).join(', ')}`
}
const instalments = (data: Data, say: Speech): string =>
  ((data.instalments ?? []) as { dueOn: string; amount: string }[])
    .map((i) => `${say.amount(i.amount, data.currency)} on ${say.date(i.dueOn)}`)
    .join(', ')
const exceptions = (data: Data): string => {
  const list = (data.exceptions ?? []) as { document: string }[]
  return list.length === 0 ? '' : `; could not be applied to ${list.map((e) => e.document).join(', ')}`
}
const resultOf = (data: Data): string =>
  (data.words as Record<string, string> | undefined)?.en ?? word(enCodes.callResults, data.result)
const withTask = (data: Data, say: Speech): string => {
  const made = data.madeTask ? `, task ${data.madeTask} (${word(enCodes.taskKinds, data.madeKind)}) made` : ''
  if (!data.task) return data.resubmitOn ? `${made} for ${say.date(data.resubmitOn)}` : made
  const comesBack = data.resubmitOn ? `comes back on ${say.date(data.resubmitOn)}` : 'stays open'
  return `, task ${data.task} ${data.taskClosed ? 'done' : comesBack}${made}`
}
const links = (data: Data): string =>
  ((data.links ?? []) as { what: keyof typeof linked; id: number }[])
    .map((l) => `${linked[l.what] ?? l.what} ${l.id}`)
    .join(', ')
const linked = {
  promise: 'promise',
  dispute: 'dispute',
  announcement: 'announced payment',
  task: 'task',
  provisional: 'provisional receipt',
}
const proof = (data: Data): string => ((data.proof ?? []) as { name: string }[]).map((p) => p.name).join(', ')
const withOutcome = (data: Data): string => {
  const said = [links(data), proof(data)].filter((text) => text !== '').join('; ')
  return said === '' ? '' : `; ${said}`
}
const provisional = (data: Data, say: Speech): string =>
  `provisional receipt ${data.provisional} of ${say.amount(data.amount, data.currency)}`
const differences = (data: Data, say: Speech): string =>
  ((data.differences ?? []) as { document: string | null; currency: string; ours: string; theirs: string }[])
    .map(
      (d) =>
        `${d.document ?? 'in all'} ${say.amount(d.theirs, d.currency)} instead of ${say.amount(d.ours, d.currency)}`,
    )
    .join(', ')

const sourceChanges = (data: Data, say: Speech): string =>
  (
    (data.changes ?? []) as {
      document: string
      what: string
      amount: string
      currency: string
      from: string | null
      to: string
    }[]
  )
    .map((c) => {
      if (c.what === 'settled') return `${c.document} settled by ${say.amount(c.amount, c.currency)}`
      if (c.what === 'reopened') return `${c.document} open again by ${say.amount(c.amount, c.currency)}`
      return c.what === 'due'
        ? `${c.document} falls due on ${say.date(c.to)} instead of ${say.date(c.from)}`
        : `${c.document} accepted on ${say.date(c.to)}`
    })
    .join(', ')

export const enEvents: Words['events'] = {
  ...negotiationEn.events,
  ...enPlacements.events,
  loaded: (d) => `loaded from ${d.source}${d.held ? ', held until released' : ''}`,
  'load released': (d) => `load ${d.load} released: chased from now on`,
  'statement run begun': (d, say) =>
    `statements of ${say.date(d.day)}${d.branch ? ` for branch ${d.branch}` : ''} begun (run ${d.run}): ${d.mail} by mail, ${d.print} to print, ${d.skipped} skipped`,
  'account statement sent': (d) => `statement of account sent to ${d.to}`,
  'steps skipped': (d) =>
    `steps skipped: ${[...new Set(Object.values((d.steps ?? {}) as Record<string, string[]>).flat())].join(', ')}`,
  'call logged': (d, say) =>
    `called ${d.person}: ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contact ${d.contact})` : ''}`,
  'visit logged': (d, say) =>
    `visited ${d.person}${d.place ? `, ${d.place}` : ''}: ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contact ${d.contact})` : ''}`,
  'contact logged': (d, say) =>
    `spoke to ${d.person} (${word(enCodes.channels, d.channel)}): ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contact ${d.contact})` : ''}`,
  'contact completed': (d) => `contact ${d.contact} completed${withOutcome(d)}`,
  'task planned': (d, say) =>
    `task ${d.task} planned${d.dueOn ? `, by ${say.date(d.dueOn)}` : ''}${d.resubmitOn ? `, comes back on ${say.date(d.resubmitOn)}` : ''}${d.plannedAt ? `, for ${say.moment(String(d.plannedAt), String(d.timeZone))}` : ''}${d.place ? `, ${d.place}` : ''}${d.priority ? `, priority ${word(enCodes.priorities, d.priority)}` : ''}`,
  'task assigned': (d) => `task ${d.task} goes from ${d.from} to ${d.to}`,
  'absence recorded': (d, say) =>
    `absence ${d.absence}: ${d.person} is away from ${say.date(d.from)} to ${say.date(d.to)}; ${d.standIn ?? 'the supervisor'} stands in`,
  'absence ended': (d, say) => `absence ${d.absence} ended: ${d.person} is back on ${say.date(d.backOn)}`,
  'promise recorded': (d, say) =>
    `promise ${d.promise}${d.madeBy ? ` of ${d.madeBy}` : ''}: ${instalments(d, say)}`,
  'promise replaced': (d, say) =>
    d.instalments
      ? `promise ${d.promise} in place of the one before: ${instalments(d, say)}`
      : `promise ${d.promise} replaced by a new one`,
  'promise kept': (d) => `promise ${d.promise} kept`,
  'promise partially kept': (d, say) =>
    `promise ${d.promise} kept in part: ${say.amount(d.paid, d.currency)} came in time`,
  'promise broken': (d, say) =>
    `promise ${d.promise} broken${d.paid === undefined ? '' : `: ${say.amount(d.paid, d.currency)} came in time`}`,
  'promise withdrawn': (d) => `promise ${d.promise} withdrawn`,
  'promise excused': (d) => `promise ${d.promise} excused: it does not count against the customer`,
  'promise confirmation sent': (d) => `confirmation of a promise sent to ${d.to}`,
  'promise reminder sent': (d) => `reminder of a promised payment sent to ${d.to}`,
  'payment announced': (d, say) =>
    `payment of ${say.amount(d.amount, d.currency)} announced (${d.announcement}${d.trackingKey ? `, tracking key ${d.trackingKey}` : ''}); waits until ${say.date(d.waitsUntil)}`,
  'announced payment withdrawn': (d) => `announced payment ${d.announcement} withdrawn`,
  'announced payment arrived': (d, say) =>
    `announced payment ${d.announcement} of ${say.amount(d.amount, d.currency)} arrived`,
  'announced payment lapsed': (d, say) =>
    `announced payment ${d.announcement} of ${say.amount(d.amount, d.currency)} never came`,
  'announced payment reopened': (d) =>
    `announced payment ${d.announcement} is waited for again: the receipt was taken back`,
  'provisional receipt issued': (d, say) =>
    `${provisional(d, say)} for ${d.receivedFrom ? `${d.receivedFrom}: ` : ''}${say.list(d.documents)}; to be in the books by ${say.date(d.convertBy)}${withOutcome(d)}`,
  'provisional receipt converted': (d, say) =>
    `${provisional(d, say)} is in the books${d.receipt ? ` as receipt ${d.receipt}` : ' of the source'}`,
  'provisional receipt cancelled': (d, say) => `${provisional(d, say)} cancelled`,
  'provisional receipt overdue': (d, say) =>
    `${provisional(d, say)}, written by ${d.issuedBy}, is not in the books: the supervisor is told`,
  'provisional receipt reopened': (d, say) =>
    `${provisional(d, say)} is open again: the receipt was taken back`,
  'dispute opened': (d, say) =>
    `dispute ${d.dispute} (${reason(d)})${d.owner ? `, with ${d.owner}` : ''}${d.dueOn ? ` until ${say.date(d.dueOn)}` : ''}: ${listLines(d.lines, say)}`,
  'dispute resolved': (d, say) => {
    const what = word(enCodes.disputeOutcomes, d.outcome)
    const document = d.credit ?? d.invoice
    const how = `${what}${document ? ` ${document}` : ''}${Array.isArray(d.lines) ? `; ${listLines(d.lines, say)}` : ''}`
    return `dispute ${d.dispute} resolved${d.open ? ' in part' : ''}: ${how}`
  },
  'dispute split': (d, say) =>
    `dispute ${d.dispute} split from ${d.from} (${reason(d)}), with ${d.owner} until ${say.date(d.dueOn)}: ${listLines(d.lines, say)}`,
  'dispute changed': (d, say) =>
    `dispute ${d.dispute}${d.reason ? `: ${reason(d)}` : ''}${d.rootCause ? `, root cause ${rootCause(d)}` : ''}, with ${d.owner}${d.dueOn ? ` until ${say.date(d.dueOn)}` : ''}`,
  'dispute owner reminded': (d, say) =>
    `${d.owner} reminded of dispute ${d.dispute}, which was due on ${say.date(d.dueOn)}`,
  presented: (d, say) =>
    `accepted by the customer on ${say.date(d.acceptedOn)}: ${((d.lines ?? []) as { document: string; dueOn: string }[]).map((l) => `${l.document} is due on ${say.date(l.dueOn)}`).join(', ')}`,
  'review days set': (d, say) =>
    d.reviewDays === null
      ? 'the customer takes invoices without review'
      : `the customer takes invoices for review on ${d.reviewDays === '' ? 'any working day' : d.reviewDays}; next on ${say.date(d.nextOn)}`,
  paused: (d, say) => `pause ${d.pause} of ${d.covers} from ${say.date(d.from)} to ${say.date(d.to)}`,
  snoozed: (d, say) => `${d.customer} snoozed for ${d.owner} until ${say.date(d.until)}`,
  unsnoozed: (d) => `${d.customer} is back on the list of ${d.owner}`,
  resumed: (d) => `pause ${d.pause} resumed`,
  'confirmation asked': (d, say) =>
    `confirmation ${d.confirmation} (${word(enCodes.confirmationModes, d.mode)}) of the balance as of ${say.date(d.asOf)}${d.closesOn ? `; taken as agreed to on ${say.date(d.closesOn)}` : `; reminded on ${say.date(d.remindOn)}, called on ${say.date(d.callOn)}`}`,
  'confirmation sent': (d) => `question about the balance sent to ${d.to}`,
  'confirmation agreed': (d) => `confirmation ${d.confirmation}: ${d.answeredBy} agrees`,
  'confirmation differs': (d, say) =>
    `confirmation ${d.confirmation}: ${d.answeredBy} has ${differences(d, say)}${d.dispute ? `; dispute ${d.dispute}` : ''}`,
  'confirmation unopposed': (d) => `confirmation ${d.confirmation}: nobody objected`,
  'confirmation withdrawn': (d) => `confirmation ${d.confirmation} withdrawn`,
  credited: (d, say) =>
    `credit ${d.credit} of ${say.amount(d.amount, d.currency)}: ${say.amount(d.applied, d.currency)} to ${d.document}, ${say.amount(d.openCredit, d.currency)} stay open`,
  'interest accrued': (d, say) =>
    `interest in the books up to ${say.date(d.through)}: ${listAmounts(d.amounts, say)}`,
  'interest charged': (d, say) =>
    `interest note ${d.document} of ${say.amount(d.amount, d.currency)}, due on ${say.date(d.dueOn)}: ${listLines(d.lines, say)}`,
  'interest waived': (d, say) => `interest waived: ${listLines(d.lines, say)}`,
  'interest restored': (d, say) => `waived interest is owed again: ${listLines(d.lines, say)}`,
  'fee charged': (d, say) =>
    `fee of ${say.amount(d.amount, d.currency)} for ${d.document}${d.fee ? ` (${d.fee})` : ''}`,
  'written off': (d, say) =>
    `${d.document} written off: ${say.amount(d.amount, d.currency)}, approved by ${say.list(d.approvedBy)}`,
  recovered: (d, say) =>
    `receipt ${d.receipt} recovers ${say.amount(d.amount, d.currency)} of ${d.document}, which was written off`,
  cancelled: (d, say) => `${d.document} cancelled: ${say.amount(d.amount, d.currency)}`,
  replaced: (d, say) =>
    `${d.document} replaced by ${d.by} of ${say.amount(d.amount, d.currency)}; its clock ${d.clock === 'kept' ? 'goes on' : 'starts anew'}`,
  'receipt posted': (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)}${d.valueOn ? `, paid on ${say.date(d.valueOn)}` : ''}: ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} unapplied${exceptions(d)}`,
  'receipt applied': (d, say) =>
    `receipt ${d.receipt} ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} unapplied`,
  'receipt reversed': (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)} reversed (${word(enCodes.reversalReasons, d.reason)}); owed again: ${say.list(d.reopened) || 'nothing'}`,
  'credit applied': (d, say) =>
    `credit ${d.credit} ${applied(d, say)}, ${say.amount(d.open, d.currency)} stay open`,
  'reminder sent': (d) => `reminder sent to ${d.to}`,
  'statement sent': (d) => `statement sent to ${d.to}`,
  'notice skipped': (d) => `message ${d.message} not sent`,
  'notice failed': (d) => `message ${d.message} failed`,
  'notice deferred': (d) => `message ${d.message} not taken yet (attempt ${d.attempts})`,
  'notice refused': (d) =>
    `message ${d.message} refused for ${d.to}; ${d.fallback === null ? 'it waits for an address' : `goes to ${d.fallback}`}`,
  'left out of notice': (d) => `left out of message ${d.message}`,
  regrouped: (d, say) =>
    `${d.moved} receivables moved to ${say.list(d.cases) || 'no other case'} (grouped by ${word(enCodes.groupings, d.grouping)})`,
  'policy adopted': (d) => `policy ${d.policy} adopted by ${d.adopted} receivables`,
  'exception resolved': (d) => `exception ${d.exception} (${word(enCodes.exceptionKinds, d.kind)}) resolved`,
  'source changed': (d, say) => `as of ${say.date(d.asOf)} the source says: ${sourceChanges(d, say)}`,
  'tasks handed over': (d, say) => `tasks ${say.list(d.tasks)} handed over from ${d.from} to ${d.to}`,
  'customer changed': (d) => `customer data changed: ${listChanges(d.changes)}`,
  'contact added': (d) => `contact ${d.name}: ${[d.email, d.phone].filter(Boolean).join(', ')}`,
  'documents received': (d) => `documents received: ${namesOf(d.documents)}`,
  'documents made': (d) => `documents made: ${namesOf(d.documents)}`,
  'policies published': (d, say) =>
    `policies published: ${say.list(d.published) || 'nothing, all is as published'}`,
  'suspension extended': (d) => `may go unchased for ${d.days} more days`,
  'policy activated': (d) => `policy ${d.policy} v${d.version} holds from now on`,
  'receipt tied': (d) => `receipt ${d.receipt} is the bank's ${d.trackingKey}`,
  'role granted': (d) => `${d.person} holds the role ${d.role}${d.branch ? ` of ${d.branch}` : ''}`,
  'role revoked': (d) => `${d.person} no longer holds the role ${d.role}${d.branch ? ` of ${d.branch}` : ''}`,
  'approval requested': (d, say) =>
    `approval ${d.approval} asked for: ${word(enCodes.approvalKinds, d.kind)}${d.amount ? ` of ${say.amount(d.amount, d.currency)}` : ''}; waits for ${say.list(d.waitsFor) || 'nobody: no one holds the role'}`,
  'approval given': (d) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}) agreed to as ${d.role}${inPlace(d)}`,
  'approval refused': (d) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}) refused as ${d.role}${inPlace(d)}`,
  'approval withdrawn': (d) => `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}) withdrawn`,
  'approval escalated': (d) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}) goes from ${d.from} to ${d.to}`,
  'approval reminded': (d, say) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}): ${say.list(d.people) ? `${say.list(d.people)} reminded` : `nobody with the role ${word(enCodes.roles, d.role)} is there`}`,
  'approval stale': (d) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}) was granted and does not fit any more`,
  'approval overtaken': (d) =>
    `approval ${d.approval} (${word(enCodes.approvalKinds, d.kind)}): nothing left to decide`,
  'approval mail refused': (d) => `mail to ${d.person} (${d.email}) about approvals was refused`,
  ...enCreditEvents,
  ...enOrders.events,
}

export const enTaskEvents: Words['taskEvents'] = {
  opened: (kind, d, say) =>
    `task ${d.task}: ${kind}${d.what ? ` (${d.what})` : ''}${d.owner ? `, for ${d.owner}` : ''}${d.dueOn ? `, by ${say.date(d.dueOn)}` : ''}`,
  extended: (kind, d) => `task ${d.task} (${kind}) covers this too`,
  overtaken: (kind, d) => `task ${d.task} (${kind}) closed: nothing left to do`,
  done: (kind, d) => `task ${d.task}${kind ? ` (${kind})` : ''} done`,
}

const inPlace = (d: Data): string => (d.inPlaceOf && d.inPlaceOf !== d.by ? ` (for ${d.inPlaceOf})` : '')
