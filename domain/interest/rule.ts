import { z } from 'zod'
import { isLocalDate } from '../calendar.ts'
import { DAY_COUNTS } from './dayCount.ts'

/** What a policy says of interest and fees on overdue items. Without this section nothing is ever added. */

const RATE = /^\d{1,4}(\.\d{1,6})?$/
const percent = z.string().regex(RATE, 'must be a yearly percentage such as "24" or "28.5"')
const date = z.string().refine(isLocalDate, 'must be a date such as "2026-01-01"')
const amounts = z.record(z.string().length(3), z.string())
const code = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, a letter first')

const feeSchema = z
  .strictObject({
    id: code,
    'es-MX': z.string().min(1),
    en: z.string().min(1),
    amount: amounts.describe('flat, by currency; another currency pays none'),
    overdue_days: z.int().min(1).max(3650).optional().describe('once it is so many days overdue'),
    from: date.optional().describe('what came due before this day is not charged'),
    step: z.string().min(1).optional().describe('once this step of the policy is done'),
  })
  .refine(
    (fee) => fee.overdue_days === undefined || fee.step === undefined,
    'has either "overdue_days" or "step"; without both it is charged by hand only',
  )
export type Fee = z.infer<typeof feeSchema>

export const interestSchema = z.strictObject({
  rates: z
    .array(z.strictObject({ from: date, percent }))
    .default([])
    .describe('simple interest a year, from each date on; before the first one there is none'),
  day_count: z.enum(DAY_COUNTS).default('act/360'),
  grace_days: z.int().min(0).max(365).default(0).describe('paid within so many days: no interest'),
  counts_from: z
    .enum(['due', 'grace_end'])
    .default('due')
    .describe('once the grace is over, from when interest runs on what is still open'),
  disputed: z
    .enum(['without', 'bears'])
    .default('without')
    .describe('the disputed part while its dispute is open; found to be owed, it bears interest after all'),
  cap_percent: percent.optional().describe('interest of an item at most, of its original amount'),
  accrue: z
    .enum(['monthly', 'daily'])
    .default('monthly')
    .describe('when it goes into the books by itself, beside payment and charge'),
  minimum: amounts.default({}).describe('a note is not made for less; what is less goes on being open'),
  note_due_days: z.int().min(0).max(365).default(15).describe('term of an interest note'),
  fees: z.array(feeSchema).default([]),
})
export type InterestRule = z.infer<typeof interestSchema>

/** What the shape can't say: the order of the rates, each fee once, its step among the policy's. */
export function interestProblems(
  rule: InterestRule,
  steps: readonly { id: string }[],
): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = []
  for (const [index, { from }] of rule.rates.entries()) {
    const before = rule.rates[index - 1]
    if (before && before.from >= from)
      problems.push({ path: ['rates', index, 'from'], message: `must be after ${before.from} above it` })
  }
  const seen = new Set<string>()
  for (const [index, fee] of rule.fees.entries()) {
    if (seen.has(fee.id))
      problems.push({
        path: ['fees', index, 'id'],
        message: 'must differ from the ids of the fees before it',
      })
    seen.add(fee.id)
    if (fee.step !== undefined && !steps.some((step) => step.id === fee.step))
      problems.push({
        path: ['fees', index, 'step'],
        message: `no step of this policy has the id "${fee.step}"`,
      })
  }
  return problems
}
