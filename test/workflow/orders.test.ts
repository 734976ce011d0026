import { expect, test } from 'vitest'
import { commandDecision } from '../../client/decisions.ts'
import { checkOrder } from '../../client/orders.ts'
import { instantOf, localDateOf } from '../../domain/calendar.ts'
import type { DecisionCommandName, DecisionCommands } from '../../domain/decisionCommand.ts'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { grantLine, pesos } from '../ledger/orders/orders.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'

const MEXICO = 'America/Mexico_City'
const at = (day: string, time: string) => instantOf(day, time, MEXICO)
const MONDAY = '2040-01-09'

/** An ERP that polls the table: what it has read is delivered. */
const poll = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ told: string }>(
      `WITH read AS (UPDATE order_call SET state = 'delivered', delivered_at = created_at WHERE state = 'pending' RETURNING *)
       SELECT seq || ' ' || order_number || ' ' || event AS told FROM read ORDER BY order_number, seq`,
    )
  ).map((row) => row.told)

const diary = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ at: string; event: string; actor: string }>(
      `SELECT entry::jsonb ->> 'at' AS at, event, entry::jsonb ->> 'actor' AS actor FROM journal
       WHERE chain LIKE 'customer:%' AND (event LIKE 'order%' OR event LIKE 'approval%' OR event = 'receipt posted') ORDER BY chain, seq`,
    )
  ).map((row) => {
    const time = new Intl.DateTimeFormat('en', {
      timeZone: MEXICO,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    return `${localDateOf(Date.parse(row.at), MEXICO)} ${time.format(Date.parse(row.at))} ${row.event} (${row.actor})`
  })

/** C-1 owes 900 of a limit of 1,000; the analyst may release orders. */
async function start() {
  const ledger = await freshLedger([
    testPolicy({
      orders: { rules: [{ rule: 'limit' }], grace_working_days: 1 },
      approvals: { matrix: [{ kinds: ['order_release'], levels: [] }] },
    }),
  ])
  const engine = await startEngine(ledger, { startAt: at(MONDAY, '09:00') })
  await loadItems(ledger.database, [{ document: 'F-1', amount: 900, due: '2040-02-10' }], await engine.now())
  await grantLine(ledger.database, 'C-1', 1_000)
  let keys = 0
  const ask = <N extends DecisionCommandName>(name: N, content: DecisionCommands[N]) =>
    commandDecision({ client: engine.client, company: COMPANY }, { name, content } as never, {
      actor: 'ana',
      key: `d-${++keys}`,
    })
  const order = (number: string, amount: number, more: { neededBy?: string } = {}) =>
    checkOrder(
      { client: engine.client, company: COMPANY },
      { order: number, customer: 'C-1', amount: pesos(amount), ...more },
      { actor: 'erp', key: `o-${++keys}` },
    )
  return { database: ledger.database, engine, ask, order }
}

const pay = (engine: Engine, amount: number) =>
  engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number: `R-${amount}`,
          customer: 'C-1',
          amount: pesos(amount),
          valueOn: MONDAY,
          applications: [{ document: 'F-1' }],
        },
      ],
    },
  })

test('an order is held at ten, released if 200 are paid by five, and released for good when they come at 16:40', async () => {
  const { database, engine, ask, order } = await start()
  await engine.until(at(MONDAY, '10:00'))
  const held = await order('SO-1', 500)
  expect(held).toMatchObject({ status: 202, body: { state: 'held', reasons: [{ code: 'limit' }] } })
  expect(await poll(database)).toEqual(['1 SO-1 held'])
  await engine.until(at(MONDAY, '10:30'))
  await ask('releaseConditionally', {
    order: 'SO-1',
    amount: pesos(200),
    by: at(MONDAY, '17:00'),
    why: 'they are at the bank',
  })
  expect(await poll(database)).toEqual(['2 SO-1 conditionally_released'])
  // Too little is not enough.
  await engine.until(at(MONDAY, '12:00'))
  await pay(engine, 150)
  await engine.until(at(MONDAY, '16:40'))
  expect((await order('SO-1', 500)).body).toMatchObject({ state: 'conditionally_released' })
  await pay(engine, 50)
  await engine.until(at(MONDAY, '16:50'))
  expect(await poll(database)).toEqual(['3 SO-1 released'])
  await engine.until(at('2040-01-10', '12:00'))
  expect(await diary(database)).toEqual([
    '2040-01-09 10:00 order held (erp)',
    '2040-01-09 10:30 order released conditionally (ana)',
    '2040-01-09 12:00 receipt posted (ana)',
    '2040-01-09 16:40 receipt posted (ana)',
    '2040-01-09 16:40 order released (cartera)',
  ])
  expect(await engine.client.workflow.getHandle('order:test:SO-1').result()).toBe('released')
  expect((await verifyJournal(database)).findings).toEqual([])
})

test('not paid by five it is held again, a payment lets it go later, and nobody waits beyond the day it was needed', async () => {
  const { database, engine, ask, order } = await start()
  await engine.until(at(MONDAY, '10:00'))
  await order('SO-1', 500, { neededBy: '2040-01-11' })
  await order('SO-2', 600, { neededBy: '2040-01-11' })
  await ask('releaseConditionally', {
    order: 'SO-1',
    amount: pesos(200),
    by: at(MONDAY, '17:00'),
    why: 'they are at the bank',
  })
  await poll(database)
  await engine.until(at(MONDAY, '17:01'))
  expect(await poll(database)).toEqual(['3 SO-1 held'])
  await engine.until(at('2040-01-10', '11:00'))
  await pay(engine, 400)
  await engine.until(at('2040-01-10', '11:01'))
  expect(await poll(database)).toEqual(['4 SO-1 released'])
  await engine.until(at('2040-01-12', '00:01'))
  expect(await poll(database)).toEqual(['2 SO-2 expired'])
  expect(await order('SO-2', 600)).toMatchObject({ status: 409, body: { state: 'expired' } })
  expect(await diary(database)).toEqual([
    '2040-01-09 10:00 order held (erp)',
    '2040-01-09 10:00 order held (erp)',
    '2040-01-09 10:00 order released conditionally (ana)',
    '2040-01-09 17:00 order held (cartera)',
    '2040-01-10 11:00 receipt posted (ana)',
    '2040-01-10 11:00 order released (cartera)',
    '2040-01-12 00:00 order expired (cartera)',
  ])
})

test('order entry hears what HTTP would say: released, unknown, another content, not of the shape', async () => {
  const { engine, order } = await start()
  expect(await order('SO-1', 100)).toMatchObject({
    status: 200,
    body: { state: 'released', limit: '1000.00' },
  })
  const door = { client: engine.client, company: COMPANY }
  const ask = (customer: string, minor: number, key: string) =>
    checkOrder(door, { order: 'SO-2', customer, amount: { currency: 'MXN', minor } }, { actor: 'erp', key })
  expect(await ask('C-9', 100, 'k-1')).toMatchObject({ status: 404, body: { refusal: 'NotFound' } })
  expect(await ask('C-1', 0, 'k-2')).toMatchObject({
    status: 400,
    body: { problems: [{ path: 'amount.minor' }] },
  })
  expect(await ask('C-1', 100, 'k-3')).toMatchObject({ status: 202 })
  expect(await ask('C-1', 200, 'k-3')).toMatchObject({ status: 409, body: { refusal: 'KeyConflict' } })
})
