import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { wakeCase } from '../../activities/wake.ts'
import { commandBooks } from '../../client/books.ts'
import { commandCase } from '../../client/cases.ts'
import { releaseLoad, startLoad, watchLoad } from '../../client/loads.ts'
import { runStatements } from '../../client/statementRuns.ts'
import { makeMinutes, makePrintPack, makeStatement } from '../../client/statements.ts'
import { commandTeam } from '../../client/team.ts'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { profileSchema } from '../../domain/profile.ts'
import type { Database } from '../../ledger/database.ts'
import { upload } from '../../ledger/uploads.ts'
import { caseWorkflowId } from '../../workflows/collection.messages.ts'
import { loadWorkflowId } from '../../workflows/portfolioLoad.messages.ts'
import { printPackWorkflowId } from '../../workflows/statement.messages.ts'
import { statementsId } from '../../workflows/statementRun.messages.ts'
import { TASK_QUEUE } from '../../workflows/taskQueues.ts'
import { startEngine } from '../setup/engine.ts'
import { faulty } from '../setup/faults.ts'
import { anyHour, COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'
import { decisionScenes } from './decisionScenes.ts'
import { type Keep, runOf } from './keep.ts'

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })
const daysAgo = (days: number) => addDays(localDateOf(Date.now(), 'UTC'), -days)
const caseId = caseWorkflowId(COMPANY, 'C-1')
const payment = (number: string, amount: number, document: string, valueOn: string) => ({
  name: 'post' as const,
  content: {
    receipts: [{ number, customer: 'C-1', amount: pesos(amount), valueOn, applications: [{ document }] }],
  },
})

/** What the workflows of Cartera live through, each by the names of the histories that it gives. */
export const scenes: Record<string, (keep: Keep) => Promise<void>> = {
  'collection.paid receipt.posted receipt.reversed': paid,
  'collection.dunned collection.attemptFailed': dunned,
  'collection.promised': promised,
  'collection.renewed collection.renewal': renewed,
  'collection.ledgerAway': ledgerAway,
  'collection.confirmed': confirmed,
  'collection.regrouped collection.unknown': regrouped,
  'receipt.badFile': badFile,
  'team.absence': absence,
  'statement.made printPack.none': made,
  'statementRun.planned statementRun.nobodysDay': statementsRun,
  'minutes.made': minuted,
  'collection.attached': attached,
  'feed.taken': fed,
  'portfolioLoad.released portfolioLoad.held portfolioLoad.refused sweep.behind sweep.quiet': loaded,
  ...decisionScenes,
}

/** A dev server with everything, on which any hour is contact time. */
async function onStack(
  work: (stack: {
    client: Client
    database: Database
    door: { client: Client; company: string }
    ask: (
      key: string,
      name: Parameters<typeof commandCase>[2],
      content: Record<string, unknown>,
    ) => Promise<unknown>
    mailCount(): number
    faults: ReturnType<typeof faulty>
  }) => Promise<void>,
  serverArgs: string[] = [],
): Promise<void> {
  const ledger = await freshLedger([testPolicy(anyHour)])
  const faults = faulty(ledger.database)
  const stack = await startStack({ url: ledger.url, database: faults.database }, serverArgs)
  const door = { client: stack.client, company: COMPANY }
  let keys = 0
  try {
    await work({
      client: stack.client,
      database: ledger.database,
      door,
      faults,
      mailCount: stack.mailCount,
      ask: (key, name, content) =>
        commandCase(door, key, name, content as never, { actor: 'ana', key: `ask-${++keys}` }),
    })
  } finally {
    await stack.stop()
  }
}

async function paid(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door, ask, mailCount }) => {
    await loadItems(
      database,
      [
        { document: 'F-1', due: daysAgo(4) },
        { document: 'F-2', due: daysAgo(-20) },
      ],
      Date.now(),
    )
    await wakeCase(client, COMPANY, 'C-1')
    await expect.poll(mailCount, { timeout: 20_000 }).toBe(1)
    await expect(
      ask('C-1', 'recordPromise', {
        documents: ['F-1'],
        instalments: [{ dueOn: daysAgo(-300), amount: pesos(1000) }],
        madeBy: 'Sra. Peña',
      }),
    ).rejects.toMatchObject({ refusal: 'PromiseTooFar' })
    await ask('C-1', 'recordPromise', {
      documents: ['F-1'],
      instalments: [{ dueOn: daysAgo(-5), amount: pesos(1000) }],
      madeBy: 'Sra. Peña',
    })
    await ask('C-1', 'openDispute', { lines: [{ document: 'F-2' }], reason: 'quantity', owner: 'ventas' })
    const book = (key: string, work: Parameters<typeof commandBooks>[1]) =>
      commandBooks(door, work, { actor: 'ana', key })
    await book('pay-1', payment('R-1', 1000, 'F-1', daysAgo(0)))
    await book('back-1', {
      name: 'reverse',
      content: { receipt: 'R-1', reason: 'misposted', why: 'de otro cliente' },
    })
    await book('pay-2', payment('R-2', 1000, 'F-1', daysAgo(0)))
    await book('pay-3', payment('R-3', 1000, 'F-2', daysAgo(0)))
    expect(await client.workflow.getHandle(caseId).result()).toBe('settled')
    await keep(client, { name: 'collection.paid', workflowId: caseId })
    for (const [key, name] of [
      ['pay-1', 'receipt.posted'],
      ['back-1', 'receipt.reversed'],
    ] as const)
      await keep(client, { name, workflowId: await runOf(client, 'receipt', `receipt:${COMPANY}:${key}:`) })
  })
}

/** Weeks of a case: timers that fire, an attempt to mail that dies after the server took it, a call that is logged. */
async function dunned(keep: Keep): Promise<void> {
  const ledger = await freshLedger()
  let lose = true
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    wrapMailer: (mailer) => ({
      ...mailer,
      async send(raw, envelope) {
        const outcome = await mailer.send(raw, envelope)
        if (!lose) return outcome
        lose = false
        throw new Error('the worker was killed after the server took the message')
      },
    }),
  })
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  await keep(engine.client, { name: 'collection.attemptFailed', workflowId: caseId })
  await engine.until(noon('2040-02-01'))
  await engine.ask('C-1', 'logContact', { channel: 'phone', person: 'Sr. Ruiz', result: 'reached' })
  await engine.until(noon('2040-02-12'))
  expect((await engine.diary('F-1')).filter((line) => line.endsWith('reminder sent'))).toHaveLength(3)
  await keep(engine.client, { name: 'collection.dunned', workflowId: caseId })
}

/** A promise that the customer is reminded of and doesn't keep. */
async function promised(keep: Keep): Promise<void> {
  const ledger = await freshLedger([testPolicy({ promise: { remind_working_days_before: 1 } })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-20' }], await engine.now())
  await engine.ask('C-1', 'recordPromise', {
    documents: ['F-1'],
    instalments: [{ dueOn: '2040-01-18', amount: pesos(1000) }],
    madeBy: 'Sra. Peña',
  })
  await engine.until(noon('2040-01-24'))
  expect(await engine.diary('F-1')).toContain('2040-01-17 promise reminder sent')
  await keep(engine.client, { name: 'collection.promised', workflowId: caseId })
}

async function absence(keep: Keep): Promise<void> {
  await onStack(async ({ client, door }) => {
    const content = { person: 'ana', standIn: 'bea', from: daysAgo(0), to: daysAgo(-5), why: 'vacaciones' }
    await commandTeam(door, { name: 'recordAbsence', content }, { actor: 'gerente', key: 'away-1' })
    await keep(client, {
      name: 'team.absence',
      workflowId: await runOf(client, 'team', `team:${COMPANY}:away-1:`),
    })
  })
}

/** Asked whether its balance is right, reminded, called, and answered at last. */
async function confirmed(keep: Keep): Promise<void> {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-06-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.ask('C-1', 'requestConfirmation', { mode: 'confirmation' })
  await engine.until(noon('2040-01-26'))
  expect((await engine.mails()).map((m) => m.subject)).toHaveLength(2)
  const balances = [{ document: 'F-1', amount: pesos(900) }]
  await engine.ask('C-1', 'answerConfirmation', { confirmation: 1, answeredBy: 'Sr. Ruiz', balances })
  await engine.until(noon('2040-01-27'))
  await keep(engine.client, { name: 'collection.confirmed', workflowId: caseId })
}

/** A long history is one of 40 events here. */
async function renewed(keep: Keep): Promise<void> {
  await onStack(
    async ({ client, database, ask }) => {
      await loadItems(database, [{ document: 'F-1', due: '2099-01-05', issued: '2026-01-01' }], Date.now())
      await wakeCase(client, COMPANY, 'C-1')
      const first = (await client.workflow.getHandle(caseId).describe()).runId
      const second = async () => (await client.workflow.getHandle(caseId).describe()).runId
      for (let n = 0; (await second()) === first; n++)
        await ask('C-1', 'logContact', { channel: 'phone', person: `Persona ${n}`, result: 'reached' })
      await ask('C-1', 'logContact', { channel: 'phone', person: 'La última', result: 'reached' })
      await keep(client, { name: 'collection.renewed', workflowId: caseId, runId: first })
      await keep(client, { name: 'collection.renewal', workflowId: caseId })
    },
    ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'],
  )
}

async function ledgerAway(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door, faults, mailCount }) => {
    await loadItems(database, [{ document: 'F-1', due: daysAgo(4) }], Date.now())
    faults.away()
    await wakeCase(client, COMPANY, 'C-1')
    const refused = commandCase(
      door,
      'C-1',
      'logContact',
      { channel: 'phone', person: 'Sr. Ruiz', result: 'reached' },
      { actor: 'ana', key: 'log-1' },
      { tryMs: 20_000, tries: 1, pauseMs: 1 },
    )
    await expect(refused).rejects.toMatchObject({ what: 'ledger' })
    faults.back()
    await wakeCase(client, COMPANY, 'C-1')
    await expect.poll(mailCount, { timeout: 20_000 }).toBe(1)
    await keep(client, { name: 'collection.ledgerAway', workflowId: caseId })
  })
}

/** Each invoice its own case from now on: the old one wakes the new ones, and closes. */
async function regrouped(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, ask }) => {
    await loadItems(
      database,
      ['F-1', 'F-2'].map((document) => ({ document, due: daysAgo(-3) })),
      Date.now(),
    )
    await wakeCase(client, COMPANY, 'C-1')
    await publishPolicies(
      database,
      COMPANY,
      [testPolicy({ ...anyHour, grouping: 'invoice' })],
      'ana',
      Date.now(),
    )
    await ask('C-1', 'regroup', {})
    expect(await client.workflow.getHandle(caseId).result()).toBe('settled')
    await keep(client, { name: 'collection.regrouped', workflowId: caseId })
    await wakeCase(client, COMPANY, 'nobody')
    const unknown = caseWorkflowId(COMPANY, 'nobody')
    expect(await client.workflow.getHandle(unknown).result()).toBe('unknown')
    await keep(client, { name: 'collection.unknown', workflowId: unknown })
  })
}

async function badFile(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door }) => {
    const file = Buffer.from('receipt,currency,amount,value_on,customer\nR-1,MXN,ten,2026-01-05,C-1\n')
    const posted = commandBooks(
      door,
      { name: 'postFile', upload: await upload(database, file), fileName: 'bad.csv' },
      { actor: 'ana', key: 'bad-file' },
    )
    await expect(posted).rejects.toThrow('bad lines')
    await keep(client, {
      name: 'receipt.badFile',
      workflowId: await runOf(client, 'receipt', `receipt:${COMPANY}:bad-file:`),
    })
  })
}

const profile = profileSchema.parse(
  parse(`
    source: scenes
    authority: cartera
    encoding: utf-8
    delimiter: ","
    dateFormat: YYYY-MM-DD
    decimal: "."
    defaults: { kind: invoice }
    columns:
      { customer: customer, document: document, currency: currency, original: original, issued: issued, due: due }
  `),
)
const HEADER = 'customer,document,currency,original,issued,due'

async function loaded(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door }) => {
    const load = async (line: string, hold: boolean) => {
      const { id } = await startLoad(door, database, {
        content: Buffer.from(`${HEADER}\n${line}\n`),
        fileName: 'items.csv',
        profile,
        kind: 'delta',
        asOf: null,
        hold,
        actor: 'ana',
      })
      await watchLoad(door, database, id)
      return id
    }
    const done = async (name: string, id: string) => {
      const workflowId = loadWorkflowId(COMPANY, id)
      await client.workflow.getHandle(workflowId).result()
      await keep(client, { name, workflowId })
    }
    await done('portfolioLoad.released', await load('C-1,F-1,MXN,100.00,2026-01-05,2099-02-05', false))
    const held = await load('C-2,F-2,MXN,100.00,2026-01-05,2099-02-05', true)
    await releaseLoad(door, database, held, 'ana')
    await done('portfolioLoad.held', held)
    await done('portfolioLoad.refused', await load('C-3,F-3,MXN,ten,2026-01-05,2099-02-05', false))
    // In the books without a wake: the sweep finds it.
    await loadItems(database, [{ document: 'F-4', customer: 'C-4', due: '2099-02-05' }], Date.now())
    const sweep = async (name: string, woken: number) => {
      const run = { workflowId: `sweep-${name}`, taskQueue: TASK_QUEUE, args: [{ v: 1, company: COMPANY }] }
      expect(await client.workflow.execute('sweep', run)).toMatchObject({ woken })
      await keep(client, { name, workflowId: run.workflowId })
    }
    await sweep('sweep.behind', 1)
    await expect
      .poll(() => database.rows('SELECT 1 FROM collection_case WHERE facts_version > assessed_version'))
      .toEqual([])
    await sweep('sweep.quiet', 0)
  })
}

/** What a person asked for as a file. */
async function made(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door }) => {
    await loadItems(database, [{ document: 'F-1', due: daysAgo(-3) }], Date.now())
    const work = { customer: 'C-1', formats: ['pdf' as const, 'xlsx' as const], actor: 'ana' }
    expect(await makeStatement(door, work, 'made-1')).toMatchObject([
      { kind: 'statement' },
      { kind: 'statement' },
    ])
    const run = await database.one<{ id: number }>(
      `INSERT INTO statement_run (company, branch, time_zone, day, begun_at, begun_by) VALUES ($1, 'Norte', 'UTC', '2026-01-05', now(), 'ana') RETURNING id::int`,
      [COMPANY],
    )
    expect(await makePrintPack(door, run!.id, 'ana')).toBe(null)
    await keep(client, { name: 'printPack.none', workflowId: printPackWorkflowId(COMPANY, run!.id) })
    await keep(client, {
      name: 'statement.made',
      workflowId: await runOf(client, 'statement', `statement:${COMPANY}:made-1:`),
    })
  })
}

/** The minutes of a reconciliation. */
async function minuted(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door, ask }) => {
    await loadItems(database, [{ document: 'F-1', due: daysAgo(-3) }], Date.now())
    await ask('C-1', 'requestConfirmation', { mode: 'confirmation' })
    expect(await makeMinutes(door, 1, 'ana')).toMatchObject({ kind: 'minutes' })
    await keep(client, { name: 'minutes.made', workflowId: `minutes:${COMPANY}:1` })
  })
}

/** A day's statements for a branch, and a day that is nobody's. */
async function statementsRun(keep: Keep): Promise<void> {
  await onStack(async ({ client, database, door, mailCount }) => {
    await publishPolicies(
      database,
      COMPANY,
      [testPolicy({ ...anyHour, statements: { working_day: 1 } })],
      'test',
      Date.now(),
    )
    await loadItems(database, [{ document: 'F-1', due: '2099-02-05' }], Date.now())
    const group = { branch: 'Norte', timeZone: 'America/Mexico_City' }
    const run = async (name: string, day: string) => {
      const id = await runStatements(door, group, day, 'ana')
      await keep(client, { name, workflowId: statementsId(COMPANY, group.branch, group.timeZone, day) })
      return id
    }
    expect(await run('statementRun.planned', '2026-12-01')).toBe(1)
    await expect.poll(mailCount, { timeout: 20_000 }).toBe(1)
    expect(await run('statementRun.nobodysDay', '2026-12-02')).toBeNull()
  })
}

/** A message that waits for what goes along with it. */
async function attached(keep: Keep): Promise<void> {
  const ledger = await freshLedger([testPolicy({ attachments: { reminder: ['pdf'] } })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  expect((await engine.mails()).map((mail) => mail.attachments.length)).toEqual([1])
  await keep(engine.client, { name: 'collection.attached', workflowId: caseId })
}

/** Named from here, so that the history doesn't tell where it was recorded. */
const FEED_FOLDER = join('.cartera', 'feed-of-the-scenes')

async function fed(keep: Keep): Promise<void> {
  rmSync(FEED_FOLDER, { recursive: true, force: true })
  mkdirSync(FEED_FOLDER, { recursive: true })
  writeFileSync(
    join(FEED_FOLDER, 'feed.yaml'),
    'profile: standard\nkind: delta\nfiles: changes-*.csv\nsettle_seconds: 0\n',
  )
  writeFileSync(join(FEED_FOLDER, 'changes-1.csv'), `${HEADER}\nC-1,F-1,MXN,100.00,2026-01-05,2099-02-05\n`)
  await onStack(async ({ client }) => {
    const workflowId = 'feed-of-the-scenes'
    const args = [{ v: 1, company: COMPANY, folder: FEED_FOLDER }]
    const run = await client.workflow.execute('feed', { workflowId, taskQueue: TASK_QUEUE, args })
    expect(run).toMatchObject({ files: [{ name: 'changes-1.csv', outcome: 'done' }] })
    await keep(client, { name: 'feed.taken', workflowId })
  })
  rmSync(FEED_FOLDER, { recursive: true })
}
