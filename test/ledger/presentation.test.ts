import { expect, test } from 'vitest'
import { agingAsOf } from '../../ledger/aging.ts'
import type { Database } from '../../ledger/database.ts'
import { showReceivable } from '../../ledger/show.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon, openItem, takeLoad } from '../setup/portfolio.ts'
import { ask, eventsOf, look, pay, refusalOf } from './books.ts'

const setDays = (database: Database, reviewDays: string | null, on: string) =>
  ask(database, 'setReviewDays', { reviewDays, includeOpen: true, why: 'accounts payable' }, { on })
const present = (database: Database, acceptedOn: string, on: string, more: object = {}) =>
  ask(database, 'present', { documents: ['F-1'], acceptedOn, ...more }, { on })
const tasks = (database: Database) =>
  database.rows<{ kind: string; due_on: string; state: string }>(
    `SELECT kind, due_on, state FROM task WHERE kind IN ('present', 'resolve_dispute') ORDER BY id`,
  )

/** An invoice of 30 days, issued on Wednesday 14 October 2026; the customer reviews on Tuesdays. */
async function invoiced() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [{ document: 'F-1', issued: '2026-10-14', due: '2026-11-13' }],
    noon('2026-10-14'),
  )
  await setDays(database, 'tue', '2026-10-14')
  return database
}

test('until it is accepted it is not chased, and somebody is asked to present it on the next review day', async () => {
  const database = await invoiced()
  const plan = await look(database, '2026-10-14')
  expect(plan.lifecycle).toMatchObject([{ stage: 'unpresented' }])
  expect(await tasks(database)).toEqual([{ kind: 'present', due_on: '2026-10-20', state: 'open' }])
  expect(await showReceivable(database, COMPANY, 'F-1', noon('2026-10-14'))).toMatchObject({
    reviewOn: '2026-10-20',
    presentedOn: null,
  })
  expect((await look(database, '2026-11-20')).intents).toEqual([])
})

test('its term runs from acceptance: the due date moves over a holiday, and what was known before is kept', async () => {
  const database = await invoiced()
  await look(database, '2026-10-14')
  // Thirty days from Saturday 17 October are Monday 16 November, a holiday.
  const { result } = await present(database, '2026-10-17', '2026-10-20')
  expect(result).toEqual({
    acceptedOn: '2026-10-17',
    lines: [{ document: 'F-1', from: '2026-11-13', dueOn: '2026-11-17' }],
  })
  await look(database, '2026-10-20')
  expect(await tasks(database)).toEqual([{ kind: 'present', due_on: '2026-10-20', state: 'overtaken' }])
  expect(
    await database.rows(
      'SELECT seq, due_on, presented_on, effective_on, reason FROM receivable_term ORDER BY seq',
    ),
  ).toEqual([
    { seq: 1, due_on: '2026-11-13', presented_on: null, effective_on: '2026-10-14', reason: 'loaded' },
    {
      seq: 2,
      due_on: '2026-11-17',
      presented_on: '2026-10-17',
      effective_on: '2026-10-17',
      reason: 'presented',
    },
  ])
  const buckets = async (asOf: string, knownAt?: number) =>
    (
      await agingAsOf(database, { company: COMPANY, asOf, ...(knownAt ? { knownAt } : {}) })
    ).currencies[0]!.buckets.filter((b) => b.count > 0).map((b) => b.bucket)
  expect(await buckets('2026-10-18')).toEqual(['current'])
  // As it was known on the 19th.
  expect(await buckets('2026-10-18', noon('2026-10-19'))).toEqual(['unpresented'])
  expect(await buckets('2026-11-17')).toEqual(['current'])
  expect(await buckets('2026-11-18')).toEqual(['1-30'])
  expect((await look(database, '2026-11-17')).intents).toEqual([])
  expect((await look(database, '2026-11-18')).intents).toHaveLength(1)
})

test('a day that was said wrongly is corrected with a reason; the term is still that of the invoice', async () => {
  const database = await invoiced()
  await present(database, '2026-10-20', '2026-10-20')
  expect(await refusalOf(present(database, '2026-10-27', '2026-10-27'))).toBe('AlreadyPresented')
  const { result } = await present(database, '2026-10-27', '2026-10-27', { why: 'the stamp says the 27th' })
  expect(result.lines).toEqual([{ document: 'F-1', from: '2026-11-19', dueOn: '2026-11-26' }])
})

test('what is not so, or not needed, is refused', async () => {
  const database = await invoiced()
  expect(await refusalOf(present(database, '2026-10-21', '2026-10-20'))).toBe('InvalidDate')
  expect(await refusalOf(present(database, '2026-10-13', '2026-10-20'))).toBe('InvalidDate')
  await setDays(database, null, '2026-10-20')
  expect(await refusalOf(present(database, '2026-10-20', '2026-10-20'))).toBe('PresentationNotNeeded')
  await expect(async () => setDays(database, 'someday', '2026-10-20')).rejects.toThrow(/mon,thu/)
})

test('a missing delivery note keeps it from being presented until logistics has it', async () => {
  const database = await invoiced()
  await look(database, '2026-10-14')
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1' }], reason: 'delivery_note', notes: 'no stamp on it' },
    { on: '2026-10-15' },
  )
  expect(await refusalOf(present(database, '2026-10-20', '2026-10-20'))).toBe('PresentationBlocked')
  await look(database, '2026-10-20')
  expect(await tasks(database)).toEqual([
    { kind: 'present', due_on: '2026-10-20', state: 'overtaken' },
    { kind: 'resolve_dispute', due_on: '2026-10-20', state: 'open' },
  ])
  await ask(
    database,
    'resolveDispute',
    { dispute: 1, outcome: 'rejected', why: 'the note was found', rootCause: 'proof_lost' },
    { on: '2026-10-21' },
  )
  await look(database, '2026-10-21')
  expect((await tasks(database)).at(-1)).toEqual({ kind: 'present', due_on: '2026-10-27', state: 'open' })
  await present(database, '2026-10-27', '2026-10-27')
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'present task opened',
    'dispute opened',
    'resolve dispute task opened',
    'present task overtaken',
    'dispute resolved',
    'resolve dispute task done',
    'present task opened',
    'presented',
  ])
})

test('the policy may let a term end on any day', async () => {
  const { database } = await freshLedger([testPolicy({ due_on_working_day: false })])
  await loadItems(
    database,
    [{ document: 'F-1', issued: '2026-10-14', due: '2026-11-13' }],
    noon('2026-10-14'),
  )
  await setDays(database, '', '2026-10-14')
  expect((await present(database, '2026-10-17', '2026-10-20')).result).toMatchObject({
    lines: [{ dueOn: '2026-11-16' }],
  })
})

test('a source that still tells the term from the issue date does not take the acceptance back', async () => {
  const { database } = await freshLedger()
  const items = [{ document: 'F-1', issued: '2026-10-14', due: '2026-11-13' }]
  await loadItems(database, items, noon('2026-10-14'))
  await setDays(database, 'tue', '2026-10-14')
  await present(database, '2026-10-20', '2026-10-20')
  await loadItems(database, items, noon('2026-10-21'))
  expect(await database.one('SELECT due_on, presented_on FROM receivable')).toEqual({
    due_on: '2026-11-19',
    presented_on: '2026-10-20',
  })
  // What it says anew is taken, and the term is that one then.
  await loadItems(database, [{ ...items[0]!, due: '2026-12-13' }], noon('2026-10-22'))
  expect(await database.one('SELECT due_on FROM receivable')).toEqual({ due_on: '2026-12-13' })
})

test('what was chased before the customer had review days goes on being chased; what comes then is not', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-11-10' }], noon('2026-11-09'))
  await ask(database, 'setReviewDays', { reviewDays: 'tue', why: 'new rule' }, { on: '2026-11-10' })
  await loadItems(
    database,
    [{ document: 'F-2', issued: '2026-11-10', due: '2026-12-10' }],
    noon('2026-11-10'),
  )
  expect((await look(database, '2026-11-11')).lifecycle).toMatchObject([
    { document: 'F-1', stage: 'overdue' },
    { document: 'F-2', stage: 'unpresented' },
  ])
  expect(await database.rows('SELECT reason, presented_on FROM receivable_term WHERE seq = 2')).toEqual([
    { reason: 'accepted before', presented_on: '2026-10-11' },
  ])
})

test('a file says review days: of a customer that is new, and of one that is known; another file that is silent changes nothing', async () => {
  const { database } = await freshLedger()
  const load = (documents: string[], reviewDays: string | undefined, on: string) =>
    takeLoad(
      database,
      documents.map((document, line) => {
        const item = openItem({ document, issued: '2026-10-14', due: '2026-11-13' }, line + 2)
        return reviewDays === undefined ? item : { ...item, customer: { ...item.customer, reviewDays } }
      }),
      noon(on),
    )
  const stages = async (on: string) =>
    (await look(database, on)).lifecycle.map((r) => `${r.document} ${r.stage}`).sort()
  const customer = () => database.one('SELECT requires_presentation, review_days FROM customer')
  await load(['F-1'], undefined, '2026-10-14')
  await load(['F-1', 'F-2'], '1mon,3mon', '2026-10-15')
  expect(await customer()).toEqual({ requires_presentation: true, review_days: '1mon,3mon' })
  expect(await stages('2026-10-15')).toEqual(['F-1 current', 'F-2 unpresented'])
  expect(await tasks(database)).toEqual([{ kind: 'present', due_on: '2026-10-19', state: 'open' }])
  await load(['F-1', 'F-2', 'F-3'], undefined, '2026-10-16')
  expect(await stages('2026-10-16')).toEqual(['F-3 unpresented'])
  await load(['F-1', 'F-2', 'F-3'], 'none', '2026-10-17')
  expect(await customer()).toEqual({ requires_presentation: false, review_days: '' })
  expect(await stages('2026-10-17')).toEqual(['F-1 current', 'F-2 current', 'F-3 current'])
})

test('a due date that moves leaves the payer’s unused money to what is older now, of another customer too', async () => {
  const database = await invoiced()
  const other = { document: 'F-2', customer: 'C-2', payer: 'C-1', due: '2026-11-17' }
  await loadItems(database, [other], noon('2026-10-14'))
  await pay(database, 'R-1', 1000, [], '2026-10-14')
  const reason = async () => {
    await look(database, '2026-11-20', 'C-2')
    const row = await database.one<{ is: string }>(
      `SELECT next_reason AS is FROM receivable WHERE document = 'F-2'`,
    )
    return row!.is
  }
  expect(await reason()).not.toBe('netted')
  expect(await present(database, '2026-10-26', '2026-11-20')).toMatchObject({ cases: ['C-1', 'C-2'] })
  expect(await reason()).toBe('netted')
})
