import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { commandBooks } from '../../client/books.ts'
import { startLoad, watchLoad } from '../../client/loads.ts'
import { shippedFile } from '../../config/paths.ts'
import { type Profile, profileSchema } from '../../domain/profile.ts'
import { upload } from '../../ledger/uploads.ts'
import { type Cost, costOf, startMeter } from './meter.ts'
import { customersOf, openItemsFile, type Portfolio, receiptFiles } from './portfolio.ts'
import type { BenchStack } from './stack.ts'
import { eventsSince, untilNoneRuns } from './workflows.ts'

/**
 * The whole life of a portfolio, as people would have it: a file of open items is loaded, every customer gets its
 * reminder, files of receipts are posted, every case closes. Counted is from the start of the load until every
 * reminder is with the mail server and every case sleeps, and from the first file of receipts until no case runs; the
 * one follows the other at once. Nothing is waited for but the engine: the contact window is always open.
 */
export interface Lifecycle extends Cost {
  /** What came of it, read from the ledger and the inbox after the clock was stopped. */
  found: Found
}

export interface Found {
  receivables: number
  /** With exactly one reminder that was sent. */
  remindedOnce: number
  messages: number
  mails: number
  /** Of the receivables: closed as paid, with nothing owed. */
  paid: number
  cases: number
  casesRunning: number
  receipts: number
  openTasks: number
  exceptions: number
}

const CUSTOMERS_PER_FILE = 10
const FILES_AT_ONCE = 10
const LOOK_MS = 50

export async function runLifecycle(
  stack: BenchStack,
  workerPid: number,
  portfolio: Portfolio,
): Promise<Lifecycle> {
  const { door, database, observer } = stack
  const { prefix } = portfolio
  const items = openItemsFile(portfolio)
  const receipts = receiptFiles(portfolio, CUSTOMERS_PER_FILE)
  const mailsBefore = stack.mailCount()
  const startedAt = new Date()
  const meter = await startMeter(stack, workerPid, 'cartera')

  const { id } = await startLoad(door, database, {
    content: items,
    fileName: `${prefix}.csv`,
    profile: standardProfile(),
    kind: 'delta',
    asOf: null,
    hold: false,
    actor: 'bench',
  })
  await watchLoad(door, database, id)
  await until(async () => {
    const { waiting } = (await observer.one<{ waiting: number }>(WAITING, [`${prefix}-%`]))!
    return waiting === 0
  })
  await inTurns(receipts, FILES_AT_ONCE, async (file, index) => {
    const hash = await upload(database, file)
    await commandBooks(
      door,
      { name: 'postFile', upload: hash, fileName: `receipts-${index}.csv` },
      { actor: 'bench', key: `${prefix}-receipts-${index}` },
      600_000,
    )
  })
  await untilNoneRuns(door.client, 'collection')
  const measured = await meter.stop()
  const events = await eventsSince(door.client, ['portfolioLoad', 'collection', 'receipt'], startedAt)
  return {
    ...costOf(portfolio.receivables, measured, events),
    found: await whatCameOfIt(stack, portfolio, stack.mailCount() - mailsBefore),
  }
}

/** Cases of a portfolio that haven't written yet, or haven't looked since: a case that rests is neither. */
const WAITING = `SELECT count(*)::int AS waiting FROM collection_case k
  WHERE k.key LIKE $1 AND (k.facts_version > k.assessed_version
    OR NOT EXISTS (SELECT FROM message m WHERE m.case_id = k.id AND m.state = 'sent'))`

export const standardProfile = (): Profile =>
  profileSchema.parse(parse(readFileSync(shippedFile('config', 'profiles', 'standard.yaml'), 'utf8')))

async function whatCameOfIt(stack: BenchStack, portfolio: Portfolio, mails: number): Promise<Found> {
  const row = await stack.observer.one<Omit<Found, 'mails' | 'casesRunning'>>(
    `WITH mine AS (SELECT id, case_id, closed_as FROM receivable WHERE document LIKE $1)
     SELECT count(*)::int AS receivables,
       count(*) FILTER (WHERE (SELECT count(*) FROM receivable_step s JOIN message m ON m.id = s.message_id
         WHERE s.receivable_id = mine.id AND s.state = 'done' AND m.state = 'sent') = 1)::int AS "remindedOnce",
       count(*) FILTER (WHERE closed_as = 'paid' AND (SELECT owed_minor FROM owed o WHERE o.receivable_id = mine.id) = 0)::int AS paid,
       count(DISTINCT case_id)::int AS cases,
       (SELECT count(*)::int FROM message WHERE case_id IN (SELECT case_id FROM mine)) AS messages,
       (SELECT count(*)::int FROM receipt WHERE number LIKE 'R-' || $1) AS receipts,
       (SELECT count(*)::int FROM task WHERE state = 'open' AND case_id IN (SELECT case_id FROM mine)) AS "openTasks",
       (SELECT count(*)::int FROM exception) AS exceptions
     FROM mine`,
    [`${portfolio.prefix}-%`],
  )
  const { count } = await stack.door.client.workflow.count(
    `WorkflowType = 'collection' AND ExecutionStatus = 'Running'`,
  )
  return { ...row!, mails, casesRunning: count }
}

/** What must have come of a portfolio; the bench refuses to report a run that did anything else. */
export const expected = (portfolio: Portfolio, cases: number): Found => ({
  receivables: portfolio.receivables,
  remindedOnce: portfolio.receivables,
  messages: cases,
  mails: cases,
  paid: portfolio.receivables,
  cases,
  casesRunning: 0,
  receipts: customersOf(portfolio),
  openTasks: 0,
  exceptions: 0,
})

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await sleep(LOOK_MS)
}

/** Does the work on all values, some at a time. */
export async function inTurns<T>(
  values: readonly T[],
  atOnce: number,
  work: (value: T, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < values.length) {
        const index = next++
        await work(values[index]!, index)
      }
    }),
  )
}
