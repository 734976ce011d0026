import { expect, test } from 'vitest'
import type { CaseCommands } from '../../domain/command.ts'
import type { Database } from '../../ledger/database.ts'
import { brokenCount } from '../../ledger/promiseStanding.ts'
import { promisesOfCustomer } from '../../ledger/showPromises.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, eventsOf, look, pay, pesos, receipt, refusalOf } from './books.ts'

/*
 * March 2026: the 10th is a Tuesday, Monday the 16th a holiday. A promise for Friday the 13th counts until two working
 * days later: Wednesday the 18th. Threshold 95 %, furthest 30 days, two may be broken.
 */

async function overdue(...documents: string[]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    (documents.length > 0 ? documents : ['F-1']).map((document) => ({ document, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  return database
}

const terms = (
  documents: string[],
  ...instalments: [dueOn: string, amount: number][]
): CaseCommands['recordPromise'] => ({
  documents,
  instalments: instalments.map(([dueOn, amount]) => ({ dueOn, amount: pesos(amount) })),
  madeBy: 'Luis',
})

async function promise(
  database: Database,
  on: string,
  documents: string[],
  ...instalments: [string, number][]
): Promise<number> {
  const answer = await ask(database, 'recordPromise', terms(documents, ...instalments), { on })
  return answer.result.promise as number
}

const state = async (database: Database, id: number) =>
  (await database.one<{ state: string }>('SELECT state FROM promise WHERE id = $1', [id]))!.state
const level = async (database: Database) => brokenCount(database, 1)

test('a promise says until when money counts, and stops the chasing of what it covers', async () => {
  const database = await overdue('F-1', 'F-2')
  const answer = await ask(database, 'recordPromise', terms(['F-1'], ['2026-03-13', 1000]), {
    on: '2026-03-10',
  })
  expect(answer.result).toMatchObject({
    instalments: [{ dueOn: '2026-03-13', amount: '1000.00', countsUntil: '2026-03-18' }],
  })
  const plan = await look(database, '2026-03-10')
  expect(plan.lifecycle).toMatchObject([
    { document: 'F-1', next: null, reason: 'promised' },
    { document: 'F-2', last: 'first', reason: 'notice_on_its_way' },
  ])
})

test('a promise that is paid early is kept at once, by itself', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-20', 1000])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-11')
  await look(database, '2026-03-11')
  expect(await state(database, id)).toBe('kept')
  expect(await level(database)).toBe(0)
})

test('grace days count, and the outcome is known on the day after them', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await look(database, '2026-03-18')
  expect(await state(database, id)).toBe('open')
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-18')
  await look(database, '2026-03-19')
  expect(await state(database, id)).toBe('kept')
})

test.each([
  [949.99, 'partially_kept'],
  [950, 'kept'],
])('%d of 1,000 promised at a threshold of 95 %%: %s', async (amount, expected) => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await pay(database, 'R-1', amount, ['F-1'], '2026-03-12')
  await look(database, '2026-03-19')
  expect(await state(database, id)).toBe(expected)
})

test('a promise without money is broken after its last day, a call follows, and it counts', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const plan = await look(database, '2026-03-19')
  expect(await state(database, id)).toBe('broken')
  expect(await level(database)).toBe(1)
  expect(plan.shown.tasks).toBe(1)
  expect(await database.one('SELECT kind, subject FROM task')).toEqual({
    kind: 'call',
    subject: `broken promise ${id}`,
  })
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'promise recorded',
    'promise broken',
    'call task opened',
  ])
})

test('of instalments, money fills the first before the second', async () => {
  const database = await overdue('F-1', 'F-2')
  const id = await promise(database, '2026-03-09', ['F-1', 'F-2'], ['2026-03-10', 500], ['2026-03-20', 1500])
  await pay(database, 'R-1', 500, ['F-2'], '2026-03-10')
  await look(database, '2026-03-17')
  expect(await state(database, id)).toBe('open')
  await look(database, '2026-03-25')
  expect(await state(database, id)).toBe('partially_kept')
})

test('a missed first instalment ends the promise, although the second is far away', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-09', ['F-1'], ['2026-03-10', 500], ['2026-04-03', 500])
  await look(database, '2026-03-13')
  expect(await state(database, id)).toBe('broken')
})

test('money that was valued in time and recorded late corrects the outcome and the level', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await look(database, '2026-03-19')
  expect(await level(database)).toBe(1)
  await book(
    database,
    'post',
    { receipts: [receipt('R-1', 1000, ['F-1'], { valueOn: '2026-03-17' })] },
    { on: '2026-03-24' },
  )
  expect(await state(database, id)).toBe('kept')
  expect(await level(database)).toBe(0)
})

test('money that came too late corrects nothing', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await look(database, '2026-03-19')
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-20')
  expect(await state(database, id)).toBe('broken')
})

test('a bounce breaks the promise that the payment had kept; another correction leaves it', async () => {
  const database = await overdue('F-1', 'F-2')
  const bounced = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const misposted = await promise(database, '2026-03-10', ['F-2'], ['2026-03-13', 1000])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-12')
  await pay(database, 'R-2', 1000, ['F-2'], '2026-03-12')
  await look(database, '2026-03-12')
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-25' },
  )
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'misposted', why: 'of another' },
    { on: '2026-03-25' },
  )
  expect([await state(database, bounced), await state(database, misposted)]).toEqual(['broken', 'kept'])
})

test('a payment that moved to another invoice along with its promise breaks it when it bounces', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 900])
  await pay(database, 'R-1', 500, ['F-1'], '2026-03-11')
  await pay(database, 'R-2', 400, ['F-1'], '2026-03-12')
  await look(database, '2026-03-12')
  expect(await state(database, id)).toBe('kept')
  const by = { document: 'F-1B', amount: pesos(1000), issuedOn: '2026-03-13', dueOn: '2026-03-13' }
  await ask(database, 'replace', { document: 'F-1', by, why: 'customer_request' }, { on: '2026-03-13' })
  expect(await state(database, id)).toBe('kept')
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-25' },
  )
  expect(await state(database, id)).toBe('partially_kept')
})

test('a reversal takes money back while the promise is open', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await pay(database, 'R-1', 600, ['F-1'], '2026-03-11')
  await book(database, 'reverse', { receipt: 'R-1', reason: 'misposted', why: 'x' }, { on: '2026-03-12' })
  await look(database, '2026-03-19')
  expect(await state(database, id)).toBe('broken')
})

test('money that was there before the promise doesn’t keep it', async () => {
  const database = await overdue()
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-09')
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 400])
  await look(database, '2026-03-19')
  expect(await state(database, id)).toBe('broken')
})

test('cash that nobody applied yet keeps a promise, and is netted once', async () => {
  const database = await overdue('F-1', 'F-2')
  const first = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const second = await promise(database, '2026-03-10', ['F-2'], ['2026-03-13', 1000])
  await pay(database, 'R-1', 1000, [], '2026-03-12')
  await look(database, '2026-03-19')
  expect([await state(database, first), await state(database, second)]).toEqual(['kept', 'broken'])
})

test('a replaced promise stays as history and counts for nothing', async () => {
  const database = await overdue()
  const old = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const answer = await ask(
    database,
    'replacePromise',
    { promise: old, why: 'asked for a week', ...terms(['F-1'], ['2026-03-20', 1000]) },
    { on: '2026-03-12' },
  )
  expect(await database.rows('SELECT id::int, state, replaces_id::int FROM promise ORDER BY id')).toEqual([
    { id: old, state: 'replaced', replaces_id: null },
    { id: answer.result.promise, state: 'open', replaces_id: old },
  ])
  expect(await level(database)).toBe(0)
})

test('a replacement that is refused leaves the old promise open', async () => {
  const database = await overdue()
  const old = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const again = ask(
    database,
    'replacePromise',
    { promise: old, why: 'x', ...terms(['F-1'], ['2026-05-20', 1000]) },
    { on: '2026-03-12' },
  )
  expect(await refusalOf(again)).toBe('PromiseTooFar')
  expect(await state(database, old)).toBe('open')
})

test('a withdrawal counts, one for an error of ours doesn’t', async () => {
  const database = await overdue('F-1', 'F-2')
  const theirs = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const ours = await promise(database, '2026-03-10', ['F-2'], ['2026-03-13', 1000])
  await ask(database, 'withdrawPromise', { promise: theirs, why: 'can’t pay' }, { on: '2026-03-11' })
  expect(await level(database)).toBe(1)
  await ask(
    database,
    'withdrawPromise',
    { promise: ours, why: 'we billed it twice', supplierError: true },
    { on: '2026-03-11' },
  )
  expect(await level(database)).toBe(1)
  expect(
    await refusalOf(ask(database, 'withdrawPromise', { promise: ours, why: 'x' }, { on: '2026-03-11' })),
  ).toBe('NotOpen')
})

test('what can’t be promised is refused by name', async () => {
  const database = await overdue('F-1', 'F-2')
  await loadItems(database, [{ document: 'X-1', customer: 'C-2', due: '2026-03-02' }], noon('2026-03-05'))
  const refused = (documents: string[], ...instalments: [string, number][]) =>
    refusalOf(promise(database, '2026-03-10', documents, ...instalments))
  expect(await refused(['F-1'], ['2026-04-10', 1000])).toBe('PromiseTooFar')
  expect(await refused(['F-1'], ['2026-03-13', 1000.01])).toBe('PromiseExceedsOpen')
  expect(await refused(['F-1', 'F-1'], ['2026-03-13', 1500])).toBe('PromiseExceedsOpen')
  expect(await refused(['F-1'], ['2026-03-09', 1000])).toBe('InvalidDate')
  expect(await refused(['F-1'], ['2026-03-13', 500], ['2026-03-13', 500])).toBe('InvalidDate')
  expect(await refused(['X-1'], ['2026-03-13', 1000])).toBe('WrongCustomer')
  expect(await refused(['NOBODY'], ['2026-03-13', 1000])).toBe('NotFound')
  await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  expect(await refused(['F-2', 'F-1'], ['2026-03-13', 1000])).toBe('PromiseExists')
  await pay(database, 'R-1', 1000, ['F-2'], '2026-03-10')
  expect(await refused(['F-2'], ['2026-03-13', 1])).toBe('AlreadyClosed')
})

test('after too many broken ones no new promise is taken', async () => {
  const { database } = await freshLedger([testPolicy({ promise: { broken_allowed: 0 } })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-05'))
  await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await look(database, '2026-03-19')
  expect(await refusalOf(promise(database, '2026-03-19', ['F-1'], ['2026-03-25', 1000]))).toBe(
    'TooManyBroken',
  )
})

test('a promise that broke through an error of ours is excused, with the reason, and only once', async () => {
  const database = await overdue()
  const id = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  const excuse = () =>
    ask(database, 'excusePromise', { promise: id, why: 'wrong CLABE on the statement' }, { on: '2026-03-20' })
  expect(await refusalOf(excuse())).toBe('NotCounted')
  await look(database, '2026-03-19')
  expect(await level(database)).toBe(1)
  expect((await excuse()).result).toEqual({ promise: id, state: 'broken', level: 0 })
  expect(await level(database)).toBe(0)
  expect(await refusalOf(excuse())).toBe('NotCounted')
  expect((await eventsOf(database, 'F-1')).at(-1)).toBe('promise excused')
})

test('a customer’s promises are told with what came for each instalment', async () => {
  const database = await overdue('F-1', 'F-2')
  const first = await promise(database, '2026-03-10', ['F-1'], ['2026-03-13', 1000])
  await look(database, '2026-03-19')
  const second = await promise(
    database,
    '2026-03-19',
    ['F-1', 'F-2'],
    ['2026-03-23', 500],
    ['2026-03-25', 700],
  )
  await pay(database, 'R-1', 600, ['F-2'], '2026-03-20')
  expect(await promisesOfCustomer(database, COMPANY, 'C-1')).toMatchObject({
    customer: 'C-1',
    level: 1,
    promises: [
      {
        id: second,
        state: 'open',
        promised: '1200.00',
        paid: '600.00',
        instalments: [
          { amount: '500.00', paid: '500.00' },
          { amount: '700.00', paid: '100.00' },
        ],
      },
      { id: first, state: 'broken', paid: null, instalments: [{ paid: null }] },
    ],
  })
})

test('announced money that bounced came to nothing, and counts', async () => {
  const database = await overdue()
  await ask(
    database,
    'announcePayment',
    {
      documents: ['F-1'],
      amount: pesos(1000),
      proof: [{ name: 'spei.pdf', sha256: 'e'.repeat(64), kind: 'slip', mediaType: 'image/jpeg', bytes: 9 }],
    },
    { on: '2026-03-10' },
  )
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-10')
  await look(database, '2026-03-10')
  const announced = () => database.one('SELECT state FROM announced_payment')
  expect([await announced(), await level(database)]).toEqual([{ state: 'arrived' }, 0])
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
    { on: '2026-03-12' },
  )
  expect([await announced(), await level(database)]).toEqual([{ state: 'lapsed' }, 1])
  expect(await database.rows('SELECT about, name, kind FROM proof')).toEqual([
    { about: 'announcement', name: 'spei.pdf', kind: 'slip' },
  ])
})

test('announced money that was misposted is waited for again, and posted anew is still its own', async () => {
  const database = await overdue('F-1', 'F-2')
  const announce = (document: string) =>
    ask(database, 'announcePayment', { documents: [document], amount: pesos(500) }, { on: '2026-03-10' })
  const states = async (on: string) => {
    await look(database, on)
    return (await database.rows('SELECT state FROM announced_payment ORDER BY id')).map((r) => r.state)
  }
  await announce('F-1')
  await pay(database, 'R-1', 500, ['F-1'], '2026-03-10')
  expect(await states('2026-03-10')).toEqual(['arrived'])
  await announce('F-2')
  await book(
    database,
    'reverse',
    { receipt: 'R-1', reason: 'misposted', why: 'wrong bank' },
    { on: '2026-03-10' },
  )
  expect(await states('2026-03-10')).toEqual(['open', 'open'])
  await pay(database, 'R-2', 500, ['F-1'], '2026-03-10')
  expect(await states('2026-03-10')).toEqual(['arrived', 'open'])
  expect((await eventsOf(database, 'F-1')).filter((event) => event.startsWith('announced'))).toEqual([
    'announced payment arrived',
    'announced payment reopened',
    'announced payment arrived',
  ])
  // Its day has passed when it is taken back: it lapses unless the money is there by the next look.
  await book(
    database,
    'reverse',
    { receipt: 'R-2', reason: 'misposted', why: 'wrong bank' },
    { on: '2026-03-30' },
  )
  expect(await states('2026-03-30')).toEqual(['lapsed', 'lapsed'])
})

// 2026-11-26: "since it was announced" was told by the time at which a posting had begun.
test.each(['the posting had begun before', 'it was here already, and nobody knew whose'])(
  'announced money arrives when it comes to the payer’s account: %s',
  async (how) => {
    const database = await overdue()
    const known = how.startsWith('the posting')
    const received = { ...receipt('R-1', 600, known ? ['F-1'] : []), valueOn: '2026-03-09' }
    const post = ({ customer, ...more }: typeof received) =>
      book(database, 'post', { receipts: [known ? { customer, ...more } : more] }, { on: '2026-03-09' })
    if (!known) await post(received)
    await ask(database, 'announcePayment', { documents: ['F-1'], amount: pesos(600) }, { on: '2026-03-10' })
    await look(database, '2026-03-10')
    const announced = () => database.one('SELECT state FROM announced_payment')
    expect(await announced()).toEqual({ state: 'open' })
    if (known) await post(received)
    else
      await book(
        database,
        'apply',
        { receipt: 'R-1', applications: [{ document: 'F-1' }] },
        { on: '2026-03-11' },
      )
    await look(database, '2026-03-11')
    expect(await announced()).toEqual({ state: 'arrived' })
    expect(await database.one('SELECT amount_minor FROM announced_money')).toEqual({ amount_minor: 60_000n })
  },
)
