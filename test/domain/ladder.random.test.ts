import { describe, expect, it } from 'vitest'
import {
  addDays,
  contactWindow,
  daysBetween,
  type Instant,
  type LocalDate,
  localDateOf,
} from '../../domain/calendar.ts'
import type { ReceivableFacts, Suspension } from '../../domain/facts.ts'
import {
  ACTIONS,
  isContact,
  isWritten,
  needsApproval,
  type Policy,
  reachesCustomer,
} from '../../domain/policy.ts'
import { at, Diary, hours, mx, policyOf, receivable } from './diary.ts'
import { type Random, randomOf } from './random.ts'

const START = '2026-02-02'
const END = '2027-06-30'

function anyPolicy(random: Random): Policy {
  let day = random.int(-7, 5)
  const steps = Array.from({ length: random.int(1, 9) }, (_, index) => {
    const action = random.pick(ACTIONS)
    const step = { id: `s${index}`, day, action }
    day += random.int(0, 25)
    return step
  })
  return policyOf({
    steps,
    min_gap_days: random.int(0, 9),
    contact_gap_days: random.int(0, 5),
    max_wait_working_days: random.int(0, 6),
    review_every_days: random.int(1, 40),
    suspension_grace_days: random.int(0, 3),
    suspended_days_cap: random.int(0, 60),
  })
}

function anySuspension(random: Random, day: LocalDate): Suspension {
  const from = addDays(day, random.int(0, 10))
  const endsOn = addDays(from, random.int(0, 40))
  const kind = random.pick(['promised', 'announced', 'paused', 'negotiating'] as const)
  return { kind, from, endsOn, askAgainOn: random.chance(0.5) ? addDays(from, random.int(-3, 40)) : null }
}

/** What the world does to a receivable meanwhile. */
function somethingHappens(random: Random, diary: Diary, now: Instant, id: number): void {
  const facts = diary.facts(id)
  const changes: Partial<ReceivableFacts>[] = [
    { owedMinor: random.pick([0n, 1_000n, 40_000n, 80_000n, 120_000n]) },
    { disputedMinor: BigInt(random.int(0, 2)) * 60_000n },
    { nettedMinor: BigInt(random.int(0, 2)) * 50_000n },
    { suspensions: [...facts.suspensions, anySuspension(random, localDateOf(now, hours.timeZone))] },
    { presentedOn: facts.presentedOn ?? localDateOf(now, hours.timeZone) },
    { stage: random.pick(['overdue', 'legal']) },
  ]
  diary.change(now, random.pick(changes), id)
}

function live(seed: number): Diary {
  const random = randomOf(seed)
  const pinned = anyPolicy(random)
  const receivables = Array.from({ length: random.int(1, 3) }, (_, index) =>
    receivable({
      id: index + 1,
      pinned,
      dueOn: addDays(START, random.int(-120, 60)),
      requiresPresentation: random.chance(0.15),
      firstSeenOn: START,
    }),
  )
  const diary = new Diary(receivables, {
    spreadMinutes: random.int(0, 90),
    mailable: random.chance(0.8),
    sends: random.chance(0.8),
    logs: random.chance(0.6),
    approves: random.chance(0.6),
  })
  let day: LocalDate = START
  while (day < END) {
    diary.until(day, at(START, '00:00'))
    if (random.chance(0.6))
      somethingHappens(random, diary, at(day, `${random.int(10, 23)}:30`), random.int(1, receivables.length))
    day = addDays(day, random.int(1, 40))
  }
  return diary.until(END)
}

/** Steps that were taken: not those that were taken back before they reached anybody. */
const contactDays = (facts: ReceivableFacts): LocalDate[] =>
  facts.steps
    .filter((record) => record.state === 'done')
    .filter((record) => facts.pinned.steps.some((step) => step.id === record.step && isContact(step.action)))
    .map((record) => record.on)
    .sort()

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed)
const lived = new Map<number, Diary>()
const lifeOf = (seed: number): Diary => {
  const diary = lived.get(seed) ?? live(seed)
  lived.set(seed, diary)
  return diary
}
const idsOf = (diary: Diary): number[] => [...new Set(diary.seen.map((s) => s.decision.id))]

/** A promise about every one of the lives; a failure names its seed. */
const always = (promise: string, check: (diary: Diary) => void): void => {
  it(promise, () => {
    for (const seed of SEEDS)
      try {
        check(lifeOf(seed))
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
      }
  })
}

describe('whatever happens', () => {
  it('the lives are worth looking at', () => {
    const fired = SEEDS.flatMap((seed) =>
      lifeOf(seed).seen.flatMap((s) => s.decision.fired.map((f) => f.step.action)),
    )
    for (const action of ACTIONS) expect(fired.filter((a) => a === action).length, action).toBeGreaterThan(3)
    const reasons = new Set(SEEDS.flatMap((seed) => lifeOf(seed).seen.map((s) => s.decision.next.reason)))
    expect([...reasons].sort()).toEqual([
      'after_suspension',
      'anchor',
      'announced',
      'below_tolerance',
      'closed',
      'contact_gap',
      'disputed',
      'min_gap',
      'negotiating',
      'netted',
      'notice_on_its_way',
      'paused',
      'periodic_review',
      'promised',
      'waits_for_approval',
      'waits_for_log',
    ])
  })

  always('each step happens at most once', (diary) => {
    for (const id of idsOf(diary)) {
      const steps = diary.facts(id).steps.map((record) => record.step)
      expect(new Set(steps).size).toBe(steps.length)
    }
  })

  always('two contacts about a receivable are never closer than min_gap_days', (diary) => {
    const gap = diary.ways.policy.min_gap_days
    for (const id of idsOf(diary)) {
      const days = contactDays(diary.facts(id))
      for (const [index, day] of days.slice(1).entries())
        expect(daysBetween(days[index]!, day)).toBeGreaterThanOrEqual(gap)
    }
  })

  always('two messages of a case are never on one day', (diary) => {
    const sentOn = diary.seen.flatMap(({ now, decision }) =>
      decision.fired.filter((f) => isWritten(f.step.action) && !f.byPhone).map(() => now),
    )
    const instants = [...new Set(sentOn)].map((now) => localDateOf(now, hours.timeZone))
    if (diary.ways.sends) expect(new Set(instants).size).toBe(instants.length)
  })

  always('nothing happens outside working days and contact hours', (diary) => {
    for (const { now } of diary.seen.filter((s) => s.decision.fired.length > 0)) {
      const day = localDateOf(now, hours.timeZone)
      const { opensAt, closesAt } = contactWindow(day, hours)
      expect(mx.isWorkingDay(day) && opensAt <= now && now < closesAt).toBe(true)
    }
  })

  always('every open receivable is looked at again, unless it waits for a notice on its way', (diary) => {
    for (const { now, decision, facts } of diary.seen) {
      const { at: next } = decision.next
      if (decision.stage === 'closed') expect(next).toBeNull()
      else if (next !== null) expect(next).toBeGreaterThan(now)
      else {
        expect(decision.next.reason).toBe('notice_on_its_way')
        const pending = decision.fired.at(-1)?.step.id ?? facts.steps.find((r) => r.state === 'pending')!.step
        expect(isWritten(facts.pinned.steps.find((step) => step.id === pending)!.action)).toBe(true)
      }
    }
  })

  always('nothing is said to the customer about what must not be chased', (diary) => {
    for (const { decision } of diary.seen)
      if (!decision.chased) expect(decision.fired.filter((f) => reachesCustomer(f.step.action))).toEqual([])
  })

  always('at most one step is on its way, and none beside an approval', (diary) => {
    for (const { decision, facts } of diary.seen) {
      const pending = facts.steps.filter((record) => record.state === 'pending')
      const waiting = decision.fired.filter((f) => isContact(f.step.action) || needsApproval(f.step.action))
      const givenUp = pending.filter((p) => decision.skipped.some((s) => s.step.id === p.step))
      if (decision.chased) expect(pending.length - givenUp.length + waiting.length).toBeLessThanOrEqual(1)
    }
  })

  always('the ladder is climbed in order: nobody is spoken to past an open step', (diary) => {
    for (const { decision, facts } of diary.seen) {
      if (!decision.chased) continue
      const recorded = new Set([...facts.steps.map((r) => r.step), ...decision.skipped.map((s) => s.step.id)])
      for (const { step } of decision.fired) {
        const before = facts.pinned.steps.slice(0, Math.max(0, facts.pinned.steps.indexOf(step)))
        expect(before.filter((b) => !recorded.has(b.id))).toEqual([])
        recorded.add(step.id)
      }
    }
  })
})
