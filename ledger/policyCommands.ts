import type { Answer } from '../domain/command.ts'
import type { Policy } from '../domain/policy.ts'
import type { policyCommands } from '../domain/policyCommand.ts'
import { withAuthority } from './approvals/authority.ts'
import type { Carriers } from './carriers.ts'
import type { Sql } from './database.ts'
import { activateVersion, type Named, publishVersions, versionName, waitingVersion } from './policies.ts'
import { type Ask, rulesOfCompany } from './scope.ts'

/** Policies by people: published by one, agreed to by another. */
export const policyCarriers: Carriers<typeof policyCommands> = {
  publishPolicies: (sql, ask, { policies }) => publishPolicies(sql, ask, policies),
  activatePolicy: (sql, ask, { policy, version }) => activate(sql, ask, { code: policy, version }),
}

/** Publishes what changed, and asks somebody to agree to it. */
export async function publishPolicies(sql: Sql, ask: Ask, policies: readonly Policy[]): Promise<Answer> {
  const { company, actor, now } = ask.asking
  const { published, cases: first } = await publishVersions(sql, { company, actor, now }, policies)
  const cases = new Set(first)
  const processes: string[] = []
  const waiting: Record<string, unknown>[] = []
  for (const version of published.filter((p) => !p.holds)) {
    const asked = await activate(sql, ask, version)
    for (const key of asked.cases) cases.add(key)
    processes.push(...(asked.processes ?? []))
    waiting.push({ policy: versionName(version), ...asked.result })
  }
  return {
    result: { published: published.map(versionName), waiting },
    cases: [...cases].sort(),
    processes,
  }
}

/** Who publishes doesn't agree to it. */
async function activate(sql: Sql, ask: Ask, version: Named): Promise<Answer> {
  const { company, actor, now } = ask.asking
  const { published_by, current } = await waitingVersion(sql, company, version)
  const { code: policy, version: number } = version
  return withAuthority(
    sql,
    await rulesOfCompany(sql, ask),
    {
      kind: 'policy',
      command: 'activatePolicy',
      input: { policy, version: number },
      subject: versionName(version),
      items: [],
      amount: null,
      alsoAsked: [published_by],
      onYes: [{ code: 'policy_holds', data: { policy, version: number } }],
      onNo: [{ code: 'policy_stays', data: { policy, version: current } }],
      why: versionName(version),
    },
    async () => ({
      result: { policy, version: number },
      cases: await activateVersion(sql, { company, actor, now }, version),
    }),
  )
}
