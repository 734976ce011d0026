import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { commandBooks } from '../../client/books.ts'
import { commandCase } from '../../client/cases.ts'
import { BadFile, BadRequest } from '../../client/failures.ts'
import { startLoad, waitForWakes, watchLoad } from '../../client/loads.ts'
import { shippedFile } from '../../config/paths.ts'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import type { Answer, CaseCommandName, CaseCommands } from '../../domain/command.ts'
import { profileSchema } from '../../domain/profile.ts'
import { Refusal } from '../../domain/refusal.ts'
import { upload } from '../../ledger/uploads.ts'
import type { ReceiptWork } from '../../workflows/receipt.messages.ts'
import type { Random } from '../domain/random.ts'
import type { FragileStack } from './stack.ts'

/** What clients do while servers die: load, pay, ask, each under a key of its own, and again until it is answered. */

type Asked = Pick<FragileStack, 'door' | 'database'>

export const CUSTOMERS = 40
const SITES = 3
const EACH = 50
const FILES = 4
/** Sent at the same time. */
const SENDERS = 12
const TRY_MS = 6_000
const PAUSE_MS = 250

const customerCode = (customer: number) => `C-${String(customer).padStart(2, '0')}`
const documentOf = (customer: number, n: number) => `D-${customer}-${n}`
const minorOf = (customer: number, n: number) => 100_00 + customer * 100 + n
const day = (days: number) => addDays(localDateOf(Date.now(), 'America/Mexico_City'), days)

export interface Sent {
  key: string
  kind: 'receipts' | 'reversal' | 'command'
  receipts: { number: string; minor: number }[]
  reverses: string | null
  /** Every answer it got: some are asked for twice at once. */
  answers: Answer[]
  refused: string | null
  tries: number
  lastError: string
}

/** Asks until there is an answer, as a client does that wants it: only a refusal is final. */
async function untilAnswered<T>(
  work: () => Promise<T>,
  failed: (error: unknown) => void = () => {},
  givenUp: () => boolean = () => false,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Refusal || error instanceof BadRequest || error instanceof BadFile) throw error
      failed(error)
      if (givenUp()) throw error
      await sleep(PAUSE_MS)
    }
  }
}

/** Loads 50 open items of each customer in several files at once, all but one site of each customer overdue. */
export async function loadPortfolio({ door, database }: Asked, customers = CUSTOMERS): Promise<number> {
  const profile = profileSchema.parse(
    parse(readFileSync(shippedFile('config', 'profiles', 'standard.yaml'), 'utf8')),
  )
  const header = 'customer,customer_name,document,currency,original,issued,due,site,email'
  const load = async (file: number) => {
    const lines = [header]
    for (let customer = file; customer < customers; customer += FILES)
      for (let n = 0; n < EACH; n++)
        lines.push(
          [
            customerCode(customer),
            `Customer ${customer}`,
            documentOf(customer, n),
            'MXN',
            (minorOf(customer, n) / 100).toFixed(2),
            day(-40),
            n % SITES === 0 ? day(10) : day(-2),
            `S${n % SITES}`,
            `c${customer}@example.com`,
          ].join(','),
        )
    const request = {
      content: Buffer.from(`${lines.join('\n')}\n`),
      fileName: `items-${file}.csv`,
      profile,
      kind: 'delta' as const,
      asOf: null,
      hold: false,
      actor: 'ana',
    }
    const { id } = await untilAnswered(() => startLoad(door, database, request))
    const report = await untilAnswered(() => watchLoad(door, database, id))
    await untilAnswered(() => door.client.withDeadline(Date.now() + TRY_MS, () => waitForWakes(door, id)))
    return report.created
  }
  const created = await Promise.all(Array.from({ length: FILES }, (_, file) => load(file)))
  return created.reduce((sum, n) => sum + n, 0)
}

export interface Traffic {
  sent: Sent[]
  /** Makes nothing new, and waits until all that was sent is answered, or the limit has passed. */
  finish(limitMs: number): Promise<void>
}

/** Payments and commands without end, by a seed: files of receipts, single ones, reversals, commands of the cases. */
export function startTraffic(stack: Asked, random: Random, prefix: string, customers = CUSTOMERS): Traffic {
  const { door, database } = stack
  const sent: Sent[] = []
  const paidUpTo = Array.from({ length: customers }, () => 0)
  let making = true
  let deadline = Number.POSITIVE_INFINITY
  let count = 0

  const payment = (number: string, customer: number) => {
    const n = paidUpTo[customer]!++
    const owed = minorOf(customer, n % EACH)
    const minor = random.chance(0.7) ? owed : random.int(1, owed + 50_00)
    return {
      number,
      customer: customerCode(customer),
      amount: { currency: 'MXN', minor },
      valueOn: day(-1),
      applications: random.chance(0.8) ? [{ document: documentOf(customer, n % EACH) }] : [],
    }
  }
  const csvOf = (receipts: ReturnType<typeof payment>[]) =>
    Buffer.from(
      [
        'receipt,currency,amount,value_on,customer,apply_to',
        ...receipts.map((r) =>
          [
            r.number,
            'MXN',
            (r.amount.minor / 100).toFixed(2),
            r.valueOn,
            r.customer,
            r.applications[0]?.document ?? '',
          ].join(','),
        ),
        '',
      ].join('\n'),
    )
  const command = (): [key: string, name: CaseCommandName, content: object] => {
    const customer = random.int(0, customers - 1)
    const n = random.int(0, EACH - 1)
    const document = documentOf(customer, n)
    const amount = { currency: 'MXN', minor: random.int(1, minorOf(customer, n)) }
    const name = random.pick([
      'logContact',
      'recordPromise',
      'pause',
      'openDispute',
      'announcePayment',
    ] as const)
    const contents = {
      logContact: { channel: 'phone', person: `Persona ${n}`, result: 'reached' },
      recordPromise: { documents: [document], instalments: [{ dueOn: day(5), amount }], madeBy: 'Sra. Peña' },
      pause: { document, to: day(3), why: 'acuerdo' },
      openDispute: { lines: [{ document, amount }], reason: 'quantity', owner: 'ventas' },
      announcePayment: { documents: [document], amount },
    }
    return [`${customerCode(customer)}:site:S${n % SITES}`, name, contents[name]]
  }

  const next = (): { one: Sent; ask: () => Promise<Answer> } => {
    const key = `${prefix}-${++count}`
    const one: Sent = {
      key,
      kind: 'receipts',
      receipts: [],
      reverses: null,
      answers: [],
      refused: null,
      tries: 0,
      lastError: '',
    }
    const asked = { actor: 'ana', key }
    const books = (work: ReceiptWork) => commandBooks(door, work, asked, TRY_MS)
    const kind = random.int(1, 100)
    const toReverse = sent.findLast((s) => s.kind === 'receipts' && s.answers.length > 0)?.receipts[0]
    if (kind <= 8 && toReverse && !sent.some((s) => s.reverses === toReverse.number)) {
      one.kind = 'reversal'
      one.reverses = toReverse.number
      const content = { receipt: toReverse.number, reason: 'bounced' as const, why: 'sin fondos' }
      return { one, ask: () => books({ name: 'reverse', content }) }
    }
    if (kind <= 60) {
      const payers = [random.int(0, customers - 1), random.int(0, customers - 1)]
      const receipts = Array.from({ length: kind <= 40 ? random.int(3, 12) : 1 }, (_, n) =>
        payment(`${key}-${n}`, random.pick(payers)),
      )
      one.receipts = receipts.map((r) => ({ number: r.number, minor: r.amount.minor }))
      if (receipts.length === 1)
        return { one, ask: () => books({ name: 'post', content: { receipts } as never }) }
      const file = csvOf(receipts)
      return {
        one,
        ask: async () =>
          books({ name: 'postFile', upload: await upload(database, file), fileName: `${key}.csv` }),
      }
    }
    one.kind = 'command'
    const [caseKey, name, content] = command()
    const patience = { tryMs: TRY_MS, tries: 1, pauseMs: PAUSE_MS }
    return {
      one,
      ask: () => commandCase(door, caseKey, name, content as CaseCommands[CaseCommandName], asked, patience),
    }
  }

  const sender = async () => {
    while (making) {
      const { one, ask } = next()
      sent.push(one)
      const carry = async () => {
        try {
          const answer = await untilAnswered(
            () => {
              one.tries++
              return ask()
            },
            (error) => {
              one.lastError = String(error)
            },
            () => Date.now() > deadline,
          )
          one.answers.push(answer)
        } catch (error) {
          if (error instanceof Refusal) one.refused = error.refusal
          else one.lastError = String(error)
        }
      }
      // A nervous client asks twice at once.
      await Promise.all(random.chance(0.1) ? [carry(), carry()] : [carry()])
    }
  }
  const senders = Array.from({ length: SENDERS }, sender)
  return {
    sent,
    async finish(limitMs) {
      making = false
      deadline = Date.now() + limitMs
      await Promise.all(senders)
    },
  }
}
