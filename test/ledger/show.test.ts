import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { markSent } from '../../ledger/attempts.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { casesOfCustomer, showCase, showReceivable } from '../../ledger/show.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, look, pay, pesos, receipt, refusalOf } from './books.ts'

const sender = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }

/** A customer about whom everything is going on at once, on Tuesday 10 March. */
async function busy() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      ...['PROMISED', 'ANNOUNCED', 'DISPUTED', 'PAUSED', 'CHASED'].map((document, i) => ({
        document,
        due: `2026-03-0${i + 2}`,
      })),
      { document: 'LATER', due: '2026-04-01' },
      { document: 'NOTE', due: '2026-03-01', amount: -70, kind: 'credit_note' as const },
      { document: 'DOLLARS', due: '2026-04-01', amount: 9, currency: 'USD' },
    ],
    noon('2026-03-09'),
  )
  const on = { on: '2026-03-09' }
  const ids = {
    promise: (
      await ask(
        database,
        'recordPromise',
        {
          documents: ['PROMISED'],
          instalments: [
            { dueOn: '2026-03-13', amount: pesos(600) },
            { dueOn: '2026-03-20', amount: pesos(400) },
          ],
          madeBy: 'Luis',
        },
        on,
      )
    ).result.promise,
    announcement: (
      await ask(
        database,
        'announcePayment',
        { documents: ['ANNOUNCED'], amount: pesos(1000), trackingKey: 'SPEI-9', days: 2 },
        on,
      )
    ).result.announcement,
    dispute: (
      await ask(
        database,
        'openDispute',
        { lines: [{ document: 'DISPUTED', amount: pesos(250) }], reason: 'quality', owner: 'ana' },
        on,
      )
    ).result.dispute,
    pause: (await ask(database, 'pause', { document: 'PAUSED', to: '2026-03-25', why: 'meeting' }, on)).result
      .pause,
  }
  await pay(database, 'R-1', 300, ['PROMISED'], '2026-03-10')
  const [intent] = (await look(database, '2026-03-10')).intents
  const doing = { company: COMPANY, actor: 'cartera', now: noon('2026-03-10') }
  await claimMessage(
    database,
    calendars,
    doing,
    intent!.id,
    sender,
    writing(async () => Buffer.from('x')),
  )
  await markSent(database, calendars, doing, intent!.id, '250 OK')
  await look(database, '2026-03-10')
  return { database, ids }
}

test('a case shows where everything stands, with the ids that commands take', async () => {
  const { database, ids } = await busy()
  const view = await showCase(database, COMPANY, 'C-1', noon('2026-03-10'))
  expect(view).toMatchObject({
    key: 'C-1',
    grouping: 'customer',
    today: '2026-03-10',
    customer: {
      code: 'C-1',
      name: 'Customer C-1',
      branch: 'Norte',
      analyst: 'ana',
      payer: 'C-1',
      brokenPromises: 0,
    },
    stages: { overdue: 5, current: 2 },
    totals: [
      { currency: 'MXN', open: '5700.00', overdue: '4700.00', count: 6 },
      { currency: 'USD', open: '9.00', overdue: '0.00', count: 1 },
    ],
    behind: false,
    lastNoticeOn: '2026-03-10',
    lastCallOn: null,
    notListed: 0,
    credits: [{ document: 'NOTE', kind: 'credit_note', currency: 'MXN', open: '70.00' }],
    unappliedCash: [],
    promises: [
      {
        id: ids.promise,
        documents: ['PROMISED'],
        promised: '1000.00',
        // 300 that came, and the credit note that would settle a part of it.
        paid: '370.00',
        instalments: [{ no: 1, dueOn: '2026-03-13', countsUntil: '2026-03-18', amount: '600.00' }, { no: 2 }],
      },
    ],
    announcements: [
      {
        id: ids.announcement,
        documents: ['ANNOUNCED'],
        amount: '1000.00',
        trackingKey: 'SPEI-9',
        waitsUntil: '2026-03-11',
      },
    ],
    disputes: [
      {
        id: ids.dispute,
        reason: 'quality',
        owner: 'ana',
        lines: [{ document: 'DISPUTED', currency: 'MXN', original: '250.00', disputed: '250.00' }],
      },
    ],
    pauses: [{ id: ids.pause, document: 'PAUSED', from: '2026-03-09', to: '2026-03-25', reason: 'meeting' }],
    tasks: [{ kind: 'resolve_dispute', owner: 'ana', dueOn: '2026-03-24', documents: ['DISPUTED'] }],
    messages: [
      {
        template: 'reminder',
        state: 'sent',
        plannedOn: '2026-03-10',
        recipient: 'c-1@example.com',
        sentAt: noon('2026-03-10'),
        reason: null,
        nextTryAt: null,
      },
    ],
    contacts: [{ name: 'Pagos', email: 'c-1@example.com', refused: null }],
  })
  const rows = view.receivables.map((r) => [
    r.document,
    r.stage,
    r.daysLate,
    r.open,
    r.suspensions.map((s) => `${s.kind} ${s.until}`).join(),
    r.lastStep?.step,
    r.next.reason,
  ])
  expect(rows).toEqual([
    ['PROMISED', 'overdue', 8, '700.00', 'promised 2026-03-24', undefined, 'promised'],
    ['ANNOUNCED', 'overdue', 7, '1000.00', 'announced 2026-03-11', undefined, 'announced'],
    ['DISPUTED', 'overdue', 6, '1000.00', 'disputed null', 'first', 'min_gap'],
    ['PAUSED', 'overdue', 5, '1000.00', 'paused 2026-03-25', undefined, 'paused'],
    ['CHASED', 'overdue', 4, '1000.00', '', 'first', 'min_gap'],
    ['LATER', 'current', 0, '1000.00', '', undefined, 'anchor'],
    ['DOLLARS', 'current', 0, '9.00', '', undefined, 'anchor'],
  ])
  expect(view.receivables[2]!.disputed).toBe('250.00')
  expect(view.nextWakeAt).toBe(
    Math.min(...view.receivables.flatMap((r) => (r.next.at === null ? [] : [r.next.at]))),
  )
})

test('a case that nobody knows is refused', async () => {
  const { database } = await freshLedger()
  expect(await refusalOf(showCase(database, COMPANY, 'NOBODY', noon('2026-03-10')))).toBe('NotFound')
  expect(await refusalOf(showReceivable(database, COMPANY, 'NOTHING', noon('2026-03-10')))).toBe('NotFound')
  expect(await refusalOf(casesOfCustomer(database, COMPANY, 'NOBODY'))).toBe('NotFound')
})

test('facts that changed since the last assessment show as behind', async () => {
  const { database } = await busy()
  await pay(database, 'R-2', 50, [], '2026-03-10')
  expect(await showCase(database, COMPANY, 'C-1', noon('2026-03-10'))).toMatchObject({
    behind: true,
    unappliedCash: [{ receipt: 'R-2', currency: 'MXN', amount: '50.00', valueOn: '2026-03-10' }],
  })
})

test('a receivable shows its ladder, what comes next and its history', async () => {
  const { database } = await busy()
  const view = await showReceivable(database, COMPANY, 'CHASED', noon('2026-03-12'))
  expect(view).toMatchObject({
    document: 'CHASED',
    case: 'C-1',
    customer: { code: 'C-1', name: 'Customer C-1' },
    original: '1000.00',
    open: '1000.00',
    stage: 'overdue',
    closedAs: null,
    daysLate: 6,
    held: false,
    policy: { id: 'standard', version: 1 },
    next: { step: 'second', at: instantOf('2026-03-17', '09:00', 'America/Mexico_City'), reason: 'min_gap' },
  })
  expect(view.steps.map((s) => `${s.step} ${s.state} ${s.on} ${s.why}`)).toEqual([
    'first done 2026-03-10 null',
    'second ahead 2026-03-17 min_gap',
    'third ahead null null',
    'call ahead null null',
    'hold ahead null null',
    'demand ahead null null',
  ])
  expect(view.timeline.map((e) => `${e.at.slice(0, 10)} ${e.event}`)).toEqual([
    '2026-03-09 loaded',
    '2026-03-10 reminder sent',
  ])
})

test('what was skipped says why, and reviews follow the ladder', async () => {
  const { database } = await freshLedger([
    testPolicy({
      steps: [
        { id: 'first', day: 1, action: 'remind' },
        { id: 'second', day: 8, action: 'remind' },
      ],
    }),
  ])
  await loadItems(database, [{ document: 'OLD', due: '2026-01-05' }], noon('2026-03-09'))
  await look(database, '2026-03-09')
  await database.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date) VALUES (1, 'review#1', 'review', 'done', '2026-03-09')`,
  )
  const { steps } = await showReceivable(database, COMPANY, 'OLD', noon('2026-03-09'))
  expect(steps).toEqual([
    { step: 'first', action: 'remind', state: 'skipped', on: '2026-03-09', why: 'loaded late' },
    { step: 'second', action: 'remind', state: 'pending', on: '2026-03-09', why: null },
    { step: 'review#1', action: 'review', state: 'done', on: '2026-03-09', why: null },
  ])
})

test('a replaced invoice and its successor name each other; an open credit is negative', async () => {
  const { database } = await busy()
  const by = { document: 'CHASED-B', amount: pesos(900), issuedOn: '2026-03-10', dueOn: '2026-04-10' }
  await ask(database, 'replace', { document: 'CHASED', by, why: 'our_error' }, { on: '2026-03-10' })
  const show = (name: string) => showReceivable(database, COMPANY, name, noon('2026-03-10'))
  expect(await show('CHASED')).toMatchObject({
    stage: 'closed',
    closedAs: 'replaced',
    open: '0.00',
    daysLate: 0,
    replacedBy: 'CHASED-B',
    next: { at: null },
  })
  expect(await show('CHASED-B')).toMatchObject({ replaces: 'CHASED', replacedBy: null, open: '900.00' })
  expect(await show('NOTE')).toMatchObject({ open: '-70.00', disputed: '0.00' })
})

test('a case of thousands lists the oldest and counts the rest', async () => {
  const { database } = await freshLedger()
  await loadItems(
    database,
    Array.from({ length: 620 }, (_, i) => ({ document: `F-${i}`, due: '2026-03-02' })),
    noon('2026-03-05'),
  )
  await book(database, 'post', { receipts: [receipt('R-1', 1000, ['F-0'])] }, { on: '2026-03-10' })
  const view = await showCase(database, COMPANY, 'C-1', noon('2026-03-10'))
  expect([view.receivables.length, view.notListed, view.totals[0]!.count]).toEqual([500, 119, 619])
})
