import { expect, test } from 'vitest'
import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { CaseCommands } from '../../domain/command.ts'
import type { Notice } from '../../domain/notice.ts'
import { markRefused, markSent } from '../../ledger/attempts.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { confirmations, minutesOf } from '../../ledger/minutes.ts'
import { showCase } from '../../ledger/show.ts'
import { COMPANY, calendars, freshLedger, writing } from '../setup/ledger.ts'
import { loadItems, noon, type Sketch } from '../setup/portfolio.ts'
import { ask, eventsOf, look, pay, pesos, refusalOf } from './books.ts'

const ASKED = '2026-03-10'
const REMINDED = '2026-03-18'
const CALLED = '2026-03-25'

/** Two invoices that are due in May, so that nothing else is said: 1,000 and 500. */
async function withCustomer(sketches: Partial<Sketch>[] = [{}, { amount: 500 }]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    sketches.map((s, n) => ({ document: `F-${n + 1}`, due: '2026-05-20', issued: '2026-03-01', ...s })),
    noon('2026-03-02'),
  )
  await look(database, '2026-03-02')
  return database
}

const request = (
  database: Database,
  content: CaseCommands['requestConfirmation'] = { mode: 'confirmation' },
  on: LocalDate = ASKED,
) => ask(database, 'requestConfirmation', content, { on })

const answer = (
  database: Database,
  content: Partial<CaseCommands['answerConfirmation']>,
  on: LocalDate = '2026-03-12',
) => ask(database, 'answerConfirmation', { confirmation: 1, answeredBy: 'Laura', ...content }, { on })

const say = (document: string, amount: number) => ({ document, amount: pesos(amount) })

/** Sends what the case has to say on a day; tells what it said. */
async function send(database: Database, on: LocalDate): Promise<Notice[]> {
  const said: Notice[] = []
  const doing = { company: COMPANY, actor: 'cartera', now: noon(on) }
  const sender = { name: 'Cementos', replyTo: 'x@example.com', phone: '', bankReference: '' }
  for (const { id } of (await look(database, on)).intents) {
    const write = writing(async (notice) => {
      said.push(notice)
      return Buffer.from(`message ${id}`)
    })
    const claim = await claimMessage(database, calendars, doing, id, sender, write)
    if (claim.kind === 'send') await markSent(database, calendars, doing, id, 'ok')
  }
  return said
}

const minutes = (database: Database, id = 1) => minutesOf(database, COMPANY, id)
const tasks = (database: Database) =>
  database.rows('SELECT kind, subject, state, due_on FROM task ORDER BY id')

test('a customer is asked by a message of its own, with the books of the day', async () => {
  const database = await withCustomer()
  await pay(database, 'R-1', 400, ['F-1'], '2026-03-05')
  await pay(database, 'R-2', 500, ['F-2'], '2026-03-09')
  expect(await request(database, { mode: 'confirmation', asOf: '2026-03-06' })).toMatchObject({
    result: {
      confirmation: 1,
      mode: 'confirmation',
      asOf: '2026-03-06',
      remindOn: REMINDED,
      callOn: CALLED,
      closesOn: null,
    },
    cases: ['C-1'],
  })
  const [said, ...others] = await send(database, ASKED)
  expect(others).toEqual([])
  expect(said).toMatchObject({
    template: 'confirmation',
    recipient: { email: 'c-1@example.com' },
    confirmation: { id: 1, mode: 'confirmation', asOf: '2026-03-06', again: false, closesOn: null },
    sections: [
      {
        currency: 'MXN',
        items: [
          { document: 'F-1', openMinor: 60_000n, originalMinor: 100_000n, dueOn: '2026-05-20' },
          { document: 'F-2', openMinor: 50_000n },
        ],
      },
    ],
  })
  expect(await minutes(database)).toMatchObject({
    state: 'asked',
    nextOn: REMINDED,
    totals: [{ currency: 'MXN', documents: 2, ours: '1100.00', theirs: null, difference: null }],
  })
})

test('it is no chasing: no gap counts from it, and what is chased goes on', async () => {
  const database = await withCustomer([{ due: '2026-03-09' }])
  await request(database)
  const said = await send(database, ASKED)
  expect(said.map((n) => n.template).sort()).toEqual(['confirmation', 'reminder'])
  const [row] = await database.rows('SELECT last_notice_on FROM collection_case')
  expect(row).toEqual({ last_notice_on: ASKED })

  const quiet = await withCustomer()
  await request(quiet)
  await send(quiet, ASKED)
  expect(await quiet.rows('SELECT last_notice_on FROM collection_case')).toEqual([{ last_notice_on: null }])
})

test('who doesn’t answer is reminded once, then called, and the case wakes for both', async () => {
  const database = await withCustomer()
  await request(database)
  await send(database, ASKED)
  const asleep = await look(database, ASKED)
  expect(asleep.nextAt).toBeLessThan(noon(REMINDED))
  expect(asleep.nextAt).toBeGreaterThan(noon(addDays(REMINDED, -1)))
  expect(await send(database, addDays(REMINDED, -1))).toEqual([])
  expect(await send(database, REMINDED)).toMatchObject([{ confirmation: { again: true } }])
  expect(await send(database, REMINDED)).toEqual([])
  expect((await look(database, REMINDED)).nextAt).toBeLessThan(noon(CALLED))
  expect(await send(database, addDays(CALLED, -1))).toEqual([])
  expect(await tasks(database)).toEqual([])
  await look(database, CALLED)
  await look(database, addDays(CALLED, 1))
  expect(await tasks(database)).toEqual([
    { kind: 'call', subject: 'confirmation 1', state: 'open', due_on: CALLED },
  ])
  expect(await minutes(database)).toMatchObject({
    state: 'asked',
    reminded: true,
    called: true,
    nextOn: null,
  })
})

test('the same balance: agreed, and nobody is reminded or called any more', async () => {
  const database = await withCustomer()
  await request(database)
  await send(database, ASKED)
  await look(database, REMINDED)
  await look(database, CALLED)
  expect(await answer(database, { agrees: true, answeredOn: '2026-03-24' }, CALLED)).toMatchObject({
    result: { state: 'agreed', dispute: null, differences: [] },
  })
  expect(await tasks(database)).toMatchObject([{ kind: 'call', state: 'overtaken' }])
  expect(await database.rows(`SELECT state, reason FROM message ORDER BY id`)).toEqual([
    { state: 'sent', reason: null },
    { state: 'skipped', reason: 'nothing left to say' },
  ])
  expect(await minutes(database)).toMatchObject({
    state: 'agreed',
    answeredOn: '2026-03-24',
    answeredBy: 'Laura',
    totals: [{ ours: '1500.00', theirs: '1500.00', difference: '0.00' }],
  })
  expect((await look(database, addDays(CALLED, 9))).intents).toEqual([])
})

test('what they owe less of is one dispute; what only they have is for the analyst', async () => {
  const database = await withCustomer([{}, { amount: 500 }, { amount: 300 }])
  await request(database)
  const balances = [say('F-1', 900), say('F-2', 0), say('F-3', 300), say('X-77', 50)]
  const { result } = await answer(database, { balances, reason: 'price_or_discount', owner: 'plant' })
  expect(result).toEqual({
    confirmation: 1,
    state: 'differs',
    answeredBy: 'Laura',
    dispute: 1,
    differences: [
      { document: 'F-1', currency: 'MXN', ours: '1000.00', theirs: '900.00' },
      { document: 'F-2', currency: 'MXN', ours: '500.00', theirs: '0.00' },
      { document: 'X-77', currency: 'MXN', ours: '0.00', theirs: '50.00' },
    ],
  })
  expect((await showCase(database, COMPANY, 'C-1', noon('2026-03-12'))).disputes).toMatchObject([
    {
      id: 1,
      reason: 'price_or_discount',
      owner: 'plant',
      lines: [
        { document: 'F-1', original: '100.00' },
        { document: 'F-2', original: '500.00' },
      ],
    },
  ])
  expect(await tasks(database)).toMatchObject([
    { kind: 'resolve_dispute', subject: 'dispute 1', state: 'open' },
    { kind: 'review', subject: 'confirmation 1', state: 'open' },
  ])
  expect(await minutes(database)).toMatchObject({
    state: 'differs',
    totals: [{ documents: 3, ours: '1800.00', theirs: '1250.00', difference: '-550.00' }],
    differences: [
      { document: 'F-1', known: true, disputed: '100.00' },
      { document: 'F-2', known: true, disputed: '500.00' },
      { document: 'X-77', known: false, disputed: null },
    ],
    dispute: { id: 1, owner: 'plant', outcome: null },
  })
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'dispute opened',
    'resolve dispute task opened',
    'confirmation differs',
  ])
  expect(await eventsOf(database, 'F-3')).toEqual(['loaded'])
})

test('what was paid since is disputed no more than is still open', async () => {
  const database = await withCustomer()
  await request(database)
  await pay(database, 'R-1', 950, ['F-1'], '2026-03-11')
  await pay(database, 'R-2', 500, ['F-2'], '2026-03-11')
  expect(await answer(database, { balances: [say('F-1', 900), say('F-2', 400)] })).toMatchObject({
    result: { state: 'differs', dispute: 1 },
  })
  expect((await minutes(database)).differences).toMatchObject([
    { document: 'F-1', disputed: '50.00' },
    { document: 'F-2', disputed: null },
  ])
})

test('what was paid and not applied is taken off the balance, and explains what they owe less of', async () => {
  const database = await withCustomer()
  await pay(database, 'R-1', 400, [], '2026-03-05')
  await pay(database, 'R-2', 50, [], '2026-03-09')
  await request(database, { mode: 'confirmation', asOf: '2026-03-06' })
  const [said] = await send(database, ASKED)
  // Booked into the same days when the question was out already.
  await pay(database, 'R-3', 70, [], '2026-03-11', { postingOn: '2026-03-06', valueOn: '2026-03-06' })
  expect(said!.confirmation!.cash).toEqual([{ currency: 'MXN', minor: 40_000n }])
  expect((await minutes(database)).totals).toMatchObject([{ cash: '400.00', ours: '1100.00' }])
  await answer(database, { balances: [say('F-1', 500)] })
  expect(await minutes(database)).toMatchObject({
    totals: [{ cash: '400.00', ours: '1100.00', theirs: '600.00', difference: '-500.00' }],
    differences: [{ document: 'F-1', ours: '1000.00', theirs: '500.00', disputed: '100.00' }],
  })
})

test('unapplied cash that explains all of it leaves nothing to dispute: somebody applies it', async () => {
  const database = await withCustomer()
  await pay(database, 'R-1', 400, [], '2026-03-05')
  await request(database)
  expect(await answer(database, { balances: [say('F-1', 600)] })).toMatchObject({
    result: { state: 'differs', dispute: null },
  })
  expect(await tasks(database)).toMatchObject([{ kind: 'review', subject: 'confirmation 1' }])
})

test('the cash of a payer of several customers is told once', async () => {
  const database = await withCustomer([{ payer: 'P-1' }, { customer: 'C-2', payer: 'P-1' }])
  await look(database, '2026-03-02', 'C-2')
  await pay(database, 'R-1', 400, [], '2026-03-05')
  await request(database)
  await ask(database, 'requestConfirmation', { mode: 'confirmation' }, { on: ASKED }, 'C-2')
  expect((await minutes(database, 1)).totals).toMatchObject([{ cash: '400.00', ours: '600.00' }])
  expect((await minutes(database, 2)).totals).toMatchObject([{ cash: '0.00', ours: '1000.00' }])
})

test('a notification is agreed to by silence, and an answer that comes later is taken', async () => {
  const database = await withCustomer()
  await request(database, { mode: 'notification' })
  expect(await send(database, ASKED)).toMatchObject([{ confirmation: { closesOn: CALLED } }])
  expect(await send(database, addDays(CALLED, -1))).toEqual([])
  expect(await minutes(database)).toMatchObject({ state: 'asked', nextOn: CALLED })
  await look(database, CALLED)
  expect(await minutes(database)).toMatchObject({
    state: 'unopposed',
    nextOn: null,
    totals: [{ theirs: '1500.00' }],
  })
  expect(await tasks(database)).toEqual([])
  await answer(database, { balances: [say('F-1', 900)] }, addDays(CALLED, 2))
  expect(await minutes(database)).toMatchObject({ state: 'differs', totals: [{ theirs: '1400.00' }] })
})

// 2026-11-26: what nobody had been asked counted as agreed to by silence.
test('silence counts from the day on which a notification leaves', async () => {
  const database = await withCustomer()
  await request(database, { mode: 'notification' })
  await look(database, CALLED)
  expect(await minutes(database)).toMatchObject({ state: 'asked' })
  const [sent] = await send(database, addDays(CALLED, 1))
  const { closesOn } = sent!.confirmation!
  await look(database, addDays(closesOn!, -1))
  expect(await minutes(database)).toMatchObject({ state: 'asked', nextOn: closesOn })
  await look(database, closesOn!)
  expect(await minutes(database)).toMatchObject({ state: 'unopposed' })
})

test.each(['notification', 'confirmation'] as const)(
  'a %s that can’t be sent is nobody’s silence: somebody calls',
  async (mode) => {
    const database = await withCustomer([{ email: null }])
    await request(database, { mode })
    await send(database, ASKED)
    await look(database, REMINDED)
    await look(database, CALLED)
    expect(await minutes(database)).toMatchObject({ state: 'asked' })
    expect((await tasks(database)).map((t) => t.kind).sort()).toEqual(['call', 'fix_contact'])
  },
)

test('who didn’t get the first is asked by the reminder as if it were the first', async () => {
  const database = await withCustomer([{ email: null }])
  await request(database)
  await send(database, ASKED)
  await ask(database, 'addContact', { name: 'Pagos', email: 'pagos@example.com' }, { on: ASKED })
  expect(await send(database, REMINDED)).toMatchObject([{ confirmation: { again: false } }])
})

test('a request doesn’t show our books; a total that differs is looked at by the analyst', async () => {
  const database = await withCustomer()
  await request(database, { mode: 'request' })
  expect(await send(database, ASKED)).toMatchObject([{ confirmation: { mode: 'request' }, sections: [] }])
  expect(await answer(database, { totals: [pesos(1450)] })).toMatchObject({
    result: {
      state: 'differs',
      dispute: null,
      differences: [{ document: null, ours: '1500.00', theirs: '1450.00' }],
    },
  })
  expect(await tasks(database)).toMatchObject([{ kind: 'review', subject: 'confirmation 1' }])
})

test('credits are in the balance', async () => {
  const database = await withCustomer([{}, { kind: 'credit_note', amount: -200 }])
  await request(database)
  expect(await send(database, ASKED)).toMatchObject([
    { sections: [{ items: [{ document: 'F-1' }], credits: [{ document: 'F-2', usedMinor: 20_000n }] }] },
  ])
  expect(await answer(database, { totals: [pesos(800)] })).toMatchObject({ result: { state: 'agreed' } })
})

test('a nil balance is asked about as well, and the case ends when it is answered', async () => {
  const database = await withCustomer([{}])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-05')
  await request(database)
  expect(await send(database, ASKED)).toMatchObject([{ confirmation: { id: 1 }, sections: [] }])
  expect(await look(database, ASKED)).toMatchObject({ closed: false })
  await answer(database, { agrees: true })
  expect(await look(database, '2026-03-12')).toMatchObject({ closed: true })
})

test('an address that is refused: the next contact is asked, and the reminder still goes out', async () => {
  const database = await withCustomer()
  const other = { name: 'Tesorería', email: 'otra@example.com', rank: 2 }
  await ask(database, 'addContact', other, { on: ASKED })
  await request(database)
  const doing = { company: COMPANY, actor: 'cartera', now: noon(ASKED) }
  const sender = { name: 'Cementos', replyTo: '', phone: '', bankReference: '' }
  const [intent] = (await look(database, ASKED)).intents
  await claimMessage(
    database,
    calendars,
    doing,
    intent!.id,
    sender,
    writing(async () => Buffer.from('x')),
  )
  await markRefused(database, calendars, doing, intent!.id, { reason: '550', scope: 'recipient' })
  expect(await send(database, ASKED)).toMatchObject([
    { recipient: { email: 'otra@example.com' }, confirmation: { id: 1, again: false } },
  ])
  expect(await send(database, REMINDED)).toMatchObject([{ confirmation: { again: true } }])
})

test('without an address somebody is told at once', async () => {
  const database = await withCustomer([{ email: null }])
  await request(database)
  expect(await send(database, ASKED)).toEqual([])
  expect(await tasks(database)).toMatchObject([{ kind: 'fix_contact', subject: 'no address', state: 'open' }])
})

test('withdrawn before it is sent, nothing is sent; asked again on the same day, that is', async () => {
  const database = await withCustomer()
  await request(database)
  await ask(database, 'withdrawConfirmation', { confirmation: 1, why: 'the wrong day' }, { on: ASKED })
  await request(database, { mode: 'request' })
  expect(await send(database, ASKED)).toMatchObject([{ confirmation: { id: 2, mode: 'request' } }])
  expect(await confirmations(database, { company: COMPANY, limit: 10 })).toMatchObject([
    { id: 2, state: 'asked' },
    { id: 1, state: 'withdrawn', nextOn: null },
  ])
  expect(await confirmations(database, { company: COMPANY, limit: 10, state: 'withdrawn' })).toHaveLength(1)
  expect(await confirmations(database, { company: COMPANY, limit: 10, customer: 'C-2' })).toEqual([])
})

test('what can’t be is refused by name', async () => {
  const database = await withCustomer()
  expect(await refusalOf(request(database, { mode: 'request', asOf: '2026-03-11' }))).toBe('InvalidDate')
  await request(database)
  expect(await refusalOf(request(database))).toBe('ConfirmationExists')
  expect(await refusalOf(answer(database, {}))).toBe('AnswerUnclear')
  expect(await refusalOf(answer(database, { agrees: true, balances: [say('F-1', 1)] }))).toBe('AnswerUnclear')
  expect(await refusalOf(answer(database, { agrees: true, answeredOn: '2026-03-09' }))).toBe('InvalidDate')
  expect(await refusalOf(answer(database, { agrees: true, answeredOn: '2026-03-13' }))).toBe('InvalidDate')
  const dollars = [{ document: 'F-1', amount: { currency: 'USD', minor: 100 } }]
  expect(await refusalOf(answer(database, { balances: dollars }))).toBe('WrongCurrency')
  expect(await refusalOf(answer(database, { confirmation: 9, agrees: true }))).toBe('NotFound')
  await answer(database, { agrees: true })
  expect(await refusalOf(answer(database, { agrees: true }))).toBe('NotOpen')
  expect(
    await refusalOf(ask(database, 'withdrawConfirmation', { confirmation: 1, why: 'x' }, { on: ASKED })),
  ).toBe('NotOpen')
})
