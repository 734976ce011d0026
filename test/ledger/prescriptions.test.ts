import { describe, expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { prescriptions, showPlacement } from '../../ledger/placements/show.ts'
import { processesBehind } from '../../ledger/processes.ts'
import { COMPANY, calendars, writing } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { ask, book, eventsOf, look, pay, pesos, refusalOf } from './books.ts'
import { lookPlaced, ON, overdue, place, placed, stageOf, tasks } from './placements.ts'

describe('clocks on claims', () => {
  const clocks = (database: Database) =>
    database.rows<{ state: string; ends_on: string }>('SELECT state, ends_on FROM prescription ORDER BY id')

  test('a pagaré warns on working days, once each, and a suit starts its term anew', async () => {
    const database = await overdue()
    const { result, processes } = await place(
      database,
      'startPrescription',
      { customer: 'C-1', document: 'F-1', instrument: 'pagare', reference: 'P-1', startedOn: '2024-02-29' },
      { on: ON },
    )
    expect(result).toMatchObject({ clock: 1, endsOn: '2027-02-28' })
    expect(processes).toContain('placement:clock-1')
    expect(
      await refusalOf(
        place(
          database,
          'startPrescription',
          { customer: 'C-1', document: 'F-1', instrument: 'pagare', reference: 'P-1' },
          { on: ON },
        ),
      ),
    ).toBe('ClockRuns')
    // 180 days before is Tuesday 1 September 2026.
    expect(await lookPlaced(database, 'clock-1', '2026-08-31')).toMatchObject({ outcome: 'running' })
    expect(await tasks(database)).toEqual([])
    await lookPlaced(database, 'clock-1', '2026-09-01')
    await lookPlaced(database, 'clock-1', '2026-09-01')
    expect(await tasks(database)).toMatchObject([{ subject: 'prescription 1', state: 'open' }])
    expect((await eventsOf(database, 'F-1')).filter((e) => e === 'prescription near')).toHaveLength(1)
    // 90 days before is Monday 30 November: said anew.
    await lookPlaced(database, 'clock-1', '2026-11-30')
    expect((await tasks(database)).map((t) => t.state)).toEqual(['overtaken', 'open'])
    const again = await place(
      database,
      'interruptPrescription',
      { clock: 1, on: '2026-12-01', why: 'sued' },
      { on: '2026-12-02' },
    )
    expect(again.result).toMatchObject({ clock: 2, endsOn: '2029-12-01' })
    expect(await clocks(database)).toMatchObject([{ state: 'interrupted' }, { state: 'running' }])
    expect((await tasks(database)).map((t) => t.state)).toEqual(['overtaken', 'overtaken'])
    expect(await lookPlaced(database, 'clock-1', '2026-12-02')).toMatchObject({
      closed: true,
      outcome: 'interrupted',
    })
    expect(
      await refusalOf(
        place(
          database,
          'interruptPrescription',
          { clock: 1, on: '2026-12-01', why: 'x' },
          { on: '2026-12-02' },
        ),
      ),
    ).toBe('NotOpen')
  })

  test('it ends with the claim, and says when it is too late', async () => {
    const database = await overdue()
    for (const document of ['F-1', 'F-2'])
      await place(
        database,
        'startPrescription',
        { customer: 'C-1', document, instrument: 'cheque_same_place', startedOn: ON },
        { on: ON },
      )
    await pay(database, 'R-1', 1000, ['F-1'], ON)
    expect(await lookPlaced(database, 'clock-1', ON)).toMatchObject({ closed: false, outcome: 'settled' })
    const running = await prescriptions(database, COMPANY, 'ana', { all: false, limit: 9 })
    expect(running.map((clock) => clock.document)).toEqual(['F-2'])
    expect(await lookPlaced(database, 'clock-1', '2026-03-25')).toMatchObject({
      closed: true,
      outcome: 'settled',
    })
    expect(await lookPlaced(database, 'clock-2', '2026-03-24')).toMatchObject({ closed: false })
    expect(await lookPlaced(database, 'clock-2', '2026-03-25')).toMatchObject({
      closed: true,
      outcome: 'expired',
    })
    expect(await clocks(database)).toEqual([
      { state: 'settled', ends_on: '2026-03-24' },
      { state: 'expired', ends_on: '2026-03-24' },
    ])
    expect((await eventsOf(database, 'F-2')).slice(-2)).toEqual([
      'tell supervisor task opened',
      'prescription expired',
    ])
  })

  test('a payment that comes back finds it running: what was warned of is warned of again', async () => {
    const database = await overdue()
    await place(
      database,
      'startPrescription',
      { customer: 'C-1', document: 'F-1', instrument: 'pagare', startedOn: '2024-02-29' },
      { on: ON },
    )
    await lookPlaced(database, 'clock-1', '2026-09-01')
    await pay(database, 'R-1', 1000, ['F-1'], '2026-09-02')
    await lookPlaced(database, 'clock-1', '2026-09-02')
    expect((await tasks(database)).map((t) => t.state)).toEqual(['overtaken'])
    // 90 days before its end nobody is told of what is paid.
    await lookPlaced(database, 'clock-1', '2026-11-30')
    expect(await tasks(database)).toHaveLength(1)
    await book(
      database,
      'reverse',
      { receipt: 'R-1', reason: 'bounced', why: 'no funds' },
      { on: '2026-12-01' },
    )
    expect((await processesBehind(database, COMPANY, noon('2026-12-01'), 0, 9)).map((p) => p.key)).toEqual([
      'placement:clock-1',
    ])
    expect(await lookPlaced(database, 'clock-1', '2026-12-01')).toMatchObject({ outcome: 'running' })
    expect((await tasks(database)).map((t) => t.state)).toEqual(['overtaken', 'open'])
    expect(await lookPlaced(database, 'clock-1', '2027-03-01')).toMatchObject({ outcome: 'expired' })
  })
})

test('a demand letter counts from when it was sent; unpaid by its day, the claim stands pre-legal and a person looks', async () => {
  const database = await overdue()
  await look(database, ON)
  const id = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  const plan = await look(database, ON)
  const letter = plan.intents.find((i) => i.template === 'demand')
  expect(letter).toBeDefined()
  expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'approved', closed: false })
  await database.rows(`UPDATE message SET state = 'sent', sent_at = now() WHERE id = $1`, [letter!.id])
  expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'active' })
  expect(await stageOf(database, 'F-1')).toBe('prelegal')
  expect((await showPlacement(database, COMPANY, 'ana', id)).answerBy).toBe('2026-03-19')
  expect(await lookPlaced(database, id, '2026-03-19')).toMatchObject({ outcome: 'active' })
  expect(await lookPlaced(database, id, '2026-03-20')).toMatchObject({ outcome: 'closed', closed: true })
  expect(await stageOf(database, 'F-1')).toBe('prelegal')
  expect(await tasks(database)).toMatchObject([{ kind: 'review', subject: `after placement ${id}` }])
})

test('what a letter leaves out stands where it stood, and a demand of which it names nothing is over', async () => {
  const database = await overdue()
  await look(database, ON)
  const id = await placed(database, { kind: 'demand', documents: ['F-1', 'F-2'] }, ON)
  const other = await placed(database, { kind: 'demand', documents: ['F-3'] }, ON)
  const letter = (await look(database, ON)).intents.find((i) => i.template === 'demand')!
  await ask(
    database,
    'recordPromise',
    { documents: ['F-2', 'F-3'], instalments: [{ dueOn: ON, amount: pesos(2000) }], madeBy: 'Laura' },
    { on: ON },
  )
  const named: string[] = []
  const attached = {
    id: 1,
    name: 'demand.pdf',
    mediaType: 'application/pdf',
    source: '',
    content: Buffer.from(''),
  }
  const claim = await claimMessage(
    database,
    calendars,
    { company: COMPANY, actor: 'cartera', now: noon(ON) },
    letter.id,
    { name: 'Cobranza', replyTo: 'cobranza@example.com', phone: '', bankReference: '' },
    {
      ...writing(async () => Buffer.from('x')),
      sourceOfDemand: ({ sections }) => {
        named.push(...sections.flatMap(({ items }) => items.map((item) => item.document)))
        return ''
      },
      attached: [attached],
    },
  )
  expect(claim.kind).toBe('send')
  expect(named).toEqual(['F-1'])
  await database.rows(`UPDATE message SET state = 'sent', sent_at = now() WHERE id = $1`, [letter.id])
  expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'active' })
  expect(await lookPlaced(database, other, ON)).toMatchObject({ outcome: 'closed', closed: true })
  expect(await lookPlaced(database, id, '2026-03-20')).toMatchObject({ outcome: 'closed' })
  for (const [document, stage] of [
    ['F-1', 'prelegal'],
    ['F-2', 'overdue'],
    ['F-3', 'overdue'],
  ] as const)
    expect(await stageOf(database, document)).toBe(stage)
  expect(await eventsOf(database, 'F-2')).toContain('left out of notice')
})

test('a letter that is not sent any more ends the demand', async () => {
  const database = await overdue()
  await look(database, ON)
  const id = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-20', amount: pesos(1000) }], madeBy: 'Laura' },
    { on: ON },
  )
  await database.rows(
    `UPDATE message SET state = 'skipped', reason = 'nothing left to say: promised' WHERE template = 'demand'`,
  )
  expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'closed', closed: true })
  expect(await stageOf(database, 'F-1')).not.toBe('prelegal')
})
