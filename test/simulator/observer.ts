import { createHash } from 'node:crypto'
import { addDays, daysBetween, type Instant, type LocalDate } from '../../domain/calendar.ts'
import { nettedOf } from '../../ledger/unusedMoney.ts'
import { Broken } from './broken.ts'
import { wallClock } from './days.ts'
import { checkBookedInterest } from './interest.ts'
import { Patience } from './patience.ts'
import { Promises } from './promises.ts'
import { invariants, NETTED, SUSPENDED } from './rules.ts'
import { lookAtEverything } from './secondLook.ts'
import type { World } from './world.ts'

interface Delivery {
  message: number
  mailId: string
  key: string
  on: LocalDate
  items: { id: number; document: string; step: string }[]
  /** Whether the program learnt that the server took it. */
  acknowledged: boolean
}

/** Tables and columns by which a statement that writes is known to change something. */
const BOOKS = /\b(transfer|account|receipt)\b/
const LADDER = /\b(receivable_step|policy_version|policy_id)\b/
const PROMISES = /\bpromise\b/

/** Looks at the ledger with its own questions after every event, and at every mail that leaves the house. */
export class Observer {
  readonly #world: World
  #deliveries: Delivery[] = []
  #chains = new Map<string, { seq: bigint; hash: Buffer }>()
  #promises = new Promises()
  #patience = new Patience()
  /** When a message was last seen waiting for a file or an address. */
  #waited = new Map<number, Instant>()
  #looks = 0

  constructor(world: World) {
    this.#world = world
  }

  /**
   * What must hold after every event. Books, ladder and promises change by what is written about them, not by the clock: they
   * are asked when a statement that writes names them, and at every tenth look whatever was written.
   */
  async look(): Promise<void> {
    const { sql, company, now, database } = this.#world
    this.#looks++
    const written = [...database.written]
    database.written.clear()
    const mayHaveChanged = (what: RegExp) => this.#looks % 10 === 0 || written.some((text) => what.test(text))
    await this.#checkInvariants(mayHaveChanged(BOOKS), mayHaveChanged(LADDER))
    if (mayHaveChanged(PROMISES)) await this.#promises.look(sql, company, now)
    if (mayHaveChanged(PROMISES) || mayHaveChanged(LADDER)) await this.#patience.look(this.#world)
    if (this.#looks % 5 === 0) {
      await this.#checkNetting()
      await this.#checkMessages(30)
    }
    if (this.#looks % 10 === 0) await this.#readJournal()
    if (this.#looks % 20 === 0) await lookAtEverything(sql, this.#world.days.calendars, company, now)
  }

  async #checkInvariants(books: boolean, ladder: boolean): Promise<void> {
    const { sql, company, now } = this.#world
    const [broken] = await sql.rows<{ rule: string; what: string }>(invariants({ books, ladder }), [
      company,
      now,
    ])
    if (broken) throw new Broken(broken.rule, broken.what)
  }

  async lookBack(): Promise<void> {
    await this.#checkInvariants(true, true)
    await this.#readJournal()
    await this.#checkNetting()
    await this.#checkClosings()
    const { sql, company, now } = this.#world
    await checkBookedInterest(sql, company, now)
    await this.#checkMessages(10)
  }

  /** Every message comes to an end in so many days. One that waits for a file, or for an address, waits for as long as none comes. */
  async #checkMessages(days: number): Promise<void> {
    const { sql, company, now } = this.#world
    const open = await sql.rows<{ id: number; key: string; state: string; since: Instant; waits: boolean }>(
      `SELECT m.id::int, k.key, m.state, extract(epoch FROM m.created_at)::float8 * 1000 AS since, coalesce(m.reason IN ('feed_too_old', 'no address'), false) AS waits
       FROM message m JOIN collection_case k ON k.id = m.case_id WHERE m.company = $1 AND m.state IN ('pending', 'sending')`,
      [company],
    )
    for (const { id, key, state, since, waits } of open) {
      if (waits) this.#waited.set(id, now)
      if (now - (this.#waited.get(id) ?? since) > days * 86_400_000)
        throw new Broken('every message comes to an end', `${key} ${state}`)
    }
  }

  /** New entries of the journal, each hashed over the one before it. */
  async #readJournal(): Promise<void> {
    const { sql, company } = this.#world
    const heads = await sql.rows<{ chain: string; seq: bigint; hash: Buffer }>(
      `SELECT 'company:' || id AS chain, journal_seq AS seq, journal_hash AS hash FROM company WHERE id = $1
       UNION ALL SELECT 'customer:' || id, journal_seq, journal_hash FROM customer WHERE company = $1`,
      [company],
    )
    const entries = await sql.rows<{ chain: string; seq: bigint; entry: string; hash: Buffer }>(
      `SELECT j.chain, j.seq, j.entry, j.hash FROM unnest($1::text[], $2::bigint[]) AS read(chain, seq)
       JOIN journal j ON j.chain = read.chain AND j.seq > read.seq ORDER BY j.chain, j.seq`,
      [heads.map((h) => h.chain), heads.map((h) => this.#chains.get(h.chain)?.seq ?? 0n)],
    )
    for (const { chain, seq, entry, hash } of entries) {
      const last = this.#chains.get(chain) ?? { seq: 0n, hash: Buffer.alloc(0) }
      const computed = createHash('sha256').update(last.hash).update(entry, 'utf8').digest()
      if (seq !== last.seq + 1n || !computed.equals(hash))
        throw new Broken('the journal verifies', `${chain} ${seq}`)
      this.#chains.set(chain, { seq, hash })
    }
    for (const { chain, seq, hash } of heads) {
      const read = this.#chains.get(chain)
      if ((read?.seq ?? 0n) !== seq || (read && !read.hash.equals(hash)))
        throw new Broken('the journal verifies', `head of ${chain}`)
    }
  }

  /** The program nets what the observer nets: the same money, oldest items first, each unit once. */
  async #checkNetting(): Promise<void> {
    const { sql, company, now } = this.#world
    const expected = await sql.rows<{ id: number; minor: bigint }>(NETTED, [company, now])
    const payers = await sql.rows<{ id: number }>('SELECT id::int FROM payer WHERE company = $1', [company])
    const netted = await nettedOf(
      sql,
      payers.map((p) => p.id),
    )
    const sums = [...netted].map(([id, parts]) => `${id}: ${parts.reduce((sum, p) => sum + p.minor, 0n)}`)
    const own = expected.map(({ id, minor }) => `${id}: ${minor}`)
    if (sums.sort().join() !== own.sort().join())
      throw new Broken('netted cash is used once', `${sums.join(', ')} instead of ${own.join(', ')}`)
  }

  /** The mail server took a message. */
  async delivered(key: string, message: number, acknowledged: boolean): Promise<void> {
    const world = this.#world
    const { sql, company, now } = world
    const row = (await sql.one<{ mail_id: string; code: string; zone: string }>(
      `SELECT m.mail_id, c.code, c.time_zone AS zone FROM message m JOIN collection_case k ON k.id = m.case_id JOIN customer c ON c.id = k.customer_id WHERE m.id = $1`,
      [message],
    ))!
    const items = await sql.rows<{ id: number; document: string; step: string }>(
      `SELECT r.id::int, r.document, s.step FROM receivable_step s JOIN receivable r ON r.id = s.receivable_id
       WHERE s.message_id = $1 AND s.state = 'pending' ORDER BY r.id`,
      [message],
    )
    const { on, time } = wallClock(now, row.zone)
    world.say(`mail to ${key}: ${items.map((i) => `${i.document} ${i.step}`).join(', ')} (${on} ${time})`)
    const { policy } = world.policies.at(-1)!
    const { from, to } = policy.contact_hours
    if (!world.days.works(on, policy.calendar) || time < from || time >= to)
      throw new Broken('never outside working days and contact hours', `${key} on ${on} ${time}`)
    if (policy.feed_age !== null) await this.#checkFeed(key, on, policy.calendar, policy.feed_age)
    const [suspended] = await sql.rows<{ document: string; why: string }>(SUSPENDED, [
      company,
      now,
      items.map((i) => i.id),
    ])
    if (suspended)
      throw new Broken('nothing suspended or settled is chased', `${suspended.document} is ${suspended.why}`)
    const delivery = { message, mailId: row.mail_id, key, on, items, acknowledged }
    this.#checkTwice(delivery)
    // A letter of demand isn't one of the ladder's notices.
    if (items.length > 0) this.#checkGap(delivery)
    this.#deliveries.push(delivery)
  }

  /** The newest file of the source tells of a day that isn't longer ago than the policy allows. */
  async #checkFeed(key: string, on: LocalDate, calendar: string, age: number): Promise<void> {
    const { sql, company, days } = this.#world
    const newest = await sql.one<{ on: LocalDate }>(
      `SELECT max(coalesce(l.as_of, (l.finished_at AT TIME ZONE k.time_zone)::date)) AS on FROM load l JOIN company k ON k.id = l.company
       WHERE l.company = $1 AND l.state IN ('held', 'released')`,
      [company],
    )
    let since = 0
    for (let day = addDays(newest!.on, 1); day <= on; day = addDays(day, 1))
      if (days.works(day, calendar)) since++
    if (since > age) throw new Broken('nobody is written to on old files', `${key}: file of ${newest!.on}`)
  }

  async #checkClosings(): Promise<void> {
    const { sql, company, closings } = this.#world
    for (const { at, through } of closings) {
      const late = await sql.one<{ code: string }>(
        'SELECT code FROM transfer WHERE company = $1 AND posting_on <= $2 AND recorded_at > to_timestamp($3::float8 / 1000) LIMIT 1',
        [company, through, at],
      )
      if (late) throw new Broken('nothing is posted to closed books', `${late.code} by ${through}`)
    }
  }

  #checkTwice(delivery: Delivery): void {
    for (const before of this.#deliveries.filter((d) => d.acknowledged)) {
      if (before.mailId === delivery.mailId)
        throw new Broken(
          'no message is sent twice but after a lost answer',
          `${delivery.key} on ${delivery.on}`,
        )
      const step = before.items.find((b) => delivery.items.some((i) => i.id === b.id && i.step === b.step))
      if (step)
        throw new Broken(
          'each step at most once',
          `${step.document} ${step.step} on ${before.on} and ${delivery.on}`,
        )
    }
  }

  #checkGap(delivery: Delivery): void {
    const before = this.#deliveries.findLast(
      (d) => d.key === delivery.key && d.acknowledged && d.message !== delivery.message && d.items.length > 0,
    )
    if (!before) return
    const { policies, now } = this.#world
    // What was planned under an older version may go out under a newer one.
    const ruled = policies.filter((_, index) => (policies[index + 1]?.from ?? now) > now - 10 * 86_400_000)
    const gap = Math.max(1, Math.min(...ruled.map((p) => p.policy.contact_gap_days)))
    if (daysBetween(before.on, delivery.on) < gap)
      throw new Broken(
        'messages of a case are contact_gap_days apart',
        `${delivery.key}: ${before.on} and ${delivery.on}`,
      )
  }
}
