import { z } from 'zod'
import { isLocalDate } from './calendar.ts'
import { CONFIRMATION_MODES } from './confirmation.ts'
import { type DisputeOutcome, isPercent } from './dispute.ts'
import { isCurrency } from './money.ts'
import { LANGUAGES } from './notice.ts'
import { isReviewDays } from './reviewDays.ts'

/**
 * What people (and systems) can ask of a collection case or of the books. Each is checked by its schema where it
 * takes effect, is carried out in one transaction, and answers what it did. Documents are named as
 * `DOCUMENT` or `DOCUMENT/TRANCHE` (tranche 1 when not said).
 */

export const money = z.strictObject({
  currency: z.string().refine(isCurrency, 'an ISO 4217 code such as MXN'),
  minor: z.int().positive(),
})
/** What somebody says is open: nothing is an answer too. */
const balance = money.extend({ minor: z.int().nonnegative() })
export const date = z.string().refine(isLocalDate, 'a date such as 2026-11-25')
const noNul = (value: string) => !value.includes('\u0000')
export const document = z.string().min(1).refine(noNul, 'text without NUL bytes')
export const text = z.string().trim().min(1).refine(noNul, 'text without NUL bytes')
export const id = z.int().positive()
/** Milliseconds since 1970. */
export const instant = z.int().positive()
const ids = z.array(id).optional()

export const CONTACT_CHANNELS = ['phone', 'visit', 'mail', 'whatsapp', 'in_person'] as const
export const DISPUTE_OUTCOMES = [
  'credit_note',
  'rebill',
  'rejected',
  'withdrawn',
] as const satisfies readonly DisputeOutcome[]
export const RECEIPT_FORMS = ['transfer', 'cash', 'card', 'cheque', 'direct_debit', 'other'] as const
export const REVERSAL_REASONS = ['bounced', 'misposted', 'wrong_customer', 'duplicate', 'other'] as const

export const TASK_PRIORITIES = ['high', 'normal', 'low'] as const
export const PROOF_KINDS = ['photo', 'signed', 'slip', 'other'] as const

/** A file that proves something: its bytes are in the document store already, under their SHA-256. */
export const proof = z
  .array(
    z.strictObject({
      name: text,
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal'),
      kind: z.enum(PROOF_KINDS),
      mediaType: text,
      bytes: z.int().positive(),
    }),
  )
  .optional()

/** What came of a conversation: ids of what was made. */
const outcomes = { promises: ids, disputes: ids, announcements: ids, provisionals: ids, tasks: ids }
export const percent = z
  .string()
  .refine(isPercent, 'a percentage above 0 and up to 100, such as "8" or "2.5"')
const disputeLine = z.strictObject({ document, amount: money.optional() })
const replacement = z.strictObject({ document, amount: money, issuedOn: date, dueOn: date })

const promiseTerms = {
  documents: z.array(document).min(1),
  instalments: z.array(z.strictObject({ dueOn: date, amount: money })).min(1),
  madeBy: text,
}

const taskDates = {
  dueOn: date.optional(),
  priority: z.enum(TASK_PRIORITIES).optional(),
  plannedAt: instant.optional(),
  place: text.optional(),
}

/** Commands of a collection case: each is an update of its workflow. */
export const caseCommands = {
  recordPromise: z.strictObject(promiseTerms),
  withdrawPromise: z.strictObject({ promise: id, why: text, supplierError: z.boolean().default(false) }),
  replacePromise: z.strictObject({ promise: id, why: text, ...promiseTerms }),
  excusePromise: z.strictObject({ promise: id, why: text }),
  announcePayment: z.strictObject({
    documents: z.array(document).min(1),
    amount: money,
    trackingKey: text.optional(),
    days: z.int().min(1).max(30).optional(),
    proof,
  }),
  withdrawAnnouncement: z.strictObject({ announcement: id, why: text }),
  issueProvisional: z.strictObject({
    documents: z.array(document).min(1),
    amount: money,
    form: z.enum(RECEIPT_FORMS).default('cash'),
    receivedFrom: text,
    /** The visit on which it was written. */
    contact: id.optional(),
    proof,
  }),
  /** Provisional receipts are named by their numbers. */
  convertProvisional: z.strictObject({ provisional: id, receipt: text }),
  cancelProvisional: z.strictObject({ provisional: id, why: text }),
  logContact: z.strictObject({
    task: id.optional(),
    channel: z.enum(CONTACT_CHANNELS),
    person: text,
    /** One of the policy's `contact_results`. */
    result: text,
    notes: z.string().default(''),
    /** When it really was, where that isn't now. */
    beganAt: instant.optional(),
    endedAt: instant.optional(),
    place: text.optional(),
    /** Take the task up again on this day, whatever the result would do. */
    resubmitOn: date.optional(),
    proof,
    ...outcomes,
  }),
  linkContact: z.strictObject({ contact: id, proof, ...outcomes }),
  addTask: z.strictObject({
    kind: z.enum(['call', 'visit', 'review']),
    what: text,
    documents: z.array(document).min(1).optional(),
    owner: text.optional(),
    ...taskDates,
  }),
  planTask: z.strictObject({ task: id, resubmitOn: date.optional(), why: text, ...taskDates }),
  assignTask: z.strictObject({ task: id, to: text, why: text }),
  closeTask: z.strictObject({ task: id, why: text }),
  openDispute: z.strictObject({
    /** Without an amount: all that is open of it, or its part of `share`. */
    lines: z.array(disputeLine).min(1),
    /** Of all lines together: so much percent of each, or one amount over all by their size. */
    share: z
      .union([
        z.strictObject({ percent, of: z.enum(['open', 'original']).default('original') }),
        z.strictObject({ amount: money }),
      ])
      .optional(),
    /** Of the policy's lists. */
    reason: text,
    rootCause: text.optional(),
    /** Whoever the policy names for the reason when not said. */
    owner: text.optional(),
    notes: z.string().default(''),
  }),
  resolveDispute: z
    .strictObject({
      dispute: id,
      outcome: z.enum(DISPUTE_OUTCOMES),
      why: text,
      rootCause: text.optional(),
      /** Everything that is still disputed when not said. */
      lines: z.array(disputeLine).min(1).optional(),
      /** Of the credit note. */
      number: text.optional(),
      /** The new invoice: of one receivable. */
      by: replacement.optional(),
    })
    .refine((r) => r.outcome !== 'credit_note' || r.number !== undefined, {
      path: ['number'],
      error: 'the number of the credit note',
    })
    .refine((r) => r.outcome !== 'rebill' || r.by !== undefined, { path: ['by'], error: 'the new invoice' }),
  splitDispute: z.strictObject({
    dispute: id,
    lines: z.array(disputeLine).min(1),
    reason: text.optional(),
    owner: text.optional(),
    why: text,
  }),
  changeDispute: z.strictObject({
    dispute: id,
    reason: text.optional(),
    rootCause: text.optional(),
    owner: text.optional(),
    why: text,
  }),
  /** The customer has accepted these invoices for review; their term runs from that day. */
  present: z.strictObject({
    documents: z.array(document).min(1),
    acceptedOn: date,
    /** Needed to correct a day that was said before. */
    why: text.optional(),
  }),
  /** `reviewDays` null: the customer takes invoices without review. */
  setReviewDays: z.strictObject({
    reviewDays: z.string().refine(isReviewDays, 'days such as "mon,thu" or "1mon,3mon"').nullable(),
    /** What is open already waits to be accepted too; else it counts as accepted when it was issued. */
    includeOpen: z.boolean().default(false),
    why: text,
  }),
  pause: z.strictObject({ document: document.optional(), from: date.optional(), to: date, why: text }),
  resume: z.strictObject({ pause: id, why: text }),
  snooze: z.strictObject({ owner: text, until: date, why: text }),
  unsnooze: z.strictObject({ owner: text, why: text }),
  requestConfirmation: z.strictObject({ mode: z.enum(CONFIRMATION_MODES), asOf: date.optional() }),
  answerConfirmation: z.strictObject({
    confirmation: id,
    answeredBy: text,
    answeredOn: date.optional(),
    /** Says that there is no difference; else what it names. */
    agrees: z.boolean().default(false),
    balances: z.array(z.strictObject({ document, amount: balance })).default([]),
    totals: z.array(balance).default([]),
    /** Of the dispute that its differences become. */
    reason: text.default('other'),
    owner: text.optional(),
    notes: z.string().default(''),
  }),
  withdrawConfirmation: z.strictObject({ confirmation: id, why: text }),
  credit: z.strictObject({ document, number: text, amount: money, why: text }),
  replace: z.strictObject({
    document,
    by: replacement,
    why: z.enum(['our_error', 'customer_request']),
  }),
  cancel: z.strictObject({ document, why: text }),
  writeOff: z.strictObject({ document, why: text }),
  adoptPolicy: z.strictObject({ documents: z.array(document).min(1).optional() }),
  regroup: z.strictObject({}),
  resolveException: z.strictObject({ exception: id, why: text }),
  addContact: z.strictObject({
    name: text,
    email: z.email().optional(),
    phone: text.optional(),
    site: z.string().default(''),
    rank: z.int().min(1).default(1),
  }),
} as const

const application = z.strictObject({ document, amount: money.optional() })

/** One receipt. Without payer or customer it is unidentified. */
export const receiptInput = z.strictObject({
  number: text,
  customer: text.optional(),
  payer: text.optional(),
  amount: money,
  form: z.enum(RECEIPT_FORMS).default('transfer'),
  trackingKey: text.optional(),
  reference: z.string().default(''),
  valueOn: date,
  postingOn: date.optional(),
  applications: z.array(application).default([]),
  /** Number of the provisional receipt that this money was taken against: it is converted by this. */
  provisional: id.optional(),
})

/** Commands of the books: each is a run of the `receipt` workflow. */
export const receiptCommands = {
  post: z.strictObject({ receipts: z.array(receiptInput).min(1) }),
  apply: z.strictObject({
    receipt: text,
    applications: z.array(application).min(1),
    postingOn: date.optional(),
  }),
  applyCredit: z.strictObject({
    credit: document,
    applications: z.array(application).min(1),
    postingOn: date.optional(),
  }),
  reverse: z.strictObject({
    receipt: text,
    reason: z.enum(REVERSAL_REASONS),
    why: text,
    postingOn: date.optional(),
  }),
} as const

/** Commands about the people who collect: each is a run of the `team` workflow. */
export const teamCommands = {
  recordAbsence: z.strictObject({
    person: text,
    standIn: text.optional(),
    from: date,
    to: date,
    why: text,
  }),
  endAbsence: z.strictObject({ absence: id, backOn: date, why: text }),
  /** `branch` not said: of all branches. */
  grantRole: z.strictObject({
    person: text,
    role: text,
    branch: z.string().optional(),
    name: text.optional(),
    email: z.email().optional(),
    language: z.enum(LANGUAGES).optional(),
  }),
  revokeRole: z.strictObject({ person: text, role: text, branch: z.string().optional(), why: text }),
} as const

export type CaseCommands = { [N in keyof typeof caseCommands]: z.input<(typeof caseCommands)[N]> }
export type CaseCommandName = keyof CaseCommands
export type ReceiptCommands = { [N in keyof typeof receiptCommands]: z.input<(typeof receiptCommands)[N]> }
export type ReceiptCommandName = keyof ReceiptCommands
export type TeamCommands = { [N in keyof typeof teamCommands]: z.input<(typeof teamCommands)[N]> }
export type TeamCommandName = keyof TeamCommands
export type ReceiptInput = z.input<typeof receiptInput>

/** Who asks, and the key under which asking again changes nothing. */
export interface Asked {
  actor: string
  key: string
}

/** What every command answers: ids of what it made, and the cases whose facts it changed. */
export interface Answer {
  /** What was done, for a person: ids, numbers, amounts as decimal strings. */
  result: Record<string, unknown>
  /** Keys of the cases that are to look again. */
  cases: string[]
  /** Keys of the processes that are to look again. */
  processes?: string[]
  /** They are more than an answer carries: none is named, and whatever of the company is behind is woken. */
  tooMany?: true
}
