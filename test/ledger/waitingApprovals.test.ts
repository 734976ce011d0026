import { expect, test } from 'vitest'
import { readApproval } from '../../ledger/approvals/show.ts'
import { type WaitingAsked, waitingApprovals } from '../../ledger/approvals/waiting.ts'
import type { Database } from '../../ledger/database.ts'
import { away, lookAtApproval, requested, team } from '../setup/approvals.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'
import { refusalOf } from './books.ts'

const matrix = {
  approvals: {
    matrix: [
      {
        kinds: ['write_off'],
        levels: [{ role: 'supervisor' }, { role: 'manager' }],
        escalate_to: 'director',
      },
    ],
  },
}

async function house(): Promise<Database> {
  const { database } = await freshLedger([testPolicy(matrix)])
  await seedTeam(database)
  await loadItems(
    database,
    ['F-1', 'F-2', 'F-3'].map((document) => ({ document, due: '2026-03-02' })),
    noon('2026-03-09'),
  )
  await requested(database, { on: '2026-03-10', document: 'F-1' })
  await requested(database, { on: '2026-03-10', document: 'F-2', actor: 'sofía' })
  await requested(database, { on: '2026-03-10', document: 'F-3', asked: { kind: 'pause' } })
  return database
}

const list = async (database: Database, changes: Partial<WaitingAsked> = {}): Promise<string[]> =>
  (
    await waitingApprovals(database, { company: COMPANY, now: noon('2026-03-10'), limit: 10, ...changes })
  ).map((a) => `${a.id}${a.standsInFor === null ? '' : ` for ${a.standsInFor}`}`)

test('a person finds what they can answer: not what they asked, nor what they answered, nor another’s turn', async () => {
  const database = await house()
  expect(await list(database)).toEqual(['1', '2', '3'])
  expect(await list(database, { person: 'sofía' })).toEqual(['1', '3'])
  expect(await list(database, { person: 'samuel' })).toEqual(['1', '2', '3'])
  expect(await list(database, { person: 'mario' })).toEqual([])
  expect(await list(database, { person: 'ana' })).toEqual([])
  await vote(database, 1, 'sofía', '2026-03-10')
  expect(await list(database, { person: 'sofía' })).toEqual(['3'])
  expect(await list(database, { person: 'mario' })).toEqual(['1'])
})

test('by kind and branch, a page at a time', async () => {
  const database = await house()
  const samuel = { person: 'samuel', limit: 2 }
  expect(await list(database, samuel)).toEqual(['1', '2'])
  expect(await list(database, { ...samuel, after: 2 })).toEqual(['3'])
  expect(await list(database, { person: 'samuel', kind: 'pause' })).toEqual(['3'])
  expect(await list(database, { person: 'samuel', branch: 'Sur' })).toEqual([])
  await team(database, 'grantRole', { person: 'norma', role: 'supervisor', branch: 'Norte' }, '2026-03-10')
  await team(database, 'grantRole', { person: 'sara', role: 'supervisor', branch: 'Sur' }, '2026-03-10')
  expect(await list(database, { person: 'norma' })).toEqual(['1', '2', '3'])
  expect(await list(database, { person: 'sara' })).toEqual([])
})

test('a stand-in finds it while the other is away, with in whose place; who asked doesn’t, whomever they stand in for', async () => {
  const database = await house()
  await away(database, 'samuel', 'eva', ['2026-03-10', '2026-03-11'])
  await away(database, 'mario', 'ana', ['2026-03-10', '2026-03-11'])
  expect(await list(database, { person: 'eva' })).toEqual(['1 for samuel', '2 for samuel', '3 for samuel'])
  expect(await list(database, { person: 'eva', now: noon('2026-03-12') })).toEqual([])
  await vote(database, 1, 'eva', '2026-03-10')
  expect(await list(database, { person: 'ana' })).toEqual([])
  // Once, in the own place, for who holds the role and stands in for another too.
  await team(database, 'grantRole', { person: 'eva', role: 'supervisor' }, '2026-03-10')
  expect(await list(database, { person: 'eva' })).toEqual(['2', '3'])
})

test('one is shown with what it covers and what is owed now, who is asked, and who answered in whose place', async () => {
  const database = await house()
  await away(database, 'samuel', 'eva', ['2026-03-10', '2026-03-11'])
  await lookAtApproval(database, 1, '2026-03-10')
  await vote(database, 1, 'eva', '2026-03-10')
  await lookAtApproval(database, 1, '2026-03-10')
  expect(await readApproval(database, COMPANY, 1, noon('2026-03-10'))).toMatchObject({
    kind: 'write_off',
    state: 'open',
    requester: 'ana',
    items: [{ document: 'F-1', ceiling: '1000.00', owed: '1000.00' }],
    staleBecause: null,
    levels: [
      { role: 'supervisor', state: 'over' },
      { role: 'manager', state: 'turn' },
      { role: 'director', state: 'later', onSilence: true },
    ],
    canAnswer: [{ person: 'mario', standsInFor: null }],
    votes: [{ role: 'supervisor', person: 'eva', standsInFor: 'samuel', agrees: true, why: 'agreed' }],
    notices: [
      { person: 'eva', standsInFor: 'samuel', reason: 'asked', mail: null },
      { person: 'sofía', standsInFor: null },
      { person: 'mario', role: 'manager' },
    ],
    content: { command: 'cancel', caseKey: 'C-1' },
  })
  expect(await refusalOf(readApproval(database, COMPANY, 99, noon('2026-03-10')))).toBe('NotFound')
})

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

test('with 5,000 that wait, a page is read by the index of whose turn it is', async () => {
  const { database, owner } = await freshLedger([testPolicy(matrix)])
  await seedTeam(database)
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-09'))
  await requested(database, { on: '2026-03-10' })
  await database.rows(
    `INSERT INTO approval (company, kind, subject, customer_id, branch, policy_id, requester, askers, why, currency, amount_minor, days_past_due,
       content, on_yes, on_no, levels, level, level_since, state, requested_at, requested_on)
     SELECT company, kind, 'S-' || g, customer_id, branch, policy_id, requester, askers, why, currency, amount_minor, days_past_due, content, on_yes, on_no,
       CASE WHEN g % 50 = 0 THEN jsonb_build_array(levels -> 1) ELSE levels END, 0, level_since, state, requested_at, requested_on
     FROM approval, generate_series(1, 5000) g`,
  )
  await owner.rows('ANALYZE')
  expect(await list(database, { person: 'sofía', after: 4_000 })).toHaveLength(10)
  expect(await list(database, { person: 'mario' })).toHaveLength(10)
  const plans: Plan[] = []
  const explaining = {
    ...owner,
    async rows<R extends object>(text: string, values: unknown[] = []) {
      const found = await owner.rows<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        values,
      )
      plans.push(found[0]!['QUERY PLAN'][0]!.Plan)
      return [] as R[]
    },
  }
  for (const asked of [{ person: 'sofía', after: 4_000 }, { person: 'mario' }, {}])
    await waitingApprovals(explaining, { company: COMPANY, now: noon('2026-03-10'), limit: 50, ...asked })
  for (const plan of plans) {
    const scans = nodes(plan).filter((n) => n['Relation Name'] === 'approval')
    expect(scans.map((n) => n['Node Type'])).not.toContain('Seq Scan')
    for (const scan of scans) expect(scan['Actual Rows'] * scan['Actual Loops']).toBeLessThanOrEqual(50)
  }
})
