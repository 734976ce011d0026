import { describe, expect, it } from 'vitest'
import {
  ACTIONS,
  isContact,
  isEscalation,
  isWritten,
  needsApproval,
  needsConversation,
  policyJsonSchema,
  policySchema,
  reachesCustomer,
} from '../../domain/policy.ts'

const minimal = {
  id: 'test',
  name: 'Test',
  calendar: 'mx',
  contact_hours: { from: '09:00', to: '18:00' },
  steps: [{ id: 'reminder', day: 1, action: 'remind' }],
}

const complaints = (changes: Record<string, unknown>): string[] => {
  const parsed = policySchema.safeParse({ ...minimal, ...changes })
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('actions', () => {
  it('are told apart by what they do', () => {
    expect(ACTIONS.filter(isContact)).toEqual(['remind', 'statement', 'call', 'visit'])
    expect(ACTIONS.filter(isWritten)).toEqual(['remind', 'statement'])
    expect(ACTIONS.filter(isEscalation)).toEqual([
      'hold_orders',
      'demand',
      'place_legal',
      'place_agency',
      'propose_write_off',
    ])
    expect(ACTIONS.filter(needsConversation)).toEqual(['demand', 'place_legal', 'place_agency'])
    expect(ACTIONS.filter((a) => !reachesCustomer(a))).toEqual(['hold_orders', 'review', 'propose_write_off'])
  })

  it('that pass an approval do so whatever a policy says', () => {
    expect(ACTIONS.filter(needsApproval)).toEqual([
      'demand',
      'place_legal',
      'place_agency',
      'propose_write_off',
    ])
  })
})

describe('a policy', () => {
  it('needs little: the rest has defaults', () => {
    expect(policySchema.parse(minimal)).toMatchObject({
      applies_to: { company: false, segments: [], customers: [] },
      grouping: 'customer',
      min_gap_days: 5,
      contact_gap_days: 3,
      promise: { grace_working_days: 2, threshold_percent: 95, on_broken: 'call' },
      steps: [{ anchor: 'due', severity: 'reminder', channel: 'mail' }],
    })
  })

  it('reads the same when it is read again', () => {
    const policy = policySchema.parse(minimal)
    expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy)
  })

  it('with steps out of order is refused, also when another anchor stands between them', () => {
    const steps = [
      { id: 'a', day: 10, action: 'remind' },
      { id: 'b', day: 1, anchor: 'issued', action: 'remind' },
      { id: 'c', day: 5, action: 'remind' },
    ]
    expect(complaints({ steps })).toEqual(['steps.2.day: must not be before day 10 of "a" above it'])
    expect(complaints({ steps: steps.slice(0, 2) })).toEqual([])
  })

  it('with a step twice, or none, is refused', () => {
    const twice = [...minimal.steps, { id: 'reminder', day: 2, action: 'call' }]
    expect(complaints({ steps: twice })).toEqual([
      'steps.1.id: must differ from the ids of the steps before it',
    ])
    expect(complaints({ steps: [] })).toHaveLength(1)
  })

  it('cannot use the ids of periodic reviews', () => {
    expect(complaints({ steps: [{ id: 'review#1', day: 1, action: 'review' }] })).toHaveLength(1)
  })

  it('with contact hours that are empty or no hours is refused', () => {
    expect(complaints({ contact_hours: { from: '18:00', to: '09:00' } })).toEqual([
      'contact_hours: "from" must be before "to"',
    ])
    expect(complaints({ contact_hours: { from: '9:00', to: '24:00' } })).toHaveLength(2)
  })

  it('with a tolerance that is no amount of its currency is refused: it would be none', () => {
    expect(complaints({ tolerance: { MXN: '50,00' } })).toEqual([
      'tolerance.MXN: must be an amount of MXN such as "50"',
    ])
    expect(complaints({ tolerance: { JPY: '0.5' } })).toHaveLength(1)
    expect(complaints({ tolerance: { MXN: '-1' } })).toHaveLength(1)
    expect(complaints({ tolerance: { PES: '50' } })).toEqual([
      'tolerance.PES: must be a currency code of ISO 4217',
    ])
    expect(complaints({ tolerance: { MXN: '50', JPY: '100', USD: '0.50' } })).toEqual([])
  })

  it('with a setting that nobody knows is refused', () => {
    expect(complaints({ min_gap: 3 })).toHaveLength(1)
    expect(complaints({ steps: [{ ...minimal.steps[0], text: 'x' }] })).toHaveLength(1)
  })

  it('has a schema for editors that knows every setting and says what it is for', () => {
    const schema = policyJsonSchema() as {
      required: string[]
      properties: Record<string, { description?: string }>
    }
    expect(schema.required).toEqual(['id', 'name', 'calendar', 'contact_hours', 'steps'])
    expect(Object.keys(schema.properties)).toEqual(Object.keys(policySchema.shape))
    expect(schema.properties.min_gap_days?.description).toContain('between two contacts')
  })
})
