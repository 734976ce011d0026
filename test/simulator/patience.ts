import { addDays, type LocalDate } from '../../domain/calendar.ts'
import { Broken } from './broken.ts'
import type { World } from './world.ts'

/** How long a promise's money is waited for, and a call that nobody logs: in working days, reckoned here from weekdays. */

const DEADLINES = `
SELECT 'promise ' || n.promise_id || ' ' || n.no AS what, n.due_on AS since, n.decided_after AS on, true AS promised FROM promise_instalment n
JOIN promise p ON p.id = n.promise_id WHERE p.customer_id = ANY (ARRAY(SELECT id FROM customer WHERE company = $1))
UNION ALL SELECT 'task ' || t.id || ' ' || s.step, t.opened_on, s.on_date, false FROM receivable r JOIN receivable_step s ON s.receivable_id = r.id
JOIN task t ON t.id = s.task_id WHERE r.company = $1 AND s.state = 'skipped' AND s.reason = 'not logged in time'`

export class Patience {
  #seen = new Set<string>()

  /** Those that are new, by the calendar as it is now. */
  async look({ sql, company, days, policies }: World): Promise<void> {
    const { calendar } = policies.at(-1)!.policy
    const works = (on: LocalDate) => days.works(on, calendar)
    const rows = await sql.rows<{ what: string; since: LocalDate; on: LocalDate; promised: boolean }>(
      DEADLINES,
      [company],
    )
    for (const { what, since, on, promised } of rows.filter((row) => !this.#seen.has(row.what))) {
      this.#seen.add(what)
      // Due on a day off it is due on the next that works; then one working day of grace, four of waiting.
      const from = promised ? nextOf(since, works) : since
      let last = from
      for (let left = promised ? 1 : 4; left > 0; left--) last = nextOf(addDays(last, 1), works)
      if (promised ? on !== last : on <= last)
        throw new Broken('nobody loses patience early', `${what} since ${since}: ${on}, not ${last}`)
    }
  }
}

const nextOf = (on: LocalDate, works: (on: LocalDate) => boolean): LocalDate => {
  let day = on
  while (!works(day)) day = addDays(day, 1)
  return day
}
