import { expect, test } from 'vitest'
import { instantOf } from '../../domain/calendar.ts'
import { Refusal } from '../../domain/refusal.ts'
import { closedAs } from '../ledger/books.ts'
import { away, diaryOf, stateOf } from '../setup/approvals.ts'
import { answerApproval, letterOf, sayToTeam } from '../setup/deciders.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { freshLedger, type TestLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')

/** Monday 6 February 2040 is a holiday. */
const FRIDAY = '2040-02-03'

const policy = testPolicy({
  approvals: {
    matrix: [{ kinds: ['write_off'], levels: [{ role: 'supervisor' }], escalate_to: 'manager' }],
  },
})

/** On Friday at three ana asks for a write-off. */
async function asked(prepare: (ledger: TestLedger) => Promise<unknown> = (l) => seedTeam(l.database)) {
  const ledger = await freshLedger([policy])
  await prepare(ledger)
  const engine = await startEngine(ledger, { startAt: at(FRIDAY, '15:00') })
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-03-30' }], await engine.now())
  const { result } = await engine.ask('C-1', 'writeOff', { document: 'F-1', why: 'dissolved' })
  return { ledger, engine, id: Number(result.approval), result }
}

const letters = async (engine: Engine) => (await engine.mails()).map(letterOf)
const subject = 'Autorización 1: cancelación por incobrable por $1,000.00 MXN – Customer C-1 (C-1)'

test('nobody answers over a weekend and a holiday: reminded, then the manager is asked, and decides', async () => {
  const { ledger, engine, id } = await asked()
  await engine.until(at('2040-02-07', '14:30'))
  expect(await stateOf(ledger.database, id)).toMatchObject({ state: 'open', role: 'manager' })
  await answerApproval(engine, id, 'mario')
  expect(await engine.client.workflow.getHandle('approval:test:1').result()).toBe('approved')
  expect(await closedAs(ledger.database, 'F-1')).toBe('written_off')
  expect(await diaryOf(ledger.database, id)).toEqual([
    '2040-02-03 15:00 requested',
    '2040-02-07 10:00 reminded samuel, sofía',
    '2040-02-07 14:00 escalated manager',
    '2040-02-07 14:30 given mario',
  ])
  expect((await letters(engine)).sort()).toEqual([
    `2040-02-03 15:10 samuel: ${subject}`,
    `2040-02-03 15:10 sofia: ${subject}`,
    `2040-02-07 10:10 samuel: ${subject}`,
    `2040-02-07 10:10 sofia: ${subject}`,
    `2040-02-07 14:10 mario: ${subject}`,
  ])
})

test('a stand-in is asked and decides; who asked can’t, whatever way they try', async () => {
  const { ledger, engine, id, result } = await asked(async ({ database }) => {
    await seedTeam(database)
    await sayAway(database, 'sofía', 'eva')
    await sayAway(database, 'samuel', 'ana')
  })
  // Ana stands in for samuel, and asked.
  expect(result.waitsFor).toEqual(['eva'])
  const mine = await answerApproval(engine, id, 'ana').catch((error: unknown) => error)
  expect(mine).toBeInstanceOf(Refusal)
  expect((mine as Refusal).refusal).toBe('SameActor')
  await answerApproval(engine, id, 'eva')
  expect(await closedAs(ledger.database, 'F-1')).toBe('written_off')
  expect(await diaryOf(ledger.database, id)).toEqual([
    '2040-02-03 15:00 requested',
    '2040-02-03 15:00 given eva',
  ])
})

const sayAway = (database: TestLedger['database'], person: string, standIn: string | null) =>
  away(database, person, standIn, [FRIDAY, '2040-02-10'], at(FRIDAY, '09:00'))

test('all of a level are on holiday and nobody stands in: the next one is asked at once', async () => {
  const { ledger, engine, id } = await asked(async ({ database }) => {
    await seedTeam(database)
    for (const person of ['sofía', 'samuel']) await sayAway(database, person, null)
  })
  await engine.until(at(FRIDAY, '15:30'))
  expect(await stateOf(ledger.database, id)).toMatchObject({ state: 'open', role: 'manager' })
  expect(await letters(engine)).toEqual([`2040-02-03 15:10 mario: ${subject}`])
  await answerApproval(engine, id, 'mario', false)
  expect(await engine.client.workflow.getHandle('approval:test:1').result()).toBe('refused')
  expect(await closedAs(ledger.database, 'F-1')).toBe(null)
})

test('nobody holds a role: it waits, and whoever is given one is written to and decides', async () => {
  const { ledger, engine, id, result } = await asked(async () => {})
  expect(result.waitsFor).toEqual([])
  await engine.until(at('2040-02-08', '11:00'))
  await sayToTeam(engine, 'grantRole', { person: 'mara', role: 'manager', email: 'mara@cementos.example' })
  await engine.until(at('2040-02-08', '11:30'))
  expect(await letters(engine)).toEqual([`2040-02-08 11:10 mara: ${subject}`])
  await answerApproval(engine, id, 'mara')
  expect(await closedAs(ledger.database, 'F-1')).toBe('written_off')
})

test('the last level is silent for weeks: reminded in hours of work, and never decided', async () => {
  const { ledger, engine, id } = await asked()
  await engine.until(at('2040-02-21', '12:00'))
  expect(await stateOf(ledger.database, id)).toMatchObject({ state: 'open', role: 'manager' })
  expect(await ledger.database.rows('SELECT 1 FROM approval_vote')).toEqual([])
  const toMario = (await letters(engine)).filter((l) => l.includes('mario'))
  expect(toMario.length).toBeGreaterThan(9)
  for (const letter of toMario) {
    const [day, time] = letter.split(' ') as [string, string]
    expect(time >= '09:00' && time < '18:00', letter).toBe(true)
    expect([1, 2, 3, 4, 5], letter).toContain(new Date(`${day}T12:00:00Z`).getUTCDay())
  }
  await answerApproval(engine, id, 'mario')
  expect(await closedAs(ledger.database, 'F-1')).toBe('written_off')
})
