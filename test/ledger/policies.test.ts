import { expect, test } from 'vitest'
import { assess } from '../../ledger/assess.ts'
import { commandCase } from '../../ledger/caseCommands.ts'
import { policyFor } from '../../ledger/policies.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision, seedTeam, vote } from '../setup/team.ts'
import { refusalOf } from './books.ts'

const now = noon('2026-03-04')
const asking = (key: string) => ({ company: COMPANY, actor: 'ana', key, now })

test("a customer's own policy goes before its segment's, and that before the company's", async () => {
  const { database } = await freshLedger([
    testPolicy(),
    testPolicy({ id: 'of-segment', applies_to: { segments: ['builder'] } }),
    testPolicy({ id: 'of-customer', applies_to: { customers: ['C-3'] } }),
  ])
  await database.rows(
    `INSERT INTO payer (company, code, name) VALUES ('${COMPANY}', 'C-2', 'C-2'), ('${COMPANY}', 'C-3', 'C-3')`,
  )
  await database.rows(
    `INSERT INTO customer (company, code, name, segment, payer_id) SELECT company, code, name, 'builder', id FROM payer`,
  )
  await loadItems(
    database,
    ['C-1', 'C-2', 'C-3'].map((customer) => ({ document: `F-${customer}`, customer, due: '2026-03-02' })),
    now,
  )
  const pinned = await database.rows<{ document: string; code: string }>(
    'SELECT r.document, v.code FROM receivable r JOIN policy_version v ON v.id = r.policy_id ORDER BY r.document',
  )
  expect(pinned.map((p) => p.code)).toEqual(['standard', 'of-segment', 'of-customer'])
})

test('two policies that claim the same customers are refused, and nothing is published', async () => {
  const { database } = await freshLedger()
  await expect(
    publishPolicies(database, COMPANY, [testPolicy({ id: 'other' }), testPolicy()], 'ana', now),
  ).rejects.toThrow('Policies "other" and "standard" both apply to company')
  expect(await database.rows(`SELECT 1 FROM policy_version WHERE code = 'other'`)).toEqual([])
})

test('a live receivable keeps its steps until it adopts the new version, then its progress, and takes no step back', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  await assess(database, calendars, COMPANY, 'C-1', now)
  const changed = testPolicy()
  changed.steps = [{ ...changed.steps[0]!, id: 'new_before', day: 0 }, ...changed.steps]
  expect(await publishPolicies(database, COMPANY, [changed], 'ana', now)).toEqual(['standard v2'])
  expect(await publishPolicies(database, COMPANY, [changed], 'ana', now)).toEqual([])

  const answer = await commandCase(database, calendars, asking('k'), 'C-1', 'adoptPolicy', {})
  expect(answer.result).toEqual({ policy: 'standard', adopted: 1 })
  expect(await database.rows('SELECT step, state FROM receivable_step ORDER BY step')).toEqual([
    { step: 'first', state: 'pending' },
    { step: 'new_before', state: 'skipped' },
  ])
})

/** As people publish: what changed waits for somebody else. */
async function changed(by: string) {
  const { database } = await freshLedger()
  await seedTeam(database, [
    ['sofía', 'supervisor'],
    ['eva', 'supervisor'],
  ])
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], now)
  const policies = [testPolicy({ tolerance: { MXN: '5000.00' } })]
  const on = { on: '2026-03-04', actor: by }
  const { result } = await decision(database, 'publishPolicies', { policies }, on)
  const [waiting] = result.waiting as { approval: number }[]
  return { database, approval: waiting!.approval, policies, on }
}

test('a changed policy holds when a second person agrees, and every case looks again', async () => {
  const { database, approval, policies, on } = await changed('sofía')
  const held = async () => (await policyFor(database, COMPANY, 'C-1')).tolerance.MXN
  expect(await held()).toBe('50.00')
  expect(await refusalOf(vote(database, approval, 'sofía', '2026-03-04'))).toBe('SameActor')
  const { result, cases } = await vote(database, approval, 'eva', '2026-03-05')
  expect([result.state, cases]).toEqual(['approved', ['C-1']])
  expect(await held()).toBe('5000.00')
  // Published again it is the same version, and it isn't asked about again.
  const again = await decision(database, 'publishPolicies', { policies }, on)
  expect(again.result).toEqual({ published: [], waiting: [] })
  const same = { policy: 'standard', version: 2 }
  expect(await refusalOf(decision(database, 'activatePolicy', same, on))).toBe('NotOpen')
})

test('a refused version is asked about again by name; an older one never takes the place of a newer', async () => {
  const { database, approval, on } = await changed('ana')
  expect((await vote(database, approval, 'eva', '2026-03-05', false)).result.state).toBe('refused')
  const second = await decision(database, 'activatePolicy', { policy: 'standard', version: 2 }, on)
  const newer = [testPolicy({ tolerance: { MXN: '70.00' } })]
  const { result } = await decision(database, 'publishPolicies', { policies: newer }, on)
  await vote(database, (result.waiting as { approval: number }[])[0]!.approval, 'eva', '2026-03-05')
  const late = await vote(database, second.result.approval, 'sofía', '2026-03-06')
  expect(late.result.state).toBe('stale')
  expect((await policyFor(database, COMPANY, 'C-1')).tolerance.MXN).toBe('70.00')
})
