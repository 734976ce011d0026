import { expect, test } from 'vitest'
import { renderNotice } from '../../activities/mail/render.ts'
import { instantOf } from '../../domain/calendar.ts'
import { breakDown, type Notice } from '../../domain/notice.ts'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, testPolicy, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, look, pay, pesos } from './books.ts'

const TODAY = '2026-03-05'
const AT = instantOf(TODAY, '12:05', 'America/Mexico_City')
const sender = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }

/** What the case's message of the day says. */
async function noticeOf(database: Database, key = 'C-1'): Promise<Notice> {
  const [intent] = (await look(database, TODAY, key)).intents
  let said: Notice | null = null
  await claimMessage(
    database,
    calendars,
    { company: COMPANY, actor: 'cartera', now: AT },
    intent!.id,
    sender,
    writing(async (notice) => {
      said = notice
      return Buffer.from('x')
    }),
  )
  return said!
}

const itemsOf = (notice: Notice) => notice.sections.flatMap((s) => s.items)
const payable = (notice: Notice) => breakDown(itemsOf(notice)).payableMinor

// 2026-11-25: each case of a payer subtracted the payer's whole unapplied cash and all open credits of the customer.
test('unused money is shown where it nets, and over all cases of a payer once', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'invoice' })])
  await loadItems(
    database,
    [
      { document: 'A', due: '2026-02-27', amount: 1000 },
      { document: 'B', due: '2026-03-02', amount: 1000 },
      { document: 'N', due: '2026-03-01', amount: -300, kind: 'credit_note' },
      { document: 'D', due: '2026-02-26', amount: 500, customer: 'C-2', payer: 'C-1' },
    ],
    noon(TODAY),
  )
  await pay(database, 'R-1', 900, [], TODAY)
  // The oldest first: the credit nets A (of its customer) with 300, the cash D with 500 and A with the rest.
  const said = async (document: string, customer = 'C-1') => {
    const notice = await noticeOf(database, `${customer}:invoice:${document}`)
    return { ...breakDown(itemsOf(notice)), credits: notice.sections.flatMap((s) => s.credits) }
  }
  expect(await said('A')).toMatchObject({
    openMinor: 100_000n,
    creditMinor: 30_000n,
    cashMinor: 40_000n,
    payableMinor: 30_000n,
    credits: [{ document: 'N', usedMinor: 30_000n }],
  })
  expect(await said('B')).toMatchObject({
    creditMinor: 0n,
    cashMinor: 0n,
    payableMinor: 100_000n,
    credits: [],
  })
  expect((await look(database, TODAY, 'C-2:invoice:D')).intents).toEqual([])
})

// 2026-11-25: promised, announced and paused items were asked for beside the others.
test('what was promised, announced, paused or is in dispute is listed with its state and not asked for', async () => {
  const { database } = await freshLedger()
  const documents = ['asked', 'promised', 'announced', 'paused', 'disputed']
  await loadItems(
    database,
    documents.map((document) => ({ document, due: '2026-03-02' })),
    noon(TODAY),
  )
  const on = { on: TODAY }
  await ask(
    database,
    'recordPromise',
    {
      documents: ['promised'],
      instalments: [
        { dueOn: '2026-03-09', amount: pesos(400) },
        { dueOn: '2026-03-20', amount: pesos(600) },
      ],
      madeBy: 'Luis',
    },
    on,
  )
  await ask(database, 'announcePayment', { documents: ['announced'], amount: pesos(1000) }, on)
  await ask(database, 'pause', { document: 'paused', to: '2026-03-12', why: 'visit agreed' }, on)
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'disputed', amount: pesos(250) }], reason: 'quality', owner: 'ana' },
    on,
  )
  const notice = await noticeOf(database)
  expect(
    itemsOf(notice).map(({ document, severity, waits, disputedMinor }) => ({
      document,
      severity,
      waits,
      disputedMinor,
    })),
  ).toEqual([
    { document: 'announced', severity: null, waits: { kind: 'announced', on: null }, disputedMinor: 0n },
    { document: 'asked', severity: 'reminder', waits: null, disputedMinor: 0n },
    { document: 'disputed', severity: 'reminder', waits: null, disputedMinor: 25_000n },
    { document: 'paused', severity: null, waits: { kind: 'paused', on: null }, disputedMinor: 0n },
    {
      document: 'promised',
      severity: null,
      waits: { kind: 'promised', on: '2026-03-09' },
      disputedMinor: 0n,
    },
  ])
  expect(payable(notice)).toBe(175_000n)
  expect(renderNotice(notice).subject).toBe('Recordatorio de pago: $1,750.00 MXN – Customer C-1')
})
