import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startLoad, waitForWakes, watchLoad } from '../../client/loads.ts'
import { connectTemporal } from '../../client/temporal.ts'
import type { Environment } from '../../config/environment.ts'
import { shippedFile } from '../../config/paths.ts'
import { readPolicies } from '../../config/policyFiles.ts'
import { localDateOf } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import { parseProfile } from '../../domain/profile.ts'
import { type Database, openDatabase, type Sql } from '../../ledger/database.ts'
import type { Log } from './children.ts'
import { samplePortfolio } from './samplePortfolio.ts'

/**
 * The shipped policies with mail at any hour of any day, so that the sample is collected while somebody looks on. Real
 * customers are contacted on working days in contact hours, as the shipped policies say.
 */
export function writeSamplePolicies(state: string): string {
  const folder = join(state, 'sample-policies')
  mkdirSync(folder, { recursive: true })
  for (const policy of readPolicies(shippedFile('config', 'policies'))) {
    const open = {
      ...policy,
      calendar: 'every-day',
      contact_hours: { from: '00:00', to: '23:59' },
      spread_minutes: 0,
    }
    writeFileSync(join(folder, `${policy.id}.yaml`), stringify(open))
  }
  return folder
}

/** How long the first round of collection is watched before the stack is called ready. */
const WATCH_MS = 90_000

/**
 * Loads the sample portfolio through the front door, as a company loads its own, and watches it being collected. Done
 * once per state folder: later starts find it in the ledger.
 */
export async function loadSample(env: Environment, log: Log): Promise<void> {
  const database = openDatabase(env.DATABASE_URL, { max: 3, applicationName: 'cartera-sample' })
  try {
    if (await database.one(`SELECT 1 FROM load WHERE source = 'sample' AND state = 'released'`)) {
      log('The sample portfolio is in the ledger: going on where it stood.')
      return await report(database, log)
    }
    const { connection, client } = await connectTemporal(env)
    try {
      await load(env, { client, company: env.CARTERA_COMPANY }, database, log)
    } finally {
      await connection.close()
    }
    await watchCollection(database, log)
    await report(database, log)
  } finally {
    await database.close()
  }
}

async function load(
  env: Environment,
  door: Parameters<typeof startLoad>[0],
  database: Database,
  log: Log,
): Promise<void> {
  const profile = parseProfile(
    readFileSync(shippedFile('config', 'profiles', 'standard.yaml'), 'utf8'),
    'standard.yaml',
  )
  if (!profile.ok) throw new Error(JSON.stringify(profile.errors))
  const content = new TextEncoder().encode(samplePortfolio(localDateOf(Date.now(), env.CARTERA_TIME_ZONE)))
  log('Loading the sample portfolio…')
  const request = {
    content,
    fileName: 'sample.csv',
    profile: { ...profile.profile, source: 'sample' },
    kind: 'initial' as const,
    asOf: null,
    hold: false,
    actor: 'sample',
  }
  const { id } = await startLoad(door, database, request)
  const loaded = await watchLoad(door, database, id)
  if (loaded.state !== 'released') throw new Error(`the sample was ${loaded.state}: cartera load show ${id}`)
  log(`${loaded.created} receivables are in the ledger; their cases start now.`)
  await waitForWakes(door, id)
}

/** Until every case has looked and every message of the first round is on its way out, or it takes too long. */
async function watchCollection(sql: Sql, log: Log): Promise<void> {
  let told = -1
  for (const end = Date.now() + WATCH_MS; Date.now() < end; await sleep(500)) {
    const now = await sql.one<{ behind: number; waiting: number; sent: number }>(
      `SELECT (SELECT count(*)::int FROM collection_case WHERE facts_version > assessed_version) AS behind,
              (SELECT count(*)::int FROM message WHERE state IN ('pending', 'sending')) AS waiting,
              (SELECT count(*)::int FROM message WHERE state = 'sent') AS sent`,
    )
    if (now!.sent >= told + 10) {
      log(`  ${now!.sent} messages sent, ${now!.waiting} on their way, ${now!.behind} cases still to look at`)
      told = now!.sent
    }
    if (now!.behind === 0 && now!.waiting === 0) return
  }
}

async function report(sql: Sql, log: Log): Promise<void> {
  const totals = await sql.rows<{
    currency: string
    customers: number
    open: number
    overdue: number
    minor: bigint
  }>(
    `SELECT r.currency, count(DISTINCT r.customer_id)::int AS customers, count(*)::int AS open, count(*) FILTER (WHERE r.stage = 'overdue')::int AS overdue, sum(a.balance_minor)::bigint AS minor
     FROM receivable r JOIN account a ON a.receivable_id = r.id WHERE r.closed_as IS NULL AND a.balance_minor > 0 GROUP BY r.currency ORDER BY r.currency`,
  )
  for (const t of totals)
    log(
      `  ${t.currency}: ${t.customers} customers owe ${toDecimal(t.minor, t.currency)} on ${t.open} receivables, ${t.overdue} of them overdue`,
    )
  const done = await sql.rows<{ what: string; n: number }>(
    `SELECT template || 's sent' AS what, count(*)::int AS n FROM message WHERE state = 'sent' GROUP BY 1
     UNION ALL SELECT replace(kind, '_', ' ') || ' tasks open', count(*)::int FROM task WHERE state = 'open' GROUP BY kind ORDER BY 2 DESC`,
  )
  log(`  ${done.map((d) => `${d.n} ${d.what}`).join(', ')}`)
  log(
    '  (the sample lets mail go out at any hour; the shipped policies keep to working days, 09:00 to 18:00)',
  )
}
