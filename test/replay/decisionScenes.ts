import { commandDecision } from '../../client/decisions.ts'
import { makeEvidence } from '../../client/statements.ts'
import { instantOf } from '../../domain/calendar.ts'
import { contentHash } from '../../ledger/commands.ts'
import { type DecisionWork, decisionWorkflowId } from '../../workflows/decision.messages.ts'
import { evidenceWorkflowId } from '../../workflows/statement.messages.ts'
import { type Engine, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'
import type { Keep } from './keep.ts'

/** What the workflows live through that need somebody's authority. */
export const decisionScenes: Record<string, (keep: Keep) => Promise<void>> = {
  'decision.putAside approval.escalated': escalated,
  'order.conditional': ordered,
  'creditLine.temporary guarantee.lapsed': lapsed,
  'negotiation.lapsed': talked,
  'placement.recalled evidence.made': placed,
}

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })
const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')
type Decide = (work: DecisionWork, actor?: string, key?: string) => ReturnType<typeof commandDecision>

/** One customer with an item of 1,000 that is due on 10 January 2040, at noon of the 9th. */
async function onEngine(
  approvals: object,
  work: (engine: Engine, decide: Decide) => Promise<void>,
): Promise<void> {
  const ledger = await freshLedger([testPolicy({ approvals })])
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await seedTeam(ledger.database)
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-10' }], await engine.now())
  let keys = 0
  await work(engine, (wanted, actor = 'ana', key = `decision-${++keys}`) =>
    commandDecision({ client: engine.client, company: COMPANY }, wanted, { actor, key }),
  )
}

const nobodyAsked = { matrix: [{ kinds: ['credit_line', 'guarantee', 'order_release'], levels: [] }] }
const ended = (engine: Engine, workflowId: string) => engine.client.workflow.getHandle(workflowId).result()

async function escalated(keep: Keep): Promise<void> {
  await onEngine({}, async (engine, decide) => {
    const receipt = { number: 'R-1', customer: 'C-1', amount: pesos(1000), valueOn: '2040-01-09' }
    const asked = { name: 'postContingency', content: { receipt, why: 'x' } } as const
    await decide(asked, 'ana', 'ask-1')
    const key = `ask-1:${contentHash(asked.name, asked.content).slice(0, 16)}`
    await keep(engine.client, { name: 'decision.putAside', workflowId: decisionWorkflowId(COMPANY, key) })
    await engine.until(noon('2040-01-12'))
    await decide({ name: 'decideApproval', content: { approval: 1, agrees: true, why: 'x' } }, 'mario')
    await engine.until(noon('2040-01-13'))
    await ended(engine, `approval:${COMPANY}:1`)
    await keep(engine.client, { name: 'approval.escalated', workflowId: `approval:${COMPANY}:1` })
  })
}

async function ordered(keep: Keep): Promise<void> {
  await onEngine(nobodyAsked, async (engine, decide) => {
    await decide({ name: 'requestLine', content: { customer: 'C-1', amount: pesos(1000), why: 'x' } })
    const order = 'SO-1'
    await decide({ name: 'checkOrder', content: { order, customer: 'C-1', amount: pesos(600) } })
    await decide({
      name: 'releaseConditionally',
      content: { order, amount: pesos(500), by: at('2040-01-11', '17:00'), why: 'x' },
    })
    await engine.until(at('2040-01-11', '16:40'))
    const payment = { number: 'R-1', customer: 'C-1', amount: pesos(1000), valueOn: '2040-01-11' }
    await engine.book({
      name: 'post',
      content: { receipts: [{ ...payment, applications: [{ document: 'F-1' }] }] },
    })
    await engine.until(noon('2040-01-12'))
    await decide({ name: 'shipOrder', content: { order } })
    await decide({ name: 'cancelOrder', content: { order, why: 'x' } }).catch(() => {})
    await engine.until(noon('2040-01-13'))
    await keep(engine.client, { name: 'order.conditional', workflowId: `order:${COMPANY}:SO-1` })
  })
}

async function lapsed(keep: Keep): Promise<void> {
  await onEngine(nobodyAsked, async (engine, decide) => {
    const why = 'x'
    await decide({
      name: 'requestTemporaryLimit',
      content: { customer: 'C-1', amount: pesos(1000), to: '2040-01-31', why },
    })
    await decide({
      name: 'registerGuarantee',
      content: {
        customer: 'C-1',
        kind: 'deposit',
        reference: 'D-1',
        givenBy: 'Banco',
        amount: pesos(5000),
        to: '2040-02-18',
        why,
      },
    })
    await engine.until(noon('2040-02-20'))
    for (const [kind, name] of [
      ['creditLine', 'creditLine.temporary'],
      ['guarantee', 'guarantee.lapsed'],
    ] as const)
      await keep(engine.client, { name, workflowId: `${kind}:${COMPANY}:1` })
  })
}

async function talked(keep: Keep): Promise<void> {
  await onEngine(nobodyAsked, async (engine, decide) => {
    await decide({
      name: 'proposeNegotiation',
      content: {
        customer: 'C-1',
        documents: ['F-1'],
        person: 'Laura Peña',
        offer: { instalments: [{ dueOn: '2040-01-31', amount: pesos(1000) }] },
      },
    })
    await engine.until(noon('2040-03-01'))
    await ended(engine, `negotiation:${COMPANY}:1`)
    await keep(engine.client, { name: 'negotiation.lapsed', workflowId: `negotiation:${COMPANY}:1` })
  })
}

async function placed(keep: Keep): Promise<void> {
  await onEngine({}, async (engine, decide) => {
    await decide({
      name: 'registerAgency',
      content: { code: 'norte', name: 'Norte', email: 'casos@norte.example', people: ['nora'] },
    })
    await engine.until(noon('2040-01-27'))
    await decide({ name: 'requestPlacement', content: { customer: 'C-1', kind: 'agency', why: 'x' } })
    await decide({ name: 'decideApproval', content: { approval: 1, agrees: true, why: 'x' } }, 'sofía')
    await decide({ name: 'acceptPlacement', content: { placement: 1 } }, 'nora')
    await makeEvidence({ client: engine.client, company: COMPANY }, 1, 'ana')
    await keep(engine.client, { name: 'evidence.made', workflowId: evidenceWorkflowId(COMPANY, 1, 'ana') })
    await engine.until(noon('2040-02-15'))
    const payment = { number: 'R-1', customer: 'C-1', amount: pesos(1000), valueOn: '2040-02-15' }
    await engine.book({
      name: 'post',
      content: { receipts: [{ ...payment, applications: [{ document: 'F-1' }] }] },
    })
    await engine.until(noon('2040-02-25'))
    await keep(engine.client, { name: 'placement.recalled', workflowId: `placement:${COMPANY}:1` })
  })
}
