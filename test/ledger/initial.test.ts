import { expect, test } from 'vitest'
import type { ItemHistory } from '../../domain/itemHistory.ts'
import type { OpenItem } from '../../domain/openItem.ts'
import type { Database } from '../../ledger/database.ts'
import { errorsOf, releaseLoad } from '../../ledger/loads.ts'
import { calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { noon, openItem, type Sketch, takeLoad } from '../setup/portfolio.ts'
import { ask, look, pesos, refusalOf } from './books.ts'

/** A portfolio that is taken over in the middle of its life. Its test policy: 1, 8, 15 remind, 20 call, 30 hold, 60 demand. */

const NOW = noon('2026-03-05')
const nothing: ItemHistory = {
  stage: null,
  lastStep: null,
  lastStepOn: null,
  promise: null,
  dispute: null,
  settledOn: null,
}
const item = (
  sketch: Sketch,
  history: Partial<ItemHistory> = {},
  changes: Partial<OpenItem> = {},
): OpenItem => ({
  ...openItem(sketch, 2),
  ...changes,
  history: { ...nothing, ...history },
})
const takeOver = (database: Database, items: OpenItem[], kind: 'initial' | 'delta' = 'initial') =>
  takeLoad(
    database,
    items.map((each, index) => ({ ...each, line: index + 2 })),
    NOW,
    { kind, asOf: '2026-03-04' },
  )
const steps = (database: Database, document: string) =>
  database.rows<{ step: string; state: string; on: string; reason: string | null }>(
    `SELECT s.step, s.state, s.on_date AS on, s.reason FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id WHERE r.document = $1 ORDER BY s.on_date, s.step`,
    [document],
  )

test('the ladder goes on behind the step that the other system took last', async () => {
  const { database } = await freshLedger()
  await takeOver(database, [
    item({ document: 'F-1', due: '2026-02-20' }, { lastStep: 'second', lastStepOn: '2026-03-02' }),
  ])
  expect(await steps(database, 'F-1')).toEqual([
    { step: 'first', state: 'skipped', on: '2026-03-02', reason: 'before the load' },
    { step: 'second', state: 'done', on: '2026-03-02', reason: 'before the load' },
  ])
  // Due for its third reminder on 7 March, a Saturday; five days after the last contact is that day too.
  const { lifecycle } = await look(database, NOW)
  expect(lifecycle[0]).toMatchObject({ next: 'third', nextAt: noon('2026-03-09') - 3 * 3_600_000 })
})

test('what came due meanwhile is not made up for step by step, and no escalation happens by itself', async () => {
  const { database } = await freshLedger()
  await takeOver(database, [
    item({ document: 'F-1', due: '2026-01-20' }, { lastStep: 'first', lastStepOn: '2026-01-22' }),
  ])
  await look(database, NOW)
  expect((await steps(database, 'F-1')).map((s) => [s.step, s.state, s.reason])).toEqual([
    ['first', 'done', 'before the load'],
    ['call', 'pending', null],
    ['hold', 'skipped', 'loaded late: a person decides'],
    ['second', 'skipped', 'loaded late'],
    ['third', 'skipped', 'loaded late'],
  ])
  expect(await database.rows('SELECT kind, subject FROM task ORDER BY kind')).toEqual([
    { kind: 'call', subject: 'chase' },
    { kind: 'review', subject: 'loaded late' },
  ])
})

test('an open promise, a dispute and a stage are carried over, and promises broken before count', async () => {
  const { database } = await freshLedger()
  await takeOver(database, [
    item(
      { document: 'PROMISED', due: '2026-02-20' },
      { promise: { dueOn: '2026-03-10', minor: 100_000n, madeOn: '2026-03-01' } },
    ),
    item(
      { document: 'DISPUTED', due: '2026-02-20' },
      { dispute: { reason: 'delivery_note', minor: 100_000n, openedOn: '2026-02-25' } },
    ),
    item({ document: 'LEGAL', customer: 'C-2', due: '2025-09-01' }, { stage: 'legal' }),
    item(
      { document: 'OTHER', due: '2026-04-20', customer: 'C-3' },
      {},
      { customer: { code: 'C-3', brokenPromises: '3' } },
    ),
  ])
  const { lifecycle } = await look(database, NOW)
  expect(lifecycle.map((r) => [r.document, r.reason])).toEqual([
    ['PROMISED', 'promised'],
    ['DISPUTED', 'disputed'],
  ])
  expect((await look(database, NOW, 'C-2')).shown.stage).toBe('legal')
  // Tuesday and two working days of grace.
  expect(await database.rows('SELECT due_on, decided_after FROM promise_instalment')).toEqual([
    { due_on: '2026-03-10', decided_after: '2026-03-12' },
  ])
  const promise = {
    documents: ['OTHER'],
    instalments: [{ dueOn: '2026-03-20', amount: pesos(1000) }],
    madeBy: 'Luis',
  }
  expect(await refusalOf(ask(database, 'recordPromise', promise, { on: '2026-03-06' }, 'C-3'))).toBe(
    'TooManyBroken',
  )
})

test('what was paid before the load is in the books on the day it was paid', async () => {
  const { database } = await freshLedger()
  await takeOver(database, [
    item({ document: 'PAID', due: '2026-02-20' }, { settledOn: '2026-02-27' }, { openMinor: 0n }),
  ])
  expect(await database.rows(`SELECT code, value_on FROM transfer WHERE code <> 'opening'`)).toEqual([
    { code: 'settled_before', value_on: '2026-02-27' },
  ])
})

test('a step that the policy doesn’t have, or a day to come, refuses the load by line', async () => {
  const { database } = await freshLedger()
  const report = await takeOver(database, [
    item({ document: 'F-1', due: '2026-02-20' }),
    item({ document: 'F-2', due: '2026-02-20' }, { lastStep: 'dunning2', lastStepOn: '2026-03-02' }),
    item({ document: 'F-3', due: '2026-02-20' }, { lastStep: 'first', lastStepOn: '2026-03-06' }),
  ])
  expect(report).toMatchObject({ state: 'refused', errors: 2 })
  expect((await errorsOf(database, report.id)).map((e) => [e.line, e.column, e.value, e.code])).toEqual([
    [3, 'last_step', 'dunning2', 'unknown-step'],
    [4, 'last_step_on', '2026-03-06', 'future-date'],
  ])
  expect(await database.rows('SELECT FROM customer')).toEqual([])
})

test('a daily file that has the columns of the time before doesn’t take them over', async () => {
  const { database } = await freshLedger()
  await takeOver(
    database,
    [item({ document: 'F-1', due: '2026-02-20' }, { lastStep: 'second', lastStepOn: '2026-03-02' })],
    'delta',
  )
  expect(await steps(database, 'F-1')).toEqual([])
})

test('what a document that the books have already can’t be given is told, line by line', async () => {
  const { database } = await freshLedger()
  const portfolio = [
    item({ document: 'F-1', due: '2026-02-20' }, { lastStep: 'second', lastStepOn: '2026-03-02' }),
    item(
      { document: 'F-2', due: '2026-02-20' },
      { stage: 'legal', promise: { dueOn: '2026-03-10', minor: 100_000n, madeOn: null } },
    ),
    openItem({ document: 'F-3', due: '2026-02-20' }, 4),
  ]
  await takeLoad(
    database,
    portfolio.map((each, index) => ({ ...each, line: index + 2 })),
    NOW,
    { asOf: '2026-03-04' },
  )
  const report = await takeLoad(
    database,
    [...portfolio, item({ document: 'F-4', due: '2026-02-20' }, { stage: 'legal' })].map((each, index) => ({
      ...each,
      line: index + 2,
    })),
    NOW,
    { kind: 'initial', asOf: '2026-03-04' },
  )
  expect(report).toMatchObject({ state: 'released', created: 1, unchanged: 3, notes: 2 })
  expect((await errorsOf(database, report.id)).map((e) => [e.line, e.code, e.message])).toEqual([
    [2, 'history-left', expect.stringMatching(/have F-1 already.*not taken is last_step\.$/)],
    [
      3,
      'history-left',
      expect.stringMatching(/not taken is stage, promise_due\..*: placement request, promise record\.$/),
    ],
  ])
})

test('first conversations after a load are spread over working days, the longest overdue first', async () => {
  const { database } = await freshLedger([testPolicy({ first_conversations_per_day: 2 })])
  const portfolio = ['2026-02-23', '2026-02-24', '2026-02-25', '2026-02-26', '2026-02-27', '2026-04-01'].map(
    (due, i) => item({ document: `F-${i}`, customer: `C-${i}`, due }),
  )
  const held = await takeLoad(
    database,
    portfolio.map((each, i) => ({ ...each, line: i + 2 })),
    NOW,
    { kind: 'initial', hold: true },
  )
  const days = () =>
    database.rows<{ key: string; on: string | null }>(
      `SELECT key, first_contact_on AS on FROM collection_case ORDER BY key`,
    )
  expect((await days()).map((d) => d.on)).toEqual([null, null, null, null, null, null])
  // Released on a Thursday: two that day, two on Friday, one on Monday; who isn't overdue waits for nobody.
  await releaseLoad(database, calendars, held.id, 'ana', NOW)
  expect((await days()).map((d) => d.on)).toEqual([
    '2026-03-05',
    '2026-03-05',
    '2026-03-06',
    '2026-03-06',
    '2026-03-09',
    null,
  ])
  const looked = await Promise.all(portfolio.map((_, i) => look(database, NOW, `C-${i}`)))
  expect(looked.map((plan) => plan.intents.length)).toEqual([1, 1, 0, 0, 0, 0])
  expect(looked[2]!.lifecycle[0]).toMatchObject({ reason: 'first_conversations' })
  // Another load of the same day finds the places taken.
  await takeLoad(database, [item({ document: 'G-1', customer: 'D-1', due: '2026-02-02' })], NOW)
  expect((await days()).find((d) => d.key === 'D-1')!.on).toBe('2026-03-09')
})

test('what is loaded after closing time begins on the next working day', async () => {
  const { database } = await freshLedger([testPolicy({ first_conversations_per_day: 2 })])
  const portfolio = [1, 2, 3, 4].map((n) => ({
    ...item({ document: `F-${n}`, customer: `C-${n}`, due: '2026-02-24' }),
    line: n,
  }))
  // Thursday, eight in the evening.
  await takeLoad(database, portfolio, NOW + 8 * 3_600_000)
  expect(
    await database.rows(
      `SELECT first_contact_on AS on, count(*)::int AS n FROM collection_case GROUP BY 1 ORDER BY 1`,
    ),
  ).toEqual([
    { on: '2026-03-06', n: 2 },
    { on: '2026-03-09', n: 2 },
  ])
})
