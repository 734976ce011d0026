import { z } from 'zod'
import { approvalsSchema } from './authority.ts'
import { CONTACT_RESULTS, contactResultsSchema } from './contactResult.ts'
import { creditSchema } from './credit/rules.ts'
import { disputesSchema } from './disputeRules.ts'
import { interestProblems, interestSchema } from './interest/rule.ts'
import { isCurrency, parseAmount } from './money.ts'
import { negotiationsSchema } from './negotiation/rules.ts'
import { SEVERITIES } from './notice.ts'
import { amountsIn, ordersSchema } from './orders/policy.ts'
import { placementsSchema } from './placement/rules.ts'
import type { Intent } from './plan.ts'
import { statementsSchema } from './statementDay.ts'

/**
 * A collection policy: what is done about a receivable, when, and how customers are spoken to.
 * Policies are data (YAML, checked by this schema, versioned in the ledger); `decide` is the only
 * code that gives them meaning.
 */

export const ACTIONS = [
  'remind',
  'statement',
  'call',
  'visit',
  'hold_orders',
  'review',
  'demand',
  'place_legal',
  'place_agency',
  'propose_write_off',
] as const
export type Action = (typeof ACTIONS)[number]

/** Said to the customer: bound by contact hours, gaps and suspensions. */
export const isContact = (action: Action): boolean =>
  action === 'remind' || action === 'statement' || action === 'call' || action === 'visit'

/** Said in writing: joins the day's message of the case. */
export const isWritten = (action: Action): boolean => action === 'remind' || action === 'statement'

/** Never automatic when a receivable is loaded late: a person looks first. */
export const isEscalation = (action: Action): boolean => !isContact(action) && action !== 'review'

/** Always passes an approval, whatever the policy says. */
export const needsApproval = (action: Action): action is ApprovedAction =>
  isEscalation(action) && action !== 'hold_orders'
export type ApprovedAction = Extract<Action, 'demand' | 'place_legal' | 'place_agency' | 'propose_write_off'>

/** Comes after conversation: a call or visit before it that nobody logged doesn't let it pass. */
export const needsConversation = (action: Action): boolean =>
  action === 'demand' || action === 'place_legal' || action === 'place_agency'

/** Ends with someone writing or speaking to the customer: never soon after the last time. */
export const reachesCustomer = (action: Action): boolean => isContact(action) || needsConversation(action)

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const timeOfDay = z.string().regex(TIME, 'must be a time of day such as "09:00"')
const days = z.int().min(0).max(3650)

/** In which a statement of account can go along with a message. */
export const ATTACHMENT_FORMATS = ['pdf', 'xlsx'] as const
export type AttachmentFormat = (typeof ATTACHMENT_FORMATS)[number]
const formats = z.array(z.enum(ATTACHMENT_FORMATS)).default([])

export const stepSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, a letter first'),
  day: z.int().min(-365).max(3650).describe('days after the anchor; negative is before it'),
  anchor: z.enum(['due', 'issued', 'presented']).default('due'),
  action: z.enum(ACTIONS),
  channel: z.enum(['mail']).default('mail'),
  severity: z.enum(SEVERITIES).default('reminder').describe('how firmly a written step is worded'),
})
export type Step = z.infer<typeof stepSchema>

const points = (most: number) => z.int().min(0).max(1000).default(most).describe('points at most')

/** How the rows of a worklist are ordered. Each reason gives points up to its most, in proportion to how far it goes. */
const worklistSchema = z.strictObject({
  amount: z
    .strictObject({
      points: points(30),
      full: z
        .record(z.string().length(3), z.string())
        .default({ MXN: '250000.00', USD: '15000.00' })
        .describe('overdue amount of each currency that gives all the points; another currency gives none'),
    })
    .prefault({}),
  days_late: z.strictObject({ points: points(20), full_days: z.int().min(1).default(60) }).prefault({}),
  broken_promises: z.strictObject({ points: points(15), full_count: z.int().min(1).default(3) }).prefault({}),
  resubmission: z
    .strictObject({ points: points(15), full_days: z.int().min(1).default(5) })
    .prefault({})
    .describe('days since something of the row is to be done, the day itself counted'),
  payer_risk: z
    .strictObject({
      points: points(10),
      full_days: z.int().min(1).default(30).describe('average days late, and what it grew in a year'),
      least_payments: z.int().min(1).default(3).describe('fewer say nothing about a payer'),
    })
    .prefault({}),
  expected_effect: z
    .strictObject({ points: points(10) })
    .prefault({})
    .describe('the part of what is overdue that can be asked for, times the part of promises kept'),
  longest_snooze_days: z.int().min(1).max(365).default(30),
})
export type WorklistPolicy = z.infer<typeof worklistSchema>

export const policySchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_-]*$/, 'must be lower-case letters, digits, _ and -, a letter first'),
    name: z.string().min(1),
    applies_to: z
      .strictObject({
        company: z.boolean().default(false),
        segments: z.array(z.string()).default([]),
        customers: z.array(z.string()).default([]),
      })
      .prefault({}),
    grouping: z.enum(['customer', 'site', 'payer', 'invoice']).default('customer'),
    calendar: z.string().min(1),
    contact_hours: z.strictObject({ from: timeOfDay, to: timeOfDay }),
    spread_minutes: days.default(60).describe('the morning peak is spread over so many minutes'),
    min_gap_days: days.default(5).describe('between two contacts about one receivable'),
    contact_gap_days: days.default(3).describe('between two messages, or two calls, of one case'),
    max_wait_working_days: days
      .default(5)
      .describe('a call or visit not logged by then goes to the supervisor'),
    review_every_days: z.int().min(1).max(365).default(30),
    suspended_days_cap: days.default(90),
    suspension_grace_days: days.default(1).describe('from the end of a suspension to the next contact'),
    first_conversations_per_day: z
      .int()
      .min(1)
      .default(500)
      .describe(
        'of the customers that a load brings in, so many are spoken to for the first time on one day',
      ),
    required_feeds: z
      .array(z.string().min(1))
      .default([])
      .describe('sources (as their profiles name them) without whose files nobody is spoken to'),
    max_feed_age_working_days: days
      .default(1)
      .describe('a required feed as of an earlier working day than this many ago is too old'),
    list_limit: z.int().min(1).max(500).default(40).describe('items listed in a message; more are attached'),
    attachments: z
      .strictObject({ statement: formats, reminder: formats })
      .prefault({})
      .describe('the statement of account that goes along with a message, in which formats'),
    tolerance: z.record(z.string().length(3), z.string()).default({}).describe('below it nothing is said'),
    supervisor: z.string().default('supervisor'),
    promise: z
      .strictObject({
        grace_working_days: days.default(2),
        threshold_percent: z.int().min(1).max(100).default(95),
        furthest_days: z.int().min(1).max(365).default(30),
        broken_allowed: days.default(2).describe('promises not kept, above which no new one is taken'),
        on_broken: z.enum(['call', 'visit', 'nothing']).default('call'),
        confirm: z
          .boolean()
          .default(false)
          .describe('a promise is confirmed by mail, with its days as a calendar file'),
        remind_working_days_before: z
          .int()
          .min(0)
          .max(10)
          .default(0)
          .describe('the customer is reminded of a payment so many working days before its day; 0: never'),
      })
      .prefault({}),
    confirmation: z
      .strictObject({
        remind_after_working_days: z.int().min(1).max(365).default(5),
        call_after_working_days: z.int().min(1).max(365).default(5).describe('after the reminder'),
        silence_working_days: z
          .int()
          .min(1)
          .max(365)
          .default(10)
          .describe('a notification that nobody answered by then is taken as agreed to'),
      })
      .prefault({})
      .describe('when a customer does not answer whether a balance is right'),
    disputes: disputesSchema
      .prefault({})
      .describe('what customers dispute, whose it is and how long that may take'),
    interest: interestSchema
      .optional()
      .describe('what is added to items that are overdue; nothing without it'),
    negotiations: negotiationsSchema
      .prefault({})
      .describe('how far offers to customers may go, and what follows when an agreement is broken'),
    orders: ordersSchema.prefault({}).describe('which sales orders may go out'),
    due_on_working_day: z
      .boolean()
      .default(true)
      .describe('the term of an invoice that runs from its acceptance ends on a working day'),
    announced_days: days.default(3).describe('how long an announced payment suspends its items'),
    statements: statementsSchema.prefault({}).describe('statements of account, beside the steps'),
    worklist: worklistSchema.prefault({}),
    credit: creditSchema.prefault({}).describe('credit lines and guarantees'),
    approvals: approvalsSchema.prefault({}).describe('who has to agree to what'),
    provisional_working_days: z
      .int()
      .min(1)
      .max(60)
      .default(2)
      .describe('a provisional receipt that is not a posted one by then goes to the supervisor'),
    placements: placementsSchema
      .prefault({})
      .describe('demand letters, lawyers and agencies, and how long claims can be sued for'),
    contact_results: contactResultsSchema
      .prefault(CONTACT_RESULTS)
      .describe('what a conversation may end with, and what becomes of its task then'),
    steps: z.array(stepSchema).min(1),
  })
  .superRefine((policy, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const seen = new Set<string>()
    const lastOf = new Map<Step['anchor'], Step>()
    for (const [index, step] of policy.steps.entries()) {
      if (seen.has(step.id))
        complain(['steps', index, 'id'], 'must differ from the ids of the steps before it')
      seen.add(step.id)
      // Steps are taken in the order of the file: one out of order would wait for a later day's.
      const before = lastOf.get(step.anchor)
      if (before && before.day > step.day)
        complain(['steps', index, 'day'], `must not be before day ${before.day} of "${before.id}" above it`)
      lastOf.set(step.anchor, step)
    }
    const { from, to } = policy.contact_hours
    if (TIME.test(from) && TIME.test(to) && from >= to)
      complain(['contact_hours'], '"from" must be before "to"')
    const checkAmounts = (path: (string | number)[], amounts: Record<string, string>, least: bigint) => {
      for (const [currency, amount] of Object.entries(amounts)) {
        if (!isCurrency(currency)) complain([...path, currency], 'must be a currency code of ISO 4217')
        else {
          const parsed = parseAmount(amount, currency, { decimal: '.' })
          if (!parsed.ok || parsed.minor < least)
            complain([...path, currency], `must be an amount of ${currency} such as "50"`)
        }
      }
    }
    checkAmounts(['tolerance'], policy.tolerance, 0n)
    checkAmounts(['worklist', 'amount', 'full'], policy.worklist.amount.full, 1n)
    if (policy.interest) {
      checkAmounts(['interest', 'minimum'], policy.interest.minimum, 0n)
      for (const [index, fee] of policy.interest.fees.entries())
        checkAmounts(['interest', 'fees', index, 'amount'], fee.amount, 1n)
      for (const { path, message } of interestProblems(policy.interest, policy.steps))
        complain(['interest', ...path], message)
    }
    for (const { path, amounts } of amountsIn(policy.orders)) checkAmounts(['orders', ...path], amounts, 0n)
  })
export type Policy = z.infer<typeof policySchema>

/** In which formats the statement of account goes along with a message. */
export const attachedFormats = (
  { attachments }: Pick<Policy, 'attachments'>,
  template: Intent['template'],
): readonly AttachmentFormat[] => {
  if (template === 'account_statement') return attachments.statement
  return template === 'statement' || template === 'reminder' ? attachments[template] : []
}

/** What JSON Schema editors read to help with policy files. */
export const policyJsonSchema = (): unknown => z.toJSONSchema(policySchema, { io: 'input' })
