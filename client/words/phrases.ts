import type { FedFile, FeedFile } from '../../domain/feed.ts'
import type { LoadReport } from '../../domain/load.ts'
import type { PayerHabit } from '../../domain/payerHabit.ts'
import type { PointReason } from '../../domain/worklist.ts'
import type { JournalFinding } from '../../ledger/journal.ts'
import type { RunCounts } from '../../ledger/statementRuns.ts'
import type { WorklistRow } from '../../ledger/worklist.ts'
import { CREDIT_LABELS } from './credit.ts'
import type { InterestPhrases } from './interest.ts'
import type { NegotiationPhrases } from './negotiation.ts'
import type { PlacementPhrases } from './placements.ts'
import type { Speech } from './speech.ts'

/** Titles of tables and names of facts. */
export const LABELS = [
  'action',
  'address',
  'amount',
  'analyst',
  'answer',
  'balance',
  'asOf',
  'asked',
  'branch',
  'bucket',
  'by',
  'case',
  'channel',
  'confirmations',
  'contacts',
  'count',
  'credits',
  'currency',
  'customer',
  'customers',
  'date',
  'daysAfterDue',
  'daysLate',
  'difference',
  'disputed',
  'failed',
  'feed',
  'file',
  'held',
  'document',
  'due',
  'dueOn',
  'events',
  'group',
  'hour',
  'inMail',
  'issued',
  'kind',
  'moved',
  'name',
  'next',
  'number',
  'onTheWay',
  'open',
  'original',
  'ours',
  'overdue',
  'owed',
  'owner',
  'payer',
  'pauses',
  'pays',
  'points',
  'policy',
  'print',
  'promises',
  'disputes',
  'announcements',
  'provisionals',
  'receivables',
  'sent',
  'server',
  'severity',
  'site',
  'skipped',
  'size',
  'stage',
  'state',
  'step',
  'subject',
  'task',
  'tasks',
  'theirs',
  'to',
  'unapplied',
  'until',
  'weekday',
  'what',
  'cleared',
  'credited',
  'nextReview',
  'presented',
  'rejected',
  'rootCause',
  'workingDays',
  'writtenOff',
  'why',
  'result',
  'place',
  'proof',
  'priority',
  'standIn',
  'person',
  'who',
  'from',
  'back',
  'planned',
  'receipt',
  'issuedBy',
  'contact',
  'notes',
  'level',
  'paid',
  ...CREDIT_LABELS,
  'agency',
  'commission',
  'recovered',
  'email',
  'speaksFor',
  'instrument',
  'reference',
  'starts',
  'ends',
  'answerBy',
  'answerWithin',
  'askedBy',
  'atMost',
  'closed',
  'agrees',
  'amountUpTo',
  'daysUpTo',
  'only',
  'onSilence',
  'onNo',
  'onYes',
  'owedNow',
  'mail',
  'since',
  'quorum',
  'remindAfter',
  'role',
  'standsInFor',
] as const
export type Label = (typeof LABELS)[number]

/** Sentences of the programs themselves: what went wrong, what was done, what to do next. */
export interface Phrases extends PlacementPhrases {
  negotiation: NegotiationPhrases
  labels: Record<Label, string>
  interest: InterestPhrases
  // what was typed
  notADate(option: string, value: string): string
  notAnInstant(option: string, value: string): string
  notAnAmount(option: string, value: string, currency: string): string
  notACurrency(option: string, value: string): string
  notANumber(option: string, value: string): string
  badContent(place: string, message: string): string
  sayOneOf(options: string): string
  notBoth(options: string): string
  amountsForAll(option: string): string
  otherCompany(profile: string, company: string): string
  noFile(path: string): string
  noProfile(name: string, known: string): string
  noSuchPolicy(id: string, known: string): string
  badHeads(path: string): string
  // files
  badLine(line: number, column: string, value: string, message: string): string
  noteLine(line: number, column: string, value: string, message: string): string
  badFile(total: number): string
  andMore(count: number): string
  // servers
  temporalAway(address: string): string
  ledgerAway(address: string, cause: string): string
  ledgerBusy(cause: string): string
  workersAway(what: string): string
  askAgain(key: string): string
  defect(details: string): string
  // loads
  load(report: LoadReport): string
  loadKnown(report: LoadReport): string
  loadHeld(id: string): string
  loadWaits: string
  loadReads(lines: number, of: number): string
  loadWakes: string
  loadWoke: string
  // feeds
  feedBegins(name: string): string
  feedFile(file: FedFile): string
  feedWaits(file: FeedFile, blocked: boolean): string
  feedBlocked(name: string): string
  feedQuiet(folder: string): string
  feedWatching(folder: string): string
  feedOld(source: string, asOf: string, waiting: number): string
  never: string
  noSuchBranch(name: string): string
  nobodysDay: string
  statementRun(run: RunCounts): string
  // documents
  documentWritten(document: { id: number; name: string; hash: string; bytes: number; file: string }): string
  fileThere(path: string): string
  // answers
  nothing: string
  noLimit: string
  nothingToDo: string
  lateSince(day: string): string
  backOn(day: string): string
  theSupervisor: string
  excused: string
  documentNumber(id: number): string
  moreBefore(id: number): string
  standsInFor(person: string): string
  more(cursor: string): string
  // lists in files
  written(rows: number, file: string): string
  noList: string
  severalLists: string
  // case
  // confirmations
  unexplained: string
  onlyTheirs(document: string): string
  // worklist
  pointsHead(customer: string, name: string, points: number): string
  pointReasons: { [R in PointReason]: (row: WorklistRow, say: Speech) => string }
  habit(habit: PayerHabit): string
  tooFewPayments: string
  snoozedUntil(until: string, by: string, why: string): string
  backBefore(until: string, event: string): string
  // diary
  afterwards: string
  whenAsked: string
  nextLine(when: string, what: string, why: string): string
  because(why: string): string
  by(actor: string): string
  engine: string
  manyCases(customer: string): string
  otherCases(keys: string): string
  behind: string
  heldItem: string
  broken(count: number): string
  countsUntil(day: string): string
  notListed(count: number): string
  // policies
  policyGood(file: string, id: string, steps: number): string
  policyExplained(name: string, issued: string, due: string): string
  // inbox
  inboxEmpty(folder: string): string
  noMessage(id: string): string
  doubled(messageId: string, times: number): string
  htmlWritten(file: string): string
  noHtml(id: string): string
  attached(name: string, bytes: number): string
  // journal
  journalGood(entries: number, chains: number): string
  journalBad(findings: number): string
  finding(finding: JournalFinding): string
  // status
  reachable: string
  away: string
  workersListen(count: number): string
  noWorkers: string
  casesRunning(count: number): string
  casesBehind(count: number, most: string): string
  casesAsleep(count: number): string
  allSeen: string
  minutes(minutes: number): string
  approvalGoesOn: (role: string) => string
  nothingToApprove: string
  matrixOf(policy: string): string
  matrixNotes(pauseDays: number): string
  allElse: string
  nobody: string
  levelHours(remind: number, answer: number): string
  agreed: string
  refusedIt: string
  wouldBeStale(why: string): string
  canAnswer(people: string): string
  nobodyCanAnswer: string
  levelStates: Record<'over' | 'turn' | 'later' | 'onSilence', string>
  everyBranch: string
  mailRefused: string
}
