import { addDays, instantOf, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import type { Random } from '../domain/random.ts'
import type { Act, ActKind, Happening, Item, Party, Script } from './acts.ts'
import { drawFile, drawItem } from './files.ts'
import { drawPolicy } from './policy.ts'

const HOME = 'America/Mexico_City'
export const MONTHS = 3

const drawn = <K>(weights: [K, number][]): K[] =>
  weights.flatMap(([kind, weight]) => Array<K>(weight).fill(kind))

/** What happens of itself, and how often. */
const BEGINNINGS = drawn<ActKind>([
  ['receipt', 9],
  ['credit', 3],
  ['promise', 9],
  ['announce', 5],
  ['dispute', 5],
  ['pause', 5],
  ['writeOff', 1],
  ['cancel', 1],
  ['replace', 3],
  ['restate', 4],
  ['snapshot', 3],
  ['movePayer', 2],
  ['present', 2],
  ['closeBooks', 1],
  ['resolveException', 2],
  ['publish', 2],
  ['adopt', 2],
  ['regroup', 2],
  ['talk', 3],
  ['closeTask', 4],
  ['addContact', 3],
  ['mail', 8],
  ['crash', 5],
  ['outage', 2],
  ['wakesLost', 2],
  ['holiday', 2],
  ['release', 1],
])

/** What follows from what happened before, and after which kind of act. */
const FOLLOWING = drawn<[ActKind, ActKind]>([
  [['receipt', 'promise'], 6],
  [['receipt', 'announce'], 4],
  [['apply', 'receipt'], 6],
  [['reverse', 'receipt'], 6],
  [['applyCredit', 'credit'], 4],
  [['promise', 'promise'], 2],
  [['withdraw', 'promise'], 2],
  [['withdrawAnnouncement', 'announce'], 2],
  [['resolve', 'dispute'], 5],
  [['resume', 'pause'], 4],
])

/** Writes the acts of a script, one after the other, in no order of time. */
export class Writer {
  #script: Script
  #random: Random
  #documents: { document: string; customer: string; from: LocalDate; credit: boolean }[] = []

  constructor(script: Script, random: Random) {
    this.#script = script
    this.#random = random
  }

  load(day: number): void {
    const { int, pick, chance } = this.#random
    const on = addDays(this.#script.startsOn, day)
    const initial = chance(0.3)
    const items = this.#script.parties.flatMap((party) =>
      Array.from({ length: int(1, day === 0 ? 3 : 2) }, () => this.#item(party, on, initial)),
    )
    const hold = chance(0.1)
    const load = this.#add(on, { kind: 'load', items, hold, initial }, pick(['08:10', '11:30', '20:00']))
    if (hold) this.#add(addDays(on, int(1, 9)), { kind: 'release', load }, '10:00')
  }

  #item(party: Party, on: LocalDate, initial: boolean): Item {
    const document = `F-${party.code.slice(2)}-${this.#documents.length + 1}`
    const item = drawItem(this.#random, party, document, on, initial)
    this.#documents.push({
      document,
      customer: party.code,
      from: on,
      credit: item.kind === 'on_account_credit',
    })
    return item
  }

  /** One act of a random kind on a random day, early enough that something can follow from it. */
  begin(): void {
    const { int, pick } = this.#random
    const on = addDays(this.#script.startsOn, int(0, MONTHS * 30 - 20))
    const act = this.#beginning(pick(BEGINNINGS), on)
    if (act) this.#add(on, act, this.#clock())
  }

  /** One act that follows from an earlier one, some days after it. */
  follow(): void {
    const { int, pick } = this.#random
    const [kind, after] = pick(FOLLOWING)
    const found = this.#script.happenings.filter((h) => h.act.kind === after)
    if (found.length === 0) return
    const before = pick(found)
    const act = this.#following(kind, before)
    if (act) this.#add(addDays(localDateOf(before.at, HOME), int(0, 12)), act, this.#clock())
  }

  #clock(): string {
    const { int, pick } = this.#random
    const hour = pick([9, 10, 11, 12, 13, 15, 17, 18, 22, 3])
    return `${String(hour).padStart(2, '0')}:${String(int(0, 59)).padStart(2, '0')}`
  }

  #add(on: LocalDate, act: Act, clock: string): number {
    const no = this.#script.happenings.length + 1
    const again = this.#random.chance(0.15)
    this.#script.happenings.push({ no, at: instantOf(on, clock, HOME), act, again })
    return no
  }

  get #no(): number {
    return this.#script.happenings.length + 1
  }

  /** Documents that a customer, or who pays for it, owes on a day. */
  #debits(on: LocalDate): { document: string; customer: string }[] {
    return this.#documents.filter((d) => d.from <= on && !d.credit)
  }

  #payerOf = (customer: string): string => this.#script.parties.find((p) => p.code === customer)!.payer

  #receipt(documents: string[], customer: string): Act {
    const { pick, chance } = this.#random
    return {
      kind: 'receipt',
      number: `R-${this.#no}`,
      named: pick(['customer', 'customer', 'payer', 'nobody']),
      customer,
      documents,
      percent: pick([100, 100, 100, 97, 50, 20, 150]),
      apply: chance(0.5),
      daysBack: pick([0, 0, 1, 3, 9]),
    }
  }

  #promise(documents: string[], replaces: number | null): Act {
    const { int, pick, chance } = this.#random
    const first = int(0, 20)
    const days = chance(0.3) ? [first, first + int(1, 9)] : [first]
    return { kind: 'promise', documents, percent: pick([100, 100, 100, 60]), days, replaces }
  }

  #following(kind: ActKind, { no, act }: Happening): Act | null {
    const { pick, chance } = this.#random
    const documents = 'documents' in act ? act.documents : []
    const customer = this.#documents.find((d) => d.document === documents[0])?.customer ?? ''
    switch (kind) {
      case 'receipt':
        return this.#receipt(documents, customer)
      case 'promise':
        return this.#promise(documents, no)
      case 'apply':
        return act.kind === 'receipt' ? { kind, receipt: act.number, documents } : null
      case 'reverse':
        return act.kind === 'receipt' ? { kind, receipt: act.number, bounced: chance(0.6) } : null
      case 'applyCredit': {
        if (act.kind !== 'credit') return null
        const { customer: of } = this.#documents.find((d) => d.document === act.document)!
        const targets = this.#documents.filter((d) => d.customer === of && !d.credit)
        return { kind, credit: act.number, document: pick(targets).document }
      }
      case 'withdraw':
        return { kind, promise: no, supplierError: chance(0.3) }
      case 'withdrawAnnouncement':
        return { kind, announcement: no }
      case 'resolve':
        return { kind, dispute: no, outcome: pick(['credit_note', 'rejected', 'withdrawn'] as const) }
      case 'resume':
        return { kind, pause: no }
      default:
        return null
    }
  }

  #beginning(kind: ActKind, on: LocalDate): Act | null {
    const { int, pick, chance } = this.#random
    const debits = this.#debits(on)
    if (debits.length === 0) return null
    const { document, customer } = pick(debits)
    const partner = pick(debits.filter((d) => this.#payerOf(d.customer) === this.#payerOf(customer)))
    const sibling = pick(debits.filter((d) => d.customer === customer))
    const with2nd = (other: { document: string }) =>
      chance(0.35) ? [...new Set([document, other.document])] : [document]
    switch (kind) {
      case 'receipt':
        return this.#receipt(with2nd(partner), customer)
      case 'credit': {
        const number = `N-${this.#no}`
        this.#documents.push({ document: number, customer, from: addDays(on, 1), credit: true })
        return { kind, document, number, percent: pick([30, 100, 140, 200]) }
      }
      case 'promise':
        return this.#promise(with2nd(sibling), null)
      case 'announce':
        return { kind, documents: with2nd(sibling), percent: pick([100, 100, 40]), days: int(1, 8) }
      case 'dispute':
        return { kind, document, percent: pick([100, 100, 30]) }
      case 'pause':
        return {
          kind,
          customer,
          document: chance(0.6) ? document : null,
          inDays: pick([0, 0, 0, 2, 9]),
          days: int(0, 25),
        }
      case 'replace': {
        const by = `S-${this.#no}`
        this.#documents.push({ document: by, customer, from: addDays(on, 1), credit: false })
        const percent = pick([100, 80, 120])
        return { kind, document, by, percent, dueInDays: int(0, 20), ours: chance(0.5) }
      }
      case 'resolveException':
        return { kind, customer }
      case 'writeOff':
      case 'cancel':
        return { kind, document }
      case 'adopt':
        return { kind, customer, document: chance(0.3) ? document : null }
      case 'regroup':
        return { kind, customer }
      case 'talk':
        return { kind, customer, reached: chance(0.5), task: chance(0.8) }
      case 'closeTask':
        return { kind, customer, task: pick(['apply_cash', 'hold_orders', 'review']) }
      case 'addContact':
        return { kind, customer, mends: chance(0.5) }
      default:
        return (
          drawFile(this.#random, kind, document, debits, this.#script.parties) ?? this.#accident(kind, on)
        )
    }
  }

  /** What happens to machines, rules and days rather than to a customer. */
  #accident(kind: ActKind, on: LocalDate): Act | null {
    const { int, pick, chance } = this.#random
    switch (kind) {
      case 'publish':
        return { kind, changes: drawPolicy(this.#random) }
      case 'release': {
        const loads = this.#script.happenings.filter((h) => h.act.kind === 'load')
        return { kind, load: pick(loads).no }
      }
      case 'mail':
        return {
          kind,
          outcome: pick([
            'sent',
            'deferred',
            'deferred',
            'stalled',
            'taken_unsaid',
            'refused',
            'refused_content',
            'crashed',
          ]),
          waits: pick([0, 0, 0, 2, 40, 300, 1_000]),
          marks: pick([0, 0, 1, 7, 90]),
          twice: chance(0.2),
          attempts: pick([1, 1, 2, 15]),
        }
      case 'crash':
        return { kind, of: pick(['assess', 'command', 'claim', 'mark']), statement: int(1, 40) }
      case 'outage':
        return { kind, minutes: pick([20, 300, 1_500, 5_000]) }
      case 'wakesLost':
        return { kind, minutes: pick([60, 2_000, 6_000]) }
      case 'closeBooks':
        return { kind, daysBack: pick([1, 4, 20]) }
      case 'holiday':
        return { kind, on: addDays(on, int(0, 6)) }
      default:
        return null
    }
  }
}
