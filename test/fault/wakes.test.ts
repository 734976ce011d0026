import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { expect, onTestFinished, test } from 'vitest'
import { TASK_QUEUE } from '../../workflows/taskQueues.ts'
import { randomOf } from '../domain/random.ts'
import { overriding } from '../setup/faults.ts'
import { anyHour, COMPANY, openFileLedger, testPolicy } from '../setup/ledger.ts'
import { startStack } from '../setup/stack.ts'
import { caughtUp, SEED, underTraffic } from './fault.ts'
import { loadPortfolio } from './traffic.ts'

const CUSTOMERS = 12

interface Wakes {
  client: Client
  fates: Record<'lost' | 'doubled' | 'late' | 'sent', number>
}

/** A client whose wakes get lost, come twice, or come later than those that were sent after them. */
function unreliable(real: Client, seed: number): Wakes {
  const random = randomOf(seed)
  const fates = { lost: 0, doubled: 0, late: 0, sent: 0 }
  const pick = () => random.pick(['lost', 'lost', 'doubled', 'late', 'sent'] as const)
  const signalWithStart = async (...args: Parameters<Client['workflow']['signalWithStart']>) => {
    const send = () => real.workflow.signalWithStart(...args)
    const fate = pick()
    fates[fate]++
    if (fate === 'doubled') await Promise.all([send(), send()])
    else if (fate === 'sent') await send()
    // A stack that has been stopped meanwhile is no concern of a late wake.
    else if (fate === 'late')
      void sleep(random.int(50, 4_000))
        .then(send)
        .catch(() => {})
  }
  const workflow = overriding(real.workflow, 'signalWithStart', signalWithStart)
  return { client: overriding(real, 'workflow', workflow), fates }
}

test('wakes that get lost, come twice or in another order delay a case until the sweep, and do nothing else', {
  timeout: 300_000,
}, async () => {
  const ledger = await openFileLedger([
    testPolicy({ ...anyHour, grouping: 'site', tolerance: { MXN: '0.50' } }),
  ])
  onTestFinished(ledger.drop)
  let wakes: Wakes | undefined
  const stack = await startStack(ledger, [], (client) => {
    wakes = unreliable(client, SEED)
    return wakes.client
  })
  onTestFinished(() => stack.stop())
  const left = {
    client: stack.client,
    door: { client: stack.client, company: COMPANY },
    database: ledger.owner,
    inboxDir: stack.inboxDir,
  }
  let sweeps = 0
  let woken = 0
  let isOver = false
  const sweeping = (async () => {
    while (!isOver) {
      const report = await stack.client.workflow.execute('sweep', {
        workflowId: `sweep-${++sweeps}`,
        taskQueue: TASK_QUEUE,
        args: [{ v: 1, company: COMPANY }],
      })
      woken += (report as { woken: number }).woken
      await sleep(2_000)
    }
  })()
  await loadPortfolio(left, CUSTOMERS)
  await caughtUp(ledger.owner)
  await underTraffic(left, [], { fault: 'wakes lost, doubled, late', times: 1, customers: CUSTOMERS }, () =>
    sleep(8_000),
  )
  isOver = true
  await sweeping
  console.log(`wakes: ${JSON.stringify(wakes!.fates)}; the sweep woke ${woken} in ${sweeps} runs`)
  expect(wakes!.fates.lost).toBeGreaterThan(10)
  expect(woken).toBeGreaterThan(10)
})
