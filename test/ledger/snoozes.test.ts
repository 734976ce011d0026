import { expect, test } from 'vitest'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { worklist } from '../../ledger/worklist.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { ask, book, look, pay, pesos, refusalOf } from './books.ts'

/** Calls are due on these since 5 March 2026: nobody has an address. */
async function listOf(sketches: Partial<Sketch>[] = [{}], policy: Record<string, unknown> = {}) {
  const { database } = await freshLedger([testPolicy(policy)])
  await loadItems(
    database,
    sketches.map((s, n) => ({ document: `F-${n + 1}`, due: '2026-03-02', email: null, ...s })),
    noon('2026-03-05'),
  )
  for (const code of new Set(sketches.map((s) => s.customer ?? 'C-1')))
    await look(database, '2026-03-05', code)
  return database
}

const rowsOn = async (database: Database, on: LocalDate, snoozed = false, analyst = 'ana') =>
  (await worklist(database, { company: COMPANY, now: noon(on), limit: 100, analyst, snoozed })).rows

const customersOn = async (database: Database, on: LocalDate, snoozed = false, analyst = 'ana') =>
  (await rowsOn(database, on, snoozed, analyst)).map((r) => r.customer)

const snooze = (database: Database, until: LocalDate, on: LocalDate = '2026-03-06', owner = 'ana') =>
  ask(database, 'snooze', { owner, until, why: 'their buyer is away' }, { on })

test('a snoozed row is gone, is seen among the snoozed with its reason, and comes back on its day', async () => {
  const database = await listOf([{}, { customer: 'C-2' }])
  expect(await snooze(database, '2026-03-11')).toMatchObject({
    result: { customer: 'C-1', owner: 'ana', until: '2026-03-11' },
    cases: [],
  })
  expect(await customersOn(database, '2026-03-10')).toEqual(['C-2'])
  expect(await rowsOn(database, '2026-03-10', true)).toMatchObject([
    {
      customer: 'C-1',
      snooze: { until: '2026-03-11', why: 'their buyer is away', by: 'ana', back: null },
    },
  ])
  expect(await customersOn(database, '2026-03-11')).toEqual(['C-1', 'C-2'])
  expect((await rowsOn(database, '2026-03-11'))[0]!.snooze).toBeNull()
  expect(await customersOn(database, '2026-03-11', true)).toEqual([])
  const journal = await database.rows(
    `SELECT entry::jsonb ->> 'why' AS why, entry::jsonb ->> 'actor' AS actor FROM journal WHERE event = 'snoozed'`,
  )
  expect(journal).toEqual([{ why: 'their buyer is away', actor: 'ana' }])
})

test('only for the one whose list it is: the supervisor still sees the customer', async () => {
  const database = await listOf()
  await database.rows(`UPDATE task SET owner = 'boss' WHERE kind = 'fix_contact'`)
  await snooze(database, '2026-03-20')
  expect(await customersOn(database, '2026-03-06')).toEqual([])
  expect(await customersOn(database, '2026-03-06', false, 'boss')).toEqual(['C-1'])
})

test('a broken promise brings it back before its day, and the row says so', async () => {
  const database = await listOf([{}, { amount: 200 }], { promise: { on_broken: 'nothing' } })
  const instalments = [{ dueOn: '2026-03-09', amount: pesos(1000) }]
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments, madeBy: 'Laura' },
    { on: '2026-03-06' },
  )
  await snooze(database, '2026-03-20')
  await look(database, '2026-03-11')
  expect(await customersOn(database, '2026-03-11')).toEqual([])
  await look(database, '2026-03-12')
  expect(await rowsOn(database, '2026-03-12')).toMatchObject([
    {
      customer: 'C-1',
      snooze: {
        until: '2026-03-20',
        back: { event: 'promise broken', at: noon('2026-03-12'), data: { promise: 1 } },
      },
    },
  ])
  expect(await customersOn(database, '2026-03-12', true)).toEqual([])
})

test('a returned payment brings it back, a payment does not', async () => {
  const database = await listOf([{}, { amount: 200 }])
  await snooze(database, '2026-03-20')
  await pay(database, 'R-1', 100, ['F-1'], '2026-03-07')
  expect(await customersOn(database, '2026-03-07')).toEqual([])
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-09' },
  )
  expect(await customersOn(database, '2026-03-09')).toEqual(['C-1'])
})

test('an escalation brings it back: nobody logged the call, and the supervisor is told', async () => {
  const database = await listOf()
  await snooze(database, '2026-03-30')
  await look(database, '2026-03-12')
  expect(await customersOn(database, '2026-03-12')).toEqual([])
  await look(database, '2026-03-13')
  expect((await rowsOn(database, '2026-03-13'))[0]?.snooze?.back?.event).toBe('tell supervisor task opened')
})

test('what happened before it was put off does not bring it back; put off again, it sleeps again', async () => {
  const database = await listOf([{}, { amount: 200 }])
  await pay(database, 'R-1', 100, ['F-1'], '2026-03-05')
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-05' },
  )
  await snooze(database, '2026-03-12')
  expect(await customersOn(database, '2026-03-06')).toEqual([])
  await pay(database, 'R-2', 100, ['F-1'], '2026-03-06')
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-06' },
  )
  expect(await customersOn(database, '2026-03-06')).toEqual(['C-1'])
  await snooze(database, '2026-03-13')
  expect(await customersOn(database, '2026-03-12')).toEqual([])
  expect(await customersOn(database, '2026-03-13')).toEqual(['C-1'])
})

test('it can be brought back by hand, once', async () => {
  const database = await listOf()
  await snooze(database, '2026-03-20')
  const unsnooze = () => ask(database, 'unsnooze', { owner: 'ana', why: 'they called' }, { on: '2026-03-09' })
  expect(await unsnooze()).toMatchObject({ result: { customer: 'C-1', owner: 'ana' } })
  expect(await customersOn(database, '2026-03-09')).toEqual(['C-1'])
  expect(await refusalOf(unsnooze())).toBe('NotFound')
})

test('not until today, not for longer than the policy allows, and not from a list it is not on', async () => {
  const database = await listOf([{}], { worklist: { longest_snooze_days: 10 } })
  expect(await refusalOf(snooze(database, '2026-03-06'))).toBe('InvalidDate')
  expect(await refusalOf(snooze(database, '2026-03-17'))).toBe('InvalidDate')
  expect(await refusalOf(snooze(database, '2026-03-10', '2026-03-06', 'anna'))).toBe('NotFound')
  await snooze(database, '2026-03-16')
  expect(await customersOn(database, '2026-03-15')).toEqual([])
})

test('asked again under its key it is done once', async () => {
  const database = await listOf()
  const asked = { on: '2026-03-06', key: 'again' }
  const content = { owner: 'ana', until: '2026-03-20', why: 'away' }
  const first = await ask(database, 'snooze', content, asked)
  expect(await ask(database, 'snooze', content, asked)).toEqual(first)
  expect(await database.rows('SELECT 1 FROM snooze')).toHaveLength(1)
})
