import { expect, test } from 'vitest'
import { wakeProcess } from '../../activities/wake.ts'
import { addDays, instantOf } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { away, requested } from '../setup/approvals.ts'
import { answerApproval, letterOf } from '../setup/deciders.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'

/** How many wait at once; 5,000 is what is promised. */
const COUNT = Number(process.env.CARTERA_APPROVALS ?? 120)

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const FRIDAY = '2040-02-03'

const policy = testPolicy({
  approvals: {
    matrix: [
      {
        kinds: ['write_off'],
        levels: [{ role: 'supervisor' }, { role: 'manager' }],
        escalate_to: 'director',
      },
    ],
  },
})

/** Until nothing that was due has still to be looked at. */
async function settled(engine: Engine, database: Database): Promise<void> {
  for (;;) {
    const behind = await database.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM process WHERE closed_at IS NULL
         AND (facts_version > seen_version OR next_look_at <= to_timestamp($1 / 1000.0))`,
      [await engine.now()],
    )
    if (behind!.count === 0) return
    await new Promise((done) => setTimeout(done, 250))
  }
}

async function nextLook(database: Database): Promise<number> {
  const row = await database.one<{ at: number | null }>(
    'SELECT min(next_look_at) AS at FROM process WHERE closed_at IS NULL',
  )
  return row!.at ?? Number.POSITIVE_INFINITY
}

test(`${COUNT} approvals at once, a level on holiday: delegated, reminded, escalated in working time, none decided`, {
  timeout: 60 * 60_000,
}, async () => {
  const { database, ...ledger } = await freshLedger([policy])
  await seedTeam(database)
  // Of the supervisors one is away with a stand-in, and so is the manager, with nobody.
  const holidays = [FRIDAY, '2040-02-10'] as const
  await away(database, 'sofía', 'eva', holidays, at(FRIDAY, '09:00'))
  await away(database, 'mario', null, holidays, at(FRIDAY, '09:00'))
  const engine = await startEngine({ database, ...ledger }, { startAt: at(FRIDAY, '15:00') })
  const now = await engine.now()
  const started = performance.now()
  await loadItems(
    database,
    Array.from({ length: COUNT }, (_, i) => ({
      document: `F-${i}`,
      customer: `C-${i}`,
      due: addDays(FRIDAY, 60),
    })),
    now,
  )
  const left = Array.from({ length: COUNT }, (_, i) => i)
  const askers = Array.from({ length: 8 }, async () => {
    for (let i = left.pop(); i !== undefined; i = left.pop()) {
      const id = await requested(database, { on: now, document: `F-${i}`, customer: `C-${i}` })
      await wakeProcess(engine.client, COMPANY, `approval:${id}`)
    }
  })
  await Promise.all(askers)
  await settled(engine, database)
  const begun = performance.now()
  // Friday at three: reminded on Tuesday at ten (Monday is a holiday), escalated at two; no manager is there, so it is
  // the director's turn, who is reminded on Wednesday at nine and silent.
  for (
    let next = await nextLook(database);
    next <= at('2040-02-08', '18:00');
    next = await nextLook(database)
  ) {
    await engine.until(next)
    await settled(engine, database)
  }
  const ended = performance.now()

  const states = await database.rows<{ state: string; role: string; count: number }>(
    `SELECT state, levels -> level ->> 'role' AS role, count(*)::int AS count FROM approval GROUP BY 1, 2`,
  )
  expect(states).toEqual([{ state: 'open', role: 'director', count: COUNT }])
  expect(await database.rows('SELECT 1 FROM approval_vote')).toEqual([])
  const told = await database.rows<{ person: string; reason: string; holder: string; approvals: number }>(
    `SELECT person, reason, holder, count(DISTINCT approval_id)::int AS approvals FROM approval_notice
     GROUP BY 1, 2, 3 ORDER BY min(id), person`,
  )
  expect(
    told.map((t) => ({ ...t })).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  ).toEqual([
    { person: 'diana', reason: 'escalated', holder: 'diana', approvals: COUNT },
    { person: 'diana', reason: 'reminded', holder: 'diana', approvals: COUNT },
    { person: 'eva', reason: 'asked', holder: 'sofía', approvals: COUNT },
    { person: 'eva', reason: 'reminded', holder: 'sofía', approvals: COUNT },
    { person: 'samuel', reason: 'asked', holder: 'samuel', approvals: COUNT },
    { person: 'samuel', reason: 'reminded', holder: 'samuel', approvals: COUNT },
  ])
  const letters = (await engine.mails()).map(letterOf).sort()
  const perPerson = new Map<string, number>()
  for (const letter of letters) {
    const person = letter.split(' ')[2]!
    perPerson.set(person, (perPerson.get(person) ?? 0) + 1)
  }
  for (const letter of letters) {
    const time = letter.split(' ')[1]!
    expect(time >= '09:00' && time < '18:00', letter).toBe(true)
    expect(['2040-02-03', '2040-02-07', '2040-02-08'], letter).toContain(letter.split(' ')[0])
  }
  // Digests: what is asked of a person within minutes is one mail. Eva has no address.
  expect([...perPerson.keys()].sort()).toEqual(['diana:', 'samuel:'])
  expect(letters.length).toBeLessThan(COUNT / 5)
  console.log(
    `${COUNT} approvals: asked in ${((begun - started) / 1000).toFixed(1)} s, three days in ${((ended - begun) / 1000).toFixed(1)} s; mails: ${[
      ...perPerson,
    ]
      .map(([person, count]) => `${person} ${count}`)
      .join(', ')}`,
  )
  await answerApproval(engine, 1, 'diana')
})
