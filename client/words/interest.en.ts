import type { Fee, InterestRule } from '../../domain/interest/rule.ts'
import type { InterestPhrases } from './interest.ts'
import type { Speech } from './speech.ts'

const DAY_COUNTS: Record<InterestRule['day_count'], string> = {
  'act/360': 'by the days of the calendar over a year of 360',
  'act/365': 'by the days of the calendar over a year of 365',
  '30/360': 'by months of 30 days over a year of 360 (30E/360)',
}
const amounts = (table: Record<string, string>, say: Speech): string =>
  Object.entries(table)
    .map(([currency, amount]) => say.amount(amount, currency))
    .join(', ')
const when = (fee: Fee): string =>
  fee.step !== undefined
    ? `once step "${fee.step}" is done`
    : fee.overdue_days !== undefined
      ? `once it is ${fee.overdue_days} days overdue`
      : 'by hand'

export const enInterest: InterestPhrases = {
  title: 'Interest and fees',
  labels: {
    interest: 'Interest',
    fees: 'Fees',
    charged: 'Charged',
    waived: 'Waived',
    uncharged: 'Not charged yet',
    bookedThrough: 'Booked up to',
    notes: 'Interest notes',
    inNotes: 'In open notes',
    base: 'On',
    rate: 'A year',
    days: 'Days',
  },
  beside: 'Interest, not in it',
  none: 'No interest and no fees.',
  cameOf: (document) => `How the interest of ${document} came to be`,
  rule: (rule, say) => [
    ...rule.rates.map(
      ({ from, percent }) => `${percent} % a year from ${say.date(from)} on, simple interest`,
    ),
    `Counted ${DAY_COUNTS[rule.day_count]}, on the overdue principal, payments by their value date`,
    ...(rule.grace_days > 0
      ? [
          `Paid within ${rule.grace_days} days: none; later it counts from ${rule.counts_from === 'due' ? 'the due date' : 'the end of those days'}`,
        ]
      : []),
    rule.disputed === 'bears'
      ? 'Disputed amounts bear interest too'
      : 'Disputed amounts bear none while the dispute is open; found to be owed, they did all along',
    ...(rule.cap_percent === undefined ? [] : [`At most ${rule.cap_percent} % of the original amount`]),
    `In the books at the end of every ${rule.accrue === 'daily' ? 'day' : 'month'}, and when it is paid, charged or waived`,
    `A note is due ${rule.note_due_days} days after its issue${Object.keys(rule.minimum).length === 0 ? '' : `, and made from ${amounts(rule.minimum, say)}`}`,
    ...rule.fees.map((fee) => `${fee.en} (${fee.id}): ${amounts(fee.amount, say)}, ${when(fee)}`),
  ],
  noRule: 'Overdue items bear no interest and no fees.',
}
