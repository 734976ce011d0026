import { expect, test } from 'vitest'
import { decision, vote } from '../../setup/team.ts'
import { pesos } from '../books.ts'
import { creditDiary, creditLedger, creditTasks, limits, look, ON, refused } from './credit.ts'

test('a line beyond what needs nobody waits for credit and the manager, and holds from the day on which they agree', async () => {
  const database = await creditLedger()
  const ask = {
    customer: 'C-1',
    amount: pesos(250_000),
    from: '2026-03-10',
    to: '2026-12-31',
    why: 'twelve good months',
  }
  const { result, processes } = await decision(database, 'requestLine', ask, { on: ON })
  expect(result).toMatchObject({ approval: 1, waitsFor: ['carlos'] })
  expect(processes).toEqual(['approval:1'])
  expect(await limits(database, '2026-06-01')).toEqual([])
  await vote(database, 1, 'carlos', '2026-03-10')
  const { processes: woken } = await vote(database, 1, 'mario', '2026-03-12')
  expect(woken).toContain('creditLine:1')
  expect(await limits(database, '2026-03-11')).toEqual([])
  expect(await limits(database, '2026-03-12')).toEqual(['MXN 250000'])
  expect(await limits(database, '2026-12-31')).toEqual(['MXN 250000'])
  expect(await limits(database, '2027-01-01')).toEqual([])
  expect(await database.one('SELECT actor, approval_id::int AS approval FROM credit_line_term')).toEqual({
    actor: 'ana',
    approval: 1,
  })
})

test('a raise replaces the line from its day on, and a reduction today takes the raise away', async () => {
  const database = await creditLedger()
  const line = (amount: number, from?: string) =>
    decision(
      database,
      'requestLine',
      { customer: 'C-1', amount: pesos(amount), ...(from ? { from } : {}), why: 'x' },
      { on: ON },
    )
  await line(50_000)
  await line(80_000, '2026-04-01')
  expect(await limits(database, '2026-03-31')).toEqual(['MXN 50000'])
  expect(await limits(database, '2026-04-01')).toEqual(['MXN 80000'])
  await expect(
    refused(decision(database, 'reduceLine', { line: 1, amount: pesos(50_000), why: 'x' }, { on: ON })),
  ).resolves.toMatchObject({ refusal: 'NotLower', data: { current: '50000.00', given: '50000.00' } })
  await decision(
    database,
    'reduceLine',
    { line: 1, amount: pesos(20_000), why: 'pays late' },
    { on: '2026-03-20' },
  )
  expect(await limits(database, '2026-03-19')).toEqual(['MXN 50000'])
  expect(await limits(database, '2026-04-01')).toEqual(['MXN 20000'])
  expect(
    await database.one(`SELECT count(*)::int AS terms FROM credit_line_term WHERE what = 'reduced'`),
  ).toEqual({ terms: 1 })
  await decision(database, 'closeLine', { line: 1, why: 'stops buying' }, { on: '2026-04-02' })
  expect(await limits(database, '2026-04-02')).toEqual([])
  await expect(
    refused(decision(database, 'closeLine', { line: 1, why: 'again' }, { on: '2026-04-02' })),
  ).resolves.toMatchObject({ refusal: 'NotOpen', data: { state: 'closed' } })
  // One line in a currency, whatever was decided about it.
  await line(60_000, '2026-05-01')
  expect(await limits(database, '2026-05-01')).toEqual(['MXN 60000'])
  expect(await database.rows('SELECT kind, currency FROM credit_line')).toHaveLength(1)
})

test('a temporary limit comes on top, and no longer than the policy lets it', async () => {
  const database = await creditLedger()
  const ask = { customer: 'C-1', amount: pesos(10_000), why: 'a big project' }
  await expect(
    refused(decision(database, 'requestTemporaryLimit', { ...ask, to: '2026-06-07' }, { on: ON })),
  ).resolves.toMatchObject({ refusal: 'InvalidDate', data: { field: 'to', must: 'not be after 2026-06-06' } })
  await decision(database, 'requestLine', { ...ask, amount: pesos(50_000) }, { on: ON })
  await decision(
    database,
    'requestTemporaryLimit',
    { ...ask, from: '2026-03-15', to: '2026-03-29' },
    { on: ON },
  )
  await decision(database, 'requestTemporaryLimit', { ...ask, to: '2026-03-20' }, { on: ON })
  const amounts = ['2026-03-09', '2026-03-15', '2026-03-21', '2026-03-30']
  expect(await Promise.all(amounts.map((on) => limits(database, on)))).toEqual([
    ['MXN 60000'],
    ['MXN 70000'],
    ['MXN 60000'],
    ['MXN 50000'],
  ])
  // Begins and ends by itself, and both are told once.
  expect(await look(database, 'creditLine:2', '2026-03-09')).toMatchObject({
    closed: false,
    outcome: 'ahead',
  })
  for (const on of ['2026-03-15', '2026-03-15', '2026-03-30', '2026-03-31'])
    await look(database, 'creditLine:2', on)
  expect(await creditDiary(database)).toEqual([
    '2026-03-09 credit line granted',
    '2026-03-09 credit line granted',
    '2026-03-09 credit line granted',
    '2026-03-15 credit line began',
    '2026-03-30 credit line lapsed',
  ])
})

test('nothing is granted for a day that is over, nor to a day before it begins', async () => {
  const database = await creditLedger()
  const ask = { customer: 'C-1', amount: pesos(10_000), why: 'x' }
  const wrong = (more: object) => refused(decision(database, 'requestLine', { ...ask, ...more }, { on: ON }))
  expect(await wrong({ from: '2026-03-08' })).toMatchObject({
    refusal: 'InvalidDate',
    data: { field: 'from' },
  })
  expect(await wrong({ to: '2026-03-08' })).toMatchObject({ refusal: 'InvalidDate', data: { field: 'to' } })
  expect(await wrong({ reviewOn: '2026-03-09' })).toMatchObject({ data: { field: 'reviewOn' } })
  expect(await wrong({ reviewOn: '2027-03-10' })).toMatchObject({
    data: { field: 'reviewOn', must: 'not be after 2027-03-09' },
  })
  await expect(
    refused(decision(database, 'requestLine', { ...ask, customer: 'nobody' }, { on: ON })),
  ).resolves.toMatchObject({ refusal: 'NotFound' })
})

test('the analyst is asked to review a line in time, and a review ends that', async () => {
  const database = await creditLedger()
  // The review would be on a Sunday.
  await decision(
    database,
    'requestLine',
    { customer: 'C-1', amount: pesos(10_000), reviewOn: '2026-06-14', why: 'x' },
    { on: ON },
  )
  const { nextAt } = await look(database, 'creditLine:1', ON)
  expect(new Date(nextAt!).toISOString()).toBe('2026-06-12T06:00:00.000Z')
  for (const on of ['2026-06-11', '2026-06-12', '2026-06-13', '2026-06-20'])
    await look(database, 'creditLine:1', on)
  expect(await creditTasks(database)).toEqual([
    {
      kind: 'review_line',
      subject: 'line 1',
      state: 'open',
      due_on: '2026-06-12',
      priority: 'normal',
      attempts: 0,
    },
  ])
  await decision(database, 'reviewLine', { line: 1, why: 'as good as before' }, { on: '2026-06-22' })
  await look(database, 'creditLine:1', '2026-06-22')
  expect(await creditTasks(database)).toMatchObject([{ state: 'overtaken' }])
  expect(await limits(database, '2027-06-01')).toEqual(['MXN 10000'])
  expect(new Date((await look(database, 'creditLine:1', '2026-06-23')).nextAt!).toISOString()).toBe(
    '2027-06-22T06:00:00.000Z',
  )
})

test('asked twice under one key it is granted once', async () => {
  const database = await creditLedger()
  const ask = { customer: 'C-1', amount: pesos(10_000), to: '2026-03-31', why: 'x' }
  const first = await decision(database, 'requestTemporaryLimit', ask, { on: ON, key: 'k' })
  expect(await decision(database, 'requestTemporaryLimit', ask, { on: ON, key: 'k' })).toEqual(first)
  expect(await limits(database, ON)).toEqual(['MXN 10000'])
})

test('a line that was to become lower still does after a reduction', async () => {
  const database = await creditLedger()
  const line = (amount: number, from: string, to: string) =>
    decision(
      database,
      'requestLine',
      { customer: 'C-1', amount: pesos(amount), from, to, why: 'x' },
      { on: ON },
    )
  await line(80_000, ON, '2026-05-31')
  await line(20_000, '2026-06-01', '2026-12-31')
  await line(90_000, '2027-01-01', '2027-06-30')
  const reduce = { line: 1, amount: pesos(50_000), why: 'pays late' }
  const { result } = await decision(database, 'reduceLine', reduce, { on: '2026-03-20' })
  expect(result).toMatchObject({ before: '80000.00', from: '2026-03-20', to: '2026-05-31' })
  expect(await limits(database, '2026-05-31')).toEqual(['MXN 50000'])
  expect(await limits(database, '2026-06-01')).toEqual(['MXN 20000'])
  expect(await limits(database, '2027-01-01')).toEqual(['MXN 50000'])
  expect(await limits(database, '2027-07-01')).toEqual([])
})
