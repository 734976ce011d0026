import { Worker } from '@temporalio/worker'
import { expect, inject, test } from 'vitest'
import { commandCase } from '../../client/cases.ts'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { wake } from '../../workflows/collection.messages.ts'
import { TASK_QUEUE } from '../../workflows/taskQueues.ts'
import { faulty } from '../setup/faults.ts'
import { anyHour, COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

// Found on 2026-11-25 by the first recorded histories: a command carried out beside an assessment left a history that
// the code which had made it couldn't replay, since the SDK (1.24) replays local activities that were under way
// together in another order. The next restart of the worker would have stopped such a case for good.
test('a case that is asked and woken while it looks at its facts can be replayed', async () => {
  const ledger = await freshLedger([testPolicy(anyHour)])
  const faults = faulty(ledger.database)
  const stack = await startStack({ url: ledger.url, database: faults.database })
  try {
    const due = addDays(localDateOf(Date.now(), 'UTC'), -4)
    await loadItems(ledger.database, [{ document: 'F-1', due }], Date.now())
    const door = { client: stack.client, company: COMPANY }
    const log = (n: number) =>
      commandCase(
        door,
        'C-1',
        'logContact',
        { channel: 'phone', person: `Persona ${n}`, result: 'reached' },
        { actor: 'ana', key: `log-${n}` },
      )
    // All of them with the case's first look, and again while a slow one is under way.
    await Promise.all([1, 2, 3, 4].map(log))
    const handle = stack.client.workflow.getHandle(`case:${COMPANY}:C-1`)
    await expect.poll(stack.mailCount, { timeout: 20_000 }).toBe(1)
    const first = (await handle.describe()).runId
    await handle.terminate('to begin with a short workflow task, that lets messages in while it works')
    const held = faults.hold('after')
    await stack.client.workflow.signalWithStart('collection', {
      workflowId: handle.workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ v: 1, company: COMPANY, key: 'C-1' }],
      signal: wake,
      workflowTaskTimeout: '1s',
    })
    await held.reached
    await handle.signal(wake)
    const asked = [5, 6, 7].map(log)
    await expect
      .poll(async () => JSON.stringify((await handle.fetchHistory()).events).includes('log-5'), {
        timeout: 2_500,
      })
      .toBe(true)
    held.let()
    await Promise.all(asked)
    const second = (await handle.describe()).runId
    for (const runId of [first, second]) {
      const history = await stack.client.workflow.getHandle(handle.workflowId, runId).fetchHistory()
      await Worker.runReplayHistory({ workflowBundle: { code: inject('workflowBundle') } }, history)
    }
  } finally {
    await stack.stop()
  }
})
