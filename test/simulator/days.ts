import { type CalendarData, type LocalDate, makeCalendar } from '../../domain/calendar.ts'
import type { Calendars } from '../../ledger/scope.ts'

/** The calendars of the simulation, and an own reading of them that the invariants use. */

const HOLIDAYS: LocalDate[] = [
  '2026-02-02',
  '2026-03-16',
  '2026-04-02',
  '2026-04-03',
  '2026-05-01',
  '2026-06-24',
  '2026-07-20',
  '2026-08-14',
  '2026-09-16',
  '2026-10-12',
  '2026-11-16',
  '2026-12-24',
  '2026-12-25',
  '2027-01-01',
  '2027-02-01',
  '2027-03-15',
]

/** Days that are declared off while the simulation runs: a calendar file that is changed. */
export class Days {
  #declared: LocalDate[] = []
  #calendars = new Map<string, ReturnType<typeof makeCalendar>>()

  declare(on: LocalDate): void {
    this.#declared.push(on)
    this.#calendars.clear()
  }

  readonly calendars: Calendars = (id) => {
    const known = this.#calendars.get(id)
    if (known) return known
    const data: CalendarData = {
      id,
      types: [],
      weekend: id === 'six-days' ? [7] : [6, 7],
      overrides: [...HOLIDAYS, ...this.#declared].map((date) => ({ date, working: false, name: 'off' })),
    }
    const made = makeCalendar(data)
    this.#calendars.set(id, made)
    return made
  }

  /** Whether people work on a day, reckoned from the weekday alone. */
  works(on: LocalDate, calendar: string): boolean {
    const weekday = new Date(`${on}T12:00:00Z`).getUTCDay()
    if (weekday === 0 || (weekday === 6 && calendar !== 'six-days')) return false
    return !HOLIDAYS.includes(on) && !this.#declared.includes(on)
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock of a zone at an instant: `2026-03-02` and `09:05`. */
export function wallClock(at: number, timeZone: string): { on: LocalDate; time: string } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  formats.set(timeZone, format)
  const [on, time] = format.format(new Date(at)).split(' ')
  return { on: on!, time: time! }
}
