import { isDeepStrictEqual } from 'node:util'
import { addDays, type Instant, instantOf, type LocalDate } from '../../domain/calendar.ts'
import type {
  Answer,
  CaseCommandName,
  CaseCommands,
  ReceiptCommandName,
  ReceiptCommands,
} from '../../domain/command.ts'
import type { DecisionCommandName, DecisionCommands } from '../../domain/decisionCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import { assess } from '../../ledger/assess.ts'
import { commandBooks, commandCase } from '../../ledger/caseCommands.ts'
import { ensureCompany } from '../../ledger/company.ts'
import type { Database } from '../../ledger/database.ts'
import { commandDecision } from '../../ledger/decisionCommands.ts'
import { lookAt } from '../../ledger/looks.ts'
import { processesBehind } from '../../ledger/processes.ts'
import { casesBehind, receivablesAsleep } from '../../ledger/sweep.ts'
import { commandTeam } from '../../ledger/teamCommands.ts'
import { publishPolicies } from '../setup/policies.ts'
import type { Crashing, Happening, PolicyChanges, Script } from './acts.ts'
import { Broken } from './broken.ts'
import { Crash, CrashingDatabase } from './crashes.ts'
import { Days, wallClock } from './days.ts'
import { Mail } from './mail.ts'
import { Observer } from './observer.ts'
import { carry } from './people.ts'
import { policyWith } from './policy.ts'
import { FileRefused } from './source.ts'

const HOME = 'America/Mexico_City'
const MINUTE = 60_000
/** Days after the last act in which nothing goes wrong: whatever was under way comes to its end. */
const QUIET_DAYS = 25

interface Due {
  at: Instant
  order: number
  run: () => Promise<void>
}

/** A sleeping workflow: when it wakes by itself, and the messages whose attempts it has under way. */
interface Sleeper {
  wakesAt: Instant | null
  started: Set<number>
}

/**
 * One portfolio through some months of virtual time. It plays what runs around the ledger: the loop of the case
 * workflows (assess, start what is missing, sleep until the next wake), the mail activities, the sweep and the people.
 */
export class World {
  readonly script: Script
  readonly company: string
  readonly database: CrashingDatabase
  readonly sql: Database
  readonly days = new Days()
  readonly diary: string[] = []
  readonly counts = new Map<string, number>()
  readonly policies: { from: Instant; policy: PolicyChanges }[] = []
  /** Who pays for a customer, as the source has said last. */
  readonly payers = new Map<string, string>()
  /** The books' closings: when, and up to which day. */
  readonly closings: { at: Instant; through: LocalDate }[] = []
  /** What the ledger numbered, by the act that made it. */
  readonly labels = new Map<number, { id: number; key: string }>()
  readonly mail: Mail
  readonly observer: Observer
  now: Instant
  /** Something may have been written since the observer looked. */
  changed = false

  #agenda: Due[] = []
  #order = 0
  #sleepers = new Map<string, Sleeper>()
  #woken = new Set<string>()
  #armed = new Map<Crashing, number>()
  #awayUntil: Instant = 0
  #wakesLostUntil: Instant = 0
  #looks = { at: 0, times: 0 }

  constructor(script: Script, database: Database, company: string) {
    this.script = script
    this.company = company
    this.sql = database
    this.database = new CrashingDatabase(database)
    this.now = instantOf(script.startsOn, '00:00', HOME)
    this.mail = new Mail(this)
    this.observer = new Observer(this)
  }

  today = (customer?: string): LocalDate =>
    wallClock(this.now, this.script.parties.find((p) => p.code === customer)?.timeZone ?? HOME).on
  companyToday = (): LocalDate => wallClock(this.now, HOME).on

  say(text: string): void {
    const { on, time } = wallClock(this.now, HOME)
    this.diary.push(`${on} ${time} ${text}`)
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  at(at: Instant, run: () => Promise<void>): void {
    this.#agenda.push({ at, order: ++this.#order, run })
  }

  async run(): Promise<void> {
    const { script, company } = this
    await ensureCompany(this.sql, { id: company, name: 'Cementos de Prueba', timeZone: HOME })
    this.policies.push({ from: 0, policy: script.policy })
    await publishPolicies(this.sql, company, [policyWith(script.policy)], 'test', this.now)
    for (const role of ['supervisor', 'manager'])
      await commandTeam(this.sql, { company, actor: 'admin', key: role, now: this.now }, 'grantRole', {
        person: role,
        role,
      })
    for (const happening of script.happenings) this.at(happening.at, () => this.#happen(happening))
    for (let day = script.startsOn; day < script.endsOn; day = addDays(day, 1))
      this.at(instantOf(day, '16:00', HOME), () => this.#work())
    await this.#until(instantOf(script.endsOn, '00:00', HOME))
    this.mail.clearUp()
    await this.#until(instantOf(addDays(script.endsOn, QUIET_DAYS), '00:00', HOME))
    await this.observer.lookBack()
  }

  async #until(end: Instant): Promise<void> {
    for (;;) {
      const due = this.#next()
      if (due === null || due.at >= end) return
      this.now = Math.max(this.now, due.at)
      await due.run()
      for (const [key, { wakesAt }] of this.#sleepers)
        if (wakesAt !== null && wakesAt <= this.now) this.#woken.add(key)
      await this.#settle()
      if (this.changed) await this.observer.look()
      this.changed = false
    }
  }

  /** The first of what is on the agenda and of the cases that wake; nothing before the workers are back. */
  #next(): { at: Instant; run: () => Promise<void> } | null {
    let next: Due | null = null
    for (const due of this.#agenda)
      if (!next || due.at < next.at || (due.at === next.at && due.order < next.order)) next = due
    const wakes = [...this.#sleepers.values()].flatMap((s) => (s.wakesAt === null ? [] : [s.wakesAt]))
    const wakesAt = Math.min(...wakes)
    if (wakes.length > 0 && (!next || wakesAt <= next.at))
      return { at: Math.max(wakesAt, this.#awayUntil), run: async () => {} }
    if (!next) return null
    const { at, run } = next
    return {
      at: Math.max(at, this.#awayUntil),
      run: () => {
        this.#agenda.splice(this.#agenda.indexOf(next), 1)
        return run()
      },
    }
  }

  /** Every woken case looks, until nobody is woken any more. */
  async #settle(): Promise<void> {
    for (const key of this.#woken) {
      this.#woken.delete(key)
      this.#looks = { at: this.now, times: this.#looks.at === this.now ? this.#looks.times + 1 : 1 }
      if (this.#looks.times > 60) throw new Broken('no case looks at the same instant without end', key)
      const plan = await this.again(
        () => assess(this.database, this.days.calendars, this.company, key, this.now),
        'assess',
      )
      this.count('assessments')
      const sleeper = this.#sleepers.get(key) ?? { wakesAt: null, started: new Set<number>() }
      for (const { id } of plan.intents)
        if (!sleeper.started.has(id)) {
          sleeper.started.add(id)
          this.mail.start(key, id)
        }
      this.wake(plan.wake)
      sleeper.wakesAt = plan.more
        ? this.now
        : plan.nextAt === null
          ? null
          : Math.max(this.now + 1, plan.nextAt)
      // A closed case's workflow is done; whatever wakes it starts a new one.
      if (plan.closed && sleeper.started.size === 0) this.#sleepers.delete(key)
      else this.#sleepers.set(key, sleeper)
    }
  }

  wake(keys: readonly string[]): void {
    if (this.now < this.#wakesLostUntil) return
    for (const key of keys) this.#woken.add(key)
  }

  /** An activity of a case has ended, well or not: its loop looks again. */
  ended(key: string, message: number): void {
    this.#sleepers.get(key)?.started.delete(message)
    this.#woken.add(key)
  }

  async sweep(): Promise<void> {
    const behind = await casesBehind(this.sql, this.company, this.now, 100)
    const asleep = await receivablesAsleep(this.sql, this.company, 100)
    if (asleep.length > 0) throw new Broken('every open receivable has a wake', `asleep: ${asleep[0]!.key}`)
    for (const { key } of behind) this.#woken.add(key)
  }

  /** Does something until it isn't aborted: what a client or the engine does with a key that is kept. */
  async again<T>(work: () => Promise<T>, of: Crashing = 'command'): Promise<T> {
    this.changed = true
    const statement = this.#armed.get(of)
    if (statement !== undefined) {
      this.#armed.delete(of)
      this.database.arm(statement)
    }
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.count(`crash: ${error.message}`)
      if (of === 'claim') throw error
      return await work()
    }
  }

  command<N extends CaseCommandName>(
    key: string,
    name: N,
    content: CaseCommands[N],
    asked: string,
    twice: boolean,
  ): Promise<Answer> {
    const asking = { company: this.company, actor: 'ana', key: asked, now: this.now }
    return this.#ask(twice, () =>
      commandCase(this.database, this.days.calendars, asking, key, name, content).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.refusal !== 'CaseMoved') throw error
        const { to } = error.data as { to: string }
        return commandCase(this.database, this.days.calendars, asking, to, name, content)
      }),
    )
  }

  book<N extends ReceiptCommandName>(
    name: N,
    content: ReceiptCommands[N],
    asked: string,
    twice: boolean,
  ): Promise<Answer> {
    const asking = { company: this.company, actor: 'ana', key: asked, now: this.now }
    return this.#ask(twice, () => commandBooks(this.database, asking, name, content))
  }

  decide<N extends DecisionCommandName>(
    name: N,
    content: DecisionCommands[N],
    asked: string,
    twice: boolean,
  ): Promise<Answer> {
    const asking = { company: this.company, actor: 'ana', key: asked, now: this.now }
    return this.#ask(twice, () => commandDecision(this.database, this.days.calendars, asking, name, content))
  }

  async #ask(twice: boolean, work: () => Promise<Answer>): Promise<Answer> {
    const answer = await this.again(work)
    this.wake(answer.cases)
    if (twice) {
      this.count('commands asked twice')
      const repeated = await work()
      if (!isDeepStrictEqual(JSON.parse(JSON.stringify(repeated)), JSON.parse(JSON.stringify(answer))))
        throw new Broken('the same command again gets the same answer', JSON.stringify([answer, repeated]))
    }
    return answer
  }

  async #happen(happening: Happening): Promise<void> {
    const { act } = happening
    if (this.#befall(happening)) return this.count(`${act.kind}: done`)
    const carried = await carry(this, happening)
    if (carried === null) return this.count(`${act.kind}: passed over`)
    const count = (how: string) => this.count(`${act.kind}: ${how}`)
    try {
      await carried.command()
      this.say(carried.says)
      count('done')
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof FileRefused)) throw error
      this.say(`${carried.says} → refused: ${error instanceof Refusal ? error.refusal : 'an older file'}`)
      count(`refused`)
    }
  }

  /** What happens to the machines and the calendar. */
  #befall({ act }: Happening): boolean {
    const { kind } = act
    if (kind === 'mail') this.mail.weather = { ...act }
    else if (kind === 'crash') this.#armed.set(act.of, act.statement)
    else if (kind === 'outage') this.#awayUntil = this.now + act.minutes * MINUTE
    else if (kind === 'holiday') this.days.declare(act.on)
    else if (kind === 'wakesLost') {
      this.#wakesLostUntil = this.now + act.minutes * MINUTE
      this.at(this.#wakesLostUntil + MINUTE, () => this.sweep())
    } else return false
    this.say(JSON.stringify(act).replaceAll(/["{}]/g, ''))
    return true
  }

  async caseOf(customer: string): Promise<string | null> {
    const found = await this.sql.one<{ key: string }>(
      `SELECT k.key FROM collection_case k JOIN customer c ON c.id = k.customer_id
       WHERE k.company = $1 AND c.code = $2 ORDER BY k.id LIMIT 1`,
      [this.company, customer],
    )
    return found?.key ?? null
  }

  /** No command does it: it is set where the company is kept. */
  async closeBooks(daysBack: number): Promise<void> {
    const through = addDays(this.companyToday(), -daysBack)
    this.closings.push({ at: this.now, through })
    await this.sql.rows(
      'UPDATE company SET books_closed_through = greatest(books_closed_through, $2::date) WHERE id = $1',
      [this.company, through],
    )
  }

  openException = (customer: string): Promise<{ id: number } | null> =>
    this.sql.one<{ id: number }>(
      `SELECT e.id::int FROM exception e JOIN customer c ON c.id = e.customer_id WHERE e.company = $1 AND c.code = $2 AND e.resolved_at IS NULL ORDER BY e.id LIMIT 1`,
      [this.company, customer],
    )

  openTask = (customer: string, kinds: string[]): Promise<{ id: number; key: string; kind: string } | null> =>
    this.sql.one<{ id: number; key: string; kind: string }>(
      `SELECT t.id::int, k.key, t.kind FROM task t JOIN collection_case k ON k.id = t.case_id JOIN customer c ON c.id = k.customer_id
       WHERE t.company = $1 AND c.code = $2 AND t.kind = ANY($3) AND t.state = 'open' ORDER BY t.id LIMIT 1`,
      [this.company, customer, kinds],
    )

  /** The day's work of the people: calls that waited long enough are logged, approvals decided. */
  async #work(): Promise<void> {
    const { logsAfter, decidesAfter } = this.script.staff
    const tasks = await this.sql.rows<{ id: number; kind: string; key: string; days: number }>(
      `SELECT t.id::int, t.kind, k.key, $2::date - t.opened_on AS days FROM task t JOIN collection_case k ON k.id = t.case_id
       WHERE t.company = $1 AND t.state = 'open' AND t.kind IN ('call', 'visit') ORDER BY t.id`,
      [this.company, this.companyToday()],
    )
    for (const { id, kind, key, days } of tasks) {
      if (logsAfter === null || days < logsAfter) continue
      this.say(`${kind} task ${key} done`)
      this.count(`staff: ${kind}`)
      const channel = kind === 'visit' ? 'visit' : 'phone'
      const content = { task: id, channel, person: 'x', result: 'reached' } as const
      await this.command(key, 'logContact', content, `staff-${id}`, false)
    }
    if (decidesAfter !== null) await this.#decide(decidesAfter)
    for (const { key } of await processesBehind(this.sql, this.company, this.now, 0, 100))
      await this.again(() => lookAt(this.database, this.days.calendars, this.company, key, this.now))
  }

  /** Supervisors answer what waits for them long enough; not everything with yes. */
  async #decide(after: number): Promise<void> {
    // By its place among the company's: ids are shared with other seeds, and a seed's story is to be the same each time.
    const rows = await this.sql.rows<{ id: number; no: number; kind: string; role: string }>(
      `SELECT id::int, (SELECT count(*)::int FROM approval b WHERE b.company = $1 AND b.id <= approval.id) AS no, kind, levels -> level ->> 'role' AS role FROM approval
       WHERE company = $1 AND state = 'open' AND $2::date - requested_on >= $3 ORDER BY id`,
      [this.company, this.companyToday(), after],
    )
    for (const { id, no, kind, role } of rows) {
      const asking = { company: this.company, actor: role, key: `decides-${id}`, now: this.now }
      const content = { approval: id, agrees: no % 5 !== 0, why: 'x' }
      const answer = await this.#ask(false, () =>
        commandDecision(this.database, this.days.calendars, asking, 'decideApproval', content),
      )
      this.say(`approval ${kind}: ${answer.result.state}`)
      this.count(`approval ${kind}: ${answer.result.state}`)
    }
  }
}
