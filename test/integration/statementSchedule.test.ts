import { ScheduleOverlapPolicy } from '@temporalio/client'
import { expect, test } from 'vitest'
import { addDays, instantOf, localDateOf } from '../../domain/calendar.ts'
import { statementRuns } from '../../ledger/statementRuns.ts'
import { keepStatementSchedules, schedule as makeSchedule } from '../../workers/schedules.ts'
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

test('two mornings at once: the second waits for the first and is made too, by a schedule that an older program made as well', async () => {
  const zone = 'America/Mexico_City'
  const yesterday = addDays(localDateOf(Date.now(), zone), -1)
  const statements = { day_of_month: Number(yesterday.slice(8)) }
  const ledger = await freshLedger([testPolicy({ ...anyHour, statements })])
  const stack = await startStack(ledger)
  try {
    await loadItems(ledger.database, [{ document: 'F-1', due: '2099-02-05' }], Date.now())
    const id = statementsId(COMPANY, 'Norte', zone)
    const input = { v: 1, company: COMPANY, branch: 'Norte', timeZone: zone, actor: 'cartera' }
    await makeSchedule(stack.client, id, 'statementRun', input, { calendars: [{ hour: 6 }], timezone: zone })
    const schedule = stack.client.schedule.getHandle(id)
    expect((await schedule.describe()).policies.overlap).toBe(ScheduleOverlapPolicy.SKIP)
    await keepStatementSchedules(stack.client, ledger.database)(COMPANY)
    await schedule.backfill({
      start: new Date(instantOf(addDays(yesterday, -1), '05:00', zone)),
      end: new Date(instantOf(yesterday, '07:00', zone)),
    })
    await expect
      .poll(async () => (await statementRuns(ledger.database, COMPANY, 10)).map((r) => r.day), {
        timeout: 30_000,
      })
      .toEqual([yesterday])
    expect((await schedule.describe()).info).toMatchObject({
      numActionsTaken: 2,
      numActionsSkippedOverlap: 0,
    })
  } finally {
    await stack.stop()
  }
}, 90_000)
