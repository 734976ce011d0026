import { describe, expect, it } from 'vitest'
import {
  type ApprovalFacts,
  above,
  afterVotes,
  afterWorkingHours,
  type Holder,
  placeOf,
  type Vote,
  whoCanAnswer,
} from '../../domain/approval.ts'
import {
  ALWAYS_APPROVED,
  type AskedLevel,
  approvalsSchema,
  levelsFor,
  type Question,
} from '../../domain/authority.ts'
import { type ContactHours, instantOf } from '../../domain/calendar.ts'
import { Refusal } from '../../domain/refusal.ts'
import { mx } from './diary.ts'

const hours: ContactHours = { timeZone: 'America/Mexico_City', from: '09:00', to: '18:00' }
const at = (day: string, time: string) => instantOf(day, time, hours.timeZone)
const workFrom = (day: string, time: string, length: number): string => {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: hours.timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return text.format(afterWorkingHours(at(day, time), length, mx, hours))
}

describe('working hours', () => {
  it('within the day are hours', () => {
    expect(workFrom('2026-03-10', '10:30', 4)).toBe('2026-03-10 14:30')
  })
  it('end with the day when they end with it, and go on the next morning when they don’t', () => {
    expect(workFrom('2026-03-10', '14:00', 4)).toBe('2026-03-10 18:00')
    expect(workFrom('2026-03-10', '14:01', 4)).toBe('2026-03-11 09:01')
  })
  it('before opening and after closing begin at the next opening', () => {
    expect(workFrom('2026-03-10', '03:00', 1)).toBe('2026-03-10 10:00')
    expect(workFrom('2026-03-10', '18:00', 1)).toBe('2026-03-11 10:00')
    expect(workFrom('2026-03-10', '23:59', 1)).toBe('2026-03-11 10:00')
  })
  it('leave out the weekend and the holiday of Monday 16 March', () => {
    expect(workFrom('2026-03-13', '16:00', 4)).toBe('2026-03-17 11:00')
    expect(workFrom('2026-03-14', '12:00', 9)).toBe('2026-03-17 18:00')
    expect(workFrom('2026-03-13', '09:00', 20)).toBe('2026-03-18 11:00')
  })
})

const policy = approvalsSchema.parse({
  matrix: [
    { kinds: ['credit_note'], amount_up_to: { MXN: '1000' }, levels: [] },
    { kinds: ['credit_note'], amount_up_to: { MXN: '50000' }, levels: [{ role: 'supervisor' }] },
    { kinds: ['write_off'], days_past_due_up_to: 90, levels: [{ role: 'director' }] },
    { kinds: ['write_off'], segments: ['gobierno'], levels: [{ role: 'legal' }] },
    { kinds: ['write_off'], branches: ['Norte'], levels: [{ role: 'regional' }] },
    {
      kinds: ['write_off'],
      levels: [{ role: 'manager', quorum: 2 }, { role: 'director' }],
      escalate_to: 'ceo',
    },
  ],
})
const question = (changes: Partial<Question>): Question => ({
  kind: 'credit_note',
  amount: { currency: 'MXN', minor: 100_000n },
  daysPastDue: 100,
  segment: '',
  branch: '',
  ...changes,
})
const roles = (changes: Partial<Question>) =>
  levelsFor(policy, question(changes)).map((l) => `${l.role}${l.onSilence ? ' on silence' : ''}`)
const amount = (minor: bigint, currency = 'MXN') => ({ amount: { currency, minor } })

describe('the matrix', () => {
  it('takes the first row that fits, up to its amount and not a cent more', () => {
    expect(roles(amount(100_000n))).toEqual([])
    expect(roles(amount(100_001n))).toEqual(['supervisor'])
    expect(roles(amount(5_000_000n))).toEqual(['supervisor'])
    expect(roles(amount(5_000_001n))).toEqual(['supervisor', 'manager on silence'])
  })
  it('holds an amount of a currency that it doesn’t name for beyond every limit', () => {
    expect(roles(amount(1n, 'USD'))).toEqual(['supervisor', 'manager on silence'])
  })
  it('asks by days past due, segment and branch', () => {
    expect(roles({ kind: 'write_off', daysPastDue: 90 })).toEqual(['director'])
    expect(roles({ kind: 'write_off', daysPastDue: 91, segment: 'gobierno' })).toEqual(['legal'])
    expect(roles({ kind: 'write_off', branch: 'Norte' })).toEqual(['regional'])
    expect(roles({ kind: 'write_off' })).toEqual(['manager', 'director', 'ceo on silence'])
  })
  it('holds what no one sum measures for beyond every limit', () => {
    expect(roles({ amount: null })).toEqual(['supervisor', 'manager on silence'])
    expect(roles({ kind: 'write_off', amount: null })).toEqual(['manager', 'director', 'ceo on silence'])
  })
  it('without a row asks whom the policy says otherwise, and somebody in any case', () => {
    expect(roles({ kind: 'policy' })).toEqual(['supervisor', 'manager on silence'])
  })
  it.each(ALWAYS_APPROVED)('can’t be written so that nobody agrees to %s', (kind) => {
    const { error } = approvalsSchema.safeParse({ matrix: [{ kinds: [kind], levels: [] }] })
    expect(error!.issues[0]!.message).toBe(`somebody always agrees to ${kind}`)
  })
  it('can’t remind after the time to answer, nor name amounts that aren’t', () => {
    const level = { role: 'supervisor', remind_after_hours: 8, answer_within_hours: 8 }
    const wrong = (part: object) =>
      approvalsSchema.safeParse(part).error?.issues.map((i) => i.path.join('.')) ?? []
    expect(wrong({ otherwise: [level] })).toEqual(['otherwise.0.remind_after_hours'])
    expect(wrong({ matrix: [{ kinds: ['pause'], levels: [level] }] })).toEqual([
      'matrix.0.levels.0.remind_after_hours',
    ])
    expect(
      wrong({ matrix: [{ kinds: ['pause'], amount_up_to: { MXN: '-1' }, levels: [{ role: 'x' }] }] }),
    ).toEqual(['matrix.0.amount_up_to.MXN'])
  })
})

const level = (role: string, quorum = 1, onSilence = false): AskedLevel => ({
  role,
  quorum,
  remind_after_hours: 4,
  answer_within_hours: 8,
  onSilence,
})
const approval = (changes: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  id: 17,
  askers: ['ana'],
  levels: [level('supervisor'), level('manager'), level('director', 1, true)],
  level: 0,
  votes: [],
  ...changes,
})
const vote = (person: string, changes: Partial<Vote> = {}): Vote => ({
  level: 0,
  person,
  holder: person,
  agrees: true,
  ...changes,
})
const there = (...people: string[]): Holder[] => people.map((person) => ({ person, answers: person }))
const away = (person: string, answers: string | null): Holder => ({ person, answers })
const refused = (work: () => unknown): string => {
  try {
    return String(work())
  } catch (error) {
    if (error instanceof Refusal) return error.refusal
    throw error
  }
}

describe('who answers', () => {
  it('is whoever holds the role, in their own place', () => {
    expect(placeOf(approval(), there('sofía', 'samuel'), 'samuel')).toBe('samuel')
    expect(refused(() => placeOf(approval(), there('sofía'), 'samuel'))).toBe('NotAnApprover')
  })
  it('is a stand-in in the place of who is away, and who is away still in their own', () => {
    const holders = [away('sofía', 'eva')]
    expect(placeOf(approval(), holders, 'eva')).toBe('sofía')
    expect(placeOf(approval(), holders, 'sofía')).toBe('sofía')
  })
  it('is nobody who asked, whomever they stand in for, and nobody in the place of who asked', () => {
    expect(refused(() => placeOf(approval(), there('ana'), 'ana'))).toBe('SameActor')
    expect(refused(() => placeOf(approval(), [away('sofía', 'ana')], 'ana'))).toBe('SameActor')
    expect(refused(() => placeOf(approval(), [away('ana', 'eva')], 'eva'))).toBe('NotAnApprover')
  })
  it('is nobody twice: not on two levels, not as themselves and as a stand-in, not after their stand-in', () => {
    const before = approval({ level: 1, votes: [vote('sofía')] })
    expect(refused(() => placeOf(before, there('sofía'), 'sofía'))).toBe('AlreadyVoted')
    expect(refused(() => placeOf(before, [away('mario', 'sofía')], 'sofía'))).toBe('AlreadyVoted')
    const instead = approval({ votes: [vote('eva', { holder: 'sofía' })] })
    expect(refused(() => placeOf(instead, there('sofía'), 'sofía'))).toBe('AlreadyVoted')
    expect(refused(() => placeOf(instead, [away('sofía', 'otto')], 'otto'))).toBe('NotAnApprover')
  })
  it('counts each person once, in their own place first', () => {
    const holders = [away('alba', 'samuel'), ...there('samuel'), away('zoe', 'samuel'), away('eli', null)]
    expect([...whoCanAnswer(approval(), holders)]).toEqual([['samuel', 'samuel']])
    expect([...whoCanAnswer(approval({ votes: [vote('samuel')] }), holders)]).toEqual([])
  })
})

describe('votes', () => {
  it('of a level that agrees pass it on, and the last one that has to be asked approves', () => {
    expect(afterVotes(approval({ votes: [vote('sofía')] }))).toEqual({ state: 'waits', level: 1 })
    const both = [vote('sofía'), vote('mario', { level: 1 })]
    expect(afterVotes(approval({ level: 1, votes: both }))).toEqual({ state: 'approved' })
  })
  it('wait for the quorum of their own level', () => {
    const two = approval({ levels: [level('supervisor', 2), level('manager', 2)] })
    expect(afterVotes({ ...two, votes: [vote('sofía')] })).toEqual({ state: 'waits', level: 0 })
    const votes = [vote('sofía'), vote('samuel'), vote('mario', { level: 1 })]
    expect(afterVotes({ ...two, level: 1, votes })).toEqual({ state: 'waits', level: 1 })
  })
  it('of those who were asked after a silence are enough', () => {
    expect(afterVotes(approval({ level: 2, votes: [vote('diana', { level: 2 })] }))).toEqual({
      state: 'approved',
    })
  })
  it('with one no refuse, whatever the others say', () => {
    const two = approval({ levels: [level('supervisor', 2)] })
    expect(afterVotes({ ...two, votes: [vote('sofía'), vote('samuel', { agrees: false })] })).toEqual({
      state: 'refused',
    })
  })
  it('missing after the last level leave it there', () => {
    expect(above(approval())).toBe(1)
    expect(above(approval({ level: 2 }))).toBe(null)
  })
})
