import { describe, expect, test } from 'vitest'
import { renderNotice } from '../../activities/mail/render.ts'
import type { LocalDate } from '../../domain/calendar.ts'
import { statementTotals } from '../../domain/statement.ts'
import { agingAsOf } from '../../ledger/aging.ts'
import { findCustomer } from '../../ledger/customers.ts'
import type { Database } from '../../ledger/database.ts'
import { showInterest } from '../../ledger/interest/show.ts'
import { noticeOf } from '../../ledger/notice.ts'
import { openCase } from '../../ledger/scope.ts'
import { showCase, showReceivable } from '../../ledger/show.ts'
import { statementOf } from '../../ledger/statement.ts'
import { COMPANY, calendars } from '../setup/ledger.ts'
import { noon, type Sketch } from '../setup/portfolio.ts'
import { look, pay } from './books.ts'
import { charge, fresh } from './interestBooks.ts'

describe('shown', () => {
  const twoOverdue: Sketch[] = [
    { document: 'F-1', due: '2026-03-31' },
    { document: 'F-2', due: '2026-04-10', amount: 500 },
  ]
  const sectionOn = async (database: Database, asOf: LocalDate) => {
    const { sections } = await statementOf(database, await findCustomer(database, COMPANY, 'C-1'), asOf)
    return { interest: sections[0]?.interest, totals: sections[0] && statementTotals(sections[0], asOf) }
  }

  const noticeOn = (database: Database, on: LocalDate) =>
    database.transaction(async (sql) =>
      noticeOf(
        sql,
        (await openCase(sql, calendars, COMPANY, 'C-1', noon(on)))!,
        { name: '', replyTo: '', phone: '', bankReference: '' },
        'reminder',
        [],
        { name: '', email: '' },
      ),
    )

  test('on the statement, beside the balance; that of a past day again as it was', async () => {
    const database = await fresh({}, twoOverdue)
    await look(database, '2026-04-30')
    const before = await sectionOn(database, '2026-04-30')
    expect(before).toMatchObject({
      interest: [
        { document: 'F-1', dueOn: '2026-03-31', minor: 3_000n },
        { document: 'F-2', dueOn: '2026-04-10', minor: 1_000n },
      ],
      totals: { balanceMinor: 150_000n, interestMinor: 4_000n },
    })
    await pay(database, 'R-1', 1000, ['F-1'], '2026-05-04', { valueOn: '2026-05-02' })
    await look(database, '2026-05-04')
    // Paid, its interest is still told.
    expect((await sectionOn(database, '2026-05-04')).interest?.map(({ minor }) => minor)).toEqual([
      3_200n,
      1_200n,
    ])
    await charge(database, '2026-05-05')
    const after = await sectionOn(database, '2026-05-05')
    expect(after).toMatchObject({ interest: [], totals: { openMinor: 54_450n, interestMinor: 0n } })
    expect(await sectionOn(database, '2026-04-30')).toEqual(before)
  })

  test('on what is said to the customer, beside what is asked for', async () => {
    const database = await fresh({}, twoOverdue)
    const plan = await look(database, '2026-04-15')
    const notice = await noticeOn(database, '2026-04-15')
    expect(plan.intents).toHaveLength(1)
    expect(notice.sections).toMatchObject([{ interestMinor: 1_750n }])
    const text = renderNotice({ ...notice, language: 'en' }).text
    expect(text).toContain('Interest and charges to date (not included): $17.50 MXN')
    expect(text).toContain('Amount to pay: $1,500.00 MXN')
  })

  // 2026-11-26: a mail didn't take off what the statement beside it did.
  test('less what was charged too much, on the mail as on the statement', async () => {
    const database = await fresh({}, twoOverdue)
    await charge(database, '2026-04-20')
    // Recorded late: of the 20 that were charged on F-1, 10 weren't owed.
    await pay(database, 'R-1', 1000, ['F-1'], '2026-04-22', { valueOn: '2026-04-10' })
    for (const [on, told, mailed] of [
      ['2026-04-30', -500n, undefined],
      ['2026-05-20', 500n, 500n],
    ] as const) {
      await look(database, on)
      expect((await sectionOn(database, on)).totals).toMatchObject({ interestMinor: told })
      expect((await noticeOn(database, on)).sections[0]?.interestMinor).toBe(mailed)
    }
  })

  test('with how it came to be, and the notes that charge it', async () => {
    const database = await fresh({}, twoOverdue)
    await charge(database, '2026-04-20')
    await pay(database, 'R-1', 400, ['F-1'], '2026-04-25')
    expect(await showInterest(database, COMPANY, 'C-1', '2026-04-30', ['F-1'])).toMatchObject({
      receivables: [
        {
          document: 'F-1',
          interest: '28.00',
          charged: '20.00',
          open: '8.00',
          bookedThrough: '2026-04-20',
          segments: [
            { from: '2026-03-31', to: '2026-04-25', days: 25, base: '1000.00', percent: '36' },
            { from: '2026-04-25', to: '2026-04-30', days: 5, base: '600.00', percent: '36' },
          ],
        },
      ],
      notes: [{ document: 'INT-C-1-1', amount: '25.00', lines: [{ document: 'F-1' }, { document: 'F-2' }] }],
      totals: [{ currency: 'MXN', uncharged: '8.00', inNotes: '25.00' }],
    })
    const receivable = await showReceivable(database, COMPANY, 'F-1', noon('2026-04-30'))
    expect(receivable).toMatchObject({ open: '600.00', interest: { open: '8.00' } })
    const shown = await showCase(database, COMPANY, 'C-1', noon('2026-04-30'))
    expect(shown).toMatchObject({
      interest: [{ currency: 'MXN', open: '13.00' }],
      totals: [{ open: '1125.00' }],
    })
  })

  test('and never in the aging of anything but its notes', async () => {
    const database = await fresh({}, twoOverdue)
    await look(database, '2026-05-04')
    const total = async (asOf: LocalDate) => {
      const { currencies } = await agingAsOf(database, { company: COMPANY, asOf })
      return currencies[0]!.open.amount
    }
    expect(await total('2026-05-04')).toBe('1500.00')
    await charge(database, '2026-05-04')
    expect(await total('2026-05-04')).toBe('1546.00')
  })
})
