import { readCalendars } from '../../config/calendarFiles.ts'
import { shippedFile } from '../../config/paths.ts'
import { readPolicies } from '../../config/policyFiles.ts'
import { readOpenItems } from '../../domain/openItemFile.ts'
import type { Policy } from '../../domain/policy.ts'
import { ensureCompany } from '../../ledger/company.ts'
import { type Database, openDatabase } from '../../ledger/database.ts'
import { beginLoad, stageRows } from '../../ledger/loads.ts'
import { migrate } from '../../ledger/migrate.ts'
import { promoteLoad } from '../../ledger/promotion/promote.ts'
import { refreshStatistics } from '../../ledger/statistics.ts'
import { publishPolicies } from '../setup/policies.ts'
import { standardProfile } from './lifecycle.ts'
import { openItemsFile, PER_CUSTOMER } from './portfolio.ts'
import { COMPANY } from './stack.ts'

/** Books with many open receivables, which came through the real load. */

export const calendars = readCalendars(shippedFile('config', 'calendars'))

const PER_LOAD = 100_000

export async function openBooks(
  url: string,
  receivables: number,
  log: (line: string) => void,
  policiesOf: (shipped: Policy[]) => Policy[] = (shipped) => shipped,
): Promise<Database> {
  await migrate(url)
  const database = openDatabase(url)
  await database.transaction((sql) =>
    ensureCompany(sql, { id: COMPANY, name: 'Bench', timeZone: 'America/Mexico_City' }),
  )
  const policies = policiesOf(readPolicies(shippedFile('config', 'policies')))
  await publishPolicies(database, COMPANY, policies, 'bench', Date.now())
  for (let from = 0; from < receivables; from += PER_LOAD) {
    log(`  ${from} of ${receivables} receivables loaded`)
    await take(database, `P${from}`, Math.min(PER_LOAD, receivables - from))
  }
  return database
}

/** From five months late to two months early. */
export async function take(
  database: Database,
  prefix: string,
  receivables: number,
  perCustomer = PER_CUSTOMER,
): Promise<void> {
  const dueIn = (index: number) => ((index * 7) % 210) - 150
  const file = openItemsFile({ prefix, receivables, perCustomer, dueIn })
  const { items, errors } = await readOpenItems(file, standardProfile())
  if (errors.length > 0) throw new Error(`a generated file has mistakes: ${JSON.stringify(errors[0])}`)
  const load = {
    id: prefix,
    company: COMPANY,
    source: 'bench',
    authority: 'cartera' as const,
    kind: 'delta' as const,
    fileName: `${prefix}.csv`,
    fileHash: prefix,
    asOf: null,
    profile: {},
    hold: false,
    actor: 'bench',
  }
  await beginLoad(database, load, Date.now())
  for (let from = 0; from < items.length; from += 5_000)
    await stageRows(database, prefix, items.slice(from, from + 5_000))
  const report = await promoteLoad(database, calendars, prefix, Date.now())
  if (report.created !== receivables)
    throw new Error(`a load did not do what it should: ${JSON.stringify(report)}`)
  await refreshStatistics(database, report.created)
}
