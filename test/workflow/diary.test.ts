import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { runCartera } from '../setup/stack.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

for (const [grouping, key] of [
  ['customer', 'C-1'],
  ['site', 'C-1:site:Torre'],
  ['invoice', 'C-1:invoice:F-1'],
] as const)
  test(`reminded, promised, broken, called, partly paid, paid: the same diary grouped by ${grouping}`, async () => {
    const ledger = await freshLedger([testPolicy({ grouping })])
    const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
    await loadItems(
      ledger.database,
      [{ document: 'F-1', amount: 1000, due: '2040-01-10', site: 'Torre' }],
      await engine.now(),
    )
    await engine.wake(key)

    await engine.until(noon('2040-01-12'))
    expect((await engine.mails()).map((m) => m.subject)).toHaveLength(1)
    await engine.ask(key, 'recordPromise', {
      documents: ['F-1'],
      instalments: [{ dueOn: '2040-01-20', amount: pesos(1000) }],
      madeBy: 'Sra. Peña',
    })

    await engine.until(at('2040-01-25', '16:00'))
    await engine.ask(key, 'logContact', {
      channel: 'phone',
      person: 'Sra. Peña',
      result: 'reached',
      notes: 'paga la mitad el lunes',
    })

    await engine.until(noon('2040-01-30'))
    await engine.book({
      name: 'post',
      content: {
        receipts: [
          {
            number: 'R-1',
            customer: 'C-1',
            amount: pesos(400),
            valueOn: '2040-01-30',
            applications: [{ document: 'F-1' }],
          },
        ],
      },
    })
    await engine.until(noon('2040-02-03'))
    await engine.book({
      name: 'post',
      content: {
        receipts: [
          {
            number: 'R-2',
            customer: 'C-1',
            amount: pesos(600),
            valueOn: '2040-02-03',
            applications: [{ document: 'F-1' }],
          },
        ],
      },
    })

    expect(await engine.client.workflow.getHandle(`case:test:${key}`).result()).toBe('settled')
    expect(await engine.diary('F-1')).toEqual([
      '2040-01-09 loaded',
      '2040-01-11 reminder sent',
      '2040-01-12 promise recorded',
      '2040-01-25 promise broken',
      '2040-01-25 call task opened',
      '2040-01-25 call logged',
      '2040-01-26 reminder sent',
      '2040-01-30 receipt posted',
      '2040-01-31 reminder sent',
      '2040-02-03 receipt posted',
    ])

    // The same as a person reads it.
    const env = {
      ...process.env,
      CARTERA_STATE: tmpdir(),
      CARTERA_COMPANY: COMPANY,
      DATABASE_URL: ledger.url,
      SMTP_URL: 'smtp://127.0.0.1:1',
    }
    const { out } = await runCartera(env, ['receivable', 'show', 'F-1', '--lang', 'en'])
    if (process.env.CARTERA_TEST_VERBOSE) console.log(out)
    expect(out.split('What happened')[1]!.match(/[A-Z][a-z]{2} \d{2}, 2040, \d{2}:\d{2} {2}.*/g)).toEqual([
      expect.stringMatching(/Jan 09, 2040, 12:00 {2}loaded/),
      expect.stringMatching(/Jan 11, 2040, 09:00 {2}reminder sent to c-1@example\.com/),
      expect.stringMatching(/Jan 12, 2040, 12:00 {2}.*promise.*1,000\.00.*Jan 20, 2040/),
      expect.stringMatching(/Jan 25, 2040, 09:00 {2}.*promise.*(broken|not kept)/),
      expect.stringMatching(/Jan 25, 2040, 09:00 {2}task .*call/),
      expect.stringMatching(/Jan 25, 2040, 16:00 {2}.*call.*Sra\. Peña/),
      expect.stringMatching(/Jan 26, 2040, 09:00 {2}reminder sent/),
      expect.stringMatching(/Jan 30, 2040, 12:00 {2}.*R-1.*400\.00/),
      expect.stringMatching(/Jan 31, 2040, 09:00 {2}reminder sent/),
      expect.stringMatching(/Feb 03, 2040, 12:00 {2}.*R-2.*600\.00/),
    ])
  })
