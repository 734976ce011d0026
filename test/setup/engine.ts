import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { type ParsedMail, simpleParser } from 'mailparser'
import { inject, onTestFinished } from 'vitest'
import type { ErpPort } from '../../activities/erp/port.ts'
import { createTable } from '../../activities/erp/table.ts'
import { createMailer, type Mailer } from '../../activities/smtp.ts'
import { wakeCase } from '../../activities/wake.ts'
import { commandBooks } from '../../client/books.ts'
import { commandCase } from '../../client/cases.ts'
import type { Answer, CaseCommandName, CaseCommands } from '../../domain/command.ts'
import type { Database } from '../../ledger/database.ts'
import { timelineOf } from '../../ledger/journal.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { type DocumentStore, openStore } from '../../store/store.ts'
import { startInbox } from '../../workers/embedded/inbox.ts'
import { createWorkers, type WorkerDeps } from '../../workers/workers.ts'
import { searchAttributes } from '../../workflows/collection.messages.ts'
import type { ReceiptWork } from '../../workflows/receipt.messages.ts'
import { look } from '../documents/statements.ts'
import { COMPANY, calendars, type TestLedger } from './ledger.ts'

/** Once per process, before any connection. */
let installed = false
export function quiet(): void {
  if (installed) return
  installed = true
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } })
}

export interface Engine {
  /** Waits without letting time leap: only `until` does that. */
  client: Client
  now(): Promise<number>
  /** Lets time pass until an instant; what is due by then happens. */
  until(instant: number): Promise<void>
  wake(key: string): Promise<void>
  ask<N extends CaseCommandName>(
    key: string,
    name: N,
    content: CaseCommands[N],
    as?: { actor?: string; key?: string },
  ): Promise<Answer>
  book(work: ReceiptWork, key?: string): Promise<Answer>
  mails(): Promise<ParsedMail[]>
  /** What the journal says of a receivable: `2040-01-11 reminder sent`. */
  diary(document: string): Promise<string[]>
}

export interface EngineOptions {
  /** Stands between the activities and the ledger, to fail or to wait. */
  database?: Database
  wrapMailer?: (mailer: Mailer) => Mailer
  wrapStore?: (store: DocumentStore) => DocumentStore
  /** What the workers speak to Temporal through. */
  wrapClient?: (client: Client) => Client
  behaviour?: Parameters<typeof startInbox>[0]['behaviour']
  startAt: number
  /** Else the ERP fetches. */
  erp?: ErpPort
}

/** The real workers on a Temporal server whose time can be skipped, with a real ledger and a real SMTP server. */
export async function startEngine(ledger: TestLedger, options: EngineOptions): Promise<Engine> {
  quiet()
  const env = await TestWorkflowEnvironment.createTimeSkipping(
    inject('testServer')
      ? { server: { executable: { type: 'existing-path', path: inject('testServer') } } }
      : {},
  )
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.values(searchAttributes).map(({ name, type }) => [name, type === 'DATETIME' ? 6 : 2]),
    ),
  })
  const client = new Client({ connection: env.connection, namespace: env.namespace ?? 'default' })
  const dir = mkdtempSync(join(tmpdir(), 'cartera-inbox-'))
  chmodSync(dir, 0o755)
  const inbox = await startInbox({
    dir,
    port: 0,
    log: () => {},
    ...(options.behaviour ? { behaviour: options.behaviour } : {}),
  })
  const mailer = createMailer(inbox.url, { attemptTimeoutMs: 5_000, socketTimeoutMs: 2_000 })
  const store = openStore(join(dir, 'documents'))
  const deps: WorkerDeps = {
    database: options.database ?? ledger.database,
    calendars,
    client: options.wrapClient?.(client) ?? client,
    mailer: options.wrapMailer?.(mailer) ?? mailer,
    from: { name: 'Cementos de Prueba', address: 'cobranza@cementos.example' },
    sender: {
      name: 'Cementos de Prueba',
      replyTo: 'cobranza@cementos.example',
      phone: '+52 55 5555 0100',
      bankReference: 'CLABE 002',
    },
    look: look(),
    store: options.wrapStore?.(store) ?? store,
    clock: () => env.currentTimeMs(),
    erp: options.erp ?? createTable(),
    mailPerSecond: 1_000,
  }
  const workers = await createWorkers(
    env.nativeConnection,
    env.namespace ?? 'default',
    { code: inject('workflowBundle') },
    deps,
  )
  const running = workers.map((worker) => worker.run())
  onTestFinished(async () => {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
    mailer.close()
    await inbox.stop()
    await env.teardown()
    rmSync(dir, { recursive: true, force: true })
  })
  const door = { client, company: COMPANY }
  let keys = 0
  const engine: Engine = {
    client,
    now: () => env.currentTimeMs(),
    async until(instant) {
      const wait = instant - (await env.currentTimeMs())
      if (wait > 0) await env.sleep(wait)
    },
    wake: (key) => wakeCase(client, COMPANY, key),
    ask: (key, name, content, as = {}) =>
      commandCase(door, key, name, content, { actor: as.actor ?? 'ana', key: as.key ?? `ask-${++keys}` }),
    book: (work, key) => commandBooks(door, work, { actor: 'ana', key: key ?? `book-${++keys}` }),
    mails: () =>
      Promise.all(
        readdirSync(dir)
          .filter((name) => name.endsWith('.eml'))
          .sort()
          .map((name) => simpleParser(readFileSync(join(dir, name)))),
      ),
    async diary(document) {
      const receivable = await findReceivable(ledger.database, COMPANY, document)
      const rows = await timelineOf(ledger.database, receivable.customer_id, receivable.id)
      return rows.map((row) => `${row.at.slice(0, 10)} ${row.event}`)
    },
  }
  await engine.until(options.startAt)
  return engine
}
