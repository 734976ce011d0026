import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Database } from '../../ledger/database.ts'
import { openExceptions } from '../../ledger/exceptions.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import {
  away,
  diaryOf,
  lookAtApproval,
  requestCancellation,
  requested,
  stateOf,
  team,
  told,
} from '../setup/approvals.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { ask, book, closedAs, eventsOf, openOf, pay, pesos, refusalOf } from './books.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')

/** Up to 10,000 a supervisor; above it two managers and then a director. */
const matrix = {
  approvals: {
    matrix: [
      { kinds: ['pause'], levels: [] },
      {
        kinds: ['write_off'],
        amount_up_to: { MXN: '10000' },
        levels: [{ role: 'supervisor' }],
        escalate_to: 'manager',
      },
      { kinds: ['write_off'], levels: [{ role: 'manager', quorum: 2 }, { role: 'director' }] },
    ],
  },
}

async function house(policy: Policy = testPolicy(matrix)): Promise<Database> {
  const { database } = await freshLedger([policy])
  await seedTeam(database)
  await loadItems(
    database,
    [
      { document: 'F-1', amount: 1000, due: '2026-03-02' },
      { document: 'F-2', amount: 90_000, due: '2026-03-02' },
    ],
    noon('2026-03-09'),
  )
  return database
}

test('asked, agreed to, and carried out in the transaction of the last yes', async () => {
  const database = await house()
  const answer = await requestCancellation(database, { on: '2026-03-10' })
  expect(answer.result).toMatchObject({ approval: 1, amount: '1000.00', waitsFor: ['samuel', 'sofía'] })
  expect(answer.processes).toEqual(['approval:1'])
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  const { result, cases, processes } = await vote(database, 1, 'sofía', '2026-03-10')
  expect(result).toMatchObject({ state: 'approved', role: 'supervisor', done: { document: 'F-1' } })
  expect([cases, processes]).toEqual([['C-1'], ['approval:1']])
  expect(await closedAs(database, 'F-1')).toBe('cancelled')
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'approval requested',
    'approval given',
    'cancelled',
  ])
  // By who asked, and the journal says who agreed.
  const cancelled = await database.one<{ actor: string }>(
    `SELECT entry::jsonb ->> 'actor' AS actor FROM journal WHERE event = 'cancelled'`,
  )
  expect(cancelled!.actor).toBe('ana')
  expect((await verifyJournal(database)).findings).toEqual([])
})

test('where nobody has to agree it is done at once', async () => {
  const database = await house()
  const { result } = await requestCancellation(database, { on: '2026-03-10', asked: { kind: 'pause' } })
  expect(result).toEqual({ done: 'F-1' })
  expect(await database.rows('SELECT 1 FROM approval')).toEqual([])
})

test('two of a level, then the next one; what is answered twice under a key is answered once', async () => {
  const database = await house()
  await team(database, 'grantRole', { person: 'mónica', role: 'manager' }, '2026-03-09')
  const id = await requested(database, { on: '2026-03-10', document: 'F-2' })
  const yes = { approval: id, agrees: true, why: 'agreed' }
  const once = { on: '2026-03-10', actor: 'mario', key: 'mario-says' }
  const first = await decision(database, 'decideApproval', yes, once)
  expect(first.result).toMatchObject({ state: 'open', next: 'manager' })
  expect(await decision(database, 'decideApproval', yes, once)).toEqual(first)
  expect(await refusalOf(decision(database, 'decideApproval', { ...yes, agrees: false }, once))).toBe(
    'KeyConflict',
  )
  expect(await refusalOf(vote(database, id, 'mario', '2026-03-10'))).toBe('AlreadyVoted')
  expect(await refusalOf(vote(database, id, 'diana', '2026-03-10'))).toBe('NotAnApprover')
  expect((await vote(database, id, 'mónica', '2026-03-10')).result).toMatchObject({
    state: 'open',
    next: 'director',
  })
  expect(await stateOf(database, id)).toMatchObject({ state: 'open', role: 'director' })
  expect((await vote(database, id, 'diana', '2026-03-11')).result).toMatchObject({ state: 'approved' })
  expect(await closedAs(database, 'F-2')).toBe('cancelled')
})

test('one no ends it, and nothing is carried out', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  const { result } = await vote(database, id, 'samuel', '2026-03-10', false)
  expect(result).toMatchObject({ state: 'refused', by: 'samuel' })
  expect(await stateOf(database, id)).toEqual({ state: 'refused', role: 'supervisor', why: 'not this one' })
  expect(await closedAs(database, 'F-1')).toBe(null)
  expect(await refusalOf(vote(database, id, 'sofía', '2026-03-10'))).toBe('NotOpen')
  // Asked again it is another request.
  expect(await requested(database, { on: '2026-03-11' })).toBe(id + 1)
})

test('who asked takes it back, and nobody else', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  const back = (actor: string) =>
    decision(database, 'withdrawApproval', { approval: id, why: 'a mistake' }, { on: '2026-03-10', actor })
  expect(await refusalOf(back('sofía'))).toBe('NotTheRequester')
  await back('ana')
  expect(await stateOf(database, id)).toMatchObject({ state: 'withdrawn', why: 'a mistake' })
  expect(await refusalOf(vote(database, id, 'sofía', '2026-03-10'))).toBe('NotOpen')
})

test('the same isn’t asked twice while it waits, nor what covers a part of it', async () => {
  const database = await house()
  await requested(database, { on: '2026-03-10' })
  expect(await refusalOf(requested(database, { on: '2026-03-10' }))).toBe('ApprovalExists')
  const subject = 'something larger'
  expect(await refusalOf(requested(database, { on: '2026-03-10', asked: { subject } }))).toBe(
    'ApprovalExists',
  )
  await requested(database, { on: '2026-03-10', document: 'F-2' })
})

const stales: [string, (database: Database) => Promise<unknown>][] = [
  [
    'a new promise',
    (database) =>
      ask(
        database,
        'recordPromise',
        {
          documents: ['F-1'],
          instalments: [{ dueOn: '2026-03-12', amount: pesos(1000) }],
          madeBy: 'Ing. Ruiz',
        },
        { on: '2026-03-10' },
      ),
  ],
  [
    'a new dispute',
    (database) =>
      ask(
        database,
        'openDispute',
        { lines: [{ document: 'F-1' }], reason: 'quantity' },
        { on: '2026-03-10' },
      ),
  ],
]

test.each(stales)('%s meanwhile makes the answer stale: back to who asked', async (why, happens) => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  await happens(database)
  const { result } = await vote(database, id, 'sofía', '2026-03-10')
  expect(result).toMatchObject({ state: 'stale', why })
  expect(await stateOf(database, id)).toMatchObject({ state: 'stale', why })
  expect(await closedAs(database, 'F-1')).toBe(null)
  const task = await database.one(`SELECT kind, owner, subject, state FROM task WHERE subject = 'approval 1'`)
  expect(task).toEqual({ kind: 'review', owner: 'ana', subject: 'approval 1', state: 'open' })
})

test('promises and disputes that were there when it was asked don’t make it stale', async () => {
  const database = await house()
  for (const [, happens] of stales) await happens(database)
  const id = await requested(database, { on: '2026-03-10' })
  expect((await vote(database, id, 'sofía', '2026-03-10')).result).toMatchObject({ state: 'approved' })
})

test('more debt than was asked for makes it stale, less proceeds', async () => {
  const database = await house()
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-10')
  const id = await requested(database, { on: '2026-03-10' })
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-10' },
  )
  expect((await vote(database, id, 'sofía', '2026-03-10')).result).toMatchObject({
    state: 'stale',
    why: 'more debt',
  })
  const pause = { command: 'pause', input: { document: 'F-1', to: '2026-03-31', why: 'agreed' } }
  const other = await requested(database, { on: '2026-03-11', asked: pause })
  await pay(database, 'R-2', 300, ['F-1'], '2026-03-11')
  expect((await vote(database, other, 'sofía', '2026-03-11')).result).toMatchObject({
    state: 'approved',
    done: { covers: 'F-1' },
  })
})

test('what can’t be carried out any more when it is granted is stale, and leaves no trace of itself', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  await pay(database, 'R-1', 300, ['F-1'], '2026-03-10')
  const { result } = await vote(database, id, 'sofía', '2026-03-10')
  expect(result).toMatchObject({ state: 'stale', why: 'HasApplications {"document":"F-1"}' })
  expect(await openOf(database, 'F-1')).toBe('700.00')
  expect(await database.one(`SELECT 1 FROM transfer WHERE code = 'cancellation'`)).toBe(null)
  expect((await verifyJournal(database)).findings).toEqual([])
})

test('what is settled meanwhile is overtaken at the next look', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  const { processes } = await pay(database, 'R-1', 1000, ['F-1'], '2026-03-10')
  expect(processes).toEqual(['approval:1'])
  expect(await lookAtApproval(database, id, '2026-03-10')).toMatchObject({
    outcome: 'overtaken',
    closed: true,
  })
  expect(await stateOf(database, id)).toMatchObject({ state: 'overtaken' })
})

test('silence: asked, reminded, then the level above is asked and reminded for ever; nothing is decided', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  // Noon: four working hours are over at 16:00, eight at 11:00 of the next day.
  const first = await lookAtApproval(database, id, '2026-03-10')
  expect(first).toMatchObject({ closed: false, outcome: 'open', nextAt: at('2026-03-10', '12:10') })
  expect(await lookAtApproval(database, id, at('2026-03-10', '15:59'))).toMatchObject({
    nextAt: at('2026-03-10', '16:00'),
  })
  expect(await told(database, id)).toEqual(['samuel asked', 'sofía asked'])
  await lookAtApproval(database, id, at('2026-03-10', '16:00'))
  await lookAtApproval(database, id, at('2026-03-10', '16:00'))
  expect(await told(database, id)).toHaveLength(4)
  await lookAtApproval(database, id, at('2026-03-11', '11:00'))
  expect(await stateOf(database, id)).toMatchObject({ role: 'manager' })
  for (const day of ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20'])
    for (let hour = 9; hour < 24; hour++)
      await lookAtApproval(database, id, at(`2026-03-${day}`, `${hour}:00`.padStart(5, '0')))
  // Each time eight hours later, of days that have nine; the 14th to the 16th nobody works.
  expect(await diaryOf(database, id)).toEqual([
    '2026-03-10 12:00 requested',
    '2026-03-10 16:00 reminded samuel, sofía',
    '2026-03-11 11:00 escalated manager',
    '2026-03-11 15:00 reminded mario',
    '2026-03-12 10:00 reminded mario',
    '2026-03-12 18:00 reminded mario',
    '2026-03-13 17:00 reminded mario',
    '2026-03-17 16:00 reminded mario',
    '2026-03-18 15:00 reminded mario',
    '2026-03-19 14:00 reminded mario',
    '2026-03-20 13:00 reminded mario',
  ])
  expect(await stateOf(database, id)).toMatchObject({ state: 'open', role: 'manager' })
  // The level that was silent has had its time.
  expect(await refusalOf(vote(database, id, 'sofía', '2026-03-20'))).toBe('NotAnApprover')
  expect((await vote(database, id, 'mario', '2026-03-20')).result).toMatchObject({ state: 'approved' })
})

test('a look twice at the same instant, or a day late, does what is due once', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  const late = at('2026-03-17', '10:00')
  const look = await lookAtApproval(database, id, late)
  expect(await lookAtApproval(database, id, late)).toEqual(look)
  // Nobody was asked by the first level's time: it is escalated, and the manager has all of theirs from now on.
  expect(await diaryOf(database, id)).toEqual([
    '2026-03-10 12:00 requested',
    '2026-03-17 10:00 escalated manager',
  ])
  expect(await told(database, id)).toEqual(['mario escalated'])
})

test('who asked, being one of the level, is neither asked nor waited for', async () => {
  const database = await house()
  const both = await requestCancellation(database, { on: '2026-03-10', actor: 'sofía' })
  expect(both.result.waitsFor).toEqual(['samuel'])
  await team(database, 'revokeRole', { person: 'samuel', role: 'supervisor', why: 'moved' }, '2026-03-10')
  await lookAtApproval(database, 1, '2026-03-10')
  expect(await stateOf(database, 1)).toMatchObject({ role: 'manager' })
})

test('a stand-in is asked in the place of who is away, from the morning on, and who is back after it', async () => {
  const database = await house()
  await team(database, 'revokeRole', { person: 'samuel', role: 'supervisor', why: 'moved' }, '2026-03-09')
  await away(database, 'sofía', 'eva', ['2026-03-11', '2026-03-11'], '2026-03-10')
  const id = await requested(database, { on: at('2026-03-10', '17:30') })
  const look = await lookAtApproval(database, id, at('2026-03-10', '17:55'))
  // Five minutes before closing: the mail is for the morning, when it is eva's turn.
  expect(look.nextAt).toBe(at('2026-03-11', '09:00'))
  await lookAtApproval(database, id, at('2026-03-11', '09:00'))
  expect(await told(database, id)).toEqual(['sofía asked', 'eva for sofía asked'])
  expect(await refusalOf(vote(database, id, 'eva', '2026-03-10'))).toBe('NotAnApprover')
  expect((await vote(database, id, 'eva', '2026-03-11')).result).toMatchObject({
    state: 'approved',
    by: 'eva',
    inPlaceOf: 'sofía',
  })
})

test('a level that is all away is passed by: by who is there when work opens, not at night', async () => {
  const database = await house()
  await away(database, 'sofía', 'mario', ['2026-03-09', '2026-03-15'])
  await team(database, 'revokeRole', { person: 'samuel', role: 'supervisor', why: 'moved' }, '2026-03-09')
  await away(database, 'mario', 'sofía', ['2026-03-13', '2026-03-15'], '2026-03-10')
  // Friday: sofía and her stand-in are away, it is the manager’s turn, who is away too: it waits there.
  const friday = await requested(database, { on: '2026-03-13' })
  await lookAtApproval(database, friday, '2026-03-13')
  expect(await stateOf(database, friday)).toMatchObject({ state: 'open', role: 'manager' })
  expect(await told(database, friday)).toEqual([])
  // Saturday counts as Tuesday the 17th, after the holiday: everybody is back.
  const saturday = await requested(database, {
    on: '2026-03-14',
    document: 'F-2',
    asked: { amount: { currency: 'MXN', minor: 1n } },
  })
  await lookAtApproval(database, saturday, '2026-03-14')
  expect(await told(database, saturday)).toEqual(['sofía asked'])
  expect(await lookAtApproval(database, friday, at('2026-03-13', '16:00'))).toMatchObject({
    nextAt: at('2026-03-17', '09:00'),
  })
  await lookAtApproval(database, friday, at('2026-03-17', '09:00'))
  expect(await told(database, friday)).toEqual(['mario reminded'])
})

test('a role granted later is asked at once', async () => {
  const database = await house()
  for (const person of ['sofía', 'samuel', 'mario'])
    await team(
      database,
      'revokeRole',
      { person, role: person === 'mario' ? 'manager' : 'supervisor', why: 'left' },
      '2026-03-09',
    )
  const { result } = await requestCancellation(database, { on: '2026-03-10' })
  expect(result.waitsFor).toEqual([])
  await lookAtApproval(database, 1, '2026-03-10')
  expect(await told(database, 1)).toEqual([])
  const unheld = () => openExceptions(database, COMPANY, 9)
  await lookAtApproval(database, 1, '2026-03-10')
  expect(await unheld()).toMatchObject([
    { kind: 'role_unheld', detail: { role: 'manager', branch: 'Norte' } },
  ])
  const other = await team(database, 'grantRole', { person: 'eva', role: 'director' }, '2026-03-11')
  expect(other.processes).toEqual([])
  const grant = await team(
    database,
    'grantRole',
    { person: 'mara', role: 'manager', branch: 'Norte' },
    '2026-03-11',
  )
  expect(grant.processes).toEqual(['approval:1'])
  await lookAtApproval(database, 1, '2026-03-11')
  expect(await unheld()).toEqual([])
  expect(await told(database, 1)).toEqual(['mara reminded'])
  await vote(database, 1, 'mara', '2026-03-11')
  expect(await stateOf(database, 1)).toMatchObject({ state: 'approved' })
})

test('of two who answer at the same moment, one decides and the other is told so', async () => {
  const database = await house()
  const id = await requested(database, { on: '2026-03-10' })
  const answers = await Promise.allSettled([
    vote(database, id, 'sofía', '2026-03-10'),
    vote(database, id, 'samuel', '2026-03-10', false),
  ])
  expect(answers.map((a) => a.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await database.rows('SELECT 1 FROM approval_vote')).toHaveLength(1)
})

test.each([
  ['credit', { number: 'NC-1', document: 'F-1', amount: pesos(300), why: 'short delivery' }],
  ['pause', { document: 'F-1', to: '2026-12-31', why: 'the owner died' }],
] as const)(
  'what was asked in a case that was regrouped since is carried out in the new one: %s',
  async (name, content) => {
    const policy = (grouping: 'customer' | 'site') =>
      testPolicy({ grouping, approvals: { pause_days: 5, otherwise: [{ role: 'supervisor' }] } })
    const { database } = await freshLedger([policy('customer')])
    await seedTeam(database)
    await loadItems(
      database,
      [{ document: 'F-1', amount: 1000, due: '2026-03-02', site: 'Torre' }],
      noon('2026-03-09'),
    )
    const asked = await ask(database, name, content, { on: '2026-03-10' })
    await publishPolicies(database, COMPANY, [policy('site')], 'test', noon('2026-03-11'))
    await ask(database, 'regroup', {}, { on: '2026-03-11' })
    const { result, cases } = await vote(database, asked.result.approval, 'sofía', '2026-03-11')
    expect(result).toMatchObject({ state: 'approved' })
    expect(cases).toContain('C-1:site:Torre')
  },
)
