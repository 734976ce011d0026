import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startLoad, watchLoad } from '../../client/loads.ts'
import { runStatements } from '../../client/statementRuns.ts'
import { shippedFile } from '../../config/paths.ts'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { profileSchema } from '../../domain/profile.ts'
import { reportOfRun } from '../../ledger/statementRuns.ts'
import { MAILS_AT_ONCE } from '../../workers/workers.ts'
import { COMPANY } from '../setup/ledger.ts'
import { copiesById, type FragileStack, startFragileStack } from './stack.ts'

/**
 * A run of statements for as many customers as CARTERA_STATEMENTS says (2,000 for the figures in docs/faults.md), each
 * with its PDF, whose worker is killed twice while it plans, renders and sends.
 */
const CUSTOMERS = Number(process.env.CARTERA_STATEMENTS ?? 40)
const GROUP = { branch: 'Norte', timeZone: 'America/Mexico_City' }
const today = localDateOf(Date.now(), GROUP.timeZone)

let stack: FragileStack
beforeAll(async () => {
  stack = await startFragileStack({
    rules: `statements: { day_of_month: ${Number(today.slice(8))} }\nattachments: { statement: [pdf] }\n`,
  })
  await load()
}, 600_000)
afterAll(() => stack?.stop())

async function load(): Promise<void> {
  const lines = Array.from({ length: CUSTOMERS }, (_, n) =>
    [
      `C-${n}`,
      `Cliente ${n}`,
      'Norte',
      `F-${n}`,
      'MXN',
      '1000.00',
      addDays(today, -20),
      addDays(today, 20),
      `c-${n}@example.com`,
    ].join(','),
  )
  const profile = profileSchema.parse(
    parse(readFileSync(shippedFile('config', 'profiles', 'standard.yaml'), 'utf8')),
  )
  const { id } = await startLoad(stack.door, stack.database, {
    content: Buffer.from(
      ['customer,customer_name,branch,document,currency,original,issued,due,email', ...lines].join('\n'),
    ),
    fileName: 'items.csv',
    profile,
    kind: 'delta',
    asOf: null,
    hold: false,
    actor: 'test',
  })
  await watchLoad(stack.door, stack.database, id)
}

test(`${CUSTOMERS} statements with the worker killed twice: nobody twice, nobody missed`, {
  timeout: 600_000 + CUSTOMERS * 2_000,
}, async () => {
  const startedAt = performance.now()
  const running = runStatements(stack.door, GROUP, today, 'ana', 600_000 + CUSTOMERS * 1_000)
  for (const share of [0.2, 0.6]) {
    while (copiesById(stack.inboxDir).size < CUSTOMERS * share) await sleep(50)
    await stack.worker.kill()
    await stack.worker.start()
  }
  const run = (await running)!
  await expect
    .poll(async () => (await reportOfRun(stack.database, COMPANY, run)).sent, {
      timeout: 240_000 + CUSTOMERS * 1_000,
      interval: 500,
    })
    .toBe(CUSTOMERS)
  const seconds = (performance.now() - startedAt) / 1000
  const copies = [...copiesById(stack.inboxDir).values()]
  const documents = await stack.database.one<{ n: number }>('SELECT count(*)::int AS n FROM document')
  console.log(
    `${CUSTOMERS} statements in ${seconds.toFixed(1)} s, two kills among them: ${(CUSTOMERS / seconds).toFixed(1)} mails and documents a second; ${copies.length} messages, ${copies.reduce((sum, n) => sum + n, 0)} mails, ${documents!.n} documents`,
  )
  expect(await reportOfRun(stack.database, COMPANY, run)).toMatchObject({
    customers: CUSTOMERS,
    sent: CUSTOMERS,
    waiting: 0,
    onTheWay: 0,
    skipped: 0,
    others: [],
  })
  // One message to each; a second copy would be an acknowledgement that was lost with the worker.
  expect(copies).toHaveLength(CUSTOMERS)
  expect(copies.filter((n) => n > 1).length).toBeLessThanOrEqual(2 * MAILS_AT_ONCE)
  expect(documents!.n).toBe(CUSTOMERS)
})
