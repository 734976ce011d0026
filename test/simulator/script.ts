import { addDays, instantOf, type LocalDate } from '../../domain/calendar.ts'
import { type Random, randomOf } from '../domain/random.ts'
import type { Act, ActKind, Item, Party, PolicyChanges, Script } from './acts.ts'

/** Makes the script of a seed: two or three customers, a dozen receivables, some months, a few dozen acts. */

const HOME = 'America/Mexico_City'
const ZONES = [HOME, HOME, 'America/Tijuana', 'Europe/Madrid']
const FIRST_DAY = '2026-01-12'
const MONTHS = 4

/** How often each kind of act is tried; loads, and what is asked of the people, come on top. */
const WEIGHTS: [ActKind, number][] = [
  ['receipt', 10],
  ['apply', 5],
  ['reverse', 5],
  ['credit', 3],
  ['applyCredit', 3],
  ['promise', 7],
  ['withdraw', 2],
  ['announce', 4],
  ['withdrawAnnouncement', 2],
  ['dispute', 4],
  ['resolve', 4],
  ['pause', 4],
  ['resume', 3],
  ['writeOff', 1],
  ['cancel', 1],
  ['replace', 3],
  ['publish', 2],
  ['adopt', 2],
  ['regroup', 2],
  ['talk', 9],
  ['closeTask', 6],
  ['addContact', 3],
  ['mail', 9],
  ['crash', 5],
  ['outage', 2],
  ['wakesLost', 3],
  ['holiday', 2],
  ['release', 1],
]
const DRAWN = WEIGHTS.flatMap(([kind, weight]) => Array<ActKind>(weight).fill(kind))

export function scriptOf(seed: number): Script {
  const random = randomOf(seed)
  const startsOn = addDays(FIRST_DAY, random.int(0, 300))
  const endsOn = addDays(startsOn, MONTHS * 30)
  const parties = partiesOf(random)
  const script: Script = {
    seed,
    startsOn,
    endsOn,
    parties,
    policy: policyOf(random),
    staff: { logsAfter: random.pick([0, 1, 3, 9, null]), decidesAfter: random.pick([1, 4, null]) },
    happenings: [],
  }
  const writer = new Writer(script, random)
  writer.load(0)
  for (let more = random.int(0, 2); more > 0; more--) writer.load(random.int(5, 60))
  for (let acts = random.int(30, 55); acts > 0; acts--) writer.draw()
  script.happenings.sort((a, b) => a.at - b.at || a.no - b.no)
  return script
}

function partiesOf(random: Random): Party[] {
  const shared = random.chance(0.5)
  return Array.from({ length: random.int(2, 3) }, (_, index) => {
    const code = `C-${index + 1}`
    return {
      code,
      payer: shared && index < 2 ? 'HEAD' : code,
      timeZone: random.pick(ZONES),
      emails: Array.from(
        { length: random.pick([0, 1, 1, 1, 2]) },
        (__, n) => `${code.toLowerCase()}.${n}@example.com`,
      ),
    }
  })
}

function policyOf(random: Random): PolicyChanges {
  return {
    grouping: random.pick(['customer', 'customer', 'customer', 'site', 'payer', 'invoice']),
    calendar: random.pick(['five-days', 'five-days', 'six-days']),
    contact_hours: random.pick([
      { from: '09:00', to: '18:00' },
      { from: '09:00', to: '18:00' },
      { from: '08:30', to: '13:00' },
    ]),
    min_gap_days: random.pick([3, 5, 7]),
    contact_gap_days: random.pick([0, 1, 3, 3]),
    spread_minutes: random.pick([0, 60]),
    tolerance: { MXN: random.pick(['0', '50', '50']) },
    suspended_days_cap: random.pick([20, 90]),
    extra: random.chance(0.3),
    later: random.pick([0, 0, 2]),
    on_broken: random.pick(['call', 'call', 'visit', 'nothing']),
  }
}

class Writer {
  #script: Script
  #random: Random
  #documents: { document: string; customer: string; from: LocalDate; credit: boolean }[] = []
  #receipts: { number: string; customer: string; from: LocalDate }[] = []

  constructor(script: Script, random: Random) {
    this.#script = script
    this.#random = random
  }

  load(day: number): void {
    const { int, pick, chance } = this.#random
    const on = addDays(this.#script.startsOn, day)
    const items = this.#script.parties.flatMap((party) =>
      Array.from({ length: int(1, day === 0 ? 4 : 2) }, () => this.#item(party, on)),
    )
    const hold = chance(0.1)
    const load = this.#add(on, { kind: 'load', items, hold }, pick(['08:10', '11:30', '20:00']))
    if (hold) this.#add(addDays(on, int(1, 9)), { kind: 'release', load }, '10:00')
  }

  #item(party: Party, on: LocalDate): Item {
    const { int, pick, chance } = this.#random
    const kind = chance(0.08) ? 'on_account_credit' : chance(0.1) ? 'debit_note' : 'invoice'
    const document = `F-${party.code.slice(2)}-${this.#documents.length + 1}`
    // Mostly due soon: what is long overdue starts in the middle of its ladder.
    const dueOn = addDays(on, pick([int(-70, -5), int(-5, 5), int(0, 30), int(0, 45)]))
    const credit = kind === 'on_account_credit'
    this.#documents.push({ document, customer: party.code, from: on, credit })
    return {
      customer: party.code,
      document,
      kind,
      currency: chance(0.1) ? 'USD' : 'MXN',
      minor: (credit ? -1 : 1) * pick([100, 1_000, 2_000, 5_000, int(100, 9_000)]) * 100,
      settled: chance(0.1) ? 30 : 0,
      issuedOn: addDays(dueOn < on ? dueOn : on, -int(0, 30)),
      dueOn,
      site: pick(['', '', 'norte', 'sur']),
    }
  }

  /** One act of a random kind on a random day of the first part: what follows from it needs days too. */
  draw(): void {
    const { int, pick, chance } = this.#random
    const on = addDays(this.#script.startsOn, int(0, MONTHS * 30 - 20))
    const clock = `${String(pick([9, 10, 11, 12, 13, 15, 17, 18, 22, 3])).padStart(2, '0')}:${String(int(0, 59)).padStart(2, '0')}`
    const act = this.#act(pick(DRAWN), on)
    if (act) this.#add(on, act, clock, chance(0.15))
  }

  #add(on: LocalDate, act: Act, clock: string, again = false): number {
    const no = this.#script.happenings.length + 1
    this.#script.happenings.push({ no, at: instantOf(on, clock, HOME), act, again })
    return no
  }

  /** The number of an act of a kind before a day, mostly one of the last ones. */
  #before(kind: ActKind, on: LocalDate): number | null {
    const until = instantOf(on, '00:00', HOME)
    const found = this.#script.happenings.filter((h) => h.act.kind === kind && h.at < until)
    return found.length === 0 ? null : this.#random.pick(found).no
  }

  #act(kind: ActKind, on: LocalDate): Act | null {
    const { int, pick, chance } = this.#random
    const known = this.#documents.filter((d) => d.from <= on)
    const debits = known.filter((d) => !d.credit)
    if (debits.length === 0) return null
    const { document, customer } = pick(debits)
    const same = debits.filter((d) => d.customer === customer).map((d) => d.document)
    const documents = chance(0.35) ? [...new Set([document, pick(same)])] : [document]
    const receipts = this.#receipts.filter((r) => r.from <= on)
    const no = this.#script.happenings.length + 1
    switch (kind) {
      case 'receipt': {
        const number = `R-${no}`
        this.#receipts.push({ number, customer, from: on })
        const partner = this.#script.parties.find((p) => p.code === customer)!.payer
        const others = debits.filter((d) => this.#payerOf(d.customer) === partner)
        return {
          kind,
          number,
          named: pick(['customer', 'customer', 'payer', 'nobody']),
          customer,
          documents: chance(0.3) ? [...new Set([document, pick(others).document])] : documents,
          percent: pick([100, 100, 100, 97, 50, 20, 150]),
          apply: chance(0.6),
          daysBack: pick([0, 0, 1, 3, 9]),
        }
      }
      case 'apply':
        if (receipts.length === 0) return null
        return { kind, receipt: pick(receipts).number, documents }
      case 'reverse':
        return receipts.length === 0 ? null : { kind, receipt: pick(receipts).number, bounced: chance(0.6) }
      case 'credit': {
        const number = `N-${no}`
        this.#documents.push({ document: number, customer, from: addDays(on, 1), credit: true })
        return { kind, document, number, percent: pick([30, 100, 140]) }
      }
      case 'applyCredit': {
        const credits = known.filter((d) => d.credit)
        if (credits.length === 0) return null
        const credit = pick(credits)
        const target = debits.filter((d) => d.customer === credit.customer)
        return target.length === 0 ? null : { kind, credit: credit.document, document: pick(target).document }
      }
      case 'promise': {
        const first = int(0, 20)
        return {
          kind,
          documents,
          percent: pick([100, 100, 100, 60]),
          days: chance(0.3) ? [first, first + int(1, 9)] : [first],
          replaces: chance(0.2) ? this.#before('promise', on) : null,
        }
      }
      case 'withdraw': {
        const promise = this.#before('promise', on)
        return promise === null ? null : { kind, promise, supplierError: chance(0.3) }
      }
      case 'announce':
        return { kind, documents, percent: pick([100, 100, 40]), days: int(1, 8) }
      case 'withdrawAnnouncement': {
        const announcement = this.#before('announce', on)
        return announcement === null ? null : { kind, announcement }
      }
      case 'dispute':
        return { kind, document, percent: pick([100, 100, 30]) }
      case 'resolve': {
        const dispute = this.#before('dispute', on)
        return dispute === null
          ? null
          : { kind, dispute, outcome: pick(['accepted', 'rejected', 'withdrawn'] as const) }
      }
      case 'pause':
        return { kind, customer, document: chance(0.6) ? document : null, inDays: 0, days: int(0, 25) }
      case 'resume': {
        const pause = this.#before('pause', on)
        return pause === null ? null : { kind, pause }
      }
      case 'replace': {
        const by = `S-${no}`
        this.#documents.push({ document: by, customer, from: addDays(on, 1), credit: false })
        const percent = pick([100, 80, 120])
        return { kind, document, by, percent, dueInDays: int(0, 20), ours: chance(0.5) }
      }
      case 'publish':
        return { kind, changes: policyOf(this.#random) }
      case 'adopt':
        return { kind, customer, document: chance(0.3) ? document : null }
      case 'release': {
        const load = this.#before('load', on)
        return load === null ? null : { kind, load }
      }
      case 'closeTask':
        return {
          kind,
          customer,
          task: pick(['apply_cash', 'hold_orders', 'review', 'request_approval'] as const),
        }
      default:
        return this.#plainAct(kind, on, customer, document)
    }
  }

  #payerOf(customer: string): string {
    return this.#script.parties.find((p) => p.code === customer)!.payer
  }

  #plainAct(kind: ActKind, on: LocalDate, customer: string, document: string): Act | null {
    const { int, pick, chance } = this.#random
    switch (kind) {
      case 'writeOff':
      case 'cancel':
        return { kind, document }
      case 'regroup':
        return { kind, customer }
      case 'talk':
        return {
          kind,
          customer,
          channel: chance(0.75) ? 'phone' : 'visit',
          reached: chance(0.75),
          task: chance(0.9),
        }
      case 'addContact':
        return { kind, customer, mends: chance(0.5) }
      case 'mail':
        return {
          kind,
          outcome: pick([
            'sent',
            'deferred',
            'stalled',
            'taken_unsaid',
            'refused',
            'refused_content',
            'crashed',
          ] as const),
          waits: pick([0, 0, 2, 40, 300, 1_000]),
          marks: pick([0, 0, 1, 7, 90]),
          twice: chance(0.2),
          attempts: pick([1, 1, 2, 15]),
        }
      case 'crash':
        return { kind, of: pick(['assess', 'command', 'mail'] as const), statement: int(1, 40) }
      case 'outage':
        return { kind, minutes: pick([20, 300, 1_500, 5_000]) }
      case 'wakesLost':
        return { kind, minutes: pick([60, 2_000, 6_000]) }
      case 'holiday':
        return { kind, on: addDays(on, int(0, 6)) }
      default:
        return null
    }
  }
}
