import { expect, test } from 'vitest'
import { createSpeech } from '../../../client/words/speech.ts'
import { tellEffect, wordsOf } from '../../../client/words/tell.ts'
import { readApproval } from '../../../ledger/approvals/show.ts'
import { commandBooks } from '../../../ledger/caseCommands.ts'
import { verifyJournal } from '../../../ledger/journal.ts'
import { lookAt } from '../../../ledger/looks.ts'
import { COMPANY, calendars, freshLedger } from '../../setup/ledger.ts'
import { loadItems, noon } from '../../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../../setup/team.ts'
import {
  callsOf,
  check,
  grantLine,
  ON,
  ordersPolicy,
  pay,
  pesos,
  pump,
  reasonsOf,
  refusal,
  reserved,
  start,
  stateOf,
} from './orders.ts'

test('stop and exempt are a person’s; arithmetic never overwrites them', async () => {
  const database = await start()
  const set = (standing: 'stop' | 'exempt' | null) =>
    decision(database, 'setStanding', { customer: 'C-1', standing, why: 'the owner asked' }, { on: ON })
  await set('stop')
  expect(reasonsOf((await check(database, 'SO-1', 1)).result)).toEqual(['stopped'])
  await set('exempt')
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect((await check(database, 'SO-2', 9_000)).result).toMatchObject({
    state: 'released',
    passedAs: 'exempt',
  })
  await set(null)
  expect(reasonsOf((await check(database, 'SO-3', 1)).result)).toEqual(['limit'])
  const row = await database.one('SELECT by_hand, reckoned FROM customer_standing')
  expect(row).toEqual({ by_hand: null, reckoned: 'hold' })
})

test('a release in spite of the rules needs the authority; the same reason doesn’t hold it again in its grace', async () => {
  const database = await start({ grace_working_days: 2 })
  await seedTeam(database)
  await check(database, 'SO-1', 700)
  const asked = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
  expect(asked.result).toMatchObject({ kind: 'order_release', waitsFor: ['samuel', 'sofía'] })
  expect(await stateOf(database, 'SO-1')).toBe('held')
  expect(await refusal(decision(database, 'releaseOrder', { order: 'SO-1', why: 'again' }, { on: ON }))).toBe(
    'ApprovalExists',
  )
  await vote(database, asked.result.approval, 'sofía', ON)
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await reserved(database)).toBe(700)
  // Monday, with two working days of grace: through Wednesday.
  expect((await check(database, 'SO-1', 700, { on: '2026-03-04' })).result).toMatchObject({
    state: 'released',
  })
  expect((await check(database, 'SO-1', 700, { on: '2026-03-05' })).result).toMatchObject({ state: 'held' })
})

test('money that is posted after a condition was made meets it, whenever its posting began; what was there before doesn’t', async () => {
  const database = await start()
  await seedTeam(database)
  const post = (number: string, amount: number, now: number) =>
    commandBooks(database, { company: COMPANY, now, actor: 'tesorería', key: number }, 'post', {
      receipts: [{ number, customer: 'C-1', amount: pesos(amount), valueOn: ON, applications: [] }],
    })
  await check(database, 'SO-1', 5_000)
  await post('R-1', 200, noon(ON) + 60_000)
  const asked = await decision(
    database,
    'releaseConditionally',
    { order: 'SO-1', amount: pesos(200), by: noon(ON) + 3_600_000, why: 'they are at the bank' },
    { on: ON },
  )
  await vote(database, asked.result.approval, 'sofía', ON)
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('conditionally_released')
  await post('R-2', 200, noon(ON) - 60_000)
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
})

test('what is paid between the question and the yes meets the condition, which those who agree are told', async () => {
  const database = await start()
  await seedTeam(database)
  await check(database, 'SO-1', 5_000)
  const by = noon(ON) + 3_600_000
  const asked = await decision(
    database,
    'releaseConditionally',
    { order: 'SO-1', amount: pesos(200), by, why: 'they are at the bank' },
    { on: ON },
  )
  const approval = await readApproval(database, COMPANY, Number(asked.result.approval), noon(ON))
  const told = (['en', 'es-MX'] as const).map((language) =>
    tellEffect(wordsOf(language), createSpeech(language), approval.onYes[0]!),
  )
  expect(told).toEqual([
    expect.stringContaining('held again unless MX$200.00 is paid by Mar 02, 2026, 13:00; against it: '),
    expect.stringContaining('si no se pagan $200.00 a más tardar el 02 mar 2026, 13:00; en contra: '),
  ])
  await pay(database, 'R-1', 200, [])
  await vote(database, asked.result.approval, 'sofía', ON)
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('released')
})

test('an order that grew since it was agreed to goes back to who asked; refused it stays held', async () => {
  const database = await start()
  await seedTeam(database)
  await check(database, 'SO-1', 700)
  const first = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
  await check(database, 'SO-1', 900)
  expect((await vote(database, first.result.approval, 'sofía', ON)).result).toMatchObject({ state: 'stale' })
  expect(await stateOf(database, 'SO-1')).toBe('held')
  const second = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'it grew' }, { on: ON })
  await vote(database, second.result.approval, 'sofía', ON, false)
  expect(await stateOf(database, 'SO-1')).toBe('held')
})

test.each([
  ['stopped', 'setStanding', { customer: 'C-1', standing: 'stop', why: 'bankruptcy filed' }],
  ['held by hand', 'holdOrder', { order: 'SO-1', why: 'the address is wrong' }],
] as const)(
  'a yes doesn’t cover what speaks against it only since it was asked: %s',
  async (_, name, input) => {
    const database = await start()
    await seedTeam(database)
    await check(database, 'SO-1', 700)
    const release = () =>
      decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
    const first = await release()
    await decision(database, name, input, { on: ON, actor: 'bob' })
    const answer = await vote(database, first.result.approval, 'sofía', ON)
    expect(answer.result).toMatchObject({ state: 'stale', why: expect.stringMatching(/^OrderMoreAgainst/) })
    expect(await stateOf(database, 'SO-1')).toBe('held')
    // Asked with it, it is agreed to with the rest.
    await vote(database, (await release()).result.approval, 'sofía', ON)
    expect(await stateOf(database, 'SO-1')).toBe('released')
  },
)

test('a yes from before a person’s hold doesn’t lift it, even when nothing else speaks against it any more', async () => {
  const database = await start()
  await seedTeam(database)
  await check(database, 'SO-1', 700)
  const asked = await decision(database, 'releaseOrder', { order: 'SO-1', why: 'a bridge waits' }, { on: ON })
  await decision(database, 'holdOrder', { order: 'SO-1', why: 'the address is wrong' }, { on: ON })
  await pay(database, 'R-1', 400, ['F-1'])
  expect((await vote(database, asked.result.approval, 'sofía', ON)).result).toMatchObject({ state: 'stale' })
  expect(await stateOf(database, 'SO-1')).toBe('held')
})

test('a person holds what the rules hold already: the journal and order entry know who, and why', async () => {
  const database = await start()
  await check(database, 'SO-1', 700)
  const hold = (why: string) => decision(database, 'holdOrder', { order: 'SO-1', why }, { on: ON })
  await hold('the address is wrong')
  const events = () =>
    database.rows(
      `SELECT entry::jsonb ->> 'event' AS event, entry::jsonb ->> 'why' AS why FROM journal WHERE entry LIKE '%order %' ORDER BY seq`,
    )
  const held = [
    { event: 'order held', why: null },
    { event: 'order held', why: 'the address is wrong' },
  ]
  expect(await events()).toEqual(held)
  expect(await callsOf(database, 'SO-1')).toHaveLength(2)
  await check(database, 'SO-1', 700)
  expect(await events()).toEqual(held)
})

test('a person’s hold is lifted by a person alone, and no payment', async () => {
  const database = await start()
  await check(database, 'SO-1', 100)
  await decision(database, 'holdOrder', { order: 'SO-1', why: 'the address is wrong' }, { on: ON })
  expect(await reserved(database)).toBe(0)
  await pay(database, 'R-1', 400, ['F-1'])
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  // Nothing else speaks against it: nobody has to agree.
  await decision(database, 'releaseOrder', { order: 'SO-1', why: 'mended' }, { on: ON })
  expect(await stateOf(database, 'SO-1')).toBe('released')
  expect(await refusal(decision(database, 'releaseOrder', { order: 'SO-1', why: 'x' }, { on: ON }))).toBe(
    'OrderNotHeld',
  )
  await decision(database, 'rejectOrder', { order: 'SO-1', why: 'never' }, { on: ON })
  expect(await refusal(decision(database, 'holdOrder', { order: 'SO-1', why: 'x' }, { on: ON }))).toBe(
    'OrderOver',
  )
  expect((await check(database, 'SO-1', 100)).result).toMatchObject({ state: 'rejected' })
})

test('a held order expires after the day on which it was needed, and is asked about again with a later one', async () => {
  const database = await start()
  await check(database, 'SO-1', 700, { neededBy: '2026-03-04' })
  const look = (on: string) => lookAt(database, calendars, COMPANY, 'order:SO-1', noon(on))
  expect(await look('2026-03-04')).toMatchObject({
    outcome: 'held',
    nextAt: noon('2026-03-05') - 12 * 3_600_000,
  })
  expect(await look('2026-03-05')).toMatchObject({ outcome: 'expired' })
  expect(await callsOf(database, 'SO-1')).toEqual(['held', 'expired'])
  expect(
    (await check(database, 'SO-1', 600, { on: '2026-03-05', neededBy: '2026-03-09' })).result,
  ).toMatchObject({
    state: 'released',
  })
})

test('members of a group share its limit, within limits of their own; who leaves counts alone again', async () => {
  const { database } = await freshLedger([ordersPolicy({ rules: [{ rule: 'limit' }] })])
  await loadItems(
    database,
    ['C-1', 'C-2', 'C-3', 'C-4'].map((customer) => ({
      document: `F-${customer}`,
      customer,
      due: '2026-03-31',
      amount: 100,
    })),
    noon('2026-03-01'),
  )
  await grantLine(database, 'C-1', 1_000)
  const join = (customer: string, head: string, subLimit?: number) =>
    decision(
      database,
      'joinGroup',
      { customer, head, why: 'one owner', ...(subLimit === undefined ? {} : { subLimit: pesos(subLimit) }) },
      { on: ON },
    )
  await join('C-2', 'C-1')
  await join('C-3', 'C-1', 250)
  expect(await refusal(join('C-1', 'C-1'))).toBe('NotAGroup')
  expect(await refusal(join('C-1', 'C-4'))).toBe('NotAGroup')
  expect(await refusal(join('C-4', 'C-2'))).toBe('NotAGroup')
  expect(await refusal(join('C-2', 'C-4'))).toBe('InGroup')
  // 300 owed by the three of them.
  expect((await check(database, 'A', 500, { customer: 'C-2' })).result).toMatchObject({
    state: 'released',
    exposure: '300.00',
  })
  expect(reasonsOf((await check(database, 'B', 151, { customer: 'C-3' })).result)).toEqual(['own_limit'])
  expect((await check(database, 'C', 150, { customer: 'C-3' })).result).toMatchObject({ state: 'released' })
  expect(reasonsOf((await check(database, 'D', 51, { customer: 'C-1' })).result)).toEqual(['limit'])
  // A payment of one member lets the order of another go.
  await commandBooks(database, { company: COMPANY, now: noon(ON), actor: 'tesorería', key: 'pay' }, 'post', {
    receipts: [
      {
        number: 'R-1',
        customer: 'C-2',
        amount: pesos(100),
        valueOn: ON,
        applications: [{ document: 'F-C-2' }],
      },
    ],
  })
  await pump(database)
  expect(await stateOf(database, 'D')).toBe('released')
  await decision(database, 'leaveGroup', { customer: 'C-3', why: 'sold' }, { on: ON })
  expect((await check(database, 'E', 9_000, { customer: 'C-3' })).result).toMatchObject({ state: 'released' })
  expect((await verifyJournal(database)).findings).toEqual([])
})

test('an order in another currency waits for the rate of the day, and goes when it comes', async () => {
  const database = await start()
  const amount = { currency: 'USD', minor: 3_000 }
  const held = await decision(database, 'checkOrder', { order: 'SO-1', customer: 'C-1', amount }, { on: ON })
  expect(reasonsOf(held.result)).toEqual(['no_rate'])
  const rates = (rate: string, on = ON) =>
    decision(
      database,
      'setRates',
      { on, source: 'Banxico', rates: [{ base: 'USD', quote: 'MXN', rate }] },
      { on: ON },
    )
  expect(await refusal(rates('20', '2026-03-03'))).toBe('InvalidDate')
  expect((await rates('20.0001')).processes).toEqual(['order:SO-1'])
  await pump(database)
  expect(await stateOf(database, 'SO-1')).toBe('held')
  // What is said last for a day is right; a week later it is too old.
  await rates('20')
  expect(
    (await decision(database, 'checkOrder', { order: 'SO-1', customer: 'C-1', amount }, { on: ON })).result,
  ).toMatchObject({
    state: 'released',
  })
  expect(
    reasonsOf(
      (
        await decision(
          database,
          'checkOrder',
          { order: 'SO-2', customer: 'C-1', amount },
          { on: '2026-03-10' },
        )
      ).result,
    ),
  ).toEqual(['no_rate'])
})

test('a line that has lapsed is a limit of nothing, not no limit', async () => {
  const { database } = await freshLedger([ordersPolicy({ rules: [{ rule: 'limit' }] })])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-31', amount: 1 }], noon('2026-03-01'))
  expect((await check(database, 'SO-1', 10)).result).toMatchObject({ state: 'released' })
  await grantLine(database, 'C-1', 1_000, { to: '2026-03-02' })
  expect((await check(database, 'SO-2', 10)).result).toMatchObject({ state: 'released' })
  expect(reasonsOf((await check(database, 'SO-3', 10, { on: '2026-03-03' })).result)).toEqual(['limit'])
})
