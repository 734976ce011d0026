import { describe, expect, test } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { agenciesFor, placementsFor, showPlacement } from '../../ledger/placements/show.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, book, closedAs, eventsOf, look, openOf, pay, pesos, refusalOf, unappliedOf } from './books.ts'
import { lookPlaced, place, placed, seedAgencies, seedTeam, vote } from './placements.ts'

const ON = '2026-03-09'

/** Three overdue invoices of a customer of the north, of 1000 each; agencies, and people to agree. */
async function overdue() {
  const { database } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-01-10' },
      { document: 'F-2', due: '2026-01-20' },
      { document: 'F-3', due: '2026-01-30' },
    ],
    noon(ON),
  )
  await seedTeam(database)
  await seedAgencies(database, ON)
  return database
}

const stageOf = async (database: Database, document: string) =>
  (await database.one<{ stage: string }>('SELECT stage FROM receivable WHERE document = $1', [document]))!
    .stage
const stateOf = async (database: Database, id: number) =>
  (await showPlacement(database, COMPANY, 'ana', id)).state
const mails = (database: Database, id: number) =>
  database.rows<{ purpose: string; to: string; state: string }>(
    `SELECT m.purpose, a.code AS to, m.state FROM placement_mail m JOIN agency a ON a.id = m.agency_id WHERE m.placement_id = $1 ORDER BY m.id`,
    [id],
  )
const tasks = (database: Database) =>
  database.rows<{ kind: string; subject: string; owner: string; state: string }>(
    `SELECT kind, subject, owner, state FROM task WHERE kind IN ('tell_supervisor', 'review') AND subject <> 'loaded late' ORDER BY id`,
  )
/** What an account holds, debits less credits. */
const balance = async (database: Database, kind: string, holder = '') =>
  Number(
    (await database.one<{ minor: bigint }>(
      `SELECT (coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_account = a.id), 0) - coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_account = a.id), 0))::bigint AS minor
       FROM account a LEFT JOIN transfer t ON a.id IN (t.debit_account, t.credit_account) WHERE a.kind = $1 AND a.holder = $2`,
      [kind, holder],
    ))!.minor,
  ) / 100
/** Its mail went out: what the mail server's yes leaves behind. */
const sent = (database: Database, id: number) =>
  database.rows(`UPDATE placement_mail SET state = 'sent' WHERE placement_id = $1 AND state = 'pending'`, [
    id,
  ])

async function active(database: Database, documents?: string[]) {
  const id = await placed(database, documents ? { documents } : {}, ON)
  await place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'norte-1' })
  await sent(database, id)
  await lookPlaced(database, id, ON)
  return id
}

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
    expect(due.deliveries).toHaveLength(2)
    expect(await stateOf(database, id)).toBe('accepted')
    await sent(database, id)
    expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'active', closed: false })
    expect(await stateOf(database, id)).toBe('active')
    // Twice at the same instant changes nothing.
    const before = await eventsOf(database, 'F-1')
    await lookPlaced(database, id, ON)
    expect(await eventsOf(database, 'F-1')).toEqual(before)
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

describe('payments to either side stop the other', () => {
  test('the customer pays the agency: the money is in its hands, commission falls due, and it is over', async () => {
    const database = await overdue()
    const id = await active(database)
    const { result } = await place(
      database,
      'recordRecovery',
      { placement: id, amount: pesos(1500), paidOn: ON, trackingKey: 'ABC1' },
      { on: ON, actor: 'norte-1' },
    )
    expect(result).toMatchObject({
      receipt: 'norte-1-1',
      applied: [
        { document: 'F-1', amount: '1000.00' },
        { document: 'F-2', amount: '500.00' },
      ],
      commission: '187.50',
    })
    expect(await closedAs(database, 'F-1')).toBe('paid')
    expect(await openOf(database, 'F-2')).toBe('500.00')
    expect(await balance(database, 'in_transit', 'norte')).toBe(1500)
    expect(await balance(database, 'bank')).toBe(0)
    expect(await balance(database, 'agency_payable', 'norte')).toBe(-187.5)
    expect(await balance(database, 'collection_costs')).toBe(187.5)
    // It knows what it took: nothing is said to it about that.
    await lookPlaced(database, id, ON)
    expect((await mails(database, id)).filter((m) => m.state === 'pending')).toEqual([])
    await place(
      database,
      'recordRecovery',
      { placement: id, amount: pesos(1600), paidOn: ON },
      { on: ON, actor: 'norte-1' },
    )
    expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'recovered', closed: true })
    // Commission on what paid the placed items; what is over is the customer's.
    expect(await unappliedOf(database)).toBe('100.00')
    expect(await balance(database, 'agency_payable', 'norte')).toBe(-375)
    expect((await mails(database, id)).map((m) => m.purpose)).toEqual(['offer', 'handover'])
    expect(await eventsOf(database, 'F-3')).toContain('placement recovered')
  })

  test('the same money is not taken twice, and a receipt taken back takes its commission along', async () => {
    const database = await overdue()
    const id = await active(database)
    const recover = (key: string, trackingKey: string) =>
      place(
        database,
        'recordRecovery',
        { placement: id, amount: pesos(1000), paidOn: ON, trackingKey },
        { on: ON, actor: 'norte-1', key },
      )
    const first = await recover('k1', 'T-1')
    expect(await recover('k1', 'T-1')).toEqual(first)
    expect(await refusalOf(recover('k2', 'T-1'))).toBe('DuplicateReceipt')
    await book(
      database,
      'reverse',
      { receipt: 'norte-1-1', reason: 'bounced', why: 'cheque came back' },
      { on: ON },
    )
    expect(await openOf(database, 'F-1')).toBe('1000.00')
    expect(await balance(database, 'in_transit', 'norte')).toBe(0)
    expect(await balance(database, 'agency_payable', 'norte')).toBe(0)
    expect(await balance(database, 'collection_costs')).toBe(0)
    expect((await showPlacement(database, COMPANY, 'ana', id)).recoveries).toMatchObject([{ reversed: true }])
    // It stands in the placement as before, and who has it is told what is to be collected now.
    expect(await stageOf(database, 'F-1')).toBe('agency')
    await lookPlaced(database, id, ON)
    expect(await mails(database, id)).toContainEqual({ purpose: 'changed', to: 'norte', state: 'pending' })
  })

  test('the customer pays us a part: who has it is told; the whole: it is recalled by itself', async () => {
    const database = await overdue()
    const id = await active(database)
    await pay(database, 'R-1', 1000, ['F-1'], '2026-03-10')
    await pay(database, 'R-2', 400, ['F-2'], '2026-03-10')
    await lookPlaced(database, id, '2026-03-10')
    expect((await mails(database, id)).at(-1)).toEqual({ purpose: 'changed', to: 'norte', state: 'pending' })
    expect(await eventsOf(database, 'F-1')).toContain('placement items recalled')
    expect(await eventsOf(database, 'F-2')).toContain('placement changed')
    expect(await stateOf(database, id)).toBe('active')
    await pay(database, 'R-3', 1600, ['F-2', 'F-3'], '2026-03-11')
    const over = await lookPlaced(database, id, '2026-03-11')
    expect(over).toMatchObject({ outcome: 'recalled', closed: false })
    expect(await mails(database, id)).toContainEqual({ purpose: 'recall', to: 'norte', state: 'pending' })
    expect(await mails(database, id)).toContainEqual({ purpose: 'changed', to: 'norte', state: 'skipped' })
    await sent(database, id)
    expect(await lookPlaced(database, id, '2026-03-11')).toMatchObject({ closed: true })
    expect(
      (await placementsFor(database, COMPANY, 'ana', { limit: 9, state: 'recalled' }))[0]!.closedOn,
    ).toBe('2026-03-11')
    expect(await balance(database, 'agency_payable', 'norte')).toBe(0)
  })

  test('a payment that is in and not applied counts: nobody is asked for what is paid', async () => {
    const database = await overdue()
    const id = await active(database, ['F-1'])
    await pay(database, 'R-1', 1000, [], ON)
    expect(await lookPlaced(database, id, ON)).toMatchObject({ outcome: 'recalled' })
    expect(await stageOf(database, 'F-1')).toBe('current')
  })

  test('a payment that comes back after the end is chased by us again, where it stood before', async () => {
    const database = await overdue()
    await look(database, ON)
    const id = await active(database, ['F-1'])
    await pay(database, 'R-1', 1000, ['F-1'], ON)
    await lookPlaced(database, id, ON)
    await book(database, 'reverse', { receipt: 'R-1', reason: 'bounced', why: 'no funds' }, { on: ON })
    expect(await stageOf(database, 'F-1')).toBe('overdue')
  })
})

describe('reports, costs, money paid over', () => {
  test('a report that does not come is asked for, then told; one that comes ends both', async () => {
    const database = await overdue()
    const id = await active(database)
    // Accepted on 9 March, 15 days: due on the 24th; asked for on the 25th.
    expect((await showPlacement(database, COMPANY, 'ana', id)).reportDueOn).toBe('2026-03-24')
    await lookPlaced(database, id, '2026-03-24')
    expect((await mails(database, id)).map((m) => m.purpose)).not.toContain('report_due')
    await lookPlaced(database, id, '2026-03-25')
    expect((await mails(database, id)).at(-1)).toEqual({
      purpose: 'report_due',
      to: 'norte',
      state: 'pending',
    })
    await lookPlaced(database, id, '2026-03-29')
    expect(await tasks(database)).toEqual([])
    await lookPlaced(database, id, '2026-03-30')
    expect(await tasks(database)).toMatchObject([{ subject: `placement late ${id}`, state: 'open' }])
    const { result } = await place(
      database,
      'reportPlacement',
      {
        placement: id,
        result: 'promised',
        notes: 'pays on Friday',
        proof: [
          { name: 'visita.jpg', sha256: 'a'.repeat(64), kind: 'photo', mediaType: 'image/jpeg', bytes: 9 },
        ],
      },
      { on: '2026-03-31', actor: 'norte-1' },
    )
    expect(result).toMatchObject({ nextReportOn: '2026-04-15' })
    expect((await tasks(database))[0]!.state).toBe('overtaken')
    expect((await mails(database, id)).at(-1)!.state).toBe('skipped')
    expect((await showPlacement(database, COMPANY, 'ana', id)).reports).toMatchObject([
      { on: '2026-03-31', by: 'norte-1', result: 'promised', proof: [{ name: 'visita.jpg', document: 1 }] },
    ])
    await expect(database.rows(`UPDATE placement_report SET notes = 'x'`)).rejects.toThrow(
      'permission denied',
    )
  })

  test('costs are owed, and what is kept of what it holds is never more than either', async () => {
    const database = await overdue()
    const id = await active(database)
    await place(
      database,
      'recordRecovery',
      { placement: id, amount: pesos(1000), paidOn: ON },
      { on: ON, actor: 'norte-1' },
    )
    await place(
      database,
      'addPlacementCost',
      { placement: id, what: 'notary', amount: pesos(75), reference: 'N-9' },
      { on: ON, actor: 'norte-1' },
    )
    const remit = (amount: number, withheld?: number) =>
      place(
        database,
        'remitRecovery',
        {
          placement: id,
          amount: pesos(amount),
          paidOn: ON,
          ...(withheld ? { withheld: pesos(withheld) } : {}),
        },
        { on: ON },
      )
    expect(await refusalOf(remit(700, 201))).toBe('RemitsTooMuch')
    expect(await refusalOf(remit(900, 101))).toBe('RemitsTooMuch')
    expect((await remit(700, 200)).result).toMatchObject({ stillHeld: '100.00', stillOwed: '0.00' })
    expect(await balance(database, 'bank')).toBe(700)
    expect(await balance(database, 'in_transit', 'norte')).toBe(100)
    expect(await balance(database, 'agency_payable', 'norte')).toBe(0)
    expect(await balance(database, 'collection_costs')).toBe(200)
    expect(
      await refusalOf(
        place(
          database,
          'remitRecovery',
          { placement: id, amount: pesos(1), paidOn: ON },
          { on: ON, actor: 'norte-1' },
        ),
      ),
    ).toBe('OwnPeopleOnly')
    expect((await showPlacement(database, COMPANY, 'ana', id)).totals).toEqual([
      { currency: 'MXN', open: '2000.00', recovered: '1000.00', commission: '125.00', costs: '75.00' },
    ])
    expect((await verifyJournal(database)).findings).toEqual([])
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
    expect(await lookPlaced(database, 'clock-1', ON)).toMatchObject({ closed: true, outcome: 'settled' })
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
