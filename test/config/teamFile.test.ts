import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { readPolicies } from '../../config/policyFiles.ts'
import { readTeam, TeamFileError } from '../../config/teamFile.ts'
import { roleHolders, seedRoles } from '../../ledger/roles.ts'
import { team } from '../setup/approvals.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'

const shipped = () => readTeam(shippedFile('config', 'team.yaml'))

test('somebody of the shipped team holds every role that the shipped policies ask', () => {
  const held = new Set(shipped().map((grant) => grant.role))
  for (const { approvals } of readPolicies(shippedFile('config', 'policies'))) {
    const levels = [...approvals.matrix.flatMap((row) => row.levels), ...approvals.otherwise]
    const asked = [
      ...levels.map((level) => level.role),
      ...approvals.matrix.flatMap((row) => row.escalate_to ?? []),
      approvals.escalate_to,
    ]
    expect(asked.filter((role) => !held.has(role))).toEqual([])
  }
})

test('a team is given its roles where nobody has ever held one, and what was changed since stays', async () => {
  const { database } = await freshLedger()
  const asking = { company: COMPANY, actor: 'worker', now: noon('2026-03-10'), key: '' }
  const seed = () => database.transaction((sql) => seedRoles(sql, asking, shipped()))
  expect(await seed()).toBe(shipped().length)
  const [first] = await roleHolders(database, COMPANY)
  expect(first).toMatchObject({ person: 'carlos', role: 'credit', language: 'en', grantedBy: 'worker' })
  for (const { person, role } of shipped())
    await team(database, 'revokeRole', { person, role, why: 'ours are others' }, '2026-03-10')
  expect(await seed()).toBe(0)
  expect(await roleHolders(database, COMPANY)).toEqual([])
})

test('a file with mistakes is refused with the place of each', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-team-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'team.yaml')
  writeFileSync(
    file,
    `people:\n  - { person: ana, mail: a@b.example, roles: [{ role: manager }] }\n  - { person: eva, roles: [] }\n`,
  )
  expect(() => readTeam(file)).toThrow(TeamFileError)
  expect(() => readTeam(file)).toThrow(/team\.yaml:2:\d+: people\.0\.mail.*\n.*team\.yaml:3:/)
  expect(() => readTeam(join(dir, 'none.yaml'))).toThrow(/CARTERA_TEAM: .*none\.yaml/)
})
