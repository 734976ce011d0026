import { expect, test } from 'vitest'
import { assess } from '../../ledger/assess.ts'
import { markSent } from '../../ledger/attempts.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { COMPANY, calendars, freshLedger, writing } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const sender = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }

test('an overdue receivable is reminded once: assess plans it, the claim stores it, sent is sent', async () => {
  const { database } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-03-02' }], noon('2026-03-03'))
  const plan = await assess(database, calendars, COMPANY, 'C-1', noon('2026-03-03'))
  expect(plan.intents).toHaveLength(1)
  expect(plan.shown).toMatchObject({ customer: 'C-1', stage: 'overdue', open: 1 })
  const again = await assess(database, calendars, COMPANY, 'C-1', noon('2026-03-03'))
  expect(again.intents).toEqual(plan.intents)
  const doing = { company: COMPANY, actor: 'cartera', now: noon('2026-03-03') }
  const claim = await claimMessage(
    database,
    calendars,
    doing,
    plan.intents[0]!.id,
    sender,
    writing(async (notice) => Buffer.from(JSON.stringify(notice.sections[0]!.items.map((i) => i.document)))),
  )
  expect(claim).toMatchObject({ kind: 'send', recipient: 'c-1@example.com' })
  await markSent(database, calendars, doing, plan.intents[0]!.id, '250 OK')
  const after = await assess(database, calendars, COMPANY, 'C-1', noon('2026-03-03'))
  expect(after.intents).toEqual([])
  expect(new Date(after.nextAt!).toISOString()).toBe('2026-03-10T15:00:00.000Z')
})
