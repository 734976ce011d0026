import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import pg from 'pg'

/** The baseline's worker: a program of its own, as ours is, with the same limits. */

export const BASELINE_QUEUE = 'baseline'

const createActivities = (pool: pg.Pool) => ({
  async insert(customer: string, documents: string[]): Promise<void> {
    await pool.query(
      `INSERT INTO item (customer, document, state) SELECT $1, unnest($2::text[]), 'open' ON CONFLICT DO NOTHING`,
      [customer, documents],
    )
  },
  async markPaid(customer: string): Promise<void> {
    await pool.query(`UPDATE item SET state = 'paid' WHERE customer = $1`, [customer])
  },
})
export type BaselineActivities = ReturnType<typeof createActivities>

async function main(): Promise<void> {
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'] })
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 })
  await pool.query(
    `CREATE TABLE IF NOT EXISTS item (document text PRIMARY KEY, customer text NOT NULL, state text NOT NULL)`,
  )
  await pool.query('CREATE INDEX IF NOT EXISTS item_customer ON item (customer)')
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! })
  const worker = await Worker.create({
    connection,
    taskQueue: BASELINE_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./cycle.ts', import.meta.url)),
    }),
    activities: createActivities(pool),
    maxCachedWorkflows: 500,
  })
  console.log('worker ready')
  await worker.run()
  await connection.close()
  await pool.end()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
