import { expect, test } from 'vitest'
import type { Instant } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'
import { ask, look, pay, pesos } from './books.ts'
import { lookPlaced, placed, stateOf } from './placements.ts'

/*
 * What waits to be said while the day's file is late. March 2026: the 9th is a Monday; its file tells enough until Tuesday.
 */
const HOUR = 3_600_000
const sender = { name: 'Cementos', replyTo: 'c@example.com', phone: '1', bankReference: 'CLABE' }

async function onMonday(due: string, changes: Record<string, unknown> = {}) {
  const { database } = await freshLedger([
    testPolicy({ required_feeds: ['test'], max_feed_age_working_days: 1, ...changes }),
  ])
  await loadItems(database, [{ document: 'F-1', due }], noon('2026-03-09'))
  await seedTeam(database)
  return database
}

/** What becomes of the only message of this template when it is its turn. */
async function claim(database: Database, template: string, now: Instant): Promise<string> {
  const message = await database.one<{ id: number }>('SELECT id::int FROM message WHERE template = $1', [
    template,
  ])
  const doing = { company: COMPANY, actor: 'cartera', now }
  const attached = [{ id: 0, name: 'x', mediaType: 'application/pdf', source: '', content: Buffer.from('x') }]
  const claimed = await claimMessage(database, calendars, doing, message!.id, sender, {
    ...writing(async () => Buffer.from('x')),
    attached,
  })
  return claimed.kind === 'nothing' ? claimed.why : claimed.kind
}

/** The day's file, in which nothing of C-1 has changed. */
const takeFile = (database: Database, now: Instant) =>
  loadItems(database, [{ document: 'G-1', customer: 'C-2', due: '2026-05-01' }], now)

test('a demand that is agreed to before the day’s file is there goes out when it is', async () => {
  const database = await onMonday('2026-01-10')
  const id = await placed(database, { kind: 'demand' }, '2026-03-11')
  expect(await claim(database, 'demand', noon('2026-03-11'))).toBe('feed_too_old')
  const waiting = await look(database, '2026-03-11')
  expect(waiting).toMatchObject({ intents: [], nextAt: noon('2026-03-12') - 3 * HOUR })
  await lookPlaced(database, id, '2026-03-11')
  expect(await stateOf(database, id)).toBe('approved')
  await takeFile(database, noon('2026-03-11') + HOUR)
  expect(await look(database, noon('2026-03-11') + 2 * HOUR)).toMatchObject({
    intents: [{ template: 'demand' }],
  })
  expect(await claim(database, 'demand', noon('2026-03-11') + 2 * HOUR)).toBe('send')
})

test('without a file it waits from morning to morning; what is paid meanwhile isn’t demanded', async () => {
  const database = await onMonday('2026-01-10')
  await placed(database, { kind: 'demand' }, '2026-03-12')
  await claim(database, 'demand', noon('2026-03-12'))
  expect(await claim(database, 'demand', noon('2026-03-13'))).toBe('feed_too_old')
  // Monday the 16th is a holiday.
  expect((await look(database, '2026-03-13')).nextAt).toBe(noon('2026-03-17') - 3 * HOUR)
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-13')
  expect(await claim(database, 'demand', noon('2026-03-17'))).toBe('nothing left to say: closed')
})

async function promisedForFriday() {
  const database = await onMonday('2026-03-30', { promise: { remind_working_days_before: 1 } })
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-13', amount: pesos(1000) }], madeBy: 'Luis' },
    { on: '2026-03-10' },
  )
  return database
}

test('the word before a promised day waits for the day’s file, as long as it doesn’t come too late', async () => {
  const database = await promisedForFriday()
  const morning = noon('2026-03-12') - 2 * HOUR
  await look(database, morning)
  expect(await claim(database, 'promise_reminder', morning)).toBe('feed_too_old')
  expect((await look(database, morning + 1)).intents).toEqual([])
  await takeFile(database, morning + HOUR)
  expect(await look(database, noon('2026-03-12'))).toMatchObject({
    intents: [{ template: 'promise_reminder' }],
  })
  expect(await claim(database, 'promise_reminder', noon('2026-03-12'))).toBe('send')
})

test('on the promised day itself it is too late', async () => {
  const database = await promisedForFriday()
  await look(database, '2026-03-12')
  expect(await claim(database, 'promise_reminder', noon('2026-03-12'))).toBe('feed_too_old')
  expect(await claim(database, 'promise_reminder', noon('2026-03-13'))).toBe('nothing left to say')
})
