import { expect, test } from 'vitest'
import { createWebhook } from '../../activities/erp/webhook.ts'
import { commandDecision } from '../../client/decisions.ts'
import { instantOf } from '../../domain/calendar.ts'
import type { DecisionWork } from '../../workflows/decision.messages.ts'
import { startReceiver } from '../erp/receiver.ts'
import { pesos } from '../ledger/books.ts'
import { creditDiary, creditPolicy, creditTasks, limits } from '../ledger/credit/credit.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
let keys = 0
const asking = (engine: Engine) => (work: DecisionWork) =>
  commandDecision({ client: engine.client, company: COMPANY }, work, { actor: 'ana', key: `d-${++keys}` })

test('a guarantee lapses on a Sunday: the limit is lower at once, and on Monday the analyst has it to do', async () => {
  const ledger = await freshLedger([creditPolicy()])
  const { database } = ledger
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(database, [{ document: 'F-1', due: '2041-01-10' }], await engine.now())
  const ask = asking(engine)
  await ask({ name: 'requestLine', content: { customer: 'C-1', amount: pesos(10_000), why: 'old customer' } })
  const { result } = await ask({
    name: 'registerGuarantee',
    content: {
      customer: 'C-1',
      kind: 'deposit',
      reference: 'D-1',
      givenBy: 'Banco',
      amount: pesos(50_000),
      // A Saturday: it counts to the end of that day.
      to: '2040-06-16',
      why: 'until the works are over',
    },
  })
  expect(result).toMatchObject({ guarantee: 1, covered: '50000.00' })
  await engine.until(at('2040-06-16', '23:50'))
  expect(await limits(database, '2040-06-16')).toEqual(['MXN 60000'])
  expect((await creditTasks(database)).map((t) => `${t.subject} ${t.state}`)).toEqual(['guarantee 1 open'])
  await engine.until(at('2040-06-17', '00:10'))
  expect(await limits(database, '2040-06-17')).toEqual(['MXN 10000'])
  expect(await creditTasks(database)).toMatchObject([
    { subject: 'guarantee 1', state: 'overtaken', attempts: 2 },
    { subject: 'guarantee lapsed 1', state: 'open', due_on: '2040-06-18' },
  ])
  expect(await creditDiary(database)).toEqual([
    '2040-01-09 credit line granted',
    '2040-01-09 guarantee registered',
    '2040-06-17 guarantee lapsed',
  ])
  // Nothing is left to wait for.
  await engine.client.workflow.getHandle('guarantee:test:1').result()
})

test('a temporary limit begins and ends with the days of the customer, wherever that is', async () => {
  const ledger = await freshLedger([creditPolicy()])
  const { database } = ledger
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(database, [{ document: 'F-1', due: '2041-01-10' }], await engine.now())
  await database.rows(`UPDATE customer SET time_zone = 'Asia/Tokyo'`)
  const ask = asking(engine)
  await ask({
    name: 'requestTemporaryLimit',
    content: {
      customer: 'C-1',
      amount: pesos(10_000),
      from: '2040-02-01',
      to: '2040-02-29',
      why: 'a bridge',
    },
  })
  const tokyo = (day: string, time: string) => instantOf(day, time, 'Asia/Tokyo')
  const seen: (number | undefined)[] = []
  for (const instant of [
    tokyo('2040-01-31', '23:55'),
    tokyo('2040-02-01', '00:05'),
    tokyo('2040-02-29', '23:55'),
    tokyo('2040-03-01', '00:05'),
  ]) {
    await engine.until(instant)
    seen.push((await creditDiary(database)).length)
  }
  expect(seen).toEqual([1, 2, 2, 3])
  expect((await creditDiary(database)).map((line) => line.slice(11))).toEqual([
    'credit line granted',
    'credit line began',
    'credit line lapsed',
  ])
  expect(await engine.client.workflow.getHandle('creditLine:test:1').result()).toBe('lapsed')
})

test('an order that the lapse holds goes out when the guarantee is renewed, and the ERP hears of both', async () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const clock = { now: noon('2040-01-09') }
  const erp = await startReceiver([secret], () => clock.now)
  // The first call is lost on its way.
  erp.moods.push('drop')
  const ledger = await freshLedger([creditPolicy({ orders: { rules: [{ rule: 'limit' }] } })])
  const { database } = ledger
  const engine = await startEngine(ledger, {
    startAt: clock.now,
    erp: createWebhook({
      url: erp.url,
      secrets: [secret],
      attemptTimeoutMs: 5_000,
      clock: () => clock.now,
    }),
  })
  await loadItems(database, [{ document: 'F-1', due: '2041-01-10' }], await engine.now())
  const ask = asking(engine)
  await ask({
    name: 'registerGuarantee',
    content: {
      customer: 'C-1',
      kind: 'deposit',
      reference: 'D-1',
      givenBy: 'Banco',
      amount: pesos(50_000),
      to: '2040-01-15',
      why: 'x',
    },
  })
  const order = (number: string) =>
    ask({ name: 'checkOrder', content: { order: number, customer: 'C-1', amount: pesos(20_000) } })
  expect((await order('SO-1')).result).toMatchObject({ state: 'released' })
  // The last day is a Sunday.
  await engine.until(at('2040-01-16', '09:00'))
  expect((await order('SO-2')).result).toMatchObject({ state: 'held' })
  await engine.until(at('2040-01-16', '12:00'))
  await ask({
    name: 'renewGuarantee',
    content: { guarantee: 1, to: '2041-01-15', why: 'the bank prolonged it' },
  })
  await engine.until(at('2040-01-16', '13:00'))
  expect(erp.done.map(({ type, data }) => `${data.order} ${type}`)).toEqual([
    'SO-1 order.released',
    'SO-2 order.held',
    'SO-2 order.released',
  ])
  // One came twice: nobody knew whether the first one had arrived.
  expect(erp.attempts).toHaveLength(4)
})
