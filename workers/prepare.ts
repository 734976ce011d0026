import {
  type Client,
  type Connection,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
} from '@temporalio/client'
import { companyOf } from '../config/company.ts'
import type { Environment } from '../config/environment.ts'
import { readPolicies } from '../config/policyFiles.ts'
import { ensureCompany } from '../ledger/company.ts'
import type { Database } from '../ledger/database.ts'
import { migrate } from '../ledger/migrate.ts'
import { publishPolicies } from '../ledger/policies.ts'
import { searchAttributes } from '../workflows/collection.messages.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'

/** Everything that must stand before a worker works. Each part finds it done when it was done before. */

export async function prepareLedger(env: Environment, database: Database): Promise<string[]> {
  await migrate(env.DATABASE_URL)
  await database.transaction((sql) => ensureCompany(sql, companyOf(env)))
  return publishPolicies(
    database,
    env.CARTERA_COMPANY,
    readPolicies(env.CARTERA_POLICIES),
    'worker',
    Date.now(),
  )
}

/** INDEXED_VALUE_TYPE numbers of the API. */
const INDEXED = { KEYWORD: 2, DATETIME: 6 } as const

export async function prepareTemporal(
  client: Client,
  connection: Connection,
  namespace: string,
  company: string,
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.values(searchAttributes).filter(({ name }) => !known.customAttributes?.[name])
  if (missing.length > 0)
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED[type]])),
    })
  try {
    await client.schedule.create({
      scheduleId: `sweep:${company}`,
      spec: { intervals: [{ every: '1 minute' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'sweep',
        workflowId: `sweep:${company}`,
        taskQueue: TASK_QUEUE,
        args: [{ v: 1, company }],
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
}
