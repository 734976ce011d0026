import {
  addDays,
  type ContactHours,
  contactWindow,
  type Instant,
  instantOf,
  type LocalDate,
  localDateOf,
  makeCalendar,
  type WorkingCalendar,
} from '../../domain/calendar.ts'
import { decide, type ReceivableDecision } from '../../domain/decide.ts'
import type { CaseContext, ReceivableFacts, Stage, StepRecord } from '../../domain/facts.ts'
import {
  type Action,
  isContact,
  isWritten,
  needsApproval,
  type Policy,
  policySchema,
} from '../../domain/policy.ts'

export const mx = makeCalendar({
  id: 'mx',
  country: 'MX',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
})
export const everyDay = makeCalendar({ id: 'every-day', types: [], weekend: [], overrides: [] })

export const hours: ContactHours = { timeZone: 'America/Mexico_City', from: '09:00', to: '18:00' }

export const at = (day: LocalDate, time = '09:00'): Instant => instantOf(day, time, hours.timeZone)

/** Due on Monday 2026-03-02 it happens on: 27 Feb, 5, 12, 17, 23 Mar, 1, 13, 21 Apr, 4 May, 1 Jun, 2 Mar 2027. */
export const LADDER = [
  { id: 'courtesy', day: -3, action: 'remind', severity: 'courtesy' },
  { id: 'reminder', day: 3, action: 'remind' },
  { id: 'firm', day: 10, action: 'remind', severity: 'firm' },
  { id: 'call', day: 15, action: 'call' },
  { id: 'hold', day: 20, action: 'hold_orders' },
  { id: 'visit', day: 30, action: 'visit' },
  { id: 'final', day: 40, action: 'remind', severity: 'final' },
  { id: 'look', day: 50, action: 'review' },
  { id: 'demand', day: 60, action: 'demand' },
  { id: 'legal', day: 90, action: 'place_legal' },
  { id: 'write_off', day: 365, action: 'propose_write_off' },
]

export const policyOf = (changes: Record<string, unknown> = {}): Policy =>
  policySchema.parse({
    id: 'test',
    name: 'for tests',
    calendar: 'mx',
    contact_hours: { from: '09:00', to: '18:00' },
    spread_minutes: 0,
    tolerance: { MXN: '50.00', USD: '5.00' },
    steps: LADDER,
    ...changes,
  })

/** An invoice of MXN 1,000.00 issued on 2026-02-01, due on 2026-03-02, known from its first day. */
export const receivable = (changes: Partial<ReceivableFacts> = {}): ReceivableFacts => ({
  id: 1,
  document: 'F-1',
  currency: 'MXN',
  stage: 'current',
  issuedOn: '2026-02-01',
  dueOn: '2026-03-02',
  presentedOn: null,
  anchorOn: null,
  requiresPresentation: false,
  firstSeenOn: '2026-02-01',
  owedMinor: 100_000n,
  nettedMinor: 0n,
  disputedMinor: 0n,
  suspensions: [],
  steps: [],
  lastContactOn: null,
  pinned: policyOf(),
  ...changes,
})

/** Records of steps that were done, by day; the last contact among them goes into `lastContactOn`. */
export const done = (steps: Record<string, LocalDate>): Pick<ReceivableFacts, 'steps' | 'lastContactOn'> => {
  const contacts = Object.entries(steps).filter(([id]) =>
    LADDER.some((step) => step.id === id && isContact(step.action as Action)),
  )
  return {
    steps: Object.entries(steps).map(([step, on]) => ({ step, on, state: 'done' as const })),
    lastContactOn:
      contacts
        .map(([, on]) => on)
        .sort()
        .at(-1) ?? null,
  }
}

export const caseAt = (now: Instant, changes: Partial<CaseContext> = {}): CaseContext => ({
  now,
  today: localDateOf(now, hours.timeZone),
  policy: policyOf(),
  calendar: mx,
  hours,
  spreadMinutes: 0,
  mailable: true,
  lastNoticeOn: null,
  lastCallOn: null,
  noticePendingToday: false,
  firstContactOn: null,
  feedsTellThrough: null,
  openCall: false,
  openVisit: false,
  ...changes,
})

/** How the people and the mail of a diary behave. */
export interface Ways {
  policy: Policy
  calendar: WorkingCalendar
  spreadMinutes: number
  mailable: boolean
  /** A notice is sent at once; otherwise it stays on its way. */
  sends: boolean
  /** Calls and visits are logged at once; otherwise never. */
  logs: boolean
  /** Approvals are given on the next working day; otherwise never. */
  approves: boolean
}

const STAGE_AFTER: Partial<Record<Action, Stage>> = {
  demand: 'prelegal',
  place_legal: 'legal',
  place_agency: 'agency',
}

/** One case through months: looks when it is told to look again, and does to the facts what was decided. */
export class Diary {
  /** `2026-03-05 reminder`; with several receivables `2026-03-05 reminder of 2`. */
  readonly entries: string[] = []
  /** Every look: what was known, and what was decided from it. */
  readonly seen: { now: Instant; facts: ReceivableFacts; decision: ReceivableDecision }[] = []
  readonly ways: Ways
  #receivables = new Map<number, ReceivableFacts>()
  #decisions = new Map<number, ReceivableDecision>()
  #approvals: { on: LocalDate; id: number; step: string }[] = []
  #lastNoticeOn: LocalDate | null = null
  #lastCallOn: LocalDate | null = null

  constructor(receivables: ReceivableFacts[], ways: Partial<Ways> = {}) {
    for (const one of receivables) this.#receivables.set(one.id, one)
    this.ways = {
      policy: receivables[0]!.pinned,
      calendar: mx,
      spreadMinutes: 0,
      mailable: true,
      sends: true,
      logs: true,
      approves: true,
      ...ways,
    }
  }

  facts(id = 1): ReceivableFacts {
    return this.#receivables.get(id)!
  }

  decision(id = 1): ReceivableDecision {
    return this.#decisions.get(id)!
  }

  /** Something happened: the facts of a receivable change, and the case looks. */
  change(now: Instant, changes: Partial<ReceivableFacts>, id = 1): void {
    this.#receivables.set(id, { ...this.facts(id), ...changes })
    this.look(now)
  }

  /** What is on its way arrives: the notice is sent, the call logged. */
  finish(now: Instant, step: string, id = 1): void {
    this.#finish(id, step, localDateOf(now, hours.timeZone))
    this.look(now)
  }

  /** Looks now, and again at each moment that was named, until the end of the day. */
  until(day: LocalDate, from?: Instant): this {
    const end = at(addDays(day, 1), '00:00')
    if (this.#decisions.size === 0)
      this.look(from ?? at(this.facts([...this.#receivables.keys()][0]!).firstSeenOn, '00:00'))
    for (let turns = 0; turns < 5_000; turns++) {
      const next = this.#nextLook()
      if (next >= end) return this
      this.look(next)
    }
    throw new Error('the case is looked at without end')
  }

  #nextLook(): Instant {
    const instants = [...this.#decisions.values()].map((d) => d.next.at ?? Number.POSITIVE_INFINITY)
    const approvals = this.#approvals.map((a) => contactWindow(a.on, hours).opensAt)
    return Math.min(...instants, ...approvals)
  }

  look(now: Instant): void {
    const today = localDateOf(now, hours.timeZone)
    for (const approval of this.#approvals.filter((a) => a.on <= today))
      this.#finish(approval.id, approval.step, today)
    this.#approvals = this.#approvals.filter((a) => a.on > today)
    for (let again = true, rounds = 0; again; rounds++) {
      if (rounds > 20) throw new Error('the same instant is looked at without end')
      const context = this.#context(now)
      const decisions = [...this.#receivables.values()].map((facts) => decide(facts, context))
      for (const decision of decisions) this.#record(decision, now, today)
      again = decisions.some((d) => d.fired.length > 0)
    }
  }

  #context(now: Instant): CaseContext {
    const today = localDateOf(now, hours.timeZone)
    const pending = [...this.#receivables.values()].flatMap((facts) =>
      facts.steps
        .filter((s) => s.state === 'pending')
        .map((s) => ({ ...s, action: facts.pinned.steps.find((step) => step.id === s.step)!.action })),
    )
    return {
      ...caseAt(now),
      policy: this.ways.policy,
      calendar: this.ways.calendar,
      spreadMinutes: this.ways.spreadMinutes,
      mailable: this.ways.mailable,
      lastNoticeOn: this.#lastNoticeOn,
      lastCallOn: this.#lastCallOn,
      noticePendingToday: pending.some((s) => isWritten(s.action) && !s.byPhone && s.on === today),
      openCall: pending.some((s) => s.action === 'call' || s.byPhone === true),
      openVisit: pending.some((s) => s.action === 'visit'),
    }
  }

  #record(decision: ReceivableDecision, now: Instant, today: LocalDate): void {
    const facts = this.facts(decision.id)
    const of = this.#receivables.size > 1 ? ` of ${decision.id}` : ''
    const actionOf = (record: StepRecord) => facts.pinned.steps.find((s) => s.id === record.step)?.action
    const taken = (record: StepRecord) => {
      const action = actionOf(record)
      return record.state === 'pending' && action !== undefined && isContact(action) && !decision.chased
    }
    const skipped = new Set(decision.skipped.map((s) => s.step.id))
    const steps: StepRecord[] = facts.steps.filter((r) => !taken(r) && !skipped.has(r.step))
    for (const { step, reason } of decision.skipped) {
      steps.push({ step: step.id, state: 'skipped', on: today })
      this.entries.push(`${today} ${step.id}${of} skipped: ${reason}`)
    }
    for (const { step, byPhone } of decision.fired) {
      const waits = isContact(step.action) || needsApproval(step.action)
      steps.push({ step: step.id, state: waits ? 'pending' : 'done', on: today, byPhone })
      this.entries.push(`${today} ${step.id}${of}${byPhone ? ' by phone' : ''}`)
      if (needsApproval(step.action) && this.ways.approves)
        this.#approvals.push({
          on: this.ways.calendar.addWorkingDays(today, 1),
          id: decision.id,
          step: step.id,
        })
    }
    if (decision.unlogged && this.#decisions.get(decision.id)?.unlogged !== decision.unlogged)
      this.entries.push(`${today} supervisor told: ${decision.unlogged.id}${of}`)
    this.#receivables.set(decision.id, { ...facts, stage: decision.stage, steps })
    this.#decisions.set(decision.id, decision)
    this.seen.push({ now, facts, decision })
    for (const { step, byPhone } of decision.fired) {
      const written = isWritten(step.action) && !byPhone
      if (isContact(step.action) && (written ? this.ways.sends : this.ways.logs))
        this.#finish(decision.id, step.id, today)
    }
  }

  #finish(id: number, stepId: string, today: LocalDate): void {
    const facts = this.facts(id)
    const { action } = facts.pinned.steps.find((s) => s.id === stepId)!
    const byPhone = facts.steps.find((s) => s.step === stepId)?.byPhone === true
    if (isWritten(action) && !byPhone) this.#lastNoticeOn = today
    else if (isContact(action)) this.#lastCallOn = today
    this.#receivables.set(id, {
      ...facts,
      stage: STAGE_AFTER[action] ?? facts.stage,
      steps: facts.steps.map((s) =>
        s.step === stepId && s.state === 'pending' ? { ...s, state: 'done', on: today } : s,
      ),
      lastContactOn: isContact(action) ? today : facts.lastContactOn,
    })
  }
}
