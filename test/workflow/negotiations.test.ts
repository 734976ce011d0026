import { expect, test } from 'vitest'
import { commandDecision } from '../../client/decisions.ts'
import { instantOf } from '../../domain/calendar.ts'
import type { DecisionWork } from '../../workflows/decision.messages.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'

/* January 2040: the 9th is a Monday; Monday, 6 February, is a holiday. */

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

let keys = 0
const decide = (engine: Engine, work: DecisionWork, actor = 'ana') =>
  commandDecision({ client: engine.client, company: COMPANY }, work, { actor, key: `negotiation-${++keys}` })
const pay = (engine: Engine, number: string, amount: number, documents: string[], valueOn: string) =>
  engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number,
          customer: 'C-1',
          amount: pesos(amount),
          valueOn,
          applications: documents.map((document) => ({ document })),
        },
      ],
    },
  })
const whose = { customer: 'C-1', person: 'Sra. Peña' }

async function begun(policy = testPolicy(), amount = 1000) {
  const ledger = await freshLedger([policy])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await loadItems(ledger.database, [{ document: 'F-1', amount, due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.until(noon('2040-01-12'))
  return { ledger, engine }
}

test('the supervisors are silent, the manager agrees: three instalments, the last of them in May', {
  timeout: 120_000,
}, async () => {
  const { ledger, engine } = await begun(
    testPolicy({
      approvals: {
        matrix: [{ kinds: ['negotiation'], levels: [{ role: 'supervisor' }], escalate_to: 'manager' }],
      },
    }),
  )
  await seedTeam(ledger.database)
  await decide(engine, {
    name: 'proposeNegotiation',
    content: {
      ...whose,
      documents: ['F-1'],
      offer: {
        instalments: [
          { dueOn: '2040-01-20', amount: pesos(400) },
          { dueOn: '2040-03-15', amount: pesos(300) },
          { dueOn: '2040-05-15', amount: pesos(300) },
        ],
      },
    },
  })
  const { result } = await decide(engine, {
    name: 'submitNegotiation',
    content: { ...whose, negotiation: 1, why: 'their client pays in May' },
  })
  expect(result).toMatchObject({ approval: 1, waitsFor: ['samuel', 'sofía'] })
  // Eight working hours without an answer.
  await engine.until(noon('2040-01-16'))
  await decide(
    engine,
    { name: 'decideApproval', content: { approval: 1, agrees: true, why: 'a good customer' } },
    'mario',
  )
  await engine.until(noon('2040-01-20'))
  await pay(engine, 'R-1', 400, ['F-1'], '2040-01-20')
  await engine.until(noon('2040-03-15'))
  await pay(engine, 'R-2', 300, ['F-1'], '2040-03-15')
  await engine.until(noon('2040-05-14'))
  await pay(engine, 'R-3', 300, ['F-1'], '2040-05-14')
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-12 negotiation proposed',
    '2040-01-12 approval requested',
    '2040-01-12 approval reminded',
    '2040-01-13 approval escalated',
    '2040-01-13 approval reminded',
    '2040-01-16 approval reminded',
    '2040-01-16 approval given',
    '2040-01-16 negotiation agreed',
    '2040-01-20 receipt posted',
    '2040-03-15 receipt posted',
    '2040-05-14 receipt posted',
    '2040-05-14 promise kept',
    '2040-05-14 negotiation fulfilled',
  ])
  // One reminder before it, none since: all of it was agreed.
  expect(
    (await engine.mails()).filter((mail) => JSON.stringify(mail.to).includes('c-1@example.com')),
  ).toHaveLength(1)
})

test('an offer lapses after a counter-offer that nobody took up, and the ladder goes on', async () => {
  const { engine } = await begun()
  await decide(engine, {
    name: 'proposeNegotiation',
    content: { ...whose, documents: ['F-1'], offer: { discount: { percent: '3', paidBy: '2040-01-20' } } },
  })
  await engine.until(noon('2040-01-17'))
  await decide(engine, {
    name: 'counterOffer',
    content: {
      ...whose,
      negotiation: 1,
      by: 'customer',
      offer: { discount: { percent: '20', paidBy: '2040-02-20' } },
      validThrough: '2040-01-24',
    },
  })
  await engine.until(at('2040-01-26', '10:00'))
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-12 negotiation proposed',
    '2040-01-17 negotiation countered',
    '2040-01-25 negotiation lapsed',
    // Its day was the 18th.
    '2040-01-26 reminder sent',
  ])
})

test('paid with its discount; the payment bounces, the discount comes back, and the ladder goes on where it stopped', async () => {
  const { ledger, engine } = await begun(
    testPolicy({ approvals: { matrix: [{ kinds: ['negotiation'], levels: [] }] } }),
  )
  await decide(engine, {
    name: 'proposeNegotiation',
    content: { ...whose, documents: ['F-1'], offer: { discount: { percent: '5', paidBy: '2040-01-20' } } },
  })
  await decide(engine, {
    name: 'submitNegotiation',
    content: { ...whose, negotiation: 1, why: 'they have the money' },
  })
  await engine.until(noon('2040-01-19'))
  await pay(engine, 'R-1', 950, ['F-1'], '2040-01-19')
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')
  await engine.until(noon('2040-01-23'))
  await engine.book({ name: 'reverse', content: { receipt: 'R-1', reason: 'bounced', why: 'no funds' } })
  await engine.until(at('2040-01-30', '10:00'))
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-09 loaded',
    '2040-01-11 reminder sent',
    '2040-01-12 negotiation proposed',
    '2040-01-12 negotiation agreed',
    '2040-01-19 receipt posted',
    '2040-01-19 promise kept',
    '2040-01-19 negotiation fulfilled',
    '2040-01-23 promise broken',
    '2040-01-23 receipt reversed',
    '2040-01-23 negotiation broken',
    '2040-01-23 call task opened',
    '2040-01-23 reminder sent',
    '2040-01-30 reminder sent',
  ])
  // All of it is asked for.
  expect((await engine.mails()).at(-1)?.text).toContain('$1,000.00')
  expect(await ledger.database.rows(`SELECT subject FROM task WHERE kind = 'call'`)).toEqual([
    { subject: 'broken agreement 1' },
  ])
})
