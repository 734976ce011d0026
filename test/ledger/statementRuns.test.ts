import { expect, test } from 'vitest'
import { instantOf, type LocalDate } from '../../domain/calendar.ts'
import type { Notice } from '../../domain/notice.ts'
import { markRefused, markSent } from '../../ledger/attempts.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import {
  beginRun,
  finishRun,
  planStatements,
  reportOfRun,
  statementGroups,
  statementRuns,
} from '../../ledger/statementRuns.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { ask, look, pay } from './books.ts'

const sender = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }
const GROUP = { branch: 'Norte', timeZone: 'America/Mexico_City' }
/** The first working day of December. */
const DAY = '2026-12-01'
const early = (day: LocalDate) => instantOf(day, '06:00', 'America/Mexico_City')
const doing = (now: number) => ({ company: COMPANY, actor: 'cartera', now })

const monthly = (changes: object = {}, policy: object = {}) =>
  testPolicy({ statements: { working_day: 1, ...changes }, ...policy })

async function portfolio(policies = [monthly()], sketches: Sketch[] = three) {
  const { database } = await freshLedger(policies)
  await loadItems(database, sketches, noon('2026-11-25'))
  const begin = (day = DAY, now = early(day)) => beginRun(database, calendars, doing(now), GROUP, day)
  const plan = (run: number, limit = 50, now = early(DAY)) =>
    planStatements(database, calendars, doing(now), run, limit)
  return { database, begin, plan }
}
const three: Sketch[] = [
  { document: 'F-1', customer: 'A', due: '2026-12-20' },
  { document: 'F-2', customer: 'B', due: '2026-12-20' },
  { document: 'F-3', customer: 'C', due: '2026-12-20' },
]

/** Claims and sends a message as the mail activity does; says what it listed. */
async function send(database: Database, id: number, now = noon(DAY)) {
  const said: Notice[] = []
  const claim = await claimMessage(
    database,
    calendars,
    doing(now),
    id,
    sender,
    writing(async (notice) => {
      said.push(notice)
      return Buffer.from('x')
    }),
  )
  if (claim.kind === 'send') await markSent(database, calendars, doing(now), id, '250 ok')
  return {
    kind: claim.kind,
    why: claim.kind === 'nothing' ? claim.why : null,
    template: said[0]?.template,
    documents: said[0]?.sections.flatMap((s) => s.items.map((i) => i.document)),
  }
}
const messageOf = async (database: Database, customer: string): Promise<number> =>
  (await database.one<{ id: number }>(
    `SELECT m.id::int FROM message m JOIN collection_case k ON k.id = m.case_id JOIN customer c ON c.id = k.customer_id
     WHERE c.code = $1 AND m.purpose = 'statement' ORDER BY m.id DESC LIMIT 1`,
    [customer],
  ))!.id

test('on a day that is nobody’s day there is no run', async () => {
  const { database, begin } = await portfolio()
  expect(await begin('2026-12-02')).toBeNull()
  expect(await statementRuns(database, COMPANY, 10)).toEqual([])
})

test('each customer has one statement of all that is open, once, and the report counts it', async () => {
  const { database, begin, plan } = await portfolio()
  const run = (await begin())!
  expect(await plan(run)).toEqual({ done: 3, keys: ['A', 'B', 'C'] })
  expect(await plan(run)).toEqual({ done: 0, keys: [] })
  await finishRun(database, run, noon(DAY))
  expect(await look(database, DAY, 'A')).toMatchObject({ intents: [{ template: 'account_statement' }] })
  expect(await send(database, await messageOf(database, 'A'))).toEqual({
    kind: 'send',
    why: null,
    template: 'statement',
    documents: ['F-1'],
  })
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({
    customers: 3,
    sent: 1,
    onTheWay: 2,
    skipped: 0,
    finishedAt: noon(DAY),
    others: [
      { customer: 'B', state: 'on the way' },
      { customer: 'C', state: 'on the way' },
    ],
  })
  expect(
    await database.rows(`SELECT DISTINCT event FROM journal WHERE event LIKE '%statement%' ORDER BY event`),
  ).toEqual([{ event: 'account statement sent' }, { event: 'statement run begun' }])
})

test('begun twice, and by another day’s worker, it is the same run; who came since waits for the next', async () => {
  const { database, begin, plan } = await portfolio()
  const run = await begin()
  await loadItems(database, [{ document: 'F-4', customer: 'D', due: '2026-12-20' }], noon(DAY))
  expect(await begin(DAY, noon('2026-12-02'))).toBe(run)
  expect((await plan(run!)).keys).toEqual(['A', 'B', 'C'])
})

test('ended between two batches it goes on with those that are left', async () => {
  const { begin, plan } = await portfolio()
  const run = (await begin())!
  expect(await plan(run, 2)).toEqual({ done: 2, keys: ['A', 'B'] })
  expect(await begin()).toBe(run)
  expect(await plan(run, 2)).toEqual({ done: 1, keys: ['C'] })
})

test('who still waits for the statement of an earlier run gets that one, as of the day on which it leaves', async () => {
  const next = '2027-01-04'
  const { database, begin, plan } = await portfolio()
  await plan((await begin())!)
  const run = (await begin(next, early(next)))!
  expect(await plan(run, 50, early(next))).toEqual({ done: 3, keys: [] })
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({ waiting: 0, skipped: 3 })
})

test('who owes nothing, is paused or has no address is left out, and the report says why', async () => {
  const { database, begin } = await portfolio(
    [monthly({ without_address: 'skip' })],
    [...three, { document: 'F-4', customer: 'D', due: '2026-12-20', email: null }],
  )
  await pay(database, 'R-1', 1000, ['F-1'], '2026-11-26', { customer: 'A' })
  await ask(database, 'pause', { to: '2026-12-05', why: 'audit' }, { on: '2026-11-26' }, 'B')
  const run = (await begin())!
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({
    customers: 4,
    waiting: 1,
    skipped: 3,
    others: expect.arrayContaining([
      { customer: 'A', name: 'Customer A', state: 'skipped', why: 'nothing owed' },
      { customer: 'B', name: 'Customer B', state: 'skipped', why: 'paused' },
      { customer: 'D', name: 'Customer D', state: 'skipped', why: 'no address' },
    ]),
  })
})

test('a policy prints for those without an address, or for all; a zero balance may get one too', async () => {
  const { database, begin, plan } = await portfolio(
    [monthly({ zero_balance: true })],
    [...three, { document: 'F-4', customer: 'D', due: '2026-12-20', email: null }],
  )
  await pay(database, 'R-1', 1000, ['F-1'], '2026-11-26', { customer: 'A' })
  const run = (await begin())!
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({ waiting: 3, print: 1, skipped: 0 })
  await plan(run)
  expect(await send(database, await messageOf(database, 'A'))).toMatchObject({ kind: 'send', documents: [] })
})

test('customers of one policy have their day, those of another theirs', async () => {
  const builders = {
    ...monthly({ working_day: 2 }),
    id: 'builders',
    applies_to: { company: false, segments: [], customers: ['B'] },
  }
  const { begin, plan } = await portfolio([monthly(), builders])
  expect((await plan((await begin())!)).keys).toEqual(['A', 'C'])
  expect((await plan((await begin('2026-12-02'))!, 50, early('2026-12-02'))).keys).toEqual(['B'])
})

test('what is paid before the mail leaves is not in it, and who owes nothing any more gets none', async () => {
  const { database, begin, plan } = await portfolio()
  await plan((await begin())!)
  await pay(database, 'R-1', 1000, ['F-1'], DAY, { customer: 'A' })
  expect(await send(database, await messageOf(database, 'A'))).toMatchObject({
    kind: 'nothing',
    why: 'nothing left to say',
  })
})

test('a statement and a reminder of the same day are two mails, and the one is no reason against the other', async () => {
  const { database, begin, plan } = await portfolio(
    [monthly()],
    [{ document: 'F-1', customer: 'A', due: '2026-11-30' }],
  )
  await plan((await begin())!)
  const { intents } = await look(database, DAY, 'A')
  expect(intents.map((i) => i.template).sort()).toEqual(['account_statement', 'reminder'])
  for (const { id } of intents) expect((await send(database, id)).kind).toBe('send')
  // The reminder counts for the gap, the statement doesn't.
  expect(await database.one('SELECT last_notice_on FROM collection_case WHERE key = $1', ['A'])).toEqual({
    last_notice_on: DAY,
  })
})

test('a statement alone does not count as a contact', async () => {
  const { database, begin, plan } = await portfolio()
  await plan((await begin())!)
  await send(database, await messageOf(database, 'A'))
  expect(await database.one('SELECT last_notice_on FROM collection_case WHERE key = $1', ['A'])).toEqual({
    last_notice_on: null,
  })
})

test('a customer with a case per site has one statement of all of them', async () => {
  const { database, begin, plan } = await portfolio(
    [monthly({}, { grouping: 'site' })],
    [
      { document: 'F-1', customer: 'A', due: '2026-12-20', site: 'Obra 1' },
      { document: 'F-2', customer: 'A', due: '2026-12-21', site: 'Obra 2' },
    ],
  )
  expect((await plan((await begin())!)).keys).toHaveLength(1)
  expect(await send(database, await messageOf(database, 'A'))).toMatchObject({ documents: ['F-1', 'F-2'] })
})

test('a refused address: the statement goes to the next contact, and counts once', async () => {
  const { database, begin, plan } = await portfolio()
  await ask(database, 'addContact', { name: 'Two', email: 'two@example.com' }, { on: '2026-11-26' }, 'A')
  const run = (await begin())!
  await plan(run)
  const id = await messageOf(database, 'A')
  await claimMessage(
    database,
    calendars,
    doing(noon(DAY)),
    id,
    sender,
    writing(async () => Buffer.from('x')),
  )
  await markRefused(database, calendars, doing(noon(DAY)), id, { reason: '550 no', scope: 'recipient' })
  const second = await messageOf(database, 'A')
  expect(second).not.toBe(id)
  expect((await send(database, second)).kind).toBe('send')
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({
    customers: 3,
    sent: 1,
    onTheWay: 2,
    failed: 0,
  })
})

test('refused on a later day it goes to the next contact as well; another run’s statement stays that run’s', async () => {
  const next = '2027-01-04'
  const { database, begin, plan } = await portfolio()
  await ask(database, 'addContact', { name: 'Two', email: 'two@example.com' }, { on: '2026-11-26' }, 'A')
  const run = (await begin())!
  await plan(run)
  const refuse = async (id: number, now: number) => {
    const write = writing(async () => Buffer.from('x'))
    await claimMessage(database, calendars, doing(now), id, sender, write)
    return () => markRefused(database, calendars, doing(now), id, { reason: '550 no', scope: 'recipient' })
  }
  const id = await messageOf(database, 'A')
  await (await refuse(id, noon('2026-12-02')))()
  const second = await messageOf(database, 'A')
  expect(second).not.toBe(id)
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({ onTheWay: 3, failed: 0 })
  // Nobody knows for a month whether it arrived; meanwhile the next run plans its own.
  const mark = await refuse(second, noon('2026-12-02'))
  await ask(database, 'addContact', { name: 'Three', email: 'three@example.com' }, { on: next }, 'A')
  const later = (await begin(next, early(next)))!
  await plan(later, 50, early(next))
  await mark()
  expect(await reportOfRun(database, COMPANY, run)).toMatchObject({ onTheWay: 2, failed: 1 })
  expect(await reportOfRun(database, COMPANY, later)).toMatchObject({ onTheWay: 1, failed: 0 })
})

test('every branch and time zone with customers is a group', async () => {
  const { database } = await portfolio()
  expect(await statementGroups(database, COMPANY)).toEqual([GROUP])
})
