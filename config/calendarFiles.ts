import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { calendarSchema, makeCalendar, type WorkingCalendar } from '../domain/calendar.ts'
import { parseYaml, problemText } from '../domain/yamlFile.ts'
import { yamlFilesOf } from './yamlFolder.ts'

/**
 * Reads the working calendars of a folder (*.yaml), and gives them by id. Each is built once.
 *
 * @throws Error naming what is wrong in a file, with its line and column; the function returned throws
 * RangeError naming the known calendars when it doesn't know an id
 */
export function readCalendars(folder: string): (id: string) => WorkingCalendar {
  const calendars = new Map<string, WorkingCalendar>()
  for (const path of yamlFilesOf(folder)) {
    const file = basename(path)
    const parsed = parseYaml(readFileSync(path, 'utf8'), file, calendarSchema, {
      unknownSetting: 'is not a setting of a calendar; check its spelling',
    })
    if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
    const { id } = parsed.value
    if (calendars.has(id)) throw new Error(`${file}: there are two calendars "${id}" in ${folder}`)
    try {
      calendars.set(id, makeCalendar(parsed.value))
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  return (id) => {
    const calendar = calendars.get(id)
    if (!calendar)
      throw new RangeError(
        `there is no calendar "${id}"; known are ${[...calendars.keys()].map((known) => `"${known}"`).join(', ') || 'none'}`,
      )
    return calendar
  }
}
