import { expect, test } from 'vitest'
import { wakeCase } from '../../activities/wake.ts'
import { commandCase } from '../../client/cases.ts'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { anyHour, COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

test('commands that race continue-as-new are all carried out, each once', async () => {
  const ledger = await freshLedger()
  // A long history is one of 60 events here, so that the case continues as new again and again.
  const stack = await startStack(ledger, [
    '--dynamic-config-value',
    'limit.historyCount.suggestContinueAsNew=60',
  ])
  try {
    await loadItems(
      ledger.database,
      [{ document: 'F-1', due: '2099-01-05', issued: '2026-01-01' }],
      Date.now(),
    )
    await wakeCase(stack.client, COMPANY, 'C-1')
    const door = { client: stack.client, company: COMPANY }
    const log = (n: number) =>
      commandCase(
        door,
        'C-1',
        'logContact',
        { channel: 'phone', person: `Persona ${n}`, result: 'reached' },
        { actor: 'ana', key: `log-${n}` },
      )
    const numbers = Array.from({ length: 60 }, (_, n) => n)
    for (let from = 0; from < numbers.length; from += 6)
      await Promise.all(numbers.slice(from, from + 6).map(log))

    const persons = await ledger.database.rows<{ person: string }>('SELECT person FROM contact_log')
    expect(new Set(persons.map((p) => p.person)).size).toBe(60)
    expect(persons).toHaveLength(60)
    const runs = async () => {
      const found: string[] = []
      for await (const run of stack.client.workflow.list({ query: `WorkflowId = 'case:${COMPANY}:C-1'` }))
        found.push(run.status.name)
      return found
    }
    expect((await runs()).filter((status) => status === 'CONTINUED_AS_NEW').length).toBeGreaterThan(1)
    // The list of workflows follows a moment later.
    await expect.poll(async () => (await runs()).filter((status) => status === 'RUNNING')).toHaveLength(1)
  } finally {
    await stack.stop()
  }
})

test('a case whose workflow was killed with a message on its way is taken up by the next, and mailed once', async () => {
  const ledger = await freshLedger([testPolicy(anyHour)])
  const stack = await startStack(ledger)
  try {
    await loadItems(
      ledger.database,
      [{ document: 'F-1', due: addDays(localDateOf(Date.now(), 'UTC'), -4) }],
      Date.now(),
    )
    const handle = stack.client.workflow.getHandle(`case:${COMPANY}:C-1`)
    await wakeCase(stack.client, COMPANY, 'C-1')
    await expect
      .poll(() => ledger.database.rows('SELECT 1 FROM message'), { timeout: 20_000 })
      .toHaveLength(1)
    await handle.terminate('killed')
    await wakeCase(stack.client, COMPANY, 'C-1')
    await expect
      .poll(() => ledger.database.rows(`SELECT 1 FROM message WHERE state = 'sent'`), { timeout: 30_000 })
      .toHaveLength(1)
    expect(stack.mailCount()).toBe(1)
  } finally {
    await stack.stop()
  }
})
