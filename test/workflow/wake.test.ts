import type { Client } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { createWakeActivities } from '../../activities/wake.ts'
import { commandDecision } from '../../ledger/decisionCommands.ts'
import { keepStatementSchedules } from '../../workers/schedules.ts'
import { statementsId } from '../../workflows/statementRun.messages.ts'
import { look } from '../ledger/books.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const NOW = noon('2026-03-09')

/** A server that takes every wake but those of some workflows. */
function taking(refused: (workflowId: string) => boolean) {
  const woken: string[] = []
  const signalWithStart = async (_: string, { workflowId }: { workflowId: string }) => {
    if (refused(workflowId)) throw new Error(`too many signals: ${workflowId}`)
    woken.push(workflowId.split(':').at(-1)!)
  }
  return { woken, client: { workflow: { signalWithStart } } as unknown as Client }
}

/** A process, and cases that were never looked at. */
async function behind(customers: string[]) {
  const { database } = await freshLedger()
  await loadItems(
    database,
    customers.map((customer) => ({ document: `F-${customer}`, customer, due: '2026-03-02' })),
    NOW,
  )
  await database.rows(`INSERT INTO process (company, kind, id) VALUES ('${COMPANY}', 'approval', '7')`)
  return database
}

test('a case that can’t be woken keeps neither the others nor a process from it, and is told', async () => {
  const { woken, client } = taking((id) => id.endsWith('C-1'))
  const database = await behind(['C-1', 'C-2'])
  const { sweepCases, wakeCases } = createWakeActivities({ client, database })
  const inActivity = new MockActivityEnvironment()
  await expect(inActivity.run(sweepCases, { company: COMPANY, now: NOW })).rejects.toThrow(
    '1 not woken, C-1 first',
  )
  expect(woken.splice(0).sort()).toEqual(['7', 'C-2'])
  await expect(
    inActivity.run(wakeCases, { company: COMPANY, keys: ['C-1', 'C-2'], processes: ['approval:7'] }),
  ).rejects.toThrow('1 not woken')
  expect(woken.sort()).toEqual(['7', 'C-2'])
})

test('a time zone that the server doesn’t know keeps neither a case nor another branch’s schedule from it', async () => {
  const { woken, client } = taking(() => false)
  const database = await behind(['C-1', 'C-2', 'C-3'])
  await database.rows(
    `UPDATE customer SET (branch, time_zone) = (CASE code WHEN 'C-1' THEN 'A' ELSE 'B' END, CASE code WHEN 'C-1' THEN 'america/mexico_city' ELSE 'UTC' END)`,
  )
  const made: string[] = []
  const create = async ({ scheduleId, spec }: { scheduleId: string; spec: { timezone: string } }) => {
    if (spec.timezone !== 'UTC') throw new Error(`unknown time zone ${spec.timezone}`)
    made.push(scheduleId)
  }
  Object.assign(client, { schedule: { create } })
  const keepSchedules = keepStatementSchedules(client, database)
  const { sweepCases } = createWakeActivities({ client, database, keepSchedules })
  const inActivity = new MockActivityEnvironment()
  expect(await inActivity.run(sweepCases, { company: COMPANY, now: NOW })).toMatchObject({ woken: 4 })
  expect(woken.sort()).toEqual(['7', 'C-1', 'C-2', 'C-3'])
  expect(made).toEqual([statementsId(COMPANY, 'B', 'UTC')])
})

test('a receivable that nothing would wake is chased again, and reported once', async () => {
  const { woken, client } = taking(() => false)
  const database = await behind(['C-1', 'C-2'])
  const { sweepCases } = createWakeActivities({ client, database })
  const sweep = () => new MockActivityEnvironment().run(sweepCases, { company: COMPANY, now: NOW })
  for (const key of ['C-1', 'C-2']) await look(database, NOW, key)
  await database.rows('DELETE FROM process')
  const asleep = () =>
    database.rows(
      'WITH c AS (UPDATE collection_case SET next_wake_at = NULL) UPDATE receivable SET next_action_at = NULL',
    )
  // What another case's message will say when it was sent is no concern of the sweep.
  await database.rows(
    `UPDATE message SET case_id = (SELECT id FROM collection_case WHERE key = 'C-2'), sequence = 1 WHERE case_id = (SELECT id FROM collection_case WHERE key = 'C-1')`,
  )
  await asleep()
  expect(await sweep()).toMatchObject({ repaired: 1 })
  expect(woken.splice(0)).toEqual(['C-2'])
  await look(database, NOW, 'C-2')
  expect(await sweep()).toEqual({ woken: 0, latestMs: 0, repaired: 0 })

  await database.rows(`DELETE FROM receivable_step`)
  await database.rows(`DELETE FROM message`)
  await asleep()
  expect(await sweep()).toMatchObject({ repaired: 2 })
  expect((await look(database, NOW, 'C-1')).intents).toMatchObject([{ template: 'reminder' }])
  expect((await look(database, NOW, 'C-2')).intents).toMatchObject([{ template: 'reminder' }])
  expect(await sweep()).toEqual({ woken: 0, latestMs: 0, repaired: 0 })
})

test('a policy that concerns more cases than an answer carries names none; all that is behind is woken', async () => {
  const { woken, client } = taking((id) => id.endsWith('C-0'))
  const database = await behind(['C-0', 'C-1'])
  for (const key of ['C-0', 'C-1']) await look(database, NOW, key)
  await database.rows(
    `INSERT INTO collection_case (company, customer_id, key, grouping, site)
     SELECT company, customer_id, key || ':site:' || n, 'site', n::text FROM collection_case, generate_series(1, 5000) n WHERE key = 'C-1'`,
  )
  await database.rows('UPDATE collection_case SET assessed_version = facts_version')
  const policies = [testPolicy({ id: 'second', applies_to: { segments: ['x'] } })]
  const answer = await commandDecision(
    database,
    calendars,
    { company: COMPANY, actor: 'ana', key: 'k', now: NOW },
    'publishPolicies',
    { policies } as never,
  )
  expect(answer).toEqual({ result: { published: ['second v1'], waiting: [] }, cases: [], tooMany: true })
  const { wakeCases } = createWakeActivities({ client, database })
  // One that can't be woken keeps none of the later pages from it.
  await expect(
    new MockActivityEnvironment().run(wakeCases, { company: COMPANY, keys: [], tooMany: true }),
  ).rejects.toThrow('1 not woken, C-0 first')
  expect(woken).toHaveLength(5_002)
  expect(woken).toContain('7')
})
