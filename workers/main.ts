import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Runtime } from '@temporalio/worker'
import type { ErpPort } from '../activities/erp/port.ts'
import { createTable } from '../activities/erp/table.ts'
import { createWebhook } from '../activities/erp/webhook.ts'
import { createMailer } from '../activities/smtp.ts'
import { isLedgerAway, isLedgerBusy, TryLater } from '../client/failures.ts'
import { connectTemporal } from '../client/temporal.ts'
import { readCalendars } from '../config/calendarFiles.ts'
import { senderOf } from '../config/company.ts'
import { type Environment, EnvironmentError, readEnvironment } from '../config/environment.ts'
import { LookFileError, readLook } from '../config/lookFile.ts'
import { TeamFileError } from '../config/teamFile.ts'
import { openDatabase } from '../ledger/database.ts'
import { SchemaError } from '../ledger/migrate.ts'
import { openStore } from '../store/store.ts'
import { workflowBundle } from './bundle.ts'
import { prepareLedger, prepareTemporal } from './prepare.ts'
import { keepStatementSchedules } from './schedules.ts'
import { createWorkers, MAILS_AT_ONCE } from './workers.ts'

/** The worker: works against the servers that the environment names until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const env = readEnvironment()
  const look = readLook(env.CARTERA_LOOK)
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'] })
  const database = openDatabase(env.DATABASE_URL, {
    max: 20,
    applicationName: 'cartera-worker',
    // Less than a local activity has: what waits longer waits for nobody.
    connectMs: 2_500,
  })
  const mailDatabase = openDatabase(env.DATABASE_URL, {
    max: MAILS_AT_ONCE,
    applicationName: 'cartera-mail',
  })
  const { published, waiting } = await prepareLedger(env, database)
  if (published.length > 0) console.log(`policies published: ${published.join(', ')}`)
  for (const { policy, approval } of waiting)
    console.log(`policy ${policy} holds when somebody agrees: cartera approvals show ${approval}`)
  const { connection, client, namespace } = await connectTemporal(env)
  await prepareTemporal(client, connection, namespace, env.CARTERA_COMPANY, env.CARTERA_FEEDS)
  const { connectionOptions } = loadClientConnectConfig({
    overrideEnvVars: { ...process.env, TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS },
  })
  const native = await NativeConnection.connect(connectionOptions)
  const mailer = createMailer(env.SMTP_URL, { attemptTimeoutMs: env.CARTERA_MAIL_ATTEMPT_SECONDS * 1_000 })
  const workers = await createWorkers(native, namespace, await workflowBundle(), {
    database,
    mailDatabase,
    client,
    keepSchedules: keepStatementSchedules(client, database),
    mailer,
    calendars: readCalendars(env.CARTERA_CALENDARS),
    from: { name: env.CARTERA_COMPANY_NAME, address: env.CARTERA_MAIL_FROM },
    sender: senderOf(env, look),
    look,
    store: openStore(env.CARTERA_DOCUMENTS),
    clock: async () => Date.now(),
    erp: erpOf(env),
    mailPerSecond: env.CARTERA_MAIL_PER_SECOND,
  })
  console.log('worker ready')
  try {
    await Promise.all(workers.map((worker) => worker.run()))
  } finally {
    mailer.close()
    await native.close()
    await connection.close()
    await Promise.all([database.close(), mailDatabase.close()])
  }
}

/** Told by webhooks where there is an address for them; else the ERP fetches. */
const erpOf = (env: Environment): ErpPort =>
  env.CARTERA_ERP_WEBHOOK_URL === undefined
    ? createTable()
    : createWebhook({
        url: env.CARTERA_ERP_WEBHOOK_URL,
        secrets: env.CARTERA_ERP_WEBHOOK_SECRETS,
        attemptTimeoutMs: env.CARTERA_ERP_ATTEMPT_SECONDS * 1_000,
        clock: Date.now,
      })

main().catch((error: unknown) => {
  // What a person can mend, or has to wait for, is a sentence; the rest is a defect and shows where.
  console.error(sentenceOf(error) ?? error)
  process.exitCode = 1
})

function sentenceOf(error: unknown): string | null {
  if (
    error instanceof EnvironmentError ||
    error instanceof SchemaError ||
    error instanceof LookFileError ||
    error instanceof TeamFileError
  )
    return error.message
  if (error instanceof TryLater) return `Temporal does not answer at ${error.where}. Is it running?`
  if (!isLedgerAway(error) && !isLedgerBusy(error)) return null
  const { message, code } = error as Error & { code?: string }
  return `PostgreSQL does not answer at DATABASE_URL (${message || code}). Is it running?`
}
