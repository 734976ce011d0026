import type { Policy } from '../../domain/policy.ts'
import type { Database } from '../../ledger/database.ts'
import { activateVersion, publishVersions } from '../../ledger/policies.ts'
import { touchProcessesOfCases } from '../../ledger/processes.ts'

/** Publishes policies that hold at once, as if a second person had agreed already. */
export const publishPolicies = (
  database: Database,
  company: string,
  policies: readonly Policy[],
  actor: string,
  now: number,
): Promise<string[]> =>
  database.transaction(async (sql) => {
    const { published, cases } = await publishVersions(sql, { company, actor, now }, policies)
    for (const version of published.filter((p) => !p.holds))
      cases.push(...(await activateVersion(sql, { company, actor, now }, version)))
    await touchProcessesOfCases(sql, company, cases)
    return published.map(({ code, version }) => `${code} v${version}`)
  })
