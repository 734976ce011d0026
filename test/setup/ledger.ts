import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { type CalendarData, makeCalendar } from '../../domain/calendar.ts'
import { type Policy, policySchema } from '../../domain/policy.ts'
import { ensureCompany } from '../../ledger/company.ts'
import { type Database, openDatabase } from '../../ledger/database.ts'
import type { Writing } from '../../ledger/delivery.ts'
import type { Calendars } from '../../ledger/scope.ts'
import { publishPolicies } from './policies.ts'

export const COMPANY = 'test'

/** Monday to Friday, with the holidays of Mexico. */
const calendarData: CalendarData = {
  id: 'mx',
  country: 'MX',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
}
const mx = makeCalendar(calendarData)
const everyDay = makeCalendar({ id: 'every-day', types: [], weekend: [], overrides: [] })
export const calendars: Calendars = (id) => (id === 'every-day' ? everyDay : mx)

/** For tests on the real clock: any hour of any day is contact time. */
export const anyHour = { calendar: 'every-day', contact_hours: { from: '00:00', to: '23:59' } }

/** A ladder that tests can reckon with: reminders at 1, 8 and 15 days, a call at 20, hold at 30, demand at 60. */
export const testPolicy = (changes: Record<string, unknown> = {}): Policy =>
  policySchema.parse({
    ...parse(`
      id: standard
      name: for tests
      applies_to: { company: true }
      calendar: mx
      contact_hours: { from: "09:00", to: "18:00" }
      spread_minutes: 0
      min_gap_days: 5
      contact_gap_days: 3
      tolerance: { MXN: "50.00", USD: "5.00" }
      approvals: { matrix: [{ kinds: [credit_note, pause, contingency_receipt], levels: [] }] }
      steps:
        - { id: first, day: 1, action: remind }
        - { id: second, day: 8, action: remind, severity: firm }
        - { id: third, day: 15, action: remind, severity: final }
        - { id: call, day: 20, action: call }
        - { id: hold, day: 30, action: hold_orders }
        - { id: demand, day: 60, action: demand }
    `),
    ...changes,
  })

/** A message written so, with nothing to go along with it. */
export const writing = (render: Writing['render']): Writing => ({
  render,
  sourceOf: () => '',
  sourceOfDemand: () => '',
  attached: [],
})

export interface TestLedger {
  url: string
  database: Database
  /** As the owner of the database: what only an intruder with its password could do. */
  owner: Database
}

/** A database of its own, cloned from the migrated template, with a company and a policy; gone after the test. */
export async function freshLedger(policies: Policy[] = [testPolicy()]): Promise<TestLedger> {
  const ledger = await openFileLedger(policies)
  onTestFinished(ledger.drop)
  return ledger
}

/** The same for all tests of a file, which drops it itself. */
export async function openFileLedger(
  policies: Policy[] = [testPolicy()],
): Promise<TestLedger & { drop(): Promise<void> }> {
  const admin = inject('postgresUrl').replace(/\/template(\?|$)/, '/postgres$1')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const url = admin.replace(/\/postgres(\?|$)/, `/${name}$1`)
  await asAdmin(admin, `CREATE DATABASE ${name} TEMPLATE template STRATEGY FILE_COPY`)
  const database = openDatabase(url)
  const owner = openDatabase(url, { role: null, max: 2 })
  await database.transaction((sql) =>
    ensureCompany(sql, { id: COMPANY, name: 'Cementos de Prueba', timeZone: 'America/Mexico_City' }),
  )
  await publishPolicies(database, COMPANY, policies, 'test', Date.UTC(2026, 0, 1))
  return {
    url,
    database,
    owner,
    async drop() {
      await database.close()
      await owner.close()
      // Without FORCE: a connection that a test leaked makes this fail.
      await asAdmin(admin, `DROP DATABASE ${name}`)
    },
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
