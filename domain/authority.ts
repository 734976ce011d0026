import { z } from 'zod'
import { isCurrency, parseAmount } from './money.ts'

/** Who has to agree to what: the authority matrix of a policy, and the levels that a question is put to. */

export const APPROVAL_KINDS = [
  'write_off',
  'credit_note',
  'contingency_receipt',
  'pause',
  'suspension',
  'negotiation',
  'interest_waiver',
  'order_release',
  'credit_line',
  'guarantee',
  'demand',
  'place_legal',
  'place_agency',
  'policy',
] as const
export type ApprovalKind = (typeof APPROVAL_KINDS)[number]

/** Somebody always agrees to these, whatever the policy says. */
export const ALWAYS_APPROVED: readonly ApprovalKind[] = [
  'write_off',
  'demand',
  'place_legal',
  'place_agency',
  'policy',
]

const hours = z.int().min(1).max(500)
const role = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, a letter first')

const levelShape = z.strictObject({
  role,
  quorum: z.int().min(1).max(10).default(1).describe('so many different people of the role agree'),
  remind_after_hours: hours.default(4).describe('working hours without an answer, then they are reminded'),
  answer_within_hours: hours
    .default(8)
    .describe('working hours without an answer, then the next level is asked'),
})
const levelSchema = levelShape.refine((l) => l.remind_after_hours < l.answer_within_hours, {
  path: ['remind_after_hours'],
  error: 'must be less than answer_within_hours',
})
export type Level = z.infer<typeof levelShape>

const rowSchema = z.strictObject({
  kinds: z.array(z.enum(APPROVAL_KINDS)).min(1),
  amount_up_to: z
    .record(z.string().length(3), z.string())
    .optional()
    .describe('of each currency; an amount of another one is beyond this row'),
  days_past_due_up_to: z.int().min(0).max(3650).optional(),
  segments: z.array(z.string()).default([]).describe('none: of every segment'),
  branches: z.array(z.string()).default([]).describe('none: of every branch'),
  levels: z.array(levelSchema).describe('asked one after the other; none: nobody has to agree'),
  escalate_to: role.optional().describe('asked when the last level is silent'),
})

const byDefault = [{ role: 'supervisor' }]

export const approvalsSchema = z
  .strictObject({
    matrix: z
      .array(rowSchema)
      .default([])
      .describe('the first row that fits a question decides who is asked'),
    otherwise: z.array(levelSchema).min(1).prefault(byDefault).describe('who is asked when no row fits'),
    escalate_to: role.default('manager').describe('asked when the last of those is silent'),
    pause_days: z.int().min(0).max(365).default(30).describe('a longer pause needs an approval'),
  })
  .superRefine(({ matrix }, context) => {
    for (const [index, row] of matrix.entries()) {
      const complain = (path: (string | number)[], message: string) =>
        context.addIssue({ code: 'custom', path: ['matrix', index, ...path], message })
      const always = row.kinds.find((kind) => ALWAYS_APPROVED.includes(kind))
      if (row.levels.length === 0 && always) complain(['levels'], `somebody always agrees to ${always}`)
      if (row.levels.length === 0 && row.escalate_to !== undefined)
        complain(['escalate_to'], 'there is no level that could be silent')
      for (const [currency, amount] of Object.entries(row.amount_up_to ?? {}))
        if (minorOf(amount, currency) === null)
          complain(['amount_up_to', currency], `must be an amount of ${currency} such as "50000"`)
    }
  })
export type ApprovalsPolicy = z.infer<typeof approvalsSchema>

/** What is asked. `amount` null: no one sum measures it, so that it is beyond every row that names amounts. */
export interface Question {
  kind: ApprovalKind
  amount: { currency: string; minor: bigint } | null
  daysPastDue: number
  segment: string
  branch: string
}

/** A level as it was asked: `onSilence` ones only when those before them didn't answer. */
export interface AskedLevel extends Level {
  onSilence: boolean
}

/** The levels that a question is put to, in their order; none when nobody has to agree. */
export function levelsFor(policy: ApprovalsPolicy, question: Question): AskedLevel[] {
  const row = policy.matrix.find((r) => fits(r, question))
  const levels = row?.levels ?? policy.otherwise
  const last = levels.at(-1)
  if (!last) return []
  const above = row ? row.escalate_to : policy.escalate_to
  return [
    ...levels.map((level) => ({ ...level, onSilence: false })),
    ...(above === undefined || above === last.role
      ? []
      : [{ ...last, role: above, quorum: 1, onSilence: true }]),
  ]
}

function fits(
  row: z.infer<typeof rowSchema>,
  { kind, amount, daysPastDue, segment, branch }: Question,
): boolean {
  if (!row.kinds.includes(kind)) return false
  if (row.days_past_due_up_to !== undefined && daysPastDue > row.days_past_due_up_to) return false
  if (row.segments.length > 0 && !row.segments.includes(segment)) return false
  if (row.branches.length > 0 && !row.branches.includes(branch)) return false
  if (row.amount_up_to === undefined) return true
  if (amount === null) return false
  const most = minorOf(row.amount_up_to[amount.currency] ?? '', amount.currency)
  return most !== null && amount.minor <= most
}

function minorOf(amount: string, currency: string): bigint | null {
  if (!isCurrency(currency)) return null
  const parsed = parseAmount(amount, currency, { decimal: '.' })
  return parsed.ok && parsed.minor >= 0n ? parsed.minor : null
}
