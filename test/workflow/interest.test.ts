import { expect, test } from 'vitest'
import { commandDecision } from '../../client/decisions.ts'
import { showInterest } from '../../ledger/interest/show.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'

/** 0.1 % a day: 1,000.00 bears 1.00. */
const interest = { rates: [{ from: '2040-01-01', percent: '36' }], note_due_days: 5 }

test('paid late: what accrued is charged by a note, which is reminded of, half of it waived and the rest paid', async () => {
  const ledger = await freshLedger([testPolicy({ interest, tolerance: {} })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  const { database } = ledger
  await seedTeam(database)
  const door = { client: engine.client, company: COMPANY }
  const decide = (work: Parameters<typeof commandDecision>[1], actor = 'ana') =>
    commandDecision(door, work, { actor, key: `${actor} ${work.name}` })
  await loadItems(database, [{ document: 'F-1', amount: 1000, due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')

  // The month ends while everybody sleeps; the rest comes with the payment.
  await engine.until(noon('2040-02-02'))
  await engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number: 'R-1',
          customer: 'C-1',
          amount: { currency: 'MXN', minor: 100_000 },
          valueOn: '2040-02-01',
          applications: [{ document: 'F-1' }],
        },
      ],
    },
  })
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')
  await engine.until(noon('2040-02-08'))
  const charged = await decide({ name: 'chargeInterest', content: { customer: 'C-1' } })
  expect(charged.result).toMatchObject({
    notes: [{ document: 'INT-C-1-1', amount: '22.00', dueOn: '2040-02-13' }],
  })

  await engine.until(noon('2040-02-15'))
  const asked = await decide({
    name: 'waiveInterest',
    content: {
      customer: 'C-1',
      lines: [{ document: 'INT-C-1-1' }],
      share: { percent: '50' },
      why: 'first time late',
    },
  })
  const yes = await decide(
    {
      name: 'decideApproval',
      content: { approval: Number(asked.result.approval), agrees: true, why: 'a good customer' },
    },
    'sofía',
  )
  expect(yes.result).toMatchObject({ state: 'approved', done: { amount: '11.00' } })
  await engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number: 'R-2',
          customer: 'C-1',
          amount: { currency: 'MXN', minor: 1_100 },
          valueOn: '2040-02-15',
          applications: [{ document: 'INT-C-1-1' }],
        },
      ],
    },
  })
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')

  expect((await engine.diary('F-1')).filter((line) => !line.includes('task'))).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-18 reminder sent',
    '2040-01-25 reminder sent',
    '2040-02-01 interest accrued',
    '2040-02-02 receipt posted',
    '2040-02-02 interest accrued',
    '2040-02-08 interest charged',
  ])
  expect((await engine.diary('INT-C-1-1')).filter((line) => !line.includes('task'))).toEqual([
    '2040-02-08 interest charged',
    '2040-02-14 reminder sent',
    '2040-02-15 approval requested',
    '2040-02-15 approval given',
    '2040-02-15 interest waived',
    '2040-02-15 receipt posted',
  ])
  const mails = (await engine.mails()).map((mail) => mail.text ?? '')
  // 15 days on the 25th, beside what is asked for.
  expect(mails[2]).toMatch(
    /Importe a pagar: \$1,000\.00 MXN\s+Intereses y cargos a la fecha \(no incluidos\): \$15\.00 MXN/,
  )
  expect(mails[3]).toContain('$22.00')
  expect(await showInterest(database, COMPANY, 'C-1', '2040-02-20', ['F-1'])).toMatchObject({
    receivables: [{ interest: '22.00', charged: '22.00', open: '0.00' }],
    notes: [{ document: 'INT-C-1-1', open: '0.00' }],
  })
})
