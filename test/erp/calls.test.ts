import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import type { ErpPort } from '../../activities/erp/port.ts'
import { createTable } from '../../activities/erp/table.ts'
import { createWebhook } from '../../activities/erp/webhook.ts'
import { createErpDelivery } from '../../activities/erp.ts'
import { ATTEMPTS_BEFORE_TASK } from '../../domain/erp.ts'
import { lockCustomers } from '../../ledger/customers.ts'
import { claimCall, lookAtCalls, markCall } from '../../ledger/erp/calls.ts'
import { rulesOf } from '../../ledger/scope.ts'
import { quiet } from '../setup/engine.ts'
import { faulty } from '../setup/faults.ts'
import { COMPANY, calendars, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision } from '../setup/team.ts'
import { type Mood, startReceiver } from './receiver.ts'

quiet()
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const ON = '2026-03-09'
const SECOND = 1_000
const MINUTE = 60 * SECOND

/** A customer with orders, of each some calls, an ERP, and a clock that only the test moves. */
async function stage(orders: Record<string, string[]>, port?: ErpPort) {
  const { database, owner } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-04-10' }], noon(ON))
  const clock = { now: noon(ON) }
  for (const [number, events] of Object.entries(orders)) {
    await database.rows(
      `INSERT INTO sales_order (company, number, customer_id, document_type, currency, amount_minor, state, state_since, checked_on, created_at)
       VALUES ($1, $2, 1, 'standard', 'MXN', 100, 'released', to_timestamp($3 / 1000.0), $4, to_timestamp($3 / 1000.0))`,
      [COMPANY, number, clock.now, ON],
    )
    for (const [index, event] of events.entries())
      await database.rows(
        `INSERT INTO order_call (company, order_number, seq, event, payload, next_try_at, created_at)
         VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($6 / 1000.0))`,
        [COMPANY, number, index + 1, event, JSON.stringify({ seq: index + 1 }), clock.now],
      )
  }
  const erp = await startReceiver([SECRET], () => clock.now)
  const webhook = createWebhook({
    url: erp.url,
    secrets: [SECRET],
    attemptTimeoutMs: 1_000,
    clock: () => clock.now,
  })
  const tell = createErpDelivery({ database, calendars, erp: port ?? webhook, clock: async () => clock.now })
  const deliver = (id: number) => new MockActivityEnvironment().run(tell, COMPANY, id)
  const look = (order: string) =>
    database.transaction(async (sql) => {
      const [customer] = await lockCustomers(sql, [1])
      const scope = await rulesOf(sql, calendars, customer!, clock.now)
      return lookAtCalls(sql, { company: COMPANY, id: order, now: clock.now, actor: 'cartera' }, scope)
    })
  /** What the order's workflow does: looks, delivers what is due, until nothing is. */
  const run = async (order: string) => {
    for (let seen = await look(order); seen.due.length > 0; seen = await look(order))
      for (const { id } of seen.due) await deliver(id)
  }
  return { database, owner, clock, erp, webhook, deliver, look, run }
}

const calls = (database: Awaited<ReturnType<typeof stage>>['database']) =>
  database.rows<{ state: string; attempts: number; last_error: string | null }>(
    'SELECT state, attempts, last_error FROM order_call ORDER BY id',
  )
const tasks = (database: Awaited<ReturnType<typeof stage>>['database']) =>
  database.rows<{ subject: string; state: string }>(
    `SELECT subject, state FROM task WHERE kind = 'tell_erp' ORDER BY id`,
  )
const journal = async (database: Awaited<ReturnType<typeof stage>>['database']) =>
  (
    await database.rows<{ event: string; actor: string }>(
      `SELECT event, entry::jsonb ->> 'actor' AS actor FROM journal WHERE event LIKE 'erp %' ORDER BY chain, seq`,
    )
  ).map((e) => `${e.event} by ${e.actor}`)

test('an ERP hears of an order in its order, each once, whatever goes wrong on the way', async () => {
  const { database, clock, erp, run, look } = await stage({ 'SO-1': ['held', 'released'], 'SO-2': ['held'] })
  const moods: Mood[] = [
    { status: 500 },
    'drop',
    'stall',
    'drop after doing',
    { status: 429, headers: { 'retry-after': '600' } },
  ]
  erp.moods.push(...moods)
  const pauses: number[] = []
  for (;;) {
    await run('SO-1')
    const { nextTryAt } = await look('SO-1')
    if (nextTryAt === null) break
    pauses.push((nextTryAt - clock.now) / SECOND)
    clock.now = nextTryAt
  }
  // The fifth attempt was told when to come back.
  expect(pauses).toEqual([30, 60, 120, 240, 600])
  expect(erp.done.map((d) => [d.type, d.data])).toEqual([
    ['order.held', { company: COMPANY, order: 'SO-1', seq: 1 }],
    ['order.released', { company: COMPANY, order: 'SO-1', seq: 2 }],
  ])
  // What was done and not answered came again under the same id, with the same body.
  const first = erp.attempts.filter((a) => a.id === erp.done[0]!.id)
  expect(first).toHaveLength(6)
  expect(new Set(first.map((a) => a.body)).size).toBe(1)
  expect(await calls(database)).toMatchObject([
    { state: 'delivered', attempts: 6, last_error: null },
    { state: 'delivered', attempts: 1 },
    // Nobody looked at the other order.
    { state: 'pending', attempts: 0 },
  ])
  expect(await journal(database)).toEqual(['erp told by cartera', 'erp told by cartera'])
})

test('what comes later is not told before what comes first, even when somebody tries', async () => {
  const { database, erp, deliver } = await stage({ 'SO-1': ['held', 'released'] })
  await deliver(2)
  expect(erp.attempts).toEqual([])
  expect(await calls(database)).toMatchObject([{ attempts: 0 }, { attempts: 0 }])
})

test('a worker killed between telling and marking: the same id again, once the lease is over and not before', async () => {
  const { database, clock, erp, webhook, deliver, look } = await stage({ 'SO-1': ['released'] })
  const claimed = await claimCall(database, COMPANY, 1, clock.now, 16 * SECOND)
  await webhook.tell(claimed!)
  await deliver(1)
  expect(erp.attempts).toHaveLength(1)
  expect(await look('SO-1')).toEqual({ due: [], nextTryAt: clock.now + 16 * SECOND, allKnown: false })
  clock.now += 16 * SECOND
  await deliver(1)
  expect(erp.attempts.map((a) => a.id)).toEqual([claimed!.messageId, claimed!.messageId])
  expect(erp.done).toHaveLength(1)
  expect(await calls(database)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  // And then the first one comes back and marks: nothing changes, and the journal knows it once.
  const doing = { company: COMPANY, actor: 'cartera', now: clock.now }
  await markCall(database, calendars, doing, claimed!, { kind: 'deferred', reason: 'late' })
  await markCall(database, calendars, doing, claimed!, { kind: 'delivered' })
  expect(await calls(database)).toMatchObject([{ state: 'delivered', last_error: null }])
  expect(await journal(database)).toEqual(['erp told by cartera'])
})

test('an attempt that took too long says nothing about the one that is under way', async () => {
  const { database, clock } = await stage({ 'SO-1': ['released'] })
  const slow = await claimCall(database, COMPANY, 1, clock.now, SECOND)
  clock.now += SECOND
  await claimCall(database, COMPANY, 1, clock.now, MINUTE)
  const doing = { company: COMPANY, actor: 'cartera', now: clock.now }
  await markCall(database, calendars, doing, slow!, { kind: 'refused', reason: 'HTTP 410' })
  expect(await calls(database)).toMatchObject([{ state: 'sending', attempts: 2, last_error: null }])
})

test('two workers at once make one attempt', async () => {
  const { database, erp, deliver } = await stage({ 'SO-1': ['held'], 'SO-2': ['held'] })
  await Promise.all([1, 1, 2, 1, 2].map(deliver))
  expect(erp.attempts).toHaveLength(2)
  expect(await calls(database)).toMatchObject([{ attempts: 1 }, { attempts: 1 }])
})

test('what the ERP refuses waits for a person, with all that comes after it, and goes on when that one says so', async () => {
  const { database, erp, run, look } = await stage({ 'SO-1': ['held', 'released'] })
  erp.moods.push({ status: 410, body: 'no such endpoint' })
  await run('SO-1')
  expect(await look('SO-1')).toEqual({ due: [], nextTryAt: null, allKnown: false })
  expect(await calls(database)).toMatchObject([
    { state: 'failed', last_error: 'HTTP 410: no such endpoint' },
    { state: 'pending', attempts: 0 },
  ])
  expect(await tasks(database)).toEqual([{ subject: 'erp call 1', state: 'open' }])
  const { processes } = await decision(
    database,
    'retryErpCall',
    { call: 1, why: 'address mended' },
    { on: ON },
  )
  expect(processes).toEqual(['order:SO-1'])
  await run('SO-1')
  expect(erp.done.map((d) => d.type)).toEqual(['order.held', 'order.released'])
  expect(await tasks(database)).toEqual([{ subject: 'erp call 1', state: 'overtaken' }])
  expect(await journal(database)).toEqual([
    'erp call failed by cartera',
    'erp call retried by ana',
    'erp told by cartera',
    'erp told by cartera',
  ])
  await expect(decision(database, 'retryErpCall', { call: 1, why: 'x' }, { on: ON })).rejects.toMatchObject({
    refusal: 'NotOpen',
  })
  await expect(decision(database, 'retryErpCall', { call: 9, why: 'x' }, { on: ON })).rejects.toMatchObject({
    refusal: 'NotFound',
  })
})

test('what somebody tells the ERP by telephone is not told again, and what comes after it is', async () => {
  const { database, erp, run } = await stage({ 'SO-1': ['held', 'released'] })
  erp.moods.push({ status: 400 })
  await run('SO-1')
  await decision(database, 'acknowledgeErpCall', { call: 1, why: 'told Eva by telephone' }, { on: ON })
  await run('SO-1')
  expect(erp.done.map((d) => d.type)).toEqual(['order.released'])
  expect(await tasks(database)).toMatchObject([{ state: 'overtaken' }])
})

test('of an ERP that is away for an hour a person hears, and it is tried on', async () => {
  const { database, clock, erp, run, look } = await stage({ 'SO-1': ['released'] })
  erp.moods.push(...Array<Mood>(ATTEMPTS_BEFORE_TASK).fill({ status: 503 }))
  const opened: number[] = []
  for (let attempt = 1; attempt <= ATTEMPTS_BEFORE_TASK; attempt++) {
    await run('SO-1')
    if ((await tasks(database)).length > 0) opened.push(attempt)
    clock.now = (await look('SO-1')).nextTryAt!
  }
  expect(opened).toEqual([ATTEMPTS_BEFORE_TASK])
  await run('SO-1')
  expect(erp.done).toHaveLength(1)
  expect(await tasks(database)).toMatchObject([{ state: 'overtaken' }])
})

test('an ERP that fetches reads what it does not know yet, in its order, and takes it', async () => {
  const { database, owner, clock, look, run } = await stage(
    { 'SO-1': ['held', 'released'], 'SO-2': ['held'] },
    createTable(),
  )
  const fetched = () =>
    owner.transaction(async (sql) => {
      await sql.rows('SET LOCAL ROLE cartera_erp')
      return (
        await sql.rows<{ id: bigint; order_number: string; event: string }>(
          'SELECT id, order_number, event FROM erp_call',
        )
      ).map((c) => `${c.id} ${c.order_number} ${c.event}`)
    })
  const take = (id: number) =>
    owner.transaction(async (sql) => {
      await sql.rows('SET LOCAL ROLE cartera_erp')
      return (await sql.one<{ taken: boolean }>('SELECT erp_acknowledge($1) AS taken', [id]))!.taken
    })
  expect(await fetched()).toEqual(['1 SO-1 held', '3 SO-2 held'])
  expect(await take(2)).toBe(false)
  // It doesn't come for an hour: somebody is told.
  for (let attempt = 1; attempt <= ATTEMPTS_BEFORE_TASK; attempt++) {
    await run('SO-1')
    clock.now = (await look('SO-1')).nextTryAt!
  }
  expect(await fetched()).toEqual(['1 SO-1 held', '3 SO-2 held'])
  expect(await tasks(database)).toEqual([{ subject: 'erp call 1', state: 'open' }])
  expect(await take(1)).toBe(true)
  expect(await take(1)).toBe(false)
  expect(await take(99)).toBe(false)
  expect(await fetched()).toEqual(['2 SO-1 released', '3 SO-2 held'])
  await look('SO-1')
  expect(await tasks(database)).toEqual([{ subject: 'erp call 1', state: 'overtaken' }])
  expect(await take(2)).toBe(true)
  expect(await look('SO-1')).toEqual({ due: [], nextTryAt: null, allKnown: true })
  expect(await journal(database)).toEqual(['erp told by erp', 'erp told by erp'])
  // It reads and takes, and nothing else.
  await expect(
    owner.transaction(async (sql) => {
      await sql.rows('SET LOCAL ROLE cartera_erp')
      await sql.rows('SELECT * FROM order_call')
    }),
  ).rejects.toThrow(/denied/)
})

test('the ledger is away for a moment after the ERP took a call: it is marked, not told again', async () => {
  const { database, clock } = await stage({ 'SO-1': ['held'] })
  const ledger = faulty(database)
  let told = 0
  const tell: ErpPort['tell'] = async () => {
    told++
    ledger.away()
    setTimeout(ledger.back, 500)
    return { kind: 'delivered' }
  }
  const erp: ErpPort = { attemptTimeoutMs: 1_000, tell }
  const deliver = createErpDelivery({
    database: ledger.database,
    calendars,
    erp,
    clock: async () => clock.now,
  })
  await new MockActivityEnvironment().run(deliver, COMPANY, 1)
  expect(told).toBe(1)
  expect(await calls(database)).toMatchObject([{ state: 'delivered', attempts: 1 }])
})
