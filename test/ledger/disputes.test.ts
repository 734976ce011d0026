import { describe, expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { openDocuments, readDispute, readDisputes } from '../../ledger/showDisputes.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf } from './books.ts'

const ON = '2026-03-09'
const tasks = (database: Database) =>
  database.rows<{ kind: string; owner: string; due_on: string; state: string }>(
    `SELECT kind, owner, due_on, state FROM task WHERE kind IN ('resolve_dispute', 'tell_supervisor') ORDER BY id`,
  )
const shown = async (database: Database, id: number) => {
  const { lines, totals } = await readDispute(database, COMPANY, id)
  const said = (amounts: (typeof totals)[number]) =>
    Object.fromEntries(
      Object.entries(amounts).filter(([, amount]) => /^-?\d+\.\d+$/.test(amount) && amount !== '0.00'),
    )
  return { totals: totals.map(said), lines: lines.map(said) }
}

async function thirty() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    Array.from({ length: 30 }, (_, i) => ({
      document: `F-${i + 1}`,
      amount: 1000.03 + i * 7.77,
      due: '2026-04-10',
    })),
    noon(ON),
  )
  return { database, documents: await openDocuments(database, COMPANY, 'C-1') }
}

test('8 % on thirty invoices is one act: each to the cent, together exact; the rest is still asked for', async () => {
  const { database, documents } = await thirty()
  expect(documents).toHaveLength(30)
  const { result } = await ask(
    database,
    'openDispute',
    {
      lines: documents.map((document) => ({ document })),
      share: { percent: '8' },
      reason: 'price_or_discount',
    },
    { on: ON },
  )
  const { owed } = (await database.one<{ owed: bigint }>(
    'SELECT sum(original_minor)::bigint AS owed FROM receivable',
  ))!
  const disputed = (await database.one<{ minor: bigint }>(
    'SELECT sum(minor)::bigint AS minor FROM disputed',
  ))!.minor
  expect(disputed).toBe((owed * 8n + 50n) / 100n)
  expect(result).toMatchObject({
    owner: 'sales',
    dueOn: '2026-03-17',
    reasonWords: { en: expect.any(String) },
  })
  expect(result.lines).toHaveLength(30)
  // One credit note over all of them.
  await ask(
    database,
    'resolveDispute',
    { dispute: 1, outcome: 'credit_note', number: 'NC-1', why: 'list of February' },
    { on: '2026-03-10' },
  )
  const note = await database.one<{ original_minor: bigint; closed_as: string }>(
    `SELECT original_minor, closed_as FROM receivable WHERE document = 'NC-1'`,
  )
  expect(note).toEqual({ original_minor: -disputed, closed_as: 'credited' })
  expect((await shown(database, 1)).totals).toHaveLength(1)
  expect(await readDisputes(database, { company: COMPANY })).toEqual([])
  expect(await eventsOf(database, 'NC-1')).toEqual(['dispute resolved'])
})

test('one amount over several, by what is open of them', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', amount: 100, due: '2026-04-10' },
      { document: 'F-2', amount: 200, due: '2026-04-10' },
      { document: 'F-3', amount: 5, currency: 'USD', due: '2026-04-10' },
    ],
    noon(ON),
  )
  const lines = [{ document: 'F-1' }, { document: 'F-2' }]
  const share = { amount: pesos(100) }
  const usd = ask(
    database,
    'openDispute',
    { lines: [...lines, { document: 'F-3' }], share, reason: 'rebate' },
    { on: ON },
  )
  expect(await refusalOf(usd)).toBe('WrongCurrency')
  await ask(database, 'openDispute', { lines, share, reason: 'rebate' }, { on: ON })
  expect((await shown(database, 1)).lines).toEqual([
    { original: '33.33', disputed: '33.33' },
    { original: '66.67', disputed: '66.67' },
  ])
  // Another one finds only what isn't disputed yet.
  await ask(database, 'openDispute', { lines: [{ document: 'F-1' }], reason: 'quality' }, { on: ON })
  expect((await shown(database, 2)).lines).toEqual([{ original: '66.67', disputed: '66.67' }])
  const more = ask(database, 'openDispute', { lines: [{ document: 'F-1' }], reason: 'quality' }, { on: ON })
  expect(await refusalOf(more)).toBe('DisputeExceedsOpen')
})

describe('decided in parts', () => {
  async function opened() {
    const { database } = await freshLedger()
    await loadItems(
      database,
      [
        { document: 'F-1', amount: 1000, due: '2026-04-10' },
        { document: 'F-2', amount: 500, due: '2026-04-10' },
      ],
      noon(ON),
    )
    const lines = [{ document: 'F-1', amount: pesos(800) }, { document: 'F-2' }]
    await ask(database, 'openDispute', { lines, reason: 'quantity' }, { on: ON })
    return database
  }
  const resolve = (database: Database, content: object, on = '2026-03-11') =>
    ask(database, 'resolveDispute', { dispute: 1, why: 'seen', ...content } as never, { on })

  test('a credit note for some, a rejection for the rest; then it is over and so is what its owner was asked', async () => {
    const database = await opened()
    await pay(database, 'R-1', 300, ['F-1'], '2026-03-10')
    expect((await shown(database, 1)).lines).toEqual([
      { original: '800.00', disputed: '700.00', paid: '100.00' },
      { original: '500.00', disputed: '500.00' },
    ])
    const part = await resolve(database, {
      outcome: 'credit_note',
      number: 'NC-1',
      lines: [{ document: 'F-1', amount: pesos(300) }],
      rootCause: 'delivery_failed',
    })
    expect(part.result).toMatchObject({ open: true, credit: 'NC-1' })
    expect(await openOf(database, 'F-1')).toBe('400.00')
    await resolve(database, { outcome: 'rejected', lines: [{ document: 'F-2' }] })
    expect(await tasks(database)).toMatchObject([{ kind: 'resolve_dispute', owner: 'plant', state: 'open' }])
    expect((await shown(database, 1)).lines).toEqual([
      { original: '800.00', disputed: '400.00', paid: '100.00', credited: '300.00' },
      { original: '500.00', rejected: '500.00' },
    ])
    expect((await resolve(database, { outcome: 'withdrawn' })).result).toMatchObject({ open: false })
    expect(await readDispute(database, COMPANY, 1)).toMatchObject({
      outcome: 'mixed',
      resolvedOn: '2026-03-11',
      rootCause: 'delivery_failed',
      totals: [
        {
          original: '1300.00',
          disputed: '0.00',
          paid: '100.00',
          credited: '300.00',
          rejected: '900.00',
          cleared: '0.00',
          writtenOff: '0.00',
        },
      ],
    })
    expect(await tasks(database)).toMatchObject([{ state: 'done' }])
    expect(await refusalOf(resolve(database, { outcome: 'rejected' }))).toBe('NotOpen')
  })

  test('never for more than is disputed and open, nor for what is not of it', async () => {
    const database = await opened()
    const credit = (document: string, amount: number) =>
      refusalOf(
        resolve(database, {
          outcome: 'credit_note',
          number: 'NC-1',
          lines: [{ document, amount: pesos(amount) }],
        }),
      )
    expect(await credit('F-1', 801)).toBe('DisputeExceedsOpen')
    await pay(database, 'R-1', 600, ['F-1'], '2026-03-10')
    expect(await credit('F-1', 401)).toBe('DisputeExceedsOpen')
    expect(await credit('F-9', 1)).toBe('NotFound')
    expect(await refusalOf(resolve(database, { outcome: 'rejected', rootCause: 'weather' }))).toBe(
      'UnknownCode',
    )
    const twice = resolve(database, {
      outcome: 'rejected',
      lines: [
        { document: 'F-2', amount: pesos(300) },
        { document: 'F-2', amount: pesos(300) },
      ],
    })
    expect(await refusalOf(twice)).toBe('DisputeExceedsOpen')
    await expect(async () => resolve(database, { outcome: 'credit_note' })).rejects.toThrow(
      /number of the credit note/,
    )
  })

  test('re-invoiced: the new document takes the place of the old one, and is disputed no more', async () => {
    const database = await opened()
    const by = { document: 'F-2b', amount: pesos(450), issuedOn: '2026-03-11', dueOn: '2026-04-11' }
    expect(await refusalOf(resolve(database, { outcome: 'rebill', by }))).toBe('RebillsOne')
    await resolve(database, { outcome: 'rebill', by, lines: [{ document: 'F-2' }] })
    expect([await closedAs(database, 'F-2'), await openOf(database, 'F-2b')]).toEqual(['replaced', '450.00'])
    expect((await shown(database, 1)).lines).toEqual([
      { original: '800.00', disputed: '800.00' },
      { original: '500.00', cleared: '500.00' },
    ])
    expect(
      await database.rows(
        `SELECT minor FROM disputed d JOIN receivable r ON r.id = d.receivable_id WHERE r.document = 'F-2b'`,
      ),
    ).toEqual([])
  })

  test('what is paid meanwhile is over by itself; a payment that bounces before that is disputed again', async () => {
    const database = await opened()
    await pay(database, 'R-1', 1500, ['F-1', 'F-2'], '2026-03-10')
    expect((await shown(database, 1)).totals).toEqual([{ original: '1300.00', paid: '1300.00' }])
    await look(database, '2026-03-10')
    expect(await readDispute(database, COMPANY, 1)).toMatchObject({
      outcome: 'settled',
      resolvedOn: '2026-03-10',
    })
    expect(await tasks(database)).toMatchObject([{ kind: 'resolve_dispute', state: 'done' }])
  })

  test('split: parts go to a dispute of their own, with its own owner and days', async () => {
    const database = await opened()
    const split = (lines: object[], more: object = {}) =>
      ask(
        database,
        'splitDispute',
        { dispute: 1, lines, reason: 'quality', why: 'two causes', ...more } as never,
        { on: '2026-03-10' },
      )
    expect(await refusalOf(split([{ document: 'F-1' }, { document: 'F-2' }]))).toBe('SplitsAll')
    const { result } = await split([{ document: 'F-1', amount: pesos(300) }, { document: 'F-2' }])
    expect(result).toMatchObject({
      dispute: expect.any(Number),
      from: 1,
      owner: 'plant',
      dueOn: '2026-03-25',
    })
    const id = Number(result.dispute)
    expect([(await shown(database, 1)).lines, (await shown(database, id)).lines]).toEqual([
      [{ original: '500.00', disputed: '500.00' }],
      [
        { original: '300.00', disputed: '300.00' },
        { original: '500.00', disputed: '500.00' },
      ],
    ])
    expect(await readDispute(database, COMPANY, id)).toMatchObject({ splitFrom: 1, openedOn: ON })
    expect(await eventsOf(database, 'F-2')).toContain('dispute split')
  })
})

test('the owner is asked, reminded after the service level, and then the supervisor is told, once each', async () => {
  const { database } = await freshLedger([
    testPolicy({
      disputes: {
        reasons: { weight: { 'es-MX': 'peso', en: 'weight', owner: 'scales', service_working_days: 2 } },
        escalate_after_working_days: 3,
      },
    }),
  ])
  await loadItems(database, [{ document: 'F-1', due: '2026-04-10' }], noon(ON))
  const unknown = ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1' }], reason: 'quantity' },
    { on: ON },
  )
  expect(await refusalOf(unknown)).toBe('UnknownCode')
  await ask(database, 'openDispute', { lines: [{ document: 'F-1' }], reason: 'weight' }, { on: ON })
  expect(await tasks(database)).toEqual([
    { kind: 'resolve_dispute', owner: 'scales', due_on: '2026-03-11', state: 'open' },
  ])
  const done = ask(database, 'closeTask', { task: 1, why: 'looked' }, { on: ON })
  expect(await refusalOf(done)).toBe('EndsWithDispute')
  // The case wakes by itself for each of the two.
  expect((await look(database, '2026-03-10')).nextAt).toBe(noon('2026-03-12') - 3 * 3_600_000)
  expect(await look(database, '2026-03-12')).toMatchObject({ nextAt: noon('2026-03-18') - 3 * 3_600_000 })
  await look(database, '2026-03-13')
  expect(await readDispute(database, COMPANY, 1)).toMatchObject({
    remindedOn: '2026-03-12',
    escalatedOn: null,
  })
  await look(database, '2026-03-18')
  await look(database, '2026-03-19')
  expect(await tasks(database)).toEqual([
    { kind: 'resolve_dispute', owner: 'scales', due_on: '2026-03-11', state: 'open' },
    { kind: 'tell_supervisor', owner: 'supervisor', due_on: '2026-03-18', state: 'open' },
  ])
  expect((await eventsOf(database, 'F-1')).filter((e) => /dispute|supervisor/.test(e))).toEqual([
    'dispute opened',
    'resolve dispute task opened',
    'dispute owner reminded',
    'tell supervisor task opened',
  ])
  expect(await readDisputes(database, { company: COMPANY, lateOn: '2026-03-11' })).toEqual([])
  expect(
    await readDisputes(database, { company: COMPANY, lateOn: '2026-03-12', owner: 'scales' }),
  ).toMatchObject([{ id: 1, words: { reason: { en: 'weight' } } }])
  // Another owner has the days anew, and what the first was asked is over.
  await ask(
    database,
    'changeDispute',
    { dispute: 1, owner: 'plant-2', why: 'loaded there' },
    { on: '2026-03-19' },
  )
  expect((await tasks(database)).map((t) => [t.owner, t.due_on, t.state])).toEqual([
    ['scales', '2026-03-11', 'done'],
    ['supervisor', '2026-03-18', 'done'],
    ['plant-2', '2026-03-23', 'open'],
  ])
})

test('asked twice under a key, a credit note is posted once', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', amount: 100, due: '2026-04-10' }], noon(ON))
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-1', amount: pesos(10) }], reason: 'rebate' },
    { on: ON },
  )
  const content = { dispute: 1, outcome: 'credit_note', number: 'NC-1', why: 'x' } as const
  const first = await ask(database, 'resolveDispute', content, { on: ON, key: 'once' })
  expect(await ask(database, 'resolveDispute', content, { on: ON, key: 'once' })).toEqual(first)
  expect(await openOf(database, 'F-1')).toBe('90.00')
})
