import type { Client } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { createWakeActivities } from '../../activities/wake.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
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
