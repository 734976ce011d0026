import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { promisesOfCustomer } from '../../ledger/showPromises.ts'
import { showProvisional } from '../../ledger/showProvisionals.ts'
import { worklist } from '../../ledger/worklist.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

/* January 2040: the 9th is a Monday; Monday, 6 February, is a holiday. */

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

const pay = async (engine: Engine, number: string, amount: number, document: string, valueOn: string) => {
  await engine.until(noon(valueOn))
  await engine.book({
    name: 'post',
    content: {
      receipts: [{ number, customer: 'C-1', amount: pesos(amount), valueOn, applications: [{ document }] }],
    },
  })
}

test('three instalments over two receivables: the first in time, the second late but in grace, the third never', async () => {
  const ledger = await freshLedger([testPolicy({ promise: { remind_working_days_before: 1 } })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(
    ledger.database,
    [
      { document: 'F-1', amount: 1200, due: '2040-01-10' },
      { document: 'F-2', amount: 800, due: '2040-01-10' },
    ],
    await engine.now(),
  )
  await engine.wake('C-1')

  await engine.until(noon('2040-01-12'))
  const promised = await engine.ask('C-1', 'recordPromise', {
    documents: ['F-1', 'F-2'],
    instalments: [
      { dueOn: '2040-01-18', amount: pesos(500) },
      { dueOn: '2040-01-25', amount: pesos(700) },
      { dueOn: '2040-02-08', amount: pesos(800) },
    ],
    madeBy: 'Sra. Peña',
  })
  expect(promised.result.instalments).toMatchObject([
    { countsUntil: '2040-01-20' },
    { countsUntil: '2040-01-27' },
    { countsUntil: '2040-02-10' },
  ])
  await pay(engine, 'R-1', 500, 'F-1', '2040-01-18')
  await pay(engine, 'R-2', 700, 'F-1', '2040-01-27')
  await engine.until(at('2040-02-13', '10:00'))

  expect(await engine.diary('F-2')).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-12 promise recorded',
    // The working day before each; nothing else is said while it is open.
    '2040-01-17 promise reminder sent',
    '2040-01-24 promise reminder sent',
    '2040-02-07 promise reminder sent',
    // Its last day was Friday; on Monday the chasing goes on where it stood, and a call is due.
    '2040-02-13 promise partially kept',
    '2040-02-13 call task opened',
  ])
  const { level, promises } = await promisesOfCustomer(ledger.database, COMPANY, 'C-1')
  expect([level, promises]).toMatchObject([1, [{ state: 'partially_kept', documents: ['F-1', 'F-2'] }]])
  const reminders = (await engine.mails()).filter((mail) => /compromiso/.test(mail.subject ?? ''))
  expect(reminders.map((mail) => mail.subject)).toEqual([
    expect.stringContaining('$500.00 MXN el 18 de enero de 2040'),
    expect.stringContaining('$700.00 MXN el 25 de enero de 2040'),
    expect.stringContaining('$800.00 MXN el 8 de febrero de 2040'),
  ])
  await engine.until(noon('2040-02-14'))
  expect((await engine.diary('F-2')).at(-1)).toBe('2040-02-14 reminder sent')
})

test('nobody answers, a visit takes money against a provisional receipt, and that never reaches the books', async () => {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-31') })
  await loadItems(ledger.database, [{ document: 'F-1', amount: 1000, due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  const list = async (day: string, analyst: string) =>
    (
      await worklist(ledger.database, { company: COMPANY, analyst, now: at(day, '10:00'), limit: 9 })
    ).rows.flatMap((row) => row.tasks)

  for (const day of ['2040-01-31', '2040-02-01', '2040-02-02']) {
    await engine.until(at(day, '16:00'))
    const [call] = await list(day, 'ana')
    await engine.ask('C-1', 'logContact', {
      task: call!.id,
      channel: 'phone',
      person: 'recepción',
      result: 'no_answer',
    })
  }
  await engine.until(at('2040-02-03', '12:00'))
  const [visit] = await list('2040-02-03', 'ana')
  expect(visit).toMatchObject({ kind: 'visit', documents: ['F-1'] })
  const logged = await engine.ask('C-1', 'logContact', {
    task: visit!.id,
    channel: 'visit',
    person: 'Sra. Peña',
    result: 'reached',
    beganAt: at('2040-02-03', '11:00'),
    place: 'Bodega 4',
    proof: [{ name: 'bodega.jpg', sha256: 'c'.repeat(64), kind: 'photo', mediaType: 'image/jpeg', bytes: 9 }],
  })
  const issued = await engine.ask('C-1', 'issueProvisional', {
    documents: ['F-1'],
    amount: pesos(600),
    receivedFrom: 'Sra. Peña',
    contact: logged.result.contact as number,
    proof: [
      { name: 'recibo.pdf', sha256: 'd'.repeat(64), kind: 'signed', mediaType: 'image/jpeg', bytes: 9 },
    ],
  })
  expect(issued.result).toMatchObject({ provisional: 1, convertBy: '2040-02-08' })

  await engine.until(at('2040-02-09', '10:00'))
  expect(await list('2040-02-09', 'supervisor')).toMatchObject([
    { kind: 'tell_supervisor', subject: 'provisional 1', detail: { amount: '600.00', issuedBy: 'ana' } },
  ])
  await engine.until(noon('2040-02-28'))
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-31 loaded',
    '2040-01-31 steps skipped',
    '2040-01-31 call task opened',
    '2040-01-31 call logged',
    '2040-02-01 call logged',
    '2040-02-02 visit task opened',
    '2040-02-02 call logged',
    '2040-02-03 visit logged',
    '2040-02-03 provisional receipt issued',
    '2040-02-09 provisional receipt overdue',
  ])
  // Who has our signature isn't asked again, and the task is still the supervisor's.
  expect(await engine.mails()).toEqual([])
  expect(await list('2040-02-28', 'supervisor')).toHaveLength(1)
  expect(await showProvisional(ledger.database, COMPANY, 1, '2040-02-28')).toMatchObject({
    state: 'open',
    late: true,
    proof: [{ name: 'recibo.pdf' }],
  })
})
