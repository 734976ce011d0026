import type { Speech } from './speech.ts'
import { enPhrases } from './phrases.en.ts'
import type { Data, Words } from './words.ts'

const things: Words['things'] = {
  receivable: 'receivable',
  case: 'case',
  customer: 'customer',
  payer: 'payer',
  receipt: 'receipt',
  promise: 'promise',
  dispute: 'dispute',
  pause: 'pause',
  task: 'task',
  'announced payment': 'announced payment',
  load: 'load',
  policy: 'policy',
  message: 'message',
}
const thing = (name: string): string => (things as Record<string, string>)[name] ?? name

const refusals: Words['refusals'] = {
  KeyConflict: ({ key, command }) => `The key ${key} was used before for "${command}" with other content. Use another key.`,
  NotFound: ({ what, id }) => `There is no ${thing(what)} "${id}".`,
  CaseMoved: ({ to }) => `It moved to case ${to}. Ask there.`,
  InvalidAmount: ({ value, currency }) => `"${value}" is not an amount of ${currency}.`,
  InvalidDate: ({ field, value, must }, say) => `${fields[field] ?? field} ${say.date(value)} must ${must.replace(/\d{4}-\d{2}-\d{2}/g, say.date)}.`,
  WrongCurrency: ({ document, expected, given }) => `${document} is in ${expected}, not in ${given}.`,
  WrongCustomer: ({ document, customer }) => (customer ? `${document} is not a receivable of customer ${customer}.` : `${document} belongs to another customer or payer.`),
  AlreadyClosed: ({ document, closedAs }) => `${document} is closed already: ${(en.closedAs as Record<string, string>)[closedAs] ?? closedAs}.`,
  OverApplied: ({ document, open, given }, say) => `Only ${say.number(open)} of ${document} are open; ${say.number(given)} can't be applied to it.`,
  NotEnoughUnapplied: ({ available, given }, say) => `Only ${say.number(available)} are not applied yet; ${say.number(given)} were asked for.`,
  AlreadyReversed: ({ receipt }) => `Receipt ${receipt} was reversed already.`,
  DuplicateReceipt: ({ receipt, trackingKey }) => `This money is in the books already as receipt ${receipt}${trackingKey ? ` (tracking key ${trackingKey})` : ''}.`,
  DuplicateDocument: ({ document }) => `There is a document ${document} already. Give the new one another number.`,
  BooksClosed: ({ through }, say) => `The books are closed through ${say.date(through)}. Give a later posting date.`,
  PromiseExists: ({ document, promise }) => `${document} is covered by promise ${promise}. Withdraw or replace that one.`,
  PromiseTooFar: ({ latest }, say) => `The promised date is too far away: ${say.date(latest)} is the latest.`,
  PromiseExceedsOpen: ({ open, given }, say) => `Only ${say.number(open)} are open; ${say.number(given)} can't be promised.`,
  TooManyBroken: ({ broken, allowed }) => `The customer has not kept ${broken} promises; the policy takes new ones up to ${allowed}.`,
  NotOpen: ({ what, id, state }) => `The ${thing(what)} ${id} is not open: ${stateOf(state)}.`,
  DisputeExceedsOpen: ({ document, open, given }, say) => `Only ${say.number(open)} of ${document} are open; ${say.number(given)} can't be disputed.`,
  PauseOverlaps: ({ from, to }, say) => `There is a pause from ${say.date(from)} to ${say.date(to)} already. Resume that one first.`,
  PauseNotActive: ({ id }) => `The pause ${id} is over or was resumed.`,
  SameActor: ({ actor }) => `${actor} can't ask for it and approve it. Somebody else has to approve.`,
  HasApplications: ({ document }) => `Money is applied to ${document}. Reverse or move that first, or replace the document.`,
}

const fields: Record<string, string> = { valueOn: 'The value date', postingOn: 'The posting date', dueOn: 'The due date', issuedOn: 'The issue date', from: 'The first day', to: 'The last day' }
const stateOf = (state: string): string =>
  ({ ...en.promiseStates, ...en.disputeOutcomes, ...en.loadStates, done: 'done', overtaken: 'nothing left to do', arrived: 'the money came', lapsed: 'lapsed' } as Record<string, string>)[state] ?? state

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const applied = (data: Data, say: Speech): string => {
  const list = (data.applied ?? []) as { document: string; amount: string }[]
  return list.length === 0 ? 'nothing applied' : `applied to ${list.map((a) => `${a.document} (${say.amount(a.amount, data.currency)})`).join(', ')}`
}
const instalments = (data: Data, say: Speech): string =>
  ((data.instalments ?? []) as { dueOn: string; amount: string }[]).map((i) => `${say.amount(i.amount, data.currency)} on ${say.date(i.dueOn)}`).join(', ')
const exceptions = (data: Data): string => {
  const list = (data.exceptions ?? []) as { document: string }[]
  return list.length === 0 ? '' : `; could not be applied to ${list.map((e) => e.document).join(', ')}`
}
const withTask = (data: Data): string => (data.task ? `, task ${data.task} ${data.taskClosed ? 'done' : 'stays open'}` : '')

const events: Words['events'] = {
  loaded: (d) => `loaded from ${d.source}${d.held ? ', held until released' : ''}`,
  'load released': (d) => `load ${d.load} released: chased from now on`,
  'steps skipped': (d) => `steps skipped: ${[...new Set(Object.values((d.steps ?? {}) as Record<string, string[]>).flat())].join(', ')}`,
  'call logged': (d) => `called ${d.person}: ${word(en.callResults, d.result)}${withTask(d)}`,
  'visit logged': (d) => `visited ${d.person}: ${word(en.callResults, d.result)}${withTask(d)}`,
  'contact logged': (d) => `spoke to ${d.person} (${word(en.channels, d.channel)}): ${word(en.callResults, d.result)}${withTask(d)}`,
  'promise recorded': (d, say) => `promise ${d.promise}${d.madeBy ? ` of ${d.madeBy}` : ''}: ${instalments(d, say)}`,
  'promise replaced': (d, say) => (d.instalments ? `promise ${d.promise} in place of the one before: ${instalments(d, say)}` : `promise ${d.promise} replaced by a new one`),
  'promise kept': (d) => `promise ${d.promise} kept`,
  'promise partially kept': (d, say) => `promise ${d.promise} kept in part: ${say.amount(d.paid, d.currency)} came in time`,
  'promise broken': (d, say) => `promise ${d.promise} broken${d.paid === undefined ? '' : `: ${say.amount(d.paid, d.currency)} came in time`}`,
  'promise withdrawn': (d) => `promise ${d.promise} withdrawn`,
  'payment announced': (d, say) => `payment of ${say.amount(d.amount, d.currency)} announced (${d.announcement}${d.trackingKey ? `, tracking key ${d.trackingKey}` : ''}); waits until ${say.date(d.waitsUntil)}`,
  'announced payment withdrawn': (d) => `announced payment ${d.announcement} withdrawn`,
  'announced payment arrived': (d, say) => `announced payment ${d.announcement} of ${say.amount(d.amount, d.currency)} arrived`,
  'announced payment lapsed': (d, say) => `announced payment ${d.announcement} of ${say.amount(d.amount, d.currency)} never came`,
  'dispute opened': (d, say) =>
    `dispute ${d.dispute} (${word(en.disputeReasons, d.reason)})${d.owner ? `, with ${d.owner}` : ''}: ${((d.lines ?? []) as { document: string; amount: string; currency: string }[]).map((l) => `${l.document} ${say.amount(l.amount, l.currency)}`).join(', ')}`,
  'dispute resolved': (d) => `dispute ${d.dispute} resolved: ${word(en.disputeOutcomes, d.outcome)}`,
  paused: (d, say) => `pause ${d.pause} of ${d.covers} from ${say.date(d.from)} to ${say.date(d.to)}`,
  resumed: (d) => `pause ${d.pause} resumed`,
  credited: (d, say) => `credit ${d.credit} of ${say.amount(d.amount, d.currency)}: ${say.amount(d.applied, d.currency)} to ${d.document}, ${say.amount(d.openCredit, d.currency)} stay open`,
  'written off': (d, say) => `${d.document} written off: ${say.amount(d.amount, d.currency)}, approved by ${d.approvedBy}`,
  cancelled: (d, say) => `${d.document} cancelled: ${say.amount(d.amount, d.currency)}`,
  replaced: (d, say) => `${d.document} replaced by ${d.by} of ${say.amount(d.amount, d.currency)}; its clock ${d.clock === 'kept' ? 'goes on' : 'starts anew'}`,
  'receipt posted': (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)}${d.valueOn ? `, paid on ${say.date(d.valueOn)}` : ''}: ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} unapplied${exceptions(d)}`,
  'receipt applied': (d, say) => `receipt ${d.receipt} ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} unapplied`,
  'receipt reversed': (d, say) => `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)} reversed (${word(en.reversalReasons, d.reason)}); owed again: ${say.list(d.reopened) || 'nothing'}`,
  'credit applied': (d, say) => `credit ${d.credit} ${applied(d, say)}, ${say.amount(d.open, d.currency)} stay open`,
  'reminder sent': (d) => `reminder sent to ${d.to}`,
  'statement sent': (d) => `statement sent to ${d.to}`,
  'notice skipped': (d) => `message ${d.message} not sent`,
  'notice failed': (d) => `message ${d.message} failed`,
  'notice deferred': (d) => `message ${d.message} not taken yet (attempt ${d.attempts})`,
  'notice refused': (d) => `message ${d.message} refused for ${d.to}; goes to ${d.fallback}`,
  'left out of notice': (d) => `left out of message ${d.message}`,
  regrouped: (d, say) => `${d.moved} receivables moved to ${say.list(d.cases) || 'no other case'} (grouped by ${d.grouping})`,
  'policy adopted': (d) => `policy ${d.policy} adopted by ${d.adopted} receivables`,
  'contact added': (d) => `contact ${d.name}: ${[d.email, d.phone].filter(Boolean).join(', ')}`,
  'policies published': (d, say) => `policies published: ${say.list(d.published)}`,
}

export const en: Words = {
  language: 'en',
  refusals,
  things,
  events,
  taskEvents: {
    opened: (kind, d, say) => `task ${d.task}: ${kind}${d.owner ? `, for ${d.owner}` : ''}${d.dueOn ? `, by ${say.date(d.dueOn)}` : ''}`,
    extended: (kind, d) => `task ${d.task} (${kind}) covers this too`,
    overtaken: (kind, d) => `task ${d.task} (${kind}) closed: nothing left to do`,
    done: (kind, d) => `task ${d.task}${kind ? ` (${kind})` : ''} done`,
  },
  taskKinds: {
    call: 'call',
    visit: 'visit',
    fix_contact: 'fix the contact',
    apply_cash: 'apply the cash',
    hold_orders: 'hold orders',
    release_orders: 'release orders',
    review: 'review',
    request_approval: 'ask for approval',
    tell_supervisor: 'tell the supervisor',
  },
  taskSubjects: {
    chase: 'due by the policy',
    overdue: 'overdue by the policy',
    'loaded late': 'loaded after its time: decide where to begin',
    'not logged': 'a call or visit was not logged in time',
    'unused money': 'the payer has money that is not applied',
    'suspended too long': 'not chased for longer than the policy allows',
    'no address': 'no address that works',
    periodic: 'regular look after the last step',
    broken: (what, id) => (what === 'promise' ? `promise ${id} was not kept` : `announced payment ${id} never came`),
    refused: (address) => `mail to ${address} was refused`,
    deferred: (address) => `mail to ${address} doesn't get through`,
  },
  reasons: {
    anchor: 'its day by the policy',
    min_gap: 'some days after the last contact about it',
    contact_gap: 'some days after the last message or call',
    after_suspension: 'after what kept it back',
    promised: 'promised',
    announced: 'a payment is announced',
    cheque: 'a cheque is in hand',
    disputed: 'disputed',
    paused: 'paused',
    negotiating: 'being negotiated',
    netted: 'unapplied cash covers it: to be applied',
    below_tolerance: 'too little to ask for',
    unpresented: 'the customer has not accepted it yet',
    notice_on_its_way: 'a message is on its way',
    waits_for_log: 'waits for the call or visit to be logged',
    periodic_review: 'regular review',
    closed: 'closed',
  },
  skips: {
    'loaded late': 'loaded after its time',
    'loaded late: a person decides': 'loaded after its time: a person decides',
    'not logged in time': 'not logged in time',
  },
  stages: { unpresented: 'not accepted yet', current: 'not due', overdue: 'overdue', prelegal: 'pre-legal', legal: 'legal', agency: 'agency', closed: 'closed' },
  closedAs: { paid: 'paid', credited: 'credited', written_off: 'written off', cancelled: 'cancelled', replaced: 'replaced' },
  actions: {
    remind: 'remind by mail',
    statement: 'send a statement',
    call: 'call',
    visit: 'visit',
    hold_orders: 'hold orders',
    review: 'review',
    demand: 'ask for a formal demand',
    place_legal: 'ask for legal placement',
    place_agency: 'ask for an agency',
    propose_write_off: 'propose a write-off',
  },
  severities: { courtesy: 'courtesy', reminder: 'reminder', firm: 'firm', final: 'final' },
  kinds: { invoice: 'invoice', debit_note: 'debit note', retention: 'retention', credit_note: 'credit note', on_account_credit: 'credit on account', down_payment: 'down payment' },
  callResults: {
    reached: 'reached',
    promised: 'promised to pay',
    disputes: 'disputes it',
    refuses: 'refuses to pay',
    message_left: 'message left',
    no_answer: 'no answer',
    wrong_number: 'wrong number',
  },
  channels: { phone: 'telephone', visit: 'visit', mail: 'mail', whatsapp: 'WhatsApp', in_person: 'in person' },
  disputeReasons: {
    delivery_note: 'delivery note',
    quantity: 'quantity',
    price_or_discount: 'price or discount',
    rebate: 'rebate',
    re_invoice: 'to be invoiced anew',
    co_op_advertising: 'co-op advertising',
    quality: 'quality',
    fiscal_data: 'fiscal data',
    duplicate_invoice: 'invoiced twice',
    payment_not_applied: 'payment not applied',
    other: 'other',
  },
  disputeOutcomes: { accepted: 'accepted', rejected: 'rejected', withdrawn: 'withdrawn' },
  receiptForms: { transfer: 'transfer', cash: 'cash', card: 'card', cheque: 'cheque', direct_debit: 'direct debit', other: 'other' },
  reversalReasons: { bounced: 'bounced', misposted: 'misposted', wrong_customer: 'wrong customer', duplicate: 'duplicate', other: 'other' },
  replaceReasons: { our_error: 'our error', customer_request: "the customer's wish" },
  promiseStates: { open: 'open', kept: 'kept', partially_kept: 'kept in part', broken: 'broken', withdrawn: 'withdrawn', replaced: 'replaced' },
  loadStates: { staging: 'being read', refused: 'refused', held: 'held', released: 'in the books' },
  whys: {
    'nothing left to say': 'nothing left to say',
    'nothing left to do': 'nothing left to do',
    'no address': 'no address that works',
    'contact mended': 'the contact was mended',
    'the payment that kept it bounced': 'the payment that kept it bounced',
    'money valued in time was recorded late': 'money valued in time was recorded late',
  },
  phrases: enPhrases,
}
