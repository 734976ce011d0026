import { expect, test } from 'vitest'
import { refusing } from '../../activities/failures.ts'
import { instantOf } from '../../domain/calendar.ts'
import { assess } from '../../ledger/assess.ts'
import { commandBooks, commandCase } from '../../ledger/caseCommands.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { caseOfCustomer, openCustomer } from '../../ledger/scope.ts'
import { openTask } from '../../ledger/tasks.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'
import { ask, look, pay, refusalOf } from './books.ts'

/** Stories of what once went wrong, found by reading on 2026-11-25. */

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })
const asking = (key: string, now: number) => ({ company: COMPANY, actor: 'ana', key, now })

test('a connection that the server ends in the middle of a transaction fails that one and nothing else', async () => {
  const { database, owner } = await freshLedger()
  const broken = database.transaction(async (sql) => {
    const { pid } = (await sql.one<{ pid: number }>('SELECT pg_backend_pid() AS pid'))!
    await owner.rows('SELECT pg_terminate_backend($1)', [pid])
    // The end arrives between two statements.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sql.rows('SELECT 1')
  })
  await expect(broken).rejects.toThrow()
  expect(await database.one('SELECT 1 AS one')).toEqual({ one: 1 })
})

test('a message that loses its only step in the assessment in which another one fires carries that one', async () => {
  const { database } = await freshLedger()
  const now = noon('2026-03-03')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  await assess(database, calendars, COMPANY, 'C-1', now)
  await commandCase(database, calendars, asking('p', now), 'C-1', 'recordPromise', {
    documents: ['F-1'],
    instalments: [{ dueOn: '2026-03-10', amount: pesos(1000) }],
    madeBy: 'x',
  })
  await loadItems(database, [{ document: 'F-2', due: '2026-02-27' }], now)
  expect((await assess(database, calendars, COMPANY, 'C-1', now)).intents).toHaveLength(1)
  expect(
    await database.rows(
      'SELECT r.document FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id',
    ),
  ).toEqual([{ document: 'F-2' }])
})

test('a promise over several cases that is broken makes a call in each of them, whichever looks first', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'invoice' })])
  const start = noon('2026-03-03')
  await loadItems(
    database,
    ['A', 'B', 'X'].map((document) => ({ document, due: '2026-03-02' })),
    start,
  )
  await commandCase(database, calendars, asking('p', start), 'C-1:invoice:A', 'recordPromise', {
    documents: ['A', 'B'],
    instalments: [{ dueOn: '2026-03-10', amount: pesos(2000) }],
    madeBy: 'x',
  })
  const later = noon('2026-03-13')
  for (const document of ['X', 'A', 'B', 'A'])
    await assess(database, calendars, COMPANY, `C-1:invoice:${document}`, later)
  expect(
    await database.rows(
      `SELECT k.key FROM task t JOIN collection_case k ON k.id = t.case_id WHERE t.subject LIKE 'broken promise %' ORDER BY k.key`,
    ),
  ).toEqual([{ key: 'C-1:invoice:A' }, { key: 'C-1:invoice:B' }])
})

// 2026-11-25: behind a long promotion assessments and commands went on waiting in the database after their activity was
// given up, a connection each, until none was left for marking what had been sent.
test('work that is given up on after seconds stops waiting for a lock by itself; a receipt waits until it is in', async () => {
  const { database, owner } = await freshLedger()
  const now = noon('2026-03-03')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  let promoted = () => {}
  let promotion: Promise<void> = Promise.resolve()
  await new Promise<void>((locked) => {
    promotion = owner.transaction(async (sql) => {
      await sql.rows('SELECT 1 FROM customer FOR NO KEY UPDATE')
      await new Promise<void>((resolve) => {
        promoted = resolve
        locked()
      })
    })
  })
  const post = commandBooks(database, asking('r', now), 'post', {
    receipts: [{ number: 'R-1', customer: 'C-1', amount: pesos(100), valueOn: '2026-03-03' }],
  })
  const busy = { code: '55P03' }
  await Promise.all([
    expect(assess(database, calendars, COMPANY, 'C-1', now)).rejects.toMatchObject(busy),
    expect(
      commandCase(database, calendars, asking('c', now), 'C-1', 'addContact', { name: 'x', phone: '1' }),
    ).rejects.toMatchObject(busy),
  ])
  const waiting = () =>
    owner.rows(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  expect(await waiting()).toHaveLength(1)
  promoted()
  await promotion
  expect((await post).result).toMatchObject({ receipts: [{ receipt: 'R-1' }] })
})

// 2026-11-25: a number that no column holds, or a broken constraint, was tried again for ever by who posts receipts.
test('what the ledger can never hold fails for good; what may work the next time is tried again', async () => {
  const { database } = await freshLedger()
  const failing = (work: () => Promise<unknown>) => refusing(work).catch((error: unknown) => error)
  const never = await Promise.all([
    failing(() => database.rows('SELECT 9223372036854775807 + 1')),
    failing(() => database.rows('INSERT INTO payer (company, code, name) VALUES ($1, $2, $2)', ['no', 'x'])),
    failing(async () => BigInt(0.5)),
  ])
  expect(never).toMatchObject([
    { nonRetryable: true, type: 'SQLSTATE 22003' },
    { nonRetryable: true, type: 'SQLSTATE 23503' },
    { nonRetryable: true, type: 'RangeError' },
  ])
  for (const state of ['40001', '40P01', '55P03', '57P01', '08006']) {
    const raised = await failing(() =>
      database.rows(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '${state}'; END $$`),
    )
    expect(raised).toMatchObject({ code: state })
    expect(raised).not.toHaveProperty('nonRetryable')
  }
})

// 2026-11-25: saying "done" to a call passed its step without a conversation, and analysts approved their own requests.
test('a call isn’t done by saying so, and nobody approves what they ask for', async () => {
  const { database } = await freshLedger([
    testPolicy({
      steps: [
        { id: 'call', day: 1, action: 'call' },
        { id: 'demand', day: 10, action: 'demand' },
      ],
    }),
  ])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-03'))
  await look(database, '2026-03-03')
  const done = (kind: string, actor: string, on: string) => async () => {
    const task = await database.one<{ id: number }>(
      `SELECT id::int FROM task WHERE kind = $1 AND state = 'open'`,
      [kind],
    )
    return ask(database, 'closeTask', { task: task!.id, why: 'done' }, { on, actor })
  }
  expect(await refusalOf(done('call', 'ana', '2026-03-03')())).toBe('LoggedByContact')
  await ask(
    database,
    'logContact',
    { channel: 'phone', person: 'Luis', result: 'reached' },
    { on: '2026-03-03' },
  )
  await look(database, '2026-03-12')
  const { id } = (await database.one<{ id: number }>(`SELECT id::int FROM approval WHERE kind = 'demand'`))!
  await seedTeam(database, [
    ['ana', 'supervisor'],
    ['berta', 'supervisor'],
  ])
  // The ladder asked, and the analyst with it.
  expect(await refusalOf(vote(database, id, 'ana', '2026-03-12'))).toBe('SameActor')
  expect((await vote(database, id, 'berta', '2026-03-12')).result).toMatchObject({ state: 'approved' })
  expect(await database.rows(`SELECT step, state FROM receivable_step WHERE step = 'demand'`)).toEqual([
    { step: 'demand', state: 'done' },
  ])
})

const calling = testPolicy({
  steps: [
    { id: 'call', day: 1, action: 'call' },
    { id: 'demand', day: 60, action: 'demand' },
  ],
})

// 2026-11-25: a call that was open when a pause began stayed on the list until something else woke the case.
test('a pause takes an open call off the list on its first day', async () => {
  const { database } = await freshLedger([calling])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-03'))
  await look(database, '2026-03-03')
  await ask(database, 'pause', { from: '2026-03-05', to: '2026-03-12', why: 'fair' }, { on: '2026-03-03' })
  const midnight = instantOf('2026-03-05', '00:00', 'America/Mexico_City')
  expect((await look(database, '2026-03-03')).nextAt).toBe(midnight)
  expect(await database.rows('SELECT state FROM task')).toEqual([{ state: 'open' }])
  await look(database, midnight)
  expect(await database.rows('SELECT state FROM task')).toEqual([{ state: 'overtaken' }])
})

// 2026-11-25: a dispute was resolved at noon, and at noon the customer was reminded.
test('after a dispute is resolved the next contact waits for the days of grace', async () => {
  const { database } = await freshLedger([testPolicy({ suspension_grace_days: 2 })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-10' }], noon('2026-03-09'))
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1' }], reason: 'quality', owner: 'ana' },
    { on: '2026-03-09' },
  )
  expect((await look(database, '2026-03-11')).intents).toEqual([])
  await ask(
    database,
    'resolveDispute',
    { dispute: 1, outcome: 'rejected', why: 'delivered well' },
    { on: '2026-03-17' },
  )
  expect((await look(database, '2026-03-17')).intents).toEqual([])
  expect(await database.one('SELECT next_action, next_action_at, next_reason FROM receivable')).toEqual({
    next_action: 'first',
    next_action_at: instantOf('2026-03-19', '09:00', 'America/Mexico_City'),
    next_reason: 'after_suspension',
  })
  expect((await look(database, '2026-03-19')).intents).toHaveLength(1)
})

// 2026-11-25: without a step on that day, a case showed "current" until the first one, days after the due date.
test('a case shows what is overdue from the first working day after the due date, step or no step', async () => {
  const { database } = await freshLedger([testPolicy({ steps: [{ id: 'late', day: 10, action: 'remind' }] })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-11' }], noon('2026-03-09'))
  const before = await look(database, '2026-03-09')
  const dayAfter = instantOf('2026-03-12', '09:00', 'America/Mexico_City')
  expect(before).toMatchObject({ shown: { stage: 'current' }, nextAt: dayAfter })
  expect(before.lifecycle).toMatchObject([
    { next: 'late', nextAt: instantOf('2026-03-23', '09:00', 'America/Mexico_City') },
  ])
  expect(await look(database, dayAfter)).toMatchObject({
    shown: { stage: 'overdue' },
    nextAt: before.lifecycle[0]!.nextAt,
  })
})

// 2026-11-25: one deposit of 1,000 made every announced payment of up to 1,000 arrive.
test('one receipt is one announced payment, also when two customers of a payer look for it', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-03-02' },
      { document: 'F-2', due: '2026-03-02' },
      { document: 'G-1', due: '2026-03-02', customer: 'C-2', payer: 'C-1' },
      { document: 'H-1', due: '2026-03-02', customer: 'C-2', payer: 'C-1' },
    ],
    noon('2026-03-03'),
  )
  const announce = (document: string, trackingKey?: string, key = 'C-1') =>
    ask(
      database,
      'announcePayment',
      { documents: [document], amount: pesos(1000), ...(trackingKey ? { trackingKey } : {}) },
      { on: '2026-03-03' },
      key,
    )
  await announce('F-1')
  await announce('F-2', 'T-2')
  await announce('G-1', undefined, 'C-2')
  const states = async () => {
    await Promise.all([look(database, '2026-03-04'), look(database, '2026-03-04', 'C-2')])
    const rows = await database.rows<{ state: string }>('SELECT state FROM announced_payment ORDER BY id')
    return rows.map((r) => r.state)
  }
  await pay(database, 'R-1', 1000, [], '2026-03-04', { trackingKey: 'T-2' })
  expect(await states()).toEqual(['open', 'arrived', 'open'])
  await pay(database, 'R-2', 1000, [], '2026-03-04')
  expect((await states()).toSorted()).toEqual(['arrived', 'arrived', 'open'])
  // What another customer of the payer said under its key is that one's, though the amount would do.
  await announce('H-1', 'T-9', 'C-2')
  await pay(database, 'R-9', 1000, [], '2026-03-04', { trackingKey: 'T-9' })
  expect((await states()).toSorted()).toEqual(['arrived', 'arrived', 'arrived', 'open'])
})

// 2026-11-25: the tasks of a customer that a file gave to another analyst stayed on the list of the one before.
test('open tasks follow a customer to its new analyst; what somebody else has stays with them', async () => {
  const { database } = await freshLedger([calling])
  const load = (document: string, day: string, analyst: string) =>
    loadItems(database, [{ document, due: '2026-03-02', analyst }], noon(day))
  await load('F-1', '2026-03-03', 'ana')
  await look(database, '2026-03-03')
  await look(database, '2026-03-12')
  const owners = () => database.rows('SELECT kind, owner FROM task ORDER BY id')
  const before = [
    { kind: 'call', owner: 'ana' },
    { kind: 'tell_supervisor', owner: 'supervisor' },
  ]
  expect(await owners()).toEqual(before)
  await load('F-2', '2026-03-12', 'ana')
  expect(await owners()).toEqual(before)
  await load('F-3', '2026-03-13', 'berta')
  expect(await owners()).toEqual([{ kind: 'call', owner: 'berta' }, before[1]])
  expect(
    await database.rows(
      `SELECT entry::jsonb -> 'data' AS data FROM journal WHERE event = 'tasks handed over'`,
    ),
  ).toEqual([{ data: { from: 'ana', to: 'berta', tasks: [1] } }])
})

// 2026-11-26: with a case per invoice, what was to be done about a settled one stayed open in the customer's own case
// (simulator, seed 10).
test('a task about a receivable of another case of the customer is overtaken with it', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'invoice' })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-03'))
  const asking = { company: COMPANY, actor: 'ana', now: noon('2026-03-03'), key: 'k' }
  await database.transaction(async (sql) => {
    const scope = await caseOfCustomer(sql, await openCustomer(sql, { asking, calendars }, 'C-1'))
    const { id } = await findReceivable(sql, COMPANY, 'F-1')
    await openTask(sql, asking, scope, { kind: 'review', subject: 'x', receivables: [id], byHand: true })
  })
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-04')
  await look(database, '2026-03-04', 'C-1:invoice:F-1')
  expect(await database.rows(`SELECT state FROM task WHERE subject = 'x'`)).toEqual([{ state: 'overtaken' }])
})
