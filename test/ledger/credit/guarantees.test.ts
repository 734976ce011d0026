import { expect, test } from 'vitest'
import { decisionCommands } from '../../../domain/decisionCommand.ts'
import { listDocuments } from '../../../ledger/documents.ts'
import { proofsOf } from '../../../ledger/proofs.ts'
import { COMPANY } from '../../setup/ledger.ts'
import { decision, vote } from '../../setup/team.ts'
import { pesos } from '../books.ts'
import { creditDiary, creditLedger, creditTasks, limits, look, ON, refused } from './credit.ts'

const deed = {
  name: 'escritura.pdf',
  sha256: 'a'.repeat(64),
  kind: 'signed' as const,
  mediaType: 'application/pdf',
  bytes: 10,
}
const insurance = {
  customer: 'C-1',
  kind: 'insurance' as const,
  reference: 'P-77',
  givenBy: 'Aseguradora del Norte',
  amount: pesos(100_000),
  to: '2026-12-31',
  why: 'policy of the year',
}

test('a guarantee counts to the percentage of its kind, by whoever has to agree, with what proves it', async () => {
  const database = await creditLedger()
  const mortgage = {
    ...insurance,
    kind: 'mortgage' as const,
    reference: 'E-1',
    amount: pesos(1_000_000),
    proof: [deed],
  }
  const { to: _, ...endless } = mortgage
  const { result } = await decision(database, 'registerGuarantee', endless, { on: ON })
  expect(result).toMatchObject({ amount: '700000.00', waitsFor: ['carlos'] })
  // Who has to agree can read it.
  expect(await listDocuments(database, COMPANY, { customer: 'C-1' }, 9)).toMatchObject([
    { id: 1, name: 'escritura.pdf', actor: 'ana' },
  ])
  await vote(database, 1, 'carlos', ON)
  expect(await limits(database, ON)).toEqual([])
  await vote(database, 1, 'mario', ON)
  expect(await limits(database, '2030-01-01')).toEqual(['MXN 700000'])
  expect(await proofsOf(database, 'guarantee', 1)).toMatchObject([{ name: 'escritura.pdf', document: 1 }])
  // The same again is found, and more of its kind than the policy lets count is refused.
  expect(await refused(decision(database, 'registerGuarantee', endless, { on: ON }))).toMatchObject({
    refusal: 'GuaranteeExists',
    data: { guarantee: 1 },
  })
  expect(
    await refused(decision(database, 'registerGuarantee', { ...insurance, coveragePercent: 91 }, { on: ON })),
  ).toMatchObject({ refusal: 'CoverageTooHigh', data: { most: 90, given: 91 } })
})

test('a pagaré says when it was signed, and may fall due at sight', async () => {
  const database = await creditLedger()
  const { to: _, ...pagare } = { ...insurance, kind: 'pagare' as const, reference: 'folio 3' }
  expect(decisionCommands.registerGuarantee.safeParse(pagare).error?.issues[0]).toMatchObject({
    path: ['signedOn'],
  })
  expect(
    await refused(decision(database, 'registerGuarantee', { ...pagare, signedOn: '2026-03-10' }, { on: ON })),
  ).toMatchObject({ refusal: 'InvalidDate', data: { field: 'signedOn' } })
  await decision(database, 'registerGuarantee', { ...pagare, signedOn: '2026-03-02' }, { on: ON })
  expect(await database.one('SELECT signed_on, matures_on FROM guarantee')).toEqual({
    signed_on: '2026-03-02',
    matures_on: null,
  })
  expect(await limits(database, ON)).toEqual(['MXN 50000'])
})

test('the analyst is asked three times before the last day, on working days, and a renewal ends that', async () => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', insurance, { on: ON })
  // 90, 60 and 30 days before Thursday 31 December: Friday 2 October, Friday 30 October (it would be a Sunday), Tuesday 1 December.
  const instants: string[] = []
  for (const on of [ON, '2026-10-02', '2026-10-30', '2026-12-01']) {
    const { nextAt } = await look(database, 'guarantee:1', on)
    instants.push(new Date(nextAt!).toISOString())
  }
  expect(instants).toEqual([
    '2026-10-02T06:00:00.000Z',
    '2026-10-30T06:00:00.000Z',
    '2026-12-01T06:00:00.000Z',
    '2027-01-01T06:00:00.000Z',
  ])
  expect(await creditTasks(database)).toEqual([
    {
      kind: 'renew_guarantee',
      subject: 'guarantee 1',
      state: 'open',
      due_on: '2026-12-31',
      priority: 'high',
      attempts: 2,
    },
  ])
  await decision(
    database,
    'renewGuarantee',
    { guarantee: 1, to: '2027-12-31', why: 'paid' },
    { on: '2026-12-10' },
  )
  await look(database, 'guarantee:1', '2026-12-10')
  expect(await creditTasks(database)).toMatchObject([{ state: 'overtaken' }])
  // Without a day in between.
  expect(await limits(database, '2026-12-31')).toEqual(['MXN 90000'])
  expect(await limits(database, '2027-01-01')).toEqual(['MXN 90000'])
  await look(database, 'guarantee:1', '2027-01-01')
  expect(await creditDiary(database)).toEqual([
    '2026-03-09 guarantee registered',
    '2026-12-10 guarantee renewed',
    '2027-01-01 guarantee began',
  ])
})

test('a guarantee lapses on a Sunday: it counts no longer on Monday, which is told once, and renewed it counts again', async () => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', { ...insurance, to: '2026-06-14' }, { on: ON })
  await look(database, 'guarantee:1', '2026-06-14')
  expect(await limits(database, '2026-06-14')).toEqual(['MXN 90000'])
  expect(await look(database, 'guarantee:1', '2026-06-15')).toMatchObject({ closed: true, outcome: 'lapsed' })
  expect(await look(database, 'guarantee:1', '2026-06-15')).toMatchObject({ closed: true })
  expect(await limits(database, '2026-06-15')).toEqual([])
  expect(await creditTasks(database)).toMatchObject([
    { subject: 'guarantee 1', state: 'overtaken' },
    { subject: 'guarantee lapsed 1', state: 'open', due_on: '2026-06-15', priority: 'high' },
  ])
  const { processes } = await decision(
    database,
    'renewGuarantee',
    { guarantee: 1, to: '2027-06-14', amount: pesos(50_000), why: 'came late' },
    { on: '2026-06-20' },
  )
  expect(processes).toContain('guarantee:1')
  expect(await limits(database, '2026-06-19')).toEqual([])
  expect(await limits(database, '2026-06-20')).toEqual(['MXN 45000'])
  expect(await look(database, 'guarantee:1', '2026-06-20')).toMatchObject({
    closed: false,
    outcome: 'in_force',
  })
  expect(await creditTasks(database)).toMatchObject([{ state: 'overtaken' }, { state: 'overtaken' }])
  expect(await creditDiary(database)).toEqual([
    '2026-03-09 guarantee registered',
    '2026-06-15 guarantee lapsed',
    '2026-06-20 guarantee renewed',
  ])
})

test('what is called in lowers what counts, also of what was renewed; no more than it is good for', async () => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', insurance, { on: ON })
  await decision(database, 'renewGuarantee', { guarantee: 1, to: '2027-12-31', why: 'x' }, { on: ON })
  const realise = (amount: number, on = '2026-05-04') =>
    decision(database, 'realiseGuarantee', { guarantee: 1, amount: pesos(amount), why: 'F-1' }, { on })
  expect(await refused(realise(100_001))).toMatchObject({
    refusal: 'GuaranteeTooSmall',
    data: { available: '100000.00', given: '100001.00' },
  })
  await realise(40_000)
  expect(await limits(database, '2026-05-03')).toEqual(['MXN 90000'])
  expect(await limits(database, '2026-05-04')).toEqual(['MXN 54000'])
  expect(await limits(database, '2027-12-31')).toEqual(['MXN 54000'])
  expect(await limits(database, '2028-01-01')).toEqual([])
  await realise(60_000, '2026-06-01')
  expect(await limits(database, '2026-06-01')).toEqual([])
  expect(await refused(realise(1, '2026-06-02'))).toMatchObject({
    refusal: 'NotOpen',
    data: { state: 'closed' },
  })
})

test('giving a guarantee back asks for authority, and then it counts no longer', async () => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', { ...insurance, amount: pesos(200_000) }, { on: ON })
  for (const who of ['carlos', 'mario']) await vote(database, 1, who, ON)
  // What follows from yes and no is said to those who decide.
  expect(await database.rows('SELECT on_yes, on_no FROM approval')).toMatchObject([
    {
      on_yes: [{ code: 'guarantee_counts', data: { covered: '180000.00' } }],
      on_no: [{ code: 'limit_stays' }],
    },
  ])
  const release = { guarantee: 1, why: 'the customer buys in cash now' }
  await decision(database, 'releaseGuarantee', release, { on: '2026-04-01' })
  expect(await limits(database, '2026-04-01')).toEqual(['MXN 180000'])
  expect(await refused(decision(database, 'releaseGuarantee', release, { on: '2026-04-01' }))).toMatchObject({
    refusal: 'ApprovalExists',
  })
  for (const who of ['carlos', 'mario']) await vote(database, 2, who, '2026-04-03')
  expect(await limits(database, '2026-04-02')).toEqual(['MXN 180000'])
  expect(await limits(database, '2026-04-03')).toEqual([])
  expect(
    await refused(decision(database, 'renewGuarantee', { guarantee: 1, why: 'x' }, { on: '2026-04-04' })),
  ).toMatchObject({ refusal: 'NotOpen' })
  // What was it on a day? The terms tell, whatever came later.
  expect(await limits(database, '2026-03-31')).toEqual(['MXN 180000'])
})

test.each([
  { story: 'lower', renewed: 20_000, coveragePercent: 50, fromJanuary: 'MXN 5000' },
  { story: 'higher', renewed: 90_000, coveragePercent: 90, fromJanuary: 'MXN 72000' },
  { story: 'no more than what was called in', renewed: 10_000, coveragePercent: 90, fromJanuary: undefined },
])('what is called in never makes of a renewal more than was agreed: $story', async (renewal) => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', { ...insurance, amount: pesos(50_000) }, { on: ON })
  const { renewed, coveragePercent, fromJanuary } = renewal
  const again = { guarantee: 1, amount: pesos(renewed), coveragePercent, to: '2027-12-31', why: 'x' }
  await decision(database, 'renewGuarantee', again, { on: ON })
  const realise = { guarantee: 1, amount: pesos(10_000), why: 'F-1' }
  await decision(database, 'realiseGuarantee', realise, { on: '2026-05-04' })
  expect(await limits(database, '2026-05-04')).toEqual(['MXN 36000'])
  expect(await limits(database, '2026-12-31')).toEqual(['MXN 36000'])
  const coming = fromJanuary === undefined ? [] : [fromJanuary]
  expect(await limits(database, '2027-01-01')).toEqual(coming)
  expect(await limits(database, '2027-12-31')).toEqual(coming)
  expect(await limits(database, '2028-01-01')).toEqual([])
})

test('what was called in as a whole waits for what is left of its renewal', async () => {
  const database = await creditLedger()
  await decision(database, 'registerGuarantee', { ...insurance, amount: pesos(50_000) }, { on: ON })
  const again = { guarantee: 1, amount: pesos(80_000), to: '2027-12-31', why: 'x' }
  await decision(database, 'renewGuarantee', again, { on: ON })
  const realise = { guarantee: 1, amount: pesos(50_000), why: 'F-1' }
  await decision(database, 'realiseGuarantee', realise, { on: '2026-05-04' })
  expect(await limits(database, '2026-12-31')).toEqual([])
  expect(await look(database, 'guarantee:1', '2026-05-04')).toMatchObject({ closed: false, outcome: 'ahead' })
  expect(await limits(database, '2027-01-01')).toEqual(['MXN 27000'])
})
