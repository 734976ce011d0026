import { expect, test } from 'vitest'
import { type Instant, instantOf } from '../../domain/calendar.ts'
import { markDeferred, markRefused, markSent } from '../../ledger/attempts.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, writing } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { ask, eventsOf, look, pay } from './books.ts'

const sender = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }
const TODAY = '2026-03-05'
const at = (time: string, day = TODAY) => instantOf(day, time, 'America/Mexico_City')
const doing = (now: Instant) => ({ company: COMPANY, actor: 'cartera', now })

/** A message planned at noon of the fifth of March; what it says is the documents whose step is due. */
async function planned(...sketches: Sketch[]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    sketches.length > 0 ? sketches : [{ document: 'F-1', due: '2026-03-02' }],
    noon(TODAY),
  )
  const [intent] = (await look(database, TODAY)).intents
  const rendered: string[] = []
  const claim = (now: Instant, id = intent!.id) =>
    claimMessage(
      database,
      calendars,
      doing(now),
      id,
      sender,
      writing(async (notice, mailId) => {
        const due = notice.sections.flatMap((s) =>
          s.items.filter((i) => i.severity !== null).map((i) => i.document),
        )
        rendered.push(`${notice.recipient.email}: ${due.join(' ')}`)
        return Buffer.from(`${mailId} ${rendered.length}`)
      }),
    )
  return { database, id: intent!.id, rendered, claim }
}

const messages = (database: Database) =>
  database.rows('SELECT sequence, state, recipient, reason, attempts FROM message ORDER BY id')
const steps = (database: Database) =>
  database.rows(
    'SELECT r.document, s.step, s.state FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id ORDER BY 1, 2',
  )
const tasks = (database: Database) => database.rows(`SELECT kind, subject, state FROM task ORDER BY id`)

test('outside the contact hours a message waits for the next opening', async () => {
  const { database, id, claim } = await planned()
  expect(await claim(at('18:00'))).toEqual({
    kind: 'nothing',
    why: 'outside the contact hours',
    caseKey: 'C-1',
  })
  const row = await database.one<{ next_try_at: number; state: string }>(
    'SELECT next_try_at, state FROM message WHERE id = $1',
    [id],
  )
  expect(row).toEqual({ next_try_at: at('09:00', '2026-03-06'), state: 'pending' })
  const plan = await look(database, at('18:01'))
  expect(plan).toMatchObject({ intents: [], nextAt: at('09:00', '2026-03-06'), closed: false })
  expect(await claim(at('09:00', '2026-03-06'))).toMatchObject({ kind: 'send' })
})

test('paid between plan and claim: nothing is sent, and it is said why', async () => {
  const { database, claim } = await planned()
  await pay(database, 'R-1', 1000, ['F-1'], TODAY)
  expect(await claim(at('12:01'))).toMatchObject({ kind: 'nothing', why: 'nothing left to say: closed' })
  expect(await messages(database)).toEqual([
    { sequence: 0, state: 'skipped', recipient: null, reason: 'nothing left to say: closed', attempts: 0 },
  ])
  expect(await steps(database)).toEqual([])
  expect(await eventsOf(database, 'F-1')).toEqual(['loaded', 'receipt posted', 'left out of notice'])
})

test('one of two is paid: the other is said, the paid one gets its step back', async () => {
  const { database, rendered, claim } = await planned(
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-03-02' },
  )
  await pay(database, 'R-1', 1000, ['F-1'], TODAY)
  expect(await claim(at('12:01'))).toMatchObject({ kind: 'send' })
  expect(rendered).toEqual(['c-1@example.com: F-2'])
  expect(await steps(database)).toEqual([{ document: 'F-2', step: 'first', state: 'pending' }])
})

test.each(['pause', 'promise', 'dispute', 'announcement'] as const)(
  'a %s between plan and claim is respected',
  async (kind) => {
    const { database, claim } = await planned()
    const money = { currency: 'MXN', minor: 100_000 }
    if (kind === 'pause') await ask(database, 'pause', { to: '2026-03-09', why: 'meeting' }, { on: TODAY })
    if (kind === 'promise')
      await ask(
        database,
        'recordPromise',
        { documents: ['F-1'], instalments: [{ dueOn: '2026-03-09', amount: money }], madeBy: 'Luis' },
        { on: TODAY },
      )
    if (kind === 'dispute')
      await ask(
        database,
        'openDispute',
        { lines: [{ document: 'F-1' }], reason: 'quality', owner: 'ana' },
        { on: TODAY },
      )
    if (kind === 'announcement')
      await ask(database, 'announcePayment', { documents: ['F-1'], amount: money }, { on: TODAY })
    expect(await claim(at('12:01'))).toMatchObject({ kind: 'nothing' })
    expect(await messages(database)).toMatchObject([{ state: 'skipped' }])
    expect(await steps(database)).toEqual([])
  },
)

test('what a claim stored is what is sent, and no second attempt goes out beside it', async () => {
  const { database, rendered, claim } = await planned()
  const first = await claim(at('12:01'))
  expect(first).toMatchObject({ kind: 'send', recipient: 'c-1@example.com' })
  expect(await claim(at('12:02'))).toEqual({ kind: 'nothing', why: 'being sent', caseKey: 'C-1' })
  expect(await look(database, at('12:02'))).toMatchObject({ intents: [], nextAt: at('12:06') })
  // Its sender is gone: after the lease the same bytes go.
  expect(await claim(at('12:06'))).toEqual({ ...first, isRepeat: true })
  expect(rendered).toHaveLength(1)
})

test('certainly not taken: the next attempt reads the facts anew', async () => {
  const { database, id, rendered, claim } = await planned(
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-03-02' },
  )
  const first = await claim(at('12:01'))
  await markDeferred(database, calendars, doing(at('12:01')), id, { reason: '451 later', delivered: 'no' })
  expect(await messages(database)).toMatchObject([{ state: 'pending', reason: '451 later', attempts: 1 }])
  expect(await look(database, at('12:01'))).toMatchObject({ intents: [], nextAt: at('12:02') })
  await pay(database, 'R-1', 1000, ['F-1'], TODAY)
  const second = await claim(at('12:02'))
  expect(second).toMatchObject({ kind: 'send' })
  expect(rendered).toEqual(['c-1@example.com: F-1 F-2', 'c-1@example.com: F-2'])
  expect(second).not.toEqual(first)
})

test('nobody knows whether it was taken: the stored bytes go again', async () => {
  const { database, id, rendered, claim } = await planned(
    { document: 'F-1', due: '2026-03-02' },
    { document: 'F-2', due: '2026-03-02' },
  )
  const first = await claim(at('12:01'))
  await markDeferred(database, calendars, doing(at('12:01')), id, {
    reason: 'connection lost',
    delivered: 'unknown',
  })
  await pay(database, 'R-1', 1000, ['F-1'], TODAY)
  expect(await claim(at('12:02'))).toEqual({ ...first, isRepeat: true })
  expect(rendered).toHaveLength(1)
})

test('attempts come at growing intervals, and after many a person is told', async () => {
  const { database, id, claim } = await planned()
  let now = at('09:00', '2026-03-06')
  const waits: number[] = []
  for (let attempt = 1; attempt <= 12; attempt++) {
    expect(await claim(now)).toMatchObject({ kind: 'send' })
    await markDeferred(database, calendars, doing(now), id, { reason: '451 later', delivered: 'no' })
    const { next_try_at } = (await database.one<{ next_try_at: number }>('SELECT next_try_at FROM message'))!
    waits.push((next_try_at - now) / 60_000)
    now = next_try_at
  }
  expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  expect(await tasks(database)).toEqual([
    { kind: 'fix_contact', subject: 'deferred c-1@example.com', state: 'open' },
  ])
})

test('a refused address is left alone: a person mends it, the next contact gets the message the same day', async () => {
  const { database, id, rendered, claim } = await planned()
  await ask(
    database,
    'addContact',
    { name: 'Tesorería', email: 'tesoreria@example.com', rank: 2 },
    { on: TODAY },
  )
  await claim(at('12:01'))
  await markRefused(database, calendars, doing(at('12:01')), id, {
    reason: '550 no such user',
    scope: 'recipient',
  })
  expect(await tasks(database)).toEqual([
    { kind: 'fix_contact', subject: 'refused c-1@example.com', state: 'open' },
  ])
  const [fallback] = (await look(database, at('12:02'))).intents
  expect(await claim(at('12:02'), fallback!.id)).toMatchObject({
    kind: 'send',
    recipient: 'tesoreria@example.com',
  })
  await markSent(database, calendars, doing(at('12:02')), fallback!.id, '250 OK')
  expect(rendered).toEqual(['c-1@example.com: F-1', 'tesoreria@example.com: F-1'])
  expect(await messages(database)).toMatchObject([
    { sequence: 0, state: 'failed', reason: '550 no such user' },
    { sequence: 1, state: 'sent', recipient: 'tesoreria@example.com' },
  ])
  expect(await steps(database)).toEqual([{ document: 'F-1', step: 'first', state: 'done' }])
})

test('no contact is left: what was to be written is said by telephone', async () => {
  const { database, id, claim } = await planned()
  await claim(at('12:01'))
  await markRefused(database, calendars, doing(at('12:01')), id, {
    reason: '550 no such user',
    scope: 'recipient',
  })
  expect((await look(database, at('12:02'))).intents).toEqual([])
  expect(await tasks(database)).toEqual([
    { kind: 'fix_contact', subject: 'refused c-1@example.com', state: 'open' },
    { kind: 'call', subject: 'chase', state: 'open' },
    { kind: 'fix_contact', subject: 'no address', state: 'open' },
  ])
})

test('a mended address is written to again', async () => {
  const { database, id, claim } = await planned()
  await claim(at('12:01'))
  await markRefused(database, calendars, doing(at('12:01')), id, {
    reason: '550 no such user',
    scope: 'recipient',
  })
  await ask(database, 'addContact', { name: 'Pagos', email: 'C-1@example.com' }, { on: TODAY })
  expect(await tasks(database)).toMatchObject([{ kind: 'fix_contact', state: 'done' }])
  const plan = await look(database, at('12:03'))
  // The day's message was used up: the next working day has its own.
  expect(plan).toMatchObject({ intents: [], nextAt: at('09:00', '2026-03-06') })
  expect((await look(database, at('09:00', '2026-03-06'))).intents).toHaveLength(1)
})

test('a refused message says nothing against its address: its steps come again another day', async () => {
  const { database, id, claim } = await planned()
  await claim(at('12:01'))
  await markRefused(database, calendars, doing(at('12:01')), id, {
    reason: '554 looks like spam',
    scope: 'message',
  })
  expect(await look(database, at('12:02'))).toMatchObject({ intents: [], nextAt: at('09:00', '2026-03-06') })
  expect((await look(database, at('09:00', '2026-03-06'))).intents).toHaveLength(1)
})

test('sent twice is sent once', async () => {
  const { database, id, claim } = await planned()
  await claim(at('12:01'))
  const sent = (minute: string) => markSent(database, calendars, doing(at(minute)), id, '250 OK')
  await Promise.all([sent('12:01'), sent('12:02'), sent('12:03')])
  expect((await eventsOf(database, 'F-1')).filter((e) => e === 'reminder sent')).toHaveLength(1)
  expect(await claim(at('12:04'))).toMatchObject({ kind: 'nothing', why: 'sent' })
})

test('one message per case and day: what is due later the same day goes on another', async () => {
  const { database, id, claim } = await planned()
  await claim(at('12:01'))
  await loadItems(database, [{ document: 'F-2', due: '2026-03-03' }], at('12:02'))
  expect(await look(database, at('12:02'))).toMatchObject({ intents: [] })
  await markSent(database, calendars, doing(at('12:03')), id, '250 OK')
  const plan = await look(database, at('12:03'))
  expect(plan).toMatchObject({ intents: [] })
  // Three days' gap between messages, and Sunday is no working day.
  expect(
    await database.one(`SELECT next_action_at, next_reason FROM receivable WHERE document = 'F-2'`),
  ).toEqual({
    next_action_at: at('09:00', '2026-03-09'),
    next_reason: 'contact_gap',
  })
})

test('what is due before the claim joins the day’s message', async () => {
  const { database, rendered, claim } = await planned()
  await loadItems(database, [{ document: 'F-2', due: '2026-03-03' }], at('12:02'))
  expect((await look(database, at('12:02'))).intents).toHaveLength(1)
  await claim(at('12:03'))
  expect(rendered).toEqual(['c-1@example.com: F-1 F-2'])
})

test('a day whose message was skipped delays nothing by a whole gap', async () => {
  const { database, claim } = await planned()
  await pay(database, 'R-1', 1000, ['F-1'], TODAY)
  await claim(at('12:01'))
  await loadItems(database, [{ document: 'F-2', due: '2026-03-03' }], at('12:02'))
  expect(await look(database, at('12:02'))).toMatchObject({ intents: [], nextAt: at('09:00', '2026-03-06') })
})
