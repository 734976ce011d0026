import { describe, expect, test } from 'vitest'
import { agenciesFor, placementsFor, showPlacement } from '../../ledger/placements/show.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, eventsOf, look, pay, pesos, refusalOf } from './books.ts'
import {
  active,
  lookPlaced,
  mails,
  ON,
  overdue,
  place,
  placed,
  seedAgencies,
  seedTeam,
  sent,
  stageOf,
  stateOf,
  tasks,
  vote,
} from './placements.ts'

describe('from the request to the hand-over', () => {
  test('nothing begins without a yes, and what was approved is what begins', async () => {
    const database = await overdue()
    const asked = await place(
      database,
      'requestPlacement',
      { customer: 'C-1', kind: 'agency', documents: ['F-1', 'F-2'], why: 'gone quiet' },
      { on: ON },
    )
    expect(asked).toMatchObject({ result: { approval: 1, waitsFor: expect.anything() }, cases: [] })
    expect(await placementsFor(database, COMPANY, 'ana', { limit: 9 })).toEqual([])
    // The analyst who asked doesn't agree to it.
    expect(await refusalOf(vote(database, 1, 'ana', ON))).toBe('SameActor')
    await pay(database, 'R-1', 1000, ['F-1'], ON)
    const { result, processes } = await vote(database, 1, 'sofía', ON)
    expect(result).toMatchObject({
      state: 'approved',
      done: { placement: 1, state: 'offered', agency: 'norte' },
    })
    expect(processes).toContain('placement:1')
    const view = await showPlacement(database, COMPANY, 'ana', 1)
    expect(view.items.map((i) => i.document)).toEqual(['F-2'])
    expect(view).toMatchObject({ requestedBy: 'ana', approvedBy: ['sofía'], answerBy: '2026-03-12' })
    expect(await eventsOf(database, 'F-2')).toContain('placement offered')
    expect(await stageOf(database, 'F-2')).toBe('current')
  })

  test('on a no nothing begins; more debt than was approved makes it stale', async () => {
    const database = await overdue()
    const asked = async () =>
      (
        await place(
          database,
          'requestPlacement',
          { customer: 'C-1', kind: 'legal', documents: ['F-1'], why: 'sue' },
          { on: ON },
        )
      ).result.approval
    await vote(database, await asked(), 'sofía', ON, false)
    await pay(database, 'R-1', 400, ['F-1'], ON)
    const again = await asked()
    await book(database, 'reverse', { receipt: 'R-1', reason: 'misposted', why: 'not theirs' }, { on: ON })
    expect((await vote(database, again, 'sofía', ON)).result).toMatchObject({ state: 'stale' })
    expect(await placementsFor(database, COMPANY, 'ana', { limit: 9 })).toEqual([])
  })

  test('accepted, our side falls silent; the mail that hands over makes it active', async () => {
    const database = await overdue()
    const id = await placed(database, {}, ON)
    expect(await mails(database, id)).toEqual([{ purpose: 'offer', to: 'norte', state: 'pending' }])
    await look(database, ON)
    const { result, cases } = await place(
      database,
      'acceptPlacement',
      { placement: id },
      { on: ON, actor: 'norte-1' },
    )
    expect(result).toMatchObject({ state: 'accepted', agency: 'norte' })
    expect(cases).toEqual(['C-1'])
    expect(await stageOf(database, 'F-1')).toBe('agency')
    await look(database, ON)
    expect(
      await database.rows(`SELECT DISTINCT next_reason FROM receivable WHERE closed_as IS NULL`),
    ).not.toContainEqual({ next_reason: 'notice_on_its_way' })
    expect(await database.rows(`SELECT FROM message WHERE state = 'pending'`)).toEqual([])

    const due = await lookPlaced(database, id, ON)
    // The offer that nobody took for sending comes first: it is let go, and the hand-over has its turn.
    expect(due.deliveries).toHaveLength(1)
    expect(await stateOf(database, id)).toBe('accepted')
    await sent(database, id)
    expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'active', closed: false })
    expect(await stateOf(database, id)).toBe('active')
    // Twice at the same instant changes nothing.
    const before = await eventsOf(database, 'F-1')
    await lookPlaced(database, id, ON)
    expect(await eventsOf(database, 'F-1')).toEqual(before)
  })

  test('with a lawyer before any court too: until then the letter’s stage is only ours', async () => {
    const database = await overdue()
    const id = await placed(database, { kind: 'prelegal' }, ON)
    await place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'letras-1' })
    expect(await stageOf(database, 'F-1')).toBe('prelegal')
    const chased = async () => {
      await look(database, ON)
      const rows = await database.rows<{ chased: boolean }>(
        `SELECT EXISTS (SELECT FROM receivable_step s WHERE s.receivable_id = 1 AND s.state = 'pending') AS chased`,
      )
      return rows[0]!.chased
    }
    expect(await chased()).toBe(false)
    const { result } = await place(
      database,
      'returnPlacement',
      { placement: id, why: 'cannot' },
      { on: ON, actor: 'letras-1' },
    )
    expect([result, await chased()]).toEqual([expect.objectContaining({ state: 'returned' }), true])
  })

  test('turned down it goes to the next, unanswered too; in the end a person decides', async () => {
    const database = await overdue()
    const id = await placed(database, {}, ON)
    await place(
      database,
      'declinePlacement',
      { placement: id, why: 'too small' },
      { on: ON, actor: 'norte-1' },
    )
    expect(await showPlacement(database, COMPANY, 'ana', id)).toMatchObject({
      state: 'offered',
      agency: 'todo',
    })
    // An answer after its time isn't one: the offer is another's.
    expect(
      await refusalOf(place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'norte-1' })),
    ).toBe('NotFound')
    expect(await lookPlaced(database, id, '2026-03-12')).toMatchObject({ outcome: 'offered' })
    expect(await lookPlaced(database, id, '2026-03-13')).toMatchObject({ outcome: 'approved', closed: false })
    expect(await tasks(database)).toMatchObject([
      { kind: 'tell_supervisor', subject: `placement ${id}`, owner: 'supervisor', state: 'open' },
    ])
    await place(
      database,
      'offerPlacement',
      { placement: id, agency: 'norte', why: 'spoke with them' },
      { on: '2026-03-13' },
    )
    await place(database, 'acceptPlacement', { placement: id }, { on: '2026-03-13', actor: 'norte-1' })
    const { offers } = await showPlacement(database, COMPANY, 'ana', id)
    expect(offers.map((o) => [o.agency, o.answer])).toEqual([
      ['norte', 'declined'],
      ['todo', 'expired'],
      ['norte', 'accepted'],
    ])
    expect((await tasks(database))[0]!.state).toBe('overtaken')
    expect((await mails(database, id)).map((m) => `${m.purpose} ${m.to} ${m.state}`)).toEqual([
      'offer norte skipped',
      'offer todo skipped',
      'expired todo pending',
      'offer norte pending',
      'handover norte pending',
    ])
  })

  test('what is placed is placed once; a lawyer takes over from a letter, not from an agency', async () => {
    const database = await overdue()
    const letter = await placed(database, { kind: 'demand', documents: ['F-1'] }, ON)
    expect(
      await refusalOf(
        place(
          database,
          'requestPlacement',
          { customer: 'C-1', kind: 'demand', documents: ['F-1'], why: 'x' },
          { on: ON },
        ),
      ),
    ).toBe('AlreadyPlaced')
    const id = await placed(database, { documents: ['F-1', 'F-2'] }, ON)
    expect(await stateOf(database, letter)).toBe('closed')
    for (const kind of ['agency', 'legal', 'demand'] as const)
      expect(
        await refusalOf(
          place(
            database,
            'requestPlacement',
            { customer: 'C-1', kind, documents: ['F-1'], why: 'x' },
            { on: ON },
          ),
        ),
      ).toBe('AlreadyPlaced')
    await place(database, 'recallPlacement', { placement: id, why: 'to court' }, { on: ON })
    const court = await placed(database, { kind: 'legal', documents: ['F-1'] }, ON)
    expect(await showPlacement(database, COMPANY, 'ana', court)).toMatchObject({ agency: 'letras' })
    await expect(
      database.rows(
        'INSERT INTO placement_item SELECT $1, receivable_id, ceiling_minor, told_minor, stage_before, true FROM placement_item WHERE placement_id = $2',
        [letter, court],
      ),
    ).rejects.toThrow()
  })
})

describe('it ends', () => {
  test('recalled in part, returned, closed: each once, and each back where it was', async () => {
    const database = await overdue()
    await look(database, ON)
    const id = await active(database)
    await place(
      database,
      'recallPlacement',
      { placement: id, documents: ['F-2'], why: 'agreed with us' },
      { on: ON },
    )
    expect(await stageOf(database, 'F-2')).toBe('overdue')
    expect(await stageOf(database, 'F-3')).toBe('agency')
    expect(
      await refusalOf(
        place(database, 'recallPlacement', { placement: id, documents: ['F-2'], why: 'x' }, { on: ON }),
      ),
    ).toBe('NotFound')
    await place(
      database,
      'returnPlacement',
      { placement: id, why: 'moved away' },
      { on: ON, actor: 'norte-1' },
    )
    expect(await stageOf(database, 'F-3')).toBe('overdue')
    expect(await tasks(database)).toMatchObject([{ kind: 'review', subject: `after placement ${id}` }])
    for (const [name, content] of [
      ['returnPlacement', { placement: id, why: 'x' }],
      ['recallPlacement', { placement: id, why: 'x' }],
      ['closePlacement', { placement: id, why: 'x' }],
      ['acceptPlacement', { placement: id }],
      ['declinePlacement', { placement: id, why: 'x' }],
      ['offerPlacement', { placement: id, agency: 'todo', why: 'x' }],
      ['reportPlacement', { placement: id, result: 'other', notes: 'x' }],
      ['recordRecovery', { placement: id, amount: pesos(1), paidOn: ON }],
    ] as const)
      expect([name, await refusalOf(place(database, name, content, { on: ON }))]).toEqual([name, 'NotOpen'])
  })

  test('what was only offered can be taken back; what nobody has can not be reported or given back', async () => {
    const database = await overdue()
    const id = await placed(database, {}, ON)
    for (const [name, content] of [
      ['reportPlacement', { placement: id, result: 'other', notes: 'x' }],
      ['returnPlacement', { placement: id, why: 'x' }],
      ['recordRecovery', { placement: id, amount: pesos(1), paidOn: ON }],
      ['closePlacement', { placement: id, why: 'x' }],
    ] as const)
      expect([name, await refusalOf(place(database, name, content, { on: ON }))]).toEqual([name, 'NotOpen'])
    await place(database, 'recallPlacement', { placement: id, why: 'too early' }, { on: ON })
    expect((await mails(database, id)).map((m) => `${m.purpose} ${m.state}`)).toEqual([
      'offer skipped',
      'recall pending',
    ])
    expect(
      await refusalOf(place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'norte-1' })),
    ).toBe('NotOpen')
  })
})

describe('an agency sees its own cases and nothing else', () => {
  test('reads and commands of others find nothing', async () => {
    const database = await overdue()
    const mine = await active(database, ['F-1'])
    const other = await placed(database, { kind: 'legal', documents: ['F-2'] }, ON)
    const seen = async (person: string) =>
      (await placementsFor(database, COMPANY, person, { limit: 9 })).map((p) => p.id)
    expect(await seen('ana')).toEqual([other, mine])
    expect(await seen('norte-1')).toEqual([mine])
    expect(await seen('letras-1')).toEqual([other])
    expect(await seen('todo-1')).toEqual([])
    expect(await refusalOf(showPlacement(database, COMPANY, 'norte-1', other))).toBe('NotFound')
    for (const [name, content] of [
      ['acceptPlacement', { placement: other }],
      ['reportPlacement', { placement: other, result: 'other', notes: 'x' }],
      ['recordRecovery', { placement: other, amount: pesos(1), paidOn: ON }],
      ['addPlacementCost', { placement: other, what: 'x', amount: pesos(1) }],
      ['returnPlacement', { placement: other, why: 'x' }],
    ] as const)
      expect(await refusalOf(place(database, name, content, { on: ON, actor: 'norte-1' }))).toBe('NotFound')
    for (const [name, content] of [
      ['requestPlacement', { customer: 'C-1', kind: 'agency', why: 'x' }],
      ['recallPlacement', { placement: mine, why: 'x' }],
      ['closePlacement', { placement: mine, why: 'x' }],
      ['offerPlacement', { placement: mine, agency: 'todo', why: 'x' }],
      ['registerAgency', { code: 'mine', name: 'x', email: 'x@example.com' }],
      ['startPrescription', { customer: 'C-1', document: 'F-1', instrument: 'pagare' }],
    ] as const)
      expect(await refusalOf(place(database, name, content, { on: ON, actor: 'norte-1' }))).toBe(
        'OwnPeopleOnly',
      )
    expect((await agenciesFor(database, COMPANY, 'norte-1', true)).map((a) => a.code)).toEqual(['norte'])
    expect((await agenciesFor(database, COMPANY, 'ana', true)).map((a) => a.code)).toEqual([
      'letras',
      'norte',
      'todo',
    ])
  })

  test('once it turned a placement down it sees that no more; whom else we asked it never sees', async () => {
    const database = await overdue()
    const id = await placed(database, {}, ON)
    await place(database, 'declinePlacement', { placement: id, why: 'no' }, { on: ON, actor: 'norte-1' })
    expect(await refusalOf(showPlacement(database, COMPANY, 'norte-1', id))).toBe('NotFound')
    const view = await showPlacement(database, COMPANY, 'todo-1', id)
    expect(view.offers.map((o) => o.agency)).toEqual(['todo'])
    expect(view.mails.map((m) => m.to)).toEqual(['todo'])
  })

  test('a person speaks for one agency', async () => {
    const database = await overdue()
    expect(
      await refusalOf(
        place(
          database,
          'registerAgency',
          { code: 'otra', name: 'Otra', email: 'o@example.com', people: ['norte-1'] },
          { on: ON },
        ),
      ),
    ).toBe('SpeaksForOther')
  })
})

test('what the ladder asks for begins by itself when somebody agrees, and its step is done', async () => {
  const { database } = await freshLedger([
    testPolicy({ steps: [{ id: 'to_agency', day: 5, action: 'place_agency' }] }),
  ])
  await seedTeam(database)
  await seedAgencies(database, '2026-03-02')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  await look(database, '2026-03-02')
  await look(database, '2026-03-09')
  const { id } = (await database.one<{ id: number }>('SELECT id::int FROM approval'))!
  const { result } = await vote(database, id, 'sofía', '2026-03-09')
  expect(result).toMatchObject({ state: 'approved', done: { placement: 1, kind: 'agency', agency: 'norte' } })
  expect(await database.rows('SELECT step, state FROM receivable_step')).toEqual([
    { step: 'to_agency', state: 'done' },
  ])
})

test('what somebody placed by hand before the ladder asked is not placed again, and its step is done', async () => {
  const { database } = await freshLedger([
    testPolicy({ steps: [{ id: 'to_agency', day: 5, action: 'place_agency' }] }),
  ])
  await seedTeam(database)
  await seedAgencies(database, '2026-03-02')
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-02'))
  await look(database, '2026-03-02')
  await look(database, '2026-03-09')
  const asked = await place(
    database,
    'requestPlacement',
    { customer: 'C-1', kind: 'legal', documents: ['F-1'], why: 'sue' },
    { on: '2026-03-09' },
  )
  await vote(database, asked.result.approval, 'sofía', '2026-03-09')
  expect((await vote(database, 1, 'samuel', '2026-03-09')).result).toMatchObject({
    state: 'approved',
    done: { receivables: 0 },
  })
  expect((await placementsFor(database, COMPANY, 'ana', { limit: 9 })).map((p) => p.kind)).toEqual(['legal'])
})

test('a placed invoice that is made anew stays placed, and who has it is told the new amount', async () => {
  const database = await overdue()
  const id = await active(database, ['F-1'])
  await ask(
    database,
    'replace',
    {
      document: 'F-1',
      by: { document: 'F-1B', amount: pesos(900), issuedOn: ON, dueOn: ON },
      why: 'customer_request',
    },
    { on: ON },
  )
  expect((await showPlacement(database, COMPANY, 'ana', id)).items).toMatchObject([
    { document: 'F-1B', open: '900.00', stage: 'agency', placed: true },
  ])
  await lookPlaced(database, id, ON)
  expect((await mails(database, id)).at(-1)).toMatchObject({ purpose: 'changed', state: 'pending' })
})

test('two requests at once for the same invoice: one waits, the other is told of it', async () => {
  const database = await overdue()
  const request = (kind: 'agency' | 'legal') =>
    place(database, 'requestPlacement', { customer: 'C-1', kind, documents: ['F-1'], why: 'x' }, { on: ON })
  const results = await Promise.allSettled([request('agency'), request('agency')])
  expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  // Of different kinds both may be asked for; the second that is granted doesn't fit any more.
  const legal = await request('legal')
  await vote(database, legal.result.approval, 'sofía', ON)
  const agency = (await database.one<{ id: number }>(
    `SELECT id::int FROM approval WHERE kind = 'place_agency'`,
  ))!
  expect((await vote(database, agency.id, 'sofía', ON)).result).toMatchObject({ state: 'stale' })
  expect((await placementsFor(database, COMPANY, 'ana', { limit: 9 })).map((p) => p.kind)).toEqual(['legal'])
})
