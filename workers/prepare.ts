import type { Client, Connection } from '@temporalio/client'
import { readCalendars } from '../config/calendarFiles.ts'
import { companyOf } from '../config/company.ts'
import type { Environment } from '../config/environment.ts'
import { readPolicies } from '../config/policyFiles.ts'
import { readTeam } from '../config/teamFile.ts'
import { touching } from '../ledger/commands.ts'
import { ensureCompany } from '../ledger/company.ts'
import type { Database } from '../ledger/database.ts'
import { migrate } from '../ledger/migrate.ts'
import { publishPolicies } from '../ledger/policyCommands.ts'
import { seedRoles } from '../ledger/roles.ts'
import { searchAttributes } from '../workflows/collection.messages.ts'
import { EVERY_MINUTE, schedule } from './schedules.ts'

export interface PublishedNow {
  published: string[]
  waiting: { policy: string; approval: number }[]
}

/** Everything that must stand before a worker works. Each part finds it done when it was done before. */

/** Returns what was published, and what of it waits for somebody's yes. */
export async function prepareLedger(env: Environment, database: Database): Promise<PublishedNow> {
  await migrate(env.DATABASE_URL)
  await database.transaction((sql) => ensureCompany(sql, companyOf(env)))
  const policies = readPolicies(env.CARTERA_POLICIES)
  const calendars = readCalendars(env.CARTERA_CALENDARS)
  const asking = { company: env.CARTERA_COMPANY, actor: 'worker', now: Date.now(), key: '' }
  const { result } = await database.transaction(async (sql) =>
    touching(sql, asking.company, await publishPolicies(sql, { asking, calendars }, policies)),
  )
  const { CARTERA_TEAM: team } = env
  if (team !== undefined) await database.transaction((sql) => seedRoles(sql, asking, readTeam(team)))
  return result as unknown as PublishedNow
}

/** INDEXED_VALUE_TYPE numbers of the API. */
const INDEXED = { KEYWORD: 2, DATETIME: 6 } as const

export async function prepareTemporal(
  client: Client,
  connection: Connection,
  namespace: string,
  company: string,
  feeds: readonly string[] = [],
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.values(searchAttributes).filter(({ name }) => !known.customAttributes?.[name])
  if (missing.length > 0)
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED[type]])),
    })
  await schedule(client, `sweep:${company}`, 'sweep', { v: 1, company }, EVERY_MINUTE)
  await scheduleFeeds(client, company, feeds)
}

/** One schedule per folder; that of a folder which isn't watched any more goes. */
async function scheduleFeeds(client: Client, company: string, folders: readonly string[]): Promise<void> {
  const idOf = (folder: string) => `feed:${company}:${folder}`
  for (const folder of folders)
    await schedule(client, idOf(folder), 'feed', { v: 1, company, folder }, EVERY_MINUTE)
  const wanted = new Set(folders.map(idOf))
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(idOf('')) && !wanted.has(scheduleId))
      await client.schedule.getHandle(scheduleId).delete()
}
