import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflowCode } from '@temporalio/worker'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { shippedFile } from '../../config/paths.ts'
import { migrate } from '../../ledger/migrate.ts'
import { bundleOptions } from '../../workers/bundle.ts'
import { startPostgres } from '../../workers/embedded/postgres.ts'
import { findTemporalCli, findTestServer } from '../../workers/embedded/temporal-binaries.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator's URL of the test PostgreSQL; its database `template` is migrated. */
    postgresUrl: string
    workflowBundle: string
    temporalCli: string
    testServer: string
  }
}

/** The servers and builds that the tests share, started once per run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-test-'))
  chmodSync(dir, 0o755)
  const log = (line: string) => process.env.CARTERA_TEST_VERBOSE && console.log(line)
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    port: 0,
    database: 'template',
    log,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  })
  await migrate(postgres.url)
  const binaries = shippedFile('.cartera', 'bin')
  project.provide('postgresUrl', postgres.url)
  project.provide('temporalCli', await findTemporalCli({ dir: binaries, log }))
  project.provide('testServer', (await findTestServer({ dir: binaries, log })) ?? '')
  const { code } = await bundleWorkflowCode({ ...bundleOptions, logger: quiet })
  project.provide('workflowBundle', code)
  await allowTemplating(postgres.url)
  return async () => {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Nobody may be connected to a database that is cloned. */
async function allowTemplating(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/template(\?|$)/, '/postgres$1') })
  await client.connect()
  await client.query('ALTER DATABASE template WITH IS_TEMPLATE true ALLOW_CONNECTIONS false')
  await client.end()
}

const nothing = () => {}
const quiet = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: console.error,
}
