import { type Policy, policySchema } from '../../domain/policy.ts'
import type { Random } from '../domain/random.ts'
import type { PolicyChanges } from './acts.ts'

/** The policy of the simulation: a ladder with every kind of step that an action can have. */
export function policyWith(changes: PolicyChanges): Policy {
  const { extra, later, on_broken, feed_age, interest, ...rest } = changes
  return policySchema.parse({
    id: 'standard',
    name: 'simulated',
    applies_to: { company: true },
    max_wait_working_days: 4,
    review_every_days: 20,
    approvals: { matrix: [{ kinds: ['credit_note', 'pause'], levels: [] }] },
    ...rest,
    ...(interest ? { interest: interestWith(interest) } : {}),
    ...(feed_age === null ? {} : { required_feeds: ['erp'], max_feed_age_working_days: feed_age }),
    promise: { on_broken, grace_working_days: 1, threshold_percent: 95 },
    steps: [
      { id: 'notice', day: -3, action: 'statement' },
      { id: 'first', day: 1 + later, action: 'remind', severity: 'courtesy' },
      { id: 'second', day: 7 + later, action: 'remind' },
      ...(extra ? [{ id: 'extra', day: 10 + later, action: 'call' }] : []),
      { id: 'call', day: 12 + later, action: 'call' },
      { id: 'hold', day: 17 + later, action: 'hold_orders' },
      { id: 'visit', day: 22 + later, action: 'visit' },
      { id: 'final', day: 30 + later, action: 'remind', severity: 'final' },
      { id: 'look', day: 33 + later, action: 'review' },
      { id: 'demand', day: 40 + later, action: 'demand' },
      { id: 'give_up', day: 70 + later, action: 'propose_write_off' },
    ],
  })
}

export function drawPolicy(random: Random): PolicyChanges {
  return {
    grouping: random.pick(['customer', 'customer', 'customer', 'site', 'payer', 'invoice']),
    calendar: random.pick(['five-days', 'five-days', 'six-days']),
    contact_hours: random.pick([
      { from: '09:00', to: '18:00' },
      { from: '09:00', to: '18:00' },
      { from: '08:30', to: '13:00' },
    ]),
    min_gap_days: random.pick([3, 5, 7]),
    contact_gap_days: random.pick([0, 1, 3, 3]),
    first_conversations_per_day: random.pick([1, 2, 500]),
    spread_minutes: random.pick([0, 60]),
    tolerance: { MXN: random.pick(['0', '50', '50']) },
    suspended_days_cap: random.pick([20, 90]),
    feed_age: random.pick([null, null, null, null, 3, 15]),
    extra: random.chance(0.3),
    later: random.pick([0, 0, 2]),
    on_broken: random.pick(['call', 'call', 'visit', 'nothing']),
  }
}

const interestWith = ({ percent, grace, ...rest }: NonNullable<PolicyChanges['interest']>) => ({
  rates: [{ from: '2020-01-01', percent }],
  grace_days: grace,
  minimum: { MXN: '5.00' },
  fees: [{ id: 'late', 'es-MX': 'Mora', en: 'Late', amount: { MXN: '25.00' }, overdue_days: 12 }],
  ...rest,
})

export const drawInterest = (random: Random): NonNullable<PolicyChanges['interest']> => ({
  percent: random.pick(['6', '17.3', '36']),
  grace: random.pick([0, 0, 3]),
  disputed: random.pick(['without', 'without', 'bears']),
  accrue: random.pick(['monthly', 'monthly', 'daily']),
})
