import { expect, test } from 'vitest'
import type { CaseCommands } from '../../domain/command.ts'
import type { Database } from '../../ledger/database.ts'
import { brokenCount } from '../../ledger/promiseStanding.ts'
import { provisionals, showProvisional } from '../../ledger/showProvisionals.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon, openItem, takeLoad } from '../setup/portfolio.ts'
import { ask, book, eventsOf, look, openOf, pay, pesos, receipt, refusalOf } from './books.ts'

/* March 2026: the 10th is a Tuesday. Two working days to bring the money into the books: the 12th. */
async function overdue(...documents: string[]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    (documents.length > 0 ? documents : ['F-1']).map((document) => ({ document, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  return database
}

const take = async (
  database: Database,
  amount: number,
  documents = ['F-1'],
  more: Partial<CaseCommands['issueProvisional']> & { on?: string; actor?: string; key?: string } = {},
): Promise<number> => {
  const { on = '2026-03-10', actor, key, ...content } = more
  const answer = await ask(
    database,
    'issueProvisional',
    { documents, amount: pesos(amount), receivedFrom: 'Luis', ...content },
    { on, ...(actor ? { actor } : {}), ...(key ? { key } : {}) },
  )
  return answer.result.provisional as number
}
const state = (database: Database, number: number, on = '2026-03-10') =>
  showProvisional(database, COMPANY, number, on)
const supervisorTasks = (database: Database) =>
  database.rows<{ id: number; state: string; owner: string }>(
    `SELECT id::int, state, owner FROM task WHERE kind = 'tell_supervisor' ORDER BY id`,
  )

test('money taken on the spot isn’t in the books, and what it covers isn’t chased', async () => {
  const database = await overdue('F-1', 'F-2')
  const number = await take(database, 600)
  expect(await state(database, number)).toMatchObject({
    amount: '600.00',
    convertBy: '2026-03-12',
    state: 'open',
    documents: ['F-1'],
  })
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  const plan = await look(database, '2026-03-10')
  expect(plan.lifecycle).toMatchObject([
    { document: 'F-1', reason: 'provisional' },
    { document: 'F-2', reason: 'notice_on_its_way' },
  ])
})

test('numbers are the company’s, in order and without gaps, whatever is refused or asked twice between', async () => {
  const database = await overdue('F-1', 'F-2')
  await loadItems(database, [{ document: 'X-1', customer: 'C-2', due: '2026-03-02' }], noon('2026-03-05'))
  const first = await take(database, 100, ['F-1'], { key: 'same' })
  expect(await refusalOf(take(database, 1_000, ['F-1']))).toBe('ProvisionalExceedsOpen')
  expect(await refusalOf(take(database, 10, ['X-1']))).toBe('WrongCustomer')
  expect(await refusalOf(take(database, 10, ['F-1'], { contact: 99 }))).toBe('NotFound')
  expect(await take(database, 100, ['F-1'], { key: 'same' })).toBe(first)
  const others = await Promise.all([take(database, 100, ['F-1']), take(database, 100, ['F-2'])])
  expect([first, ...others].sort()).toEqual([1, 2, 3])
})

test('what was taken already can’t be taken again', async () => {
  const database = await overdue()
  await take(database, 600)
  expect(await refusalOf(take(database, 400.01))).toBe('ProvisionalExceedsOpen')
  await take(database, 400)
})

test('the posted receipt that holds the money converts it, and the chasing follows the books', async () => {
  const database = await overdue()
  const number = await take(database, 600)
  await look(database, '2026-03-10')
  await pay(database, 'R-1', 600, ['F-1'], '2026-03-11')
  const answer = await ask(
    database,
    'convertProvisional',
    { provisional: number, receipt: 'R-1' },
    { on: '2026-03-11' },
  )
  expect(answer.result).toMatchObject({ provisional: number, receipt: 'R-1' })
  expect(await state(database, number)).toMatchObject({ state: 'converted', receipt: 'R-1' })
  const plan = await look(database, '2026-03-13')
  expect(plan.lifecycle).toMatchObject([{ document: 'F-1', reason: 'notice_on_its_way' }])
  expect(await supervisorTasks(database)).toEqual([])
  expect(
    await refusalOf(
      ask(database, 'convertProvisional', { provisional: number, receipt: 'R-1' }, { on: '2026-03-11' }),
    ),
  ).toBe('NotOpen')
})

test('a receipt of another payer or currency, a reversed one, or one that is used up converts nothing', async () => {
  const database = await overdue('F-1', 'F-2')
  await loadItems(database, [{ document: 'X-1', customer: 'C-2', due: '2026-03-02' }], noon('2026-03-05'))
  const first = await take(database, 600, ['F-1'])
  const second = await take(database, 500, ['F-2'])
  await pay(database, 'R-X', 900, ['X-1'], '2026-03-11', { customer: 'C-2' })
  await pay(database, 'R-USD', 900, [], '2026-03-11', { amount: { currency: 'USD', minor: 90_000 } })
  await pay(database, 'R-0', 900, [], '2026-03-11')
  await book(database, 'reverse', { receipt: 'R-0', reason: 'duplicate', why: 'x' }, { on: '2026-03-11' })
  await pay(database, 'R-1', 1_000, ['F-1'], '2026-03-11')
  const convert = (provisional: number, name: string) =>
    ask(database, 'convertProvisional', { provisional, receipt: name }, { on: '2026-03-11' })
  expect(await refusalOf(convert(first, 'R-X'))).toBe('WrongReceipt')
  expect(await refusalOf(convert(first, 'R-USD'))).toBe('WrongReceipt')
  expect(await refusalOf(convert(first, 'R-0'))).toBe('AlreadyReversed')
  expect(await refusalOf(convert(first, 'R-9'))).toBe('NotFound')
  await convert(first, 'R-1')
  expect(await refusalOf(convert(second, 'R-1'))).toBe('WrongReceipt')
})

test('money that was in the books before isn’t what was taken', async () => {
  const database = await overdue()
  await pay(database, 'R-1', 1_000, [], '2026-03-09')
  const number = await take(database, 600)
  const convert = (name: string) =>
    ask(database, 'convertProvisional', { provisional: number, receipt: name }, { on: '2026-03-10' })
  await expect(convert('R-1')).rejects.toMatchObject({ refusal: 'WrongReceipt', data: { must: 'later' } })
  // Valued earlier, but posted since: the bank's date is no matter.
  await book(
    database,
    'post',
    { receipts: [receipt('R-2', 600, [], { valueOn: '2026-03-09' })] },
    { on: '2026-03-10' },
  )
  await convert('R-2')
})

test('not converted in time: the supervisor is told once, and the task stays until the money is found', async () => {
  const database = await overdue()
  const number = await take(database, 600)
  await look(database, '2026-03-12')
  expect(await supervisorTasks(database)).toEqual([])
  await look(database, '2026-03-13')
  await look(database, '2026-03-20')
  const [task, ...more] = await supervisorTasks(database)
  expect([task, more]).toEqual([{ id: expect.any(Number), state: 'open', owner: 'supervisor' }, []])
  // The customer has our signature: it isn't chased, and it isn't the customer's broken word.
  expect(await database.rows('SELECT 1 FROM message')).toEqual([])
  expect(await brokenCount(database, 1)).toBe(0)
  expect(
    await refusalOf(
      ask(database, 'closeTask', { task: task!.id, why: 'x' }, { on: '2026-03-20', actor: 'supervisor' }),
    ),
  ).toBe('ProvisionalOpen')
  expect(
    await provisionals(database, { company: COMPANY, today: '2026-03-20', all: false, limit: 9 }),
  ).toMatchObject([{ number, late: true }])
  await pay(database, 'R-1', 600, ['F-1'], '2026-03-20')
  await ask(database, 'convertProvisional', { provisional: number, receipt: 'R-1' }, { on: '2026-03-20' })
  expect(await supervisorTasks(database)).toMatchObject([{ state: 'done' }])
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'provisional receipt issued',
    'provisional receipt overdue',
    'receipt posted',
    'provisional receipt converted',
  ])
})

test('the supervisor is told although other money has settled the items meanwhile', async () => {
  const database = await overdue()
  await take(database, 600)
  await pay(database, 'R-1', 1_000, ['F-1'], '2026-03-11')
  const plan = await look(database, '2026-03-11')
  expect(plan.closed).toBe(false)
  expect(plan.nextAt).toBe(noon('2026-03-13') - 3 * 3_600_000)
  await look(database, '2026-03-13')
  expect(await supervisorTasks(database)).toMatchObject([{ state: 'open' }])
})

test.each([
  ['', '2026-03-11'],
  [', though the load had begun before', '2026-03-09'],
])('what the source settled since is in its books%s', async (_, begun) => {
  const { database } = await freshLedger()
  const item = openItem({ document: 'F-1', due: '2026-03-02' }, 2)
  await takeLoad(database, [item], noon('2026-03-05'))
  const number = await take(database, 600)
  await takeLoad(database, [{ ...item, openMinor: 40_000n }], noon(begun), { kind: 'snapshot', asOf: begun })
  await look(database, '2026-03-13')
  expect(await state(database, number)).toMatchObject({ state: 'converted', receipt: null })
  expect(await supervisorTasks(database)).toEqual([])
})

test('a cancelled one keeps its number, and isn’t cancelled by who wrote it', async () => {
  const database = await overdue()
  const number = await take(database, 600)
  const cancel = (actor: string) =>
    ask(database, 'cancelProvisional', { provisional: number, why: 'spoilt' }, { on: '2026-03-11', actor })
  expect(await refusalOf(cancel('ana'))).toBe('SameActor')
  await cancel('supervisor')
  expect(await state(database, number)).toMatchObject({ state: 'cancelled' })
  expect(await take(database, 600)).toBe(number + 1)
})

test('a receipt that is taken back opens what it had converted; a bounced cheque doesn’t', async () => {
  const database = await overdue('F-1', 'F-2')
  const misposted = await take(database, 600, ['F-1'])
  const bounced = await take(database, 500, ['F-2'], { form: 'cheque' })
  await book(
    database,
    'post',
    {
      receipts: [
        receipt('R-1', 600, ['F-1'], { valueOn: '2026-03-11' }),
        receipt('R-2', 500, ['F-2'], { valueOn: '2026-03-11', form: 'cheque' }),
      ],
    },
    { on: '2026-03-11' },
  )
  for (const [provisional, name] of [
    [misposted, 'R-1'],
    [bounced, 'R-2'],
  ] as const)
    await ask(database, 'convertProvisional', { provisional, receipt: name }, { on: '2026-03-11' })
  await book(database, 'reverse', { receipt: 'R-1', reason: 'misposted', why: 'x' }, { on: '2026-03-12' })
  await book(database, 'reverse', { receipt: 'R-2', reason: 'bounced', why: 'x' }, { on: '2026-03-12' })
  expect(await state(database, misposted)).toMatchObject({ state: 'open', receipt: null })
  expect(await state(database, bounced)).toMatchObject({ state: 'converted' })
  await look(database, '2026-03-13')
  expect(await supervisorTasks(database)).toHaveLength(1)
})

test('posted with its number, a receipt converts the provisional one in the same breath, or isn’t posted', async () => {
  const database = await overdue()
  const number = await take(database, 600)
  expect(await refusalOf(pay(database, 'R-1', 599, ['F-1'], '2026-03-11', { provisional: number }))).toBe(
    'WrongReceipt',
  )
  expect(await openOf(database, 'F-1')).toBe('1000.00')
  await pay(database, 'R-1', 600, ['F-1'], '2026-03-11', { provisional: number })
  expect(await state(database, number)).toMatchObject({ state: 'converted', receipt: 'R-1' })
  expect(await openOf(database, 'F-1')).toBe('400.00')
})

test('of several on one item the source’s settlement covers the earlier first', async () => {
  const { database } = await freshLedger()
  const item = openItem({ document: 'F-1', due: '2026-03-02' }, 2)
  await takeLoad(database, [item], noon('2026-03-05'))
  const first = await take(database, 600)
  const second = await take(database, 300)
  await takeLoad(database, [{ ...item, openMinor: 40_000n }], noon('2026-03-11'), {
    kind: 'snapshot',
    asOf: '2026-03-11',
  })
  await look(database, '2026-03-11')
  expect([(await state(database, first)).state, (await state(database, second)).state]).toEqual([
    'converted',
    'open',
  ])
})

test('of several on one item each is found in what the source settles for it', async () => {
  const { database } = await freshLedger()
  const item = openItem({ document: 'F-1', due: '2026-03-02' }, 2)
  await takeLoad(database, [item], noon('2026-03-05'))
  const settle = async (on: string, open: number) => {
    await takeLoad(database, [{ ...item, openMinor: BigInt(open * 100) }], noon(on), {
      kind: 'snapshot',
      asOf: on,
    })
    await look(database, on)
  }
  const states = async () =>
    (await database.rows('SELECT state FROM provisional_receipt ORDER BY number')).map((r) => r.state)
  await take(database, 300)
  await settle('2026-03-11', 700)
  expect(await states()).toEqual(['converted'])
  await take(database, 300, ['F-1'], { on: '2026-03-11' })
  await settle('2026-03-12', 700)
  expect(await states()).toEqual(['converted', 'open'])
  await settle('2026-03-16', 400)
  expect(await states()).toEqual(['converted', 'converted'])
  // Settled by mistake, and open again: nothing was settled.
  await take(database, 300, ['F-1'], { on: '2026-03-16' })
  for (const [on, open] of [
    ['2026-03-17', 100],
    ['2026-03-18', 400],
  ] as const)
    await takeLoad(database, [{ ...item, openMinor: BigInt(open * 100) }], noon(on), {
      kind: 'snapshot',
      asOf: on,
    })
  await look(database, '2026-03-18')
  expect(await states()).toEqual(['converted', 'converted', 'open'])
})

test.each(['open', 'converted and reversed'])(
  'an invoice that is made anew stays covered by what was taken: %s',
  async (what) => {
    const database = await overdue()
    const number = await take(database, 600)
    if (what !== 'open')
      await book(
        database,
        'post',
        { receipts: [receipt('R-1', 600, ['F-1'], { provisional: number })] },
        { on: '2026-03-10' },
      )
    await ask(
      database,
      'replace',
      {
        document: 'F-1',
        by: { document: 'F-1B', amount: pesos(1000), issuedOn: '2026-02-01', dueOn: '2026-03-02' },
        why: 'customer_request',
      },
      { on: '2026-03-11' },
    )
    if (what !== 'open')
      await book(
        database,
        'reverse',
        { receipt: 'R-1', reason: 'misposted', why: 'wrong bank' },
        { on: '2026-03-11' },
      )
    expect(await state(database, number)).toMatchObject({ state: 'open', documents: ['F-1B'] })
    const { lifecycle } = await look(database, '2026-03-11')
    expect(lifecycle.filter((l) => l.document === 'F-1B')).toMatchObject([{ reason: 'provisional' }])
  },
)
