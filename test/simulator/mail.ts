import type { Instant } from '../../domain/calendar.ts'
import type { Notice } from '../../domain/notice.ts'
import { markDeferred, markRefused, markSent } from '../../ledger/attempts.ts'
import { claimMessage } from '../../ledger/delivery.ts'
import { writing } from '../setup/ledger.ts'
import type { MailWeather } from './acts.ts'
import { Broken } from './broken.ts'
import { Crash } from './crashes.ts'
import type { World } from './world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** An activity that takes longer is given up by its workflow, which looks again a minute later. */
const GIVEN_UP_AFTER = 5 * MINUTE
const A_DAY_IN_THE_QUEUE = 900
const FINE: MailWeather = { outcome: 'sent', waits: 0, marks: 0, twice: false, attempts: 0 }
const SENDER = { name: 'Cementos de Prueba', replyTo: 'x@example.com', phone: '1', bankReference: '2' }

/** What goes along with a demand: drawing it is not what is simulated. */
const LETTER = { id: 0, name: 'demand.pdf', mediaType: 'application/pdf', source: '', content: Buffer.of() }

/** The mail activities and the mail server: one attempt is claim, send, mark, each at its own moment. */
export class Mail {
  weather: MailWeather = FINE
  /** Until when a message is its attempt's alone. */
  #held = new Map<number, Instant>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  clearUp(): void {
    this.weather = FINE
  }

  start(key: string, message: number): void {
    const weather = this.#weather()
    const waits = this.#world.script.queue + weather.waits
    const at = this.#world.now + SECOND + waits * MINUTE
    this.#attempt(key, message, at, weather)
    // It waits in the queue of the mail: the sweep asks the case again.
    if (waits > 10) this.#world.at(this.#world.now + 11 * MINUTE, () => this.#world.sweep())
    if (weather.twice) this.#attempt(key, message, at + 30 * SECOND, { ...FINE, twice: true })
  }

  /** One attempt's weather. */
  #weather(): MailWeather {
    const { weather } = this
    if (weather.attempts === 0) return FINE
    // A queue that lasts past every closing keeps a message for as long as it lasts: not for two weeks.
    const most = weather.waits >= A_DAY_IN_THE_QUEUE ? Math.min(weather.attempts, 4) : weather.attempts
    this.weather = { ...weather, attempts: most - 1 }
    return weather
  }

  #attempt(key: string, message: number, at: Instant, weather: MailWeather): void {
    this.#world.at(at, async () => {
      const world = this.#world
      const ends = (after: number) => world.at(world.now + after, async () => world.ended(key, message))
      try {
        const claimed = await world.again(() => this.#claim(message), 'claim')
        if (claimed === null) return ends(0)
        this.#hold(key, message)
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        return ends(MINUTE)
      }
      const taken = !['deferred', 'stalled', 'refused', 'refused_content'].includes(weather.outcome)
      world.count(`mail: ${weather.outcome}`)
      if (taken) {
        const acknowledged = weather.outcome === 'sent' && weather.marks * MINUTE < GIVEN_UP_AFTER
        await world.observer.delivered(key, message, acknowledged)
      }
      const marksAfter = SECOND + weather.marks * MINUTE
      if (weather.outcome === 'crashed' || marksAfter > GIVEN_UP_AFTER) ends(GIVEN_UP_AFTER + MINUTE)
      if (weather.outcome === 'crashed') return
      world.at(world.now + marksAfter, async () => {
        this.#held.delete(message)
        await world.again(() => this.#mark(message, weather.outcome), 'mark')
        if (marksAfter <= GIVEN_UP_AFTER) ends(0)
      })
    })
  }

  #hold(key: string, message: number): void {
    const { now } = this.#world
    if ((this.#held.get(message) ?? 0) > now) throw new Broken('a message is one attempt’s at a time', key)
    this.#held.set(message, now + GIVEN_UP_AFTER)
  }

  #doing = () => ({ company: this.#world.company, actor: 'cartera', now: this.#world.now })

  async #claim(message: number): Promise<Buffer | null> {
    const { database, days } = this.#world
    const render = async (notice: Notice, mailId: string) => {
      const items = notice.sections.flatMap((s) => s.items)
      return Buffer.from(
        `${mailId} ${items.map((i) => `${i.document}${i.severity === null ? '' : ' due'}`).join(', ')}`,
      )
    }
    const claim = await claimMessage(database, days.calendars, this.#doing(), message, SENDER, {
      ...writing(render),
      attached: [LETTER],
    })
    if (claim.kind !== 'send')
      this.#world.say(`message of ${claim.caseKey}: ${claim.kind === 'nothing' ? claim.why : claim.kind}`)
    return claim.kind === 'send' ? claim.raw : null
  }

  #mark(message: number, outcome: MailWeather['outcome']): Promise<void> {
    const { database, days } = this.#world
    const doing = this.#doing()
    this.#world.say(`mail ${outcome}`)
    if (outcome === 'sent') return markSent(database, days.calendars, doing, message, '250 ok')
    if (outcome === 'refused' || outcome === 'refused_content') {
      const scope = outcome === 'refused' ? ('recipient' as const) : ('message' as const)
      return markRefused(database, days.calendars, doing, message, { reason: '550 no', scope })
    }
    const delivered = outcome === 'deferred' ? ('no' as const) : ('unknown' as const)
    return markDeferred(database, days.calendars, doing, message, { reason: '421 later', delivered })
  }
}
