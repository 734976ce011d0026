import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFeed } from '../../client/feed.ts'
import { wordsOf } from '../../client/words/tell.ts'
import { openFeedFolder } from '../../config/feedFolder.ts'
import { instantOf } from '../../domain/calendar.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { type ErpItem, erpFolder } from './folder.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')

const weekday = (day: string) => new Date(`${day}T12:00Z`).toUTCString().slice(0, 3)

/** Each is reminded on the working day after it falls due. */
const F1: ErpItem = { customer: 'C-1', document: 'F-1', due: '2040-03-02' }
const F2: ErpItem = { customer: 'C-2', document: 'F-2', due: '2040-03-05' }
const F3: ErpItem = { customer: 'C-3', document: 'F-3', due: '2040-03-06' }
const F4: ErpItem = { customer: 'C-4', document: 'F-4', due: '2040-03-07' }

test('a week of snapshots: one missing, one cut off, one late; paid in the ERP, asked by nobody', async () => {
  const ledger = await freshLedger([testPolicy({ required_feeds: ['erp'], max_feed_age_working_days: 0 })])
  const engine = await startEngine(ledger, { startAt: at('2040-03-05', '07:00') })
  const erp = erpFolder('kind: snapshot\nfiles: erp-YYYY-MM-DD.csv')
  const diary: string[] = []
  let mailsSeen = 0

  const feed = async (when: string) => {
    const door = { client: engine.client, company: COMPANY }
    const run = await runFeed(door, ledger.database, openFeedFolder(erp.path), 'feed', {
      words: wordsOf('en'),
    })
    for (const { name, outcome, load } of run.files)
      diary.push(
        `${when} ${name} ${outcome}` +
          (outcome === 'done'
            ? `: ${load!.created} new, ${load!.changed} changed, ${load!.vanished} settled there`
            : ''),
      )
  }
  /** Lets time pass, then tells what went out and who is kept back by the feed. */
  const until = async (day: string, time: string) => {
    await engine.until(at(day, time))
    const mails = await engine.mails()
    for (const mail of mails.slice(mailsSeen)) {
      const documents = [...new Set(mail.text!.match(/\bF-\d\b/g))].sort().join(', ')
      diary.push(
        `${weekday(day)} ${time} mail about ${documents} to ${[mail.to].flat()[0]!.text}, ${/\$[\d,.]+/.exec(mail.text!)?.[0]}`,
      )
    }
    mailsSeen = mails.length
    const kept = await ledger.database.rows<{ document: string }>(
      `SELECT document FROM receivable WHERE next_reason = 'feed_too_old' AND closed_as IS NULL ORDER BY 1`,
    )
    if (kept.length > 0)
      diary.push(`${weekday(day)} ${time} kept back: ${kept.map((k) => k.document).join(', ')}`)
  }

  // Monday: on time.
  erp.put('erp-2040-03-05.csv', erp.csv([F1, F2, F3, F4]), { lines: 4, open: '4000.00' })
  await feed('Mon 07:00')
  await until('2040-03-05', '12:00')
  // Tuesday: missing. F-2 would be reminded today; the customer pays it in the ERP at ten.
  await feed('Tue 08:00')
  await until('2040-03-06', '18:00')
  // Wednesday: the file was cut off after two lines; the export comes again at three.
  await engine.until(at('2040-03-07', '08:00'))
  erp.put('erp-2040-03-07.csv', erp.csv([F1, F3]), { lines: 3, open: '3000.00' })
  await feed('Wed 08:00')
  await until('2040-03-07', '14:55')
  erp.put('erp-2040-03-07.csv', erp.csv([F1, F3, F4]), { lines: 3, open: '3000.00' })
  await feed('Wed 15:00')
  await until('2040-03-07', '16:00')
  // Thursday: late, at four. F-4 was paid in part.
  await until('2040-03-08', '15:55')
  erp.put('erp-2040-03-08.csv', erp.csv([F1, F3, { ...F4, open: '250.00' }]), { lines: 3, open: '2250.00' })
  await feed('Thu 16:00')
  await until('2040-03-08', '17:00')
  // Friday: all paid in the ERP.
  await engine.until(at('2040-03-09', '08:00'))
  erp.put('erp-2040-03-09.csv', erp.csv([{ ...F1, open: '0.00' }]), { lines: 1, open: '0.00' })
  await feed('Fri 08:00')
  await feed('Fri 08:01')
  await until('2040-03-09', '18:00')

  if (process.env.CARTERA_TEST_VERBOSE) console.log(diary.join('\n'))
  expect(diary).toEqual([
    'Mon 07:00 erp-2040-03-05.csv done: 4 new, 0 changed, 0 settled there',
    'Mon 12:00 mail about F-1 to c-1@example.com, $1,000.00',
    'Tue 18:00 kept back: F-2',
    'Wed 08:00 erp-2040-03-07.csv refused',
    'Wed 14:55 kept back: F-2, F-3',
    'Wed 15:00 erp-2040-03-07.csv done: 0 new, 0 changed, 1 settled there',
    'Wed 16:00 mail about F-3 to c-3@example.com, $1,000.00',
    'Thu 15:55 kept back: F-4',
    'Thu 16:00 erp-2040-03-08.csv done: 0 new, 1 changed, 0 settled there',
    'Thu 17:00 mail about F-4 to c-4@example.com, $250.00',
    'Fri 08:00 erp-2040-03-09.csv done: 0 new, 1 changed, 2 settled there',
  ])
  expect(readdirSync(join(erp.path, 'done')).filter((name) => name.endsWith('.csv'))).toEqual([
    'erp-2040-03-05.csv',
    'erp-2040-03-07.csv',
    'erp-2040-03-08.csv',
    'erp-2040-03-09.csv',
  ])
  expect(readdirSync(join(erp.path, 'refused'))).toEqual([
    'erp-2040-03-07.csv',
    'erp-2040-03-07.csv.control.yaml',
    'erp-2040-03-07.csv.report.txt',
  ])
  expect(readFileSync(join(erp.path, 'refused', 'erp-2040-03-07.csv.report.txt'), 'utf8')).toMatch(
    /has 2 items, the control total says 3/,
  )
  expect(existsSync(join(erp.path, 'erp-2040-03-07.csv'))).toBe(false)
})
