import { readFileSync } from 'node:fs'
import { Liquid, type Template } from 'liquidjs'
import { parse } from 'yaml'
import { z } from 'zod'
import { shippedFile } from '../../config/paths.ts'
import { CONTACT_CHANNELS, DISPUTE_OUTCOMES, PROOF_KINDS } from '../../domain/command.ts'
import { CONFIRMATION_STATES } from '../../domain/confirmation.ts'
import { KNOWN_RESULTS } from '../../domain/contactResult.ts'
import { DISPUTE_REASONS } from '../../domain/disputeLists.ts'
import { type Language, SEVERITIES, WAITS } from '../../domain/notice.ts'
import { PLACEMENT_KINDS } from '../../domain/placement/placement.ts'
import { FILED_KINDS } from '../../domain/placementCommand.ts'
import { MAIL_PURPOSES } from '../../ledger/placements/mails.ts'

/*
 * What a notice says lives in config/templates/<language>/words.yaml, apart from how it looks, so that the
 * HTML and the text of a message can't drift apart and a translator edits one file. The schema is strict:
 * a missing or misspelt phrase fails when the file is read, not in a customer's inbox.
 */

/** All of the keys and no others. */
const keyed = <const K extends readonly string[]>(keys: K) => z.record(z.enum(keys), z.string())
const letter = keyed(['title', 'subject', 'intro'])

const EVIDENCE_WORDS = [
  'title',
  'filename',
  'intro',
  'contents',
  'part',
  'pages',
  'folio',
  'stamp',
  'zipOnly',
  'hash',
  'items',
  'currency',
  'statement',
  'messages',
  'message',
  'to',
  'answer',
  'contacts',
  'channel',
  'person',
  'result',
  'notes',
  'by',
  'promises',
  'promised',
  'amount',
  'outcome',
  'disputes',
  'reason',
  'journal',
  'entry',
  'event',
  'verify',
] as const

const wordsSchema = z.strictObject({
  labels: keyed([
    'customer',
    'date',
    'amountsIn',
    'document',
    'tranche',
    'site',
    'issued',
    'due',
    'daysLate',
    'original',
    'open',
    'remark',
    'credits',
    'promised',
    'totals',
    'overdue',
    'dueSoon',
    'overdueDocuments',
    'totalOpen',
    'lessCredits',
    'lessUnapplied',
    'lessDisputed',
    'lessWaiting',
    'waiting',
    'balance',
    'toPay',
    'toPayNow',
    'interest',
    'aging',
    'agingCurrent',
    'aging30',
    'aging60',
    'aging90',
    'agingOver90',
    'agingTotal',
    'phone',
    'email',
  ]),
  csv: keyed([
    'filename',
    'currency',
    'document',
    'tranche',
    'site',
    'issued',
    'due',
    'daysLate',
    'original',
    'open',
    'disputed',
    'toPay',
    'remark',
  ]),
  remarks: keyed([...SEVERITIES, ...WAITS, 'covered', 'disputed']),
  shared: keyed([
    'greeting',
    'notListed',
    'nothingOpen',
    'payTo',
    'alreadyPaid',
    'questions',
    'closing',
    'department',
    'again',
  ]),
  reminder: z.strictObject({ courtesy: letter, reminder: letter, firm: letter, final: letter }),
  statement: letter,
  demand: letter,
  placementMail: z.strictObject({
    greeting: z.string(),
    questions: z.string(),
    closing: z.string(),
    kinds: keyed(PLACEMENT_KINDS),
    letters: z.record(z.enum(MAIL_PURPOSES), z.strictObject({ subject: z.string(), intro: z.string() })),
  }),
  evidence: z.strictObject({
    ...(Object.fromEntries(EVIDENCE_WORDS.map((key) => [key, z.string()])) as Record<
      (typeof EVIDENCE_WORDS)[number],
      z.ZodString
    >),
    kinds: keyed([...FILED_KINDS, ...PROOF_KINDS, 'minutes', 'demand']),
    templates: keyed([
      'reminder',
      'statement',
      'promise_reminder',
      'promise_confirmation',
      'account_statement',
      'confirmation',
      'demand',
    ]),
    channels: keyed(CONTACT_CHANNELS),
    results: keyed(KNOWN_RESULTS),
    promiseStates: keyed(['open', 'kept', 'partially_kept', 'broken', 'withdrawn', 'replaced']),
    disputeOutcomes: keyed([...DISPUTE_OUTCOMES, 'mixed', 'settled', 'open']),
  }),
  demandLetter: keyed([
    'title',
    'filename',
    'intro',
    'items',
    'total',
    'demand',
    'consequence',
    'reserve',
    'signature',
  ]),
  promise: keyed(['title', 'subject', 'intro', 'part']),
  promiseMade: keyed(['title', 'subject', 'intro', 'event', 'filename']),
  document: keyed([
    'title',
    'asOf',
    'filename',
    'page',
    'customer',
    'analyst',
    'items',
    'downPayments',
    'cash',
    'disputes',
    'promises',
    'interest',
    'interestKept',
    'credits',
    'receipt',
    'received',
    'reason',
    'since',
    'day',
    'documents',
    'by',
    'amount',
    'disputed',
    'covered',
    'total',
    'overdue',
    'share',
    'unpresented',
    'awaitsPresentation',
    'notListed',
    'nothingOpen',
    'payTo',
    'summary',
  ]),
  minutes: keyed([
    'title',
    'filename',
    'intro',
    'balances',
    'documents',
    'cash',
    'ours',
    'theirs',
    'difference',
    'differences',
    'document',
    'disputed',
    'remark',
    'unknown',
    'unexplained',
    'forUs',
    'forThem',
    'name',
    'position',
    'day',
  ]),
  minutesOutcome: keyed(CONFIRMATION_STATES),
  approvals: keyed([
    'subjectOne',
    'subjectMany',
    'title',
    'intro',
    'reminded',
    'escalated',
    'standsInFor',
    'customer',
    'amount',
    'count',
    'documents',
    'askedBy',
    'since',
    'answerBy',
    'onYes',
    'onNo',
    'how',
    'soonest',
    'listed',
    'silence',
    'closing',
  ]),
  disputeReasons: keyed(Object.keys(DISPUTE_REASONS) as (keyof typeof DISPUTE_REASONS)[]),
  confirmation: z.strictObject({ confirmation: letter, notification: letter, request: letter }),
})
export type Words = z.infer<typeof wordsSchema>

const read = new Map<Language, Words>()

/** The phrases of a language; throws a ZodError that names what is missing in the file. */
export function wordsOf(language: Language): Words {
  let words = read.get(language)
  if (!words) {
    words = wordsSchema.parse(
      parse(readFileSync(shippedFile('config', 'templates', language, 'words.yaml'), 'utf8')),
    )
    read.set(language, words)
  }
  return words
}

// No outputEscape: a phrase is plain text, escaped (or not) by the template that shows it.
const engine = new Liquid({ strictVariables: true, strictFilters: true })
const parsed = new Map<string, Template[]>()

/** Fills the values into a phrase; throws when the phrase names a value that `scope` doesn't have. */
export function phrase(source: string, scope: object): string {
  let template = parsed.get(source)
  if (!template) {
    template = engine.parse(source)
    parsed.set(source, template)
  }
  return String(engine.renderSync(template, scope))
    .replace(/[ \t\r\n]+/g, ' ')
    .trim()
}
