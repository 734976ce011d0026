import { type Policy, policySchema } from '../../domain/policy.ts'
import type { PolicyChanges } from './acts.ts'

/** The policy of the simulation: a ladder with every kind of step that an action can have. */
export function policyWith(changes: PolicyChanges): Policy {
  const { extra, later, on_broken, ...rest } = changes
  return policySchema.parse({
    id: 'standard',
    name: 'simulated',
    applies_to: { company: true },
    max_wait_working_days: 4,
    review_every_days: 20,
    ...rest,
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
