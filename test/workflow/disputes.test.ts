import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { readDispute } from '../../ledger/showDisputes.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

test('a part is disputed: the rest is chased, plant is reminded, and a credit note ends it', async () => {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(ledger.database, [{ document: 'F-1', amount: 1000, due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  await engine.ask('C-1', 'openDispute', {
    lines: [{ document: 'F-1', amount: pesos(300) }],
    reason: 'quantity',
    notes: 'faltaron 20 bultos',
  })
  await engine.until(at('2040-01-24', '16:00'))
  await engine.ask('C-1', 'resolveDispute', {
    dispute: 1,
    outcome: 'credit_note',
    number: 'NC-1',
    why: 'the plant counted 80 bags',
    rootCause: 'delivery_failed',
  })
  await engine.until(noon('2040-01-27'))
  await engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number: 'R-1',
          customer: 'C-1',
          amount: pesos(700),
          valueOn: '2040-01-27',
          applications: [{ document: 'F-1' }],
        },
      ],
    },
  })
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-12 dispute opened',
    '2040-01-12 resolve dispute task opened',
    '2040-01-18 reminder sent',
    '2040-01-20 dispute owner reminded',
    '2040-01-24 tell supervisor task opened',
    '2040-01-24 dispute resolved',
    '2040-01-24 resolve dispute task done',
    '2040-01-24 tell supervisor task done',
    '2040-01-25 reminder sent',
    '2040-01-27 receipt posted',
  ])
  const [first, second, third] = (await engine.mails()).map((mail) => mail.text ?? '')
  expect(first).toContain('$1,000.00')
  expect(first).not.toContain('$300.00')
  // The rest is asked for, and what is disputed is said.
  expect(second).toContain('$300.00')
  expect(second).toContain('$700.00')
  expect(third).toContain('$700.00')
  expect(third).not.toContain('$300.00')
  expect(await readDispute(ledger.database, COMPANY, 1)).toMatchObject({
    outcome: 'credit_note',
    totals: [{ original: '300.00', credited: '300.00', disputed: '0.00' }],
  })
})

test('a customer with review days: its acceptance moves the due date over a holiday, and chasing begins after that', async () => {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-04') })
  // A term of 27 days.
  await loadItems(
    ledger.database,
    [{ document: 'F-1', amount: 1000, issued: '2040-01-03', due: '2040-01-30' }],
    await engine.now(),
  )
  await engine.ask('C-1', 'setReviewDays', { reviewDays: 'tue', includeOpen: true, why: 'Lic. Ramos' })
  await engine.until(noon('2040-01-05'))
  // Logistics lacks the signed delivery note, and finds it.
  await engine.ask('C-1', 'openDispute', { lines: [{ document: 'F-1' }], reason: 'delivery_note' })
  await engine.until(noon('2040-01-09'))
  await engine.ask('C-1', 'resolveDispute', { dispute: 1, outcome: 'rejected', why: 'found' })
  await engine.until(noon('2040-01-10'))
  const { result } = await engine.ask('C-1', 'present', { documents: ['F-1'], acceptedOn: '2040-01-10' })
  // 27 days later is Monday 6 February, a holiday.
  expect(result.lines).toEqual([{ document: 'F-1', from: '2040-01-30', dueOn: '2040-02-07' }])
  await engine.until(noon('2040-02-07'))
  expect(await engine.mails()).toEqual([])
  await engine.until(noon('2040-02-08'))
  expect(await engine.mails()).toHaveLength(1)
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-04 loaded',
    '2040-01-04 present task opened',
    '2040-01-05 dispute opened',
    '2040-01-05 resolve dispute task opened',
    '2040-01-05 present task overtaken',
    '2040-01-09 dispute resolved',
    '2040-01-09 resolve dispute task done',
    '2040-01-09 present task opened',
    '2040-01-10 presented',
    '2040-01-10 present task overtaken',
    '2040-02-08 reminder sent',
  ])
})
