import { expect, test } from 'vitest'
import { assess } from '../../ledger/assess.ts'
import { commandCase } from '../../ledger/caseCommands.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

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
