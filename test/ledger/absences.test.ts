import { expect, test } from 'vitest'
import type { TeamCommandName, TeamCommands } from '../../domain/command.ts'
import { absences } from '../../ledger/absences.ts'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { commandTeam } from '../../ledger/teamCommands.ts'
import { worklist } from '../../ledger/worklist.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { look, refusalOf } from './books.ts'

let keys = 0
const say = <N extends TeamCommandName>(
  database: Database,
  name: N,
  content: TeamCommands[N],
  on = '2026-03-10',
  key = `team-${++keys}`,
  actor = 'gerente',
) => commandTeam(database, { company: COMPANY, actor, now: noon(on), key }, name, content)

const away = (
  database: Database,
  person: string,
  standIn: string | null,
  from: string,
  to: string,
  recordedBy?: string,
) =>
  say(
    database,
    'recordAbsence',
    { person, from, to, why: 'vacaciones', ...(standIn ? { standIn } : {}) },
    undefined,
    undefined,
    recordedBy,
  )

/** Who has the tasks of each customer on a day. */
async function owners(database: Database, on: string, analyst?: string): Promise<string[]> {
  const { rows } = await worklist(database, {
    company: COMPANY,
    now: noon(on),
    limit: 9,
    ...(analyst === undefined ? {} : { analyst }),
  })
  return rows.map((r) => `${r.customer} ${r.owner}`).sort()
}

/** Two customers to be called: one of ana's, one of bea's. */
async function team() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', customer: 'C-1', due: '2026-02-17' },
      { document: 'F-2', customer: 'C-2', due: '2026-02-17', analyst: 'bea' },
    ],
    noon('2026-03-10'),
  )
  await look(database, '2026-03-10', 'C-1')
  await look(database, '2026-03-10', 'C-2')
  return database
}

test('open tasks are in the stand-in’s worklist from the first day to the last, and then back', async () => {
  const database = await team()
  await away(database, 'ana', 'bea', '2026-03-12', '2026-03-13')
  expect(await owners(database, '2026-03-11', 'ana')).toEqual(['C-1 ana'])
  expect(await owners(database, '2026-03-12', 'ana')).toEqual([])
  expect(await owners(database, '2026-03-12', 'bea')).toEqual(['C-1 bea', 'C-2 bea'])
  expect(await owners(database, '2026-03-13')).toEqual(['C-1 bea', 'C-2 bea'])
  expect(await owners(database, '2026-03-14', 'ana')).toEqual(['C-1 ana'])
  const { rows } = await worklist(database, {
    company: COMPANY,
    analyst: 'bea',
    now: noon('2026-03-12'),
    limit: 9,
  })
  expect(rows.find((r) => r.customer === 'C-1')!.tasks).toMatchObject([{ owner: 'ana' }])
})

test('what comes while somebody is away is in the stand-in’s worklist too', async () => {
  const { database } = await freshLedger()
  await away(database, 'ana', 'bea', '2026-03-09', '2026-03-13')
  await loadItems(database, [{ document: 'F-1', due: '2026-02-17' }], noon('2026-03-10'))
  await look(database, '2026-03-10')
  expect(await owners(database, '2026-03-10')).toEqual(['C-1 bea'])
})

test('a stand-in who is away hands on to theirs; a circle, or nobody, ends with the supervisor', async () => {
  const database = await team()
  await away(database, 'ana', 'bea', '2026-03-11', '2026-03-20')
  await away(database, 'bea', 'carla', '2026-03-12', '2026-03-13')
  await away(database, 'carla', 'ana', '2026-03-13', '2026-03-13')
  await away(database, 'bea', null, '2026-03-17', '2026-03-18')
  expect(await owners(database, '2026-03-11')).toEqual(['C-1 bea', 'C-2 bea'])
  expect(await owners(database, '2026-03-12')).toEqual(['C-1 carla', 'C-2 carla'])
  expect(await owners(database, '2026-03-13')).toEqual(['C-1 supervisor', 'C-2 supervisor'])
  expect(await owners(database, '2026-03-17')).toEqual(['C-1 supervisor', 'C-2 supervisor'])
  expect(await owners(database, '2026-03-17', 'supervisor')).toEqual(['C-1 supervisor', 'C-2 supervisor'])
})

test('a supervisor who is away hands on as well, and in the end nothing is with nobody', async () => {
  const database = await team()
  await away(database, 'ana', null, '2026-03-11', '2026-03-12')
  await away(database, 'supervisor', 'gerente', '2026-03-11', '2026-03-12', 'supervisor')
  expect(await owners(database, '2026-03-11')).toEqual(['C-1 gerente', 'C-2 bea'])
  await away(database, 'gerente', null, '2026-03-12', '2026-03-12')
  expect(await owners(database, '2026-03-12')).toEqual(['C-1 supervisor', 'C-2 bea'])
  expect(await refusalOf(away(database, 'supervisor', null, '2026-04-01', '2026-04-02'))).toBe(
    'StandInNeeded',
  )
})

test('somebody back sooner has their tasks from that day', async () => {
  const database = await team()
  const { result } = await away(database, 'ana', 'bea', '2026-03-11', '2026-03-20')
  const back = (backOn: string, on: string) =>
    say(database, 'endAbsence', { absence: result.absence as number, backOn, why: 'ya regresó' }, on)
  expect(await refusalOf(back('2026-03-11', '2026-03-12'))).toBe('InvalidDate')
  expect(await refusalOf(back('2026-03-21', '2026-03-12'))).toBe('InvalidDate')
  await back('2026-03-13', '2026-03-12')
  expect(await owners(database, '2026-03-12', 'bea')).toEqual(['C-1 bea', 'C-2 bea'])
  expect(await owners(database, '2026-03-13', 'ana')).toEqual(['C-1 ana'])
  expect(await refusalOf(back('2026-03-14', '2026-03-13'))).toBe('NotOpen')
  // The days that were given back are free for another one.
  await away(database, 'ana', 'bea', '2026-03-16', '2026-03-17')
})

test('absences that can’t be are refused by name', async () => {
  const { database } = await freshLedger()
  await away(database, 'ana', 'bea', '2026-03-12', '2026-03-13')
  expect(await refusalOf(away(database, 'ana', 'eva', '2026-03-13', '2026-03-14'))).toBe('AbsenceOverlaps')
  expect(await refusalOf(away(database, 'eva', 'eva', '2026-03-13', '2026-03-14'))).toBe('StandInNeeded')
  expect(await refusalOf(away(database, 'eva', 'ana', '2026-03-14', '2026-03-13'))).toBe('InvalidDate')
  expect(await refusalOf(away(database, 'eva', 'ana', '2026-03-01', '2026-03-09'))).toBe('InvalidDate')
  expect(await refusalOf(say(database, 'endAbsence', { absence: 99, backOn: '2026-03-12', why: 'x' }))).toBe(
    'NotFound',
  )
})

test('an absence is asked once per key, and is in the company’s journal with its reason', async () => {
  const { database } = await freshLedger()
  const content = { person: 'ana', standIn: 'bea', from: '2026-03-12', to: '2026-03-13', why: 'vacaciones' }
  const first = await say(database, 'recordAbsence', content, '2026-03-10', 'once')
  expect(await say(database, 'recordAbsence', content, '2026-03-11', 'once')).toEqual(first)
  expect(
    await refusalOf(say(database, 'recordAbsence', { ...content, person: 'eva' }, '2026-03-11', 'once')),
  ).toBe('KeyConflict')
  expect(await absences(database, COMPANY, '2026-03-10', false)).toMatchObject([
    { person: 'ana', standIn: 'bea', why: 'vacaciones', recordedBy: 'gerente' },
  ])
  expect(await absences(database, COMPANY, '2026-03-14', false)).toEqual([])
  const entry = await database.one<{ entry: string }>(
    `SELECT entry FROM journal WHERE chain = $1 AND event = 'absence recorded'`,
    [`company:${COMPANY}`],
  )
  expect(JSON.parse(entry!.entry)).toMatchObject({
    actor: 'gerente',
    why: 'vacaciones',
    data: { person: 'ana' },
  })
  expect((await verifyJournal(database)).findings).toEqual([])
})
