import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { inject } from 'vitest'
import { createTable } from '../../activities/erp/table.ts'
import { createMailer } from '../../activities/smtp.ts'
import { connectTemporal } from '../../client/temporal.ts'
import { readEnvironment } from '../../config/environment.ts'
import { shippedFile } from '../../config/paths.ts'
import { openStore } from '../../store/store.ts'
import { startInbox } from '../../workers/embedded/inbox.ts'
import { startTemporal } from '../../workers/embedded/temporal.ts'
import { prepareTemporal } from '../../workers/prepare.ts'
import { createWorkers } from '../../workers/workers.ts'
import { look } from '../documents/statements.ts'
import { quiet } from './engine.ts'
import { COMPANY, calendars, type TestLedger } from './ledger.ts'

/** A stack of real servers for one test file: a Temporal dev server, an SMTP inbox, and workers in this process. */
export interface Stack {
  client: Client
  env: NodeJS.ProcessEnv
  mailCount(): number
  inboxDir: string
  /** Runs the command line as a user does, as a process of its own. */
  cartera(...args: string[]): Promise<{ code: number; out: string; err: string }>
  stop(): Promise<void>
}

export async function startStack(
  ledger: Pick<TestLedger, 'url' | 'database'>,
  serverArgs: string[] = [],
  /** What the workers speak to Temporal through, to lose or to double what they say. */
  workersClient: (client: Client) => Client = (client) => client,
): Promise<Stack> {
  quiet()
  const dir = mkdtempSync(join(tmpdir(), 'cartera-stack-'))
  chmodSync(dir, 0o755)
  const log = () => {}
  const temporal = await startTemporal({
    cli: inject('temporalCli'),
    dir: join(dir, 'temporal'),
    port: 0,
    uiPort: null,
    log,
    args: serverArgs,
  })
  const inbox = await startInbox({ dir: join(dir, 'inbox'), port: 0, log })
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    CARTERA_STATE: dir,
    CARTERA_COMPANY: COMPANY,
    CARTERA_ACTOR: 'ana',
    CARTERA_LANGUAGE: 'en',
    DATABASE_URL: ledger.url,
    SMTP_URL: inbox.url,
    TEMPORAL_ADDRESS: temporal.address,
  }
  const { connection, client, namespace } = await connectTemporal(readEnvironment(env))
  await prepareTemporal(client, connection, namespace, COMPANY)
  const native = await NativeConnection.connect({ address: temporal.address })
  const mailer = createMailer(inbox.url)
  const workers = await createWorkers(
    native,
    namespace,
    { code: inject('workflowBundle') },
    {
      database: ledger.database,
      calendars,
      client: workersClient(client),
      mailer,
      from: { name: 'Cementos de Prueba', address: 'cobranza@cementos.example' },
      sender: {
        name: 'Cementos de Prueba',
        replyTo: 'cobranza@cementos.example',
        phone: '+52 55 5555 0100',
        bankReference: 'CLABE 002',
      },
      look: look(),
      store: openStore(join(dir, 'documents')),
      clock: async () => Date.now(),
      erp: createTable(),
      mailPerSecond: 1_000,
    },
  )
  const running = workers.map((worker) => worker.run())
  return {
    client,
    env,
    inboxDir: join(dir, 'inbox'),
    mailCount: () => readdirSync(join(dir, 'inbox')).filter((name) => name.endsWith('.eml')).length,
    cartera: (...args) => runCartera(env, args),
    async stop() {
      for (const worker of workers) worker.shutdown()
      await Promise.all(running)
      mailer.close()
      await native.close()
      await connection.close()
      await temporal.stop()
      await inbox.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Runs the command line as a user does, as a process of its own. */
export function runCartera(
  env: NodeJS.ProcessEnv,
  args: string[],
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', shippedFile('client', 'cli', 'main.ts'), ...args],
      { env, cwd: shippedFile() },
    )
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }))
  })
}
