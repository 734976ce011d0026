import { addDays } from '../../domain/calendar.ts'
import type {
  CaseCommandName,
  CaseCommands,
  ReceiptCommandName,
  ReceiptCommands,
} from '../../domain/command.ts'
import type { DecisionCommandName, DecisionCommands } from '../../domain/decisionCommand.ts'
import type { ReceivableKind } from '../../domain/openItem.ts'
import { publishPolicies } from '../setup/policies.ts'
import type { Act, Happening } from './acts.ts'
import { policyWith } from './policy.ts'
import { itemTold, load, openItem, release, snapshot, tell, told } from './source.ts'
import type { World } from './world.ts'

/** What people and systems do: each act becomes the command that a client would send. */

interface Doc {
  document: string
  key: string
  customer: string
  payer: string
  kind: ReceivableKind
  currency: string
  open: number
  closed: boolean
}

const docsOf = (world: World, documents: string[]): Promise<Doc[]> =>
  world.sql.rows<Doc>(
    `SELECT r.document, k.key, c.code AS customer, p.code AS payer, r.kind, r.currency, abs(a.balance_minor)::float8 AS open, r.closed_as IS NOT NULL AS closed
     FROM unnest($2::text[]) WITH ORDINALITY AS wanted(document, place) JOIN receivable r ON r.company = $1 AND r.document = wanted.document
     JOIN collection_case k ON k.id = r.case_id JOIN customer c ON c.id = r.customer_id JOIN payer p ON p.id = c.payer_id
     JOIN account a ON a.receivable_id = r.id ORDER BY wanted.place`,
    [world.company, documents],
  )

/** Those of the currency of the first: a person doesn't promise dollars and pesos in one breath. */
const ofOneCurrency = (docs: Doc[]): Doc[] => docs.filter((d) => d.currency === docs[0]!.currency)

/** What an act came to: null when its subject isn't there. */
export type Carried = { command: () => Promise<unknown>; says: string } | null

export async function carry(world: World, { no, act, again }: Happening): Promise<Carried> {
  const today = world.today()
  const asCase = <N extends CaseCommandName>(
    key: string,
    name: N,
    content: CaseCommands[N],
    made?: string,
  ): Carried => ({
    command: async () => {
      const answer = await world.command(key, name, content, `act-${no}`, again)
      if (made) world.labels.set(no, { id: answer.result[made] as number, key })
    },
    says: `${name} ${asTold(content)}`,
  })
  const asBooks = <N extends ReceiptCommandName>(name: N, content: ReceiptCommands[N]): Carried => ({
    command: () => world.book(name, content, `act-${no}`, again),
    says: `${name} ${asTold(content)}`,
  })
  const asDecision = <N extends DecisionCommandName>(name: N, content: DecisionCommands[N]): Carried => ({
    command: () => world.decide(name, content, `act-${no}`, again),
    says: `${name} ${asTold(content)}`,
  })
  switch (act.kind) {
    case 'chargeInterest':
      return asDecision('chargeInterest', { customer: act.customer })
    case 'waiveInterest':
      return asDecision('waiveInterest', {
        customer: act.customer,
        share: { percent: String(act.percent) },
        why: 'x',
      })
    case 'fee': {
      const [doc] = await docsOf(world, [act.document])
      if (!doc) return null
      const amount = { currency: doc.currency, minor: act.minor }
      return asDecision('addFee', { customer: doc.customer, document: act.document, amount, why: 'x' })
    }
    case 'load':
      return {
        command: () =>
          load(world, no, {
            kind: act.initial ? 'initial' : 'delta',
            asOf: null,
            rows: act.items.map((item, index) => openItem(world, item, index + 2)),
            hold: act.hold,
          }),
        says: `load${act.initial ? ' (initial)' : ''}${act.hold ? ' (held)' : ''} ${act.items.map(itemTold).join(', ')}`,
      }
    case 'restate':
    case 'movePayer':
    case 'present': {
      const row = await told(world, act)
      if (!row) return null
      const { openMinor, dueOn, presentedOn, customer } = row
      const says = `load ${act.document} again: open ${openMinor} due ${dueOn} presented ${presentedOn} payer ${customer.payer}`
      return { command: () => tell(world, no, row), says }
    }
    case 'snapshot': {
      const says = `snapshot of ${act.daysBack} days ago without ${act.lacks.join(', ')}`
      return { command: () => snapshot(world, no, act), says }
    }
    case 'closeBooks':
      return { command: () => world.closeBooks(act.daysBack), says: `close books ${act.daysBack} days ago` }
    case 'release':
      return { command: () => release(world, act.load), says: `release load ${act.load}` }
    case 'receipt': {
      const docs = ofOneCurrency(await docsOf(world, act.documents))
      const open = docs.reduce((sum, d) => sum + d.open, 0)
      const minor = Math.floor((open * act.percent) / 100)
      if (minor <= 0) return null
      const party =
        act.named === 'customer'
          ? { customer: docs[0]!.customer }
          : act.named === 'payer'
            ? { payer: docs[0]!.payer }
            : {}
      const applications = act.apply ? docs.map((d) => ({ document: d.document })) : []
      const valueOn = addDays(world.companyToday(), -act.daysBack)
      const amount = { currency: docs[0]!.currency, minor }
      return asBooks('post', { receipts: [{ number: act.number, ...party, amount, valueOn, applications }] })
    }
    case 'apply':
      return asBooks('apply', {
        receipt: act.receipt,
        applications: act.documents.map((document) => ({ document })),
      })
    case 'reverse':
      return asBooks('reverse', {
        receipt: act.receipt,
        reason: act.bounced ? 'bounced' : 'misposted',
        why: 'x',
      })
    case 'applyCredit':
      return asBooks('applyCredit', { credit: act.credit, applications: [{ document: act.document }] })
    case 'promise': {
      const docs = ofOneCurrency((await docsOf(world, act.documents)).filter((d) => !d.closed))
      if (docs.length === 0) return null
      const open = docs.reduce((sum, d) => sum + d.open, 0)
      const each = Math.floor((open * act.percent) / 100 / act.days.length)
      if (each <= 0) return null
      const terms = {
        documents: docs.map((d) => d.document),
        instalments: act.days.map((day) => ({
          dueOn: addDays(today, day),
          amount: { currency: docs[0]!.currency, minor: each },
        })),
        madeBy: 'who pays',
      }
      if (act.replaces === null) return asCase(docs[0]!.key, 'recordPromise', terms, 'promise')
      const before = world.labels.get(act.replaces)
      return before
        ? asCase(docs[0]!.key, 'replacePromise', { ...terms, promise: before.id, why: 'x' }, 'promise')
        : null
    }
    case 'announce': {
      const docs = ofOneCurrency((await docsOf(world, act.documents)).filter((d) => !d.closed))
      const minor = Math.floor((docs.reduce((sum, d) => sum + d.open, 0) * act.percent) / 100)
      if (minor <= 0) return null
      const amount = { currency: docs[0]!.currency, minor }
      return asCase(
        docs[0]!.key,
        'announcePayment',
        { documents: docs.map((d) => d.document), amount, days: act.days },
        'announcement',
      )
    }
    case 'publish':
      return { command: () => publish(world, act), says: `publish policy ${asTold(act.changes)}` }
    default:
      return carryOnOne(world, no, act, asCase)
  }
}

type AsCase = <N extends CaseCommandName>(
  key: string,
  name: N,
  content: CaseCommands[N],
  made?: string,
) => Carried

/** Acts about one document, one customer or one agreement. */
async function carryOnOne(world: World, no: number, act: Act, asCase: AsCase): Promise<Carried> {
  const [doc] = 'document' in act && act.document !== null ? await docsOf(world, [act.document]) : []
  if ('document' in act && act.document !== null && !doc) return null
  const percent = (of: number) => ({
    currency: doc!.currency,
    minor: Math.max(1, Math.floor((doc!.open * of) / 100)),
  })
  const made = (label: number) => world.labels.get(label)
  switch (act.kind) {
    case 'credit':
      return asCase(doc!.key, 'credit', {
        document: act.document,
        number: act.number,
        amount: percent(act.percent),
        why: 'x',
      })
    case 'dispute':
      return asCase(
        doc!.key,
        'openDispute',
        {
          lines: [{ document: act.document, amount: percent(act.percent) }],
          reason: 'quantity',
          owner: 'sales',
        },
        'dispute',
      )
    case 'writeOff':
      return asCase(doc!.key, 'writeOff', { document: act.document, why: 'x' })
    case 'cancel':
      return asCase(doc!.key, 'cancel', { document: act.document, why: 'x' })
    case 'replace': {
      const today = world.today()
      const by = {
        document: act.by,
        amount: percent(act.percent),
        issuedOn: today,
        dueOn: addDays(today, act.dueInDays),
      }
      return asCase(doc!.key, 'replace', {
        document: act.document,
        by,
        why: act.ours ? 'our_error' : 'customer_request',
      })
    }
    case 'withdraw': {
      const promise = made(act.promise)
      return promise
        ? asCase(promise.key, 'withdrawPromise', {
            promise: promise.id,
            why: 'x',
            supplierError: act.supplierError,
          })
        : null
    }
    case 'withdrawAnnouncement': {
      const announced = made(act.announcement)
      return announced
        ? asCase(announced.key, 'withdrawAnnouncement', { announcement: announced.id, why: 'x' })
        : null
    }
    case 'resolve': {
      const dispute = made(act.dispute)
      return dispute
        ? asCase(dispute.key, 'resolveDispute', {
            dispute: dispute.id,
            outcome: act.outcome,
            ...(act.outcome === 'credit_note' ? { number: `NC-D${dispute.id}` } : {}),
            why: 'x',
          })
        : null
    }
    case 'resume': {
      const pause = made(act.pause)
      return pause ? asCase(pause.key, 'resume', { pause: pause.id, why: 'x' }) : null
    }
    default:
      return carryOnCustomer(world, no, act, doc, asCase)
  }
}

async function carryOnCustomer(
  world: World,
  no: number,
  act: Act,
  doc: Doc | undefined,
  asCase: AsCase,
): Promise<Carried> {
  if (!('customer' in act)) return null
  const key = doc?.key ?? (await world.caseOf(act.customer))
  if (key === null) return null
  switch (act.kind) {
    case 'pause': {
      const from = addDays(world.today(act.customer), act.inDays)
      const what = act.document === null ? {} : { document: act.document }
      return asCase(key, 'pause', { ...what, from, to: addDays(from, act.days), why: 'x' }, 'pause')
    }
    case 'adopt':
      return asCase(key, 'adoptPolicy', act.document === null ? {} : { documents: [act.document] })
    case 'regroup':
      return asCase(key, 'regroup', {})
    case 'talk': {
      const task = act.task ? await world.openTask(act.customer, ['call', 'visit']) : null
      if (act.task && !task) return null
      const of = task ? { task: task.id } : {}
      const channel = task?.kind === 'visit' ? 'visit' : 'phone'
      const result = act.reached ? 'reached' : 'no_answer'
      return asCase(task?.key ?? key, 'logContact', { ...of, channel, person: 'x', result })
    }
    case 'closeTask': {
      const task = await world.openTask(act.customer, [act.task])
      return task ? asCase(task.key, 'closeTask', { task: task.id, why: 'x' }) : null
    }
    case 'resolveException': {
      const found = await world.openException(act.customer)
      return found ? asCase(key, 'resolveException', { exception: found.id, why: 'x' }) : null
    }
    case 'addContact': {
      const email = act.mends ? `${act.customer.toLowerCase()}.0@example.com` : `new.${no}@example.com`
      return asCase(key, 'addContact', { name: 'x', email })
    }
    default:
      return null
  }
}

async function publish(world: World, act: Act & { kind: 'publish' }): Promise<void> {
  world.policies.push({ from: world.now, policy: act.changes })
  await world.again(() =>
    publishPolicies(world.database, world.company, [policyWith(act.changes)], 'ana', world.now),
  )
  // Nobody is told: the sweep finds the cases within its minute.
  await world.sweep()
}

const asTold = (content: object): string =>
  JSON.stringify(content).replaceAll(/["{}]/g, '').replaceAll(/[:,]/g, '$& ')
