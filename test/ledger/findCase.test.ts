import { expect, test } from 'vitest'
import { casesOfCustomer, findCaseFor, showCase } from '../../ledger/show.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, look, pesos, refusalOf } from './books.ts'

test('a command finds its case, whatever it is about', async () => {
  const { database } = await freshLedger([testPolicy({ grouping: 'site' })])
  await loadItems(
    database,
    [
      { document: 'N-1', due: '2026-03-02', site: 'Norte', email: null },
      { document: 'S-1', due: '2026-03-02', site: 'Sur', email: null },
      { document: 'S-2', due: '2026-03-02', site: 'Sur', email: null },
      { document: 'X-1', customer: 'C-2', due: '2026-03-02' },
    ],
    noon('2026-03-05'),
  )
  const sur = 'C-1:site:Sur'
  await look(database, '2026-03-05', sur)
  const on = { on: '2026-03-05' }
  const task = (await database.one<{ id: number }>(`SELECT id::int FROM task WHERE kind = 'call'`))!.id
  const promise = (
    await ask(
      database,
      'recordPromise',
      { documents: ['S-1'], instalments: [{ dueOn: '2026-03-13', amount: pesos(1000) }], madeBy: 'Luis' },
      on,
      sur,
    )
  ).result.promise as number
  const announcement = (
    await ask(database, 'announcePayment', { documents: ['S-2'], amount: pesos(1) }, on, sur)
  ).result.announcement as number
  const dispute = (
    await ask(
      database,
      'openDispute',
      { lines: [{ document: 'S-2' }], reason: 'quality', owner: 'ana' },
      on,
      sur,
    )
  ).result.dispute as number
  const pause = (await ask(database, 'pause', { document: 'S-2', to: '2026-03-10', why: 'x' }, on, sur))
    .result.pause as number
  const whole = (await ask(database, 'pause', { to: '2026-03-10', why: 'x' }, on, sur)).result.pause as number
  const find = (about: Parameters<typeof findCaseFor>[2]) => findCaseFor(database, COMPANY, about)
  for (const about of [
    { documents: ['S-1', 'N-1'] },
    { task },
    { promise },
    { announcement },
    { dispute },
    { pause },
    { customer: 'C-1' },
    { pause: whole },
  ])
    expect(await find(about), JSON.stringify(about)).toBe(sur)
  expect(await find({ customer: 'C-2' })).toBe('C-2')
  for (const about of [
    { documents: ['NOTHING'] },
    { task: 99 },
    { promise: 99 },
    { announcement: 99 },
    { dispute: 99 },
    { pause: 99 },
    { customer: 'NOBODY' },
    {},
  ])
    expect(await refusalOf(find(about)), JSON.stringify(about)).toBe('NotFound')
  expect(await casesOfCustomer(database, COMPANY, 'C-1')).toMatchObject([
    { key: 'C-1:site:Norte', grouping: 'site', site: 'Norte', open: 1 },
    { key: sur, grouping: 'site', site: 'Sur', open: 2, stages: { overdue: 2 } },
  ])
  // One look at a case names what is to be done in it, by the same ids.
  expect(await showCase(database, COMPANY, sur, noon('2026-03-05'))).toMatchObject({
    tasks: [
      { id: task, kind: 'call', documents: ['S-1', 'S-2'] },
      { kind: 'fix_contact', documents: [] },
      { kind: 'resolve_dispute' },
    ],
    pauses: [
      { id: pause, document: 'S-2' },
      { id: whole, document: null },
    ],
  })
})
