import { describe, expect, test } from 'vitest'
import { verifyJournal } from '../../ledger/journal.ts'
import { placementsFor, showPlacement } from '../../ledger/placements/show.ts'
import { COMPANY } from '../setup/ledger.ts'
import {
  approved,
  book,
  closedAs,
  eventsOf,
  look,
  openOf,
  pay,
  pesos,
  refusalOf,
  unappliedOf,
} from './books.ts'
import {
  active,
  balance,
  lookPlaced,
  mails,
  ON,
  overdue,
  place,
  sent,
  stageOf,
  stateOf,
  tasks,
} from './placements.ts'

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

  test('what is written off stays with whoever has it, and what that brings in recovers it', async () => {
    const database = await overdue()
    const id = await active(database, ['F-1', 'F-2'])
    const day = '2026-03-10'
    await approved(database, 'writeOff', { document: 'F-1', why: 'insolvent' }, { on: day })
    expect(await lookPlaced(database, id, day)).toMatchObject({ outcome: 'active' })
    await approved(database, 'writeOff', { document: 'F-2', why: 'insolvent' }, { on: day })
    expect(await lookPlaced(database, id, day)).toMatchObject({ outcome: 'active', closed: false })
    expect((await mails(database, id)).map((m) => m.purpose)).toEqual(['offer', 'handover'])
    expect((await showPlacement(database, COMPANY, 'ana', id)).totals).toMatchObject([{ open: '2000.00' }])
    const recover = (amount: number) =>
      place(
        database,
        'recordRecovery',
        { placement: id, amount: pesos(amount), paidOn: day },
        { on: day, actor: 'norte-1' },
      )
    expect((await recover(1400)).result).toMatchObject({
      applied: [
        { document: 'F-1', amount: '1000.00' },
        { document: 'F-2', amount: '400.00' },
      ],
      commission: '175.00',
    })
    expect([await closedAs(database, 'F-1'), await closedAs(database, 'F-2')]).toEqual([
      'paid',
      'written_off',
    ])
    // What is paid to us of it is told as ever.
    await pay(database, 'R-1', 100, ['F-2'], day)
    expect(await lookPlaced(database, id, day)).toMatchObject({ outcome: 'active' })
    expect((await mails(database, id)).at(-1)).toMatchObject({ purpose: 'changed', state: 'pending' })
    await recover(500)
    expect(await lookPlaced(database, id, day)).toMatchObject({ outcome: 'recovered' })
    expect(await closedAs(database, 'F-2')).toBe('paid')
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
