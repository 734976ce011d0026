import { expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { lookAt } from '../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { ask, closedAs, look, pay, refusalOf } from './books.ts'

/** What the engine asks for by itself: steps that need a yes, and more time for what isn't chased. */

const asked = (database: Database) =>
  database.rows<{ id: number; kind: string; state: string; askers: string[] }>(
    'SELECT id::int, kind, state, askers FROM approval ORDER BY id',
  )
const stepOf = async (database: Database, step: string) =>
  (await database.one<{ state: string; reason: string | null }>(
    'SELECT state, reason FROM receivable_step WHERE step = $1',
    [step],
  ))!

async function givenUp(action = 'propose_write_off') {
  const { database } = await freshLedger([
    testPolicy({
      steps: [
        { id: 'early', day: 1, action },
        { id: 'later', day: 10, action: 'review' },
      ],
    }),
  ])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  await look(database, '2026-03-03')
  return database
}

test('a step of the ladder waits for its yes, asked for by the engine and the analyst; then it is carried out', async () => {
  const database = await givenUp()
  expect(await asked(database)).toMatchObject([
    { kind: 'write_off', state: 'open', askers: ['cartera', 'ana'] },
  ])
  expect((await stepOf(database, 'early')).state).toBe('pending')
  // Looked at again it isn't asked twice.
  await look(database, '2026-03-04')
  expect(await asked(database)).toHaveLength(1)
  await vote(database, 1, 'sofía', '2026-03-04')
  expect([await closedAs(database, 'F-1'), (await stepOf(database, 'early')).state]).toEqual([
    'written_off',
    'done',
  ])
})

test('what was granted goes on with its next step, in whatever case it is', async () => {
  const { database } = await freshLedger([
    testPolicy({
      grouping: 'site',
      steps: [
        { id: 'agency', day: 1, action: 'place_agency' },
        { id: 'review', day: 5, action: 'review' },
      ],
    }),
  ])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02', site: 'norte' }], noon('2026-03-02'))
  await look(database, '2026-03-03', 'C-1:site:norte')
  const { cases } = await vote(database, 1, 'sofía', '2026-03-04')
  expect(cases).toEqual(['C-1', 'C-1:site:norte'])
  await look(database, '2026-03-04', 'C-1:site:norte')
  await look(database, '2026-03-09', 'C-1:site:norte')
  expect((await stepOf(database, 'review')).state).toBe('done')
})

test('on a no the step is left out with its reason, and the ladder goes on', async () => {
  const database = await givenUp()
  await vote(database, 1, 'sofía', '2026-03-04', false)
  expect(await stepOf(database, 'early')).toEqual({ state: 'skipped', reason: 'not approved' })
  await look(database, '2026-03-12')
  expect((await stepOf(database, 'later')).state).toBe('done')
})

test('a promise after it was asked makes it stale: it is asked for anew when its turn comes', async () => {
  const database = await givenUp()
  await ask(
    database,
    'recordPromise',
    {
      documents: ['F-1'],
      instalments: [{ dueOn: '2026-03-10', amount: { currency: 'MXN', minor: 100_000 } }],
      madeBy: 'Luis',
    },
    { on: '2026-03-04' },
  )
  expect((await vote(database, 1, 'sofía', '2026-03-05')).result).toMatchObject({
    state: 'stale',
    why: 'a new promise',
  })
  await look(database, '2026-03-20')
  // Broken that day; the policy's grace after a suspension is one.
  await look(database, '2026-03-23')
  expect(await asked(database)).toMatchObject([{ state: 'stale' }, { kind: 'write_off', state: 'open' }])
})

test('a long pause waits for a yes, and begins no earlier than that', async () => {
  const { database } = await freshLedger([testPolicy({ approvals: { pause_days: 10 } })])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  const pause = (to: string, on = '2026-03-03') => ask(database, 'pause', { to, why: 'flood' }, { on })
  const { result } = await pause('2026-03-31')
  expect(await database.rows('SELECT 1 FROM pause')).toEqual([])
  expect(await refusalOf(pause('2026-03-30'))).toBe('ApprovalExists')
  await vote(database, result.approval, 'sofía', '2026-03-06')
  expect(await database.rows('SELECT from_on, to_on FROM pause')).toEqual([
    { from_on: '2026-03-06', to_on: '2026-03-31' },
  ])
  await ask(database, 'resume', { pause: 1, why: 'dry' }, { on: '2026-03-07' })
  expect((await pause('2026-03-12', '2026-03-08')).result).toMatchObject({ pause: 2 })
})

test('what was suspended for longer than the policy allows gets more time by a yes; a no is somebody’s task', async () => {
  const { database } = await freshLedger([testPolicy({ suspended_days_cap: 5 })])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  await ask(database, 'pause', { to: '2026-03-25', why: 'flood' }, { on: '2026-03-02' })
  await look(database, '2026-03-09')
  expect(await asked(database)).toMatchObject([{ kind: 'suspension', state: 'open' }])
  await vote(database, 1, 'sofía', '2026-03-09')
  await look(database, '2026-03-10')
  expect(await asked(database)).toHaveLength(1)
  await look(database, '2026-03-13')
  expect(await asked(database)).toMatchObject([{ state: 'approved' }, { state: 'open' }])
  await vote(database, 2, 'sofía', '2026-03-13', false)
  await look(database, '2026-03-14')
  expect(await asked(database)).toHaveLength(2)
  expect(await database.rows(`SELECT kind, subject, state FROM task WHERE kind = 'review'`)).toEqual([
    { kind: 'review', subject: 'suspended too long', state: 'open' },
  ])
})

test('after a no more time is asked for again when the policy’s days are over, not a review later', async () => {
  const { database } = await freshLedger([testPolicy({ suspended_days_cap: 5 })])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  // Taken and never brought into the books: nobody knows until when it is suspended.
  await ask(
    database,
    'issueProvisional',
    { documents: ['F-1'], amount: { currency: 'MXN', minor: 100_000 }, receivedFrom: 'Luis' },
    { on: '2026-03-02' },
  )
  await look(database, '2026-03-09')
  await vote(database, 1, 'sofía', '2026-03-09', false)
  const { nextAt } = await look(database, '2026-03-09')
  expect(nextAt).toBe(noon('2026-04-08') - 3 * 3_600_000)
  await look(database, '2026-04-07')
  expect(await asked(database)).toHaveLength(1)
  await look(database, nextAt!)
  expect(await asked(database)).toMatchObject([{ state: 'refused' }, { kind: 'suspension', state: 'open' }])
})

test('what is paid while somebody thinks is nobody’s to decide any more', async () => {
  const database = await givenUp('demand')
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-04')
  await look(database, '2026-03-04')
  expect(await asked(database)).toMatchObject([{ state: 'open' }])
  await lookAt(database, calendars, COMPANY, 'approval:1', noon('2026-03-04'))
  expect(await asked(database)).toMatchObject([{ state: 'overtaken' }])
})

test('a request by hand that the ladder joined and that is taken back is asked for anew', async () => {
  const { database } = await freshLedger([
    testPolicy({ steps: [{ id: 'early', day: 2, action: 'propose_write_off' }] }),
  ])
  await seedTeam(database)
  const items = ['F-1', 'F-2'].map((document) => ({ document, due: '2026-03-02' }))
  await loadItems(database, items, noon('2026-03-02'))
  await ask(database, 'writeOff', { document: 'F-1', why: 'gone' }, { on: '2026-03-03' })
  await look(database, '2026-03-04')
  // Of the two whose step is due one is asked for already: the other has a request of its own.
  const covered = await database.rows(
    `SELECT i.approval_id::int AS approval, s.approval_id::int AS step FROM receivable r JOIN receivable_step s ON s.receivable_id = r.id
     JOIN approval_item i ON i.receivable_id = r.id ORDER BY r.document`,
  )
  expect(covered).toEqual([
    { approval: 1, step: 1 },
    { approval: 2, step: 2 },
  ])
  await decision(database, 'withdrawApproval', { approval: 1, why: 'found' }, { on: '2026-03-05' })
  await look(database, '2026-03-05')
  expect(await asked(database)).toMatchObject([{ state: 'withdrawn' }, { state: 'open' }, { state: 'open' }])
})
