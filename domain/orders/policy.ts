import { z } from 'zod'

/** What a policy says of sales orders: which are looked at, what holds them, and what a release is good for. */

const days = z.int().min(0).max(3650)
const amounts = z.record(z.string().length(3), z.string())

/** What speaks against letting an order go out. They are asked in the order of the policy. */
export const ruleSchema = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('overdue'),
    days: days.default(0).describe('overdue for more days than this'),
    amount: amounts.default({}).describe('more than this; of a currency that is not named, anything'),
  }),
  z.strictObject({
    rule: z.literal('oldest'),
    days: days.describe('the oldest open item is later than this'),
  }),
  z.strictObject({
    rule: z.literal('broken_promises'),
    count: z.int().min(1).describe('so many not kept, about what is still open'),
  }),
  z.strictObject({
    rule: z.literal('returned_cheque'),
    days: days.min(1).default(90).describe('taken back by the bank in so many days'),
  }),
  z.strictObject({ rule: z.literal('lapsed_guarantee') }),
  z.strictObject({ rule: z.literal('placed') }),
  z.strictObject({ rule: z.literal('limit') }),
])
export type OrderRule = z.infer<typeof ruleSchema>

const documentTypeSchema = z.strictObject({
  check: z.enum(['hold', 'warn', 'never']).default('hold'),
  counts: z.boolean().default(true).describe('takes a part of the limit until it is invoiced'),
})
export type DocumentType = z.infer<typeof documentTypeSchema>

const RULES = [
  { rule: 'placed' },
  { rule: 'returned_cheque' },
  { rule: 'overdue', days: 15 },
  { rule: 'lapsed_guarantee' },
  { rule: 'limit' },
] as const

export const ordersSchema = z
  .strictObject({
    document_types: z
      .record(z.string().min(1), documentTypeSchema)
      .prefault({ sample: { check: 'never', counts: false }, quotation: { check: 'warn', counts: false } })
      .describe('an order of a type that is not named is held'),
    small_amount: amounts.default({}).describe('an order of not more than this is let go'),
    rules: z
      .array(ruleSchema)
      .prefault([...RULES])
      .describe('asked in this order'),
    not_counted: z
      .array(z.enum(['promised', 'announced', 'disputed']))
      .default([])
      .describe('overdue items of these kinds are not held against an order'),
    watch_percent: z.int().min(1).max(100).default(90).describe('of the limit: from there on it is watched'),
    horizon_days: days.default(30).describe('an order that ships later takes nothing of the limit yet'),
    without_line: z.enum(['pass', 'hold']).default('pass').describe('a customer who never had a limit'),
    grace_working_days: days
      .default(2)
      .describe('so long the reasons that an order was released in spite of do not hold it again'),
    announced_meets_condition: z
      .boolean()
      .default(false)
      .describe('"if paid by" is met by money that is announced'),
    rate_days: days.default(7).describe('a rate of exchange is good for so many days after its day'),
  })
  .superRefine((orders, context) => {
    for (const [index, { rule }] of orders.rules.entries())
      if (orders.rules.findIndex((r) => r.rule === rule) < index)
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'rule'],
          message: 'is there before, once is enough',
        })
  })
export type OrdersPolicy = z.infer<typeof ordersSchema>

/** What is said of orders of a type. */
export const documentTypeOf = ({ document_types }: OrdersPolicy, type: string): DocumentType =>
  Object.hasOwn(document_types, type) ? document_types[type]! : { check: 'hold', counts: true }

/** Where in the section amounts of currencies stand. */
export const amountsIn = (
  orders: OrdersPolicy,
): { path: (string | number)[]; amounts: Record<string, string> }[] => [
  { path: ['small_amount'], amounts: orders.small_amount },
  ...orders.rules.flatMap((rule, index) =>
    rule.rule === 'overdue' ? [{ path: ['rules', index, 'amount'], amounts: rule.amount }] : [],
  ),
]
