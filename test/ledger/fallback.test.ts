import { expect, test } from 'vitest'
import { type Instant, instantOf } from '../../domain/calendar.ts'
import { markRefused, markSent } from '../../ledger/attempts.ts'
import type { Database } from '../../ledger/database.ts'
import { type Claim, claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, look, pay, pesos } from './books.ts'
import { lookPlaced, ON, overdue, placed, stateOf } from './placements.ts'

/** What nobody plans a second time gets through: to the next contact whatever the day, or once there is an address. */

const LATER = '2026-03-10'
const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const doing = (now: Instant) => ({ company: COMPANY, actor: 'cartera', now })

/** Tries to send the message of a purpose that waits: claimed, but for its letter, which is made of nothing here. */
async function claim(database: Database, purpose: string, now: Instant): Promise<Claim & { id: number }> {
  const { id } = (await database.one<{ id: number }>(
    `SELECT id::int FROM message WHERE purpose = $1 AND state = 'pending'`,
    [purpose],
  ))!
  const letter = { id: 0, name: 'demand.pdf', mediaType: 'application/pdf', source: '', content: Buffer.of() }
  const sender = { name: 'x', replyTo: 'x@example.com', phone: '1', bankReference: '2' }
  const how = { ...writing(async () => Buffer.from('x')), attached: purpose === 'demand' ? [letter] : [] }
  return { id, ...(await claimMessage(database, calendars, doing(now), id, sender, how)) }
}
const refuse = (database: Database, id: number, now: Instant) =>
  markRefused(database, calendars, doing(now), id, { reason: '550 no such user', scope: 'recipient' })
const addContact = (database: Database, email: string, on: string) =>
  ask(database, 'addContact', { name: 'B', email, rank: 2 }, { on })
const tasks = (database: Database) =>
  database.rows(`SELECT subject, state FROM task WHERE kind = 'fix_contact' ORDER BY id`)

test('a demand that was approved after hours and refused the next day goes to the next contact', async () => {
  const database = await overdue()
  await addContact(database, 'b@example.com', ON)
  const id = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  expect(await claim(database, 'demand', at(ON, '18:30'))).toMatchObject({ why: 'outside the contact hours' })
  const first = await claim(database, 'demand', at(LATER, '09:00'))
  expect(first).toMatchObject({ kind: 'send', recipient: 'c-1@example.com' })
  await refuse(database, first.id, at(LATER, '09:01'))
  await lookPlaced(database, id, LATER)
  expect(await stateOf(database, id)).toBe('approved')
  const second = await claim(database, 'demand', noon(LATER))
  expect(second).toMatchObject({ kind: 'send', recipient: 'b@example.com' })
  await markSent(database, calendars, doing(noon(LATER)), second.id, '250 OK')
  await lookPlaced(database, id, LATER)
  expect(await stateOf(database, id)).toBe('active')
})

test('a demand whose only address is refused waits for another, and goes out when there is one', async () => {
  const database = await overdue()
  const id = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  await refuse(database, (await claim(database, 'demand', noon(ON))).id, noon(ON))
  expect(await claim(database, 'demand', noon(ON))).toMatchObject({ kind: 'nothing', why: 'no address' })
  await lookPlaced(database, id, ON)
  expect(await stateOf(database, id)).toBe('approved')
  expect(await tasks(database)).toEqual([
    { subject: 'refused c-1@example.com', state: 'open' },
    { subject: 'no address', state: 'open' },
  ])
  // It is asked about every day; an address lets it go at once.
  expect((await look(database, ON)).intents.filter((i) => i.template === 'demand')).toEqual([])
  expect(await claim(database, 'demand', at(LATER, '09:00'))).toMatchObject({ why: 'no address' })
  await addContact(database, 'b@example.com', LATER)
  expect((await tasks(database)).map((t) => t.state)).toEqual(['done', 'done'])
  expect((await look(database, LATER)).intents).toContainEqual(
    expect.objectContaining({ template: 'demand' }),
  )
  expect(await claim(database, 'demand', noon(LATER))).toMatchObject({ recipient: 'b@example.com' })
})

test('an address that comes by a file lets it go too', async () => {
  const database = await overdue()
  await database.rows('UPDATE contact SET email = NULL')
  await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  expect(await claim(database, 'demand', noon(ON))).toMatchObject({ why: 'no address' })
  await loadItems(database, [{ document: 'F-9', due: '2040-03-02', email: 'b@example.com' }], noon(LATER))
  expect((await look(database, LATER)).intents).toContainEqual(
    expect.objectContaining({ template: 'demand' }),
  )
  expect(await claim(database, 'demand', noon(LATER))).toMatchObject({ recipient: 'b@example.com' })
})

test('a demand to nobody that waits is not sent once nothing is left to demand', async () => {
  const database = await overdue()
  await database.rows('UPDATE contact SET email = NULL')
  const id = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  expect(await claim(database, 'demand', noon(ON))).toMatchObject({ why: 'no address' })
  await pay(database, 'R-1', 1000, ['F-1'], ON)
  await lookPlaced(database, id, ON)
  expect(await stateOf(database, id)).toBe('recovered')
  expect(await claim(database, 'demand', at(LATER, '09:00'))).toMatchObject({ why: 'nothing left to say' })
})

test('the confirmation of a promise of the evening goes to the next contact in the morning', async () => {
  const { database } = await freshLedger([testPolicy({ promise: { confirm: true } })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon(ON))
  await addContact(database, 'b@example.com', ON)
  await ask(
    database,
    'recordPromise',
    {
      documents: ['F-1'],
      instalments: [{ dueOn: '2026-03-20', amount: pesos(1000) }],
      madeBy: 'Luis',
    },
    { on: ON },
  )
  const first = await claim(database, 'promise_made', at(LATER, '09:00'))
  await refuse(database, first.id, at(LATER, '09:01'))
  expect(await claim(database, 'promise_made', at(LATER, '09:01'))).toMatchObject({
    kind: 'send',
    recipient: 'b@example.com',
  })
})
