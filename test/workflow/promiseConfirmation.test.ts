import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { startEngine } from '../setup/engine.ts'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

async function ready() {
  const ledger = await freshLedger([testPolicy({ promise: { confirm: true } })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(
    ledger.database,
    ['F-1', 'F-2', 'F-3'].map((document) => ({ document, due: '2040-01-30' })),
    await engine.now(),
  )
  await engine.wake('C-1')
  const promise = (documents: string[], ...days: [day: string, amount: number][]) =>
    engine.ask('C-1', 'recordPromise', {
      documents,
      instalments: days.map(([dueOn, amount]) => ({ dueOn, amount: pesos(amount) })),
      madeBy: 'Sra. Peña',
    })
  const calendars = async () =>
    (await engine.mails()).map((mail) => ({
      subject: mail.subject,
      type: mail.attachments[0]?.contentType,
      // Long lines are folded (RFC 5545, 3.1).
      lines:
        mail.attachments[0]?.content
          .toString('utf8')
          .replace(/\r\n[ \t]/g, '')
          .split('\r\n') ?? [],
    }))
  return { engine, promise, calendars }
}

test('a promise is confirmed by mail, its days as a calendar file, and that is no chasing', async () => {
  const { engine, promise, calendars } = await ready()
  await promise(['F-1', 'F-2'], ['2040-01-20', 500], ['2040-02-03', 1500])
  await engine.until(noon('2040-01-10'))
  const [sent, ...more] = await calendars()
  expect(more).toEqual([])
  expect(sent!.subject).toContain(
    '$500.00 MXN el 20 de enero de 2040 y $1,500.00 MXN el 3 de febrero de 2040',
  )
  expect(sent!.type).toBe('text/calendar')
  const { lines } = sent!
  if (process.env.CARTERA_TEST_VERBOSE) console.log((await engine.mails())[0]!.text, lines.join('\n'))
  expect(
    lines.filter((line) =>
      /^(BEGIN|END|UID|DTSTART|DTEND|DURATION|TRIGGER|SUMMARY|DESCRIPTION:F)/.test(line),
    ),
  ).toEqual([
    'BEGIN:VCALENDAR',
    ...[
      ['20400120', '20400121'],
      ['20400203', '20400204'],
    ].flatMap(([day, next], at) => [
      'BEGIN:VEVENT',
      expect.stringMatching(new RegExp(`^UID:promise-\\d+-${at + 1}@cementos\\.example$`)),
      `SUMMARY:Pago a Cementos de Prueba: ${at === 0 ? '$500.00' : '$1\\,500.00'} MXN`,
      `DTSTART;VALUE=DATE:${day}`,
      `DTEND;VALUE=DATE:${next}`,
      'DESCRIPTION:F-1\\, F-2',
      'BEGIN:VALARM',
      'TRIGGER:-PT15H',
      'END:VALARM',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ])
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-09 loaded',
    '2040-01-09 promise recorded',
    '2040-01-09 promise confirmation sent',
  ])
})

test('promised in the evening: what stands in the morning is confirmed, in one message; what comes later in another', async () => {
  const { engine, promise, calendars } = await ready()
  await engine.until(at('2040-01-09', '20:00'))
  await promise(['F-1'], ['2040-01-20', 100])
  const { result } = await promise(['F-2'], ['2040-01-21', 200])
  await promise(['F-3'], ['2040-01-22', 300])
  await engine.ask('C-1', 'withdrawPromise', {
    promise: result.promise as number,
    why: 'equivocado',
    supplierError: true,
  })
  await engine.until(noon('2040-01-10'))
  await promise(['F-2'], ['2040-01-25', 250])
  await engine.until(at('2040-01-10', '15:00'))
  const days = (await calendars()).map(({ lines }) =>
    lines.filter((line) => line.startsWith('DTSTART')).map((line) => line.split(':')[1]),
  )
  expect(days).toEqual([['20400120', '20400122'], ['20400125']])
})

test('withdrawn before it was confirmed: nothing is sent', async () => {
  const { engine, promise, calendars } = await ready()
  await engine.until(at('2040-01-09', '20:00'))
  const { result } = await promise(['F-1'], ['2040-01-20', 100])
  await engine.ask('C-1', 'withdrawPromise', {
    promise: result.promise as number,
    why: 'equivocado',
    supplierError: true,
  })
  await engine.until(noon('2040-01-10'))
  expect(await calendars()).toEqual([])
})
