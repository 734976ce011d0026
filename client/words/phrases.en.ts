import type { JournalFinding } from '../../ledger/journal.ts'
import { enCreditLabels } from './credit.en.ts'
import { enInterest } from './interest.en.ts'
import { negotiationEn } from './negotiation.en.ts'
import type { Phrases } from './phrases.ts'
import { enPlacements } from './placements.en.ts'

const problems: Record<JournalFinding['problem'], string> = {
  altered: 'was altered',
  removed: 'was removed',
  moved: 'was moved from elsewhere',
  'head does not match': 'does not end where its head says',
  'unknown chain': 'belongs to nobody',
}
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Days after the due date; before it when below zero. */
const days = (late: number): string =>
  late < 0 ? `${counted(-late, 'day')} early` : late === 0 ? 'on the day' : `${counted(late, 'day')} late`

export const enPhrases: Phrases = {
  ...enPlacements.phrases,
  interest: enInterest,
  negotiation: negotiationEn.phrases,
  labels: {
    ...enCreditLabels,
    agency: 'Agency',
    commission: 'Commission',
    recovered: 'Recovered',
    email: 'Email',
    speaksFor: 'Speak for it',
    instrument: 'Instrument',
    reference: 'Reference',
    starts: 'Began',
    ends: 'Ends',
    cleared: 'Cleared otherwise',
    credited: 'Credited',
    nextReview: 'Next review day',
    presented: 'Accepted',
    rejected: 'Not granted',
    rootCause: 'Root cause',
    workingDays: 'Working days',
    writtenOff: 'Written off',
    action: 'Action',
    address: 'Address',
    amount: 'Amount',
    analyst: 'Analyst',
    answer: 'Answer',
    balance: 'Net balance',
    asOf: 'As of',
    asked: 'Asked',
    branch: 'Branch',
    bucket: 'Age',
    by: 'By',
    case: 'Case',
    channel: 'Channel',
    confirmations: 'Balance confirmations',
    contacts: 'Contacts',
    count: 'Count',
    credits: 'Credits',
    currency: 'Currency',
    customer: 'Customer',
    customers: 'Customers',
    date: 'Date',
    daysAfterDue: 'Days after due',
    daysLate: 'Days late',
    difference: 'Difference',
    disputed: 'Disputed',
    failed: 'Failed',
    feed: 'Source',
    file: 'File',
    held: 'Held back',
    document: 'Document',
    due: 'Due',
    dueOn: 'By',
    events: 'What happened',
    group: 'Group',
    hour: 'Time',
    inMail: 'Messages',
    issued: 'Issued',
    kind: 'Kind',
    moved: 'Moved by',
    name: 'Name',
    next: 'Next',
    number: 'No.',
    onTheWay: 'On the way',
    open: 'Open',
    original: 'Original',
    ours: 'Ours',
    overdue: 'Overdue',
    owed: 'Owed',
    owner: 'For',
    payer: 'Payer',
    pauses: 'Pauses',
    pays: 'Pays',
    points: 'Points',
    policy: 'Policy',
    print: 'Print',
    promises: 'Promises',
    disputes: 'Disputes',
    announcements: 'Announced payments',
    provisionals: 'Provisional receipts',
    receivables: 'Receivables',
    sent: 'Sent',
    server: 'Server',
    severity: 'Tone',
    site: 'Site',
    skipped: 'Skipped',
    size: 'Bytes',
    stage: 'Stage',
    state: 'State',
    step: 'Step',
    subject: 'Subject',
    task: 'Task',
    tasks: 'Tasks',
    theirs: 'Theirs',
    to: 'To',
    unapplied: 'Unapplied cash',
    until: 'Until',
    weekday: 'Day',
    what: 'What',
    why: 'Why',
    result: 'Result',
    place: 'Place',
    proof: 'Proof',
    priority: 'Priority',
    standIn: 'Stands in',
    person: 'Person',
    who: 'Logged by',
    from: 'From',
    back: 'Comes back',
    planned: 'Planned for',
    receipt: 'Receipt',
    issuedBy: 'Written by',
    contact: 'Contact',
    notes: 'Notes',
    level: 'Level',
    paid: 'Paid',
    answerBy: 'Answer by',
    answerWithin: 'Answer within (working hours)',
    askedBy: 'Asked by',
    atMost: 'At most',
    closed: 'Closed',
    agrees: 'Agrees',
    amountUpTo: 'Amount up to',
    daysUpTo: 'Days past due up to',
    only: 'Only',
    onSilence: 'On silence',
    onNo: 'On no',
    onYes: 'On yes',
    owedNow: 'Owed now',
    mail: 'Mail',
    since: 'Since',
    quorum: 'Must agree',
    remindAfter: 'Remind after (working hours)',
    role: 'Role',
    standsInFor: 'In place of',
  },
  notADate: (option, value) => `${option}: "${value}" is not a date. Write it like 2026-11-25.`,
  notAnInstant: (option, value) =>
    `${option}: "${value}" is not an instant. Write it like 2026-11-25T18:30:00-06:00.`,
  notAnAmount: (option, value, currency) =>
    `${option}: "${value}" is not an amount${currency ? ` of ${currency}` : ''} above zero. Write it like 1234.50.`,
  notACurrency: (option, value) => `${option}: "${value}" is not a currency. Write its ISO code, like MXN.`,
  notANumber: (option, value) =>
    `${option}: "${value}" is not a number. It is shown where it was made, and by "cartera case show".`,
  badContent: (place, message) => (place ? `${place}: ${message}` : message),
  sayOneOf: (options) => `Say ${options}.`,
  notBoth: (options) => `Say only one of ${options}.`,
  amountsForAll: (option) => `With more than one ${option}, each needs its amount: DATE=AMOUNT.`,
  otherCompany: (profile, company) =>
    `The profile is for company "${profile}"; this is "${company}" (CARTERA_COMPANY).`,
  noFile: (path) => `The file ${path} is not there, or can't be read.`,
  noProfile: (name, known) =>
    `There is no profile "${name}". Known: ${known}; or give the path of a YAML file.`,
  noSuchPolicy: (id, known) =>
    `There is no policy "${id}". Known: ${known}; or give the path of a YAML file.`,
  badHeads: (path) => `${path} is not a list of heads. Make one with "cartera journal heads".`,
  badLine: (line, column, value, message) =>
    line === 0
      ? `file${column ? `, column "${column}"` : ''}: ${message}`
      : `line ${line}${column ? `, column "${column}": "${value}"` : ''}: ${message}`,
  noteLine: (line, column, value, message) =>
    line === 0
      ? `note: ${message}`
      : `note: line ${line}${column ? `, column "${column}": "${value}"` : ''}: ${message}`,
  badFile: (total) => `${counted(total, 'mistake')}: nothing was taken. Mend the file and give it again.`,
  andMore: (count) => `… and ${counted(count, 'more', 'more')}`,
  temporalAway: (address) =>
    `Temporal does not answer at ${address}. Start everything with "npm start", or set TEMPORAL_ADDRESS to your own server.`,
  ledgerAway: (address, cause) =>
    `The ledger's database does not answer at ${address} (${cause}). Start everything with "npm start", or set DATABASE_URL to your own server.`,
  ledgerBusy: (cause) => `The ledger did not answer (${cause}). Try again in a moment.`,
  workersAway: (what) =>
    `No worker answered in time${what ? ` (${what})` : ''}. See that one runs: "npm start", or "npm run worker". What was asked may still be done.`,
  askAgain: (key) => `Asking again with --key ${key} is safe: it is done once.`,
  defect: (details) => `This is a defect of the program:\n${details}`,
  load: (r) =>
    `Load ${r.id} (${r.fileName}): ${{ staging: 'being read', refused: 'refused', held: 'held', released: 'in the books' }[r.state]}; ${counted(r.lines, 'line')}, ${r.created} new, ${r.unchanged} as before, ${r.changed} changed by the source, ${r.vanished} no longer open there, ${counted(r.exceptions, 'exception')}, ${counted(r.errors, 'mistake')}, ${counted(r.notes, 'note')}`,
  loadKnown: (r) => `${r.fileName} was loaded already as ${r.id}: nothing changed.`,
  loadHeld: (id) => `Nobody is chased until you release it: cartera load release ${id}`,
  loadWaits: 'waiting for a worker',
  loadReads: (lines, of) => `${lines.toLocaleString('en')} of ${of.toLocaleString('en')} lines read`,
  loadWakes: 'Its cases are being woken …',
  loadWoke: 'All its cases were woken.',
  feedBegins: (name) => `Reading ${name} …`,
  feedFile: ({ name, outcome, replaced, load }) => {
    const said = {
      done: () =>
        `in the books, ${counted(load!.created, 'new item')}, ${load!.changed} changed, ${load!.vanished} settled at the source, ${counted(load!.exceptions, 'exception')}`,
      refused: () => `refused, ${counted(load!.errors, 'mistake')}`,
      unreadable: () => "its control totals can't be read",
    }[outcome]()
    const where = replaced
      ? '; another of its name came meanwhile and is taken next'
      : outcome === 'done'
        ? ''
        : '; it lies in "refused" with the report'
    return `${name}: ${said}${where}`
  },
  feedWaits: ({ name, state }, blocked) =>
    `${name}: ${blocked || state !== 'ready' ? 'waits, ' : ''}${{ ready: blocked ? 'behind the one before it' : 'ready to be taken', growing: 'it may still be growing', 'no-control': 'its control totals are not there yet' }[state]}`,
  feedBlocked: (name) =>
    `${name} was refused, and what comes after a change builds on it: put it right here under its name and take it out of "refused".`,
  feedQuiet: (folder) => `Nothing new in ${folder}.`,
  feedWatching: (folder) => `Watching ${folder}. Ctrl-C ends it.`,
  feedOld: (source, asOf, waiting) =>
    `Source ${source} tells of ${asOf}: ${counted(waiting, 'receivable')} ${waiting === 1 ? 'is' : 'are'} not chased until its next file`,
  never: 'never',
  noSuchBranch: (name) => `No customer belongs to branch "${name}".`,
  nobodysDay: "By the policies it is nobody's day for a statement.",
  statementRun: (r) =>
    `Run ${r.id}${r.branch === '' ? '' : `, branch ${r.branch}`}, ${r.day}: ${counted(r.customers, 'customer')}, ${r.sent} sent, ${r.waiting + r.onTheWay} on the way, ${r.failed} failed, ${r.print} to print, ${r.skipped} skipped`,
  documentWritten: ({ id, file, bytes }) => `document ${id} in ${file} (${bytes} bytes)`,
  fileThere: (path) => `${path} is there already. Say which file it goes to.`,
  nothing: 'Nothing.',
  noLimit: 'No credit line and no guarantee: nothing may be owed.',
  nothingToDo: 'Nothing to do.',
  lateSince: (day) => `late since ${day}`,
  backOn: (day) => `back on ${day}`,
  theSupervisor: 'the supervisor',
  excused: 'excused',
  documentNumber: (id) => `document ${id}`,
  moreBefore: (id) => `Earlier: --before ${id}`,
  standsInFor: (person) => `for ${person}`,
  more: (cursor) => `More: --after '${cursor}'`,
  written: (rows, file) => `${counted(rows, 'row')} written to ${file}`,
  noList: 'This answers without a list: --output has nothing to write.',
  severalLists: 'This answers with several lists: write them to an .xlsx, each on its own sheet.',
  unexplained: '(not explained by a document)',
  onlyTheirs: (document) => `${document} (only theirs)`,
  pointsHead: (customer, name, points) => `${customer} ${name}: ${counted(points, 'point')}`,
  pointReasons: {
    amount: ({ overdue }, say) =>
      overdue.length === 0
        ? 'nothing overdue'
        : `${overdue.map((o) => say.amount(o.amount, o.currency)).join(' + ')} overdue`,
    days_late: ({ oldestDaysLate }) =>
      oldestDaysLate === 0 ? 'nothing late' : `the oldest is ${counted(oldestDaysLate, 'day')} late`,
    broken_promises: ({ promises }) => `${counted(promises.broken, 'promise')} not kept`,
    resubmission: ({ dueOn }, say) => `to be done by ${say.date(dueOn)}`,
    payer_risk: ({ habit }) =>
      habit === null ? 'how the payer pays is not known yet' : `the payer pays ${enPhrases.habit(habit)}`,
    expected_effect: ({ overdue, promises }, say) =>
      overdue.length === 0
        ? 'nothing to ask for'
        : `${overdue.map((o) => say.amount(o.askable, o.currency)).join(' + ')} can be asked for; ${promises.kept} of ${counted(promises.kept + promises.broken, 'promise')} kept`,
  },
  habit: ({ lastYear, yearBefore }) =>
    [
      ...(lastYear === null
        ? []
        : [
            `${days(lastYear.averageDaysLate)} on average (${counted(lastYear.payments, 'payment')} in 12 months)`,
          ]),
      ...(yearBefore === null
        ? []
        : [
            `${days(yearBefore.averageDaysLate)} in the year before (${counted(yearBefore.payments, 'payment')})`,
          ]),
    ].join(', '),
  tooFewPayments: 'too few payments to tell',
  snoozedUntil: (until, by, why) => `snoozed until ${until} by ${by}: ${why}`,
  backBefore: (until, event) => `back before ${until}: ${event}`,
  afterwards: 'Then',
  whenAsked: 'when something happens',
  nextLine: (when, what, why) => `${when}  ${what}${why ? ` (${why})` : ''}`,
  because: (why) => `because: ${why}`,
  by: (actor) => `by ${actor}`,
  engine: 'by itself',
  manyCases: (customer) => `Customer ${customer} has several cases. Show one:`,
  otherCases: (keys) => `Other cases of the customer: ${keys}`,
  behind: 'Something changed that the case has not looked at yet.',
  heldItem: 'held until its load is released',
  broken: (count) => `${counted(count, 'promise')} not kept`,
  countsUntil: (day) => `counts until ${day}`,
  notListed: (count) => `… and ${counted(count, 'more receivable')}`,
  policyGood: (file, id, steps) => `${file}: policy "${id}" is good, ${counted(steps, 'step')}`,
  policyExplained: (name, issued, due) => `${name}: an invoice of ${issued}, due on ${due}`,
  inboxEmpty: (folder) =>
    `No messages in ${folder}. The embedded stack ("npm start") keeps there what it sends.`,
  noMessage: (id) => `There is no message "${id}" in the inbox.`,
  doubled: (messageId, times) =>
    `The message ${messageId} is there ${times} times: the sender did not get its acknowledgement and sent it again.`,
  htmlWritten: (file) => `HTML written to ${file}`,
  noHtml: (id) => `The message ${id} has no HTML.`,
  attached: (name, bytes) => `attached: ${name} (${bytes.toLocaleString('en')} bytes)`,
  journalGood: (entries, chains) =>
    `The journal is whole: ${counted(entries, 'entry', 'entries')} in ${counted(chains, 'chain')}.`,
  journalBad: (findings) => `The journal is not whole: ${counted(findings, 'finding')}.`,
  finding: ({ chain, seq, problem }) => `${chain}, entry ${seq}: ${problems[problem]}`,
  reachable: 'answers',
  away: 'does not answer',
  workersListen: (count) => `${counted(count, 'worker listens', 'workers listen')}`,
  noWorkers: 'no worker listens: start one with "npm start" or "npm run worker"',
  casesRunning: (count) => `${counted(count, 'case')} open`,
  casesBehind: (count, most) => `${counted(count, 'case')} behind, the oldest by ${most}`,
  casesAsleep: (count) => `${counted(count, 'case')} with open receivables that nothing would wake`,
  allSeen: 'every case has seen its facts',
  minutes: (minutes) => counted(minutes, 'minute'),
  approvalGoesOn: (role) => `it goes on with ${role}`,
  nothingToApprove: 'Nothing waits for you. Those of everybody: cartera approvals --all',
  matrixOf: (policy) =>
    `${policy}: who has to agree. The first row that fits decides; an amount in a currency that it doesn't name is beyond it.`,
  matrixNotes: (days) =>
    `In brackets the working hours after which a level is reminded, and until which it is to answer. Who asks doesn't decide, nobody decides twice, one no ends it, and silence agrees to nothing. A pause of up to ${days} days needs nobody.`,
  allElse: 'all else',
  levelHours: (remind, answer) => `${remind}/${answer} h`,
  nobody: 'nobody',
  agreed: 'yes',
  refusedIt: 'no',
  wouldBeStale: (why) =>
    `It doesn't fit any more what was asked (${why}): granted now, it goes back to who asked.`,
  canAnswer: (people) => `Can answer now: ${people}`,
  nobodyCanAnswer:
    'Nobody can answer now: no one holds the role, or all of them asked, answered or are away. Give somebody the role: cartera team grant',
  levelStates: {
    over: 'over',
    turn: 'asked now',
    later: 'asked after that',
    onSilence: 'asked if there is no answer',
  },
  everyBranch: 'all',
  mailRefused: 'refused',
}
