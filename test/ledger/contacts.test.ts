import { expect, test } from 'vitest'
import type { CaseCommands } from '../../domain/command.ts'
import { CONTACT_RESULTS } from '../../domain/contactResult.ts'
import type { Database } from '../../ledger/database.ts'
import { contactsOfCustomer, showTask } from '../../ledger/showContacts.ts'
import { worklist } from '../../ledger/worklist.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { publishPolicies } from '../setup/policies.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, eventsOf, look, pay, pesos, refusalOf } from './books.ts'

/*
 * March 2026: the 10th is a Tuesday, Monday the 16th a holiday. The receivable is loaded 21 days late: it starts at
 * the call of day 20.
 */
async function toBeCalled(changes: Record<string, unknown> = {}) {
  const { database } = await freshLedger([testPolicy(changes)])
  await loadItems(database, [{ document: 'F-1', due: '2026-02-17' }], noon('2026-03-10'))
  await look(database, '2026-03-10')
  const [task] = await tasks(database)
  return { database, task: task!.id }
}

const tasks = (database: Database) =>
  database.rows<{ id: number; kind: string; state: string; resubmit_on: string | null; attempts: number }>(
    'SELECT id::int, kind, state, resubmit_on, attempts FROM task ORDER BY id',
  )
const stepOf = async (database: Database, step: string) =>
  (await database.one<{ state: string; task: number }>(
    'SELECT state, task_id::int AS task FROM receivable_step WHERE step = $1',
    [step],
  ))!
const shown = async (database: Database, on: string, analyst = 'ana') =>
  (await worklist(database, { company: COMPANY, analyst, now: noon(on), limit: 9 })).rows.flatMap((r) =>
    r.tasks.map((t) => t.kind),
  )
const log = (
  database: Database,
  on: string,
  content: Partial<CaseCommands['logContact']> & { result: string },
) => ask(database, 'logContact', { channel: 'phone', person: 'Luis', ...content }, { on })

test('a result that closes: the task is done and its step counts', async () => {
  const { database, task } = await toBeCalled()
  const answer = await log(database, '2026-03-10', { task, result: 'refuses', notes: 'no tiene flujo' })
  expect(answer.result).toMatchObject({ task, taskClosed: true, resubmitOn: null, madeTask: null })
  expect(await tasks(database)).toMatchObject([{ id: task, state: 'done' }])
  expect(await stepOf(database, 'call')).toEqual({ state: 'done', task })
})

test('nobody answers: the task leaves the worklist and comes back on the next working day', async () => {
  const { database, task } = await toBeCalled()
  // Friday the 13th; Monday is a holiday.
  const answer = await log(database, '2026-03-13', { task, result: 'no_answer' })
  expect(answer.result).toMatchObject({ taskClosed: false, resubmitOn: '2026-03-17' })
  expect(await shown(database, '2026-03-16')).toEqual([])
  expect(await shown(database, '2026-03-17')).toEqual(['call'])
  expect(await stepOf(database, 'call')).toEqual({ state: 'pending', task })
})

test('nobody answers three times: a visit takes over what the call was about', async () => {
  const { database, task } = await toBeCalled()
  for (const on of ['2026-03-10', '2026-03-11']) await log(database, on, { task, result: 'no_answer' })
  const answer = await log(database, '2026-03-12', { task, result: 'no_answer' })
  const visit = answer.result.madeTask as number
  expect(answer.result).toMatchObject({ taskClosed: true, madeKind: 'visit' })
  expect(await tasks(database)).toMatchObject([
    { id: task, kind: 'call', state: 'done', attempts: 2 },
    { id: visit, kind: 'visit', state: 'open' },
  ])
  // Nobody was spoken to yet: the step waits for the visit.
  expect(await stepOf(database, 'call')).toEqual({ state: 'pending', task: visit })
  await look(database, '2026-03-13')
  await log(database, '2026-03-13', { task: visit, channel: 'visit', result: 'reached' })
  expect(await stepOf(database, 'call')).toEqual({ state: 'done', task: visit })
  expect(await eventsOf(database, 'F-1')).toEqual([
    'loaded',
    'steps skipped',
    'call task opened',
    'call logged',
    'call logged',
    'visit task opened',
    'call logged',
    'visit logged',
  ])
})

test('a wrong number makes a task to mend it, once, which a new telephone closes and an address does not', async () => {
  const { database, task } = await toBeCalled()
  await log(database, '2026-03-10', { task, result: 'wrong_number' })
  await log(database, '2026-03-11', { task, result: 'wrong_number' })
  expect((await tasks(database)).map((t) => `${t.kind} ${t.state}`)).toEqual([
    'call open',
    'fix_contact open',
  ])
  await ask(database, 'addContact', { name: 'Pagos', email: 'pagos@example.com' }, { on: '2026-03-11' })
  expect((await tasks(database))[1]!.state).toBe('open')
  await ask(database, 'addContact', { name: 'Pagos', phone: '+52 55 1' }, { on: '2026-03-11' })
  expect((await tasks(database))[1]!.state).toBe('done')
})

test('"call me on Friday" brings the task back then, and who was spoken to counts', async () => {
  const { database, task } = await toBeCalled()
  await log(database, '2026-03-10', { task, result: 'reached', resubmitOn: '2026-03-13' })
  expect(await shown(database, '2026-03-12')).toEqual([])
  expect(await shown(database, '2026-03-13')).toEqual(['call'])
  expect(await stepOf(database, 'call')).toMatchObject({ state: 'done' })
  expect(
    await refusalOf(log(database, '2026-03-10', { task, result: 'reached', resubmitOn: '2026-03-10' })),
  ).toBe('InvalidDate')
})

test('"call me on Friday" without a task makes one for who took the call', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-04-01' }], noon('2026-03-10'))
  const answer = await log(database, '2026-03-10', { result: 'reached', resubmitOn: '2026-03-13' })
  expect(answer.result).toMatchObject({ task: null, madeKind: 'call' })
  expect(await shown(database, '2026-03-12')).toEqual([])
  expect(await shown(database, '2026-03-13')).toEqual(['call'])
  // A look at the case doesn't take it back although nothing is overdue.
  await look(database, '2026-03-12')
  expect(await shown(database, '2026-03-13')).toEqual(['call'])
})

test('results are the policy’s: others are refused by name, its own bring their words', async () => {
  const gatekeeper = {
    result: 'gatekeeper',
    words: { 'es-MX': 'atendió recepción', en: 'reception answered' },
    reached: false,
    task: 'returns',
    after_working_days: 3,
  }
  const { database, task } = await toBeCalled({ contact_results: [...CONTACT_RESULTS, gatekeeper] })
  expect(await refusalOf(log(database, '2026-03-10', { task, result: 'maybe' }))).toBe('UnknownResult')
  const answer = await log(database, '2026-03-10', { task, result: 'gatekeeper' })
  expect(answer.result).toMatchObject({ words: gatekeeper.words, resubmitOn: '2026-03-13' })
  const { contacts } = await contactsOfCustomer(database, COMPANY, 'C-1', 9)
  expect(contacts).toMatchObject([{ result: 'gatekeeper', words: gatekeeper.words, task }])
})

test('a conversation knows what came of it, when and where it was, and what proves it', async () => {
  const { database, task } = await toBeCalled()
  const made = await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-20', amount: pesos(1000) }], madeBy: 'Luis' },
    { on: '2026-03-10' },
  )
  const promise = made.result.promise as number
  const photo = {
    name: 'patio.jpg',
    sha256: 'a'.repeat(64),
    kind: 'photo' as const,
    mediaType: 'image/jpeg',
    bytes: 9,
  }
  const logged = await log(database, '2026-03-10', {
    task,
    channel: 'visit',
    result: 'promised',
    promises: [promise],
    beganAt: noon('2026-03-10') - 3_600_000,
    endedAt: noon('2026-03-10') - 1_800_000,
    place: 'Torre Ámbar',
    proof: [photo],
  })
  const contact = logged.result.contact as number
  const signed = {
    name: 'acuse.pdf',
    sha256: 'b'.repeat(64),
    kind: 'signed' as const,
    mediaType: 'image/jpeg',
    bytes: 9,
  }
  await ask(database, 'linkContact', { contact, tasks: [task], proof: [signed, photo] }, { on: '2026-03-11' })
  const { contacts } = await showTask(database, COMPANY, task, '2026-03-11')
  expect(contacts).toMatchObject([
    {
      id: contact,
      beganAt: noon('2026-03-10') - 3_600_000,
      place: 'Torre Ámbar',
      links: [
        { what: 'promise', id: promise },
        { what: 'task', id: task },
      ],
      proof: [
        { name: 'patio.jpg', kind: 'photo' },
        { name: 'acuse.pdf', kind: 'signed' },
      ],
    },
  ])
  expect(await refusalOf(log(database, '2026-03-11', { result: 'promised', promises: [99] }))).toBe(
    'NotFound',
  )
  expect(
    await refusalOf(log(database, '2026-03-11', { result: 'reached', beganAt: noon('2026-03-12') })),
  ).toBe('InvalidDate')
  expect(
    await refusalOf(
      log(database, '2026-03-11', {
        result: 'reached',
        beganAt: noon('2026-03-10'),
        endedAt: noon('2026-03-10') - 1,
      }),
    ),
  ).toBe('InvalidDate')
})

test('what a person asked for stays while its receivables are promised, and goes when they are paid', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-04-01' }], noon('2026-03-10'))
  await ask(
    database,
    'addTask',
    { kind: 'visit', what: 'collect the cheque', documents: ['F-1'], owner: 'bea', dueOn: '2026-03-12' },
    { on: '2026-03-10' },
  )
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-20', amount: pesos(1000) }], madeBy: 'Luis' },
    { on: '2026-03-10' },
  )
  await look(database, '2026-03-11')
  expect(await shown(database, '2026-03-11', 'bea')).toEqual(['visit'])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-12')
  await look(database, '2026-03-12')
  expect(await shown(database, '2026-03-12', 'bea')).toEqual([])
})

test('a task is planned: by when, how urgent, when and where, and out of the worklist until a day', async () => {
  const { database, task } = await toBeCalled()
  await ask(
    database,
    'planTask',
    {
      task,
      dueOn: '2026-03-20',
      priority: 'high',
      plannedAt: noon('2026-03-18'),
      place: 'Torre Ámbar',
      resubmitOn: '2026-03-17',
      why: 'agreed',
    },
    { on: '2026-03-10' },
  )
  expect(await showTask(database, COMPANY, task, '2026-03-10')).toMatchObject({
    dueOn: '2026-03-20',
    priority: 'high',
    plannedAt: noon('2026-03-18'),
    place: 'Torre Ámbar',
    resubmitOn: '2026-03-17',
  })
  expect(await shown(database, '2026-03-16')).toEqual([])
  const past = ask(database, 'planTask', { task, dueOn: '2026-03-09', why: 'x' }, { on: '2026-03-10' })
  expect(await refusalOf(past)).toBe('InvalidDate')
  expect(await eventsOf(database, 'F-1')).toContain('task planned')
})

test('a task is handed over, with its reason; one that is over is not', async () => {
  const { database, task } = await toBeCalled()
  await ask(database, 'assignTask', { task, to: 'bea', why: 'knows him' }, { on: '2026-03-10' })
  expect(await shown(database, '2026-03-10')).toEqual([])
  expect(await shown(database, '2026-03-10', 'bea')).toEqual(['call'])
  await log(database, '2026-03-10', { task, result: 'reached' })
  expect(
    await refusalOf(ask(database, 'assignTask', { task, to: 'ana', why: 'x' }, { on: '2026-03-10' })),
  ).toBe('NotOpen')
})

test('what a person asked for goes with its receivable to another case, and ends there when that is paid', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'customer' })])
  await loadItems(database, [{ document: 'F-1', due: '2026-04-01', site: 'Torre' }], noon('2026-03-10'))
  await ask(
    database,
    'addTask',
    { kind: 'visit', what: 'collect the cheque', documents: ['F-1'] },
    { on: '2026-03-10' },
  )
  await publishPolicies(database, COMPANY, [testPolicy({ grouping: 'site' })], 'test', noon('2026-03-11'))
  await ask(database, 'regroup', {}, { on: '2026-03-11' })
  expect(await shown(database, '2026-03-11')).toEqual(['visit'])
  await pay(database, 'R-1', 1000, ['F-1'], '2026-03-12')
  await look(database, '2026-03-12', 'C-1:site:Torre')
  expect(await shown(database, '2026-03-12')).toEqual([])
})
