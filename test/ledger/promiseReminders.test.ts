import { expect, test } from 'vitest'
import type { Notice } from '../../domain/notice.ts'
import { markRefused, markSent } from '../../ledger/attempts.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, eventsOf, look, pay, pesos } from './books.ts'

/*
 * March 2026: the 10th is a Tuesday, Monday the 16th a holiday. Contact hours from 9 to 18 in Mexico City; a promise is
 * reminded of one working day before.
 */
const sender = { name: 'Cementos', replyTo: 'c@example.com', phone: '1', bankReference: 'CLABE' }
const nine = (day: string) => noon(day) - 3 * 3_600_000

async function withPolicy(changes: Record<string, unknown> = {}) {
  const { database } = await freshLedger([
    testPolicy({ promise: { remind_working_days_before: 1 }, ...changes }),
  ])
  await loadItems(
    database,
    ['F-1', 'F-2'].map((document) => ({ document, due: '2026-03-30' })),
    noon('2026-03-09'),
  )
  return database
}

const promise = async (
  database: Database,
  documents: string[],
  ...instalments: [dueOn: string, amount: number][]
): Promise<number> =>
  (
    await ask(
      database,
      'recordPromise',
      {
        documents,
        instalments: instalments.map(([dueOn, amount]) => ({ dueOn, amount: pesos(amount) })),
        madeBy: 'Luis',
      },
      { on: '2026-03-10' },
    )
  ).result.promise as number

const messages = (database: Database) =>
  database.rows<{ id: number; purpose: string; template: string; state: string; planned_on: string }>(
    'SELECT id::int, purpose, template, state, planned_on FROM message ORDER BY id',
  )

/** Claims a message at noon of a day; what it would say, or why it says nothing. */
async function claim(database: Database, day: string): Promise<Notice['promised'] | string> {
  const [message] = await database.rows<{ id: number }>(
    'SELECT id::int FROM message ORDER BY id DESC LIMIT 1',
  )
  let said: Notice | undefined
  const doing = { company: COMPANY, actor: 'cartera', now: noon(day) }
  const claimed = await claimMessage(
    database,
    calendars,
    doing,
    message!.id,
    sender,
    writing(async (notice) => {
      said = notice
      return Buffer.from('x')
    }),
  )
  return claimed.kind === 'nothing' ? claimed.why : said!.promised
}

test('a reminder is planned for the morning of the working day before, not before, and once', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  const plan = await look(database, '2026-03-10')
  expect([plan.intents, plan.nextAt]).toEqual([[], nine('2026-03-19')])
  expect((await look(database, nine('2026-03-19'))).intents).toMatchObject([{ template: 'promise_reminder' }])
  await look(database, '2026-03-19')
  expect(await messages(database)).toMatchObject([{ purpose: 'promise', planned_on: '2026-03-19' }])
})

test('before a weekend and a holiday it is the last working day', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-17', 1000])
  expect((await look(database, '2026-03-10')).nextAt).toBe(nine('2026-03-13'))
})

test('a payment that was promised for tomorrow is not reminded of today', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-11', 1000])
  await look(database, '2026-03-10')
  expect(await messages(database)).toEqual([])
})

test('without the policy’s wish nobody is reminded', async () => {
  const database = await withPolicy({ promise: {} })
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, '2026-03-19')
  expect(await messages(database)).toEqual([])
})

test('whose day passed while nobody looked isn’t reminded afterwards', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, '2026-03-20')
  expect(await messages(database)).toEqual([])
})

test('what is paid to the threshold isn’t reminded of; of what is paid in part, the rest', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await promise(database, ['F-2'], ['2026-03-20', 1000])
  await pay(database, 'R-1', 960, ['F-1'], '2026-03-18')
  await pay(database, 'R-2', 300, ['F-2'], '2026-03-18')
  await look(database, '2026-03-19')
  expect(await claim(database, '2026-03-19')).toEqual([
    { dueOn: '2026-03-20', currency: 'MXN', minor: 70_000n },
  ])
})

test('paid between the planning and the sending: nothing is said', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, nine('2026-03-19'))
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-19')
  expect(await claim(database, '2026-03-19')).toBe('nothing left to say')
  expect(await messages(database)).toMatchObject([{ state: 'skipped' }])
})

test.each(['withdrawn', 'paused', 'announced', 'taken'])('%s meanwhile: nothing is said', async (what) => {
  const database = await withPolicy()
  const id = await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, nine('2026-03-19'))
  const on = { on: '2026-03-19' }
  if (what === 'withdrawn') await ask(database, 'withdrawPromise', { promise: id, why: 'x' }, on)
  if (what === 'paused') await ask(database, 'pause', { to: '2026-03-20', why: 'flood' }, on)
  if (what === 'announced')
    await ask(database, 'announcePayment', { documents: ['F-1'], amount: pesos(1000) }, on)
  if (what === 'taken')
    await ask(
      database,
      'issueProvisional',
      { documents: ['F-1'], amount: pesos(1000), receivedFrom: 'Luis' },
      on,
    )
  expect(await claim(database, '2026-03-19')).toBe('nothing left to say')
})

test('sent on the day of the payment itself it would come too late: it is skipped', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, nine('2026-03-19'))
  expect(await claim(database, '2026-03-20')).toBe('nothing left to say')
})

test('two promises of one day are one message; instalments of one promise are counted once', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-14', 400], ['2026-03-17', 600])
  await promise(database, ['F-2'], ['2026-03-17', 1000])
  await look(database, '2026-03-13')
  expect(await messages(database)).toHaveLength(1)
  expect(await claim(database, '2026-03-13')).toEqual([
    { dueOn: '2026-03-14', currency: 'MXN', minor: 40_000n },
    { dueOn: '2026-03-17', currency: 'MXN', minor: 60_000n },
    { dueOn: '2026-03-17', currency: 'MXN', minor: 100_000n },
  ])
})

test('a reminder of a promise is no chasing: it holds back no notice of the same day, nor joins it', async () => {
  const database = await withPolicy()
  await loadItems(database, [{ document: 'F-3', due: '2026-03-18' }], noon('2026-03-10'))
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await look(database, nine('2026-03-19'))
  expect(await messages(database)).toMatchObject([
    { purpose: 'notice', template: 'reminder' },
    { purpose: 'promise', template: 'promise_reminder' },
  ])
})

test('a refused address falls back to the next contact, and the journal tells each receivable what was sent', async () => {
  const database = await withPolicy()
  await ask(
    database,
    'addContact',
    { name: 'Otra', email: 'otra@example.com', rank: 2 },
    { on: '2026-03-10' },
  )
  await promise(database, ['F-1', 'F-2'], ['2026-03-20', 2000])
  await look(database, nine('2026-03-19'))
  const [first] = await messages(database)
  await claim(database, '2026-03-19')
  const doing = { company: COMPANY, actor: 'cartera', now: noon('2026-03-19') }
  await markRefused(database, calendars, doing, first!.id, { reason: '550', scope: 'recipient' })
  const [, fallback] = await messages(database)
  expect(fallback).toMatchObject({ purpose: 'promise', template: 'promise_reminder', state: 'pending' })
  expect(await claim(database, '2026-03-19')).toHaveLength(1)
  await markSent(database, calendars, doing, fallback!.id, '250 ok')
  for (const document of ['F-1', 'F-2'])
    expect((await eventsOf(database, document)).slice(-3)).toEqual([
      'fix contact task opened',
      'notice refused',
      'promise reminder sent',
    ])
  // No gap to the next notice is counted from it.
  expect(await database.one('SELECT last_notice_on FROM collection_case')).toEqual({ last_notice_on: null })
})

test('what may be said of another promise only later that day is said in a message of its own', async () => {
  const database = await withPolicy()
  await promise(database, ['F-1'], ['2026-03-20', 1000])
  await promise(database, ['F-2'], ['2026-03-20', 1000])
  const day = { on: '2026-03-19' }
  const announced = await ask(
    database,
    'announcePayment',
    { documents: ['F-2'], amount: pesos(1000) },
    { on: '2026-03-18' },
  )
  await look(database, nine('2026-03-19'))
  expect(await claim(database, '2026-03-19')).toHaveLength(1)
  const [first] = await messages(database)
  await markSent(
    database,
    calendars,
    { company: COMPANY, actor: 'cartera', now: noon('2026-03-19') },
    first!.id,
    'ok',
  )
  await ask(
    database,
    'withdrawAnnouncement',
    { announcement: announced.result.announcement as number, why: 'the bank refused it' },
    day,
  )
  await look(database, '2026-03-19')
  expect(await messages(database)).toMatchObject([
    { state: 'sent' },
    { purpose: 'promise', state: 'pending' },
  ])
  expect(await claim(database, '2026-03-19')).toHaveLength(1)
})
