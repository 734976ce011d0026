import { expect, test } from 'vitest'
import { statementRuns } from '../../ledger/statementRuns.ts'
import { keepStatementSchedules } from '../../workers/schedules.ts'
import { statementsId } from '../../workflows/statementRun.messages.ts'
import { anyHour, COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

test('every branch has its schedule, in its own time; what it starts sends the statements of that day', async () => {
  const ledger = await freshLedger([testPolicy(anyHour)])
  const { database } = ledger
  const stack = await startStack(ledger)
  try {
    const day = Number(new Date().toLocaleDateString('en-CA', { timeZone: 'America/Mexico_City' }).slice(8))
    const policy = testPolicy({ ...anyHour, statements: { day_of_month: day } })
    await publishPolicies(database, COMPANY, [policy], 'test', Date.now())
    await loadItems(database, [{ document: 'F-1', due: '2099-02-05' }], Date.now())
    const keep = keepStatementSchedules(stack.client, database)
    await keep(COMPANY)
    await keepStatementSchedules(stack.client, database)(COMPANY)
    const schedule = stack.client.schedule.getHandle(statementsId(COMPANY, 'Norte', 'America/Mexico_City'))
    const { spec } = await schedule.describe()
    expect(spec).toMatchObject({
      timezone: 'America/Mexico_City',
      calendars: [{ hour: [{ start: 6, end: 6 }], minute: [{ start: 0, end: 0 }] }],
    })
    await schedule.trigger()
    await expect.poll(stack.mailCount, { timeout: 30_000 }).toBe(1)
    expect(await statementRuns(database, COMPANY, 10)).toMatchObject([
      { branch: 'Norte', timeZone: 'America/Mexico_City', begunBy: 'cartera', customers: 1 },
    ])
  } finally {
    await stack.stop()
  }
}, 90_000)
