import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectTemporal } from '../../client/temporal.ts'
import { readEnvironment } from '../../config/environment.ts'
import { prepareTemporal } from '../../workers/prepare.ts'
import { COMPANY, openFileLedger, type TestLedger } from '../setup/ledger.ts'
import { type Stack, startStack } from '../setup/stack.ts'
import { erpFolder } from './folder.ts'

/** Feeds as a user runs them: the command line, and the schedule of the workers. */

let ledger: TestLedger & { drop(): Promise<void> }
let stack: Stack
beforeAll(async () => {
  ledger = await openFileLedger()
  stack = await startStack(ledger)
})
afterAll(async () => {
  await stack.stop()
  await ledger.drop()
})

const DELTA = 'kind: delta\nfiles: changes-*.csv'

test('changes are taken in order; a refused one holds the next up until it is mended', async () => {
  const erp = erpFolder(DELTA)
  const item = { customer: 'C-1', document: 'F-1', due: '2040-03-02' }
  erp.put('changes-1.csv', erp.csv([item]))
  erp.put('changes-2.csv', erp.csv([{ ...item, open: 'x' }]))
  erp.put('changes-3.csv', erp.csv([{ ...item, open: '300.00' }]))
  const first = await stack.cartera('--json', 'feed', 'run', erp.path)
  expect(first.code).toBe(2)
  expect(JSON.parse(first.out)).toMatchObject({
    files: [
      { name: 'changes-1.csv', outcome: 'done', load: { created: 1 } },
      { name: 'changes-2.csv', outcome: 'refused', load: { errors: 1 } },
    ],
    waiting: [{ name: 'changes-3.csv' }],
    blockedBy: 'changes-2.csv',
  })
  expect(readFileSync(join(erp.path, 'refused', 'changes-2.csv.report.txt'), 'utf8')).toMatch(
    /line 2, column "open": "x": is not an amount/,
  )
  const held = await stack.cartera('feed', 'run', erp.path)
  expect([held.code, held.out]).toEqual([
    0,
    expect.stringMatching(/changes-3\.csv: waits[\s\S]*changes-2\.csv was refused/),
  ])

  erp.put('changes-2.csv', erp.csv([{ ...item, open: '500.00' }]))
  for (const name of readdirSync(join(erp.path, 'refused'))) rmSync(join(erp.path, 'refused', name))
  const mended = await stack.cartera('feed', 'run', erp.path)
  expect([mended.code, mended.err]).toEqual([0, 'Reading changes-2.csv …\nReading changes-3.csv …\n'])
  const shown = await stack.cartera('--json', 'receivable', 'show', 'F-1')
  expect(JSON.parse(shown.out)).toMatchObject({ open: '300.00' })
  const list = await stack.cartera('feed', 'list')
  expect(list.out).toMatch(/erp\s+\S+.*changes-3\.csv/)
})

test('what a source says otherwise, and may not, is listed and can be resolved once', async () => {
  const erp = erpFolder(DELTA)
  const item = { customer: 'C-7', document: 'G-1', due: '2040-03-02' }
  erp.put('changes-1.csv', erp.csv([item]))
  await stack.cartera('feed', 'run', erp.path)
  await stack.cartera('pay', '--customer', 'C-7', '--amount', '1000', '--currency', 'MXN', '--apply', 'G-1')
  erp.put('changes-2.csv', `${erp.csv([item])}\n`)
  await stack.cartera('feed', 'run', erp.path)
  const { out } = await stack.cartera('--json', 'exception', 'list')
  const found = JSON.parse(out)
  expect(found).toMatchObject([
    { kind: 'balance_differs', document: 'G-1', detail: { books: '0.00', source: '1000.00' } },
  ])
  const id = String(found[0].id)
  expect((await stack.cartera('exception', 'resolve', id, '--why', 'the ERP posts it tomorrow')).out).toMatch(
    /exception \d+ .* resolved/,
  )
  expect((await stack.cartera('exception', 'resolve', id, '--why', 'again')).code).toBe(3)
  expect((await stack.cartera('exception', 'list')).out).toBe('Nothing.\n')
})

test('workers take the folders that they watch by themselves, and stop watching what isn’t named any more', async () => {
  const erp = erpFolder('kind: snapshot\nfiles: erp-YYYY-MM-DD.csv')
  const { client, connection, namespace } = await connectTemporal(readEnvironment(stack.env))
  try {
    await prepareTemporal(client, connection, namespace, COMPANY, [erp.path])
    erp.put(
      'erp-2026-03-05.csv',
      erp.csv([{ customer: 'C-9', document: 'H-1', due: '2040-03-02' }]).replace('2040-02-01', '2026-03-01'),
    )
    const handle = client.schedule.getHandle(`feed:${COMPANY}:${erp.path}`)
    await handle.trigger()
    for (let tries = 0; tries < 100 && !existsSync(join(erp.path, 'done')); tries++) await sleep(200)
    expect(readdirSync(join(erp.path, 'done'))).toContain('erp-2026-03-05.csv')
    expect(
      await ledger.database.rows(`SELECT actor FROM load WHERE file_name = 'erp-2026-03-05.csv'`),
    ).toEqual([{ actor: 'feed' }])
    for (let tries = 0; tries < 50; tries++) {
      await prepareTemporal(client, connection, namespace, COMPANY, [])
      const left = []
      for await (const { scheduleId } of client.schedule.list())
        if (scheduleId.startsWith('feed:')) left.push(scheduleId)
      if (left.length === 0) return
      await sleep(200)
    }
    expect.unreachable('the schedule is still there')
  } finally {
    await connection.close()
  }
})

test('a folder that is none ends with bad input', async () => {
  const { code, err } = await stack.cartera('feed', 'run', '/nowhere/at/all')
  expect(code).toBe(2)
  expect(err).toMatch(/has no feed.yaml/)
})
